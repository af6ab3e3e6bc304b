"""A full disk is told, costs nothing that was saved, and leaves room for what was just entered."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casework.disk import BALLAST_SIZE, KEEP_FREE, Ballast, Disk, TooFull, write_whole
from casework.store_faults import DiskFault, NoRoom
from tests.kit_small_disk import run_on_a_small_disk

PLENTY = Disk(keep_free=0)
FULL = Disk(measure=lambda _: 0)


def test_that_a_full_disk_costs_nothing_and_the_ballast_saves_what_was_just_entered(tmp_path: Path) -> None:
    found = run_on_a_small_disk(tmp_path, "tests.store.full_disk_work", megabytes=8)
    assert found == {
        "took on ballast": True,
        "the store told": True,
        "the store told again": True,
        "the journal told": True,
        "the papers said": "disk-too-full",
        "a paper in the middle said": "disk-too-full",
        "a download told": True,
        "left of papers": [],
        "saved despite it": True,
        "journalled despite it": True,
        "lost": [],
        "never said to be saved": 0,
        "findings": [],
        "journal": ["the first command", "the urgent one"],
    }


@given(free=some.integers(0, 10**10), wanted=some.integers(0, 10**9))
def test_that_a_file_is_taken_only_when_enough_stays_free_after_it(free: int, wanted: int) -> None:
    answer = Disk(measure=lambda _: free).room_for(Path(), wanted)
    if free - wanted >= KEEP_FREE:
        assert answer is None
    else:
        assert answer == TooFull(wanted=wanted, free=free, keep=500 * 1024 * 1024)


def test_that_the_ballast_takes_up_real_room(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast")
    assert ballast.take_on(PLENTY)
    found = ballast.path.stat()
    assert (found.st_size, BALLAST_SIZE) == (32 * 1024 * 1024, 32 * 1024 * 1024)
    assert found.st_blocks * 512 >= BALLAST_SIZE
    assert ballast.take_on(FULL)


def test_that_ballast_is_not_taken_on_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", size=1000)
    assert not ballast.take_on(FULL)
    assert not ballast.is_there


def test_that_half_a_ballast_is_made_whole(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", size=3_000_000)
    ballast.path.write_bytes(b"a kill in the middle")
    assert not ballast.is_there
    assert ballast.take_on(PLENTY)
    assert ballast.path.stat().st_size == 3_000_000


def test_that_work_is_tried_once_more_without_the_ballast_and_not_for_ever(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", size=1000)
    ballast.take_on(PLENTY)
    tries: list[bool] = []

    def work() -> str:
        tries.append(ballast.is_there)
        if ballast.is_there:
            raise NoRoom
        return "saved"

    assert ballast.despite_full_disk(work) == "saved"
    assert tries == [True, False]

    def never() -> str:
        tries.append(False)
        raise NoRoom

    with pytest.raises(NoRoom):
        ballast.despite_full_disk(never)
    assert len(tries) == 3


def test_that_ballast_that_cannot_be_thrown_off_leaves_it_at_a_full_disk(tmp_path: Path) -> None:
    """As where a scanner holds the file on Windows; here something else stands in its place."""
    ballast = Ballast(tmp_path / "ballast", size=1000)
    (ballast.path / "held").mkdir(parents=True)

    def never() -> str:
        raise NoRoom

    with pytest.raises(NoRoom):
        ballast.despite_full_disk(never)
    assert not ballast.take_on(PLENTY)


def test_that_a_file_written_whole_replaces_the_old_one_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"old")
    write_whole(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)
    assert os.listdir(tmp_path) == ["keys.json"]


def test_that_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(DiskFault):
        write_whole(tmp_path / "nowhere" / "keys.json", b"new")
    (tmp_path / "a folder").mkdir()
    with pytest.raises(DiskFault):
        write_whole(tmp_path / "a folder", b"new")
    assert os.listdir(tmp_path) == ["a folder"]
