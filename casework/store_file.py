"""A laptop's store: one encrypted SQLite file, reached straight by its driver, read in snapshots, written in turns."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from casework import sqlite_file
from casework.connection import FileConnection
from casework.gate import Gate
from casework.sqlite_file import Behind, Mark, Ready, judged_version
from casework.store_doubt import Doubt
from casework.store_faults import BadRead, StoreBusy, StoreDamaged, store_faults

# Connections that are kept for the next comer: the screen's readers, the sync, and whoever writes.
_KEPT = 4
# Seconds for which readers are waited for when another file takes this one's place.
_PATIENCE = 5.0


class StoreFile:
    """One store, for one process: `with store.writing()`, `with store.reading()`, and its upkeep.

    All methods may be called from any thread. Every one of them raises the StoreFaults of casework/store_faults.py.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self.key = key
        self.gate = Gate()
        # told on whichever thread damage was met in it; who has a window listens
        self.met_damage: Callable[[], None] = lambda: None
        self._doubt = Doubt(path)
        sqlite_file.require_safe_sqlite(sqlcipher.sqlite_version_info)
        mark = Mark(path, sqlite_file.checked_key(key))
        sqlite_file.make_private(path, mark)
        self._open = self.opener(mark)
        self._free: list[_Opened] = [_Opened(self._open())]
        self._door = threading.Condition()
        self._lent = 0
        self._is_changing = False
        self._is_closed = False
        mark.make()

    def opener(self, mark: Mark) -> Callable[[], Any]:
        """What opens a connection to this file; a simulated world has another."""
        return sqlite_file.opener(self.path, self.key, mark)

    @contextmanager
    def writing(self, *, in_bulk: bool = False) -> Iterator[FileConnection]:
        """One transaction that may write: waits its turn, commits at the end, rolls back on any exception.

        `in_bulk` is for what can be fetched again: the disk is not waited for, and more of the file is kept at hand.
        A loss of power may take the commit back, whole; every later one that is waited for makes it last as well.
        """
        with self.gate.turn(), self._faults(), self._one() as opened:
            opened.set_bulk(in_bulk)
            with _transaction(opened.raw, "BEGIN IMMEDIATE"):
                yield FileConnection(opened.raw)

    @contextmanager
    def reading(self) -> Iterator[FileConnection]:
        """One snapshot that stays the same to the end whatever is written meanwhile; what is written in it is undone.

        Raises AssertionError for a write, which is a bug. A pragma that refuses it at once would have SQLite throw away
        every statement that is ready on the connection, at each change from reading to writing.
        """
        with self._faults(), self._one() as opened, _transaction(opened.raw, "BEGIN"):
            before = opened.raw.total_changes
            yield FileConnection(opened.raw)
            assert opened.raw.total_changes == before, "a write inside reading()"

    def prepare(self, script: str, *, latest: str) -> Ready | Behind:
        """Make a new store's tables by a script of SQL, or say whether an old one's are up to date.

        Versions are revision ids that sort as text ("0001", "0002"). Raises StoreFromNewerApp, having touched nothing.
        """
        with self.reading() as conn:
            current = _version(conn)
        if current is None:
            with self.writing() as conn:
                current = _version(conn)
                if current is None:
                    for statement in script.split(";\n"):
                        conn.exec_driver_sql(statement)
                    conn.exec_driver_sql("INSERT INTO alembic_version (version_num) VALUES (?)", (latest,))
                    return Ready(is_new=True)
        return judged_version(current, latest)

    def backup(self, to: Path) -> None:
        """Write a copy of the file to `to`, whole or not at all; the copy has this store's key."""
        with self._faults(), self._one() as opened:
            sqlite_file.copy_whole(opened.raw, to)

    def exchange(self, finished: Path, bring_over: Callable[[], None], *, patience: float = _PATIENCE) -> None:
        """Puts a finished store of the same key in the place of this one, in one step: a kill leaves either, whole.

        `bring_over` runs while nobody else writes, to take along what only this one has. Whoever reads is waited for;
        raises StoreBusy, with all as it was, where that takes more than `patience` seconds.
        """
        with self.gate.turn(), store_faults(self.path):
            bring_over()
            with self._nobody_inside(patience):
                sqlite_file.exchange(finished, self.path)

    @contextmanager
    def _nobody_inside(self, patience: float) -> Iterator[None]:
        with self._door:
            self._is_changing = True
            try:
                if not self._door.wait_for(lambda: not self._lent, patience):
                    raise StoreBusy("somebody reads for too long")
                free, self._free = self._free, []
                for opened in free:
                    opened.raw.close()
                yield
            finally:
                self._is_changing = False
                self._door.notify_all()

    def quick_check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file; empty when it is sound."""
        with self._one() as opened:
            found = sqlite_file.quick_check(opened.raw, self.path)
            opened.is_sound = not found
            return found

    def settle_doubt(self) -> None:
        """Looks the whole file through if damage was met in it since that was done last. Raises StoreDamaged."""
        self._doubt.settle(self.quick_check)

    def sqlite_version(self) -> str:
        """Which SQLite keeps this store."""
        with self.reading() as conn:
            return str(conn.exec_driver_sql("SELECT sqlite_version()").scalar_one())

    def close(self) -> None:
        """Let go of every connection; the last one folds the write-ahead log into the file.

        Whoever comes later, such as a thread that hung in the network, gets StoreBusy: the file may be somebody else's.
        """
        with self._door:
            self._is_closed = True
            free, self._free = self._free, []
        for opened in free:
            opened.raw.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            with store_faults(self.path):
                yield
        except (StoreDamaged, BadRead):
            self._doubt.note()
            self.met_damage()
            raise

    @contextmanager
    def _one(self) -> Iterator["_Opened"]:
        """A connection that nobody else has, the one used last if there is one: its pages are still in its cache."""
        with self._door:
            self._door.wait_for(lambda: not self._is_changing)
            if self._is_closed:
                raise StoreBusy("closed")
            self._lent += 1
            opened = self._free.pop() if self._free else None
        try:
            opened = opened or _Opened(self._open())
            yield opened
        except BaseException:
            # SQLCipher says again what it met once, of every page, for as long as the connection lives
            if opened is not None:
                opened.is_sound = False
            raise
        finally:
            with self._door:
                has_room = not self._is_closed and len(self._free) < _KEPT
                is_kept = opened is not None and opened.is_sound and has_room
                if opened is not None and is_kept:
                    self._free.append(opened)
                if opened is not None and not is_kept:
                    opened.raw.close()
                self._lent -= 1
                self._door.notify_all()


class _Opened:
    """One connection and what it was last set to."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.is_sound = True
        self._is_bulk = False

    def set_bulk(self, wanted: bool) -> None:
        """Whether its commits wait for the disk, and how much of the file it keeps."""
        if wanted != self._is_bulk:
            for pragma in sqlite_file.IN_BULK if wanted else sqlite_file.NOT_IN_BULK:
                self.raw.execute(f"PRAGMA {pragma}").fetchall()
            self._is_bulk = wanted


@contextmanager
def _transaction(raw: Any, begin: str) -> Iterator[None]:
    raw.execute(begin)
    try:
        yield
        raw.execute("COMMIT")
    finally:
        # still open where it did not get to its end; on some faults, a full disk among them, SQLite ends it by itself
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def _version(conn: FileConnection) -> str | None:
    """The revision that the store's tables are at; None for a store without tables."""
    known = conn.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'")
    if known.first() is None:
        return None
    version = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)
