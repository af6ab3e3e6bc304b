"""A document that the server finds lost when it is backed up comes again from who still has it, by itself."""

from pathlib import Path

import pytest

from server.backups import BackupDamaged, back_up
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import case_of, put, stored


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
