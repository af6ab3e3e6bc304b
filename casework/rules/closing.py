"""Closing a case with a reason, and opening it again (domain.md 5.3)."""

from datetime import timedelta

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import CloseCase, ReopenCase
from casework.rules import feed
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import is_stale
from casework.rules.steps import proposal
from casework.values import ActivityKind, Case, CaseStatus, Record, Task, TaskStatus

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
REOPEN_WITHIN = timedelta(days=14)


def close_case(desk: Desk, command: CloseCase, case: Case, moment: Moment) -> Verdict:
    """Closes the case; what is still open on it is cancelled in the same act."""
    if command.reason not in CLOSED_REASONS:
        return Refused("reason-needed")
    if command.reason == "other" and not command.words.strip():
        return Refused("reason-needed")
    if case.is_closed:
        return Done()
    line = feed.line(desk, case, moment, kind=ActivityKind.CLOSED, text=command.words, facts={"reason": command.reason})
    told = feed.tell(case, moment, feed.owners_people(desk, case.owner), code="case-closed")
    puts: tuple[Record, ...] = (
        closed(case, moment, reason=command.reason),
        line,
        *_without_open_tasks(desk, case),
        *told,
    )
    if is_stale(command.base, case):
        return proposal(case, moment, code="owner-moved", shown=puts)
    return Done(puts)


def reopen_case(desk: Desk, command: ReopenCase, case: Case, moment: Moment) -> Verdict:
    """Opens a closed case again within a fortnight; later a follow-up case is the way (L14 made kinder)."""
    if not case.is_closed:
        return Done()
    if not command.reason.strip():
        return Refused("reason-needed")
    if case.closed_at is not None and moment.now - case.closed_at > REOPEN_WITHIN:
        return Refused("closed-too-long", {"closed_at": case.closed_at.isoformat()})
    line = feed.line(desk, case, moment, kind=ActivityKind.REOPENED, text=command.reason)
    opened = msgspec.structs.replace(
        case,
        status=CaseStatus.NEW if case.triage_outcome is None else CaseStatus.IN_PROGRESS,
        closed_at=None,
        closed_by="",
        closed_reason="",
        reopen_count=case.reopen_count + 1,
    )
    told = feed.tell(case, moment, feed.owners_people(desk, case.owner), code="case-reopened")
    return Done((opened, line, *told))


def closed(case: Case, moment: Moment, *, reason: str) -> Case:
    """The case, closed now."""
    return msgspec.structs.replace(
        case,
        status=CaseStatus.CLOSED,
        closed_at=moment.now,
        closed_by=moment.who.id,
        closed_reason=reason,
    )


def _without_open_tasks(desk: Desk, case: Case) -> list[Task]:
    return [
        msgspec.structs.replace(task, status=TaskStatus.CANCELLED)
        for task in desk.of_case(Task, case.id)
        if task.status is TaskStatus.OPEN
    ]
