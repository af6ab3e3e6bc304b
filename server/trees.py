"""Reads what travels: whole cases, rows that changed between two numbers, and what is for one person only."""

from collections.abc import Iterable, Sequence, Set

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, literal, or_, select, true, union_all

from casework.kinds import NAMES, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import all_of
from casework.rules.access import queues_of, sees_everything
from casework.tables import TABLES
from casework.values import Case, Contact, KeptState, KeptWork, Notice, OwnerKind, Person, Queue, Sighting
from server import scope
from server.basket import Line
from server.loads import Load, among, raw_rows

_CASE, _KEPT, _NOTICE = TABLES[Case], TABLES[KeptWork], TABLES[Notice]
_SIGHTING = TABLES[Sighting]
_SHARED: dict[Table, ColumnElement[str]] = {
    TABLES[kind]: _CASE.c.contact_id if kind is Contact else _CASE.c.property_id for kind in SHARED_KINDS
}


class Reader:
    """Reads for one person out of one snapshot."""

    def __init__(self, conn: Connection, person: Person, scopes: Sequence[str]) -> None:
        self._conn = conn
        self._scopes = tuple(scopes)
        self._person = person
        self._queue_ids = sorted(queues_of(person, all_of(conn, Queue)))

    def trees(self, case_ids: Iterable[str]) -> dict[str, list[Line]]:
        """Each case whole: its own rows, the client and the home, and what of its kept work and notices is mine."""
        found: dict[str, list[Line]] = {}
        for some in scope.in_pieces(case_ids):
            for table, column in _SHARED.items():
                query = select(_CASE.c.id, *table.columns).join(table, table.c.id == column).where(_CASE.c.id.in_(some))
                for row in self._conn.execute(query):
                    found.setdefault(row[0], []).append(Line(table, row[1:], row[1]))
            for kind in TREE_KINDS:
                self._by_case(TABLES[kind], true(), some, found)
            self._by_case(_KEPT, self._kept_for_me(), some, found)
            self._by_case(_NOTICE, self._notices_for_me(), some, found)
            self._by_case(_SIGHTING, self._sightings_for_me(), some, found)
        return found

    def load(self, case_ids: Sequence[str], without: Set[str]) -> Load:
        """Whole cases as `trees` has them, encoded together; without the clients and homes with these ids."""
        conn, load = self._conn, Load()
        for table, column in _SHARED.items():
            referred = select(column).where(among(conn, _CASE.c.id, case_ids))
            rows = raw_rows(conn, table, select(table).where(table.c.id.in_(referred)))
            fresh = [row for row in rows if row[0] not in without]
            load.put(table, fresh)
            load.shared.update(row[0] for row in fresh)
        for table, condition in (*((TABLES[kind], true()) for kind in TREE_KINDS), *self._for_me()):
            column = table.c.id if table is _CASE else table.c.case_id
            query = select(table).where(among(conn, column, case_ids), condition)
            load.put(table, raw_rows(conn, table, query))
        return load

    def open_kept(self, case_ids: Iterable[str]) -> dict[str, list[Line]]:
        """The undecided kept work of these cases that is mine to see; it may be mine since somebody else's change."""
        found: dict[str, list[Line]] = {}
        for some in scope.in_pieces(case_ids):
            is_open = and_(_KEPT.c.state == KeptState.OPEN, self._kept_for_me())
            self._by_case(_KEPT, is_open, some, found)
        return found

    def ref(self) -> list[Line]:
        """What everybody holds: people, teams, queues, projects, journeys, task types."""
        return [line for kind in REF_KINDS for line in self._lines(TABLES[kind], true())]

    def personal(self) -> list[Line]:
        """All kept work and notices for this person, whatever they may see of the cases."""
        return [
            *self._lines(_KEPT, self._kept_for_me()),
            *self._lines(_NOTICE, self._notices_for_me()),
            *self._lines(_SIGHTING, self._sightings_for_me()),
        ]

    def personal_after(self, place: str, most: int) -> list[tuple[str, Line]]:
        """The next of all that is this person's own, each with the place behind it; the first place is ""."""
        number, _, row_id = place.partition("/")
        found: list[tuple[str, Line]] = []
        for at, (table, mine) in enumerate(self._for_me()):
            if at < int(number or 0) or len(found) == most:
                continue
            query = select(table).where(table.c.id > row_id, mine).order_by(table.c.id).limit(most - len(found))
            found += [(f"{at}/{row.id}", Line(table, row, row.id)) for row in self._conn.execute(query)]
            row_id = ""
        return found

    def changed(self, case_ids: Sequence[str], since: int, until: int) -> dict[int, list[Line]]:
        """The rows changed after `since` up to `until`, by their numbers: of these cases, and what is no case's."""
        found: dict[int, list[Line]] = {}
        moved = self._moved(since, until)
        for kind in TREE_KINDS:
            table = TABLES[kind]
            if table.name not in moved:
                continue
            column = table.c.id if kind is Case else table.c.case_id
            for some in scope.in_pieces(case_ids):
                self._by_rev(table, column.in_(some), since, until, found)
        for kind in REF_KINDS:
            if NAMES[kind] in moved:
                self._by_rev(TABLES[kind], true(), since, until, found)
        for table, referring in _SHARED.items():
            if table.name not in moved:
                continue
            changed: dict[int, list[Line]] = {}
            self._by_rev(table, true(), since, until, changed)
            seen = self._seen([line.row_id for lines in changed.values() for line in lines], referring)
            for rev, lines in changed.items():
                found.setdefault(rev, []).extend(line for line in lines if line.row_id in seen)
        for table, mine in (
            (_KEPT, self._kept_for_me),
            (_NOTICE, self._notices_for_me),
            (_SIGHTING, self._sightings_for_me),
        ):
            if table.name in moved:
                self._by_rev(table, mine(), since, until, found)
        return found

    def _moved(self, since: int, until: int) -> frozenset[str]:
        """The tables in which anything changed, by one question: most pages are about two or three of them."""
        some = (
            select(literal(table.name)).where(exists().where(table.c.rev > since, table.c.rev <= until))
            for table in TABLES.values()
        )
        return frozenset(self._conn.execute(union_all(*some)).scalars())

    def _by_case(
        self, table: Table, condition: ColumnElement[bool], some: Sequence[str], found: dict[str, list[Line]]
    ) -> None:
        column = table.c.id if table is _CASE else table.c.case_id
        query = select(column.label("of_case"), *table.columns).where(column.in_(some), condition)
        for row in self._conn.execute(query.order_by(table.c.id)):
            found.setdefault(row[0], []).append(Line(table, row[1:], row[1]))

    def _by_rev(
        self, table: Table, condition: ColumnElement[bool], since: int, until: int, found: dict[int, list[Line]]
    ) -> None:
        query = select(table).where(table.c.rev > since, table.c.rev <= until, condition).order_by(table.c.id)
        for row in self._conn.execute(query):
            found.setdefault(row.rev, []).append(Line(table, row, row.id))

    def _lines(self, table: Table, condition: ColumnElement[bool]) -> list[Line]:
        rows = self._conn.execute(select(table).where(condition).order_by(table.c.id))
        return [Line(table, row, row.id) for row in rows]

    def _seen(self, ids: Sequence[str], referring: ColumnElement[str]) -> set[str]:
        """Those of the clients or homes that a case refers to which I may see."""
        cases: dict[str, str] = {}
        for some in scope.in_pieces(ids):
            query = select(_CASE.c.id, referring).where(referring.in_(some))
            cases.update({row[0]: row[1] for row in self._conn.execute(query)})
        return {cases[case_id] for case_id in scope.visible(self._conn, self._scopes, cases)}

    def _for_me(self) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
        """The tables whose rows go to named people, and which of them are mine."""
        kept, notices, sightings = self._kept_for_me(), self._notices_for_me(), self._sightings_for_me()
        return (_KEPT, kept), (_NOTICE, notices), (_SIGHTING, sightings)

    def _kept_for_me(self) -> ColumnElement[bool]:
        """Its author, whom it waits for, who owns the case now, and the office (protocol 9)."""
        if sees_everything(self._person):
            return true()
        me = self._person.id
        mine = select(_CASE.c.id).where(_CASE.c.owner_kind == OwnerKind.PERSON, _CASE.c.owner_id == me)
        return or_(
            _KEPT.c.author_id == me,
            _KEPT.c.asked_id == me,
            and_(_KEPT.c.for_kind == OwnerKind.PERSON, _KEPT.c.for_id == me),
            and_(_KEPT.c.for_kind == OwnerKind.QUEUE, _KEPT.c.for_id.in_(self._queue_ids)),
            _KEPT.c.case_id.in_(mine),
        )

    def _notices_for_me(self) -> ColumnElement[bool]:
        return _NOTICE.c.person_id == self._person.id

    def _sightings_for_me(self) -> ColumnElement[bool]:
        """That an owner saw what I wrote, and how far I have looked myself (X2)."""
        return or_(_SIGHTING.c.author_id == self._person.id, _SIGHTING.c.person_id == self._person.id)
