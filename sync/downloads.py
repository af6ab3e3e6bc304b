"""Fetching a document in stretches, over cuts and restarts, until it is whole and proved."""

import os
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from casework.disk import CREATE, TooFull, flush_to_disk, put_in_place
from casework.sealed import SealBroken, SealedPart, SealedReader, new_key, sealed_size
from casework.store_faults import our_disk
from sync.papers import PART, Empty, Paper, Papers, TooBig, hashed, random_name


class NotAsPromised(msgspec.Struct, frozen=True, kw_only=True):
    """What came is not the document with that hash; it was thrown away, to be fetched anew."""

    code: str = "download-not-as-promised"


def expect(papers: Papers, *, size: int, sha256: str) -> Paper | TooBig | Empty | TooFull:
    """A Paper for a document that is still on the server; keep it in the store, then start a Download of it.

    What the server says is judged like what a person drops: no size that the folder would not take.
    """
    if size <= 0:
        return Empty()
    if size > papers.limit:
        return TooBig(size=size, limit=papers.limit)
    full = papers.disk.room_for(papers.folder, sealed_size(size))
    return full or Paper(name=random_name(), key=new_key(), size=size, sha256=sha256)


class Download:
    """One document on its way: `with Download(papers, paper) as download`, as often as it takes.

    Ask the server for the bytes from `offset` on and `append` what comes; then `finish`. All methods block on
    the disk and raise NoRoom or DiskFault.
    """

    def __init__(self, papers: Papers, paper: Paper) -> None:
        self.paper = paper
        self._path = papers.path_of(paper)
        self._part = self._path.with_suffix(PART)
        with our_disk():
            with suppress(FileExistsError):
                os.close(os.open(self._part, CREATE, 0o600))
            self._file = self._part.open("r+b")
            self._sealed = SealedPart(self._file, paper.key, paper.size)

    @property
    def offset(self) -> int:
        """The first byte of the content that is not here yet."""
        return self._sealed.offset

    @property
    def is_complete(self) -> bool:
        return self.offset == self.paper.size

    def append(self, content: bytes) -> None:
        """Add the bytes that follow `offset`; ValueError for more than the document has."""
        with our_disk():
            self._sealed.append(content)

    def finish(self) -> Paper | NotAsPromised:
        """Check the whole of what is on the disk against its hash and give it its name, or throw it away."""
        with our_disk():
            flush_to_disk(self._file.fileno())
            self._file.close()
            if not self._is_as_promised():
                self._part.unlink()
                return NotAsPromised()
            put_in_place(self._part, self._path)
        return self.paper

    def throw_away(self) -> None:
        """Forget what has come: it is of no use, and the next attempt begins anew."""
        with our_disk():
            self._file.close()
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _is_as_promised(self) -> bool:
        try:
            with self._part.open("rb") as file:
                return hashed(SealedReader(file, self.paper.key).read()) == self.paper.sha256
        except SealBroken:
            return False
