"""A snapshot that comes in block by block becomes a store that SQLCipher opens, and no damage to it goes unseen."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import workload
from casework.page_cipher import PAGE
from casework.store_faults import StoreDamaged
from casework.store_file import StoreFile
from casework.wire import Malformed
from server.snapshot_file import blocks_of, write_store
from sync.snapshot_part import SnapshotPart, forget_parts
from tests.kit_near import NearWorld

KEY = bytes(range(32))
A, B = "a" * 32, "b" * 32
CASES = 400


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store as the server lays it down."""
    folder = tmp_path_factory.mktemp("plain")
    world = NearWorld(folder)
    workload.fill(world.server.database, CASES)
    with world.server.database.reading() as conn:
        write_store(conn, folder / "plain.db", go_on=lambda: True)
    world.close()
    yield folder / "plain.db"
    shutil.rmtree(folder)


def filled(folder: Path, plain: Path) -> SnapshotPart:
    """All blocks of it."""
    part = SnapshotPart(folder, A, KEY)
    for pages in list(blocks_of(plain))[part.blocks :]:
        part.add(pages)
    part.flush()
    part.close()
    return part


def test_that_sqlcipher_opens_it_and_finds_it_sound(tmp_path: Path, plain: Path) -> None:
    part = filled(tmp_path, plain)
    part.check()
    assert part.path.stat().st_size == plain.stat().st_size
    store = StoreFile(part.path, KEY)
    assert store.quick_check() == ()
    with store.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one() == CASES
        assert conn.exec_driver_sql("SELECT count(*) FROM held_case").scalar_one() == CASES
    store.close()


@pytest.mark.parametrize("place", [100, PAGE + 5, -1], ids=["in the first page", "in the second", "in the last"])
def test_that_a_bit_that_turns_on_the_disk_is_seen(tmp_path: Path, plain: Path, place: int) -> None:
    part = filled(tmp_path, plain)
    content = bytearray(part.path.read_bytes())
    content[place] ^= 1
    part.path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        part.check()


def test_that_pages_that_changed_places_are_seen(tmp_path: Path, plain: Path) -> None:
    part = filled(tmp_path, plain)
    content = part.path.read_bytes()
    third, fourth = content[2 * PAGE : 3 * PAGE], content[3 * PAGE : 4 * PAGE]
    part.path.write_bytes(content[: 2 * PAGE] + fourth + third + content[4 * PAGE :])
    with pytest.raises(StoreDamaged):
        part.check()


def test_that_a_start_after_a_kill_goes_on_behind_the_last_whole_block(tmp_path: Path, plain: Path) -> None:
    blocks = list(blocks_of(plain))
    part = SnapshotPart(tmp_path, A, KEY)
    for pages in blocks[:2]:
        part.add(pages)
    part.flush()
    part.close()
    with part.path.open("ab") as file:
        file.write(b"half a block")
    again = SnapshotPart(tmp_path, A, KEY)
    assert again.blocks == 2
    again.close()
    filled(tmp_path, plain).check()


def test_that_a_part_of_another_snapshot_is_not_gone_on_with_and_not_left(tmp_path: Path, plain: Path) -> None:
    first = filled(tmp_path, plain)
    second = SnapshotPart(tmp_path, B, KEY)
    assert second.blocks == 0
    assert not first.path.exists()
    second.close()
    forget_parts(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../elsewhere", "a/b", "A" * 32])
def test_that_what_a_server_calls_a_snapshot_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(Malformed):
        SnapshotPart(tmp_path / "here", name, KEY)
    assert list(tmp_path.rglob("*")) == []
