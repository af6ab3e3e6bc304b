"""Whole cases by the hundred, encoded a table at a time: row by row it would be most of a first sync's time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import ARRAY, Boolean, ColumnElement, Connection, Select, Table, Text, any_, bindparam, func, select


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

    def put(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Puts rows of one table in, their values in the order of its columns."""
        if rows:
            self.rows.setdefault(table, []).append(msgspec.json.encode(rows)[1:-1])

    def add(self, other: "Load") -> None:
        """Puts all of another load in."""
        for table, pieces in other.rows.items():
            self.rows.setdefault(table, []).extend(pieces)
        self.shared.update(other.shared)


def among(conn: Connection, column: ColumnElement[str], ids: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column is one of many ids, which travel to the database as one value and not as hundreds."""
    if conn.dialect.name != "sqlite":
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Text)))
    return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))


def raw_rows(conn: Connection, table: Table, query: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query for a table's columns answers, as the driver has them; only truths are made alike."""
    result = conn.execute(query)
    assert result.cursor is not None
    rows: list[Any] = list(result.cursor.fetchall())
    result.close()
    truths = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    if not truths or conn.dialect.name != "sqlite":
        return rows
    return list(_with_truths(rows, truths))


def _with_truths(rows: Iterable[tuple[Any, ...]], places: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    """SQLite keeps a truth as 0 or 1."""
    for row in rows:
        values = list(row)
        for place in places:
            values[place] = bool(values[place])
        yield tuple(values)
