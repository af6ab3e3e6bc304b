"""A snapshot on its way into this laptop: a store in the making, encrypted page by page as it comes in, never plain.

Its name tells which snapshot it is of. Whole blocks only count, so a start after a kill goes on behind the last one.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from casework.connection import FileConnection
from casework.disk import flush_to_disk
from casework.ids import is_id
from casework.page_cipher import PAGE, SALT_SIZE, PageCipher
from casework.snapshot import BLOCK
from casework.sqlite_file import CIPHER
from casework.store_faults import StoreDamaged, fault_of_os, store_faults
from casework.wire import Malformed

_BEGINNING, _SETTLED = "starting-", ".settled"
_FAST = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "temp_store = MEMORY")


class SnapshotPart:
    """The part of one snapshot that is here. Every method raises StoreFaults.

    Raises Malformed for an id that is none, as it becomes part of a file's name.
    """

    def __init__(self, folder: Path, snapshot_id: str, key: bytes) -> None:
        if not is_id(snapshot_id):
            raise Malformed("a snapshot without an id")
        self.path = folder / f"{_BEGINNING}{snapshot_id}"
        self._key = key
        forget_parts(folder, but=self.path)
        try:
            self._file = os.fdopen(
                os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b"
            )
            self.blocks = self.path.stat().st_size // BLOCK
            salt = self._file.read(SALT_SIZE) if self.blocks else secrets.token_bytes(SALT_SIZE)
            self._file.seek(self.blocks * BLOCK)
            self._file.truncate()
        except OSError as error:
            raise fault_of_os(error) from error
        self._cipher = PageCipher(key, salt)

    def add(self, pages: bytes) -> None:
        """The next block."""
        sealed = self._cipher.seal(pages, self.blocks * (BLOCK // PAGE) + 1)
        try:
            self._file.write(sealed)
        except OSError as error:
            raise fault_of_os(error) from error
        self.blocks += 1

    def flush(self) -> None:
        """All that was added is on the disk when this returns."""
        try:
            self._file.flush()
            flush_to_disk(self._file.fileno())
        except OSError as error:
            raise fault_of_os(error) from error

    def close(self) -> None:
        """Lets go of the file; what came is kept."""
        self._file.close()

    def check(self) -> None:
        """Reads the whole of it back from the disk. Raises StoreDamaged where any page is not as it was sealed.

        That the pages make a sound store was checked where they come from, and their blocks' hashes prove them.
        """
        with store_faults(self.path), _opened(self.path, self._key) as raw:
            if raw.execute("PRAGMA cipher_integrity_check").fetchall():
                raise StoreDamaged("the snapshot is not as it was sealed")

    def settle(self) -> None:
        """From here on it is no part to go on with any more, but a store of its own; a kill makes it worthless."""
        try:
            self.path = self.path.replace(self.path.with_name(f"{self.path.name}{_SETTLED}"))
        except OSError as error:
            raise fault_of_os(error) from error

    @contextmanager
    def writing(self) -> Iterator[FileConnection]:
        """One transaction on it, without a way back; on the disk at the end."""
        with store_faults(self.path), _opened(self.path, self._key) as raw:
            for pragma in _FAST:
                raw.execute(f"PRAGMA {pragma}").fetchall()
            yield FileConnection(raw)
            raw.execute("PRAGMA journal_mode = WAL").fetchall()
        try:
            with self.path.open("r+b") as file:
                flush_to_disk(file.fileno())
        except OSError as error:
            raise fault_of_os(error) from error


@contextmanager
def _opened(path: Path, key: bytes) -> Iterator[Any]:
    raw = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("cipher_log_level = NONE", *CIPHER):
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.set_key(f"x'{key.hex()}'")
        yield raw
    finally:
        raw.close()


def forget_parts(folder: Path, *, but: Path | None = None) -> None:
    """Deletes what came of snapshots that are of no use any more. Raises StoreFaults."""
    try:
        for path in folder.glob(f"{_BEGINNING}*"):
            if path != but:
                path.unlink()
    except OSError as error:
        raise fault_of_os(error) from error
