"""Statements that every request asks: written with SQLAlchemy, compiled once for each database, run by its driver.

What SQLAlchemy does to build and look up a statement costs several times the statement itself. A `Prepared` is made
when its module is loaded, against the tables as they are; from then on only values travel. Errors are the driver's own,
which `Database` names.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from casework.connection import Connection, driver_of, postgres_of
from casework.store_faults import fault_of

Rows = list[tuple[Any, ...]]


class _Among(FunctionElement[bool]):
    """Whether the first clause is one of the values that the second one, a whole list, holds."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "_Among":
        """Itself: a truth that SQLite would be asked to compare with 1 finds no index."""
        return self


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **told: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **told)} IN (SELECT value FROM json_each({compiler.process(values, **told)}))"


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **told: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **told)} = ANY ({compiler.process(values, **told)})"


def among(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the list of texts that is handed over under that name, as one value however long."""
    return cast(ColumnElement[bool], _Among(column, bindparam(name, type_=ARRAY(Text))))


def given(name: str) -> Any:
    """The place of a value that is handed over under that name."""
    return bindparam(name)


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A statement for one driver: its text, the values' names in order, those that never change, and its truths."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    truths: tuple[int, ...]
    has_json: bool

    def values(self, told: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the marks; a list as this driver takes one."""
        all_told = {**self.fixed, **told} if self.fixed else told
        values = [all_told[name] for name in self.names]
        if self.has_json:
            return [json.dumps(value) if isinstance(value, list) else value for value in values]
        return values


_DIALECTS: dict[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}


class Prepared:
    """One statement whose values are handed over by name. Raises the driver's errors."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._made: dict[str, _Ready] = {}

    def rows(self, conn: Connection, **values: Any) -> Rows:
        """All rows, as the tables' columns hold them: truths are truths on either database."""
        raw, ready = self._for(conn)
        found: Rows = raw.execute(ready.text, ready.values(values)).fetchall()
        return _with_truths(found, ready.truths) if ready.truths else found

    def first(self, conn: Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first row, None where there is none."""
        rows = self.rows(conn, **values)
        return rows[0] if rows else None

    def column(self, conn: Connection, **values: Any) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(conn, **values)]

    def run(self, conn: Connection, **values: Any) -> int:
        """Runs a statement that writes; returns how many rows it changed."""
        raw, ready = self._for(conn)
        return int(raw.execute(ready.text, ready.values(values)).rowcount)

    def run_each(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a statement that writes once for each row of values."""
        raw, ready = self._for(conn)
        if rows:
            raw.cursor().executemany(ready.text, [ready.values(row) for row in rows])

    def _for(self, conn: Connection) -> tuple[Any, _Ready]:
        raw = driver_of(conn)
        name = "postgresql" if raw is None else "sqlite"
        if name not in self._made:
            self._made[name] = _made_ready(self._statement, name)
        return (postgres_of(conn) if raw is None else raw), self._made[name]


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """Takes back all that was written inside where it ends with an exception, which is raised on."""
    raw = driver_of(conn) or postgres_of(conn)
    raw.execute("SAVEPOINT inside")
    try:
        yield
    except BaseException as error:
        try:
            raw.execute("ROLLBACK TO SAVEPOINT inside")
            raw.execute("RELEASE SAVEPOINT inside")
        except (psycopg.Error, sqlcipher.Error):
            # a full disk or a lost server ends the whole transaction, and its own error says so best
            if fault_of(error, None) is None:
                raise
        raise
    raw.execute("RELEASE SAVEPOINT inside")


def _made_ready(statement: Executable, name: str) -> _Ready:
    made = cast(SQLCompiler, statement.compile(dialect=_DIALECTS[name]))  # type: ignore[attr-defined]
    columns = getattr(statement, "selected_columns", ())
    truths = tuple(place for place, column in enumerate(columns) if isinstance(column.type, Boolean))
    return _Ready(
        text=str(made),
        names=tuple(made.positiontup or ()),
        fixed={key: value for key, value in made.params.items() if value is not None},
        truths=truths if name == "sqlite" else (),
        has_json=name == "sqlite",
    )


def _with_truths(rows: Rows, places: Sequence[int]) -> Rows:
    """SQLite keeps a truth as 0 or 1."""
    told = []
    for row in rows:
        values = list(row)
        for place in places:
            values[place] = bool(values[place])
        told.append(tuple(values))
    return told
