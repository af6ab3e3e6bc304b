"""A rescue copy: one encrypted, authenticated file with all unsent work of a laptop, which an admin can hand in (X8).

    file = "DOORSTEP-RESCUE-1\\n" ‖ length of the head(4, big-endian) ‖ head ‖ body, sealed as in casework/sealed.py
    body = length of the words(8, big-endian) ‖ words ‖ bytes of the first document ‖ bytes of the second ...

The key comes by HKDF-SHA256 from a secret, with the hash of the head as its salt, so that no byte of the head can be
altered. The secret is X25519 between a key made for this file and the organisation's, or a passphrase under argon2id.
The words (JSON, Manifest) are signed with what only the laptop's session and the server know: HMAC-SHA256.
"""

import base64
import hashlib
import hmac
import os
import secrets
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, cast

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.sealed import SealBroken, SealedReader, SealedWriter

MAGIC = b"DOORSTEP-RESCUE-1\n"
SHORTEST_PASSPHRASE = 15
# argon2id for a file that may be tried at leisure; in KiB and passes
MEMORY, PASSES = 64 * 1024, 4
# what a stranger's file may ask of us
_MOST_MEMORY, _MOST_PASSES = 256 * 1024, 10
_LONGEST_HEAD, _LONGEST_WORDS = 4_096, 512 * 1024 * 1024
_HEAD, _WORDS = struct.Struct(">I"), struct.Struct(">Q")


class NotOne(Exception):
    """No rescue copy at all, one that is damaged or cut short, or one that this key does not open.

    `code` says which: `rescue-not-one`, `rescue-broken`, `rescue-not-for-us`, `rescue-needs-passphrase`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be read without a key: how the key is found. `recipient` names the organisation's key by its hash."""

    recipient: str = ""
    ephemeral: bytes = b""
    salt: bytes = b""
    memory: int = 0
    passes: int = 0


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A document in the file: its bytes follow the words, in this order."""

    sha256: str
    size: int
    cases: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The words: whose work it is, from which laptop and history, and the commands just as they wait in its outbox."""

    epoch: str
    person_id: str
    device: str
    app: str
    made_at: datetime
    commands: tuple[msgspec.Raw, ...]
    papers: tuple[Enclosed, ...] = ()
    mark: str = ""


class OpenedCopy(msgspec.Struct, frozen=True):
    """A copy that this key opens. `papers` gives each document with its pieces, once, in order; may raise NotOne."""

    manifest: Manifest
    rest: Iterator[bytes]
    held: bytes

    def papers(self) -> Iterator[tuple[Enclosed, Iterator[bytes]]]:
        """Each document's pieces must be read to their end before the next is asked for."""
        stream = _Stream(self.rest, self.held)
        for paper in self.manifest.papers:
            yield paper, stream.pieces(paper.size)


def new_key() -> bytes:
    """A private key for an organisation, 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """The public one that goes with it."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def signed(manifest: Manifest, session_hash: str) -> Manifest:
    """The words with the mark of the laptop's own session, whose hash the server keeps too."""
    return msgspec.structs.replace(manifest, mark=_mark(manifest, session_hash))


def is_signed(manifest: Manifest, session_hash: str) -> bool:
    """Whether they come from the laptop with that session, word for word."""
    # as bytes: a stranger's mark may be any text
    return bool(session_hash) and hmac.compare_digest(manifest.mark.encode(), _mark(manifest, session_hash).encode())


def write_copy(
    file: BinaryIO,
    manifest: Manifest,
    pieces: Iterable[bytes],
    *,
    key: bytes = b"",
    passphrase: str = "",
) -> None:
    """Writes the file for the holder of the private key to `key`, or of the passphrase. Raises OSError.

    `pieces` are the bytes of all documents of the manifest, one after the other.
    """
    if key:
        ours = X25519PrivateKey.generate()
        secret = ours.exchange(X25519PublicKey.from_public_bytes(key))
        head = Head(recipient=_name(key), ephemeral=ours.public_key().public_bytes_raw())
    else:
        head = Head(salt=secrets.token_bytes(16), memory=MEMORY, passes=PASSES)
        secret = _stretched(passphrase, head)
    written = msgspec.json.encode(head)
    file.write(MAGIC + _HEAD.pack(len(written)) + written)
    body = SealedWriter(file, _key(secret, written))
    words = msgspec.json.encode(manifest)
    body.write(_WORDS.pack(len(words)) + words)
    for piece in pieces:
        body.write(piece)
    body.finish()


def open_copy(file: BinaryIO, *, private: bytes = b"", passphrase: str = "") -> OpenedCopy:
    """Opens a copy with the organisation's private key, or the passphrase for one that needs it. Raises NotOne."""
    head, written = read_head(file)
    start = file.tell()
    if head.salt:
        if not passphrase:
            raise NotOne(code="rescue-needs-passphrase")
        secret = _stretched(passphrase, head)
    elif not private or head.recipient != _name(public_key(private)):
        raise NotOne(code="rescue-not-for-us")
    else:
        secret = _exchanged(private, head)
    try:
        # the sealing counts from the start of what it is given
        pieces = SealedReader(cast(BinaryIO, _Behind(file, start)), _key(secret, written)).read()
        stream = _Stream(_whole(pieces), b"")
        length = _WORDS.unpack(stream.take(_WORDS.size))[0]
        if length > _LONGEST_WORDS:
            raise NotOne(code="rescue-broken")
        manifest = msgspec.json.decode(stream.take(length), type=Manifest)
    except (SealBroken, msgspec.MsgspecError) as error:
        raise NotOne(code="rescue-broken") from error
    return OpenedCopy(manifest, stream.rest, stream.held)


def read_head(file: BinaryIO) -> tuple[Head, bytes]:
    """The head of a copy and its bytes; needs no key. Raises NotOne."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotOne(code="rescue-not-one")
    length = file.read(_HEAD.size)
    if len(length) < _HEAD.size or _HEAD.unpack(length)[0] > _LONGEST_HEAD:
        raise NotOne(code="rescue-broken")
    written = file.read(_HEAD.unpack(length)[0])
    try:
        return msgspec.json.decode(written, type=Head), written
    except msgspec.MsgspecError as error:
        raise NotOne(code="rescue-broken") from error


def _whole(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except SealBroken as error:
        raise NotOne(code="rescue-broken") from error


def _exchanged(private: bytes, head: Head) -> bytes:
    try:
        theirs = X25519PublicKey.from_public_bytes(head.ephemeral)
        return X25519PrivateKey.from_private_bytes(private).exchange(theirs)
    except ValueError as error:
        raise NotOne(code="rescue-broken") from error


def _stretched(passphrase: str, head: Head) -> bytes:
    if not (8 <= head.memory <= _MOST_MEMORY and 1 <= head.passes <= _MOST_PASSES and len(head.salt) >= 8):
        raise NotOne(code="rescue-broken")
    return hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode(),
        head.salt,
        time_cost=head.passes,
        memory_cost=head.memory,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def _key(secret: bytes, head: bytes) -> bytes:
    salt = hashlib.sha256(head).digest()
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"doorstep rescue copy 1").derive(secret)


def _name(public: bytes) -> str:
    return hashlib.blake2b(public, digest_size=8).hexdigest()


def _mark(manifest: Manifest, session_hash: str) -> str:
    words = msgspec.json.encode(msgspec.structs.replace(manifest, mark=""))
    made = hmac.digest(b"doorstep rescue copy 1/" + session_hash.encode(), words, "sha256")
    return base64.b64encode(made).decode()


class _Behind:
    """The part of a file that lies behind its head, as a file of its own: all that reading a sealed one takes."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._start = start

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset + (self._start if whence == os.SEEK_SET else 0), whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start


class _Stream:
    """Pieces of any length, taken by the byte."""

    def __init__(self, rest: Iterator[bytes], held: bytes) -> None:
        self.rest = rest
        self.held = held

    def take(self, size: int) -> bytes:
        parts = list(self.pieces(size))
        return b"".join(parts)

    def pieces(self, size: int) -> Iterator[bytes]:
        """So many bytes, in pieces. Raises NotOne where there are fewer."""
        while size:
            piece = self.held or next(self.rest, b"")
            if not piece:
                raise NotOne(code="rescue-broken")
            given, self.held = piece[:size], piece[size:]
            size -= len(given)
            yield given
