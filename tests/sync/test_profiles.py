"""A profile on this computer: found again, and begun anew without ever giving away the key of what was put aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.http import HttpCentral
from sync.profiles import FILE, Profile, find_profiles, put_aside, sign_in
from tests.kit_server import PASSWORD, RunningServer, running_server


@pytest.fixture(scope="module")
def central() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


def come_in(central: RunningServer, root: Path, who: str = "amy") -> Profile:
    """Signs in."""
    came = sign_in(HttpCentral(central.url), root, server=central.url, username=who, password=PASSWORD)
    return came.profile


def test_that_signing_in_again_finds_the_same_profile_and_key(central: RunningServer, tmp_path: Path) -> None:
    first = come_in(central, tmp_path)
    assert come_in(central, tmp_path) == first
    (tmp_path / first.id / FILE).write_text("{")
    again = come_in(central, tmp_path)
    assert (again.id, again.key_name) == (first.id, first.key_name)


def test_that_a_kill_while_one_is_put_aside_never_leads_to_its_key_again(
    central: RunningServer, tmp_path: Path
) -> None:
    names = [come_in(central, tmp_path).key_name]
    for _ in range(3):
        (here,) = find_profiles(tmp_path)
        fresh = put_aside(tmp_path, here)
        # the disk was full, or the process was killed, before this was written
        (tmp_path / fresh.id / FILE).unlink()
        (tmp_path / fresh.id).rmdir()
        names.append(come_in(central, tmp_path).key_name)
        assert names[-1] == fresh.key_name
    assert len(set(names)) == len(names)


def test_that_a_profile_that_was_begun_anew_keeps_its_key_although_its_file_is_damaged(
    central: RunningServer, tmp_path: Path
) -> None:
    fresh = put_aside(tmp_path, come_in(central, tmp_path))
    (tmp_path / fresh.id / FILE).write_text("{")
    assert come_in(central, tmp_path).key_name == fresh.key_name
