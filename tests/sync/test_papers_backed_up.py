"""A document's bytes stay with who added them until a backup has them, whenever they went and however short of room."""

from datetime import timedelta
from pathlib import Path

import pytest

from server.backups import BackupDamaged, back_up
from sync import chores, paper_room
from sync.carrying import paper_of
from sync.laptop import STORE
from sync.paper_wishes import PaperWishes, wish
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import LARGE, case_of, content_of, files, put, stored


def wish_for(desk: Desk, wanted: PaperWishes) -> None:
    with desk.laptop.database.writing() as conn:
        wish(conn, wanted)


def give_away(desk: Desk, giver: Desk) -> str:
    """The desk's case goes to Ben and leaves; returns which it was."""
    case_id = case_of(desk)
    giver.sync()
    saying.give(giver, case_id, saying.person("ben"))
    giver.sync()
    desk.sync()
    desk.sync()
    return case_id


def with_words_sent_ahead(desk: Desk, folder: Path) -> str:
    """A document of which the server has the words, and this device alone the bytes; returns its hash."""
    sha256 = put(desk, folder, LARGE)
    wish_for(desk, PaperWishes(is_metered=True))
    desk.sync()
    return sha256


def lose_the_store(desk: Desk) -> None:
    """The files of the store are gone, and the app starts with a new one."""
    desk.laptop.close()
    for path in desk.folder.glob(f"{STORE}*"):
        path.unlink()
    desk.reopen()


def go_back_without_the_bytes(desk: Desk, backup: Path, sha256: str) -> None:
    """The server is restored from that backup, the document's bytes are gone there, and this device hears of both."""
    desk.world.server.blobs.delete(sha256)
    desk.world.server.restore(backup)
    desk.sync()
    desk.sync()


@pytest.fixture
def late(amy: Desk, priya: Desk, tmp_path: Path) -> tuple[str, str, Path]:
    """A document whose words are in a backup and whose bytes went after it, with its case: its hash, case and copy."""
    sha256 = with_words_sent_ahead(amy, tmp_path)
    backup = amy.world.server.back_up()
    case_id = give_away(amy, priya)
    assert stored(amy, case_id) == [False]
    wish_for(amy, PaperWishes())
    amy.sync()
    assert stored(amy, case_id) == [True]
    return sha256, case_id, backup


@pytest.mark.covers("FE1", "FI11")
def test_that_bytes_that_went_after_the_backup_of_their_words_are_still_there_for_a_restored_server(
    world: NearWorld, amy: Desk, late: tuple[str, str, Path]
) -> None:
    sha256, case_id, backup = late
    amy.sync()
    go_back_without_the_bytes(amy, backup, sha256)
    assert stored(amy, case_id) == [True]
    assert b"".join(world.server.blobs.read(sha256)) == LARGE


@pytest.mark.covers("FE1", "FA20")
def test_that_bytes_that_no_backup_has_outlive_the_store_too(amy: Desk, late: tuple[str, str, Path]) -> None:
    sha256, case_id, backup = late
    amy.sync()
    lose_the_store(amy)
    amy.sync()
    amy.sync()
    go_back_without_the_bytes(amy, backup, sha256)
    assert stored(amy, case_id) == [True]


@pytest.mark.covers("FE1", "FI11")
@pytest.mark.parametrize("is_receipt_there", [True, False], ids=["with its receipt", "found beside a lost store"])
def test_that_who_added_a_document_is_asked_for_it_where_the_server_lost_it_and_the_case_has_left(
    world: NearWorld, amy: Desk, late: tuple[str, str, Path], tmp_path: Path, is_receipt_there: bool
) -> None:
    sha256, case_id, _ = late
    amy.sync()
    if not is_receipt_there:
        amy.laptop.write(lambda conn: conn.exec_driver_sql("DELETE FROM receipt"))
    world.server.blobs.delete(sha256)
    with pytest.raises(BackupDamaged, match=sha256):
        back_up(world.server.database, tmp_path / "backups", documents=world.server.papers)
    amy.sync()
    assert stored(amy, case_id) == [True]
    assert b"".join(world.server.blobs.read(sha256)) == LARGE
    amy.sync()
    done = back_up(world.server.database, tmp_path / "backups", documents=world.server.papers)
    assert done.documents == 1
    amy.sync()
    assert files(amy) == 0


def test_that_bytes_that_went_late_leave_with_the_next_backup(
    world: NearWorld, amy: Desk, late: tuple[str, str, Path]
) -> None:
    amy.sync()
    assert files(amy) == 1
    world.server.back_up()
    amy.sync()
    assert files(amy) == 0


def test_that_bytes_that_went_late_leave_after_a_long_time_where_no_other_backup_is_announced(
    amy: Desk, late: tuple[str, str, Path]
) -> None:
    amy.clock.pass_time(seconds=(paper_room.UNBACKED_LAST - timedelta(hours=1)).total_seconds())
    chores.tidy(amy.laptop)
    assert files(amy) == 1
    amy.clock.pass_time(days=1)
    chores.tidy(amy.laptop)
    assert files(amy) == 0


@pytest.mark.covers("FE1", "FI11")
def test_that_what_was_found_beside_a_lost_store_goes_to_a_restored_server_once_more(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    """Nothing on the laptop but the bytes themselves still tells of them."""
    sha256 = with_words_sent_ahead(amy, tmp_path)
    case_id = give_away(amy, priya)
    lose_the_store(amy)
    backup = world.server.back_up()
    amy.sync()
    assert stored(amy, case_id) == [True]
    amy.sync()
    go_back_without_the_bytes(amy, backup, sha256)
    assert stored(amy, case_id) == [True]


@pytest.mark.covers("FE1")
def test_that_no_document_of_ones_own_makes_room_before_a_backup_has_it(
    world: NearWorld, amy: Desk, tmp_path: Path
) -> None:
    sha256 = put(amy, tmp_path, LARGE)
    amy.sync()
    amy.clock.pass_time(hours=1)
    wish_for(amy, PaperWishes(budget=0))
    amy.sync()
    paper_room.make_room(amy.laptop, 10**15)
    assert content_of(amy, sha256) == LARGE
    world.server.back_up()
    amy.sync()
    paper_room.make_room(amy.laptop)
    assert paper_of(amy.laptop, sha256) is None


def test_that_where_nobody_announces_backups_a_document_of_ones_own_makes_room_after_a_long_time(
    amy: Desk, tmp_path: Path
) -> None:
    sha256 = put(amy, tmp_path, LARGE)
    amy.sync()
    amy.sync()
    wish_for(amy, PaperWishes(budget=0))
    amy.clock.pass_time(seconds=(paper_room.UNBACKED_LAST - timedelta(hours=1)).total_seconds())
    paper_room.make_room(amy.laptop)
    assert content_of(amy, sha256) == LARGE
    amy.clock.pass_time(days=1)
    paper_room.make_room(amy.laptop)
    assert paper_of(amy.laptop, sha256) is None
