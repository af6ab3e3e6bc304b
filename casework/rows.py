"""Values to rows and back: the one place that knows how a field lies in its column."""

import json
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, RowMapping, Table

from casework.tables import TABLES
from casework.values import CaseRecord, Record

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


def record_of(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """The value that a row holds. Raises msgspec.ValidationError where the row does not fit its kind."""
    plain: dict[str, Any] = {**row}
    for name in _json_fields(kind):
        plain[name] = json.loads(plain[name])
    return msgspec.convert(plain, kind, strict=False)


def find(conn: Connection, kind: type[R], record_id: str) -> R | None:
    """The value with that id, or None."""
    row = conn.exec_driver_sql(_select(conn, kind, "id"), (record_id,)).mappings().first()
    return record_of(kind, row) if row is not None else None


def of_case(conn: Connection, kind: type[C], case_id: str) -> tuple[C, ...]:
    """All of a kind on a case, oldest first."""
    rows = conn.exec_driver_sql(_select(conn, kind, "case_id") + " ORDER BY id", (case_id,)).mappings()
    return tuple(record_of(kind, row) for row in rows)


def all_of(conn: Connection, kind: type[R]) -> tuple[R, ...]:
    """All of a small kind that everybody holds."""
    rows = conn.exec_driver_sql(f"SELECT * FROM {TABLES[kind].name} ORDER BY id").mappings()
    return tuple(record_of(kind, row) for row in rows)


def write(conn: Connection, record: Record) -> None:
    """Inserts the value, or replaces the one with its id."""
    row = row_of(record)
    conn.exec_driver_sql(upsert(conn, TABLES[type(record)], tuple(row)), tuple(row.values()))


def remove(conn: Connection, table: Table, ids: Sequence[str]) -> None:
    """Takes rows out of a table."""
    if ids:
        mark = _mark(conn)
        conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE id = {mark}", [(row_id,) for row_id in ids])


@cache
def _upsert(table_name: str, columns: tuple[str, ...], mark: str) -> str:
    names = ", ".join(columns)
    marks = ", ".join([mark] * len(columns))
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
    return f"INSERT INTO {table_name} ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}"


def upsert(conn: Connection, table: Table, columns: tuple[str, ...]) -> str:
    """The statement that writes those columns of a row by its id, with this driver's place marks."""
    return _upsert(table.name, columns, _mark(conn))


def _select(conn: Connection, kind: type[Record], column: str) -> str:
    return f"SELECT * FROM {TABLES[kind].name} WHERE {column} = {_mark(conn)}"


def _mark(conn: Connection) -> str:
    return "%s" if conn.dialect.paramstyle in ("format", "pyformat") else "?"


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


__all__ = ["RowDesk", "all_of", "find", "of_case", "record_of", "remove", "row_of", "upsert", "write"]
