"""The rules: pure functions that say what a command does to a case. The same ones run on the laptop and the server."""

from collections.abc import Callable
from typing import Any

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import (
    AcceptOffer,
    AddNote,
    AddTask,
    AnswerForm,
    AskAboutKept,
    AskTeam,
    AttachDocument,
    CancelTask,
    ChangeOwner,
    CloseCase,
    Command,
    DeclineOffer,
    EditCase,
    EditContact,
    EditProperty,
    EraseCase,
    FinishTask,
    GoOut,
    JoinCase,
    KeepApart,
    LogInteraction,
    LogReview,
    MoveAssignment,
    MoveStep,
    OfferCase,
    OpenCase,
    PersonLeaves,
    PublishForm,
    PutOffKept,
    ReassignTask,
    RemoveQueue,
    RemoveStep,
    ReopenCase,
    SeeCase,
    SeeNotices,
    SendReferral,
    SetConsent,
    SetPriority,
    SettleKept,
    TriageCase,
    UndoSettling,
    WithdrawConsent,
    WithdrawOffer,
)
from casework.rules import access
from casework.rules.assignments import ask_team, move_assignment
from casework.rules.closing import close_case, reopen_case
from casework.rules.consent import send_referral, set_consent, withdraw_consent
from casework.rules.discussing import ask, put_off
from casework.rules.documents import attach_document
from casework.rules.editing import edit_case, edit_contact, edit_property
from casework.rules.erasing import erase_case
from casework.rules.evidence import CLAIMS, speaking_for_claim
from casework.rules.fields import unfit
from casework.rules.forms import answer_form, publish_form
from casework.rules.intake import open_case
from casework.rules.joined import joined_meanwhile, marked, repointed, standing_case
from casework.rules.leaving import left_behind, person_leaves
from casework.rules.merging import join_case, keep_apart
from casework.rules.moment import Desk, Moment
from casework.rules.notes import add_note, log_interaction, log_review
from casework.rules.notices import see_case, see_notices
from casework.rules.offers import accept_offer, decline_offer, offer_case, withdraw_offer
from casework.rules.ownership import beats_automatic, change_owner
from casework.rules.queues import remove_queue
from casework.rules.removing import remove_step
from casework.rules.settling import settle
from casework.rules.steps import move_step, proposal, set_priority
from casework.rules.tasks import add_task, cancel_task, finish_task, reassign_task
from casework.rules.triage import triage_case
from casework.rules.undoing import undo
from casework.rules.visits import go_out
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
    OfferCase: offer_case,
    AcceptOffer: accept_offer,
    DeclineOffer: decline_offer,
    WithdrawOffer: withdraw_offer,
    AskTeam: ask_team,
    MoveAssignment: move_assignment,
    GoOut: go_out,
    JoinCase: join_case,
    KeepApart: keep_apart,
    SetConsent: set_consent,
    WithdrawConsent: withdraw_consent,
    SendReferral: send_referral,
    AnswerForm: answer_form,
}


def judge(desk: Desk, command: Command, moment: Moment) -> Verdict:
    """What comes of a command: reach first, then rights, then its rule. Writes nothing.

    A decision by somebody who has the right no more, but had it under the ownership that they saw, is late rather
    than wrong: it becomes a proposal to the present owner (domain.md 5.6, protocol 10).
    """
    problem = unfit(command, moment.epoch)
    if problem is not None:
        return problem
    if isinstance(command, SeeNotices):
        return see_notices(desk, command, moment)
    if isinstance(command, PublishForm):
        return access.may(command, None, moment) or publish_form(desk, command, moment)
    if isinstance(command, RemoveStep):
        return access.may(command, None, moment) or remove_step(desk, command, moment)
    if isinstance(command, RemoveQueue):
        return access.may(command, None, moment) or remove_queue(desk, command, moment)
    if isinstance(command, PersonLeaves):
        return access.may(command, None, moment) or person_leaves(desk, command, moment)
    case = desk.find(Case, command.case_id)
    if isinstance(command, SeeCase):
        return see_case(desk, command, case, moment)
    hidden = access.out_of_reach(command, case, moment)
    if hidden is not None:
        return hidden
    if isinstance(command, OpenCase):
        return access.may(command, case, moment) or open_case(desk, command, moment)
    if case is not None and case.joined_to and not isinstance(command, JoinCase | EraseCase):
        return _about_joined(desk, command, case, moment)
    return _judged(desk, command, case, moment)


def _judged(desk: Desk, command: Command, case: Case | None, moment: Moment) -> Verdict:
    if isinstance(command, access.ABOUT_KEPT):
        return access.may(command, case, moment) or _about_kept(desk, command, case, moment)
    if isinstance(command, EraseCase):
        return access.may(command, case, moment) or erase_case(command)
    if case is None:
        return Refused("case-gone")
    problem = access.may(command, case, moment)
    if problem is not None and problem.code == "person-inactive":
        return left_behind(desk, case, moment)
    if problem is not None and not _had_the_right(desk, command, case, moment):
        return problem
    verdict = judge_case(desk, command, case, moment)
    if isinstance(command, ChangeOwner) and beats_automatic(desk, command, case):
        # by the right that they had under the very ownership that they decided about, and no other
        problem = None if moment.under == command.base.owner_cmd else problem
    if problem is not None and isinstance(verdict, Done) and verdict.puts:
        return proposal(case, moment, code="owner-moved", shown=verdict.puts)
    return speaking_for_claim(desk, verdict, moment)


def _about_joined(desk: Desk, command: Command, case: Case, moment: Moment) -> Verdict:
    """Facts about a case that was joined to another one go there; decisions wait to be made there, or not (OC15).

    A laptop that holds only the closed case shows them on that one until the server has answered.
    """
    there = standing_case(desk, case)
    if isinstance(command, access.ABOUT_KEPT) or type(command) in access.FACTS:
        if there.id == case.id:
            return _judged(desk, command, case, moment)
        onward = msgspec.structs.replace(moment, told_of=case.id)
        return marked(judge(desk, repointed(command, case, there), onward), moment, case.number)
    problem = access.may(command, case, moment)
    if problem is not None and not _had_the_right(desk, command, case, moment):
        return problem
    return joined_meanwhile(there, moment, waits_for=there.owner)


def _about_kept(desk: Desk, command: Command, case: Case | None, moment: Moment) -> Verdict:
    """What people say about kept work: the case that it is about may be gone, or never have come to be."""
    if isinstance(command, SettleKept):
        return settle(desk, command, case, moment, judge_case)
    if isinstance(command, UndoSettling):
        return undo(desk, command, case, moment)
    if isinstance(command, AskAboutKept):
        return ask(desk, command, case, moment)
    assert isinstance(command, PutOffKept)
    return put_off(desk, command, case, moment)


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
