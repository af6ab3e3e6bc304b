"""Documents in a folder: chunks as files of their own until the whole is hashed, then one file by its hash.

uploads/<id>/<number>         a chunk, complete
whole/<ab>/<cd>/<sha256>      a document, complete
*.tmp                         being written; no one reads it
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from casework.disk import flush_folder, flush_to_disk, put_in_place
from casework.store_faults import fault_of_os
from server.blobs import (
    CHUNK,
    BlobGone,
    BlobStore,
    ChunkGone,
    ChunkRefused,
    Upload,
    checked_hash,
    why_refused,
)

_UNFINISHED = ".tmp"
# A file that nobody has written to for so long is what a kill left.
_ABANDONED_DAYS = 1


class BlobFolder(BlobStore):
    """A BlobStore on a disk that every server process sees."""

    def __init__(self, root: Path) -> None:
        self._uploads = root / "uploads"
        self._whole = root / "whole"
        with _our_disk():
            for folder in (self._uploads, self._whole):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put_chunk(self, upload: Upload, number: int, content: bytes, sha256: str) -> ChunkRefused | None:
        if refused := why_refused(upload, number, content, sha256):
            return refused
        chunk = self._uploads / upload.id / str(number)
        unfinished = _unfinished(chunk)
        with _our_disk():
            chunk.parent.mkdir(mode=0o700, exist_ok=True)
            flush_folder(self._uploads)
            _write(unfinished, iter([content]))
            put_in_place(unfinished, chunk)
        return None

    def chunks_here(self, upload: Upload) -> frozenset[int]:
        with _our_disk():
            try:
                names = os.listdir(self._uploads / upload.id)
            except FileNotFoundError:
                return frozenset()
        return frozenset(int(name) for name in names if name.isdecimal())

    def abandon(self, upload: Upload) -> None:
        shutil.rmtree(self._uploads / upload.id, ignore_errors=True)

    def sweep(self, before: datetime) -> int:
        limit, swept = before.timestamp(), 0
        with _our_disk():
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
        with _our_disk():
            try:
                return self._path(sha256).stat().st_size
            except FileNotFoundError as error:
                raise BlobGone(sha256) from error

    def delete(self, sha256: str) -> None:
        with _our_disk():
            self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        name = checked_hash(sha256)
        # Two levels, so that no folder holds more than some thousand names.
        return self._whole / name[:2] / name[2:4] / name

    def join(self, upload: Upload) -> bool:
        with _our_disk():
            whole = self._path(upload.sha256)
            whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            together = _unfinished(whole)
            try:
                _write(together, self._chunks_of(upload))
                # Read back from the file, not from what was passed along.
                if _hash_of(together) != upload.sha256:
                    return False
                put_in_place(together, whole)
                flush_folder(whole.parent.parent)
                flush_folder(self._whole)
            finally:
                together.unlink(missing_ok=True)
        return True

    def put_whole(self, documents: Sequence[tuple[str, bytes]]) -> None:
        folders = {self._whole}
        with _our_disk():
            for sha256, content in documents:
                whole = self._path(sha256)
                whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                unfinished = _unfinished(whole)
                _write(unfinished, iter([content]))
                unfinished.replace(whole)
                folders |= {whole.parent, whole.parent.parent}
            # Once for all that came into a folder: names are durable when this returns, not before.
            for folder in sorted(folders):
                flush_folder(folder)

    def pieces(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        with _our_disk(), self._path(sha256).open("rb") as file:
            file.seek(start)
            left = end - start
            while left > 0 and (piece := file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece

    def _chunks_of(self, upload: Upload) -> Iterator[bytes]:
        for number in range(upload.chunks):
            try:
                yield (self._uploads / upload.id / str(number)).read_bytes()
            except FileNotFoundError as error:
                raise ChunkGone from error


def _unfinished(path: Path) -> Path:
    """Where a file is written before it gets its name."""
    return path.with_name(f"{path.name}.{secrets.token_hex(4)}{_UNFINISHED}")


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new file and flush it, or leave none."""
    try:
        with path.open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            flush_to_disk(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _our_disk() -> Iterator[None]:
    """Turn what the system says into NoRoom or DiskFault."""
    try:
        yield
    except OSError as error:
        raise fault_of_os(error) from error
