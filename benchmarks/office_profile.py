"""A profile as it lies on a laptop, with an office's cases in its encrypted store and a key that benchmarks know."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks import big_office
from casework.disk import write_whole
from desktop.app import late_central
from desktop.entry import Ground
from sync import profiles
from sync.credentials import SystemKeyring
from sync.keyslots import KeyFile, mark_of, write_key_file
from sync.profiles import Profile

# nobody listens on this port: the laptop is on a visit
SERVER = "http://127.0.0.1:9"
CASES = 20_000


class KnownKey(SystemKeyring):
    """Looks for the system's keyring as ever, then answers with the benchmarks' key."""

    def get(self, service: str) -> bytes:
        del service
        self._find()
        return big_office.KEY


def ground(root: Path) -> Ground:
    """What the app stands on under a benchmark."""
    return Ground(root=root, upgrade=_never, central_of=late_central, keyring=KnownKey())


@contextmanager
def profile_folder(cases: int = CASES) -> Iterator[Path]:
    """A folder of profiles with this one in it; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        make(Path(folder), cases)
        if hasattr(os, "sync"):
            # what the disk has still to write must not be on its mind later
            os.sync()
        yield Path(folder)


def make(root: Path, cases: int) -> Profile:
    """Writes the profile of a busy advisor in an office of so many cases."""
    who = big_office.viewer().person
    profile = Profile(
        id=profiles.profile_id(SERVER, who.id),
        server=SERVER,
        username=who.username,
        person_id=who.id,
        display_name=who.display_name,
        role=who.role,
        organisation="An office of many cases",
        device="0" * 32,
        key_name="benchmark",
    )
    laptop = profiles.open_laptop(root, profile, big_office.KEY, upgrade=_never)
    folder = profile.folder(root)
    write_key_file(folder, KeyFile(generation=1, mark=mark_of(big_office.KEY), in_keyring=True))
    write_whole(folder / profiles.FILE, msgspec.json.encode(profile))
    big_office.fill(laptop.database, cases)
    laptop.close()
    return profile


def _never(database: object) -> None:
    raise AssertionError("a new store is never behind")
