"""Closing a case with a reason, and opening it again (domain.md 5.3)."""

from datetime import timedelta

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import CloseCase, ReopenCase
from casework.rules import feed
from casework.rules.assignments import open_assignments, voiding_team, withdrawn
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import saw_other_owner
from casework.rules.standing_offers import lapsed
from casework.rules.steps import proposal
from casework.values import ActivityKind, Case, CaseStatus, Record, Task, TaskStatus, TriageOutcome

CLOSED_REASONS = (
    "advice_completed",
    "measures_completed",
    "referred_on",
    "client_withdrew",
    "no_contact",
    "not_eligible",
    "moved",
    "deceased",
    "duplicate",
    "case_voided",
    "other",
)
VOIDED = "case_voided"
REOPEN_WITHIN = timedelta(days=14)


def close_case(desk: Desk, command: CloseCase, case: Case, moment: Moment) -> Verdict:
    """Closes the case; what is still open on it is cancelled in the same act.

    As long as a team has something in hand it can only be closed as Case Voided, which takes the requests back (L13,
    OC6); the same where a team's no leaves nothing else to do (S92 to S94).
    """
    if command.reason not in CLOSED_REASONS:
        return Refused("reason-needed")
    if command.reason == "other" and not command.words.strip():
        return Refused("reason-needed")
    if case.is_closed:
        return _closed_twice(desk, command, case, moment)
    is_void = command.reason == VOIDED
    line = feed.line(desk, case, moment, kind=ActivityKind.CLOSED, text=command.words, facts={"reason": command.reason})
    told = feed.tell(case, moment, feed.owners_people(desk, case.owner), code="case-closed")
    puts: tuple[Record, ...] = (
        closed(case, moment, reason=command.reason),
        line,
        *_without_open_tasks(desk, case, moment),
        *told,
        *(withdrawn(desk, case, moment) if is_void else ()),
        *lapsed(desk, case, moment),
    )
    if saw_other_owner(command.base, case):
        return proposal(case, moment, code="owner-moved", shown=puts)
    if not is_void and open_assignments(desk, case):
        return proposal(case, moment, code="assignments-open", shown=puts)
    if not is_void and voiding_team(desk, case):
        return proposal(case, moment, code="void-needed", shown=puts)
    return Done(puts)


def reopen_case(desk: Desk, command: ReopenCase, case: Case, moment: Moment) -> Verdict:
    """Opens a closed case again within a fortnight; later a follow-up case is the way (L14 made kinder).

    One that triage had turned down waits for triage again.
    """
    if not case.is_closed:
        return Done()
    if not command.reason.strip():
        return Refused("reason-needed")
    if case.closed_at is not None and moment.now - case.closed_at > REOPEN_WITHIN:
        return Refused("closed-too-long", {"closed_at": case.closed_at.isoformat()})
    line = feed.line(desk, case, moment, kind=ActivityKind.REOPENED, text=command.reason)
    is_supported = case.triage_outcome is TriageOutcome.SUPPORTED
    opened = msgspec.structs.replace(
        case,
        status=CaseStatus.IN_PROGRESS if is_supported else CaseStatus.NEW,
        triage_outcome=case.triage_outcome if is_supported else None,
        duplicate_of="",
        closed_at=None,
        closed_by="",
        closed_reason="",
        reopen_count=case.reopen_count + 1,
    )
    told = feed.tell(case, moment, feed.owners_people(desk, case.owner), code="case-reopened")
    return Done((opened, line, *told))


def _closed_twice(desk: Desk, command: CloseCase, case: Case, moment: Moment) -> Verdict:
    """The first closing counts; what the second one says beyond it stays in the feed."""
    if command.reason == case.closed_reason and not command.words.strip():
        return Done()
    facts = {"reason": command.reason, "was": CaseStatus.CLOSED}
    return Done((feed.line(desk, case, moment, kind=ActivityKind.CLOSED, text=command.words, facts=facts),))


def closed(case: Case, moment: Moment, *, reason: str) -> Case:
    """The case, closed now."""
    return msgspec.structs.replace(
        case,
        status=CaseStatus.CLOSED,
        closed_at=moment.now,
        closed_by=moment.who.id,
        closed_reason=reason,
    )


def _without_open_tasks(desk: Desk, case: Case, moment: Moment) -> list[Record]:
    """The open tasks, cancelled, with a line for each of whom they were: the owner has theirs about the case itself."""
    owners = feed.owners_people(desk, case.owner)
    puts: list[Record] = []
    for task in desk.of_case(Task, case.id):
        if task.status is TaskStatus.OPEN:
            puts.append(msgspec.structs.replace(task, status=TaskStatus.CANCELLED))
            if task.assignee_id not in owners:
                puts += feed.tell_task_taken(desk, case, moment, task, how="closed", about=task.id)
    return puts
