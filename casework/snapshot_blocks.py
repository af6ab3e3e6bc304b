"""The blocks of a snapshot on their way: packed each by itself, and opened only once they are proved."""

import hashlib
from collections.abc import Iterable, Iterator

from backports import zstd

from casework.packing import NotPacked, TooMuch, unpacked
from casework.page_cipher import PAGE
from casework.snapshot import BLOCK, Block
from casework.wire import Malformed

# packed once and fetched often: a little smaller than at the lowest level, and opened no slower
_LEVEL = 9


def packed(block: bytes) -> bytes:
    """One block as it travels."""
    return zstd.compress(block, _LEVEL)


def opened(pieces: Iterable[bytes], blocks: Iterable[Block]) -> Iterator[bytes]:
    """Each block's pages, out of its bytes as they come in. Raises Malformed, having opened nothing unproved."""
    come, waiting = iter(pieces), bytearray()
    for told in blocks:
        while len(waiting) < told.size:
            piece = next(come, b"")
            if not piece:
                raise Malformed("a snapshot that is cut short")
            waiting += piece
        yield _opened(bytes(waiting[: told.size]), told)
        del waiting[: told.size]


def _opened(block: bytes, told: Block) -> bytes:
    if hashlib.sha256(block).hexdigest() != told.sha256:
        raise Malformed("a block that is not what was promised")
    try:
        pages = unpacked(block, "zstd", BLOCK)
    except (NotPacked, TooMuch) as error:
        raise Malformed("a block that cannot be unpacked") from error
    if len(pages) % PAGE:
        raise Malformed("a block of another size")
    return pages
