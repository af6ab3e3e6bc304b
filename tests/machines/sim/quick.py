"""Stores as quick as a test can have them: real SQLite files without a cipher that never wait for a disk.

Nothing of it is in the product: a laptop is told which kind of store to open, and a pool of connections what to set.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import event

from casework import sqlite_file
from casework.connection import FileConnection
from casework.database import Database
from casework.sqlite_file import Mark
from casework.store_file import StoreFile
from sync.laptop import Laptop


class Point(StrEnum):
    """Where in a write something may go wrong."""

    BEFORE = "before"
    COMMITTING = "committing"
    AFTER = "after"


Failpoint = Callable[[Point], None]


def nothing_fails(point: Point) -> None:
    """The disk is sound and the process lives."""


class QuickStore(StoreFile):
    """A laptop's store in a plain file; `failpoint` is asked at each point of each write, and may raise."""

    failpoint: Failpoint = staticmethod(nothing_fails)

    def opener(self, mark: Mark) -> Callable[[], Any]:
        """Without a cipher, and without waiting for the disk."""
        return lambda: _hasty(sqlite_file.opener(self.path, None, None)())

    @contextmanager
    def writing(self, *, in_bulk: bool = False) -> Iterator[FileConnection]:
        """See StoreFile."""
        self.failpoint(Point.BEFORE)
        with super().writing(in_bulk=in_bulk) as conn:
            yield conn
            self.failpoint(Point.COMMITTING)
        self.failpoint(Point.AFTER)


class QuickLaptop(Laptop):
    """A laptop with such a store."""

    kind_of_store = QuickStore

    def fail_at(self, failpoint: Failpoint) -> None:
        """From now on each write asks there."""
        assert isinstance(self.database, QuickStore)
        self.database.failpoint = failpoint


def quick_database(path: Path) -> Database:
    """The server's embedded database, which does not wait for its disk either."""
    database = Database.plain(path)
    event.listen(database.engine, "connect", lambda raw, record: _hasty(raw))
    database.engine.dispose()
    return database


def _hasty(raw: Any) -> Any:
    raw.execute("PRAGMA synchronous = OFF")
    return raw
