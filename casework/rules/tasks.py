"""Tasks: add, finish, hand over, cancel. Done is a fact and stands, whoever owns the case by then (S4, S30 to S36)."""

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import AddTask, CancelTask, FinishTask, MoveStep, ReassignTask, TriageCase
from casework.rules import feed
from casework.rules.access import is_owner
from casework.rules.fields import LINE, too_long
from casework.rules.keeping import said_in
from casework.rules.moment import Desk, Moment, Side
from casework.rules.steps import entry_tasks, proposal, step_of_journey
from casework.values import ActivityKind, Case, KeptWork, OwnershipEvent, Person, Record, Role, Task, TaskStatus


def add_task(desk: Desk, command: AddTask, case: Case, moment: Moment) -> Verdict:
    """Adds a task. One that its author gave to themselves under a claim that never came true is nobody's (OC1).

    So is one that they gave to themselves and that arrives when they have left (OC10).
    """
    has_left = command.assignee_id == moment.who.id and not moment.who.is_active
    problem = _not_a_task(command) or (None if has_left else _cannot_do(desk, command.assignee_id, moment))
    if problem is not None:
        return problem
    known = desk.find(Task, command.task_id)
    if known is not None:
        return Done() if known.case_id == case.id else Refused("not-valid", {"field": "task_id", "why": "taken"})
    is_nobodys = has_left or _was_for_a_lost_claim(desk, command.assignee_id, case, moment)
    assignee = "" if is_nobodys else command.assignee_id
    task = Task(
        id=command.task_id,
        case_id=case.id,
        type=command.task_type,
        title=command.title,
        step_id=command.step_id,
        due_on=command.due_on,
        start_at=command.start_at,
        end_at=command.end_at,
        place=command.place,
        assignee_id=assignee,
        created_at=moment.happened_at,
        created_by=moment.who.id,
    )
    facts = {"task": task.id, "title": task.title, "to": assignee}
    line = feed.line(desk, case, moment, kind=ActivityKind.TASK_ADDED, facts=facts)
    told = feed.tell(case, moment, [assignee], code="task-for-you", facts=facts)
    return Done((task, line, *told, *feed.new_facts_on_closed(desk, case, moment)))


def finish_task(desk: Desk, command: FinishTask, case: Case, moment: Moment) -> Verdict:
    """Marks the task done; a second completion is kept in the feed, the first one counts (OC16, OC17).

    One that a step brought on the author's laptop lands as done, even where the move to that step came too late (OC2).
    """
    task = desk.find(Task, command.task_id) or _of_a_late_step(desk, command.task_id, case, moment)
    if task is None or task.case_id != case.id:
        return Refused("task-gone")
    facts = {"task": task.id, "title": task.title, "was": task.status}
    line = feed.line(desk, case, moment, kind=ActivityKind.TASK_DONE, text=command.outcome, facts=facts)
    notices = feed.new_facts_on_closed(desk, case, moment)
    if task.status is TaskStatus.DONE:
        return Done((line, *notices))
    if task.status is TaskStatus.OPEN:
        notices += feed.tell_task_taken(desk, case, moment, task, how="done", to=moment.who.id)
    finished = msgspec.structs.replace(
        task,
        status=TaskStatus.DONE,
        outcome=command.outcome,
        completed_at=command.done_at,
        completed_by=moment.who.id,
    )
    return Done((finished, line, *notices))


def reassign_task(desk: Desk, command: ReassignTask, case: Case, moment: Moment) -> Verdict:
    """Gives the task to somebody else, if it is still with whom the author saw (S4, S34)."""
    task = desk.find(Task, command.task_id)
    if task is None or task.case_id != case.id:
        return Refused("task-gone")
    seen, wanted = command.assignee
    problem = _cannot_do(desk, wanted, moment)
    if problem is not None:
        return problem
    if task.assignee_id == wanted:
        return Done()
    moved = msgspec.structs.replace(task, assignee_id=wanted)
    facts = {"task": task.id, "title": task.title, "from": task.assignee_id, "to": wanted}
    line = feed.line(desk, case, moment, kind=ActivityKind.TASK_MOVED, facts=facts)
    is_open = task.status is TaskStatus.OPEN
    told = feed.tell(case, moment, [wanted] if is_open else [], code="task-for-you", facts=facts)
    if is_open:
        told += feed.tell_task_taken(desk, case, moment, task, how="moved", to=wanted)
    puts: tuple[Record, ...] = (moved, line, *told)
    if _was_for_a_lost_claim(desk, wanted, case, moment):
        return late_about_task(case, moment, task, code="owner-moved", shown=puts)
    if task.status is TaskStatus.DONE:
        return late_about_task(case, moment, task, code="task-done-already", shown=puts)
    if task.assignee_id != seen:
        return late_about_task(case, moment, task, code="task-moved", shown=puts)
    return Done(puts)


def cancel_task(desk: Desk, command: CancelTask, case: Case, moment: Moment) -> Verdict:
    """Cancels an open task; one that was done meanwhile stays done, for done is a fact (OC16)."""
    task = desk.find(Task, command.task_id)
    if task is None or task.case_id != case.id:
        return Refused("task-gone")
    if task.status is TaskStatus.CANCELLED and not command.reason.strip():
        return Done()
    facts = {"task": task.id, "title": task.title, "was": task.status}
    line = feed.line(desk, case, moment, kind=ActivityKind.TASK_CANCELLED, text=command.reason, facts=facts)
    if task.status is not TaskStatus.OPEN:
        return Done((line,))
    told = feed.tell_task_taken(desk, case, moment, task, how="cancelled")
    return Done((msgspec.structs.replace(task, status=TaskStatus.CANCELLED), line, *told))


def late_about_task(case: Case, moment: Moment, task: Task, *, code: str, shown: tuple[Record, ...]) -> Late:
    """A decision about a task that somebody else has moved on meanwhile."""
    late = proposal(case, moment, code=code, shown=shown)
    return msgspec.structs.replace(
        late,
        facts={**late.facts, "title": task.title, "assignee": task.assignee_id, "done_by": task.completed_by},
    )


def _of_a_late_step(desk: Desk, task_id: str, case: Case, moment: Moment) -> Task | None:
    for kept in desk.of_case(KeptWork, case.id):
        said = said_in(kept) if kept.author_id == moment.who.id else None
        if said is None or not isinstance(said.say, MoveStep | TriageCase):
            continue
        step_id = said.say.step[1] if isinstance(said.say, MoveStep) else said.say.step_id
        step = step_of_journey(desk, case, step_id)
        then = msgspec.structs.replace(moment, command_id=kept.id, said_at=kept.said_at)
        brought = entry_tasks(desk, case, step, then, moment.who.id) if step else []
        found = next((task for task in brought if task.id == task_id), None)
        if found is not None:
            return found
    return None


def _was_for_a_lost_claim(desk: Desk, assignee_id: str, case: Case, moment: Moment) -> bool:
    """Whether the author took the task under an ownership of their own that never came to be."""
    if assignee_id != moment.who.id or moment.under in ("", case.owner_cmd) or is_owner(moment.who, case):
        return False
    return desk.find(OwnershipEvent, moment.under) is None


def _cannot_do(desk: Desk, person_id: str, moment: Moment) -> Refused | None:
    # what waits to be sent shows on as it was said (I3), whoever has left meanwhile
    if not person_id or moment.side is Side.REPLAYING:
        return None
    person = desk.find(Person, person_id)
    if person is None or not person.is_active:
        return Refused("assignee-inactive", {"person": person_id})
    return Refused("person-reads-only", {"person": person_id}) if person.role is Role.READER else None


def _not_a_task(command: AddTask) -> Refused | None:
    if not command.title.strip():
        return Refused("task-needs-title")
    if command.start_at and command.end_at and command.end_at < command.start_at:
        return Refused("visit-ends-before-start")
    return too_long("title", command.title, LINE) or too_long("place", command.place, LINE)
