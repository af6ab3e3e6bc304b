"""Values to rows and back: the one place that knows how a field lies in its column."""

import json
import types
import typing
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

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
        plain[name] = json.loads(plain[name])
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


def write(conn: Connection, record: Record) -> None:
    """Inserts the value, or replaces the one with its id."""
    row = row_of(record)
    run(conn, upsert(conn, NAMES[type(record)], tuple(row)), tuple(row.values()))


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


def _mark(conn: Connection) -> str:
    return "%s" if driver_of(conn) is None else "?"


class RowDesk:
    """The desk that rules read from, laid over one connection."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def find(self, kind: type[R], record_id: str) -> R | None:
        """See rules.moment.Desk."""
        return find(self._conn, kind, record_id)

    def of_case(self, kind: type[C], case_id: str) -> tuple[C, ...]:
        """See rules.moment.Desk."""
        return of_case(self._conn, kind, case_id)

    def all_of(self, kind: type[R]) -> tuple[R, ...]:
        """See rules.moment.Desk."""
        return all_of(self._conn, kind)

    def cases_with(self, field: CaseField, value: str) -> tuple[Case, ...]:
        """See rules.moment.Desk."""
        rows = fetch(self._conn, _select(self._conn, Case, field) + " ORDER BY id", (value,))
        return tuple(record_of(Case, row) for row in rows)


__all__ = [
    "RowDesk",
    "all_of",
    "fetch",
    "find",
    "of_case",
    "record_of",
    "remove",
    "row_of",
    "run",
    "upsert",
    "write",
]
