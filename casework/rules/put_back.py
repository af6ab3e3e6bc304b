"""What a settling changed, written down, and how each kind of row goes back to what it was (X3)."""

from collections.abc import Container, Sized
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple, TypeVar

import msgspec

from casework.answers import Refused
from casework.merge import Clash
from casework.rules import feed
from casework.rules.assignments import WITHDRAWABLE, asked_again, withdrawn_one
from casework.rules.fields import plain
from casework.rules.moment import Desk, Moment
from casework.rules.standing_offers import ended, has_run_out, open_offer
from casework.values import (
    AssignmentStatus,
    Case,
    CaseAssignment,
    Consent,
    ConsentState,
    Contact,
    Contributor,
    ExternalReferral,
    Offer,
    OfferState,
    Property,
    Record,
    Task,
    TaskStatus,
)

R = TypeVar("R", bound=Record)
Fields = dict[str, tuple[object, object]]

_UNDOABLE: dict[str, type[Record]] = {
    "assignment": CaseAssignment,
    "case": Case,
    "consent": Consent,
    "contact": Contact,
    "offer": Offer,
    "property": Property,
    "task": Task,
}
_CLOSED_SINCE = Refused("changed-since", {"field": "status"})
_KINDS = {kind: name for name, kind in _UNDOABLE.items()}


class Changed(msgspec.Struct, frozen=True):
    """One row as a settling changed it: {field: (before, after)} as plain JSON values; `is_new` if it made the row."""

    kind: str
    id: str
    fields: Fields
    is_new: bool = False


class RowBack(NamedTuple):
    """A row as it goes back, with whom that tells and lets in or out; {field: what stands in its way}."""

    puts: tuple[Record, ...] = ()
    blocked: dict[str, Clash] = {}


def effect_of(desk: Desk, puts: tuple[Record, ...]) -> str:
    """What rows would change of what stands, written down so that it can be taken back; lines of the feed stay."""
    changed = []
    for put in puts:
        if type(put) not in _KINDS:
            continue
        current, after = desk.find(type(put), put.id), plain(put)
        before = plain(current) if current is not None else {}
        fields = {
            name: (before.get(name), after[name]) for name in after if name != "rev" and before.get(name) != after[name]
        }
        if fields:
            changed.append(Changed(_KINDS[type(put)], put.id, fields, is_new=current is None))
    return msgspec.json.encode(changed).decode() if changed else ""


def changed_in(effect: str) -> list[Changed]:
    """What `effect_of` wrote down."""
    return msgspec.json.decode(effect, type=list[Changed]) if effect else []


def row_back(
    desk: Desk, one: Changed, fields: Fields, case: Case, moment: Moment, *, together: frozenset[str]
) -> RowBack | Refused:
    """How a row goes back on a case that stands as `case` by then, `together` with the rows of these ids.

    Nothing where it is gone, or what was done with it since stands. Refused where it would go back only in part.
    """
    row = case if one.id == case.id else desk.find(_UNDOABLE[one.kind], one.id)
    if row is None:
        return RowBack()
    if isinstance(row, Task):
        return _task(desk, row, one, case, moment, together=together)
    if isinstance(row, CaseAssignment):
        return _request(desk, row, one, case, moment)
    if isinstance(row, Consent):
        return _consent(desk, row, one, case, moment)
    if isinstance(row, Offer):
        return _offer(desk, row, one, case, moment, together)
    put, blocked = _restored(row, fields)
    return RowBack((put,), blocked)


def _restored(row: R, fields: Fields) -> tuple[R, dict[str, Clash]]:
    """The row with the fields put back that nobody has changed since; what is in the way of the others."""
    now = plain(row)
    back = {name: before for name, (before, after) in fields.items() if now[name] == after}
    in_the_way = {
        name: Clash(after, before, now[name])
        for name, (before, after) in fields.items()
        if now[name] not in (before, after)
    }
    return msgspec.convert({**now, **back}, type(row)), in_the_way


def _is_untouched(row: Record, fields: Fields) -> bool:
    now = plain(row)
    return all(now[name] == after for name, (_, after) in fields.items())


def _task(desk: Desk, row: Task, one: Changed, case: Case, moment: Moment, *, together: Sized) -> RowBack | Refused:
    """A task that it brought is cancelled; one that somebody has made theirs since stays.

    Where that task is all that it brought, it stays wholly. Whoever has a task to do again is told, and whoever has it
    no more; on a case that was closed since nobody has one.
    """
    if one.is_new:
        if row.status is TaskStatus.OPEN and _is_untouched(row, one.fields):
            lost = feed.tell_task_taken(desk, case, moment, row, how="undone", about=row.id)
            return RowBack((msgspec.structs.replace(row, status=TaskStatus.CANCELLED), *lost))
        stands = row.status is not TaskStatus.CANCELLED and len(together) == 1
        return Refused("changed-since", {"field": "task"}) if stands else RowBack()
    put, blocked = _restored(row, one.fields)
    if case.is_closed and put.status is TaskStatus.OPEN and row.status is not TaskStatus.OPEN:
        return _CLOSED_SINCE
    is_news = put.status is TaskStatus.OPEN and (put.status, put.assignee_id) != (row.status, row.assignee_id)
    facts = {"task": row.id, "title": row.title, "to": put.assignee_id}
    told = feed.tell(case, moment, [put.assignee_id] if is_news else [], code="task-for-you", facts=facts, about=row.id)
    if row.status is TaskStatus.OPEN and put.assignee_id != row.assignee_id:
        told += feed.tell_task_taken(desk, case, moment, row, how="moved", to=put.assignee_id, about=row.id)
    return RowBack((put, *told), blocked)


def _request(desk: Desk, row: CaseAssignment, one: Changed, case: Case, moment: Moment) -> RowBack | Refused:
    """A team that was asked is needed no more; one whose request had ended has it again. What they did stands (OC6).

    A case that was closed since is with no team any more (L13).
    """
    changed_since = Refused("changed-since", {"field": "request"})
    if one.is_new:
        if row.status in WITHDRAWABLE:
            return RowBack(tuple(withdrawn_one(desk, row, case, moment)))
        return RowBack() if row.status is AssignmentStatus.WITHDRAWN else changed_since
    before, blocked = _restored(row, one.fields)
    if not blocked:
        if case.is_closed and before.is_open and not row.is_open:
            return _CLOSED_SINCE
        return RowBack(tuple(asked_again(desk, row, before, case, moment)))
    is_so_already = "status" in one.fields and one.fields["status"][0] == row.status
    return RowBack() if is_so_already else changed_since


def _consent(desk: Desk, row: Consent, one: Changed, case: Case, moment: Moment) -> RowBack | Refused:
    """What the client said before counts again, but never as a yes: that is asked of them, not of who undoes (OC21).

    A first answer stays: there is none before it.
    """
    was, _ = one.fields.get("state", (row.state, row.state))
    if one.is_new:
        return Refused("first-answer-stays", {"scope": row.scope})
    if was == ConsentState.GIVEN:
        return Refused("consent-is-asked-anew", {"scope": row.scope})
    before, blocked = _restored(row, one.fields)
    if blocked:
        return Refused("changed-since", {"field": "consent"})
    sent = [sent.sent_by for sent in desk.of_case(ExternalReferral, case.id) if sent.consent_cmd == row.set_by_cmd]
    people = (*feed.owners_people(desk, case.owner), *sent)
    facts = {"scope": row.scope, "state": before.state, "method": before.method}
    return RowBack((before, *feed.tell(case, moment, people, code="consent-as-before", facts=facts)))


def _offer(
    desk: Desk, row: Offer, one: Changed, case: Case, moment: Moment, together: Container[str]
) -> RowBack | Refused:
    """An offer that it made is taken back; one that it ended stands again, as far as it could stand now.

    An answer to an offer is a fact. With another owner, with its last day past, or on a closed case it is over.
    """
    if one.is_new:
        if row.state is OfferState.ACCEPTED:
            return Refused("changed-since", {"field": "owner"})
        if row.state is not OfferState.OPEN:
            return RowBack()
        told = feed.tell(case, moment, [row.to_id], code="offer-taken-back")
        return RowBack((*ended(desk, row, OfferState.WITHDRAWN, moment), *told))
    before, blocked = _restored(row, one.fields)
    if before == row or blocked or case.is_closed or row.under != case.owner_cmd or has_run_out(row, moment):
        return RowBack()
    standing = open_offer(desk, case)
    if standing is not None and standing.id not in together:
        return RowBack()
    told = feed.tell(case, moment, [row.to_id], code="offered-to-you", facts={"until": row.until.isoformat()})
    over = datetime.combine(row.until + timedelta(days=1), time(), UTC)
    let_in = [
        msgspec.structs.replace(guest, until=over)
        for guest in desk.of_case(Contributor, case.id)
        if guest.because == row.id and guest.until < over
    ]
    return RowBack((before, *told, *let_in))
