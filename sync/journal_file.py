"""The journal: a second durable home, outside the database, for what was said here and is not yet answered.

    file   = "DSJ1" ‖ salt(16) ‖ check(16) ‖ frame ...
    frame  = "DSjf" ‖ length(4) ‖ seq(8) ‖ nonce(12) ‖ ciphertext(length) with its tag(16)

Numbers are big-endian. Each file has a key of its own (HKDF of the store key and the salt), and `check` tells a
wrong key from damage. Length and seq are authenticated with the body, so a frame can be neither moved nor
renumbered. The four letters before each frame let a reader find the next one behind a damaged stretch.
"""

import hmac
import os
import secrets
import struct
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.disk import flush_to_disk, take_away, write_whole
from casework.store_faults import StoreBusy, StoreDamaged, StoreFault, WrongKey, fault_of_os, our_disk

MAX_BODY = 16 * 1024 * 1024
_MAGIC, _SALT_SIZE, _CHECK_SIZE = b"DSJ1", 16, 16
_FILE_HEAD = len(_MAGIC) + _SALT_SIZE + _CHECK_SIZE
_MARK = b"DSjf"
_NUMBERS = struct.Struct(">IQ")
_NONCE_SIZE, _TAG_SIZE = 12, 16
_NUMBERS_END = len(_MARK) + _NUMBERS.size
_FRAME_HEAD = _NUMBERS_END + _NONCE_SIZE


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One appended body and its running number."""

    seq: int
    body: bytes


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the file that cannot be read although readable frames follow it; sizes in bytes."""

    offset: int
    size: int


class JournalReading(msgspec.Struct, frozen=True, kw_only=True):
    """All that could be read, in order.

    `torn` counts the bytes behind the last readable frame: what a kill in the middle of an append leaves.
    """

    frames: tuple[Frame, ...]
    damage: tuple[Damage, ...]
    torn: int


class JournalFile:
    """An append-only, encrypted file; every method may be called from any thread and may raise NoRoom or DiskFault.

    Only one process at a time may have it open (the profile's lock sees to that). Once closed, all raise StoreBusy.
    """

    def __init__(self, path: Path, store_key: bytes) -> None:
        self._path = path
        self._store_key = store_key
        self._lock = threading.Lock()
        self._last_seq = 0
        self._is_closed = False
        # Whether something was cut off on opening: what a kill left half written, or a last frame that was damaged.
        self.was_torn = False
        self._open()

    @classmethod
    def open(cls, path: Path, store_key: bytes) -> Self:
        """Open the journal, making it if missing, and cut off what a kill left half written.

        Raises StoreDamaged when the file is no journal and WrongKey when it is one under another key; either
        way not a byte of it is changed.
        """
        if not path.exists():
            write_whole(path, _file_of(store_key, ()))
        return cls(path, store_key)

    @property
    def last_seq(self) -> int:
        """The highest number that was ever appended; 0 when none was."""
        return self._last_seq

    def append(self, seq: int, body: bytes) -> None:
        """Add one frame and return when it is on the disk itself.

        `seq` must be above every earlier one, `body` at most MAX_BODY bytes. A failure leaves the file as it was.
        """
        with self._lock:
            self._at_hand()
            assert seq > self._last_seq, "the journal's numbers only go up"
            frame = _seal(self._cipher, Frame(seq=seq, body=body))
            try:
                self._file.seek(self._end)
                rest = memoryview(frame)
                while rest:
                    rest = rest[self._file.write(rest) :]
                flush_to_disk(self._file.fileno())
            except OSError as error:
                with suppress(OSError):
                    self._file.truncate(self._end)
                raise fault_of_os(error) from error
            self._end += len(frame)
            self._last_seq = seq

    def read_all(self) -> JournalReading:
        """Everything that can be read; damage is passed over and reported, never guessed at."""
        with self._lock:
            self._at_hand()
            return self._read()

    def trim(self, keep_from_seq: int) -> None:
        """Forget the frames below `keep_from_seq`; after a crash the file is the old one or the new, whole.

        The last frame stays even when it is below, though without its body, so that `last_seq` never falls: by that
        mark a database put back from an old copy is found out (promises.md 4.3). A file with damage stays as it is:
        the next start writes down anew what stood there (sync/second_home.py), and forgets nothing before.
        """
        with self._lock:
            self._at_hand()
            reading = self._read()
            frames = reading.frames
            kept = tuple(frame for frame in frames if frame.seq >= keep_from_seq)
            if frames and not kept:
                kept = (Frame(seq=frames[-1].seq, body=b""),)
            if kept == frames or reading.damage:
                return
            # Closed first: Windows will not replace a file that is open.
            self._file.close()
            try:
                write_whole(self._path, _file_of(self._store_key, kept))
            finally:
                self._open()

    def renew(self, frames: Sequence[Frame]) -> None:
        """Puts these in the place of all that is in it; what it was stays beside it, to the byte, as `.damaged-*`.

        After a crash, or where there is no room, the file is the old one or the new, whole.
        """
        with self._lock:
            self._at_hand()
            aside = self._path.with_name(f"{self._path.name}.damaged-{secrets.token_hex(4)}")
            with our_disk():
                was = self._path.read_bytes()
            write_whole(aside, was)
            self._file.close()
            try:
                write_whole(self._path, _file_of(self._store_key, tuple(frames)))
            except StoreFault:
                take_away(aside)
                raise
            finally:
                self._open()

    def close(self) -> None:
        """Lets go of the file for good."""
        with self._lock:
            self._is_closed = True
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _at_hand(self) -> None:
        """Opens the file again where that failed behind a trim, as it does while a virus scan has the new one."""
        if self._is_closed:
            raise StoreBusy("closed")
        if self._file.closed:
            self._open()

    def _open(self) -> None:
        with our_disk(), ExitStack() as undo:
            self._file = undo.enter_context(self._path.open("r+b", buffering=0))
            self._cipher = _cipher_of(self._store_key, self._file.read(_FILE_HEAD))
            reading = self._read()
            self._end = self._file.seek(0, os.SEEK_END) - reading.torn
            self._last_seq = max((frame.seq for frame in reading.frames), default=0)
            self.was_torn = reading.torn > 0
            if reading.torn:
                # Now, for behind a new frame the torn bytes would look like damage.
                self._file.truncate(self._end)
                flush_to_disk(self._file.fileno())
            undo.pop_all()

    def _read(self) -> JournalReading:
        with our_disk():
            self._file.seek(_FILE_HEAD)
            return _frames_in(self._file.read(), self._cipher)


def is_under(path: Path, store_key: bytes) -> bool:
    """Whether the file is a journal under this key; nothing in it is changed."""
    try:
        with our_disk(), path.open("rb") as file:
            _cipher_of(store_key, file.read(_FILE_HEAD))
    except StoreFault:
        return False
    return True


def _frames_in(content: bytes, cipher: AESGCM) -> JournalReading:
    frames: list[Frame] = []
    damage: list[Damage] = []
    position = 0
    while position < len(content):
        frame = _frame_at(content, position, cipher)
        if frame is None:
            found = _next_frame(content, position + 1, cipher)
            if found is None:
                break
            damage.append(Damage(offset=_FILE_HEAD + position, size=found - position))
            position = found
            continue
        frames.append(frame)
        position += _size_of(frame)
    return JournalReading(frames=tuple(frames), damage=tuple(damage), torn=len(content) - position)


def _next_frame(content: bytes, start: int, cipher: AESGCM) -> int | None:
    position = content.find(_MARK, start)
    while position >= 0:
        if _frame_at(content, position, cipher) is not None:
            return position
        position = content.find(_MARK, position + 1)
    return None


def _frame_at(content: bytes, position: int, cipher: AESGCM) -> Frame | None:
    """The frame that begins exactly there, or None when there is none or it is not whole."""
    head = content[position : position + _FRAME_HEAD]
    if len(head) < _FRAME_HEAD or not head.startswith(_MARK):
        return None
    numbers = head[len(_MARK) : _NUMBERS_END]
    length, seq = _NUMBERS.unpack(numbers)
    start = position + _FRAME_HEAD
    if length > MAX_BODY or start + length + _TAG_SIZE > len(content):
        return None
    try:
        body = cipher.decrypt(head[_NUMBERS_END:], content[start : start + length + _TAG_SIZE], numbers)
    except InvalidTag:
        return None
    return Frame(seq=seq, body=body)


def _seal(cipher: AESGCM, frame: Frame) -> bytes:
    assert len(frame.body) <= MAX_BODY
    numbers = _NUMBERS.pack(len(frame.body), frame.seq)
    # A random nonce, not a counted one: a file put back from a copy would count the same numbers again.
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return _MARK + numbers + nonce + cipher.encrypt(nonce, frame.body, numbers)


def _size_of(frame: Frame) -> int:
    return _FRAME_HEAD + len(frame.body) + _TAG_SIZE


def _file_of(store_key: bytes, frames: tuple[Frame, ...]) -> bytes:
    """A whole new file, under a new salt and so a new key."""
    salt = secrets.token_bytes(_SALT_SIZE)
    key, check = _derive(store_key, salt)
    cipher = AESGCM(key)
    return _MAGIC + salt + check + b"".join(_seal(cipher, frame) for frame in frames)


def _cipher_of(store_key: bytes, head: bytes) -> AESGCM:
    if len(head) < _FILE_HEAD or not head.startswith(_MAGIC):
        raise StoreDamaged("this file is no journal")
    salt, check = head[len(_MAGIC) : -_CHECK_SIZE], head[-_CHECK_SIZE:]
    key, expected = _derive(store_key, salt)
    if not hmac.compare_digest(check, expected):
        raise WrongKey("the journal is under another key")
    return AESGCM(key)


def _derive(store_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    derived = HKDF(SHA256(), 32 + _CHECK_SIZE, salt, b"doorstep journal 1").derive(store_key)
    return derived[:32], derived[32:]
