"""A laptop's copy of a document that rots before it went: told for what it is, and mended by adding the file again."""

from pathlib import Path

import msgspec
import pytest

from casework.ids import new_id
from casework.values import Document
from sync import paper_rows
from sync.laptop import PAPERS
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import LARGE, case_of, content_of, files, keys, put, stored

MORE = paper_rows.MOST_AT_ONCE + 10


def damage(desk: Desk) -> None:
    """Every document on this laptop's disk has another last byte."""
    for path in (desk.folder / PAPERS).iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
def test_that_our_own_damaged_copy_is_told_for_what_it_is_and_stops_nothing(
    amy: Desk, tmp_path: Path, content: bytes
) -> None:
    put(amy, tmp_path, content)
    damage(amy)
    put(amy, tmp_path, b"another")
    amy.sync()
    now = amy.engine.look()
    assert (now.papers, now.stuck, now.fault) == (1, 1, "paper-unreadable")


@pytest.mark.covers("FI11")
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "not yet told"])
def test_that_the_same_file_added_again_takes_the_place_of_a_damaged_copy_and_goes_at_once(
    amy: Desk, tmp_path: Path, content: bytes, is_told: bool
) -> None:
    put(amy, tmp_path, content)
    damage(amy)
    if is_told:
        amy.sync()
    sha256 = put(amy, tmp_path, content)
    assert content_of(amy, sha256) == content
    assert (files(amy), keys(amy)) == (1, 1)
    amy.sync()
    assert all(stored(amy, case_of(amy)))
    assert amy.engine.look().all_sent
    amy.sync()
    amy.world.server.back_up()
    amy.sync()
    assert keys(amy) == 0


def test_that_a_copy_that_was_fetched_and_is_damaged_is_replaced_too(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    sha256 = put(priya, tmp_path, case_id=case_of(amy))
    priya.sync()
    amy.sync()
    damage(amy)
    other = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    put(amy, tmp_path, case_id=other)
    amy.sync()
    assert content_of(amy, sha256) == b"a photograph"
    assert stored(amy, other) == [True]
    assert files(amy) == 1


def test_that_a_copy_whose_file_is_gone_is_replaced(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)
    for path in (amy.folder / PAPERS).iterdir():
        path.unlink()
    sha256 = put(amy, tmp_path)
    assert content_of(amy, sha256) == b"a photograph"
    amy.sync()
    assert all(stored(amy, case_of(amy)))


@pytest.mark.covers("FI9")
def test_that_documents_that_fail_and_rest_do_not_stand_in_the_way_of_all_larger_ones(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    """A documents folder that is older than the database: more rows than are fetched in one go have no bytes."""
    case_id = case_of(amy)
    larger = put(priya, tmp_path, b"a larger one", case_id=case_id)
    priya.sync()
    (document,) = saying.on_server(amy, Document, case_id)
    lost = [msgspec.structs.replace(document, id=new_id(), sha256=f"{number:064x}", size=1) for number in range(MORE)]
    with world.server.database.writing() as conn:
        world.server.journal.write_down(conn, lost, case_id=case_id)
    amy.sync()
    assert len(amy.look(paper_rows.stuck)) == paper_rows.MOST_AT_ONCE
    amy.sync()
    assert content_of(amy, larger) == b"a larger one"
