"""Snapshots for laptops that start from nothing: made apart from any request, offered while they stand (decisions/011).

One lies in a folder that only the server's own account can read. It stands as long as this history, this layout and
the log know it, for a week at most, and until anything is deleted for good.
"""

import hashlib
import logging
import os
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select

from casework.database import Database
from casework.disk import CREATE, flush_to_disk, put_in_place, write_whole
from casework.ids import new_id
from casework.snapshot import Block, SnapshotReply, WantSnapshot
from casework.snapshot_blocks import packed
from casework.store_faults import StoreFault, fault_of_os, our_disk
from casework.tables import TABLES
from casework.values import OFFICE_ROLES, Case, Person
from casework.wire import Stamp
from server.clock import Clock, utc_now
from server.facts import EPOCH, HORIZON, LAST_ERASED, fact, number
from server.ledger import head_of, is_ours
from server.problem import not_found
from server.snapshot_file import Broken, blocks_of, layout, write_store

LASTS, YOUNG = timedelta(days=7), timedelta(days=1)
# With fewer cases than this, rows are as quick, and nothing is made unasked.
LEAST = 2_000
# Whoever asks in vain is filled by rows at that moment, and is not to be slowed down by it.
LULL = timedelta(minutes=10)
_TOLD, _ENDING = "snapshot.json", ".snapshot"
log = logging.getLogger("doorstep.snapshots")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a snapshot: all changes up to `at` of the history `epoch` are in it, and nothing after."""

    id: str
    at: Stamp
    epoch: str
    layout: str
    made_at: datetime
    size: int
    blocks: tuple[Block, ...]

    @property
    def length(self) -> int:
        """Bytes on the wire."""
        return sum(block.size for block in self.blocks)

    def reply(self, asked: WantSnapshot, now: tuple[str, ...]) -> SnapshotReply:
        """The offer of it to somebody with these scopes. Raises Problem 404 for a laptop of another layout."""
        if self.layout != asked.layout:
            raise not_found()
        return SnapshotReply(rid=asked.rid, id=self.id, at=self.at, now=now, size=self.size, blocks=self.blocks)


class Snapshots:
    """The one snapshot of a server; from any thread. One process makes one at a time."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        clock: Clock = utc_now,
        least: int = LEAST,
        lull: timedelta = LULL,
    ) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._least, self._lull = least, lull
        self._making, self._starting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()
        # what was read last, and when that was written: every commit looks at it
        self._read: tuple[int, Made | None] = (0, None)

    def offered(self, conn: Connection) -> Made | None:
        """The snapshot that stands; one that does not any more is deleted."""
        made = self._told()
        if made is not None and not self._stands(conn, made):
            self._delete(made)
            return None
        return made

    def path_of(self, made: Made) -> Path:
        """Where its blocks lie, one after the other."""
        return self._folder / f"{made.id}{_ENDING}"

    def look(self) -> None:
        """After each commit: deletes the snapshot at once if a case in it was deleted for good. Raises StoreFaults."""
        made = self._told()
        if made is None:
            return
        with self._database.reading() as conn:
            is_erased = number(conn, LAST_ERASED) > made.at[0]
        if is_erased or not self._is_of_use(made):
            self._delete(made)

    def make(self) -> Made:
        """Makes a snapshot of this moment in the place of the one before. Raises Broken, StoreFaults."""
        with self._making:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                before, made = self._told(), self._make()
                write_whole(self._folder / _TOLD, msgspec.json.encode(made))
            except OSError as error:
                raise fault_of_os(error) from error
            self._sweep(keep=made.id, before=self._clock() - YOUNG)
        # a case may have been deleted for good meanwhile
        self.look()
        log.info("snapshot at %d: %d bytes, %s", made.at[0], made.length, "made anew" if before else "the first")
        return made

    def make_soon(self, conn: Connection, person: Person) -> None:
        """For somebody of the office: has one made in the background, if none is young and that would pay."""
        made = self.offered(conn)
        if person.role not in OFFICE_ROLES or (made is not None and made.made_at > self._clock() - YOUNG):
            return
        if int(conn.execute(select(func.count()).select_from(TABLES[Case])).scalar_one()) < self._least:
            return
        with self._starting:
            if not self._is_over.is_set() and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, name="snapshot")
                self._thread.start()

    def sweep(self, now: datetime) -> None:
        """Deletes what a kill has left: all cases as they were then, unpacked and for every eye. Raises DiskFault."""
        if self._folder.exists():
            made = self._told()
            self._sweep(keep=made.id if made else "", before=now - YOUNG)

    def wait(self) -> None:
        """Until what is being made in the background is made."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Breaks off what is being made."""
        self._is_over.set()
        self.wait()

    def _run(self) -> None:
        if self._is_over.wait(self._lull.total_seconds()):
            return
        try:
            self.make()
        except Broken:
            pass
        except StoreFault as fault:
            log.warning("no snapshot: %s", fault.code)

    def _make(self) -> Made:
        name = new_id()
        plain, half = (self._folder / f"{name}.{ending}" for ending in ("plain", "half"))
        try:
            # its owner's alone before the first byte is in it
            plain.touch(mode=0o600)
            with self._database.reading() as conn:
                at, epoch = head_of(conn), fact(conn, EPOCH)
                write_store(conn, plain, go_on=lambda: not self._is_over.is_set())
            blocks = self._pack(plain, half)
            size = plain.stat().st_size
            put_in_place(half, self._folder / f"{name}{_ENDING}")
        finally:
            for path in (plain, half):
                path.unlink(missing_ok=True)
        return Made(
            id=name, at=at, epoch=epoch, layout=layout(), made_at=self._clock(), size=size, blocks=tuple(blocks)
        )

    def _pack(self, plain: Path, half: Path) -> list[Block]:
        blocks = []
        with open(os.open(half, CREATE, 0o600), "wb") as file:
            for block in blocks_of(plain):
                if self._is_over.is_set():
                    raise Broken
                content = packed(block)
                file.write(content)
                blocks.append(Block(len(content), hashlib.sha256(content).hexdigest()))
            file.flush()
            flush_to_disk(file.fileno())
        return blocks

    def _stands(self, conn: Connection, made: Made) -> bool:
        is_known = made.epoch == fact(conn, EPOCH) and is_ours(conn, made.at) and made.layout == layout()
        return (
            is_known and self._is_of_use(made) and max(number(conn, HORIZON), number(conn, LAST_ERASED)) <= made.at[0]
        )

    def _is_of_use(self, made: Made) -> bool:
        return self.path_of(made).exists() and made.made_at > self._clock() - LASTS

    def _told(self) -> Made | None:
        """What the folder says, whichever process made it."""
        try:
            written = (self._folder / _TOLD).stat().st_mtime_ns
            if self._read[0] != written:
                self._read = written, msgspec.json.decode((self._folder / _TOLD).read_bytes(), type=Made)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        return self._read[1]

    def _delete(self, made: Made) -> None:
        # on Windows a file that somebody reads cannot go; what is asked next tries again
        with suppress(OSError):
            self.path_of(made).unlink(missing_ok=True)
            (self._folder / _TOLD).unlink(missing_ok=True)

    def _sweep(self, *, keep: str, before: datetime) -> None:
        """Deletes earlier ones, and what was begun before that time: what is younger, another process may be at.

        Raises DiskFault.
        """
        with our_disk():
            left = [path for path in self._folder.iterdir() if path.name not in (_TOLD, f"{keep}{_ENDING}")]
        for path in left:
            with suppress(OSError):
                if path.suffix == _ENDING or path.stat().st_mtime < before.timestamp():
                    path.unlink()
