"""The disk under the store: what is free, what is kept in reserve, and putting a file in place for good."""

import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import TypeVar

import msgspec

from casework.store_faults import NoRoom, fault_of_os

if sys.platform == "darwin":
    import fcntl

KEEP_FREE = 500 * 1024 * 1024
BALLAST_SIZE = 32 * 1024 * 1024
# For os.open: a new file; without O_BINARY Windows would write two bytes for some that are one.
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_BLOCK = 1024 * 1024

Done = TypeVar("Done")


def free_bytes(folder: Path) -> int:
    """What this user may still write on the disk that holds `folder`."""
    return disk_usage(folder).free


class TooFull(msgspec.Struct, frozen=True, kw_only=True):
    """A new file of `wanted` bytes is not taken in: the disk has `free` bytes and `keep` must stay free."""

    wanted: int
    free: int
    keep: int
    code: str = "disk-too-full"


class Disk:
    """What is free on the disk that holds a folder; tests give a `measure` of their own."""

    def __init__(self, *, keep_free: int = KEEP_FREE, measure: Callable[[Path], int] = free_bytes) -> None:
        self._keep_free = keep_free
        self._measure = measure

    def room_for(self, folder: Path, wanted: int) -> TooFull | None:
        """None when a new file of `wanted` bytes may be made in `folder` (protocol.md 13, "Disk")."""
        answer = self.too_full(folder, wanted)
        return None if answer.free - wanted >= self._keep_free else answer

    def too_full(self, folder: Path, wanted: int) -> TooFull:
        """The refusal itself, for when the disk ran full in the middle of making the file."""
        return TooFull(wanted=wanted, free=self._measure(folder), keep=self._keep_free)


class Ballast:
    """A file that only takes up room, to be thrown overboard when the disk is full.

    Documents stop at KEEP_FREE; what other programs write does not. The ballast buys the room in which
    what a person has just entered can still be saved.
    """

    def __init__(self, path: Path, *, size: int = BALLAST_SIZE) -> None:
        self.path = path
        self._size = size

    @property
    def is_there(self) -> bool:
        try:
            return self.path.stat().st_size == self._size
        except FileNotFoundError:
            return False

    def take_on(self, disk: Disk) -> bool:
        """Make the file if it is missing and there is plenty of room; says whether it is there now."""
        if self.is_there:
            return True
        if disk.room_for(self.path.parent, self._size) is not None:
            return False
        try:
            with self.path.open("wb") as file:
                # Random bytes, for a disk that compresses or leaves holes would give nothing back.
                for start in range(0, self._size, _BLOCK):
                    file.write(secrets.token_bytes(min(_BLOCK, self._size - start)))
                file.flush()
                flush_to_disk(file.fileno())
        except OSError:
            take_away(self.path)
            return False
        return True

    def throw_off(self) -> bool:
        """Give the room back; False when there was nothing left to give, or something else holds the file."""
        try:
            # Cut first: on some systems a file that something else has open keeps its room when unlinked.
            os.truncate(self.path, 0)
        except OSError:
            return False
        take_away(self.path)
        with suppress(OSError):
            flush_folder(self.path.parent)
        return True

    def despite_full_disk(self, work: Callable[[], Done]) -> Done:
        """Run `work`; if the disk is full, throw the ballast off and run it once more.

        `work` must be one whole transaction, so that its first try left nothing. Raises NoRoom when the
        ballast was gone already or did not help.
        """
        try:
            return work()
        except NoRoom:
            if not self.throw_off():
                raise
        return work()


def flush_to_disk(descriptor: int) -> None:
    """Return only when the file's bytes are on the disk itself (fsync; on macOS the drive's cache too)."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_away(path: Path) -> bool:
    """Remove a file that is of no use any more; False where that cannot be now, as when a scanner holds it open."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def put_in_place(finished: Path, name: Path) -> None:
    """Give a finished, flushed file its name for good, replacing what had it. Raises OSError."""
    finished.replace(name)
    flush_folder(name.parent)
    if finished.parent != name.parent:
        flush_folder(finished.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that after a crash it holds the old bytes or the new, never a mix.

    Readable by its owner only. Raises NoRoom or DiskFault, with the old file untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(os.open(temporary, CREATE, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            flush_to_disk(file.fileno())
        put_in_place(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise fault_of_os(error) from error
