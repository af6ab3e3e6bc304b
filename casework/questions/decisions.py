"""Kept work as cards to decide about: who wanted what, what stands instead, what the viewer may answer (OC1 to OC8)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from casework.answers import Done
from casework.commands import AnyCommand, EditCase, EditContact, EditProperty, Said, SettleKept
from casework.connection import Connection, Row
from casework.questions.names import Names, names
from casework.questions.reading import from_json, full_name, moment_of, read, text_of, time_of, time_or_none
from casework.questions.sheets import Decisions
from casework.questions.shown import DecisionCard, Facts, FieldClash
from casework.questions.viewer import Viewer
from casework.questions.wishes import wish_of
from casework.rows import RowDesk, find
from casework.rules import judge
from casework.values import Case, Contact, KeptKind, KeptState, OwnerKind, Property, Record, Role

SETTLED_DAYS = 14
MOST_SETTLED = 50

# What waits for the viewer: their own words that only they can decide about, and what others said on cases that are
# theirs, or that lie in a queue where the viewer is a coordinator (rules.access.may_settle).
_FOR_ME = """coalesce(
    (w.author_id = ? AND (w.for_id = w.author_id OR w.kind IN ('refused', 'broken')))
    OR (w.kind NOT IN ('refused', 'broken') AND w.for_id <> w.author_id
        AND ((c.owner_kind = 'person' AND c.owner_id = ?) OR (c.owner_kind = 'queue' AND ?))), false)"""
_COUNT = f"""
SELECT count(*) FROM kept_work w LEFT JOIN case_file c ON c.id = w.case_id WHERE w.state = 'open' AND {_FOR_ME}
"""
_KEPT = f"""
SELECT w.*, {_FOR_ME} AS for_me, c.id AS here, c.number, k.title, k.first_name, k.last_name
FROM kept_work w LEFT JOIN case_file c ON c.id = w.case_id LEFT JOIN contact k ON k.id = c.contact_id
"""
_BY_WHOM = """
SELECT a.by, a.at FROM activity a WHERE a.case_id = ? AND a.kind = 'edited' AND a.by <> ? AND a.id <> ?
    AND json_type(a.facts, ?) IS NOT NULL ORDER BY coalesce(a.arrived_at, a.at) DESC, a.id DESC LIMIT 1
"""


def decisions(conn: Connection, viewer: Viewer) -> Decisions:
    """All kept work that this viewer has to do with, the oldest first; what was settled, the latest first."""
    known = names(conn)
    waiting = _cards(conn, viewer, known, "WHERE w.state = 'open' ORDER BY w.kept_at, w.id")
    since = text_of(viewer.now - timedelta(days=SETTLED_DAYS))
    settled = _cards(
        conn,
        viewer,
        known,
        "WHERE w.state <> 'open' AND w.settled_at >= ? ORDER BY w.settled_at DESC, w.id LIMIT ?",
        (since, MOST_SETTLED),
    )
    rest = [card for card in waiting if not card.for_me]
    return Decisions(
        for_me=tuple(card for card in waiting if card.for_me),
        mine=tuple(card for card in rest if card.is_mine),
        others=tuple(card for card in rest if not card.is_mine and card.may),
        settled=settled,
    )


def decisions_of_case(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[DecisionCard, ...]:
    """What is still to be decided about one case, the oldest first."""
    where = "WHERE w.case_id = ? AND w.state = 'open' ORDER BY w.kept_at, w.id"
    return _cards(conn, viewer, known, where, (case_id,))


def decisions_count(conn: Connection, viewer: Viewer) -> int:
    """How many decisions wait for this viewer: as many as `Decisions.for_me` has."""
    return int(conn.exec_driver_sql(_COUNT, _for_me(viewer)).scalar_one())


def _for_me(viewer: Viewer) -> tuple[str, str, bool]:
    return viewer.person.id, viewer.person.id, viewer.person.role is Role.COORDINATOR


def _cards(
    conn: Connection, viewer: Viewer, known: Names, where: str, values: Sequence[Any] = ()
) -> tuple[DecisionCard, ...]:
    rows = read(conn, f"{_KEPT} {where}", (*_for_me(viewer), *values))
    return tuple(_card(conn, row, viewer, known) for row in rows)


def _card(conn: Connection, row: Row, viewer: Viewer, known: Names) -> DecisionCard:
    facts: Facts = from_json(row["facts"])
    say = _said(row["said"])
    return DecisionCard(
        id=row["id"],
        kind=KeptKind(row["kind"]),
        code=row["code"],
        command=row["command"],
        state=KeptState(row["state"]),
        case_id=row["case_id"],
        case_number=row["number"] or facts.get("number", ""),
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        is_here=row["here"] is not None,
        author_id=row["author_id"],
        author_name=known.person(row["author_id"]),
        is_mine=row["author_id"] == viewer.person.id,
        said_at=time_of(row["said_at"]),
        kept_at=time_of(row["kept_at"]),
        waits_for_kind=OwnerKind(row["for_kind"]),
        waits_for_id=row["for_id"],
        waits_for_name=known.owner(row["for_id"]),
        for_me=bool(row["for_me"]),
        facts=facts,
        named=known.resolve(facts),
        wish=wish_of(conn, say, known) if say else {},
        say=say,
        fields=_clashes(conn, row, say, known),
        may=_may(conn, row, viewer),
        settled_by_name=known.person(row["settled_by"]),
        settled_at=time_or_none(row["settled_at"]),
        is_unsent=viewer.is_unsent(row["id"], row["rev"]),
    )


def _said(text: str) -> AnyCommand | None:
    """The command, or None where a newer app wrote one that this one does not know."""
    try:
        return msgspec.json.decode(text, type=Said).say
    except msgspec.MsgspecError:
        return None


def _may(conn: Connection, row: Row, viewer: Viewer) -> frozenset[str]:
    """The answers that the rules would take from this viewer now: asked of the rules themselves."""
    if row["state"] != KeptState.OPEN:
        return frozenset()
    desk, moment = RowDesk(conn), moment_of(viewer, row["id"])

    def is_taken(how: str) -> bool:
        command = SettleKept(case_id=row["case_id"], kept_id=row["id"], how=how)
        return isinstance(judge(desk, command, moment), Done)

    taken = {how for how in ("use", "leave", "note") if is_taken(how)}
    if "use" in taken and row["kind"] == KeptKind.CLASH:
        taken.add("fields")
    return frozenset(taken)


def _clashes(conn: Connection, row: Row, say: AnyCommand | None, known: Names) -> tuple[FieldClash, ...]:
    stands = _what_stands(conn, say)
    found = []
    for field, (before, mine, theirs) in from_json(row["fields"]).items():
        values = (row["case_id"], row["author_id"], row["id"], f'$."{field}"')
        by, at = conn.exec_driver_sql(_BY_WHOM, values).first() or ("", None)
        found.append(
            FieldClash(
                field=field,
                before=from_json(before),
                mine=from_json(mine),
                theirs=from_json(theirs),
                stands=stands.get(field, from_json(theirs)),
                theirs_by_name=known.person(by),
                theirs_at=time_or_none(at),
            )
        )
    return tuple(found)


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
