"""Documents in a folder: chunks as files of their own until the whole is hashed, then one file by its hash.

uploads/<id>/<number>         a chunk; after a power cut perhaps not what was written
whole/<ab>/<cd>/<sha256>      a document, complete
*.tmp                         being written; no one reads it

Chunks are not flushed to the disk: that would be most of what a document costs, and nobody is told that a document is
here before all of it has been hashed on its way into one file of its own, and that file is flushed. What a power cut
takes of the chunks is missing by its length or comes out in the hash, and is sent once more.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from casework.disk import flush_folder, flush_to_disk, put_in_place
from casework.store_faults import our_disk
from server.blobs import (
    CHUNK,
    BlobGone,
    BlobStore,
    ChunkGone,
    ChunkRefused,
    Upload,
    checked_hash,
    single,
    why_refused,
)

_UNFINISHED = ".tmp"
# A file that nobody has written to for so long is what a kill left.
_ABANDONED_DAYS = 1
_AT_ONCE = 4


class BlobFolder(BlobStore):
    """A BlobStore on a disk that every server process sees."""

    def __init__(self, root: Path) -> None:
        self._uploads = root / "uploads"
        self._whole = root / "whole"
        with our_disk():
            for folder in (self._uploads, self._whole):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put_chunk(self, upload: Upload, number: int, content: bytes, sha256: str) -> ChunkRefused | None:
        if refused := why_refused(upload, number, content, sha256):
            return refused
        folder = self._uploads / upload.id
        with our_disk():
            folder.mkdir(mode=0o700, exist_ok=True)
            for each, piece in single(number, content):
                with _unfinished(folder / str(each)) as unfinished:
                    unfinished.write_bytes(piece)
                    unfinished.replace(folder / str(each))
        return None

    def chunks_here(self, upload: Upload) -> frozenset[int]:
        with our_disk():
            try:
                with os.scandir(self._uploads / upload.id) as found:
                    sizes = {int(one.name): one.stat().st_size for one in found if one.name.isdecimal()}
            except FileNotFoundError:
                return frozenset()
        return frozenset(number for number, size in sizes.items() if size == upload.length_of(number))

    def abandon(self, upload: Upload) -> None:
        shutil.rmtree(self._uploads / upload.id, ignore_errors=True)

    def sweep(self, before: datetime) -> int:
        limit, swept = before.timestamp(), 0
        with our_disk():
            for folder in self._uploads.iterdir():
                # A folder's time is that of the last chunk that came into it.
                if folder.stat().st_mtime < limit:
                    shutil.rmtree(folder, ignore_errors=True)
                    swept += 1
            for left in self._whole.rglob(f"*{_UNFINISHED}"):
                if datetime.now(UTC).timestamp() - left.stat().st_mtime > _ABANDONED_DAYS * 86_400:
                    left.unlink(missing_ok=True)
        return swept

    def size_of(self, sha256: str) -> int:
        with our_disk():
            try:
                return self._path(sha256).stat().st_size
            except FileNotFoundError as error:
                raise BlobGone(sha256) from error

    def delete(self, sha256: str) -> None:
        with our_disk():
            self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return place_of(self._whole, sha256)

    def join(self, upload: Upload) -> bool:
        with our_disk():
            whole = self._path(upload.sha256)
            whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            seen = hashlib.sha256()
            with _unfinished(whole) as together:
                # Nobody else knows this file's name, so what passes along here is what is in it.
                _write(together, self._chunks_of(upload, seen.update))
                if seen.hexdigest() != upload.sha256:
                    return False
                put_in_place(together, whole)
                flush_folder(whole.parent.parent)
                flush_folder(self._whole)
        return True

    def put_whole(self, documents: Sequence[tuple[str, bytes]]) -> None:
        folders = {self._whole}
        with our_disk(), ThreadPoolExecutor(_AT_ONCE) as pool:
            # Several at a time: a disk flushes many files in hardly more time than one.
            for whole in pool.map(lambda one: self._put_one(*one), documents):
                folders |= {whole.parent, whole.parent.parent}
            # Once for all that came into a folder: names are durable when this returns, not before.
            for _ in pool.map(flush_folder, sorted(folders)):
                pass

    def _put_one(self, sha256: str, content: bytes) -> Path:
        whole = self._path(sha256)
        whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _unfinished(whole) as unfinished:
            _write(unfinished, iter([content]))
            unfinished.replace(whole)
        return whole

    def pieces(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        with our_disk(), self._opened(sha256) as file:
            file.seek(start)
            left = end - start
            while left > 0 and (piece := file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece

    def _opened(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise BlobGone(sha256) from error

    def _chunks_of(self, upload: Upload, see: Callable[[bytes], None]) -> Iterator[bytes]:
        for number in range(upload.chunks):
            try:
                content = (self._uploads / upload.id / str(number)).read_bytes()
            except FileNotFoundError as error:
                raise ChunkGone from error
            see(content)
            yield content


def place_of(whole: Path, sha256: str) -> Path:
    """Where a document lies in a folder of whole ones."""
    name = checked_hash(sha256)
    # Two levels, so that no folder holds more than some thousand names.
    return whole / name[:2] / name[2:4] / name


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Where a file is written before it gets its name; gone where it never gets it."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_UNFINISHED}")
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new file and flush it."""
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        flush_to_disk(file.fileno())
