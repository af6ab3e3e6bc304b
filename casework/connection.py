"""What questions, rules' rows and the laptop's sync ask of a connection, and the one straight to a SQLite file.

On a laptop that is the driver with nothing between: SQLAlchemy's import alone costs as long as a whole bare window
takes to appear (decisions/007). On the server it is SQLAlchemy's own, which has the same methods.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher

# A row by column name.
Row = Mapping[Any, Any]

# What the driver raises for a row that breaks a promise of its table.
RowRefused = sqlcipher.IntegrityError


class Values(Protocol):
    """The first value of each row, or each row by column name."""

    def all(self) -> Sequence[Any]:
        """All of them."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Answer(Protocol):
    """What a statement answered; to be read once, in one of these ways."""

    def all(self) -> Sequence[Any]:
        """All rows as tuples."""
        ...

    def first(self) -> Any:
        """The first row, None where there is none."""
        ...

    def one(self) -> Any:
        """The only row."""
        ...

    def scalar(self) -> Any:
        """The first value of the first row, None where there is no row."""
        ...

    def scalar_one(self) -> Any:
        """The first value of the only row."""
        ...

    def scalars(self) -> Values:
        """The first value of each row."""
        ...

    def mappings(self) -> Values:
        """Each row by column name."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One transaction on a store."""

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Answer:
        """Runs one statement with the driver's own place marks; a list of rows runs it once for each."""
        ...


class FileConnection:
    """One transaction on a SQLite file, straight by its driver. Raises the driver's errors."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> "FileAnswer":
        """See Connection."""
        if parameters is None:
            return FileAnswer(self.raw.execute(statement))
        if isinstance(parameters, list):
            return FileAnswer(self.raw.executemany(statement, parameters))
        return FileAnswer(self.raw.execute(statement, parameters))


class FileAnswer:
    """What the driver's cursor holds, read in the ways of Answer."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""
        return int(self._cursor.rowcount)

    def all(self) -> list[Any]:
        """See Answer."""
        rows: list[Any] = self._cursor.fetchall()
        return rows

    def first(self) -> Any:
        """See Answer."""
        row = self._cursor.fetchone()
        # an open cursor would keep the transaction from ending
        self._cursor.close()
        return row

    def one(self) -> Any:
        """See Answer. Raises LookupError where there is none or more than one."""
        rows = self._cursor.fetchmany(2)
        self._cursor.close()
        if len(rows) != 1:
            raise LookupError(f"one row was expected, not {'none' if not rows else 'several'}")
        return rows[0]

    def scalar(self) -> Any:
        """See Answer."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """See Answer. Raises LookupError where there is no row or more than one."""
        return self.one()[0]

    def scalars(self) -> "FileValues":
        """See Answer."""
        return FileValues(row[0] for row in self._cursor.fetchall())

    def mappings(self) -> "FileValues":
        """See Answer."""
        names = [column[0] for column in self._cursor.description]
        return FileValues(dict(zip(names, row, strict=True)) for row in self._cursor.fetchall())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor.fetchall())


class FileValues(list[Any]):
    """See Values."""

    def all(self) -> Sequence[Any]:
        """See Values."""
        return self


def driver_of(conn: Any) -> Any:
    """The driver's own connection where the store is a SQLite file, None on a PostgreSQL server."""
    if isinstance(conn, FileConnection):
        return conn.raw
    return conn.connection.driver_connection if conn.dialect.name == "sqlite" else None


def postgres_of(conn: Any) -> Any:
    """The driver's own connection to a PostgreSQL server."""
    return conn.connection.driver_connection
