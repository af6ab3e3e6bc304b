"""What the demo's desktops stand on: stores under a passphrase, and never the keyring of whoever tries it."""

from pathlib import Path

from casework.store_file import StoreFile
from desktop.app import late_central
from desktop.entry import Ground
from sync.credentials import KeyringTrouble, NoKeyring, SystemKeyring
from sync.keyslots import Stretch

PASSPHRASE = "a passphrase for the sample only"
# The sample holds nothing that is worth guessing for, so opening it need not take a second.
STRETCH = Stretch(memory=8 * 1024, passes=1)


class Untouched(SystemKeyring):
    """Stands in for the keyring of this computer: there is none here, and the real one is never asked."""

    def put(self, service: str, secret: bytes) -> KeyringTrouble | None:
        del service, secret
        return NoKeyring()

    def get(self, service: str) -> bytes | KeyringTrouble | None:
        del service
        return NoKeyring()

    def forget(self, service: str) -> KeyringTrouble | None:
        del service
        return NoKeyring()


def sample_ground(root: Path) -> Ground:
    """What a desktop of the sample stands on."""
    return Ground(root=root, upgrade=_never, central_of=late_central, keyring=Untouched(), stretch=STRETCH)


def _never(database: StoreFile) -> None:
    raise AssertionError(f"{database} was made a moment ago and cannot be out of date")
