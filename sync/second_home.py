"""The journal as the outbox's second home: opened whatever state it is in, kept in step, read when a store was lost."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from casework.commands import Said, SeeCase
from casework.connection import Connection
from casework.disk import flush_folder
from casework.sqlite_file import set_aside
from casework.store_faults import StoreDamaged, StoreFault, WrongKey
from casework.store_file import StoreFile
from sync import outbox, shadow
from sync.journal_file import Frame, JournalFile
from sync.outbox import Waiting


class SecondHome:
    """The journal beside one store. The outbox is the first home, so trouble here never looks like a failed save.

    `is_behind` while words are in the outbox that could not be written here; they follow with the next ones.
    `is_whole` while all that was said and is not answered can be read here. An empty file beside the journal says so
    from one start to the next: to take that away needs no room on a disk that is full.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.is_behind = False
        self._mark = path.with_name(f"{path.name}.whole")
        self.is_whole = self._mark.exists()
        if not path.exists():
            self._now_whole(False)
        try:
            self.file = JournalFile.open(path, key)
        except (StoreDamaged, WrongKey):
            # Nobody is kept from work by it: it is put away whole, and what still waits is written down anew.
            self._now_whole(False)
            set_aside(path)
            self.file = JournalFile.open(path, key)
        self._has_damage = bool(self.file.read_all().damage)
        if self._has_damage or self.file.was_torn:
            self._now_whole(False)

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
        new = [said for said in words.values() if not outbox.knows(conn, said.id)]
        # that somebody looked is told by numbers that a restored server gives anew (sync/recovery.py)
        lost = [said for said in new if not isinstance(said.say, SeeCase)]
        if lost:
            shadow.revert(conn)
            for said in lost:
                outbox.add(conn, said)
            outbox.replay(conn, person_id)
        return len(lost)

    def put_right(self, database: StoreFile) -> None:
        """Writes down what waits in a store and is not yet here, as far as the disk lets it; damage is mended."""
        if self._has_damage:
            # where the outbox cannot be read, or there is no room, the damaged file still has the rest of it
            with suppress(StoreFault):
                with database.reading() as conn:
                    waiting, last = outbox.everything(conn), outbox.last_number(conn)
                self.catch_up(waiting, last)
        self.follow(database)

    def follow(self, database: StoreFile) -> None:
        """Writes down what is in the outbox and not yet here, as far as the disk lets it."""
        try:
            with database.reading() as conn:
                missing = outbox.everything(conn, after=self.file.last_seq)
        except StoreFault:
            # what was said before may be here all the same
            self.is_behind = True
            return
        try:
            self._append(missing)
            self._now_whole(not self._has_damage)
        except StoreFault:
            self._fell_behind()

    def catch_up(self, waiting: Sequence[Waiting], last: int) -> None:
        """Writes down all that is in an outbox and not here, in the place of a damaged file anew. Raises StoreFaults.

        What only the journal has stays in it: the store may be the older of the two, as where a part of its log is
        gone. `last` is the highest number that was given there: by it one knows whether what is lost here is there.
        """
        has_gap_only = self._has_damage and not self.file.was_torn
        is_whole = self.is_whole or last >= self.file.last_seq + (not has_gap_only)
        if self._has_damage:
            self.file.renew(self._together(waiting))
            self._has_damage = False
        self._append([one for one in waiting if one.seq > self.file.last_seq])
        self._now_whole(is_whole)

    def add(self, database: StoreFile, seq: int, said: Said) -> None:
        """Writes one command down behind the others."""
        if self.is_behind:
            self.follow(database)
            if self.is_behind:
                self._fell_behind()
            return
        try:
            self.file.append(seq, msgspec.json.encode(said))
        except StoreFault:
            self._fell_behind()

    def shorten(self, keep_from: int) -> None:
        """Forgets what is numbered below, for it has been answered. Without room for that it stays as it is."""
        try:
            self.file.trim(keep_from)
        except StoreFault:
            self.is_behind = True

    def _append(self, missing: Sequence[Waiting]) -> None:
        for one in missing:
            self.file.append(one.seq, msgspec.json.encode(one.said))
        self.is_behind = False

    def _fell_behind(self) -> None:
        self.is_behind = True
        self._now_whole(False)

    def _now_whole(self, is_whole: bool) -> None:
        """Remembers it. A mark that cannot be made costs a word of doubt on the screen, and only after damage."""
        with suppress(OSError):
            if is_whole:
                self._mark.touch(mode=0o600)
            elif self._mark.exists():
                self._mark.unlink()
                # a loss of power must not bring it back
                flush_folder(self._mark.parent)
        self.is_whole = is_whole

    def _together(self, waiting: Sequence[Waiting]) -> list[Frame]:
        """What can be read here and what waits in the outbox, each once and in order, with the highest number."""
        frames: dict[str, Frame] = {}
        for frame in self.file.read_all().frames:
            if frame.body:
                said = _said_in(frame)
                frames[str(frame.seq) if said is None else said.id] = frame
        frames |= {one.said.id: Frame(seq=one.seq, body=msgspec.json.encode(one.said)) for one in waiting}
        in_order = sorted(frames.values(), key=lambda frame: frame.seq)
        if not in_order or in_order[-1].seq < self.file.last_seq:
            in_order.append(Frame(seq=self.file.last_seq, body=b""))
        return in_order

    def _words(self) -> list[Said]:
        # without a body: all that is left of what was answered
        found = (_said_in(frame) for frame in self.file.read_all().frames if frame.body)
        return [said for said in found if said is not None]


def _said_in(frame: Frame) -> Said | None:
    """What was said; None where a newer app wrote it: that app, put back, reads it again."""
    try:
        return msgspec.json.decode(frame.body, type=Said)
    except msgspec.ValidationError:
        return None
