"""Bytes of a case that was deleted for good go with it, backup or none; what another case needs of them stays."""

from pathlib import Path

import pytest

from casework.commands import EraseCase
from sync import outbox, paper_rows
from sync.faults import Offline
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import LARGE, case_of, files, keys, put, stored


def delete_for_good(world: NearWorld, case_id: str) -> None:
    sam = world.desk("sam")
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()


def give_to_ben(priya: Desk, case_id: str) -> None:
    priya.sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()


@pytest.mark.covers("FD4")
def test_that_bytes_that_were_sent_go_with_a_case_deleted_for_good(world: NearWorld, amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path, LARGE)
    amy.sync()
    amy.sync()
    delete_for_good(world, case_of(amy))
    amy.sync()
    assert amy.look(paper_rows.papers_here) == ()
    assert (files(amy), keys(amy)) == (0, 0)


@pytest.mark.covers("FD4")
def test_that_bytes_go_although_their_case_had_left_before_it_was_deleted_for_good(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    put(amy, tmp_path, LARGE)
    amy.sync()
    amy.sync()
    give_to_ben(priya, case_id)
    amy.sync()
    assert files(amy) == 1
    delete_for_good(world, case_id)
    amy.sync()
    assert files(amy) == 0


@pytest.mark.covers("FD4")
def test_that_bytes_whose_words_were_accepted_and_that_never_went_go_with_a_case_deleted_for_good(
    world: NearWorld, amy: Desk, tmp_path: Path
) -> None:
    def cut() -> None:
        if amy.wire.requests[-1] in {"bundle", "OpenUpload"}:
            raise Offline("cut")

    put(amy, tmp_path, LARGE)
    amy.wire.meanwhile = cut
    amy.try_to_sync()
    assert (amy.look(outbox.count), files(amy)) == (0, 1)
    delete_for_good(world, case_of(amy))
    amy.try_to_sync()
    assert (files(amy), keys(amy)) == (0, 0)


@pytest.mark.covers("FD4", "FE1")
def test_that_bytes_stay_for_another_case_until_a_backup_has_them_though_one_case_was_deleted_for_good(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    """Nothing but the receipt tells of the other case any more."""
    backup = world.server.back_up()
    first, second = case_of(amy), saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    for case_id in (second, first):
        sha256 = put(amy, tmp_path, LARGE, case_id=case_id)
    amy.sync()
    amy.sync()
    give_to_ben(priya, second)
    amy.sync()
    delete_for_good(world, first)
    amy.sync()
    assert files(amy) == 1
    assert stored(amy, second) == [True]
    world.server.blobs.delete(sha256)
    world.server.restore(backup)
    for desk in (priya, amy, amy):
        desk.sync()
    assert stored(amy, second) == [True]
