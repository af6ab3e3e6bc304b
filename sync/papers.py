"""Documents on the laptop: taken in while being hashed, kept encrypted under random names, read piece by piece."""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from casework.disk import CREATE, Disk, TooFull, flush_folder, flush_to_disk, put_in_place
from casework.rules.documents import LARGEST
from casework.sealed import SealBroken, SealedReader, SealedWriter, new_key, sealed_size
from casework.store_faults import NoRoom, our_disk

PART = ".part"
_UNFINISHED = ".tmp"
_PIECE = 1024 * 1024
# A disk flushes several files in hardly more time than one.
_AT_ONCE = 4


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What the encrypted store keeps of a document's file: its name on the disk, its key, and what it holds.

    `size` (bytes) and `sha256` (hex) are those of the plain content.
    """

    name: str
    key: bytes
    size: int
    sha256: str


class TooBig(msgspec.Struct, frozen=True, kw_only=True):
    """`size` and `limit` in bytes."""

    size: int
    limit: int
    code: str = "document-too-big"


class Empty(msgspec.Struct, frozen=True, kw_only=True):
    """There is not one byte in it."""

    code: str = "document-empty"


class Vanished(msgspec.Struct, frozen=True, kw_only=True):
    """It was moved, renamed or deleted between the drop and the reading."""

    code: str = "document-vanished"


class NotAFile(msgspec.Struct, frozen=True, kw_only=True):
    """A folder, a pipe, a device."""

    code: str = "document-not-a-file"


class CannotRead(msgspec.Struct, frozen=True, kw_only=True):
    """The system does not let us, or its disk fails; `reason` is the system's name for it, such as "EACCES"."""

    reason: str
    code: str = "document-cannot-be-read"


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """Another program wrote to it while it was being read."""

    code: str = "document-changing"


NotTaken = TooBig | Empty | Vanished | NotAFile | CannotRead | Changing | TooFull


class Papers:
    """The folder of encrypted documents.

    Every method blocks on the disk: call from a worker thread, any number of them. Trouble with the laptop's own
    disk comes as NoRoom or DiskFault, except where a refusal is the answer.
    """

    def __init__(self, folder: Path, *, disk: Disk | None = None, limit: int = LARGEST) -> None:
        self.folder = folder
        self.disk = disk or Disk()
        self.limit = limit
        with our_disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def take_in(self, source: Path) -> Paper | NotTaken:
        """Copy a person's file into the store, or say why not; the source is only ever read.

        The caller keeps the Paper in the encrypted store. Until it does, nobody has the key, so a crash in
        between leaves nothing that can be read.
        """
        try:
            file = _open_source(source)
        except OSError as error:
            return _why_not(error)
        with file:
            before = os.fstat(file.fileno())
            if refused := self._refuse(before):
                return refused
            try:
                return self._copy(file, before)
            except NoRoom:
                return self.disk.too_full(self.folder, sealed_size(before.st_size))

    def keep(self, contents: Sequence[bytes]) -> list[Paper]:
        """Put bytes that are here whole into the store, as of small documents that were fetched together."""
        with our_disk(), ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="papers") as pool:
            papers = list(pool.map(self._keep_one, contents))
            flush_folder(self.folder)
        return papers

    def _keep_one(self, content: bytes) -> Paper:
        paper = Paper(name=random_name(), key=new_key(), size=len(content), sha256=hashed(iter([content])))
        unfinished = self.folder / f"{paper.name}{_UNFINISHED}"
        try:
            with open(os.open(unfinished, CREATE, 0o600), "wb") as file:
                writer = SealedWriter(file, paper.key)
                writer.write(content)
                writer.finish()
                file.flush()
                flush_to_disk(file.fileno())
            unfinished.replace(self.path_of(paper))
        finally:
            unfinished.unlink(missing_ok=True)
        return paper

    def names(self) -> frozenset[str]:
        """The names of all files here; what is in them is proved when they are read."""
        with our_disk():
            return frozenset(os.listdir(self.folder))

    def read(self, paper: Paper) -> Iterator[bytes]:
        """The plain content in pieces of 64 KiB. Raises SealBroken when our copy is missing or damaged."""
        with our_disk(), self._reader(paper) as reader:
            yield from reader.read()

    def read_range(self, paper: Paper, start: int, length: int) -> bytes:
        """A stretch of the plain content, shorter at its end. Raises SealBroken."""
        with our_disk(), self._reader(paper) as reader:
            return reader.read_range(start, length)

    def is_whole(self, paper: Paper) -> bool:
        """Whether our copy is there, can be read to its end, and is what it was."""
        try:
            return hashed(self.read(paper)) == paper.sha256
        except SealBroken:
            return False

    def path_of(self, paper: Paper) -> Path:
        """Where the encrypted file of a whole document is, or will be."""
        return self.folder / paper.name

    def forget(self, paper: Paper) -> None:
        """Remove our copy, whole or half fetched. Its bytes are past reading once the caller drops the key."""
        path = self.path_of(paper)
        with our_disk():
            path.unlink(missing_ok=True)
            path.with_suffix(PART).unlink(missing_ok=True)

    def forget_strays(self, known: Collection[str]) -> int:
        """Remove files that no row of the store names, as a crash may leave them; says how many. Call at start only."""
        removed = 0
        with our_disk():
            for path in self.folder.iterdir():
                if path.stem not in known or path.suffix == _UNFINISHED:
                    path.unlink()
                    removed += 1
        return removed

    def _refuse(self, found: os.stat_result) -> NotTaken | None:
        if not stat.S_ISREG(found.st_mode):
            return NotAFile()
        if found.st_size == 0:
            return Empty()
        if found.st_size > self.limit:
            return TooBig(size=found.st_size, limit=self.limit)
        return self.disk.room_for(self.folder, sealed_size(found.st_size))

    def _copy(self, file: BinaryIO, before: os.stat_result) -> Paper | NotTaken:
        name, key = random_name(), new_key()
        unfinished = self.folder / f"{name}{_UNFINISHED}"
        seen, size = hashlib.sha256(), 0
        try:
            with our_disk(), open(os.open(unfinished, CREATE, 0o600), "wb") as copy:
                writer = SealedWriter(copy, key)
                while piece := _read_piece(file):
                    if not isinstance(piece, bytes):
                        return piece
                    size += len(piece)
                    if size > before.st_size:
                        return Changing()
                    seen.update(piece)
                    writer.write(piece)
                writer.finish()
                copy.flush()
                flush_to_disk(copy.fileno())
            if size != before.st_size or _stamp(os.fstat(file.fileno())) != _stamp(before):
                return Changing()
            with our_disk():
                put_in_place(unfinished, self.folder / name)
        finally:
            unfinished.unlink(missing_ok=True)
        return Paper(name=name, key=key, size=size, sha256=seen.hexdigest())

    @contextmanager
    def _reader(self, paper: Paper) -> Iterator[SealedReader]:
        try:
            file = self.path_of(paper).open("rb")
        except FileNotFoundError as error:
            raise SealBroken("the file is not there") from error
        with file:
            reader = SealedReader(file, paper.key)
            if reader.size != paper.size:
                raise SealBroken("the file has another length")
            yield reader


def hashed(pieces: Iterator[bytes]) -> str:
    """The SHA-256, in hex, of the pieces one after the other."""
    seen = hashlib.sha256()
    for piece in pieces:
        seen.update(piece)
    return seen.hexdigest()


def random_name() -> str:
    """A file name that says nothing about what is in the file."""
    return secrets.token_hex(16)


# Without O_NONBLOCK, opening a pipe that somebody named "bill.pdf" would wait for ever.
_LOOK = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def _open_source(source: Path) -> BinaryIO:
    if source.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder")
    return open(os.open(source, _LOOK), "rb", buffering=0)


def _read_piece(file: BinaryIO) -> bytes | Vanished | NotAFile | CannotRead:
    """The next piece; a refusal when the system stops us, which is not to be taken for trouble with our disk."""
    try:
        return file.read(_PIECE)
    except OSError as error:
        return _why_not(error)


def _why_not(error: OSError) -> Vanished | NotAFile | CannotRead:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
        return Vanished()
    if error.errno in (errno.EISDIR, errno.ENXIO):
        return NotAFile()
    return CannotRead(reason=errno.errorcode.get(error.errno or 0, "unknown"))


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns
