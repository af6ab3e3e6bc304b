"""Several small documents in one request or answer: a head of words, then their bytes one after the other.

    bundle = length of the head(4, big-endian) ‖ head ‖ bytes of the first document ‖ bytes of the second ...

One request for each document of 50 kB costs many times what its bytes cost (performance.md G16).
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from casework.wire import Malformed, Message, Reply, decode, encode

# Larger documents go by themselves: in chunks, or whole up to MOST_BYTES where the line is quick.
SMALL = 64 * 1024
# Bytes of documents in one bundle, and documents.
MOST_BYTES = 4 * 1024 * 1024
MOST_DOCUMENTS = 500
# What a bundle had best have where a line is no quicker than it must be, and for each time that it is.
BYTES_AT_FIRST = MOST_BYTES // 8
# Chunks of a large one that one request may carry.
TOGETHER = 4
_LENGTH = struct.Struct(">I")

T = TypeVar("T", bound=Message)


class Small(msgspec.Struct, frozen=True, array_like=True):
    """A document by its hash, its size in bytes, and a case that it is on."""

    sha256: str
    size: int
    case_id: str


class Bundle(Message, frozen=True, kw_only=True):
    """The head of a request: documents that are sent with it, or asked for."""

    documents: tuple[Small, ...]


class BundleTaken(Reply, frozen=True, kw_only=True):
    """What became of each document that was sent, in order: "" for stored and verified, else the code of why not."""

    codes: tuple[str, ...]


class BundleGiven(Reply, frozen=True, kw_only=True):
    """The head of an answer: the size of each document that was asked for, in order; 0 where there is none to give."""

    sizes: tuple[int, ...]


def packed(head: Message, contents: Iterable[bytes]) -> bytes:
    """The bytes of a bundle."""
    words = encode(head)
    return b"".join((_LENGTH.pack(len(words)), words, *contents))


def unpacked(body: bytes, kind: type[T]) -> tuple[T, memoryview]:
    """The head of a bundle, and the bytes behind it. Raises Malformed."""
    if len(body) < _LENGTH.size:
        raise Malformed("no bundle")
    start = _LENGTH.size + int(_LENGTH.unpack_from(body)[0])
    if len(body) < start:
        raise Malformed("a bundle cut short in its head")
    return decode(body[_LENGTH.size : start], kind), memoryview(body)[start:]


def divided(content: memoryview, sizes: Sequence[int]) -> list[bytes]:
    """The bytes behind a head, one piece a size. Raises Malformed unless they are exactly as many."""
    if any(size < 0 for size in sizes) or sum(sizes) != len(content):
        raise Malformed("other bytes than the head of the bundle says")
    pieces, start = [], 0
    for size in sizes:
        pieces.append(bytes(content[start : start + size]))
        start += size
    return pieces


def bundles(documents: Iterable[Small], room: Callable[[], int] = lambda: MOST_BYTES) -> Iterator[list[Small]]:
    """Documents in as many bundles as they take, in their order; `room` says anew how many bytes the next may have."""
    made: list[Small] = []
    left = 0
    for document in documents:
        if made and (document.size > left or len(made) == MOST_DOCUMENTS):
            yield made
            made = []
        if not made:
            left = min(room(), MOST_BYTES)
        made.append(document)
        left -= document.size
    if made:
        yield made
