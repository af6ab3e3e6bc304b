"""One piece of kept work as a card: who wanted what, what stands instead, what the viewer may answer (OC1 to OC8)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from casework.answers import Done, Refused
from casework.commands import (
    AnyCommand,
    EditCase,
    EditContact,
    EditProperty,
    OpenCase,
    PutOffKept,
    SettleKept,
    UndoSettling,
)
from casework.connection import Connection, Row
from casework.questions.names import Names
from casework.questions.reading import from_json, full_name, moment_of, read, time_of, time_or_none
from casework.questions.shown_kept import DecisionCard, FieldClash, Talk
from casework.questions.viewer import Viewer
from casework.questions.wishes import wish_of
from casework.rows import RowDesk, record_of
from casework.rules import judge
from casework.rules.discussing import may_speak, to_be_asked
from casework.rules.keeping import said_in, said_in_text
from casework.rules.undoing import for_good_code
from casework.values import (
    Case,
    Contact,
    KeptKind,
    KeptState,
    KeptWork,
    Owner,
    OwnerKind,
    Person,
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
# The new case that kept work is or belongs to: itself, one that may still be taken in, one that was thrown away.
_OPENING = """
SELECT id, said, state FROM kept_work
WHERE case_id = ? AND command = 'case.open' AND (id = ? OR state IN ('open', 'left'))
ORDER BY CASE WHEN id = ? THEN 0 WHEN state = 'open' THEN 1 ELSE 2 END, kept_at, id LIMIT 1
"""
_OWNERS = "SELECT epoch, to_id FROM ownership_event WHERE case_id = ?"


class _Opening(NamedTuple):
    """The kept new case that kept work is, or is about: its id and client; empty where there is none."""

    id: str = ""
    client: Contact | None = None
    is_let_go: bool = False


def for_me(viewer: Viewer) -> tuple[str | bool, ...]:
    """What the place marks in FOR_ME stand for. What waits for a lead by name waits for them, whoever has the case."""
    me, role = viewer.person.id, viewer.person.role
    return me, me, role in (Role.LEAD, Role.ADMIN), me, me, role is Role.COORDINATOR


def cards(
    conn: Connection, viewer: Viewer, known: Names, where: str, values: Sequence[Any] = ()
) -> tuple[DecisionCard, ...]:
    """The cards of the rows of kept_work (`w`) that a condition picks."""
    rows = read(conn, f"{_KEPT} {where}", (*for_me(viewer), *values))
    # one desk for all: the rules write nothing, so what they have read of a case for one answer holds for the next
    desk = RowDesk(conn)
    return tuple(_card(conn, row, viewer, known, desk) for row in rows)


def _card(conn: Connection, row: Row, viewer: Viewer, known: Names, desk: RowDesk) -> DecisionCard:
    kept = record_of(KeptWork, {name: row[name] for name in KeptWork.__struct_fields__})
    said = said_in(kept)
    say = said.say if said else None
    me = viewer.person.id
    follows = kept.for_owner and row["owner_id"] is not None
    waits_for = Owner(row["owner_kind"], row["owner_id"]) if follows else Owner(kept.for_kind, kept.for_id)
    opening = _opening(conn, kept) if row["here"] is None else _Opening()
    new = opening.client
    may = _may(desk, kept, viewer)
    opens_for = _opens_for(desk, kept, viewer, known) if opening.id == kept.id and "use" in may else {}
    card = DecisionCard(
        id=kept.id,
        kind=kept.kind,
        code=kept.code,
        command=kept.command,
        state=kept.state,
        case_id=kept.case_id,
        case_number=row["number"] or kept.facts.get("number", ""),
        client=new.full_name if new else full_name(row["title"], row["first_name"], row["last_name"]),
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
        named=known.resolve(kept.facts) | opens_for,
        wish=wish_of(conn, say, known) if say else {},
        say=say,
        fields=_clashes(conn, kept, known, desk),
        may=may,
        settled_by_name=known.person(kept.settled_by),
        settled_by_id=kept.settled_by,
        settled_at=kept.settled_at,
        is_unsent=viewer.is_unsent(kept.id, row["rev"]),
        settling=kept.settled_cmd,
        stays=kept.state is KeptState.OPEN and bool(for_good_code(kept.command)),
        is_after_new_case=opening.id not in ("", kept.id),
        is_new_case_let_go=opening.is_let_go,
    )
    return _with_talk(desk, card, kept, viewer, known)


def _opening(conn: Connection, kept: KeptWork) -> _Opening:
    for row in read(conn, _OPENING, (kept.case_id, kept.id, kept.id)):
        said = said_in_text(row["said"])
        say = said.say if said else None
        client = say.contact if isinstance(say, OpenCase) else None
        return _Opening(row["id"], client, is_let_go=row["state"] == KeptState.LEFT)
    return _Opening()


def _opens_for(desk: RowDesk, kept: KeptWork, viewer: Viewer, known: Names) -> dict[str, str]:
    """Who would own a new case that is taken in now: asked of the rules."""
    command = SettleKept(case_id=kept.case_id, kept_id=kept.id, how="use")
    verdict = judge(desk, command, moment_of(viewer, command_id="asked"))
    puts = verdict.puts if isinstance(verdict, Done) else ()
    case = next((put for put in puts if isinstance(put, Case)), None)
    if case is None:
        return {}
    return {"opens_for": known.owner(case.owner_id)} | ({"opens_for_me": "yes"} if viewer.owns(case.owner) else {})


def _with_talk(desk: RowDesk, card: DecisionCard, kept: KeptWork, viewer: Viewer, known: Names) -> DecisionCard:
    """The card with what was asked about it, and whether it may be put off, asked about, or taken back."""
    case, me = desk.find(Case, kept.case_id), viewer.person.id
    is_open = kept.state is KeptState.OPEN
    speaks = is_open and may_speak(kept, case, moment_of(viewer, kept.id))
    people = to_be_asked(kept, case, me) if speaks and case is not None else ()
    found = (desk.find(Person, one) for one in people)
    answering = [person for person in found if person is not None and person.is_active]
    undoing = judge(desk, _undo(kept), moment_of(viewer, "asked")) if kept.settled_cmd else None
    return msgspec.structs.replace(
        card,
        later_until=kept.later_until if is_open else None,
        later_by_name=known.person(kept.later_by),
        talk=tuple(
            Talk(
                by_name=known.person(by),
                to_name=known.person(to),
                at=time_of(at),
                words=words,
                is_mine=by == me,
            )
            for by, to, at, words in kept.talk
        ),
        asks_me=is_open and kept.asked_id == me,
        asked_name=known.person(kept.asked_id) if is_open else "",
        can_ask=tuple((person.id, known.person(person.id)) for person in answering),
        can_put_off=is_open and _is_taken(desk, _put_off(kept, viewer), viewer),
        can_undo=not is_open and isinstance(undoing, Done),
        undo_problem=undoing.code if not is_open and isinstance(undoing, Refused) else "",
    )


def _put_off(kept: KeptWork, viewer: Viewer) -> PutOffKept:
    return PutOffKept(case_id=kept.case_id, kept_id=kept.id, until=viewer.today + timedelta(days=1))


def _undo(kept: KeptWork) -> UndoSettling:
    return UndoSettling(case_id=kept.case_id, kept_id=kept.id, settling=kept.settled_cmd)


def _is_taken(desk: RowDesk, command: AnyCommand, viewer: Viewer) -> bool:
    """Whether the rules would take it from this viewer now: asked of the rules themselves."""
    return isinstance(judge(desk, command, moment_of(viewer, command_id="asked")), Done)


def _may(desk: RowDesk, kept: KeptWork, viewer: Viewer) -> frozenset[str]:
    """The answers that the rules would take from this viewer now."""
    if kept.state is not KeptState.OPEN:
        return frozenset()

    def is_taken(how: str) -> bool:
        return _is_taken(desk, SettleKept(case_id=kept.case_id, kept_id=kept.id, how=how), viewer)

    # who may not even let things stand, as most who see a card, has no other answer either
    taken = {"leave", *filter(is_taken, ("use", "note"))} if is_taken("leave") else set[str]()
    if "use" in taken and kept.kind is KeptKind.CLASH:
        taken.add("fields")
    return frozenset(taken)


def _clashes(conn: Connection, kept: KeptWork, known: Names, desk: RowDesk) -> tuple[FieldClash, ...]:
    if not kept.fields:
        return ()
    stands = _what_stands(desk, _edit_of(desk, kept))
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


def _edit_of(desk: RowDesk, kept: KeptWork) -> AnyCommand | None:
    """The correction that a clash is about; of an undoing, the one whose settling it would take back."""
    said = said_in(kept)
    if said is not None and isinstance(said.say, UndoSettling):
        undone = desk.find(KeptWork, said.say.kept_id)
        return _edit_of(desk, undone) if undone is not None and undone.id != kept.id else None
    return said.say if said is not None else None


def _what_stands(desk: RowDesk, say: AnyCommand | None) -> dict[str, object]:
    """The fields of what was edited, as they are now."""
    record: Record | None = None
    if isinstance(say, EditCase):
        record = desk.find(Case, say.case_id)
    elif isinstance(say, EditContact):
        record = desk.find(Contact, say.contact_id)
    elif isinstance(say, EditProperty):
        record = desk.find(Property, say.property_id)
    plain: dict[str, object] = msgspec.to_builtins(record) if record else {}
    return plain
