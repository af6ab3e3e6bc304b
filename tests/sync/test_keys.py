"""A profile's key is made once, opened again by either way, and never lies in the profile's folder."""

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from casework.store_faults import StoreFromNewerApp
from sync.credentials import KeyringLocked, NoKeyring
from sync.keys import KeyMissing, Keys, Ways
from sync.keyslots import (
    KeyFile,
    KeyFileDamaged,
    NoPassphrase,
    PassphraseTooShort,
    Slot,
    Stretch,
    WrongPassphrase,
    read_key_file,
    unwrap,
    wrap,
    write_key_file,
)
from tests.kit_keyring import MemoryKeyring

QUICK = Stretch(memory=64, passes=1)
PASSPHRASE, ANOTHER = "blue door, cold boiler", "red door, warm kitchen"


@pytest.fixture
def system() -> MemoryKeyring:
    return MemoryKeyring()


def keys(folder: Path, system: MemoryKeyring, profile: str = "amy") -> Keys:
    return Keys(folder, profile=profile, system=system, stretch=QUICK)


def key(answer: object) -> bytes:
    assert isinstance(answer, bytes)
    assert len(answer) == 32
    return answer


def test_that_a_new_profile_has_no_way_in(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    assert amy.ways() == Ways(keyring=False, passphrase=False)
    assert amy.open_from_keyring() == KeyMissing()
    assert amy.open_with_passphrase(PASSPHRASE) == NoPassphrase()


def test_that_the_keyring_gives_the_key_back(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_in_keyring())
    again = keys(tmp_path, system)
    assert again.ways() == Ways(keyring=True, passphrase=False)
    assert again.open_from_keyring() == made


def test_that_the_passphrase_gives_the_key_back_and_another_does_not(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))
    again = keys(tmp_path, system)
    assert again.ways() == Ways(keyring=False, passphrase=True)
    assert again.open_with_passphrase(ANOTHER) == WrongPassphrase()
    assert again.open_with_passphrase(PASSPHRASE) == made


def test_that_a_keyring_in_trouble_makes_no_half_profile(tmp_path: Path, system: MemoryKeyring) -> None:
    system.trouble = NoKeyring()
    assert keys(tmp_path, system).make_in_keyring() == NoKeyring()
    assert list(tmp_path.iterdir()) == []
    key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))


def test_that_a_locked_keyring_leaves_the_passphrase_that_was_set(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    made = key(amy.make_in_keyring())
    assert amy.set_passphrase(PASSPHRASE) is None
    system.trouble = KeyringLocked()
    again = keys(tmp_path, system)
    assert again.ways() == Ways(keyring=True, passphrase=True)
    assert again.open_from_keyring() == KeyringLocked()
    assert again.open_with_passphrase(PASSPHRASE) == made


def test_that_a_key_lost_from_the_keyring_can_be_put_back(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))
    amy = keys(tmp_path, system)
    assert amy.open_from_keyring() == KeyMissing()
    amy.open_with_passphrase(PASSPHRASE)
    assert amy.put_in_keyring() is None
    assert keys(tmp_path, system).open_from_keyring() == made


def test_that_a_passphrase_is_changed_only_by_who_knows_it(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))
    amy = keys(tmp_path, system)
    assert amy.change_passphrase(ANOTHER, ANOTHER) == WrongPassphrase()
    assert amy.change_passphrase(PASSPHRASE, "short") == PassphraseTooShort()
    assert amy.open_with_passphrase(PASSPHRASE) == made
    assert amy.change_passphrase(PASSPHRASE, ANOTHER) is None
    assert amy.open_with_passphrase(PASSPHRASE) == WrongPassphrase()
    assert amy.open_with_passphrase(ANOTHER) == made


def test_that_a_short_passphrase_makes_no_profile(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    assert amy.make_with_passphrase("fourteen chars") == PassphraseTooShort(shortest=15)
    assert amy.make_with_passphrase("   short   " + " " * 20) == PassphraseTooShort()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(AssertionError, match="not been opened"):
        amy.remember("device", b"secret")


def test_that_a_key_is_never_made_over_another(tmp_path: Path, system: MemoryKeyring) -> None:
    key(keys(tmp_path, system).make_in_keyring())
    with pytest.raises(AssertionError, match="has a key already"):
        keys(tmp_path, system).make_in_keyring()
    with pytest.raises(AssertionError, match="has a key already"):
        keys(tmp_path, system).make_with_passphrase(PASSPHRASE)


def test_that_the_same_letters_typed_another_way_open_it(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_with_passphrase("caf\u00e9 au coin de la rue"))
    assert keys(tmp_path, system).open_with_passphrase(" cafe\u0301 au coin de la rue\n") == made


def test_that_the_profiles_folder_holds_neither_key_nor_passphrase(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    made = key(amy.make_with_passphrase(PASSPHRASE))
    amy.put_in_keyring()
    amy.remember("device", b"the device's own secret")
    files = list(tmp_path.iterdir())
    assert sorted(path.name for path in files) == ["keys.copy.json", "keys.json", "secrets.json"]
    for path in files:
        content = path.read_bytes()
        for secret in (made, PASSPHRASE.encode(), b"the device's own secret"):
            for form in (secret, base64.b64encode(secret), secret.hex().encode(), secret[:12]):
                assert form not in content
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["keys.json", "keys.copy.json"])
@pytest.mark.parametrize("harm", [b"", b"{}", b"\x00" * 400, None])
def test_that_one_damaged_copy_costs_nothing(
    tmp_path: Path, system: MemoryKeyring, name: str, harm: bytes | None
) -> None:
    made = key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))
    if harm is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(harm)
    assert keys(tmp_path, system).open_with_passphrase(PASSPHRASE) == made


def test_that_the_newer_copy_counts_when_a_stop_came_between_the_two(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    made = key(amy.make_with_passphrase(PASSPHRASE))
    old = (tmp_path / "keys.copy.json").read_bytes()
    amy.set_passphrase(ANOTHER)
    (tmp_path / "keys.copy.json").write_bytes(old)
    assert keys(tmp_path, system).open_with_passphrase(ANOTHER) == made


def test_that_both_copies_damaged_is_told_and_mended_by_the_keyring(tmp_path: Path, system: MemoryKeyring) -> None:
    made = key(keys(tmp_path, system).make_in_keyring())
    for name in ("keys.json", "keys.copy.json"):
        (tmp_path / name).write_bytes(b"\xff\xfe")
    amy = keys(tmp_path, system)
    assert amy.ways() == KeyFileDamaged()
    assert amy.open_with_passphrase(PASSPHRASE) == KeyFileDamaged()
    assert amy.open_from_keyring() == made
    assert amy.ways() == Ways(keyring=True, passphrase=False)


def test_that_another_profiles_key_under_our_name_is_not_taken(tmp_path: Path, system: MemoryKeyring) -> None:
    key(keys(tmp_path, system).make_in_keyring())
    system.items = dict.fromkeys(system.items, b"x" * 32)
    assert keys(tmp_path, system).open_from_keyring() == KeyMissing()


def test_that_a_slot_copied_from_another_profile_does_not_open(tmp_path: Path) -> None:
    slot = wrap(b"k" * 32, PASSPHRASE, profile="ben", stretch=QUICK)
    assert isinstance(slot, Slot)
    assert unwrap(slot, PASSPHRASE, profile="ben") == b"k" * 32
    assert unwrap(slot, PASSPHRASE, profile="amy") == WrongPassphrase()


def test_that_a_key_file_of_a_later_version_is_left_alone(tmp_path: Path, system: MemoryKeyring) -> None:
    key(keys(tmp_path, system).make_with_passphrase(PASSPHRASE))
    found = read_key_file(tmp_path)
    assert isinstance(found, KeyFile)
    later = KeyFile(generation=9, mark=found.mark, in_keyring=False, slot=found.slot, format=2)
    write_key_file(tmp_path, later)
    with pytest.raises(StoreFromNewerApp):
        keys(tmp_path, system).open_with_passphrase(PASSPHRASE)


def test_that_secrets_come_back_by_name_and_only_with_the_key(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    amy.make_in_keyring()
    amy.remember("device", b"one")
    amy.remember("other", b"\x00\xff")
    amy.remember("device", b"two")
    again = keys(tmp_path, system)
    again.open_from_keyring()
    assert [again.recall(name) for name in ("device", "other", "nothing")] == [b"two", b"\x00\xff", None]
    (tmp_path / "keys.json").unlink()
    (tmp_path / "keys.copy.json").unlink()
    stranger = keys(tmp_path, MemoryKeyring())
    stranger.make_in_keyring()
    assert stranger.recall("device") is None


def test_that_erasing_leaves_nothing_to_open(tmp_path: Path, system: MemoryKeyring) -> None:
    amy = keys(tmp_path, system)
    amy.make_in_keyring()
    amy.set_passphrase(PASSPHRASE)
    amy.remember("device", b"secret")
    assert amy.erase() is None
    assert (list(tmp_path.iterdir()), system.items) == ([], {})
    assert amy.open_with_passphrase(PASSPHRASE) == NoPassphrase()


@settings(max_examples=50)
@given(passphrase=some.text(min_size=15, max_size=60), other=some.text(min_size=1, max_size=60))
def test_that_only_the_same_passphrase_opens(passphrase: str, other: str) -> None:
    slot = wrap(b"k" * 32, passphrase, profile="amy", stretch=QUICK)
    if isinstance(slot, PassphraseTooShort):
        return
    assert unwrap(slot, passphrase, profile="amy") == b"k" * 32
    if other.strip() != passphrase.strip():
        answer = unwrap(slot, other, profile="amy")
        assert answer == WrongPassphrase() or answer == b"k" * 32
