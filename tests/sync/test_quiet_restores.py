"""A server that was put back and nobody said so: its laptops are no copies, and documents that it lost come again."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from server.horizon import move_horizon
from server.tables import device
from sync import recovery
from sync.recovery import copies_of
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import LARGE, case_of, put, stored


def devices(world: NearWorld) -> set[str]:
    with world.server.database.reading() as conn:
        return set(conn.execute(select(device.c.id)).scalars())


@pytest.mark.covers("FE1", "FE3")
def test_that_no_laptop_is_taken_for_a_copy_by_a_server_that_was_put_back_unannounced(
    world: NearWorld, amy: Desk, priya: Desk
) -> None:
    """Amy had no news since the backup: nothing but her hellos tells that the server is an older one."""
    amy.sync()
    backup = world.server.back_up()
    before = devices(world)
    for _ in range(3):
        amy.sync()
    world.server.restore(backup, by_the_book=False)
    name = amy.device
    amy.sync()
    assert amy.laptop.device == name
    assert devices(world) == before
    assert copies_of(amy.folder) == []
    amy.sync()


@pytest.mark.covers("FE3")
def test_that_a_copy_is_still_told_apart_after_that(world: NearWorld, amy: Desk, tmp_path: Path) -> None:
    for _ in range(3):
        amy.sync()
    backup = world.server.back_up()
    amy.sync()
    kept = tmp_path / "yesterday"
    shutil.copytree(amy.folder, kept, ignore=shutil.ignore_patterns("*-shm"))
    amy.sync()
    world.server.restore(backup, by_the_book=False)
    amy.sync()
    name = amy.device
    amy.laptop.close()
    shutil.rmtree(amy.folder)
    shutil.copytree(kept, amy.folder)
    amy.reopen()
    amy.sync()
    assert amy.laptop.device != name


@pytest.mark.covers("FE1", "FD1")
def test_that_what_only_one_laptop_heard_of_is_sent_again_however_long_it_was_away(
    world: NearWorld, amy: Desk, priya: Desk
) -> None:
    """Nobody else can tell that the server was put back, and by now the log has nothing of those days any more."""
    case_id = case_of(amy)
    amy.sync()
    backup = world.server.back_up()
    saying.note(amy, case_id, "after the backup")
    amy.sync()
    world.server.restore(backup, by_the_book=False)
    for clock in (world.clock, amy.clock, priya.clock):
        clock.pass_time(days=200)
    for text in "abcdef":
        saying.note(priya, case_id, text)
        priya.sync()
    priya.sync()
    heard = amy.look(recovery.known)[0]
    assert move_horizon(world.server.database, clock=world.clock) > heard
    amy.sync()
    priya.sync()
    assert "after the backup" in saying.texts(priya, case_id)


@pytest.mark.covers("FE1", "FI11")
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
def test_that_a_document_whose_row_is_in_the_backup_and_whose_bytes_are_not_is_sent_again(
    world: NearWorld, amy: Desk, tmp_path: Path, content: bytes
) -> None:
    sha256 = put(amy, tmp_path, content)
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
    backup = world.server.back_up()
    # the copy of the documents was made before that of the database
    world.server.blobs.delete(sha256)
    saying.note(amy, case_of(amy), "after the backup")
    amy.sync()
    world.server.restore(backup)
    amy.sync()
    amy.sync()
    assert b"".join(world.server.blobs.read(sha256)) == content


@pytest.mark.covers("FE1", "FI11")
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
def test_that_a_document_that_came_after_the_backup_is_sent_again_although_nothing_else_was_new(
    world: NearWorld, amy: Desk, tmp_path: Path, content: bytes
) -> None:
    """Amy never heard that her document was stored: no stamp of hers lies beyond the backup."""
    sha256 = put(amy, tmp_path, content)
    backups: list[Path] = []

    def back_up() -> None:
        if amy.wire.requests[-1] in {"bundle", "OpenUpload"} and not backups:
            backups.append(world.server.back_up())

    amy.wire.meanwhile = back_up
    amy.sync()
    amy.wire.meanwhile = None
    assert stored(amy, case_of(amy)) == [True]
    world.server.blobs.delete(sha256)
    world.server.restore(backups[0], by_the_book=False)
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
    assert b"".join(world.server.blobs.read(sha256)) == content
