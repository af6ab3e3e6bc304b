"""Small secrets of a profile (such as the device's), each sealed under a key that only the store key gives."""

import secrets
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.disk import write_whole
from casework.store_faults import fault_of_os

_NONCE_SIZE = 12


class SecretFile:
    """A file beside the database, so that what names this device is not part of the data.

    A database put back from an old copy then still meets the device it belongs to. Raises NoRoom, DiskFault.
    """

    def __init__(self, path: Path, store_key: bytes) -> None:
        self._path = path
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"doorstep secrets 1").derive(store_key))

    def remember(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name, in place of what was under it."""
        sealed = self._all()
        nonce = secrets.token_bytes(_NONCE_SIZE)
        sealed[name] = nonce + self._cipher.encrypt(nonce, secret, name.encode())
        write_whole(self._path, msgspec.json.encode(sealed))

    def recall(self, name: str) -> bytes | None:
        """The secret; None when it was never kept, or cannot be read with this key."""
        sealed = self._all().get(name)
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], name.encode())
        except (InvalidTag, ValueError):
            return None

    @staticmethod
    def erase(path: Path) -> None:
        """Remove the file with all that is in it. Raises DiskFault."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise fault_of_os(error) from error

    def _all(self) -> dict[str, bytes]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, bytes])
        except FileNotFoundError:
            return {}
        except msgspec.MsgspecError:
            return {}
        except OSError as error:
            raise fault_of_os(error) from error
