"""Files of any length, encrypted in chunks, of which any part can be read and no part can be altered unnoticed.

    file  = "DSS1" ‖ prefix(7) ‖ chunk ...
    chunk = AES-256-GCM of up to 64 KiB of the content, with its tag(16)
    nonce = prefix(7) ‖ number of the chunk(4, big-endian) ‖ 1 for the last chunk, else 0

This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): a chunk that is missing, moved or
repeated, or a file cut short, does not open. Every file has a random key of its own, used for nothing else.
"""

import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 * 1024
KEY_SIZE = 32
_MAGIC, _PREFIX_SIZE, _TAG_SIZE = b"DSS1", 7, 16
_HEAD = len(_MAGIC) + _PREFIX_SIZE
_SEALED_CHUNK = CHUNK + _TAG_SIZE


class SealBroken(Exception):
    """The file is not, to the bit, what was once sealed under this key."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


class SealedWriter:
    """Seals what it is given into an open, empty file. Raises OSError."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._prefix = secrets.token_bytes(_PREFIX_SIZE)
        self._held = b""
        self._number = 0
        file.write(_MAGIC + self._prefix)

    def write(self, content: bytes) -> None:
        """Add content; up to 64 KiB of it is held back until it is known whether it is the last."""
        held = self._held + content if self._held else content
        start = 0
        while len(held) - start > CHUNK:
            self._seal(held[start : start + CHUNK], is_last=False)
            start += CHUNK
        self._held = held[start:]

    def finish(self) -> None:
        """Seal the end. A file without it does not open."""
        self._seal(self._held, is_last=True)
        self._held = b""

    def _seal(self, content: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, content, None))
        self._number += 1


class SealedReader:
    """Reads a finished sealed file, in whole or in part. Raises SealBroken, OSError."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._prefix = _prefix_of(file)
        file.seek(0, 2)
        body = file.tell() - _HEAD
        self._chunks = -(-body // _SEALED_CHUNK)
        self.size = body - self._chunks * _TAG_SIZE
        if self._chunks == 0 or self.size < 0:
            raise SealBroken("the file is cut short")

    def read(self) -> Iterator[bytes]:
        """The content in pieces of 64 KiB, each given out only once it is proved."""
        return (self._open(number) for number in range(self._chunks))

    def read_range(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end of the content."""
        end = min(start + length, self.size)
        if end <= start:
            return b""
        first = start // CHUNK
        found = b"".join(self._open(number) for number in range(first, (end - 1) // CHUNK + 1))
        return found[start - first * CHUNK : end - first * CHUNK]

    def _open(self, number: int) -> bytes:
        self._file.seek(_HEAD + number * _SEALED_CHUNK)
        sealed = self._file.read(_SEALED_CHUNK)
        return _unseal(self._cipher, _nonce(self._prefix, number, is_last=number == self._chunks - 1), sealed)


class SealedPart:
    """A sealed file that is still being filled, over days and restarts, up to a size known from the start.

    Only whole chunks go to the file, so whatever is in there can be told good from bad at the next start; of
    what was appended before a stop at most 64 KiB is asked for again. `size` is above 0. Raises OSError.
    """

    def __init__(self, file: BinaryIO, key: bytes, size: int) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._size = size
        self._held = b""
        self._number = 0
        self._end = _HEAD
        try:
            self._prefix = _prefix_of(file)
        except SealBroken:
            self._prefix = secrets.token_bytes(_PREFIX_SIZE)
            file.seek(0)
            file.write(_MAGIC + self._prefix)
        else:
            self._keep_what_is_good()
        file.seek(self._end)
        file.truncate()

    @property
    def offset(self) -> int:
        """How many bytes of the content are here: the next ones wanted begin at this offset."""
        return min(self._number * CHUNK + len(self._held), self._size)

    def append(self, content: bytes) -> None:
        """Add the bytes that follow; ValueError for more than the size that was agreed."""
        if self.offset + len(content) > self._size:
            raise ValueError("more bytes than the document has")
        held = self._held + content
        start = 0
        while self._is_whole(len(held) - start):
            chunk = held[start : start + CHUNK]
            is_last = self._number * CHUNK + len(chunk) == self._size
            nonce = _nonce(self._prefix, self._number, is_last=is_last)
            self._end += self._file.write(self._cipher.encrypt(nonce, chunk, None))
            self._number += 1
            start += len(chunk)
        self._held = held[start:]
        self._file.flush()

    def _is_whole(self, held: int) -> bool:
        left = self._size - self._number * CHUNK
        return left > 0 and held >= min(CHUNK, left)

    def _keep_what_is_good(self) -> None:
        self._file.seek(_HEAD)
        while self._number * CHUNK < self._size:
            left = self._size - self._number * CHUNK
            sealed = self._file.read(min(CHUNK, left) + _TAG_SIZE)
            try:
                _unseal(self._cipher, _nonce(self._prefix, self._number, is_last=left <= CHUNK), sealed)
            except SealBroken:
                return
            self._number += 1
            self._end += len(sealed)


def sealed_size(size: int) -> int:
    """How many bytes on the disk a content of `size` bytes takes."""
    return _HEAD + size + max(1, -(-size // CHUNK)) * _TAG_SIZE


def _prefix_of(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD)
    if len(head) < _HEAD or not head.startswith(_MAGIC):
        raise SealBroken("this is no sealed file")
    return head[len(_MAGIC) :]


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _unseal(cipher: AESGCM, nonce: bytes, sealed: bytes) -> bytes:
    if len(sealed) < _TAG_SIZE:
        raise SealBroken("the file is cut short")
    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise SealBroken("the file is not as it was sealed") from error
