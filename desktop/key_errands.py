"""A profile's key, fetched on another thread: what came of asking the keyring or a passphrase, as a value."""

import msgspec

from casework.store_faults import StoreFault
from sync.credentials import KeyringTrouble
from sync.keys import KeyMissing, Keys, Ways
from sync.keyslots import KeyFileDamaged, NoPassphrase, PassphraseTooShort, WrongPassphrase


class PassphraseNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """The profile opens by its passphrase alone."""

    code: str = "passphrase-needed"


KeyTrouble = (
    KeyringTrouble
    | KeyMissing
    | PassphraseTooShort
    | WrongPassphrase
    | NoPassphrase
    | KeyFileDamaged
    | PassphraseNeeded
)


def key_of(keys: Keys) -> bytes | KeyTrouble | StoreFault:
    """The key from the keyring; where the profile has only a passphrase, word that it is needed."""
    try:
        ways = keys.ways()
        if isinstance(ways, Ways) and not ways.keyring and ways.passphrase:
            return PassphraseNeeded()
        return keys.open_from_keyring()
    except StoreFault as fault:
        return fault


def new_key(keys: Keys) -> bytes | KeyTrouble | StoreFault:
    """A new profile's key, made in the keyring."""
    try:
        return keys.make_in_keyring()
    except StoreFault as fault:
        return fault


def key_by_passphrase(keys: Keys, passphrase: str) -> bytes | KeyTrouble | StoreFault:
    """The key by a passphrase; made under it where the profile has no key yet."""
    try:
        ways = keys.ways()
        if isinstance(ways, Ways) and not ways.keyring and not ways.passphrase:
            return keys.make_with_passphrase(passphrase)
        return keys.open_with_passphrase(passphrase)
    except StoreFault as fault:
        return fault
