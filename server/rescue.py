"""Handing in a rescue copy: what is in it, and carrying it out in its author's name, once (X8)."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection, select

from casework.answers import Status
from casework.commands import Said, without_earlier
from casework.database import Database
from casework.ids import is_id
from casework.rescue_copy import Enclosed, Manifest, NotOne, OpenedCopy, is_signed, open_copy, read_head
from casework.rows import find
from casework.store_faults import fault_of_os
from casework.values import Person
from casework.wire import CHUNK, OpenUpload
from server.devices import clock_off_of, is_lost
from server.documents import Documents
from server.journal import Journal, Speaker
from server.outcomes import outcomes_of
from server.problem import Problem
from server.reading_said import id_in, read_said
from server.rescue_keys import private_key
from server.tables import device, outcome

log = logging.getLogger("doorstep.rescue")
# How long a copy that came over the network lies here: to be handed in again where some of it had to wait.
RESCUED_LAST = timedelta(days=30)
_DONE = (Status.APPLIED, Status.APPLIED_CHANGED)
_WAITS = (Status.HELD, Status.LATER)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a copy. `known` changes were here before; `is_proved` where it surely comes from that laptop.

    `is_lost` where that laptop was reported lost: whoever has it may have said what is in the copy.
    """

    author: Person
    device: str
    made_at: datetime
    changes: int
    papers: int
    known: int
    is_proved: bool
    is_lost: bool


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: changes that took effect, that wait for a decision, that wait for others, and documents.

    `unreadable` were written by a newer app; they are taken once the server is as new. `loose` documents are named
    by no case here and by no kept work: their bytes are only in the copy.
    """

    found: Found
    applied: int
    kept: int
    waiting: int
    unreadable: int
    stored: int
    loose: int


class Rescue:
    """Copies that laptops made of what they could not send. `folder` keeps those that came over the network."""

    def __init__(self, database: Database, journal: Journal, documents: Documents, folder: Path) -> None:
        self._database = database
        self._journal = journal
        self._documents = documents
        self.folder = folder

    def path_of(self, copy_id: str) -> Path:
        """Where a copy lies that came over the network."""
        return self.folder / f"{copy_id}.rescue"

    def take(self, copy_id: str, start: int, content: bytes) -> int:
        """Takes bytes of a copy that is coming in, from an offset on; how many there are by now.

        Raises Problem 409 `rescue-broken` where some before them are missing, and DiskFault.
        """
        path = self.path_of(copy_id)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                if not 0 <= start <= file.seek(0, os.SEEK_END):
                    raise Problem(409, "rescue-broken")
                file.seek(start)
                file.write(content)
                file.truncate()
                return file.tell()
        except OSError as error:
            raise fault_of_os(error) from error

    def sweep(self, now: datetime) -> None:
        """Removes copies of which nothing has come for 30 days, whole or half come. Raises DiskFault."""
        try:
            for path in self.folder.glob("*.rescue"):
                if path.stat().st_mtime < (now - RESCUED_LAST).timestamp():
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise fault_of_os(error) from error

    def needs_passphrase(self, path: Path) -> bool:
        """Whether only a passphrase opens it. Raises Problem 400 for what is no copy."""
        with _named(), path.open("rb") as file:
            return bool(read_head(file)[0].salt)

    def look(self, path: Path, *, passphrase: str = "") -> Found:
        """What is in it; changes nothing. Raises Problem 400 `rescue-...` for what cannot be opened."""
        with _named(), path.open("rb") as file:
            opened = self._opened(file, passphrase)
            _read_to_the_end(opened)
            return self._found(opened.manifest)

    def submit(self, path: Path, by: Person, *, passphrase: str = "", even_unproved: bool = False) -> HandedIn:
        """Carries everything out as its author's, handed in by somebody who is named in the feed.

        Of a lost device's all is kept whole, as what it hands over itself is. The whole file is proved first. What was
        here before is not done again, and neither is it when the laptop itself comes back. Raises Problem 400, 409
        `rescue-unproved` where it may come from elsewhere than that laptop.
        """
        found = self.look(path, passphrase=passphrase)
        if not found.is_proved and not even_unproved:
            raise Problem(409, "rescue-unproved", {"person": found.author.display_name})
        with _named(), path.open("rb") as file:
            opened = self._opened(file, passphrase)
            saids = self._ready(opened.manifest)
            with self._database.reading() as conn:
                clock_off = clock_off_of(conn, found.device)
            speaker = Speaker(
                person_id=found.author.id,
                device_id=found.device,
                clock_off=clock_off,
                handed_in_by=by.id,
            )
            acks = (self._journal.deposit if found.is_lost else self._journal.push)(speaker, saids)
            # what kept work names waits for its author's bytes; what somebody decided about may be out of their reach
            people = found.author, by
            stored = [self._take_in(paper, pieces, people) for paper, pieces in opened.papers()]
        log.info("a rescue copy of device %s, %d changes, was handed in by %s", found.device, found.changes, by.id)
        statuses = [ack.st for ack in acks]
        return HandedIn(
            found=found,
            applied=sum(status in _DONE for status in statuses),
            kept=sum(status.is_final and status not in _DONE for status in statuses),
            waiting=sum(status in _WAITS for status in statuses),
            unreadable=found.changes - len(saids),
            stored=sum(stored),
            loose=len(stored) - sum(stored),
        )

    def _ready(self, manifest: Manifest) -> list[Said]:
        """The commands that can be read. None waits for what is neither here nor in the copy: it has all there was."""
        saids = [said for said in map(read_said, manifest.commands) if said is not None]
        there = {id_in(raw) for raw in manifest.commands}
        with self._database.reading() as conn:
            there.update(outcomes_of(conn, {said.prev for said in saids if said.prev}))
        return [without_earlier(said) if said.prev and said.prev not in there else said for said in saids]

    def _opened(self, file: BinaryIO, passphrase: str) -> OpenedCopy:
        with self._database.reading() as conn:
            return open_copy(file, private=private_key(conn), passphrase=passphrase)

    def _found(self, manifest: Manifest) -> Found:
        with self._database.reading() as conn:
            author = find(conn, Person, manifest.person_id) if is_id(manifest.person_id) else None
            if author is None:
                raise Problem(400, "rescue-of-another-server")
            ids = [said.id for said in map(read_said, manifest.commands) if said is not None]
            return Found(
                author=author,
                device=manifest.device,
                made_at=manifest.made_at,
                changes=len(manifest.commands),
                papers=len(manifest.papers),
                known=sum(_is_known(conn, said_id) for said_id in ids),
                is_proved=_is_proved(conn, manifest),
                is_lost=is_lost(conn, manifest.device),
            )

    def _take_in(self, paper: Enclosed, pieces: Iterator[bytes], people: tuple[Person, ...]) -> bool:
        """Stores a document for each of its cases, in the name of the first who may; whether it is for one at all."""
        with tempfile.TemporaryFile() as spool:
            seen = sha256()
            for piece in pieces:
                seen.update(piece)
                spool.write(piece)
            if seen.hexdigest() != paper.sha256:
                return False
            cases = [case_id for case_id in paper.cases if is_id(case_id)]
            return any([any(self._store(paper, case_id, spool, person) for person in people) for case_id in cases])

    def _store(self, paper: Enclosed, case_id: str, content: BinaryIO, person: Person) -> bool:
        offer = OpenUpload(rid="", sha256=paper.sha256, size=paper.size, case_id=case_id)
        try:
            upload = self._documents.offer(lambda _: person, offer)
        except Problem:
            # nothing of theirs names it there: the change that put it on the case was not even kept
            return False
        if upload.have:
            return True
        for number in range(-(-paper.size // CHUNK)):
            if number not in upload.got:
                content.seek(number * CHUNK)
                chunk = content.read(CHUNK)
                self._documents.put_chunk(lambda _: person, upload.upload_id, number, chunk, sha256(chunk).hexdigest())
        self._documents.forget_chunks(self._documents.finish(lambda _: person, upload.upload_id))
        return True


def _is_known(conn: Connection, command_id: str) -> bool:
    return conn.execute(select(outcome.c.cmd_id).where(outcome.c.cmd_id == command_id)).first() is not None


def _is_proved(conn: Connection, manifest: Manifest) -> bool:
    """Whether it was signed with the session that this very laptop has with us, for this very person."""
    row = conn.execute(select(device).where(device.c.id == manifest.device)).first()
    if row is None or row.person_id != manifest.person_id:
        return False
    return any(is_signed(manifest, known) for known in (row.renewal_hash, row.previous_hash))


def _read_to_the_end(opened: OpenedCopy) -> None:
    """Proves the file to its last byte, so that nothing is done by halves."""
    for _, pieces in opened.papers():
        for _ in pieces:
            pass


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except NotOne as error:
        raise Problem(400, error.code) from error
