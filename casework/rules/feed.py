"""How a command shows in the case's feed, and whom it tells."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.answers import Facts
from casework.ids import child_id
from casework.rules.moment import Desk, Moment
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contributor,
    Notice,
    Owner,
    OwnerKind,
    OwnershipEvent,
    Person,
    Queue,
    Standing,
    Task,
)

MENTION_LASTS = timedelta(days=14)
TASK_TAKEN = "task-not-yours"


def standing_of(desk: Desk, case: Case, moment: Moment) -> Standing:
    """What the author was to the case when writing, by ownership and never by clock (A2, OC12).

    Owner under the ownership that they saw, and still: owner. Owner then, but the case has moved on: former owner.
    A claim that never came true leaves them one among others (OC1).
    """
    if case.owner == Owner(OwnerKind.PERSON, moment.who.id):
        return Standing.OWNER
    event = desk.find(OwnershipEvent, moment.under) if moment.under else None
    if event is not None and event.case_id in (case.id, moment.told_of) and event.to_id == moment.who.id:
        return Standing.FORMER_OWNER
    return Standing.OTHER


def line(
    desk: Desk,
    case: Case,
    moment: Moment,
    *,
    kind: ActivityKind,
    subject: str = "",
    text: str = "",
    status: str = "",
    facts: Facts | None = None,
    mentions: Iterable[str] = (),
) -> Activity:
    """The line that a command leaves in the feed; it has the command's own id, so it can never be there twice."""
    return Activity(
        id=moment.command_id,
        case_id=case.id,
        kind=kind,
        subject=subject,
        text=text,
        status=status,
        facts={**(facts or {}), **({"handed_in_by": moment.handed_in_by} if moment.handed_in_by else {})},
        mentions=tuple(mentions),
        by=moment.who.id,
        at=moment.said_at,
        arrived_at=moment.arrived_at,
        clock_off=moment.clock_off,
        epoch=moment.epoch,
        standing=standing_of(desk, case, moment),
    )


def tell(
    case: Case, moment: Moment, people: Iterable[str], *, code: str, facts: Facts | None = None, about: str = ""
) -> list[Notice]:
    """A line on each person's Today, once per command, person and code; nobody is told of their own doing.

    `about` is the id of the row that it tells of, where one command may do the same to several.
    """
    told = dict.fromkeys(person for person in people if person and person != moment.who.id)
    return [_notice(case, moment, person, code, facts or {}, about) for person in told]


def tell_author(case: Case, moment: Moment, *, code: str, facts: Facts | None = None) -> Notice:
    """A line on the author's own Today: what became of something that they said."""
    return _notice(case, moment, moment.who.id, code, facts or {})


def tell_task_taken(
    desk: Desk, case: Case, moment: Moment, task: Task, *, how: str, to: str = "", about: str = ""
) -> list[Notice]:
    """A line for whose open task this was: it is theirs no more, and with it the case may go from their laptop (5.6).

    `task` is as it was; `how` is one of moved, cancelled, closed, done, undone; `to` is who has it now, "" for nobody.
    """
    person = desk.find(Person, task.assignee_id) if task.assignee_id else None
    if person is None or not person.is_active:
        return []
    facts = {"task": task.id, "title": task.title, "how": how, "assignee": to}
    return tell(case, moment, [person.id], code=TASK_TAKEN, facts=facts, about=about)


def owners_people(desk: Desk, owner: Owner) -> tuple[str, ...]:
    """The people behind an owner: the person, or the queue's members."""
    if owner.kind is OwnerKind.PERSON:
        return (owner.id,)
    queue = desk.find(Queue, owner.id)
    return queue.member_ids if queue else ()


def new_facts_on_closed(desk: Desk, case: Case, moment: Moment) -> list[Notice]:
    """Facts that reach a closed case go in, and its owner and closer are asked what now (OC5).

    The owner is asked even about their own words: closed by somebody else, they may not have known of it.
    """
    if not case.is_closed:
        return []
    facts = {"closed_at": case.closed_at.isoformat() if case.closed_at else "", "closed_by": case.closed_by}
    told = tell(case, moment, (*owners_people(desk, case.owner), case.closed_by), code="facts-on-closed", facts=facts)
    me = moment.who.id
    if case.owner == Owner(OwnerKind.PERSON, me) and case.closed_by != me:
        told.append(tell_author(case, moment, code="facts-on-closed", facts=facts))
    return told


def let_in(case: Case, moment: Moment, person_id: str, because: str, *, until: datetime | None = None) -> Contributor:
    """Lets somebody see the case without owning it, for a fortnight unless told otherwise (protocol 10, R6)."""
    return Contributor(
        id=child_id(moment.command_id, f"contributor/{person_id}"),
        case_id=case.id,
        person_id=person_id,
        because=because,
        until=until or moment.now + MENTION_LASTS,
    )


def _notice(case: Case, moment: Moment, person_id: str, code: str, facts: Facts, about: str = "") -> Notice:
    return Notice(
        id=child_id(moment.command_id, f"notice/{person_id}/{code}{f'/{about}' if about else ''}"),
        case_id=case.id,
        person_id=person_id,
        code=code,
        facts={"number": case.number, **facts},
        by=moment.who.id,
        at=moment.now,
    )
