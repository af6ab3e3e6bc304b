"""Which role may say which command about which case (domain.md 5.5), and what the screen may offer."""

from casework.answers import Refused
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
from casework.rules.moment import Moment
from casework.values import Case, KeptWork, OwnerKind, Person, Queue, Role

ADVISING = frozenset({Role.ADVISOR, Role.COORDINATOR, Role.LEAD})
DECIDING = frozenset({Role.COORDINATOR, Role.LEAD})
WRITING = ADVISING | {Role.ADMIN}

# Facts are judged by the rights at writing, decisions by those at arrival (domain.md 5.5, 5.6).
FACTS: frozenset[type[Command]] = frozenset(
    {
        AddNote,
        AddTask,
        AttachDocument,
        CancelTask,
        EditCase,
        EditContact,
        EditProperty,
        FinishTask,
        LogInteraction,
        LogReview,
        ReassignTask,
    }
)


def is_owner(person: Person, case: Case) -> bool:
    """Whether the person owns the case; a queue's members must claim it first (A4)."""
    return case.owner_kind is OwnerKind.PERSON and case.owner_id == person.id


def in_queue_of(moment: Moment, case: Case) -> bool:
    """Whether the case lies in a queue that the author works for."""
    return case.owner_kind is OwnerKind.QUEUE and case.owner_id in moment.queue_ids


def may(command: Command, case: Case | None, moment: Moment) -> Refused | None:
    """None where the author may say this about the case, else why not.

    A queue member may claim from it, an owner may decide about their own case, coordinators and leads about all that
    they see; admins look after people and set-up, not cases; readers read.
    """
    role = moment.who.role
    if not moment.who.is_active and type(command) not in FACTS:
        return Refused("person-inactive", {"person": moment.who.id})
    if isinstance(command, SeeNotices):
        return None
    if role not in WRITING:
        return Refused("read-only")
    if isinstance(command, OpenCase):
        return None
    if not moment.could_see:
        return Refused("not-in-reach")
    if isinstance(command, SettleKept) or type(command) in FACTS or case is None:
        return None
    if role in DECIDING:
        return None
    return _own_decision(command, case, moment)


def _own_decision(command: Command, case: Case, moment: Moment) -> Refused | None:
    if role_is_admin(moment) and not isinstance(command, ChangeOwner):
        return Refused("not-for-admins")
    if is_owner(moment.who, case):
        return None
    if isinstance(command, ChangeOwner | TriageCase) and in_queue_of(moment, case):
        return None
    if isinstance(command, ChangeOwner) and role_is_admin(moment):
        return None
    return Refused("owner-only", {"owner_kind": case.owner_kind, "owner": case.owner_id})


def role_is_admin(moment: Moment) -> bool:
    """Admins may reassign cases (domain.md 5.5) but not advise on them."""
    return moment.who.role is Role.ADMIN


def may_settle(kept: KeptWork, case: Case, moment: Moment) -> bool:
    """Who may decide about kept work: whom it waits for, the case's owner, or the office; its author may let it go."""
    if moment.who.role in DECIDING or is_owner(moment.who, case):
        return True
    if kept.for_kind is OwnerKind.PERSON:
        return kept.for_id == moment.who.id
    return kept.for_id in moment.queue_ids


def sees_everything(person: Person) -> bool:
    """The office sees all cases (domain.md 5.5)."""
    return person.is_active and person.role in (Role.COORDINATOR, Role.LEAD, Role.ADMIN)


def queues_of(person: Person, queues: tuple[Queue, ...]) -> frozenset[str]:
    """The queues that a person works for."""
    return frozenset(queue.id for queue in queues if person.id in queue.member_ids)


def offers(case: Case, moment: Moment) -> frozenset[str]:
    """The commands that the rules would take from this person about this case now, by their names on the wire.

    Views show and enable by this and decide nothing themselves, so that a button and the server always agree.
    """
    said: frozenset[str] = frozenset(name for name, kind in _DECISIONS.items() if _would_take(kind, case, moment))
    if moment.who.role not in WRITING:
        return frozenset()
    facts = frozenset(str(kind.__struct_config__.tag) for kind in FACTS if kind is not LogReview)
    if is_owner(moment.who, case) or moment.who.role is Role.LEAD:
        facts |= {"review.log"}
    return said | facts


def _would_take(kind: type[Command], case: Case, moment: Moment) -> bool:
    if kind is ReopenCase:
        fits = case.is_closed
    elif kind is TriageCase:
        fits = case.triage_outcome is None and not case.is_closed
    else:
        fits = not case.is_closed
    return fits and may_kind(kind, case, moment)


def may_kind(kind: type[Command], case: Case, moment: Moment) -> bool:
    """`may` for a verb whose particulars are not known yet."""
    if moment.who.role in DECIDING or is_owner(moment.who, case):
        return True
    if kind in (ChangeOwner, TriageCase) and in_queue_of(moment, case) and moment.who.role in ADVISING:
        return True
    return kind is ChangeOwner and role_is_admin(moment)


_DECISIONS: dict[str, type[Command]] = {
    "case.triage": TriageCase,
    "case.owner": ChangeOwner,
    "case.step": MoveStep,
    "case.priority": SetPriority,
    "case.close": CloseCase,
    "case.reopen": ReopenCase,
}
