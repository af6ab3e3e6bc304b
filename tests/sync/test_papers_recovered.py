"""Documents that were not sent yet outlive the store: its words come from the journal, their keys lie beside it."""

from pathlib import Path

import pytest

from casework.sqlite_file import set_aside
from sync import outbox, paper_rows
from sync.carrying import attach
from sync.covered import is_all_safe
from sync.faults import Offline
from sync.laptop import PAPER_KEYS, STORE
from sync.paper_keys import PaperKeys
from sync.papers import Paper
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import LARGE, a_file, case_of, files, keys, put, stored


def lose_the_store(desk: Desk) -> None:
    """Damage beyond repair: the store is put away, and a new one begun beside the journal and the documents."""
    desk.laptop.close()
    set_aside(desk.folder / STORE)
    desk.reopen()


def keep_bytes_from_going(desk: Desk) -> None:
    """Words get through, documents do not."""

    def cut() -> None:
        if desk.wire.requests[-1] in {"bundle", "OpenUpload"}:
            raise Offline("cut")

    desk.wire.meanwhile = cut


def keys_after_a_backup(desk: Desk) -> int:
    """Keys that lie there once the server has told of a backup."""
    desk.sync()
    desk.world.server.back_up()
    desk.sync()
    return keys(desk)


@pytest.mark.covers("FA20")
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
def test_that_a_document_said_to_be_saved_is_sent_although_the_store_was_lost(
    amy: Desk, tmp_path: Path, content: bytes
) -> None:
    case_id = case_of(amy)
    put(amy, tmp_path, content)
    lose_the_store(amy)
    assert files(amy) == 1
    amy.sync()
    amy.sync()
    assert stored(amy, case_id) == [True]
    assert amy.engine.look().all_sent
    assert keys_after_a_backup(amy) == 0


def test_that_it_is_sent_although_its_words_had_been_answered_before_the_loss(amy: Desk, tmp_path: Path) -> None:
    """The journal has forgotten them by then; the row that comes from the server says where it belongs."""
    case_id = case_of(amy)
    put(amy, tmp_path, LARGE)
    keep_bytes_from_going(amy)
    amy.try_to_sync()
    assert amy.look(outbox.count) == 0
    assert stored(amy, case_id) == [False]
    lose_the_store(amy)
    amy.wire.meanwhile = None
    amy.sync()
    amy.sync()
    assert stored(amy, case_id) == [True]
    assert keys_after_a_backup(amy) == 0


@pytest.mark.covers("FA1")
def test_that_it_is_sent_although_the_case_went_elsewhere_meanwhile(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    case_id = case_of(amy)
    put(amy, tmp_path, LARGE)
    keep_bytes_from_going(amy)
    amy.try_to_sync()
    priya.sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    lose_the_store(amy)
    amy.wire.meanwhile = None
    for _ in range(3):
        amy.sync()
    assert stored(amy, case_id) == [True]
    amy.world.server.back_up()
    amy.sync()
    assert (files(amy), keys(amy)) == (0, 0)


def test_that_an_old_copy_of_the_store_finds_the_document_that_came_after_it(amy: Desk, tmp_path: Path) -> None:
    case_id = case_of(amy)
    amy.restart()
    copy = {path: path.read_bytes() for path in amy.folder.glob(f"{STORE}*")}
    put(amy, tmp_path)
    amy.laptop.close()
    for path, content in copy.items():
        path.write_bytes(content)
    amy.reopen()
    assert amy.engine.look().papers == 1
    amy.sync()
    assert stored(amy, case_id) == [True]


def test_that_what_was_taken_in_and_never_said_is_forgotten(amy: Desk, tmp_path: Path) -> None:
    """A kill between the copy of the file and the command: nobody was told that it is saved."""
    taken = amy.laptop.papers.take_in(a_file(tmp_path))
    assert not isinstance(taken, tuple)
    amy.laptop.paper_keys.keep(taken, case_of(amy))  # type: ignore[arg-type]
    amy.crash()
    assert amy.engine.look().papers == 0
    amy.sync()
    put(amy, tmp_path, b"something else")
    amy.sync()
    amy.sync()
    assert amy.engine.look().all_sent
    assert amy.look(paper_rows.stuck) == {}
    assert (files(amy), keys(amy)) == (1, 1), "those of what was said"


def test_that_a_key_lies_there_until_a_backup_has_its_document(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    assert keys(amy) == 0
    put(amy, tmp_path)
    put(amy, tmp_path)
    assert (files(amy), keys(amy)) == (1, 1)
    other = attach(amy.laptop, a_file(tmp_path, b"refused"), case_id="0" * 32, mime="x")
    assert other is not None
    assert keys(amy) == 1
    amy.sync()
    amy.restart()
    assert keys(amy) == 1
    assert keys_after_a_backup(amy) == 0
    second = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    put(amy, tmp_path, case_id=second)
    assert (files(amy), keys(amy)) == (1, 1)
    amy.sync()
    assert keys_after_a_backup(amy) == 0


def test_that_keys_are_secret_bound_to_their_file_and_passed_over_when_damaged(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)
    folder = amy.folder / PAPER_KEYS
    (path,) = folder.iterdir()
    (unsent,) = PaperKeys(folder, b"k" * 32).found()
    assert unsent.paper.key not in path.read_bytes()
    assert case_of(amy).encode() not in path.read_bytes()
    assert PaperKeys(folder, b"other key" + bytes(23)).found() == ()
    moved = path.rename(folder / f"{'0' * 32}.key")
    assert PaperKeys(folder, b"k" * 32).found() == ()
    moved.write_bytes(b"short")
    assert PaperKeys(folder, b"k" * 32).found() == ()


@pytest.mark.covers("FA16")
def test_that_a_document_found_beside_a_lost_store_is_nowhere_else_until_the_server_was_asked(
    amy: Desk, tmp_path: Path
) -> None:
    taken = amy.laptop.papers.take_in(a_file(tmp_path))
    assert isinstance(taken, Paper)
    amy.laptop.paper_keys.keep(taken, case_of(amy))
    lose_the_store(amy)
    assert not amy.look(is_all_safe), "nobody may clear this device yet"
    amy.sync()
    assert amy.look(is_all_safe)
