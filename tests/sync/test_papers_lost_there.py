"""A document that the server finds lost when it is backed up comes again from who still has it, by itself."""

from pathlib import Path

import pytest

from server.backups import BackupDamaged, back_up
from sync.faults import Offline
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import case_of, files, keys, put, stored


@pytest.mark.covers("FA1", "FA20")
@pytest.mark.parametrize("number", [1, 2], ids=["sent from here", "fetched here"])
def test_that_a_document_that_is_asked_for_again_has_its_key_beside_the_store_too(
    world: NearWorld, amy: Desk, tmp_path: Path, number: int
) -> None:
    """It may be the only one there is, and a store can be lost before it is sent."""
    sha256 = put(amy, tmp_path)
    amy.sync()
    world.server.back_up()
    desk = amy if number == 1 else world.desk("amy", number=number)
    desk.sync()
    assert (keys(desk), files(desk)) == (0, 1)
    (there,) = tmp_path.rglob(sha256)
    there.write_bytes(b"a fotograph!")
    with pytest.raises(BackupDamaged):
        back_up(world.server.database, tmp_path / "backups", documents=there.parents[3])

    def cut() -> None:
        if desk.wire.requests[-1] == "bundle":
            raise Offline("the line is too thin")

    desk.wire.meanwhile = cut
    assert isinstance(desk.try_to_sync().fault, Offline)
    assert keys(desk) == 1
    desk.wire.meanwhile = None
    desk.sync()
    assert stored(desk, case_of(desk)) == [True]


@pytest.mark.covers("FA20")
def test_that_a_document_that_rotted_on_the_server_is_sent_once_more_by_the_laptop_that_has_it(
    world: NearWorld, amy: Desk, tmp_path: Path
) -> None:
    sha256 = put(amy, tmp_path)
    amy.sync()
    (there,) = tmp_path.rglob(sha256)
    documents = there.parents[3]
    there.write_bytes(b"a fotograph!")
    with pytest.raises(BackupDamaged):
        back_up(world.server.database, tmp_path / "backups", documents=documents)
    assert stored(amy, case_of(amy)) == [False]
    amy.sync()
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
    assert b"".join(world.server.blobs.read(sha256)) == b"a photograph"
    assert back_up(world.server.database, tmp_path / "backups", documents=documents).documents == 1
