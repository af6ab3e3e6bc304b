"""Taking back a decision about kept work: what it changed is put back where nobody changed it since (X3)."""

import json
from datetime import timedelta
from typing import TypeVar

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import ChangeOwner, MoveStep, SeenOwner, UndoSettling
from casework.ids import child_id
from casework.merge import Clash
from casework.rules import access, feed
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS, plain
from casework.rules.keeping import author_let_in
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import change_owner
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contact,
    KeptKind,
    KeptState,
    KeptWork,
    Owner,
    Person,
    Property,
    Record,
    Task,
    TaskStatus,
)

R = TypeVar("R", bound=Record)

UNDO_LASTS = timedelta(days=30)
_UNDOABLE: dict[str, type[Record]] = {"case": Case, "contact": Contact, "property": Property, "task": Task}
_KINDS = {kind: name for name, kind in _UNDOABLE.items()}
_OWNER_FIELDS = frozenset(name for name in Case.__struct_fields__ if name.startswith("owner_"))
_EDITED = CASE_FIELDS.keys() | CONTACT_FIELDS.keys() | PROPERTY_FIELDS.keys()


class Changed(msgspec.Struct, frozen=True):
    """One row as a settling changed it: {field: (before, after)} as plain JSON values; `is_new` if it made the row."""

    kind: str
    id: str
    fields: dict[str, tuple[object, object]]
    is_new: bool = False


class _Back(msgspec.Struct, frozen=True):
    """What can be put back, the corrected fields among that, and {field: what stands in its way}."""

    puts: tuple[Record, ...]
    edited: tuple[str, ...]
    blocked: dict[str, Clash]


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


def undo(desk: Desk, command: UndoSettling, case: Case | None, moment: Moment) -> Verdict:
    """Takes a settling back, for 30 days: its effect is undone and the card is open again.

    Where somebody has changed what it had set, their value stands: of a corrected field a new card says so, of anything
    else the undoing is refused and kept. What never took effect, or was taken back before, needs nothing. `use` that
    wrote a note or kept words leaves them: what was written stays on the case.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if kept.state in (KeptState.OPEN, KeptState.JOINED) or not kept.settled_cmd or kept.settled_cmd != command.settling:
        return Done()
    if kept.command == "case.join" and kept.effect:
        return Refused("joined-for-good")
    problem = _problem(kept, case, moment)
    if problem is not None or case is None:
        return problem or Refused("case-gone")
    back = _put_back(desk, kept, case, moment)
    if isinstance(back, Refused):
        return back
    facts = {"how": "undo", "code": kept.code, "kept": kept.id}
    line = feed.line(desk, case, moment, kind=ActivityKind.SETTLED, facts=facts)
    puts = tuple(_beside(put, moment) for put in (*back.puts, *_edited_line(desk, back, case, moment)))
    if back.blocked:
        return _not_all(case, back, (*puts, line) if puts else ())
    told = feed.tell(case, moment, [kept.author_id, kept.settled_by], code="decision-undone", facts=facts)
    author = desk.find(Person, kept.author_id)
    let_in = author_let_in(kept, author, case, moment) if author is not None else []
    return Done((*puts, _reopened(kept), line, *told, *let_in))


def _reopened(kept: KeptWork) -> KeptWork:
    return msgspec.structs.replace(
        kept, state=KeptState.OPEN, settled_by="", settled_at=None, settled_cmd="", effect=""
    )


def _problem(kept: KeptWork, case: Case | None, moment: Moment) -> Refused | None:
    """Who may decide may take back; who gave up their own words may have them back."""
    if kept.settled_at is None or moment.now - kept.settled_at > UNDO_LASTS:
        return Refused("too-late-to-undo", {"days": str(UNDO_LASTS.days)})
    if case is None:
        return None if kept.author_id == moment.who.id else Refused("case-gone")
    gave_up = kept.settled_by == moment.who.id and not kept.effect
    if gave_up or access.may_settle(kept, case, moment):
        return None
    return Refused("not-yours-to-decide", {"for_kind": case.owner_kind, "for": case.owner_id})


def _put_back(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> _Back | Refused:
    changed = msgspec.json.decode(kept.effect, type=list[Changed]) if kept.effect else []
    puts: dict[str, Record] = {}
    blocked: dict[str, Clash] = {}
    for one in changed:
        fields = dict(one.fields)
        if one.kind == "case" and "owner_cmd" in fields:
            given_back = _owner_back(desk, kept, one, case, moment)
            if isinstance(given_back, Refused):
                return given_back
            puts |= {put.id: put for put in given_back}
            fields = {name: pair for name, pair in fields.items() if name not in _OWNER_FIELDS}
        row = puts.get(one.id) or desk.find(_UNDOABLE[one.kind], one.id)
        if row is None:
            continue
        restored, in_the_way = _restored(row, fields, is_new=one.is_new)
        puts[one.id] = restored
        blocked |= in_the_way
    problem = _right_to(blocked, changed, case, moment)
    edited = {name for one in changed for name in one.fields if name in _EDITED} - blocked.keys()
    moved = tuple(put for put in puts.values() if put != desk.find(type(put), put.id))
    return problem or _Back(moved, tuple(sorted(edited)) if moved else (), blocked)


def _edited_line(desk: Desk, back: _Back, case: Case, moment: Moment) -> list[Activity]:
    if not back.edited:
        return []
    return [feed.line(desk, case, moment, kind=ActivityKind.EDITED, facts=dict.fromkeys(back.edited, ""))]


def _restored(row: R, fields: dict[str, tuple[object, object]], *, is_new: bool) -> tuple[R, dict[str, Clash]]:
    """The row with the fields put back that nobody has changed since; what is in the way of the others."""
    now = plain(row)
    if is_new:
        is_untouched = all(now[name] == after for name, (_, after) in fields.items())
        is_open = isinstance(row, Task) and row.status is TaskStatus.OPEN
        return (msgspec.structs.replace(row, status=TaskStatus.CANCELLED) if is_untouched and is_open else row), {}
    back = {name: before for name, (before, after) in fields.items() if now[name] == after}
    in_the_way = {
        name: Clash(after, before, now[name])
        for name, (before, after) in fields.items()
        if now[name] not in (before, after)
    }
    return msgspec.convert({**now, **back}, type(row)), in_the_way


def _owner_back(desk: Desk, kept: KeptWork, one: Changed, case: Case, moment: Moment) -> tuple[Record, ...] | Refused:
    """The case goes back to whom it was with, as a change of owner like any other: with an event, and an epoch more."""
    if case.owner_cmd != one.fields["owner_cmd"][1]:
        return Refused("changed-since", {"field": "owner"})
    before = {name: pair[0] for name, pair in one.fields.items()}
    owner = Owner(
        msgspec.convert(before.get("owner_kind", case.owner_kind), type(case.owner_kind)),
        str(before.get("owner_id", case.owner_id)),
    )
    fresh = ChangeOwner(case_id=case.id, base=SeenOwner(case.owner, case.owner_cmd), owner=owner)
    problem = access.may(fresh, case, moment)
    verdict: Verdict = problem or change_owner(desk, fresh, case, moment, asked_by=kept.settled_by)
    return verdict.puts if isinstance(verdict, Done) else Refused(verdict.code, verdict.facts)


def _right_to(blocked: dict[str, Clash], changed: list[Changed], case: Case, moment: Moment) -> Refused | None:
    """Corrections are anybody's who may decide; to move the case back takes the right to move it."""
    decided = {name for one in changed if one.kind == "case" for name in one.fields} - _EDITED - _OWNER_FIELDS
    in_the_way = sorted(blocked.keys() - _EDITED)
    if in_the_way:
        return Refused("changed-since", {"field": in_the_way[0]})
    if decided:
        return access.may(MoveStep(case_id=case.id, step=("", "")), case, moment)
    return None


def _not_all(case: Case, back: _Back, puts: tuple[Record, ...]) -> Late:
    """Somebody has corrected the field since: theirs stands, and a card asks which it shall be."""
    fields = {
        name: (json.dumps(way.before), json.dumps(way.mine), json.dumps(way.theirs))
        for name, way in back.blocked.items()
    }
    return Late(
        code="changed-meanwhile", kind=KeptKind.CLASH, waits_for=case.owner, fields=fields, puts=puts, shown=puts
    )


def _beside(put: Record, moment: Moment) -> Record:
    """The undoing's own line has the command's id; one that it brought about gets one that follows from it."""
    if isinstance(put, Activity) and put.id == moment.command_id:
        return msgspec.structs.replace(put, id=child_id(moment.command_id, "effect"))
    return put
