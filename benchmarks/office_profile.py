"""A profile as it lies on a laptop, with an office's cases in its encrypted store and a key that benchmarks know."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks import big_office
from benchmarks.known_key import KEY, never
from casework.disk import write_whole
from sync import profiles
from sync.keyslots import KeyFile, mark_of, write_key_file
from sync.profiles import Profile

# nobody listens on this port: the laptop is on a visit
SERVER = "http://127.0.0.1:9"
CASES = 20_000


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
    laptop = profiles.open_laptop(root, profile, KEY, upgrade=never)
    folder = profile.folder(root)
    write_key_file(folder, KeyFile(generation=1, mark=mark_of(KEY), in_keyring=True))
    write_whole(folder / profiles.FILE, msgspec.json.encode(profile))
    big_office.fill(laptop.database, cases)
    laptop.close()
    return profile
