"""Whole cases by the hundred, encoded a table at a time: row by row it would be most of a first sync's time."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Boolean, ColumnElement, Connection, LargeBinary, Table, case, cast, func, select

from casework.connection import driver_of
from server.prepared import Prepared


@dataclass(frozen=True)
class Load:
    """Some cases' rows as they will travel: of each table the rows' JSON, without the list's brackets."""

    rows: dict[Table, list[bytes]] = field(default_factory=dict)
    # ids of clients and homes in it, which the next load of the same page need not bring again
    shared: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return sum(len(some) + 1 for pieces in self.rows.values() for some in pieces)

    def put(self, table: Table, rows: bytes) -> None:
        """Puts rows of one table in, as Encoded has them."""
        if rows:
            self.rows.setdefault(table, []).append(rows)

    def add(self, other: "Load") -> None:
        """Puts all of another load in."""
        for table, pieces in other.rows.items():
            self.rows.setdefault(table, []).extend(pieces)
        self.shared.update(other.shared)


class Encoded:
    """The rows of a table under a condition, as they will travel: their values in the order of its columns.

    SQLite writes the JSON itself: a value that Python never sees costs a third.
    """

    def __init__(self, table: Table, condition: ColumnElement[bool]) -> None:
        self._rows = Prepared(select(table).where(condition))
        told = func.json_group_array(func.json_array(*map(_told, table.columns)))
        self._whole = Prepared(select(cast(told, LargeBinary)).select_from(table).where(condition))

    def json(self, conn: Connection, **values: Any) -> bytes:
        """The rows' JSON without the list's brackets, empty where there are none."""
        if driver_of(conn) is None:
            return msgspec.json.encode(self._rows.rows(conn, **values))[1:-1]
        whole: bytes = self._whole.column(conn, **values)[0]
        return whole[1:-1]


def _told(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQLite keeps a truth as 0 or 1."""
    return func.json(case((column, "true"), else_="false")) if isinstance(column.type, Boolean) else column
