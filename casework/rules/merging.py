"""Cases that were taken in twice are made one: what goes along to the one that stays (OC14, OC15)."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import JoinCase, KeepApart
from casework.ids import child_id
from casework.rules import access, feed
from casework.rules.closing import closed
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS, plain
from casework.rules.joined import joined_meanwhile, repointed, standing_case
from casework.rules.keeping import said_in
from casework.rules.moment import Desk, Moment
from casework.rules.standing_offers import lapsed
from casework.rules.steps import proposal
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    CaseAssignment,
    CaseRecord,
    Consent,
    ConsentState,
    Contact,
    Contributor,
    Document,
    ExternalReferral,
    FormAnswers,
    KeptState,
    KeptWork,
    Notice,
    Owner,
    OwnerKind,
    Person,
    Property,
    Record,
    Referral,
    Task,
    TaskStatus,
)

R = TypeVar("R", bound=Record)

# What goes along to the case that stays. Who owned the closed one stays its own story.
MOVING: tuple[type[CaseRecord], ...] = (
    Referral,
    Contributor,
    CaseAssignment,
    Task,
    Activity,
    Document,
    ExternalReferral,
    FormAnswers,
    Notice,
)


def join_case(desk: Desk, command: JoinCase, case: Case, moment: Moment) -> Verdict:
    """Makes two cases one, if nobody else changed the one that is to close since the author looked at it.

    What was said about the closed one goes to the one that stays, with everybody who could see it; so does what is
    said about it from now on (`standing_case`). Sources: domain.md 5.6, OC14, OC15.
    """
    into = desk.find(Case, command.into)
    if into is None or into.id == case.id:
        return Refused("duplicate-of-what")
    here, there = standing_case(desk, case), standing_case(desk, into)
    if here.id == there.id:
        return _one_already(case, moment)
    if case.joined_to:
        return joined_meanwhile(here, moment, waits_for=_author(moment))
    puts = _joined(desk, case, there, command.reason, moment)
    if there.is_closed and not case.is_closed:
        late = proposal(there, moment, code="other-closed-meanwhile", shown=puts)
        return _asks_author(late, there, moment)
    if lines_by_others(desk, case, moment.who.id) != command.seen:
        return _asks_author(proposal(case, moment, code="changed-before-joining", shown=puts), case, moment)
    return Done(puts)


def keep_apart(desk: Desk, command: KeepApart, case: Case, moment: Moment) -> Verdict:
    """Notes down on both cases that they are two, so that nobody is shown them as one again (OC14).

    Of a case that is hidden from the author nothing is said: as if there were none (I7).
    """
    other = desk.find(Case, command.other_id) if moment.could_see_named else None
    if other is None or other.id == case.id:
        return Refused("duplicate-of-what")
    if other.id in case.apart_from and case.id in other.apart_from:
        return Done()
    text, kind = command.reason.strip(), ActivityKind.JOINED
    line = feed.line(desk, case, moment, kind=kind, text=text, facts={"apart": other.number})
    there = feed.line(desk, other, moment, kind=kind, text=text, facts={"apart": case.number})
    return Done(
        (
            msgspec.structs.replace(case, apart_from=(*case.apart_from, other.id)),
            msgspec.structs.replace(other, apart_from=(*other.apart_from, case.id)),
            line,
            msgspec.structs.replace(there, id=child_id(moment.command_id, "other")),
        )
    )


def lines_by_others(desk: Desk, case: Case, person_id: str) -> int:
    """How many lines of the case's feed are not that person's: it grows whenever somebody else changes the case."""
    return sum(1 for line in desk.of_case(Activity, case.id) if line.by != person_id)


def _one_already(case: Case, moment: Moment) -> Verdict:
    """Somebody else found them to be one: nothing is left to do, but where it was the other way round that is said."""
    return Done() if case.joined_to else Done((feed.tell_author(case, moment, code="joined-the-other-way"),))


def _author(moment: Moment) -> Owner:
    return Owner(OwnerKind.PERSON, moment.who.id)


def _asks_author(late: Late, case: Case, moment: Moment) -> Late:
    """Only its author can say whether the two are still to be one, having seen what is new."""
    return msgspec.structs.replace(late, waits_for=_author(moment), facts={**late.facts, "joined": case.number})


def _joined(desk: Desk, case: Case, into: Case, reason: str, moment: Moment) -> tuple[Record, ...]:
    over = case if case.is_closed else closed(case, moment, reason="duplicate")
    over = msgspec.structs.replace(over, duplicate_of=into.id, joined_to=into.id, other_numbers=())
    earlier = [
        msgspec.structs.replace(one, joined_to=into.id, duplicate_of=into.id)
        for one in desk.cases_with("joined_to", case.id)
    ]
    people, left_over = _filled(desk, case, into)
    stays = next((row for row in people if isinstance(row, Case)), into)
    stays = msgspec.structs.replace(stays, other_numbers=(*into.other_numbers, *case.other_numbers, case.number))
    others = [row for row in people if not isinstance(row, Case)]
    text = "\n".join(part for part in (reason.strip(), *left_over) if part)
    facts = {"joined": case.number, "joined_case": case.id}
    line = feed.line(desk, into, moment, kind=ActivityKind.JOINED, text=text, facts=facts)
    end = feed.line(desk, case, moment, kind=ActivityKind.JOINED, text=reason, facts={"into": into.number})
    end = msgspec.structs.replace(end, id=child_id(moment.command_id, "end"))
    return (
        over,
        *earlier,
        stays,
        *others,
        *_moved(desk, case, into, moment),
        *_agreed(desk, case, into),
        line,
        end,
        *_told(desk, case, into, moment),
    )


def _moved(desk: Desk, case: Case, into: Case, moment: Moment) -> list[Record]:
    """The closed case's own rows, now of the case that stays; kept work waits there for whom it would have.

    An offer of the closed case is over, as with any closing.
    """
    over = {(type(row), row.id): row for row in lapsed(desk, case, moment)}
    moved: list[Record] = []
    for kind in MOVING:
        for row in desk.of_case(kind, case.id):
            moved.append(msgspec.structs.replace(over.pop((kind, row.id), row), case_id=into.id))
    moved += over.values()
    for kept in desk.of_case(KeptWork, case.id):
        waits = Owner(kept.for_kind, kept.for_id)
        if kept.state is KeptState.OPEN and waits == case.owner and kept.author_id != kept.for_id:
            waits = into.owner
        row = msgspec.structs.replace(kept, case_id=into.id, for_kind=waits.kind, for_id=waits.id)
        moved.append(_said_there(row, case, into))
    return moved


def _said_there(kept: KeptWork, case: Case, into: Case) -> KeptWork:
    said = said_in(kept)
    if said is None:
        return kept
    said = msgspec.structs.replace(said, say=repointed(said.say, case, into))
    return msgspec.structs.replace(kept, said=msgspec.json.encode(said).decode())


def _agreed(desk: Desk, case: Case, into: Case) -> list[Consent]:
    """What the client agreed to, for the case that stays: whichever of two answers shares less (OC21)."""
    stands = {consent.scope: consent for consent in desk.of_case(Consent, into.id)}
    return [
        msgspec.structs.replace(consent, id=child_id(into.id, f"consent/{consent.scope}"), case_id=into.id)
        for consent in desk.of_case(Consent, case.id)
        if consent.scope not in stands
        or (stands[consent.scope].state is ConsentState.GIVEN and consent.state is not ConsentState.GIVEN)
    ]


def _filled(desk: Desk, case: Case, into: Case) -> tuple[list[Record], list[str]]:
    """The case that stays, its client and its home, with what only the other one knew; and what they said otherwise.

    Each of the latter is a line `field: value`, for the note that goes along: nothing that somebody typed is lost.
    """
    rows: list[Record] = []
    left_over: list[str] = []
    pairs: list[tuple[Record | None, Record | None, Iterable[str]]] = [(case, into, CASE_FIELDS)]
    if case.contact_id != into.contact_id:
        pairs.append((desk.find(Contact, case.contact_id), desk.find(Contact, into.contact_id), CONTACT_FIELDS))
    if case.property_id != into.property_id:
        pairs.append((desk.find(Property, case.property_id), desk.find(Property, into.property_id), PROPERTY_FIELDS))
    for theirs, ours, fields in pairs:
        if theirs is not None and ours is not None:
            row, lines = _filled_from(ours, theirs, fields)
            rows.append(row)
            left_over += lines
    return rows, left_over


def _filled_from(ours: R, theirs: Record, fields: Iterable[str]) -> tuple[R, list[str]]:
    mine, others = plain(ours), plain(theirs)
    filled, lines = dict(mine), []
    for name in fields:
        value = others[name]
        if isinstance(value, list):
            filled[name] = [*mine[name], *(one for one in value if one not in mine[name])]
        elif not mine[name]:
            filled[name] = value
        elif value and value != mine[name]:
            lines.append(f"{name}: {value}")
    return msgspec.convert(filled, type(ours)), lines


def _told(desk: Desk, case: Case, into: Case, moment: Moment) -> list[Record]:
    """Both owners, and whoever has something to do on the closed case; its owner may go on seeing what became of it."""
    busy = [task.assignee_id for task in desk.of_case(Task, case.id) if task.status is TaskStatus.OPEN]
    people = (*feed.owners_people(desk, into.owner), *feed.owners_people(desk, case.owner), *busy)
    told: list[Record] = list(feed.tell(into, moment, people, code="cases-joined", facts={"joined": case.number}))
    owner = desk.find(Person, case.owner_id) if case.owner_kind is OwnerKind.PERSON else None
    if owner is not None and not access.is_owner(owner, into) and not access.sees_everything(owner):
        told.append(feed.let_in(into, moment, owner.id, because=moment.command_id))
    return told
