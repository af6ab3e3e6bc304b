"""Document bytes on the server, named by their hash: what every store of them must do, and what it may answer."""

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

CHUNK = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A document on its way in; the server's database keeps it, so that any process can take any chunk of it.

    `id` is 32 hex digits, `sha256` and `size` (bytes) are those that the laptop promised for the whole.
    """

    id: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        # They become file names and object keys.
        if not _ID.fullmatch(self.id) or not _HASH.fullmatch(self.sha256) or self.size <= 0:
            raise ValueError("not an upload's id, hash and size")

    @property
    def chunks(self) -> int:
        """How many chunks it comes in, numbered from 0; all but the last are of CHUNK bytes."""
        return -(-self.size // CHUNK)

    def length_of(self, number: int) -> int:
        """The bytes in chunk `number`."""
        return min(CHUNK, self.size - number * CHUNK)

    def is_stretch(self, number: int, length: int) -> bool:
        """Whether so many bytes from the beginning of chunk `number` on are chunks of this document, all of them whole.

        One request carries one chunk or, where the line is quick, several that follow each other.
        """
        end = number * CHUNK + length
        return number >= 0 and length > 0 and (end == self.size or (end < self.size and length % CHUNK == 0))


class ChunkRefused(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing was stored. "chunk-not-ours": no chunk of that number and length; "chunk-damaged": another hash."""

    code: str


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The whole is in the store, read back from it and found to have the hash."""

    sha256: str
    size: int


class ChunksMissing(msgspec.Struct, frozen=True, kw_only=True):
    """Not all of it is here; send these."""

    numbers: tuple[int, ...]
    code: str = "chunks-missing"


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """All of it came and is not the document with that hash. All was thrown away: begin again."""

    code: str = "document-mismatch"


class BlobsUnreachable(Exception):
    """The store does not answer, or not as it should; trying again later may help."""

    code = "blobs-unreachable"


class BlobGone(Exception):
    """There is no document with that hash here, although a row says so."""

    code = "blob-gone"


class ChunkGone(Exception):
    """A chunk was taken away while the chunks were being put together: another process was quicker."""


class BlobStore(ABC):
    """Where the bytes are. Every method blocks and may be called from any thread and any process.

    All raise BlobsUnreachable; those that write also NoRoom and DiskFault.
    """

    def finish(self, upload: Upload) -> Stored | ChunksMissing | Mismatch:
        """Put the chunks together, hash what was stored, and give it its name.

        What came is hashed even where a document of that name is here already: an answer that needed no bytes would
        tell anybody who knows a hash that it is here (promises 5.5), and bytes that rotted here are good again. The
        chunks stay until `abandon`, so that this may be asked again for as long as nobody has noted the answer.
        """
        if gaps := missing(upload, self.chunks_here(upload)):
            return ChunksMissing(numbers=gaps)
        try:
            is_right = self.join(upload)
        except ChunkGone:
            return ChunksMissing(numbers=missing(upload, self.chunks_here(upload)))
        if is_right:
            return Stored(sha256=upload.sha256, size=upload.size)
        self.abandon(upload)
        return Mismatch()

    def has(self, sha256: str) -> bool:
        """Whether the whole document is here."""
        try:
            self.size_of(sha256)
        except BlobGone:
            return False
        return True

    def read(self, sha256: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start`, all or `length` of them, in pieces. Raises BlobGone, before the first piece."""
        size = self.size_of(sha256)
        end = size if length is None else min(start + length, size)
        return self.pieces(sha256, start, end) if start < end else iter(())

    @abstractmethod
    def put_chunk(self, upload: Upload, number: int, content: bytes, sha256: str) -> ChunkRefused | None:
        """Keep one chunk, or some that follow each other; None when they are kept. May come twice, and out of order."""

    @abstractmethod
    def chunks_here(self, upload: Upload) -> frozenset[int]:
        """The numbers of the chunks that are kept, whichever process took them."""

    @abstractmethod
    def join(self, upload: Upload) -> bool:
        """Make the document of its chunks; False, and no document, when they have another hash. Raises ChunkGone."""

    @abstractmethod
    def put_whole(self, documents: Sequence[tuple[str, bytes]]) -> None:
        """Keep small documents, each given by its hash, which the caller has taken, and its bytes."""

    @abstractmethod
    def abandon(self, upload: Upload) -> None:
        """Forget the chunks of an upload."""

    @abstractmethod
    def sweep(self, before: datetime) -> int:
        """Forget every upload without progress since `before` (30 days, protocol.md 12); says how many."""

    @abstractmethod
    def size_of(self, sha256: str) -> int:
        """Its size in bytes. Raises BlobGone."""

    @abstractmethod
    def pieces(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, which is above it and not beyond the document. Raises BlobGone."""

    @abstractmethod
    def delete(self, sha256: str) -> None:
        """Remove the document, if it is here."""


def why_refused(upload: Upload, number: int, content: bytes, sha256: str) -> ChunkRefused | None:
    """What is wrong with one or more chunks as they came, if anything."""
    if not upload.is_stretch(number, len(content)):
        return ChunkRefused(code="chunk-not-ours")
    if hashlib.sha256(content).hexdigest() != sha256:
        return ChunkRefused(code="chunk-damaged")
    return None


def single(number: int, content: bytes) -> Iterator[tuple[int, memoryview]]:
    """The chunks in a stretch of a document that begins with chunk `number`, each with its own number."""
    whole = memoryview(content)
    return ((number + start // CHUNK, whole[start : start + CHUNK]) for start in range(0, len(whole), CHUNK))


def missing(upload: Upload, here: frozenset[int]) -> tuple[int, ...]:
    """The numbers of the chunks that are not here, in order."""
    return tuple(number for number in range(upload.chunks) if number not in here)


def is_hash(name: str) -> bool:
    """Whether this could be a document's name: 64 hex digits."""
    return _HASH.fullmatch(name) is not None


def checked_hash(sha256: str) -> str:
    """The hash itself; ValueError for anything that is not 64 hex digits, before it becomes a name in a store."""
    if not is_hash(sha256):
        raise ValueError("not a SHA-256 in hex")
    return sha256
