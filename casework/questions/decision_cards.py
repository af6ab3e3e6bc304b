"""One piece of kept work as a card: who wanted what, what stands instead, what the viewer may answer (OC1 to OC8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from casework.answers import Done
from casework.commands import AnyCommand, EditCase, EditContact, EditProperty, PutOffKept, SettleKept, UndoSettling
from casework.connection import Connection, Row
from casework.questions.names import Names
from casework.questions.reading import from_json, full_name, moment_of, read, time_of, time_or_none
from casework.questions.shown_kept import DecisionCard, FieldClash, Talk
from casework.questions.viewer import Viewer
from casework.questions.wishes import wish_of
from casework.rows import RowDesk, find, record_of
from casework.rules import judge
from casework.rules.discussing import may_speak, to_be_asked
from casework.rules.keeping import said_in
from casework.values import (
    Case,
    Contact,
    KeptKind,
    KeptState,
    KeptWork,
    Owner,
    OwnerKind,
    Property,
    Record,
    Role,
)

# What waits for the viewer: their own words that only they can decide about, what others said on cases that are theirs,
# or that lie in a queue where the viewer is a coordinator (rules.access.may_settle), and what they were asked about.
FOR_ME = """coalesce(
    w.asked_id = ? OR (w.for_id = ? AND ? AND NOT w.for_owner)
    OR (w.author_id = ? AND ((w.for_id = w.author_id AND NOT w.for_owner) OR w.kind IN ('refused', 'broken')))
    OR (w.kind NOT IN ('refused', 'broken') AND (w.for_owner OR w.for_id <> w.author_id)
        AND ((c.owner_kind = 'person' AND c.owner_id = ?) OR (c.owner_kind = 'queue' AND ?))), false)"""
_KEPT = f"""
SELECT w.*, {FOR_ME} AS for_me, c.id AS here, c.owner_kind, c.owner_id, c.number, k.title, k.first_name, k.last_name
FROM kept_work w LEFT JOIN case_file c ON c.id = w.case_id LEFT JOIN contact k ON k.id = c.contact_id
"""
_OWNERS = "SELECT epoch, to_id FROM ownership_event WHERE case_id = ?"


def for_me(viewer: Viewer) -> tuple[str | bool, ...]:
    """What the place marks in FOR_ME stand for. What waits for a lead by name waits for them, whoever has the case."""
    me, role = viewer.person.id, viewer.person.role
    return me, me, role in (Role.LEAD, Role.ADMIN), me, me, role is Role.COORDINATOR


def cards(
    conn: Connection, viewer: Viewer, known: Names, where: str, values: Sequence[Any] = ()
) -> tuple[DecisionCard, ...]:
    """The cards of the rows of kept_work (`w`) that a condition picks."""
    rows = read(conn, f"{_KEPT} {where}", (*for_me(viewer), *values))
    return tuple(_card(conn, row, viewer, known) for row in rows)


def _card(conn: Connection, row: Row, viewer: Viewer, known: Names) -> DecisionCard:
    kept = record_of(KeptWork, {name: row[name] for name in KeptWork.__struct_fields__})
    said = said_in(kept)
    say = said.say if said else None
    me = viewer.person.id
    follows = kept.for_owner and row["owner_id"] is not None
    waits_for = Owner(row["owner_kind"], row["owner_id"]) if follows else Owner(kept.for_kind, kept.for_id)
    card = DecisionCard(
        id=kept.id,
        kind=kept.kind,
        code=kept.code,
        command=kept.command,
        state=kept.state,
        case_id=kept.case_id,
        case_number=row["number"] or kept.facts.get("number", ""),
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        is_here=row["here"] is not None,
        author_id=kept.author_id,
        author_name=known.person(kept.author_id),
        is_mine=kept.author_id == me,
        said_at=kept.said_at,
        kept_at=kept.kept_at,
        waits_for_kind=OwnerKind(waits_for.kind),
        waits_for_id=waits_for.id,
        waits_for_name=known.owner(waits_for.id),
        for_me=bool(row["for_me"]),
        facts=kept.facts,
        named=known.resolve(kept.facts),
        wish=wish_of(conn, say, known) if say else {},
        say=say,
        fields=_clashes(conn, kept, known),
        may=_may(conn, kept, viewer),
        settled_by_name=known.person(kept.settled_by),
        settled_at=kept.settled_at,
        is_unsent=viewer.is_unsent(kept.id, row["rev"]),
        settling=kept.settled_cmd,
    )
    return _with_talk(conn, card, kept, viewer, known)


def _with_talk(conn: Connection, card: DecisionCard, kept: KeptWork, viewer: Viewer, known: Names) -> DecisionCard:
    """The card with what was asked about it, and whether it may be put off, asked about, or taken back."""
    case, me = find(conn, Case, kept.case_id), viewer.person.id
    is_open = kept.state is KeptState.OPEN
    speaks = is_open and may_speak(kept, case, moment_of(viewer, kept.id))
    people = to_be_asked(kept, case, me) if speaks and case is not None else ()
    return msgspec.structs.replace(
        card,
        later_until=kept.later_until if is_open else None,
        later_by_name=known.person(kept.later_by),
        talk=tuple(
            Talk(
                by_name=known.person(by),
                to_name=known.person(to),
                at=datetime.fromisoformat(at),
                words=words,
                is_mine=by == me,
            )
            for by, to, at, words in kept.talk
        ),
        asks_me=is_open and kept.asked_id == me,
        asked_name=known.person(kept.asked_id) if is_open else "",
        can_ask=tuple((one, known.person(one)) for one in people if known.person(one)),
        can_put_off=is_open and _is_taken(conn, _put_off(kept, viewer), viewer),
        can_undo=not is_open and bool(kept.settled_cmd) and _is_taken(conn, _undo(kept), viewer),
    )


def _put_off(kept: KeptWork, viewer: Viewer) -> PutOffKept:
    return PutOffKept(case_id=kept.case_id, kept_id=kept.id, until=viewer.today + timedelta(days=1))


def _undo(kept: KeptWork) -> UndoSettling:
    return UndoSettling(case_id=kept.case_id, kept_id=kept.id, settling=kept.settled_cmd)


def _is_taken(conn: Connection, command: AnyCommand, viewer: Viewer) -> bool:
    """Whether the rules would take it from this viewer now: asked of the rules themselves."""
    return isinstance(judge(RowDesk(conn), command, moment_of(viewer, command_id="asked")), Done)


def _may(conn: Connection, kept: KeptWork, viewer: Viewer) -> frozenset[str]:
    """The answers that the rules would take from this viewer now."""
    if kept.state is not KeptState.OPEN:
        return frozenset()
    taken = {
        how
        for how in ("use", "leave", "note")
        if _is_taken(conn, SettleKept(case_id=kept.case_id, kept_id=kept.id, how=how), viewer)
    }
    if "use" in taken and kept.kind is KeptKind.CLASH:
        taken.add("fields")
    return frozenset(taken)


def _clashes(conn: Connection, kept: KeptWork, known: Names) -> tuple[FieldClash, ...]:
    if not kept.fields:
        return ()
    stands = _what_stands(conn, _edit_of(conn, kept))
    owners = {int(epoch): known.owner(owner_id) for epoch, owner_id in conn.exec_driver_sql(_OWNERS, (kept.case_id,))}
    said = said_in(kept)
    epoch = said.epoch if said else 0
    found = []
    for field, (before, mine, theirs) in kept.fields.items():
        by, at, theirs_epoch = kept.theirs_from.get(field, ("", "", 0))
        found.append(
            FieldClash(
                field=field,
                before=from_json(before),
                mine=from_json(mine),
                theirs=from_json(theirs),
                stands=stands.get(field, from_json(theirs)),
                theirs_by_name=known.person(by),
                theirs_at=time_or_none(at),
                mine_owner=owners.get(epoch, ""),
                mine_epoch=epoch,
                theirs_owner=owners.get(theirs_epoch, ""),
                theirs_epoch=theirs_epoch,
                earlier=tuple((from_json(value), time_of(when)) for name, value, when in kept.earlier if name == field),
            )
        )
    return tuple(found)


def _edit_of(conn: Connection, kept: KeptWork) -> AnyCommand | None:
    """The correction that a clash is about; of an undoing, the one whose settling it would take back."""
    said = said_in(kept)
    if said is not None and isinstance(said.say, UndoSettling):
        undone = find(conn, KeptWork, said.say.kept_id)
        return _edit_of(conn, undone) if undone is not None and undone.id != kept.id else None
    return said.say if said is not None else None


def _what_stands(conn: Connection, say: AnyCommand | None) -> dict[str, object]:
    """The fields of what was edited, as they are now."""
    record: Record | None = None
    if isinstance(say, EditCase):
        record = find(conn, Case, say.case_id)
    elif isinstance(say, EditContact):
        record = find(conn, Contact, say.contact_id)
    elif isinstance(say, EditProperty):
        record = find(conn, Property, say.property_id)
    plain: dict[str, object] = msgspec.to_builtins(record) if record else {}
    return plain
