"""The journal as the outbox's second home: opened whatever state it is in, kept in step, read when a store was lost."""

from pathlib import Path

import msgspec

from casework.commands import Said
from casework.connection import Connection
from casework.sqlite_file import set_aside
from casework.store_faults import StoreDamaged, StoreFault, WrongKey
from casework.store_file import StoreFile
from sync import outbox, shadow
from sync.journal_file import JournalFile


class SecondHome:
    """The journal beside one store. The outbox is the first home, so trouble here never looks like a failed save.

    `is_behind` while words are in the outbox that could not be written here; they follow with the next ones.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.is_behind = False
        # Whether all that was ever written here, and is not answered, can be read.
        self.is_whole = True
        self._path, self._key = path, key
        try:
            self.file = JournalFile.open(path, key)
            self.is_whole = not self.file.read_all().damage
        except (StoreDamaged, WrongKey):
            # Nobody is kept from work by it: it is put away whole, and what still waits is written down anew.
            self.is_whole = False
            set_aside(path)
            self.file = JournalFile.open(path, key)

    def close(self) -> None:
        """Lets go of the file."""
        self.file.close()

    def recover(self, conn: Connection, person_id: str) -> int:
        """Takes back into the outbox what is only here; returns how much that was (FA20, promises H16).

        So it is when the store is a new one after damage, or an old copy of itself. The server knows the commands that
        it has had before by their ids. Inside the caller's transaction.
        """
        outbox.number_above(conn, self.file.last_seq)
        # what was offered again after a server's restore is written down here twice (sync/recovery.py)
        words = {said.id: said for said in self._words()}
        lost = [said for said in words.values() if not outbox.knows(conn, said.id)]
        if lost:
            shadow.revert(conn)
            for said in lost:
                outbox.add(conn, said)
            outbox.replay(conn, person_id)
        return len(lost)

    def put_right(self, database: StoreFile) -> None:
        """Writes down all that waits in a store: what is not yet here, and where this file has damage all of it anew.

        For a store that has taken back what only the journal had.
        """
        try:
            if self.file.read_all().damage:
                with database.reading() as conn:
                    # first, for where that cannot be read the damaged file has the rest of it
                    outbox.everything(conn)
                self.file.close()
                set_aside(self._path)
                self.file = JournalFile.open(self._path, self._key)
        except StoreFault:
            self.is_behind = True
        self.follow(database)

    def follow(self, database: StoreFile) -> None:
        """Writes down what is in the outbox and not yet here, as far as the disk lets it."""
        try:
            with database.reading() as conn:
                missing = outbox.everything(conn, after=self.file.last_seq)
            for one in missing:
                self.file.append(one.seq, msgspec.json.encode(one.said))
            self.is_behind = False
        except StoreFault:
            self.is_behind = True

    def add(self, database: StoreFile, seq: int, said: Said) -> None:
        """Writes one command down behind the others."""
        if self.is_behind:
            self.follow(database)
            return
        try:
            self.file.append(seq, msgspec.json.encode(said))
        except StoreFault:
            self.is_behind = True

    def shorten(self, keep_from: int) -> None:
        """Forgets what is numbered below, for it has been answered. Without room for that it stays as it is."""
        try:
            self.file.trim(keep_from)
        except StoreFault:
            self.is_behind = True

    def _words(self) -> list[Said]:
        words = []
        for frame in self.file.read_all().frames:
            if not frame.body:
                # all that is left of what was answered
                continue
            try:
                words.append(msgspec.json.decode(frame.body, type=Said))
            except msgspec.ValidationError:
                # A newer app wrote it: that app, put back, reads it again.
                continue
        return words
