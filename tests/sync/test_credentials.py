"""A profile's key comes out of a real keyring, and every way in which a keyring fails has a value of its own."""

from importlib import import_module
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoBackend
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import InitError, NoKeyringError, PasswordDeleteError, PasswordSetError
from keyring.errors import KeyringLocked as LockedError

from sync.credentials import KeyringLocked, KeyringRefused, KeyringTrouble, NoKeyring, PromptDismissed, SystemKeyring
from tests.kit_keyring import run_in_session

WORK = "tests.sync.keyring_work"
PASSWORD = "the person's own password"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "profile").mkdir()
    return tmp_path


def test_that_the_key_survives_in_a_real_keyring_until_it_is_erased(home: Path) -> None:
    profile = str(home / "profile")
    made = run_in_session(home, WORK, "make", profile, unlocked_by=PASSWORD)
    assert made.startswith("key ")
    assert run_in_session(home, WORK, "open", profile, unlocked_by=PASSWORD) == made
    assert run_in_session(home, WORK, "erase", profile, unlocked_by=PASSWORD) == "None"
    assert run_in_session(home, WORK, "open", profile, unlocked_by=PASSWORD) == "key-missing"


def test_that_a_locked_keyring_is_told(home: Path) -> None:
    profile = str(home / "profile")
    run_in_session(home, WORK, "make", profile, unlocked_by=PASSWORD)
    # nobody is there to answer the system's prompt, and no display to show it on
    assert run_in_session(home, WORK, "open", profile, unlocked_by="another password") == "keyring-locked"
    assert run_in_session(home, WORK, "open", profile, unlocked_by=PASSWORD).startswith("key ")


def test_that_a_dismissed_prompt_is_told_and_leaves_no_half_made_key(home: Path) -> None:
    profile = str(home / "profile")
    assert run_in_session(home, WORK, "make", profile, unlocked_by=None) == "keyring-prompt-dismissed"
    assert list((home / "profile").iterdir()) == []


def test_that_without_a_session_bus_a_passphrase_is_the_way_in(home: Path) -> None:
    profile = str(home / "profile")
    assert run_in_session(home, WORK, "make", profile, unlocked_by=None, has_bus=False) == "keyring-none"
    made = run_in_session(home, WORK, "make with a passphrase", profile, unlocked_by=None, has_bus=False)
    assert made.startswith("key ")
    assert run_in_session(home, WORK, "open with it", profile, unlocked_by=None, has_bus=False) == made


class Backend(KeyringBackend):
    """A keyring that keeps its items in memory, or raises what it is told to."""

    priority = 0.1

    def __init__(self, raises: Exception | None = None, forgets: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.items: dict[tuple[str, str], str] = {}
        self.raises = raises
        self.forgets = forgets

    def get_password(self, service: str, username: str) -> str | None:
        if self.raises:
            raise self.raises
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.raises:
            raise self.raises
        if not self.forgets:
            self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.raises:
            raise self.raises
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError


class Trusted(Backend):
    """The same under the name of a keyring that we trust."""

    persist = "enterprise"


Trusted.__module__, Trusted.__qualname__ = "keyring.backends.Windows", "WinVaultKeyring"


class Chain(ChainerBackend):
    """Several keyrings, as Python makes a chain of what it finds."""

    backends: list[KeyringBackend] = []


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (NoKeyringError("none"), NoKeyring()),
        (LockedError("Failed to unlock the collection!"), KeyringLocked()),
        (InitError("Failed to create the collection: Prompt dismissed.."), PromptDismissed()),
        (PasswordSetError("quota"), KeyringRefused(reason="PasswordSetError")),
        (ConnectionRefusedError(), KeyringRefused(reason="ConnectionRefusedError")),
    ],
)
def test_that_every_failure_has_its_value(raised: Exception, expected: KeyringTrouble) -> None:
    system = SystemKeyring(lambda: Trusted(raises=raised))
    assert system.get("profile") == expected
    assert system.put("profile", b"key") == expected
    assert system.forget("profile") == expected


def test_that_a_service_that_is_gone_past_the_library_is_told() -> None:
    error = _as_the_system_raises("secretstorage.exceptions", "SecretServiceNotAvailableException")
    assert SystemKeyring(lambda: Trusted(raises=error)).get("profile") == NoKeyring()
    error = _as_the_system_raises("secretstorage.exceptions", "PromptDismissedException")
    assert SystemKeyring(lambda: Trusted(raises=error)).put("profile", b"key") == PromptDismissed()
    error = _as_the_system_raises("secretstorage.exceptions", "LockedException")
    assert SystemKeyring(lambda: Trusted(raises=error)).put("profile", b"key") == KeyringLocked()


def _as_the_system_raises(module: str, name: str) -> Exception:
    found = import_module(module)
    error = getattr(found, name)("gone")
    assert isinstance(error, Exception)
    return error


def test_that_a_bug_of_ours_is_not_taken_for_a_keyring_that_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        SystemKeyring(lambda: Trusted(raises=ZeroDivisionError())).get("profile")


@pytest.mark.parametrize("backend", [NullKeyring(), Backend()])  # type: ignore[no-untyped-call]
def test_that_a_keyring_we_do_not_trust_is_refused_by_name(backend: KeyringBackend) -> None:
    answer = SystemKeyring(lambda: backend).put("profile", b"key")
    assert answer == KeyringRefused(reason=f"{type(backend).__module__}.{type(backend).__qualname__}")


def test_that_no_keyring_at_all_is_told() -> None:
    assert SystemKeyring(NoBackend).get("profile") == NoKeyring()


def test_that_a_setting_that_names_a_keyring_that_is_not_there_is_told() -> None:
    def find() -> KeyringBackend:
        raise ModuleNotFoundError("keyrings.nowhere")

    assert SystemKeyring(find).get("profile") == KeyringRefused(reason="ModuleNotFoundError")


def test_that_of_several_keyrings_only_the_trusted_one_ever_sees_the_key() -> None:
    plain, trusted = Backend(), Trusted()
    chain = Chain()  # type: ignore[no-untyped-call]
    Chain.backends = [plain, trusted]
    system = SystemKeyring(lambda: chain)
    assert system.put("profile", b"key") is None
    assert system.get("profile") == b"key"
    assert plain.items == {}
    Chain.backends = [plain]
    assert isinstance(system.put("profile", b"key"), KeyringRefused)
    assert plain.items == {}


def test_that_windows_is_told_to_keep_the_key_on_this_computer() -> None:
    trusted = Trusted()
    SystemKeyring(lambda: trusted).put("profile", b"key")
    assert trusted.persist == "local machine"


def test_that_a_keyring_that_forgets_at_once_is_found_out() -> None:
    assert isinstance(SystemKeyring(lambda: Trusted(forgets=True)).put("profile", b"key"), KeyringRefused)


def test_that_forgetting_twice_is_no_trouble() -> None:
    trusted = Trusted()
    system = SystemKeyring(lambda: trusted)
    system.put("profile", b"key")
    assert system.forget("profile") is None
    assert system.forget("profile") is None
    assert system.get("profile") is None


def test_that_something_else_under_our_name_is_not_taken_for_a_key() -> None:
    trusted = Trusted()
    trusted.items["profile", "store key"] = "not base64!"
    assert SystemKeyring(lambda: trusted).get("profile") is None
