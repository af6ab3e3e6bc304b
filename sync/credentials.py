"""The keyring of the person's own session, and every way in which it can fail; the only importer of `keyring`.

Everything here blocks, it may be until the person has answered the system's own prompt: never call it on the thread
that draws the window. What goes wrong is answered as a value with a code.
"""

import base64
import binascii
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
from keyring import core
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoBackend
from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError
from keyring.errors import KeyringLocked as LockedError

# Keyrings that belong to the system and encrypt. Others that Python may come upon (files in plain text, "null") are
# refused: they would only look like safety (promises.md 2.7).
_OF_SYSTEM = {
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
    "darwin": ("keyring.backends.macOS.Keyring",),
    "linux": (
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
    ),
}
TRUSTED_BACKENDS = frozenset(name for names in _OF_SYSTEM.values() for name in names)
# By default Windows copies a credential to every computer that the person signs in to.
_SETTINGS = {"keyring.backends.Windows.WinVaultKeyring": {"persist": "local machine"}}
# What the systems' own libraries raise past `keyring`. They are looked up among the loaded modules, for which of
# them is installed differs from system to system.
_FOREIGN_ERRORS = (
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("dbus.exceptions", "DBusException"),
    ("gi.repository.GLib", "Error"),
    ("win32ctypes.pywin32.pywintypes", "error"),
    ("pywintypes", "error"),
)
_ITEM = "store key"

Answer = TypeVar("Answer")


class NoKeyring(msgspec.Struct, frozen=True, kw_only=True):
    """This computer, or this session on it, has no keyring."""

    code: str = "keyring-none"


class KeyringLocked(msgspec.Struct, frozen=True, kw_only=True):
    """There is one, and it was not unlocked."""

    code: str = "keyring-locked"


class PromptDismissed(msgspec.Struct, frozen=True, kw_only=True):
    """The system asked the person, and was not answered or could not show its question."""

    code: str = "keyring-prompt-dismissed"


class KeyringRefused(msgspec.Struct, frozen=True, kw_only=True):
    """It is of a kind that we do not trust, or it did not do what it was asked; `reason` is for the log."""

    reason: str
    code: str = "keyring-refused"


KeyringTrouble = NoKeyring | KeyringLocked | PromptDismissed | KeyringRefused


def find_keyring() -> KeyringBackend:
    """The one that a setting names, else the best of those we trust on this system.

    `keyring`'s own search looks through every installed package and loads what belongs to other systems too; on Linux
    it starts a compiler to look for the Mac's libraries. That made it the longest step of a start.
    """
    named = core.load_env() or core.load_config()
    if named is not None:
        return named
    kinds = [_kind(name) for name in _OF_SYSTEM.get(sys.platform, _OF_SYSTEM["linux"])]
    best = max((kind for kind in kinds if kind.viable), key=lambda kind: kind.priority, default=NoBackend)
    return best()


def _kind(name: str) -> type[KeyringBackend]:
    module, _, kind = name.rpartition(".")
    found: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    return found


class SystemKeyring:
    """The keyring of the person's own session, asked for one item at a time."""

    def __init__(self, find: Callable[[], KeyringBackend] = find_keyring) -> None:
        self._find = find

    def put(self, service: str, secret: bytes) -> KeyringTrouble | None:
        """Keep a secret and read it back; None when it is safely there."""
        text = base64.b64encode(secret).decode()
        if trouble := self._ask(lambda backend: backend.set_password(service, _ITEM, text)):
            return trouble
        back = self.get(service)
        if isinstance(back, bytes | None):
            return None if back == secret else KeyringRefused(reason="gave back something else")
        return back

    def get(self, service: str) -> bytes | KeyringTrouble | None:
        """The secret; None when the keyring works and has none."""
        answer = self._ask(lambda backend: backend.get_password(service, _ITEM))
        if not isinstance(answer, str):
            return answer
        try:
            return base64.b64decode(answer, validate=True)
        except binascii.Error:
            return None

    def forget(self, service: str) -> KeyringTrouble | None:
        """Remove the secret, if there is one; None when there is none any more."""
        return self._ask(lambda backend: _delete(backend, service))

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer | KeyringTrouble:
        try:
            found = self._find()
        except _system_errors(ImportError, AttributeError) as error:
            # A setting of the person's names a backend that is not there.
            return _trouble(error)
        backend = _trusted(found)
        if not isinstance(backend, KeyringBackend):
            return backend
        try:
            return question(backend)
        except _system_errors() as error:
            return _trouble(error)


def _trusted(backend: KeyringBackend) -> KeyringBackend | NoKeyring | KeyringRefused:
    """The backend to use: the one that was found, or the first that we trust of a chain of them."""
    if isinstance(backend, NoBackend):
        return NoKeyring()
    chain = backend.backends if isinstance(backend, ChainerBackend) else [backend]
    for link in chain:
        name = f"{type(link).__module__}.{type(link).__qualname__}"
        if name in TRUSTED_BACKENDS:
            for setting, value in _SETTINGS.get(name, {}).items():
                setattr(link, setting, value)
            return link
    return KeyringRefused(reason=f"{type(backend).__module__}.{type(backend).__qualname__}")


def _delete(backend: KeyringBackend, service: str) -> None:
    try:
        backend.delete_password(service, _ITEM)
    except PasswordDeleteError:
        # There was none.
        return


def _system_errors(*also: type[Exception]) -> tuple[type[Exception], ...]:
    """What asking a keyring may raise on this system."""
    foreign = tuple(getattr(sys.modules[module], name) for module, name in _FOREIGN_ERRORS if module in sys.modules)
    return (KeyringError, OSError, *foreign, *also)


def _trouble(error: BaseException) -> KeyringTrouble:
    names = {type(link).__name__ for link in _chain(error)}
    if isinstance(error, NoKeyringError) or "SecretServiceNotAvailableException" in names:
        return NoKeyring()
    if "PromptDismissedException" in names or "dismissed" in str(error):
        return PromptDismissed()
    if isinstance(error, LockedError) or "LockedException" in names:
        return KeyringLocked()
    return KeyringRefused(reason=type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
