"""Who owns a case: claim, assign, release and take over, and what comes of two who did so unseen by each other."""

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import ChangeOwner, SeenOwner
from casework.rules import feed
from casework.rules.access import is_owner
from casework.rules.evidence import with_evidence
from casework.rules.moment import Desk, Moment, Side
from casework.rules.standing_offers import lapsed
from casework.rules.steps import proposal
from casework.values import (
    ActivityKind,
    Case,
    KeptKind,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Person,
    Queue,
    Record,
    Role,
    Task,
    TaskStatus,
)


def change_owner(desk: Desk, command: ChangeOwner, case: Case, moment: Moment, *, asked_by: str = "") -> Verdict:
    """Changes the owner where nobody else did meanwhile; else what the server accepted first stands (protocol 10).

    Taking over from a person needs a reason (domain.md 5.3). `asked_by` is whose late wish is being settled: its
    lateness is the reason, and the owner may hand the case over to whoever asked for it (protocol 10).
    Sources: S11, S26, S63 to S69, OC1, OC7, OC8, R15.
    """
    if command.owner == case.owner:
        return Done()
    if is_owner(moment.who, case) and command.owner == Owner(OwnerKind.PERSON, asked_by):
        problem = cannot_own(desk, command.owner, moment)
    else:
        problem = change_owner_problem(desk, command.base, command.owner, case, moment)
    if problem is not None:
        return problem
    puts = owner_puts(
        desk,
        case,
        command.owner,
        moment,
        reason=command.reason,
        with_tasks=command.with_tasks,
        batch=command.batch,
        takes_back=command.takes_back,
    )
    if is_stale(desk, command.base, case) and not beats_automatic(desk, command, case):
        late = moved_meanwhile(case, command.base, moment, wanted=command.owner, shown=puts)
        return with_evidence(desk, late, case, moment, command.evidence)
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    is_takeover = how_of(case, command.owner, moment) is OwnerChange.TAKEOVER
    if is_takeover and not asked_by and not command.reason.strip():
        return Refused("reason-needed")
    return Done(puts)


def is_stale(desk: Desk, base: SeenOwner, case: Case) -> bool:
    """Whether the author saw another ownership than the one that stands: compare-and-set on `owner_cmd`.

    Where the owner stands that the author saw, and no change of owner bears the id that they saw, their own claim found
    that it was so already ("applied, nothing changes", protocol 10.1): they saw right.
    """
    if base.owner_cmd == case.owner_cmd:
        return False
    return base.owner != case.owner or desk.find(OwnershipEvent, base.owner_cmd) is not None


def beats_automatic(desk: Desk, command: ChangeOwner, case: Case) -> bool:
    """Whether all that came between is a move that no person chose: a person's choice beats it (protocol 10.3).

    What the author says that they saw has to be what was there.
    """
    stands = desk.find(OwnershipEvent, case.owner_cmd)
    seen = desk.find(OwnershipEvent, command.base.owner_cmd)
    if stands is None or seen is None or stands.kind is not OwnerChange.QUEUE_REMOVED:
        return False
    saw = command.base.owner == Owner(seen.to_kind, seen.to_id)
    is_next = seen.case_id == case.id and seen.epoch + 1 == stands.epoch
    return saw and is_next and command.owner.kind is OwnerKind.PERSON


def saw_other_owner(base: SeenOwner, case: Case) -> bool:
    """Whether the author decided about somebody else's case; for decisions that leave the owner alone."""
    return base.owner_cmd != case.owner_cmd and base.owner != case.owner


def moved_meanwhile(case: Case, base: SeenOwner, moment: Moment, *, wanted: Owner, shown: tuple[Record, ...]) -> Late:
    """The late one is told who was first and keeps everything else; the wish waits for its author (OC1, OC7, OC8)."""
    return Late(
        code=_late_code(base, moment, wanted),
        kind=KeptKind.PROPOSAL,
        waits_for=Owner(OwnerKind.PERSON, moment.who.id),
        facts={
            "owner_kind": case.owner_kind,
            "owner": case.owner_id,
            "since": case.owner_since.isoformat(),
            "by": case.owner_by,
            "wanted_kind": wanted.kind,
            "wanted": wanted.id,
            "seen_kind": base.owner.kind,
            "seen": base.owner.id,
        },
        shown=shown,
    )


def owner_puts(
    desk: Desk,
    case: Case,
    owner: Owner,
    moment: Moment,
    *,
    reason: str = "",
    with_tasks: bool = False,
    how: OwnerChange | None = None,
    batch: str = "",
    takes_back: str = "",
    accepted: str = "",
) -> tuple[Record, ...]:
    """The rows that make `owner` the owner: the case one epoch on, the event, the feed line, tasks and notices.

    What stands offered comes to nothing, but for the `accepted` offer.

    Tasks stay with their assignee (A5); those of the old owner go with the case only if the mover says so, to nobody
    when it goes to a queue. What lay unassigned in a queue goes to whoever claims it (S70, A5).
    With a change that `takes_back` another one, exactly those go back that went with that one (OC27).
    """
    tasks = (
        _tasks_that_go_back(desk, case, owner, takes_back)
        if takes_back
        else _tasks_that_follow(desk, case, owner, with_tasks=with_tasks)
    )
    how = how or _how_seen_from(desk, case, owner, moment)
    event = OwnershipEvent(
        id=moment.command_id,
        case_id=case.id,
        epoch=case.owner_epoch + 1,
        kind=how,
        from_kind=case.owner_kind,
        from_id=case.owner_id,
        to_kind=owner.kind,
        to_id=owner.id,
        by=moment.who.id,
        reason=reason,
        batch=batch,
        task_ids=tuple(task.id for task in tasks),
        at=moment.said_at,
        arrived_at=moment.arrived_at,
    )
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.OWNER,
        text=reason,
        facts={
            "how": how,
            "from_kind": case.owner_kind,
            "from": case.owner_id,
            "to_kind": owner.kind,
            "to": owner.id,
        },
    )
    return (
        _owned_by(case, owner, moment),
        event,
        line,
        *tasks,
        *_told(desk, case, owner, moment, how),
        *lapsed(desk, case, moment, but=accepted),
    )


def how_of(case: Case, owner: Owner, moment: Moment) -> OwnerChange:
    """What kind of change of owner this is (domain.md 5.2)."""
    if owner.kind is OwnerKind.QUEUE:
        return OwnerChange.RELEASE if case.owner_id == moment.who.id else OwnerChange.QUEUE_MOVE
    if owner.id != moment.who.id:
        return OwnerChange.ASSIGN
    return OwnerChange.CLAIM if case.owner_kind is OwnerKind.QUEUE else OwnerChange.TAKEOVER


def _how_seen_from(desk: Desk, case: Case, owner: Owner, moment: Moment) -> OwnerChange:
    """The kind of change, where the old owner has left: that they did is why (X16)."""
    how = how_of(case, owner, moment)
    old = desk.find(Person, case.owner_id) if case.owner_kind is OwnerKind.PERSON else None
    has_left = old is not None and not old.is_active
    return OwnerChange.LEAVER if has_left and how in (OwnerChange.ASSIGN, OwnerChange.QUEUE_MOVE) else how


def _owned_by(case: Case, owner: Owner, moment: Moment) -> Case:
    return msgspec.structs.replace(
        case,
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_cmd=moment.command_id,
        owner_epoch=case.owner_epoch + 1,
        owner_since=moment.now,
        owner_by=moment.who.id,
    )


def _tasks_that_follow(desk: Desk, case: Case, owner: Owner, *, with_tasks: bool) -> list[Task]:
    new_assignee = owner.id if owner.kind is OwnerKind.PERSON else ""
    from_queue = case.owner_kind is OwnerKind.QUEUE and owner.kind is OwnerKind.PERSON
    follow = []
    for task in desk.of_case(Task, case.id):
        if task.status is not TaskStatus.OPEN:
            continue
        was_owners = with_tasks and task.assignee_id == case.owner_id
        if was_owners or (from_queue and not task.assignee_id):
            follow.append(msgspec.structs.replace(task, assignee_id=new_assignee))
    return follow


def _tasks_that_go_back(desk: Desk, case: Case, owner: Owner, takes_back: str) -> list[Task]:
    """The open tasks that went with that change of owner, where they are still with whom it brought them to."""
    event = desk.find(OwnershipEvent, takes_back)
    if event is None or event.case_id != case.id:
        return []
    went_to = event.to_id if event.to_kind is OwnerKind.PERSON else ""
    back_to = owner.id if owner.kind is OwnerKind.PERSON else ""
    return [
        msgspec.structs.replace(task, assignee_id=back_to)
        for task in desk.of_case(Task, case.id)
        if task.id in event.task_ids and task.status is TaskStatus.OPEN and task.assignee_id == went_to
    ]


def _told(desk: Desk, case: Case, owner: Owner, moment: Moment, how: OwnerChange) -> list[Record]:
    facts = {
        "how": how,
        "from": case.owner_id,
        "from_kind": case.owner_kind,
        "to": owner.id,
        "to_kind": owner.kind,
    }
    told: list[Record] = []
    if owner.kind is OwnerKind.PERSON:
        told += feed.tell(case, moment, [owner.id], code="given-to-you", facts=facts)
    if case.owner_kind is OwnerKind.PERSON:
        told += feed.tell(case, moment, [case.owner_id], code="owner-changed", facts=facts)
    return told


def change_owner_problem(desk: Desk, base: SeenOwner, owner: Owner, case: Case, moment: Moment) -> Refused | None:
    """Why this owner cannot be, or this author cannot say so; None where nothing stands against it."""
    if owner == case.owner:
        return None
    return cannot_own(desk, owner, moment) or _may_give(desk, base, owner, case, moment)


def cannot_own(desk: Desk, owner: Owner, moment: Moment) -> Refused | None:
    """Why nobody can make them the owner: gone, not at work any more, or a reader; None where they can be.

    What waits to be sent shows on as it was said (I3).
    """
    if moment.side is Side.REPLAYING:
        return None
    if owner.kind is OwnerKind.PERSON:
        person = desk.find(Person, owner.id)
        if person is None or not person.is_active:
            return Refused("owner-inactive", {"person": owner.id})
        return Refused("person-reads-only", {"person": owner.id}) if person.role is Role.READER else None
    queue = desk.find(Queue, owner.id)
    if queue is None or not queue.is_active:
        return Refused("queue-gone", {"queue": owner.id})
    return None


def _may_give(desk: Desk, base: SeenOwner, owner: Owner, case: Case, moment: Moment) -> Refused | None:
    """An advisor gives away only to a queue, or takes from one; giving to a person is the office's (domain.md 5.5)."""
    if moment.who.role is not Role.ADVISOR or owner.kind is OwnerKind.QUEUE:
        return None
    if owner.id == moment.who.id:
        seen = base.owner if is_stale(desk, base, case) else case.owner
        return None if seen.kind is OwnerKind.QUEUE else Refused("takeover-is-for-leads")
    return Refused("assign-is-for-office")


def _late_code(base: SeenOwner, moment: Moment, wanted: Owner) -> str:
    if wanted.kind is OwnerKind.QUEUE and base.owner.id == moment.who.id:
        return "release-came-late"
    if wanted.id == moment.who.id:
        return "claimed-first" if base.owner.kind is OwnerKind.QUEUE else "takeover-came-late"
    return "assigned-first"
