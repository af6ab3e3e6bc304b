"""The store: a SQLite file (encrypted on a laptop) or PostgreSQL, read in snapshots, written in turns."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from casework.disk import flush_folder, flush_to_disk, put_in_place, write_whole
from casework.gate import Gate
from casework.store_faults import (
    StoreDamaged,
    StoreFromNewerApp,
    StoreTooOld,
    WrongKey,
    fault_of,
    fault_of_os,
    store_faults,
)

Side = Literal["device", "server"]

KEY_SIZE = 32
# Every release up to 3.51.2 can lose committed pages when a write meets a checkpoint (promises.md 2.1).
OLDEST_SAFE_SQLITE = (3, 51, 3)
# The number that all of Doorstep's writers on one PostgreSQL take turns by.
_POSTGRES_TURN = 0x446F6F72

_PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    # On macOS fsync alone leaves the bytes in the drive's cache; elsewhere these two do nothing.
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "cache_size = -32768",
    "wal_autocheckpoint = 2000",
    "journal_size_limit = 67108864",
)

_version_table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The store has this code's tables; `is_new` when they were made just now."""

    is_new: bool


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """The store is of an earlier version: `casework.migrate.upgrade` must run before anything else."""

    current: str
    latest: str


class Database:
    """One store, for one process: `with database.writing()`, `with database.reading()`, and its upkeep.

    Made by `encrypted`, `plain` or `at`. All methods may be called from any thread. Every one of them
    raises the StoreFaults of casework/store_faults.py.
    """

    def __init__(self, engine: Engine, *, path: Path | None) -> None:
        self.path = path
        self.engine = engine
        self.gate = Gate()
        snapshot = {} if path else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(**snapshot)
        self._writer = engine.execution_options(doorstep_for="writing")
        self._rebuilder = engine.execution_options(doorstep_for="rebuilding")

    @classmethod
    def encrypted(cls, path: Path, key: bytes) -> Self:
        """The SQLCipher file at `path`, made if missing, under a raw key of 32 bytes."""
        if len(key) != KEY_SIZE:
            raise ValueError(f"a store key has {KEY_SIZE} bytes")
        return cls._of_file(path, key, _Mark(path, key))

    @classmethod
    def plain(cls, path: Path) -> Self:
        """The unencrypted file at `path`, made if missing: the server's embedded database."""
        return cls._of_file(path, None, None)

    @classmethod
    def at(cls, url: str) -> Self:
        """The database at `postgresql://...` or `sqlite:///path`."""
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
            connect_args={"connect_timeout": 10, "options": "-c timezone=UTC -c application_name=doorstep"},
        )
        event.listen(engine, "begin", _begin_postgres)
        with store_faults(None), engine.connect():
            pass
        return cls(engine, path=None)

    @classmethod
    def _of_file(cls, path: Path, key: bytes | None, mark: "_Mark | None") -> Self:
        require_safe_sqlite(sqlcipher.sqlite_version_info)
        _make_private(path, mark)
        engine = create_engine(
            "sqlite:///",
            module=sqlcipher,
            # A creator rather than a URL: no character of a path or key can be taken for syntax.
            creator=_opener(path, key, mark),
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=4,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin_sqlite)
        with store_faults(path), engine.connect():
            pass
        if mark is not None:
            mark.make()
        return cls(engine, path=path)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write: waits its turn, commits at the end, rolls back on any exception."""
        with self.gate.turn(), store_faults(self.path), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot that stays the same to the end whatever is written meanwhile; writing is refused."""
        with store_faults(self.path), self._reader.begin() as conn:
            yield conn

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """`writing`, for a change of tables: references are checked once, before the commit.

        SQLite changes a table by copying it, which must not look like deleting rows that others refer to.
        """
        with self.gate.turn(), store_faults(self.path), self._rebuilder.begin() as conn:
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
                    metadata.create_all(conn, tables=tables_of(metadata, side))
                    _version_table.create(conn)
                    conn.execute(_version_table.insert().values(version_num=latest))
                    return Ready(is_new=True)
        if current == latest:
            return Ready(is_new=False)
        if current > latest:
            raise StoreFromNewerApp(f"store {current}, code {latest}")
        return Behind(current=current, latest=latest)

    def backup(self, to: Path) -> None:
        """Write a copy of the file to `to`, whole or not at all; an encrypted store's copy has its key."""
        if self.path is None:
            raise ValueError("PostgreSQL is backed up with its own tools")
        half = to.with_name(f".{to.name}.{secrets.token_hex(4)}.half")
        try:
            with store_faults(self.path), self._by_hand() as raw:
                raw.execute("VACUUM INTO ?", (str(half),))
            with half.open("r+b") as file:
                flush_to_disk(file.fileno())
            put_in_place(half, to)
        except OSError as error:
            raise fault_of_os(error) from error
        finally:
            half.unlink(missing_ok=True)

    def quick_check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file; empty when it is sound (always so on PostgreSQL)."""
        if self.path is None:
            return ()
        try:
            with store_faults(self.path), self._by_hand() as raw:
                found = tuple(str(line) for (line,) in raw.execute("PRAGMA quick_check"))
        except StoreDamaged as damage:
            # Too damaged for the check itself to get to its end.
            return (str(damage),)
        return () if found == ("ok",) else found

    def sqlite_version(self) -> str:
        """Which SQLite keeps this store; empty on PostgreSQL."""
        if not self.is_sqlite:
            return ""
        with self.reading() as conn:
            return str(conn.exec_driver_sql("SELECT sqlite_version()").scalar_one())

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


class _Mark:
    """A file beside an encrypted store by which the wrong key can be told from a damaged file.

    To SQLCipher both look the same. The mark is a keyed hash that gives nothing of the key away.
    """

    def __init__(self, store: Path, key: bytes) -> None:
        self._path = store.with_name(store.name + ".mark")
        self._mark = hashlib.blake2b(b"doorstep store", key=key, digest_size=16).hexdigest().encode()

    def make(self) -> None:
        if not self.fits():
            write_whole(self._path, self._mark)

    def fits(self) -> bool:
        """Whether a store was once made here under this very key."""
        try:
            return hmac.compare_digest(self._path.read_bytes(), self._mark)
        except OSError:
            return False


def require_safe_sqlite(version: tuple[int, ...]) -> None:
    """Raise StoreTooOld for a SQLite that can lose saved work (promises.md 2.1)."""
    if version < OLDEST_SAFE_SQLITE:
        raise StoreTooOld(".".join(map(str, version)))


def current_version(conn: Connection) -> str | None:
    """The revision that the store's tables are at; None for a store without tables."""
    if not inspect(conn).has_table(_version_table.name):
        return None
    version = conn.execute(_version_table.select()).scalar_one_or_none()
    return None if version is None else str(version)


def tables_of(metadata: MetaData, side: Side) -> list[Table]:
    """The tables that this side keeps, in an order in which they can be made."""
    return [table for table in metadata.sorted_tables if table.info.get("side", side) == side]


def set_aside(path: Path) -> Path:
    """Move a damaged store out of the way, whole, so that a new one can be made; returns where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{secrets.token_hex(4)}")
    try:
        for ending in ("", "-wal", "-shm", ".mark"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        flush_folder(path.parent)
    except OSError as error:
        raise fault_of_os(error) from error
    return aside


def _make_private(path: Path, mark: _Mark | None) -> None:
    """See that the file is there, readable by its owner only, and that it was not emptied since last time."""
    try:
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
            is_empty = not file.read(1)
    except OSError as error:
        raise fault_of_os(error) from error
    if is_empty and mark is not None and mark.fits() and not path.with_name(path.name + "-wal").exists():
        # SQLite would take an emptied file for a new store, and all that was in it would be gone in silence.
        raise StoreDamaged("the store's file is empty")


def _opener(path: Path, key: bytes | None, mark: _Mark | None) -> Callable[[], Any]:
    """What the pool calls for a new connection: keyed before anything else, then every setting."""

    def open_connection() -> Any:
        with store_faults(path):
            # isolation_level None: the driver starts no transactions of its own, ours begin as we say.
            raw = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
            try:
                if key is not None:
                    _unlock(raw, key, mark)
                for pragma in _PRAGMAS:
                    raw.execute(f"PRAGMA {pragma}").fetchall()
            except BaseException:
                raw.close()
                raise
            return raw

    return open_connection


def _unlock(raw: Any, key: bytes, mark: _Mark | None) -> None:
    # SQLCipher writes to stderr by default; its lines name files and pages.
    raw.execute("PRAGMA cipher_log_level = NONE").fetchall()
    raw.set_key(f"x'{key.hex()}'")
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError as error:
        if isinstance(fault_of(error, None), StoreDamaged) and not (mark and mark.fits()):
            raise WrongKey("the key does not open this store") from error
        raise


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
