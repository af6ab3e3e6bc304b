"""Moving a case along its journey: decisions, which become proposals when they come too late."""

from datetime import timedelta

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import MoveStep, SetPriority
from casework.ids import child_id
from casework.rules import feed
from casework.rules.moment import Desk, Moment
from casework.rules.removing import step_instead
from casework.values import (
    ActivityKind,
    Case,
    CaseStatus,
    KeptKind,
    OwnerKind,
    Project,
    Record,
    Step,
    StepKind,
    Task,
    TaskType,
)


def move_step(desk: Desk, command: MoveStep, case: Case, moment: Moment) -> Verdict:
    """Moves the case to another step if it still stands where the author saw it (S17, S20, OC2, R20)."""
    seen, wanted = command.step
    if wanted == case.step_id:
        return Done()
    step = step_of_journey(desk, case, wanted)
    if step is None:
        return Refused("step-gone", {"step": wanted})
    if step.kind is StepKind.CLOSED:
        return Refused("close-instead")
    if case.triage_outcome is None:
        return Refused("triage-first")
    if not step.is_active:
        instead = desk.find(Step, step_instead(desk, step.id)) or step
        return removed_meanwhile(desk, case, step, moment, shown=step_puts(desk, case, instead, moment))
    puts = step_puts(desk, case, step, moment)
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    # a person's choice beats an automatic one: a case that was only put here goes on as its owner says (protocol 10)
    if step_instead(desk, seen) != case.step_id:
        return proposal(case, moment, code="step-moved", shown=puts)
    return Done(puts)


def set_priority(desk: Desk, command: SetPriority, case: Case, moment: Moment) -> Verdict:
    """Sets how urgent the case is, unless somebody else has said otherwise meanwhile."""
    seen, wanted = command.priority
    if wanted is case.priority:
        return Done()
    edited = msgspec.structs.replace(case, priority=wanted)
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.EDITED,
        facts={"priority": wanted, "priority_before": case.priority},
    )
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=(edited, line))
    if seen is not case.priority:
        return proposal(case, moment, code="priority-moved", shown=(edited, line))
    return Done((edited, line))


def removed_meanwhile(desk: Desk, case: Case, step: Step, moment: Moment, *, shown: tuple[Record, ...]) -> Late:
    """A move into a step that is no more: it waits for the owner, with the nearest step instead (OC20)."""
    late = proposal(case, moment, code="step-removed", shown=shown)
    facts = {"to_step": step_instead(desk, step.id), "removed": step.name}
    return msgspec.structs.replace(late, facts={**late.facts, **facts})


def proposal(case: Case, moment: Moment, *, code: str, shown: tuple[Record, ...]) -> Late:
    """A decision that came too late: it waits for the case's owner, with what stands now (domain.md 5.6)."""
    return Late(
        code=code,
        kind=KeptKind.PROPOSAL,
        waits_for=case.owner,
        facts={
            "owner_kind": case.owner_kind,
            "owner": case.owner_id,
            "since": case.owner_since.isoformat(),
            "by": case.owner_by,
            "step": case.step_id,
            "closed_by": case.closed_by,
        },
        shown=shown,
    )


def step_of_journey(desk: Desk, case: Case, step_id: str) -> Step | None:
    """The step, where there is one and the case's own journey has it."""
    step, project = desk.find(Step, step_id), desk.find(Project, case.project_id)
    if step is None or project is None or step.journey_id != project.journey_id:
        return None
    return step


def step_puts(desk: Desk, case: Case, step: Step, moment: Moment) -> tuple[Record, ...]:
    """The rows of a step move: the case, the feed line and the step's own tasks (domain.md 5.3)."""
    line = feed.line(desk, case, moment, kind=ActivityKind.STEP, facts={"from": case.step_id, "to": step.id})
    return (at_step(case, step, moment), line, *entry_tasks(desk, case, step, moment))


def at_step(case: Case, step: Step, moment: Moment) -> Case:
    """The case standing at a step."""
    return msgspec.structs.replace(case, step_id=step.id, step_since=moment.happened_at, status=CaseStatus.IN_PROGRESS)


def entry_tasks(desk: Desk, case: Case, step: Step, moment: Moment, assignee_id: str = "") -> list[Task]:
    """The tasks that entering a step brings, due so many days later, for the owner (L19)."""
    names = {task_type.id: task_type.name for task_type in _types(desk, step)}
    if not assignee_id and case.owner_kind is OwnerKind.PERSON:
        assignee_id = case.owner_id
    return [
        Task(
            id=child_id(moment.command_id, f"task/{number}"),
            case_id=case.id,
            type=code,
            title=names.get(code, code),
            step_id=step.id,
            due_on=moment.happened_at.date() + timedelta(days=days),
            assignee_id=assignee_id,
            created_at=moment.happened_at,
            created_by=moment.who.id,
        )
        for number, (code, days) in enumerate(step.entry_tasks)
    ]


def _types(desk: Desk, step: Step) -> list[TaskType]:
    found = (desk.find(TaskType, code) for code, _ in step.entry_tasks)
    return [task_type for task_type in found if task_type is not None]
