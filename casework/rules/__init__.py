"""The rules: pure functions that say what a command does to a case. The same ones run on the laptop and the server."""

from collections.abc import Callable
from typing import Any

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import (
    AddNote,
    AddTask,
    AttachDocument,
    CancelTask,
    ChangeOwner,
    CloseCase,
    Command,
    EditCase,
    EditContact,
    EditProperty,
    FinishTask,
    LogInteraction,
    LogReview,
    MoveStep,
    OpenCase,
    ReassignTask,
    ReopenCase,
    SeeNotices,
    SetPriority,
    SettleKept,
    TriageCase,
)
from casework.rules import access
from casework.rules.closing import close_case, reopen_case
from casework.rules.documents import attach_document
from casework.rules.editing import edit_case, edit_contact, edit_property
from casework.rules.fields import unfit
from casework.rules.intake import open_case
from casework.rules.moment import Desk, Moment
from casework.rules.notes import add_note, log_interaction, log_review
from casework.rules.notices import see_notices
from casework.rules.ownership import change_owner
from casework.rules.settling import settle
from casework.rules.steps import move_step, proposal, set_priority
from casework.rules.tasks import add_task, cancel_task, finish_task, reassign_task
from casework.rules.triage import triage_case
from casework.values import Case, KeptWork, Owner, OwnerKind, OwnershipEvent

CaseRule = Callable[[Desk, Any, Case, Moment], Verdict]

# Which rule judges which command about an existing case; complete by test.
CASE_RULES: dict[type[Command], CaseRule] = {
    TriageCase: triage_case,
    ChangeOwner: change_owner,
    MoveStep: move_step,
    SetPriority: set_priority,
    EditCase: edit_case,
    EditContact: edit_contact,
    EditProperty: edit_property,
    AddTask: add_task,
    FinishTask: finish_task,
    ReassignTask: reassign_task,
    CancelTask: cancel_task,
    AddNote: add_note,
    LogInteraction: log_interaction,
    LogReview: log_review,
    AttachDocument: attach_document,
    CloseCase: close_case,
    ReopenCase: reopen_case,
}
# By these one comes to own a case; when they came late, what was said under them is still its author's to say.
CLAIMS = frozenset({"case.owner", "case.triage"})


def judge(desk: Desk, command: Command, moment: Moment) -> Verdict:
    """What comes of a command: rights first, then its rule. Writes nothing.

    A decision by somebody who has the right no more, but had it under the ownership that they saw, is late rather
    than wrong: it becomes a proposal to the present owner (domain.md 5.6, protocol 10).
    """
    problem = unfit(command, moment.epoch)
    if problem is not None:
        return problem
    if isinstance(command, SeeNotices):
        return see_notices(desk, command, moment)
    case = desk.find(Case, command.case_id)
    if isinstance(command, OpenCase):
        return access.may(command, case, moment) or open_case(desk, command, moment)
    if isinstance(command, SettleKept):
        return access.may(command, case, moment) or settle(desk, command, case, moment, judge_case)
    if case is None:
        return Refused("case-gone")
    problem = access.may(command, case, moment)
    if problem is not None and not _had_the_right(desk, command, case, moment):
        return problem
    verdict = judge_case(desk, command, case, moment)
    if problem is not None and isinstance(verdict, Done) and verdict.puts:
        return proposal(case, moment, code="owner-moved", shown=verdict.puts)
    return verdict


def judge_case(desk: Desk, command: Command, case: Case, moment: Moment) -> Verdict:
    """The rule's own verdict about an existing case, rights apart. Refused where no rule is about an existing case."""
    rule = CASE_RULES.get(type(command))
    return rule(desk, command, case, moment) if rule else Refused("not-valid", {"why": "command"})


def _had_the_right(desk: Desk, command: Command, case: Case, moment: Moment) -> bool:
    """Whether the author had the right under an ownership that they saw, and that has passed or never came true."""
    then = _owner_then(desk, case, moment)
    if then is None:
        return False
    as_seen = msgspec.structs.replace(case, owner_kind=then.kind, owner_id=then.id)
    return access.may(command, as_seen, moment) is None


def _owner_then(desk: Desk, case: Case, moment: Moment) -> Owner | None:
    if moment.under == case.owner_cmd:
        return None
    event = desk.find(OwnershipEvent, moment.under)
    if event is not None and event.case_id == case.id:
        return Owner(event.to_kind, event.to_id)
    claim = desk.find(KeptWork, moment.under)
    if claim is None or (claim.case_id, claim.author_id) != (case.id, moment.who.id) or claim.command not in CLAIMS:
        return None
    return Owner(OwnerKind.PERSON, moment.who.id)


__all__ = ["CASE_RULES", "Desk", "Done", "Late", "Moment", "Refused", "Verdict", "judge", "judge_case"]
