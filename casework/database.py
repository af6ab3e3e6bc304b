"""The store: a SQLite file (encrypted on a laptop) or PostgreSQL, read in snapshots, written in turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Column, Connection, Engine, Index, MetaData, String, Table, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateTable

from casework.gate import Gate
from casework.sqlite_file import (
    Behind,
    Mark,
    Ready,
    checked_key,
    copy_whole,
    judged_version,
    make_private,
    opener,
    quick_check,
    require_safe_sqlite,
)
from casework.store_faults import READ_ONLY, StoreBusy, fault_of, store_faults

Side = Literal["device", "server"]

# The number that all of Doorstep's writers on one PostgreSQL take turns by.
_POSTGRES_TURN = 0x446F6F72

# Far more than any step of a turn takes: the longest is an object store that does not answer.
IDLE_SECONDS = 600.0
# Either side notices within a minute that the other's machine has gone without a word, where the system would wait for
# two hours: ours by these, the database server by the same in its own terms. In seconds and milliseconds.
_HERE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
_THERE = {
    "timezone": "UTC",
    "application_name": "doorstep",
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
    # A provider's usual limits would cut short whoever has much to write or waits long for their turn, each time anew.
    "statement_timeout": 0,
    "lock_timeout": 0,
}

_version_table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class Database:
    """One store, for one process: `with database.writing()`, `with database.reading()`, and its upkeep.

    Made by `encrypted`, `plain` or `at`. All methods may be called from any thread. Every one of them
    raises the StoreFaults of casework/store_faults.py.
    """

    def __init__(self, engine: Engine, *, path: Path | None) -> None:
        self.path = path
        self.engine = engine
        self.gate = Gate()
        # what the driver raises where it is reached past SQLAlchemy (rows.py)
        self._errors: type[Exception] = engine.dialect.loaded_dbapi.Error
        snapshot = {} if path else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(**snapshot)
        # whatever the server's usual is: a snapshot from before the turn came would lack what the last writer wrote
        latest = {} if path else {"isolation_level": "READ COMMITTED"}
        self._writer = engine.execution_options(doorstep_for="writing", **latest)
        self._rebuilder = engine.execution_options(doorstep_for="rebuilding", **latest)

    @classmethod
    def encrypted(cls, path: Path, key: bytes) -> Self:
        """The SQLCipher file at `path`, made if missing, under a raw key of 32 bytes."""
        return cls._of_file(path, key, Mark(path, checked_key(key)))

    @classmethod
    def plain(cls, path: Path) -> Self:
        """The unencrypted file at `path`, made if missing: the server's embedded database."""
        return cls._of_file(path, None, None)

    @classmethod
    def at(cls, url: str, *, idle_seconds: float = IDLE_SECONDS) -> Self:
        """The database at `postgresql://...` or `sqlite:///path`.

        PostgreSQL ends a transaction in which nothing was said for `idle_seconds`, so that a process that was stopped
        in its turn does not keep all others waiting.
        """
        where = make_url(url)
        if where.get_backend_name() == "sqlite":
            if not where.database:
                raise ValueError("a store in memory would forget; give a file's path")
            return cls.plain(Path(where.database))
        if where.get_backend_name() != "postgresql":
            raise ValueError("the server keeps its data in SQLite or PostgreSQL")
        engine = create_engine(
            where.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            connect_args={"connect_timeout": 10, **_HERE, "options": _options(idle_seconds)},
        )
        event.listen(engine, "begin", _begin_postgres)
        with database_faults(None), engine.connect():
            pass
        return cls(engine, path=None)

    @classmethod
    def _of_file(cls, path: Path, key: bytes | None, mark: Mark | None) -> Self:
        require_safe_sqlite(sqlcipher.sqlite_version_info)
        make_private(path, mark)
        engine = create_engine(
            "sqlite:///",
            module=sqlcipher,
            # A creator rather than a URL: no character of a path or key can be taken for syntax.
            creator=opener(path, key, mark),
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=4,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin_sqlite)
        with database_faults(path), engine.connect():
            pass
        if mark is not None:
            mark.make()
        return cls(engine, path=path)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write: waits its turn, commits at the end, rolls back on any exception."""
        with self.gate.turn(), database_faults(self.path, self._errors), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot that stays the same to the end whatever is written meanwhile; writing is refused."""
        with database_faults(self.path, self._errors, is_read_only=True), self._reader.begin() as conn:
            yield conn

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """`writing`, for a change of tables: references are checked once, before the commit.

        SQLite changes a table by copying it, which must not look like deleting rows that others refer to.
        """
        with self.gate.turn(), database_faults(self.path, self._errors), self._rebuilder.begin() as conn:
            yield conn
            if self.is_sqlite and conn.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise AssertionError("the change of tables left a row that refers to nothing")

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None

    def prepare(self, metadata: MetaData, *, side: Side, latest: str) -> Ready | Behind:
        """Make a new store's tables, or say whether an old one's are up to date.

        Versions are revision ids that sort as text ("0001", "0002"). A table belongs to one side when its
        `info["side"]` says so, to both otherwise. Raises StoreFromNewerApp, having touched nothing.
        """
        with self.reading() as conn:
            current = current_version(conn)
        if current is None:
            with self.writing() as conn:
                current = current_version(conn)
                if current is None:
                    for table in tables_of(metadata, side):
                        conn.execute(CreateTable(table))
                        for index in indexes_of(table, side):
                            index.create(conn)
                    _version_table.create(conn)
                    conn.execute(_version_table.insert().values(version_num=latest))
                    return Ready(is_new=True)
        return judged_version(current, latest)

    def backup(self, to: Path) -> None:
        """Write a copy of the file to `to`, whole or not at all; an encrypted store's copy has its key."""
        if self.path is None:
            raise ValueError("PostgreSQL is backed up with its own tools")
        with database_faults(self.path), self._by_hand() as raw:
            copy_whole(raw, to)

    def quick_check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file; empty when it is sound (always so on PostgreSQL)."""
        if self.path is None:
            return ()
        with self._by_hand() as raw:
            return quick_check(raw, self.path)

    def close(self) -> None:
        """Let go of every connection; the last one folds the write-ahead log into the file."""
        self.engine.dispose()

    @contextmanager
    def _by_hand(self) -> Iterator[Any]:
        """A driver connection outside any transaction, for what SQLite only does there."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA query_only = 0")
            raw.info["query_only"] = False
            yield raw.driver_connection
        finally:
            raw.close()


def _options(idle_seconds: float) -> str:
    """What PostgreSQL is told at the start of each connection."""
    told = {**_THERE, "idle_in_transaction_session_timeout": round(idle_seconds * 1000)}
    return " ".join(f"-c {name}={value}" for name, value in told.items())


@contextmanager
def database_faults(path: Path | None, *drivers: type[Exception], is_read_only: bool = False) -> Iterator[None]:
    """`store_faults`, also for a driver's error as SQLAlchemy hands it on, or as one of `drivers` raises it itself.

    `is_read_only`: to write is a mistake of ours, and no fault of the server's.
    """
    errors: tuple[type[Exception], ...] = (DBAPIError, *drivers)
    try:
        with store_faults(path):
            yield
    except errors as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        fault = fault_of(cause, path)
        if fault is None or (is_read_only and getattr(cause, "sqlstate", "") == READ_ONLY):
            raise
        raise fault from error
    except PoolTimeout as error:
        raise StoreBusy("no connection came free in time") from error


def current_version(conn: Connection) -> str | None:
    """The revision that the store's tables are at; None for a store without tables."""
    if not inspect(conn).has_table(_version_table.name):
        return None
    version = conn.execute(_version_table.select()).scalar_one_or_none()
    return None if version is None else str(version)


def tables_of(metadata: MetaData, side: Side) -> list[Table]:
    """The tables that this side keeps, in an order in which they can be made."""
    return [table for table in metadata.sorted_tables if table.info.get("side", side) == side]


def indexes_of(table: Table, side: Side) -> list[Index]:
    """A table's indexes on this side, by name."""
    found = (index for index in table.indexes if index.info.get("side", side) == side)
    return sorted(found, key=lambda index: index.name or "")


def _begin_sqlite(conn: Connection) -> None:
    """Begin as asked: to write at once, or to read and be refused any write."""
    purpose = conn.get_execution_options().get("doorstep_for", "reading")
    # Straight to the driver: a third of the cost, and every click pays it.
    raw, settings = conn.connection.driver_connection, conn.connection.info
    assert raw is not None
    wanted = ("query_only", purpose == "reading"), ("foreign_keys", purpose != "rebuilding")
    for name, value in wanted:
        if settings.get(name, name == "foreign_keys") != value:
            raw.execute(f"PRAGMA {name} = {int(value)}")
            settings[name] = value
    raw.execute("BEGIN" if purpose == "reading" else "BEGIN IMMEDIATE")


def _begin_postgres(conn: Connection) -> None:
    """Before a writer's first statement, wait for the writers in other processes."""
    if "doorstep_for" in conn.get_execution_options():
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_TURN})")
