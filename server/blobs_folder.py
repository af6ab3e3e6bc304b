"""Documents in a folder: chunks as files of their own until the whole is hashed, then one file by its hash.

uploads/<id>/<number>         a chunk, complete
whole/<ab>/<cd>/<sha256>      a document, complete
*.tmp                         being written; no one reads it
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from casework.disk import flush_folder, flush_to_disk, put_in_place
from casework.store_faults import fault_of_os
from server.blobs import (
    CHUNK,
    BlobGone,
    ChunkRefused,
    ChunksMissing,
    Mismatch,
    Stored,
    Upload,
    checked_hash,
    missing,
    why_refused,
)

_UNFINISHED = ".tmp"
# A file that nobody has written to for so long is what a kill left.
_ABANDONED_DAYS = 1


class BlobFolder:
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
        unfinished = chunk.with_name(f"{number}.{secrets.token_hex(4)}{_UNFINISHED}")
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

    def finish(self, upload: Upload) -> Stored | ChunksMissing | Mismatch:
        answer = Stored(sha256=upload.sha256, size=upload.size)
        if self.has(upload.sha256):
            self.abandon(upload)
            return answer
        if gaps := missing(upload, self.chunks_here(upload)):
            return ChunksMissing(numbers=gaps)
        try:
            is_right = self._join(upload)
        except FileNotFoundError:
            # Another process was quicker with the same upload, and has cleared its chunks away.
            gone = ChunksMissing(numbers=missing(upload, self.chunks_here(upload)))
            return answer if self.has(upload.sha256) else gone
        self.abandon(upload)
        return answer if is_right else Mismatch()

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

    def has(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def size_of(self, sha256: str) -> int:
        with _our_disk():
            try:
                return self._path(sha256).stat().st_size
            except FileNotFoundError as error:
                raise BlobGone(sha256) from error

    def read(self, sha256: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        size = self.size_of(sha256)
        left = size - start if length is None else min(length, size - start)
        return self._pieces(self._path(sha256), start, left)

    def delete(self, sha256: str) -> None:
        with _our_disk():
            self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        name = checked_hash(sha256)
        # Two levels, so that no folder holds more than some thousand names.
        return self._whole / name[:2] / name[2:4] / name

    def _join(self, upload: Upload) -> bool:
        """Make the document of its chunks; False, and no document, when they have another hash."""
        with _our_disk(FileNotFoundError):
            whole = self._path(upload.sha256)
            whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            together = whole.with_name(f"{upload.sha256}.{secrets.token_hex(4)}{_UNFINISHED}")
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

    def _chunks_of(self, upload: Upload) -> Iterator[bytes]:
        for number in range(upload.chunks):
            yield (self._uploads / upload.id / str(number)).read_bytes()

    def _pieces(self, path: Path, start: int, left: int) -> Iterator[bytes]:
        with _our_disk(), path.open("rb") as file:
            file.seek(start)
            while left > 0 and (piece := file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece


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
def _our_disk(*passed_on: type[OSError]) -> Iterator[None]:
    """Turn what the system says into NoRoom or DiskFault, save for what the caller has an answer to."""
    try:
        yield
    except OSError as error:
        if isinstance(error, passed_on):
            raise
        raise fault_of_os(error) from error
