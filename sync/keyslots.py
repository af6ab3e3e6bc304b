"""The key file of a profile: which ways there are into the store, and its key wrapped under a passphrase.

Two copies, `keys.json` and `keys.copy.json`, are written one after the other, each whole or not at all; the one with
the higher generation whose check fits is the one that counts. Nothing in them opens the store by itself.
"""

import hashlib
import hmac
import json
import secrets
import unicodedata
from pathlib import Path

import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.disk import write_whole
from casework.store_faults import StoreFromNewerApp, fault_of_os

# promises.md 5.4: a machine without a keyring has nothing but the passphrase.
SHORTEST_PASSPHRASE = 15
KEY_SIZE = 32
_FORMAT = 1
_COPIES = ("keys.json", "keys.copy.json")
_SALT_SIZE, _NONCE_SIZE = 16, 12


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What one guess at the passphrase costs (argon2id): memory in KiB, passes, lanes."""

    memory: int
    passes: int
    lanes: int = 1


# About a second on a laptop (promises.md 5.4); the floor is for machines that cannot spare the memory.
DEFAULT_STRETCH = Stretch(memory=256 * 1024, passes=3)
SMALL_STRETCH = Stretch(memory=64 * 1024, passes=4)


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """The store key under a passphrase: AES-256-GCM under argon2id."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    stretch: Stretch


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the file; `mark` is a keyed hash by which the right store key is known."""

    generation: int
    mark: bytes
    in_keyring: bool
    slot: Slot | None = None
    format: int = _FORMAT


class WrongPassphrase(msgspec.Struct, frozen=True, kw_only=True):
    code: str = "passphrase-wrong"


class PassphraseTooShort(msgspec.Struct, frozen=True, kw_only=True):
    """`shortest` counts characters."""

    shortest: int = SHORTEST_PASSPHRASE
    code: str = "passphrase-too-short"


class NoPassphrase(msgspec.Struct, frozen=True, kw_only=True):
    """No passphrase was ever set for this profile."""

    code: str = "passphrase-not-set"


class KeyFileDamaged(msgspec.Struct, frozen=True, kw_only=True):
    """Both copies are there and neither can be read."""

    code: str = "keys-damaged"


def read_key_file(folder: Path) -> KeyFile | KeyFileDamaged | None:
    """The newer of the two copies that is whole; None for a new profile. Raises DiskFault, StoreFromNewerApp."""
    contents = [content for name in _COPIES if (content := _content_of(folder / name)) is not None]
    found = [key_file for content in contents if (key_file := _decode(content)) is not None]
    if found:
        return max(found, key=lambda key_file: key_file.generation)
    return KeyFileDamaged() if contents else None


def write_key_file(folder: Path, key_file: KeyFile) -> None:
    """Replace both copies, one after the other, so that at any moment one is whole. Raises NoRoom, DiskFault."""
    body = msgspec.json.encode(key_file)
    content = json.dumps({"keys": body.decode(), "check": hashlib.sha256(body).hexdigest()}, indent=1).encode()
    for name in _COPIES:
        write_whole(folder / name, content)


def erase_key_file(folder: Path) -> None:
    """Remove both copies. Raises DiskFault."""
    try:
        for name in _COPIES:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise fault_of_os(error) from error


def mark_of(store_key: bytes) -> bytes:
    return hashlib.blake2b(b"doorstep key file", key=store_key, digest_size=16).digest()


def fits(key_file: KeyFile, store_key: bytes) -> bool:
    """Whether this is the key that the profile's store was made with."""
    return hmac.compare_digest(key_file.mark, mark_of(store_key))


def wrap(store_key: bytes, passphrase: str, *, profile: str, stretch: Stretch) -> Slot | PassphraseTooShort:
    """Seal the store key under a passphrase. Takes about a second and, by default, 256 MiB of memory."""
    if len(_normal(passphrase)) < SHORTEST_PASSPHRASE:
        return PassphraseTooShort()
    salt, nonce = secrets.token_bytes(_SALT_SIZE), secrets.token_bytes(_NONCE_SIZE)
    try:
        wrapping = _stretched(passphrase, salt, stretch)
    except HashingError:
        # Too little memory free just now: the smaller form still costs a guesser dearly.
        stretch = SMALL_STRETCH
        wrapping = _stretched(passphrase, salt, stretch)
    sealed = AESGCM(wrapping).encrypt(nonce, store_key, profile.encode())
    return Slot(salt=salt, nonce=nonce, sealed=sealed, stretch=stretch)


def unwrap(slot: Slot, passphrase: str, *, profile: str) -> bytes | WrongPassphrase:
    """The store key, if the passphrase is right. As slow as `wrap`."""
    wrapping = _stretched(passphrase, slot.salt, slot.stretch)
    try:
        return AESGCM(wrapping).decrypt(slot.nonce, slot.sealed, profile.encode())
    except InvalidTag:
        return WrongPassphrase()


def _stretched(passphrase: str, salt: bytes, stretch: Stretch) -> bytes:
    return hash_secret_raw(
        _normal(passphrase).encode(),
        salt,
        time_cost=stretch.passes,
        memory_cost=stretch.memory,
        parallelism=stretch.lanes,
        hash_len=KEY_SIZE,
        type=Type.ID,
    )


def _normal(passphrase: str) -> str:
    """One form for the same letters, however a keyboard composes them; blanks at the ends are slips."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _content_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise fault_of_os(error) from error


def _decode(content: bytes) -> KeyFile | None:
    """What a copy says, or None when it is not whole."""
    try:
        outer = msgspec.json.decode(content, type=dict[str, str])
        body = outer["keys"].encode()
        if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), outer["check"]):
            return None
        if msgspec.json.decode(body, type=dict[str, object]).get("format") != _FORMAT:
            raise StoreFromNewerApp("the key file is of a later version")
        return msgspec.json.decode(body, type=KeyFile)
    except (msgspec.MsgspecError, KeyError, UnicodeError, TypeError):
        return None
