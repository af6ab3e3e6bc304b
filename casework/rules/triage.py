"""Deciding about the waiting list: support a client, or say no with a reason (S13 to S20, A7)."""

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import TriageCase
from casework.rules import feed
from casework.rules.closing import closed
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import (
    change_owner_problem,
    is_stale,
    moved_meanwhile,
    owner_puts,
    saw_other_owner,
)
from casework.rules.removing import step_instead
from casework.rules.standing_offers import lapsed
from casework.rules.steps import at_step, entry_tasks, proposal, removed_meanwhile, step_of_journey
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Owner,
    OwnerKind,
    Record,
    StepKind,
    TriageOutcome,
)

NEEDS_A_REASON = frozenset({TriageOutcome.DECLINED, TriageOutcome.SIGNPOSTED})


def triage_case(desk: Desk, command: TriageCase, case: Case, moment: Moment) -> Verdict:
    """Takes a case off the waiting list, once; whoever comes second is told who was first.

    Supported needs a step after waiting, and may set the owner in the same act (S17, S18). Every other outcome closes
    the case with its reason and deletes nothing (S16, A7).
    """
    is_support = command.outcome is TriageOutcome.SUPPORTED
    named = step_of_journey(desk, case, command.step_id) if is_support else None
    command = msgspec.structs.replace(command, step_id=step_instead(desk, command.step_id))
    puts = (_support if is_support else _turn_down)(desk, command, case, moment)
    if isinstance(puts, Refused):
        return puts
    if case.triage_outcome is not None:
        is_same = _stands_already(command, case)
        return Done() if is_same else proposal(case, moment, code="triaged-first", shown=puts)
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    if named is not None and not named.is_active:
        return removed_meanwhile(desk, case, named, moment, shown=puts)
    wanted = owner_wanted(command, case)
    if is_support and wanted is not None and is_stale(desk, command.base, case):
        return moved_meanwhile(case, command.base, moment, wanted=wanted, shown=puts)
    if not is_support and saw_other_owner(command.base, case):
        return proposal(case, moment, code="owner-moved", shown=puts)
    return Done(puts)


def owner_wanted(command: TriageCase, case: Case) -> Owner | None:
    """The owner that the triage is to set, None where it leaves the case with whom its author saw it."""
    return None if command.owner in (None, command.base.owner, case.owner) else command.owner


def _stands_already(command: TriageCase, case: Case) -> bool:
    """Whether somebody else decided the very same, so that the second loses no word by standing back."""
    if command.reason.strip() or command.outcome is not case.triage_outcome or owner_wanted(command, case):
        return False
    if command.outcome is TriageOutcome.SUPPORTED:
        return command.step_id == case.step_id
    return command.duplicate_of == case.duplicate_of


def _support(desk: Desk, command: TriageCase, case: Case, moment: Moment) -> tuple[Record, ...] | Refused:
    step = step_of_journey(desk, case, command.step_id)
    if step is None:
        return Refused("step-needed")
    if step.kind not in (StepKind.ACTIVE, StepKind.FOLLOW_UP):
        return Refused("step-is-not-a-start")
    owner = owner_wanted(command, case) or case.owner
    problem = change_owner_problem(desk, command.base, owner, case, moment)
    if problem is not None:
        return problem
    triaged = msgspec.structs.replace(at_step(case, step, moment), triage_outcome=command.outcome)
    facts = {"outcome": command.outcome, "to_step": step.id, "to_kind": owner.kind, "to": owner.id}
    line = feed.line(desk, case, moment, kind=ActivityKind.TRIAGED, text=command.reason, facts=facts)
    if owner == case.owner:
        return (triaged, line, *entry_tasks(desk, case, step, moment))
    owned = owner_puts(desk, triaged, owner, moment, reason=command.reason)
    others = [put for put in owned if not isinstance(put, Activity)]
    assignee = owner.id if owner.kind is OwnerKind.PERSON else ""
    return (*others, line, *entry_tasks(desk, case, step, moment, assignee))


def _turn_down(desk: Desk, command: TriageCase, case: Case, moment: Moment) -> tuple[Record, ...] | Refused:
    if command.outcome in NEEDS_A_REASON and not command.reason.strip():
        return Refused("reason-needed")
    if command.outcome is TriageOutcome.DUPLICATE:
        twin = desk.find(Case, command.duplicate_of) if command.duplicate_of else None
        if twin is None or twin.id == case.id:
            return Refused("duplicate-of-what")
    line = feed.line(
        desk, case, moment, kind=ActivityKind.TRIAGED, text=command.reason, facts={"outcome": command.outcome}
    )
    over = msgspec.structs.replace(
        closed(case, moment, reason=command.outcome),
        triage_outcome=command.outcome,
        duplicate_of=command.duplicate_of,
    )
    # whoever it stands offered to is not to take on a case that was turned down
    return (over, line, *lapsed(desk, case, moment))
