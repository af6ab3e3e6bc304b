"""Reads what travels: whole cases, rows that changed between two numbers, and what is for one person only."""

from collections.abc import Iterable, Sequence, Set
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, literal, or_, select, true, union_all

from casework.kinds import PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rules.access import sees_everything
from casework.tables import TABLES
from casework.values import (
    Case,
    Contact,
    KeptState,
    KeptWork,
    Notice,
    OwnerKind,
    OwnershipEvent,
    Person,
    Queue,
    Sighting,
)
from server import scope
from server.basket import Line
from server.loads import Encoded, Load
from server.prepared import Prepared, among, given

_CASE, _KEPT, _NOTICE = TABLES[Case], TABLES[KeptWork], TABLES[Notice]
_SIGHTING, _QUEUE, _OWNED = TABLES[Sighting], TABLES[Queue], TABLES[OwnershipEvent]
_SHARED: dict[Table, ColumnElement[str]] = {
    TABLES[kind]: _CASE.c.contact_id if kind is Contact else _CASE.c.property_id for kind in SHARED_KINDS
}
_TREE = tuple(TABLES[kind] for kind in TREE_KINDS)
_REF = tuple(TABLES[kind] for kind in REF_KINDS)
_PERSONAL = tuple(TABLES[kind] for kind in PERSONAL_KINDS)
_ID, _REV = 0, 1


def _kept_for_me() -> ColumnElement[bool]:
    """Its author, whom it waits for, who owns the case now, and the office (protocol 9)."""
    me = given("me")
    mine = select(_CASE.c.id).where(_CASE.c.owner_kind == OwnerKind.PERSON, _CASE.c.owner_id == me)
    return or_(
        _KEPT.c.author_id == me,
        _KEPT.c.asked_id == me,
        and_(_KEPT.c.for_kind == OwnerKind.PERSON, _KEPT.c.for_id == me),
        and_(_KEPT.c.for_kind == OwnerKind.QUEUE, among(_KEPT.c.for_id, "queues")),
        _KEPT.c.case_id.in_(mine),
    )


# Of the tables whose rows go to named people, which rows are mine.
_MINE: dict[Table, ColumnElement[bool]] = {
    _KEPT: _kept_for_me(),
    _NOTICE: _NOTICE.c.person_id == given("me"),
    # that an owner saw what I wrote, and how far I have looked myself (X2)
    _SIGHTING: or_(_SIGHTING.c.author_id == given("me"), _SIGHTING.c.person_id == given("me")),
}


def _shown(table: Table, sees_all: bool) -> ColumnElement[bool]:
    return true() if sees_all and table is _KEPT else _MINE.get(table, true())


def _of_cases(table: Table) -> ColumnElement[bool]:
    return among(table.c.id if table is _CASE else table.c.case_id, "cases")


@cache
def _trees(table: Table, sees_all: bool) -> Prepared:
    """The rows of some cases, by id."""
    return Prepared(select(table).where(_of_cases(table), _shown(table, sees_all)).order_by(table.c.id))


@cache
def _loaded(table: Table, sees_all: bool) -> Encoded:
    """The rows of many cases, as they come."""
    return Encoded(table, and_(_of_cases(table), _shown(table, sees_all)))


@cache
def _kept_along(sees_all: bool) -> Prepared:
    # not by the index of states: all that is open may be far more than what these cases have
    is_open = (_KEPT.c.state + "") == KeptState.OPEN
    # who owns a case now may have seen it before, and of its kept work nothing
    changed_hands = exists().where(_OWNED.c.case_id == _KEPT.c.case_id, _OWNED.c.rev > given("since"))
    goes_along = or_(is_open, changed_hands)
    return Prepared(select(_KEPT).where(_of_cases(_KEPT), goes_along, _shown(_KEPT, sees_all)).order_by(_KEPT.c.id))


@cache
def _shared_of(table: Table) -> Prepared:
    """The clients or homes of some cases, each behind the id of its case."""
    query = select(_CASE.c.id, *table.columns).join(table, table.c.id == _SHARED[table])
    return Prepared(query.where(among(_CASE.c.id, "cases")))


@cache
def _referred_to(table: Table) -> Prepared:
    """The ids of the clients or homes of some cases."""
    return Prepared(select(_SHARED[table]).where(among(_CASE.c.id, "cases")))


@cache
def _named(table: Table) -> Encoded:
    return Encoded(table, among(table.c.id, "ids"))


@cache
def _referring(table: Table) -> Prepared:
    return Prepared(select(_CASE.c.id, _SHARED[table]).where(among(_SHARED[table], "ids")))


@cache
def _all(table: Table, sees_all: bool) -> Prepared:
    return Prepared(select(table).where(_shown(table, sees_all)).order_by(table.c.id))


@cache
def _next(table: Table, sees_all: bool) -> Prepared:
    query = select(table).where(table.c.id > given("after"), _shown(table, sees_all))
    return Prepared(query.order_by(table.c.id).limit(given("most")))


@cache
def _changed(table: Table, sees_all: bool) -> Prepared:
    """The rows with numbers in between; of a table of cases, those of some cases."""
    between = and_(table.c.rev > given("since"), table.c.rev <= given("until"))
    condition = _of_cases(table) if table in _TREE else _shown(table, sees_all)
    return Prepared(select(table).where(between, condition).order_by(table.c.id))


@cache
def _of_queue() -> Prepared:
    for_it = and_(_KEPT.c.for_kind == OwnerKind.QUEUE, _KEPT.c.for_id == given("queue"))
    return Prepared(select(_KEPT).where(for_it).order_by(_KEPT.c.id))


_OF_NO_CASE = Prepared(select(_KEPT).where(_KEPT.c.case_id.not_in(select(_CASE.c.id))).order_by(_KEPT.c.id))


@cache
def _still_mine(sees_all: bool) -> Prepared:
    return Prepared(select(_KEPT.c.id).where(among(_KEPT.c.id, "ids"), _shown(_KEPT, sees_all)))


# The tables in which anything changed, by one question: most pages are about two or three of them.
_MOVED = Prepared(
    union_all(
        *(
            select(literal(table.name)).where(
                exists().where(table.c.rev > given("since"), table.c.rev <= given("until"))
            )
            for table in TABLES.values()
        )
    )
)


class Reader:
    """Reads for one person out of one snapshot."""

    def __init__(self, conn: Connection, person: Person, scopes: Sequence[str]) -> None:
        self._conn = conn
        self._scopes = tuple(scopes)
        self._sees_all = sees_everything(person)
        self._queue_ids = scope.queues_in(scopes)
        self._me = {"me": person.id, "queues": self._queue_ids}

    def trees(self, case_ids: Iterable[str]) -> dict[str, list[Line]]:
        """Each case whole: its own rows, the client and the home, and what of its kept work and notices is mine."""
        found: dict[str, list[Line]] = {}
        cases = list(case_ids)
        if not cases:
            return found
        for table in _SHARED:
            for case_id, *row in _shared_of(table).rows(self._conn, cases=cases):
                found.setdefault(case_id, []).append(Line(table, row, row[_ID]))
        for table in (*_TREE, *_PERSONAL):
            self._by_case(table, _trees(table, self._sees_all), cases, found)
        return found

    def load(self, case_ids: Sequence[str], without: Set[str]) -> Load:
        """Whole cases as `trees` has them, encoded together; without the clients and homes with these ids."""
        cases, load = list(case_ids), Load()
        for table in _SHARED:
            fresh = sorted(set(_referred_to(table).column(self._conn, cases=cases)) - without)
            load.put(table, _named(table).json(self._conn, ids=fresh))
            load.shared.update(fresh)
        for table in (*_TREE, *_PERSONAL):
            load.put(table, _loaded(table, self._sees_all).json(self._conn, cases=cases, **self._me))
        return load

    def kept_along(self, case_ids: Iterable[str], since: int) -> dict[str, list[Line]]:
        """The kept work of these cases that may be mine to see since somebody else's change: what is undecided, and
        where the case has changed hands after `since` what was decided, too.
        """
        found: dict[str, list[Line]] = {}
        cases = list(case_ids)
        if cases:
            self._by_case(_KEPT, _kept_along(self._sees_all), cases, found, since=since)
        return found

    def ref(self) -> list[Line]:
        """What everybody holds: people, teams, queues, projects, journeys, task types."""
        return [line for table in _REF for line in self._lines(table, _all(table, self._sees_all))]

    def kept_of_no_case(self) -> list[Line]:
        """All kept work that comes along with no case, as of those deleted for good; for who sees everything."""
        return self._lines(_KEPT, _OF_NO_CASE) if self._sees_all else []

    def personal_after(self, place: str, most: int) -> list[tuple[str, Line]]:
        """The next of all that is this person's own, each with the place behind it; the first place is ""."""
        number, _, row_id = place.partition("/")
        found: list[tuple[str, Line]] = []
        for at, table in enumerate(_PERSONAL):
            if at < int(number or 0) or len(found) == most:
                continue
            told = {"after": row_id, "most": most - len(found)}
            found += [
                (f"{at}/{line.row_id}", line) for line in self._lines(table, _next(table, self._sees_all), **told)
            ]
            row_id = ""
        return found

    def changed(self, case_ids: Sequence[str], since: int, until: int) -> dict[int, list[Line]]:
        """The rows changed after `since` up to `until`, by their numbers: of these cases, and what is no case's."""
        found: dict[int, list[Line]] = {}
        told = {"since": since, "until": until}
        moved = frozenset(_MOVED.column(self._conn, **told))
        for table in _TREE if case_ids else ():
            if table.name in moved:
                self._by_rev(table, found, cases=list(case_ids), **told)
        for table in _REF:
            if table.name in moved:
                self._by_rev(table, found, **told)
        if _QUEUE.name in moved:
            self._for_who_joined(found)
        for table in _SHARED:
            if table.name not in moved:
                continue
            changed: dict[int, list[Line]] = {}
            self._by_rev(table, changed, **told)
            seen = self._seen([line.row_id for lines in changed.values() for line in lines], table)
            for rev, lines in changed.items():
                found.setdefault(rev, []).extend(line for line in lines if line.row_id in seen)
        for table in _PERSONAL:
            if table.name in moved:
                self._by_rev(table, found, **told)
        return found

    def _for_who_joined(self, found: dict[int, list[Line]]) -> None:
        """With a queue that I am in, what is kept for it: I may have joined, and its case may be out of my reach."""
        for lines in found.values():
            for queue_id in [line.row_id for line in lines if line.table is _QUEUE and line.row_id in self._queue_ids]:
                lines += self._lines(_KEPT, _of_queue(), queue=queue_id)

    def not_mine(self, kept_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of them that I may not see now."""
        ids = set(kept_ids)
        if ids:
            ids.difference_update(_still_mine(self._sees_all).column(self._conn, ids=sorted(ids), **self._me))
        return tuple(sorted(ids))

    def _by_case(
        self, table: Table, query: Prepared, cases: Sequence[str], found: dict[str, list[Line]], **told: Any
    ) -> None:
        place = _ID if table is _CASE else [column.name for column in table.columns].index("case_id")
        for row in query.rows(self._conn, cases=cases, **told, **self._me):
            found.setdefault(row[place], []).append(Line(table, row, row[_ID]))

    def _by_rev(self, table: Table, found: dict[int, list[Line]], **told: Any) -> None:
        for row in _changed(table, self._sees_all).rows(self._conn, **told, **self._me):
            found.setdefault(row[_REV], []).append(Line(table, row, row[_ID]))

    def _lines(self, table: Table, query: Prepared, **told: Any) -> list[Line]:
        return [Line(table, row, row[_ID]) for row in query.rows(self._conn, **told, **self._me)]

    def _seen(self, ids: list[str], table: Table) -> set[str]:
        """Those of the clients or homes that a case refers to which I may see."""
        cases: dict[str, str] = dict(_referring(table).rows(self._conn, ids=ids))
        return {cases[case_id] for case_id in scope.visible(self._conn, self._scopes, cases)}
