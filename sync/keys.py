"""A profile's key: made once, then opened at every start from the keyring or from under a passphrase.

Nothing is ever kept in plain text instead. The keyring's troubles are the values of sync/credentials.py.
"""

import secrets
from pathlib import Path

import msgspec

from sync.credentials import KeyringTrouble, SystemKeyring
from sync.keyslots import (
    DEFAULT_STRETCH,
    KEY_SIZE,
    KeyFile,
    KeyFileDamaged,
    NoPassphrase,
    PassphraseTooShort,
    Slot,
    Stretch,
    WrongPassphrase,
    erase_key_file,
    fits,
    mark_of,
    read_key_file,
    unwrap,
    wrap,
    write_key_file,
)
from sync.secret_file import SecretFile


class KeyMissing(msgspec.Struct, frozen=True, kw_only=True):
    """The keyring works, and this profile's key is not, or no longer, in it."""

    code: str = "key-missing"


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """The ways there are into this profile's store; neither for a new profile."""

    keyring: bool
    passphrase: bool


class Keys:
    """A profile's key: made once, then opened at every start by one of its `ways`.

    Every method blocks: for the system's prompt, or for the second that stretching a passphrase takes. The key
    is 32 random bytes. All raise NoRoom and DiskFault for the profile's folder, and StoreFromNewerApp.
    """

    def __init__(
        self,
        folder: Path,
        *,
        profile: str,
        system: SystemKeyring | None = None,
        stretch: Stretch = DEFAULT_STRETCH,
    ) -> None:
        self._folder = folder
        self._profile = profile
        self._service = f"Doorstep {profile}"
        self._system = system or SystemKeyring()
        self._stretch = stretch
        self._key: bytes | None = None

    def ways(self) -> Ways | KeyFileDamaged:
        """What to offer before anything is opened. The keyring itself is not asked."""
        found = read_key_file(self._folder)
        if isinstance(found, KeyFileDamaged):
            return found
        return Ways(
            keyring=found is not None and found.in_keyring,
            passphrase=found is not None and found.slot is not None,
        )

    def make_in_keyring(self) -> bytes | KeyringTrouble:
        """Make a new profile's key and keep it in the keyring."""
        key = self._new_key()
        return self._system.put(self._service, key) or self._save(key, in_keyring=True)

    def make_with_passphrase(self, passphrase: str) -> bytes | PassphraseTooShort:
        """Make a new profile's key where there is no keyring: only the passphrase will open it."""
        return self._wrap(self._new_key(), passphrase)

    def open_from_keyring(self) -> bytes | KeyringTrouble | KeyMissing:
        """The key out of the keyring, proved to be this profile's. Mends a damaged key file."""
        key = self._system.get(self._service)
        if not isinstance(key, bytes | None):
            return key
        found = read_key_file(self._folder)
        if key is None or len(key) != KEY_SIZE or found is None:
            return KeyMissing()
        if isinstance(found, KeyFileDamaged):
            return self._save(key, in_keyring=True)
        if not fits(found, key):
            return KeyMissing()
        self._key = key
        return key

    def open_with_passphrase(self, passphrase: str) -> bytes | WrongPassphrase | NoPassphrase | KeyFileDamaged:
        """The key from under the passphrase."""
        found = read_key_file(self._folder)
        if isinstance(found, KeyFileDamaged):
            return found
        if found is None or found.slot is None:
            return NoPassphrase()
        key = unwrap(found.slot, passphrase, profile=self._profile)
        if isinstance(key, bytes):
            self._key = key
        return key

    def set_passphrase(self, passphrase: str) -> PassphraseTooShort | None:
        """Give the opened profile a passphrase, the first or another; None when it is set."""
        answer = self._wrap(self._opened(), passphrase)
        return answer if isinstance(answer, PassphraseTooShort) else None

    def change_passphrase(
        self, old: str, new: str
    ) -> WrongPassphrase | NoPassphrase | KeyFileDamaged | PassphraseTooShort | None:
        """Another passphrase for who knows the old one; None when it is changed."""
        opened = self.open_with_passphrase(old)
        return self.set_passphrase(new) if isinstance(opened, bytes) else opened

    def put_in_keyring(self) -> KeyringTrouble | None:
        """Keep the opened profile's key in the keyring (again): after it was lost there, or when there is one now."""
        key = self._opened()
        trouble = self._system.put(self._service, key)
        if trouble is None:
            self._save(key, in_keyring=True)
        return trouble

    def remember(self, name: str, secret: bytes) -> None:
        """Keep a small secret, such as the device's, for the opened profile; it is of no use in another."""
        SecretFile(self._secrets, self._opened()).remember(name, secret)

    def recall(self, name: str) -> bytes | None:
        """A secret kept by `remember`; None when there is none."""
        return SecretFile(self._secrets, self._opened()).recall(name)

    def erase(self) -> KeyringTrouble | None:
        """Destroy the key in all its places: what it encrypts is lost for good. None when all are gone."""
        erase_key_file(self._folder)
        SecretFile.erase(self._secrets)
        self._key = None
        return self._system.forget(self._service)

    @property
    def _secrets(self) -> Path:
        return self._folder / "secrets.json"

    def _new_key(self) -> bytes:
        assert read_key_file(self._folder) is None, "this profile has a key already"
        return secrets.token_bytes(KEY_SIZE)

    def _opened(self) -> bytes:
        assert self._key is not None, "the profile has not been opened"
        return self._key

    def _wrap(self, key: bytes, passphrase: str) -> bytes | PassphraseTooShort:
        slot = wrap(key, passphrase, profile=self._profile, stretch=self._stretch)
        return slot if isinstance(slot, PassphraseTooShort) else self._save(key, slot=slot)

    def _save(self, key: bytes, *, in_keyring: bool | None = None, slot: Slot | None = None) -> bytes:
        """Write the key file anew with one way more; the other stays as it was."""
        old = read_key_file(self._folder)
        if not isinstance(old, KeyFile):
            old = KeyFile(generation=0, mark=mark_of(key), in_keyring=False)
        new = KeyFile(
            generation=old.generation + 1,
            mark=old.mark,
            in_keyring=old.in_keyring if in_keyring is None else in_keyring,
            slot=slot or old.slot,
        )
        write_key_file(self._folder, new)
        self._key = key
        return key
