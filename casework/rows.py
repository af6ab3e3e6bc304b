"""Values to rows and back: the one place that knows how a field lies in its column."""

import json
import types
import typing
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from casework.connection import Connection, Row, driver_of, postgres_of
from casework.kinds import NAMES
from casework.rules.moment import CaseField
from casework.values import Case, CaseRecord, Record

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound=CaseRecord)


@cache
def _json_fields(kind: type[Record]) -> frozenset[str]:
    """The fields that lie in their column as JSON text: lists and maps."""
    hints = typing.get_type_hints(kind)
    return frozenset(
        name for name, hint in hints.items() if typing.get_origin(hint) in (tuple, dict, list, types.GenericAlias)
    )


def row_of(record: Record) -> dict[str, Any]:
    """A value as its row: plain text, numbers and truths."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    for name in _json_fields(type(record)):
        plain[name] = json.dumps(plain[name], ensure_ascii=False, separators=(",", ":"))
    return plain


def record_of(kind: type[R], row: Row) -> R:
    """The value that a row holds. Raises msgspec.ValidationError where the row does not fit its kind."""
    plain: dict[str, Any] = {**row}
    for name in _json_fields(kind):
        plain[name] = msgspec.json.decode(plain[name])
    return msgspec.convert(plain, kind, strict=False)


def find(conn: Connection, kind: type[R], record_id: str) -> R | None:
    """The value with that id, or None."""
    found = fetch(conn, _select(conn, kind, "id"), (record_id,))
    return record_of(kind, found[0]) if found else None


def of_case(conn: Connection, kind: type[C], case_id: str) -> tuple[C, ...]:
    """All of a kind on a case, oldest first."""
    rows = fetch(conn, _select(conn, kind, "case_id") + " ORDER BY id", (case_id,))
    return tuple(record_of(kind, row) for row in rows)


def all_of(conn: Connection, kind: type[R]) -> tuple[R, ...]:
    """All of a small kind that everybody holds."""
    rows = fetch(conn, f"SELECT * FROM {NAMES[kind]} ORDER BY id")
    return tuple(record_of(kind, row) for row in rows)


def find_some(conn: Connection, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
    """Those of the values with these ids that there are, by id; asked for at once."""
    wanted = list(ids)
    if len(wanted) == 1:
        one = find(conn, kind, wanted[0])
        return {} if one is None else {one.id: one}
    return {row["id"]: record_of(kind, row) for row in _among(conn, kind, "id", wanted)}


def write(conn: Connection, *records: Record) -> None:
    """Inserts the values, or replaces those with their ids: those of one kind together, in their order."""
    by_kind: dict[type[Record], list[dict[str, Any]]] = {}
    for record in records:
        by_kind.setdefault(type(record), []).append(row_of(record))
    for kind, rows in by_kind.items():
        statement = upsert(conn, NAMES[kind], tuple(rows[0]))
        if len(rows) == 1:
            run(conn, statement, tuple(rows[0].values()))
        else:
            cursor = (driver_of(conn) or postgres_of(conn)).cursor()
            cursor.executemany(statement, [tuple(row.values()) for row in rows])


def run(conn: Connection, statement: str, values: Sequence[Any] = ()) -> None:
    """Runs one statement that answers nothing, with this driver's place marks.

    Straight by the driver, inside the transaction that was begun: what SQLAlchemy does around a statement costs several
    times the statement itself, and a save makes a dozen.
    """
    (driver_of(conn) or postgres_of(conn)).execute(statement, values)


def fetch(conn: Connection, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows that a statement answers, by column name; always straight by the driver."""
    raw = driver_of(conn)
    cursor = (raw or postgres_of(conn)).execute(query, values)
    if raw is not None:
        names = [column[0] for column in cursor.description]
    else:
        # asked for by `description`, they take this driver longer than the rows
        told = cursor.pgresult
        names = [told.fname(place).decode() for place in range(told.nfields)]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def remove(conn: Connection, table: str, ids: Sequence[str]) -> None:
    """Takes rows out of a table."""
    if ids:
        mark = _mark(conn)
        conn.exec_driver_sql(f"DELETE FROM {table} WHERE id = {mark}", [(row_id,) for row_id in ids])


@cache
def _upsert(table_name: str, columns: tuple[str, ...], mark: str) -> str:
    names = ", ".join(columns)
    marks = ", ".join([mark] * len(columns))
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
    return f"INSERT INTO {table_name} ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}"


def upsert(conn: Connection, table: str, columns: tuple[str, ...]) -> str:
    """The statement that writes those columns of a row by its id, with this driver's place marks."""
    return _upsert(table, columns, _mark(conn))


def _select(conn: Connection, kind: type[Record], column: str) -> str:
    return f"SELECT * FROM {NAMES[kind]} WHERE {column} = {_mark(conn)}"


def _among(conn: Connection, kind: type[Record], column: str, values: list[str]) -> list[dict[str, Any]]:
    """The rows of a kind with any of these values in a column, by id: these are handed over as one."""
    if driver_of(conn) is None:
        return fetch(conn, f"SELECT * FROM {NAMES[kind]} WHERE {column} = ANY (%s) ORDER BY id", (values,))
    condition = f"{column} IN (SELECT value FROM json_each(?))"
    return fetch(conn, f"SELECT * FROM {NAMES[kind]} WHERE {condition} ORDER BY id", (json.dumps(values),))


def _mark(conn: Connection) -> str:
    return "%s" if driver_of(conn) is None else "?"


class RowDesk:
    """The desk that rules read from, laid over one connection, for one judging: what it has read it keeps.

    What belongs to cases that were asked for together is read together: a rule that goes through all cases of a queue
    is not to ask for each.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.seen: dict[tuple[type[Record], str], Record | None] = {}
        self._together: dict[str, None] = {}
        self._of_cases: dict[type[CaseRecord], dict[str, list[Any]]] = {}

    def find(self, kind: type[R], record_id: str) -> R | None:
        """See rules.moment.Desk."""
        key = (kind, record_id)
        if key not in self.seen:
            self.seen[key] = find(self._conn, kind, record_id)
        return cast(R | None, self.seen[key])

    def of_case(self, kind: type[C], case_id: str) -> tuple[C, ...]:
        """See rules.moment.Desk."""
        if case_id not in self._together:
            found = of_case(self._conn, kind, case_id)
            self._note(found)
            return found
        if kind not in self._of_cases:
            by_case = self._of_cases[kind] = {}
            for row in _among(self._conn, kind, "case_id", list(self._together)):
                by_case.setdefault(row["case_id"], []).append(record_of(kind, row))
        return tuple(self._of_cases[kind].get(case_id, ()))

    def all_of(self, kind: type[R]) -> tuple[R, ...]:
        """See rules.moment.Desk."""
        return all_of(self._conn, kind)

    def cases_with(self, field: CaseField, value: str) -> tuple[Case, ...]:
        """See rules.moment.Desk."""
        rows = fetch(self._conn, _select(self._conn, Case, field) + " ORDER BY id", (value,))
        found = tuple(record_of(Case, row) for row in rows)
        self._together |= dict.fromkeys(case.id for case in found)
        self._of_cases.clear()
        self._note(found)
        return found

    def _note(self, records: Iterable[Record]) -> None:
        self.seen.update(((type(record), record.id), record) for record in records)


__all__ = [
    "RowDesk",
    "all_of",
    "fetch",
    "find",
    "find_some",
    "of_case",
    "record_of",
    "remove",
    "row_of",
    "run",
    "upsert",
    "write",
]
