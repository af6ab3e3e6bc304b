"""Which role may say which command about which case (domain.md 5.5), and what the screen may offer."""

from casework.answers import Refused
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
from casework.rules.moment import Moment, Side
from casework.values import (
    OFFICE_ROLES,
    Case,
    KeptKind,
    KeptWork,
    Owner,
    OwnerKind,
    Person,
    Queue,
    Role,
    Source,
    TriageOutcome,
)

ADVISING = frozenset({Role.ADVISOR, Role.COORDINATOR, Role.LEAD})
WRITING = ADVISING | {Role.ADMIN}

# Facts are judged by the rights at writing, decisions by those at arrival (domain.md 5.5, 5.6).
FACTS: frozenset[type[Command]] = frozenset(
    {
        AddNote,
        AddTask,
        AnswerForm,
        AttachDocument,
        CancelTask,
        EditCase,
        EditContact,
        EditProperty,
        FinishTask,
        GoOut,
        LogInteraction,
        LogReview,
        ReassignTask,
        SetConsent,
        WithdrawConsent,
    }
)
# What the organisation's own set-up changes by; about no case.
SETTING_UP = PublishForm | RemoveStep
# Whose these are hangs on the offer or the request, not on the case: their rules ask.
ANSWERS: frozenset[type[Command]] = frozenset({AcceptOffer, AskTeam, DeclineOffer, MoveAssignment})
# Who may say these hangs on the kept work itself.
ABOUT_KEPT = SettleKept | PutOffKept | AskAboutKept | UndoSettling
# Whoever said a thing about a case that they cannot see may put off, give up or take back their own words; their rules
# see to it that nothing but the kept work changes by it.
_OF_ONES_OWN = SettleKept | PutOffKept | UndoSettling
# Admins look after people and set-up; of a case they may say who does it, and what was written down (domain.md 5.5).
FOR_ADMINS: frozenset[type[Command]] = (FACTS - {LogReview}) | {
    AcceptOffer,
    ChangeOwner,
    DeclineOffer,
    EraseCase,
    TriageCase,
    WithdrawOffer,
}
# Of people and queues, and of no case.
ADMINS_OWN = (PersonLeaves, RemoveQueue)


def is_owner(person: Person, case: Case) -> bool:
    """Whether the person owns the case; a queue's members must claim it first (A4)."""
    return case.owner_kind is OwnerKind.PERSON and case.owner_id == person.id


def in_queue_of(moment: Moment, case: Case) -> bool:
    """Whether the case lies in a queue that the author works for."""
    return case.owner_kind is OwnerKind.QUEUE and case.owner_id in moment.queue_ids


def out_of_reach(command: Command, case: Case | None, moment: Moment) -> Refused | None:
    """Why this is nothing to the author: the case neither is nor was theirs to see (I7).

    Asked before anything else is, of every command about a case that is there, whatever its author's role: of a case
    that is hidden from them, nobody gets to know or to change anything by knowing its id.
    """
    if case is None or moment.could_see or isinstance(command, _OF_ONES_OWN):
        return None
    return Refused("not-in-reach")


def may(command: Command, case: Case | None, moment: Moment) -> Refused | None:
    """None where the author may say this about the case, else why not.

    A queue member may claim from it, an owner may decide about their own case, coordinators and leads about all that
    they see; admins give cases to people and triage, but do not advise; readers read. Who may decide about kept work
    is `may_settle`, for that hangs on the kept work. What waits to be sent was judged when it was said: it shows on
    until the server has answered, whatever rights its author has lost meanwhile (I3). Reach is asked before all this.
    """
    who = moment.who
    if isinstance(command, SeeNotices | SeeCase) or moment.side is Side.REPLAYING:
        return None
    if not who.is_active and type(command) not in FACTS:
        return Refused("person-inactive", {"person": who.id})
    if isinstance(command, ABOUT_KEPT):
        return None
    if who.role not in WRITING:
        return Refused("read-only")
    if isinstance(command, ADMINS_OWN):
        return None if who.role is Role.ADMIN else Refused("for-admins-only")
    if isinstance(command, OpenCase):
        return _open_problem(command, moment)
    if isinstance(command, SETTING_UP):
        return None if who.role is Role.ADMIN else Refused("set-up-is-for-admins")
    if case is None:
        return Refused("for-admins-only") if isinstance(command, EraseCase) and who.role is not Role.ADMIN else None
    problem = _problem(type(command), case, moment)
    if problem is None and isinstance(command, TriageCase) and in_queue_of(moment, case):
        return _unclaimed_problem(command, case, moment)
    return problem


def _open_problem(command: OpenCase, moment: Moment) -> Refused | None:
    if command.source is Source.IMPORT and moment.who.role is Role.ADVISOR:
        return Refused("import-is-for-office")
    return None


def _problem(kind: type[Command], case: Case, moment: Moment) -> Refused | None:
    """The table of domain.md 5.5 for a verb about a case, whatever its particulars."""
    role = moment.who.role
    if kind is JoinCase:
        return None if role in (Role.LEAD, Role.ADMIN) else Refused("joining-is-for-leads")
    if role is Role.ADMIN and kind not in FOR_ADMINS:
        return Refused("not-for-admins")
    if role is not Role.ADMIN and kind is EraseCase:
        return Refused("for-admins-only")
    if kind in FACTS or kind in ANSWERS or role is not Role.ADVISOR or is_owner(moment.who, case):
        return None
    if kind in (ChangeOwner, TriageCase) and in_queue_of(moment, case):
        return None
    return _owner_only(case)


def _unclaimed_problem(command: TriageCase, case: Case, moment: Moment) -> Refused | None:
    """An advisor triages what they claimed; from a queue, by claiming it in the same act (A4, domain.md 5.5)."""
    claims = command.outcome is TriageOutcome.SUPPORTED and command.owner == Owner(OwnerKind.PERSON, moment.who.id)
    return None if claims or moment.who.role is not Role.ADVISOR else _owner_only(case)


def _owner_only(case: Case) -> Refused:
    return Refused("owner-only", {"owner_kind": case.owner_kind, "owner": case.owner_id})


def may_settle(kept: KeptWork, case: Case, moment: Moment) -> bool:
    """Who may decide about kept work (domain.md 5.3, 5.5): its case's owner, coordinators where a queue owns it, leads.

    A late wish for another owner waits for its author, who may have it still (OC7). What was refused is its author's
    own: nobody else has lost anything by it. Leads and admins may decide about all of it.
    """
    who = moment.who
    if who.role in (Role.LEAD, Role.ADMIN):
        return True
    if kept.asked_id == who.id:
        return True
    if kept.kind in (KeptKind.REFUSED, KeptKind.BROKEN):
        return kept.author_id == who.id
    if is_owner(who, case) or (kept.author_id == who.id == kept.for_id and not kept.for_owner):
        return True
    return who.role is Role.COORDINATOR and case.owner_kind is OwnerKind.QUEUE


def sees_everything(person: Person) -> bool:
    """The office sees all cases (domain.md 5.5)."""
    return person.is_active and person.role in OFFICE_ROLES


def queues_of(person: Person, queues: tuple[Queue, ...]) -> frozenset[str]:
    """The queues that a person works for."""
    return frozenset(queue.id for queue in queues if person.id in queue.member_ids)


def offers(case: Case, moment: Moment) -> frozenset[str]:
    """The commands that the rules would take from this person about this case now, by their names on the wire.

    Views show and enable by this and decide nothing themselves, so that a button and the server always agree. A name
    here says that the verb is theirs; its particulars (which owner, which step) are judged when it is said.
    """
    if not (moment.who.is_active and moment.could_see and moment.who.role in WRITING):
        return frozenset()
    return frozenset(str(kind.__struct_config__.tag) for kind in OFFERED if _would_take(kind, case, moment))


def _would_take(kind: type[Command], case: Case, moment: Moment) -> bool:
    if kind is LogReview:
        return is_owner(moment.who, case) and moment.who.role in ADVISING or moment.who.role is Role.LEAD
    if kind is ReopenCase:
        fits = case.is_closed
    elif kind is TriageCase:
        fits = case.triage_outcome is None and not case.is_closed
    elif kind is MoveStep:
        fits = case.triage_outcome is not None and not case.is_closed
    else:
        fits = kind in FACTS or not case.is_closed
    return fits and _problem(kind, case, moment) is None


# What a screen may offer about a case that is there.
OFFERED: frozenset[type[Command]] = FACTS | {
    AskTeam,
    ChangeOwner,
    CloseCase,
    JoinCase,
    KeepApart,
    MoveStep,
    OfferCase,
    ReopenCase,
    SendReferral,
    SetPriority,
    TriageCase,
}
