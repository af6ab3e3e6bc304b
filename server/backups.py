"""Backups and what follows from them: which changes no laptop need keep any longer, and that history went back."""

import secrets
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from casework.database import Database
from casework.disk import flush_to_disk, put_in_place
from casework.ids import new_id
from casework.store_faults import fault_of_os
from casework.tables import TABLES
from casework.values import Document
from server import put_by
from server.blobs import CHUNK, is_hash
from server.blobs_folder import place_of
from server.clock import Clock, utc_now
from server.devices import forget_nonces
from server.facts import BACKED_UP_REV, EPOCH, fact, number, set_fact
from server.journal import Journal
from server.ledger import head_of
from server.lost_documents import note_back, note_lost
from server.restores import begin_restore
from server.sums import are_right

_DOCUMENTS = "documents"


class BackupDamaged(Exception):
    """The copy that was made cannot be relied on; the text says why, in words for an admin."""


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A copy that was looked through: where it is, up to which number it goes, and how many documents were new."""

    path: Path
    rev: int
    documents: int


def back_up(database: Database, to: Path, *, documents: Path | None, clock: Clock = utc_now) -> Backup:
    """Copies an embedded database and the folder of documents into a folder, looks the copy through, and says so.

    From then on every laptop may forget what it kept for another time of the changes up to that number, and of those
    documents. Documents are never changed, so those that are in the folder already are left as they are. Raises
    StoreFaults, BackupDamaged: also where a document is damaged or gone, after copying all the others; once, for from
    then on it counts as not here, and its bytes may come again.
    """
    if not database.is_sqlite:
        raise ValueError("PostgreSQL is backed up with its own tools")
    name = f"server-{clock():%Y-%m-%d-%H%M%S}.db"
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        database.backup(to / name)
        # after the database: whatever its rows say is here by now
        copied = _copy_documents(documents, to / _DOCUMENTS) if documents is not None else []
    except OSError as error:
        raise fault_of_os(error) from error
    rev, stored = _looked_through(to / name, database)
    # verified on their way into the folder
    journal = Journal(database, clock=clock)
    with database.writing() as conn:
        note_back(journal, conn, copied)
    if documents is not None and (lacking := _lacking(stored, to / _DOCUMENTS)):
        with database.writing() as conn:
            note_lost(journal, conn, lacking)
        raise BackupDamaged(
            f"Documents are damaged or gone on this server ({len(lacking)}, the first is {lacking[0]}). All else is"
            " copied. Laptops that still have them are asked for them from now on; if you have an older backup, put"
            " them back from it. The next backup goes on without those that have not come by then."
        )
    note_backup(database, rev)
    return Backup(path=to / name, rev=rev, documents=len(copied))


def note_backup(database: Database, rev: int) -> None:
    """Says that everything up to `rev` is in a backup that was verified. Raises ValueError above the head."""
    with database.writing() as conn:
        if not 0 <= rev <= head_of(conn)[0]:
            raise ValueError(f"this server's last change has the number {head_of(conn)[0]}")
        if rev > number(conn, BACKED_UP_REV):
            set_fact(conn, BACKED_UP_REV, str(rev))


def note_restore(database: Database, *, clock: Clock = utc_now) -> str:
    """Says that this database was put back from a backup: its history is another one from here on (protocol 8).

    Returns the new epoch. Every laptop then offers again what it had been told is here, and compares its cases.
    """
    epoch = new_id()
    with database.writing() as conn:
        set_fact(conn, EPOCH, epoch)
        forget_nonces(conn)
        begin_restore(conn, clock())
    return epoch


def _looked_through(copy: Path, original: Database) -> tuple[int, set[str]]:
    """The number up to which a copy goes, once it was found to be sound and ours; and the documents it names."""
    database = Database.plain(copy)
    try:
        if database.quick_check():
            raise BackupDamaged("The copy is damaged. Is the disk that it is on all right?")
        with database.reading() as conn, original.reading() as here:
            if fact(conn, EPOCH) != fact(here, EPOCH):
                raise BackupDamaged("The copy is of another history.")
            if not are_right(conn):
                raise BackupDamaged("The copy's sums do not fit its cases.")
            # without those that were deleted for good meanwhile
            return head_of(conn)[0], _stored(conn) & _stored(here)
    finally:
        database.close()
        for leftover in ("-wal", "-shm"):
            copy.with_name(copy.name + leftover).unlink(missing_ok=True)


def _lacking(stored: set[str], copied: Path) -> list[str]:
    """The hashes of the documents that should have been copied and have not."""
    return sorted(one for one in stored if not place_of(copied / "whole", one).exists())


def _stored(conn: Connection) -> set[str]:
    """The hashes of the documents that the rows say are here, and of those that were put by."""
    rows = TABLES[Document]
    return {*conn.execute(select(rows.c.sha256).where(rows.c.is_stored)).scalars(), *put_by.all_here(conn)}


def _copy_documents(documents: Path, to: Path) -> list[str]:
    """Copies the whole documents that are not there yet, each complete and as its name says, or not at all.

    Returns their hashes. One that is deleted meanwhile is passed over.
    """
    copied = []
    for source in sorted((documents / "whole").rglob("*")):
        target = to / "whole" / source.relative_to(documents / "whole")
        if is_hash(source.name) and not target.exists() and _copy(source, target):
            copied.append(source.name)
    return copied


def _copy(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    seen = sha256()
    try:
        read = source.open("rb")
    except FileNotFoundError:
        return False
    try:
        with read, unfinished.open("xb") as file:
            while piece := read.read(CHUNK):
                seen.update(piece)
                file.write(piece)
            file.flush()
            flush_to_disk(file.fileno())
        if seen.hexdigest() != target.name:
            return False
        put_in_place(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
