"""Documents take no more room than they may, and none is let go of that the server does not have."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from casework.answers import Accepted
from casework.connection import Connection
from casework.disk import Disk
from casework.values import Document
from sync import paper_room, paper_rows
from sync.carrying import attach, paper_of
from sync.faults import Offline
from sync.laptop import PAPERS, STORE, Laptop
from sync.one_paper import fetch
from sync.paper_wishes import PaperWishes, wish
from sync.papers import Paper, Papers
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import Killed
from tests.sync.paper_kit import LARGE, a_file, case_of, content_of, files, put

T = TypeVar("T")
SIZE = len(LARGE) + 1


def wish_for(desk: Desk, wanted: PaperWishes) -> None:
    with desk.laptop.database.writing() as conn:
        wish(conn, wanted)


@pytest.fixture
def sent(amy: Desk, tmp_path: Path) -> list[str]:
    """Four documents that the server has, an hour apart, and a backup of it."""
    hashes = []
    for number in range(4):
        hashes.append(put(amy, tmp_path, LARGE + bytes([number])))
        amy.sync()
        amy.clock.pass_time(hours=1)
    amy.world.server.back_up()
    amy.sync()
    return hashes


def here(desk: Desk, hashes: list[str]) -> list[bool]:
    return [paper_of(desk.laptop, sha256) is not None for sha256 in hashes]


def test_that_the_documents_not_looked_at_for_longest_go_first_and_come_back_on_demand(
    amy: Desk, sent: list[str]
) -> None:
    first = paper_of(amy.laptop, sent[0])
    assert first is not None
    paper_room.note_used(amy.laptop, first)
    amy.clock.pass_time(hours=1)
    wish_for(amy, PaperWishes(budget=2 * SIZE))
    amy.sync()
    assert here(amy, sent) == [True, False, False, True]
    assert files(amy) == 2
    for _ in range(3):
        amy.sync()
    assert here(amy, sent) == [True, False, False, True], "what was let go of is not fetched again unasked"
    got = fetch(amy.laptop, amy.cable, sha256=sent[1], size=SIZE, case_id=case_of(amy))
    assert isinstance(got, Paper)
    assert content_of(amy, sent[1]) == LARGE + b"\x01"


def test_that_what_is_being_looked_at_stays(amy: Desk, sent: list[str]) -> None:
    for sha256 in sent:
        paper = paper_of(amy.laptop, sha256)
        assert paper is not None
        paper_room.note_used(amy.laptop, paper)
    wish_for(amy, PaperWishes(budget=0))
    amy.sync()
    assert all(here(amy, sent))
    amy.clock.pass_time(hours=1)
    amy.sync()
    assert not any(here(amy, sent))


@pytest.mark.covers("FD7")
def test_that_nothing_goes_that_the_server_has_not_verified(amy: Desk, tmp_path: Path) -> None:
    unsent = put(amy, tmp_path, LARGE)
    wish_for(amy, PaperWishes(budget=0))
    amy.clock.pass_time(days=300)
    paper_room.make_room(amy.laptop, 10**15)
    assert content_of(amy, unsent) == LARGE
    amy.wire.meanwhile = lambda: _refuse_bytes(amy)
    amy.try_to_sync()
    amy.clock.pass_time(days=300)
    paper_room.make_room(amy.laptop, 10**15)
    assert content_of(amy, unsent) == LARGE
    amy.wire.meanwhile = None
    amy.sync()
    amy.sync()
    amy.clock.pass_time(days=300)
    amy.sync()
    assert paper_of(amy.laptop, unsent) is None
    assert amy.engine.look().all_sent


def _refuse_bytes(desk: Desk) -> None:
    if desk.wire.requests[-1] == "OpenUpload":
        raise Offline("cut")


def test_that_what_is_put_on_another_case_stays_until_it_is_there_too(
    amy: Desk, priya: Desk, sent: list[str], tmp_path: Path
) -> None:
    other = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    source = a_file(tmp_path, LARGE + b"\x00")
    assert isinstance(attach(amy.laptop, source, case_id=other, mime="image/jpeg"), Accepted)
    amy.clock.pass_time(days=300)
    wish_for(amy, PaperWishes(budget=0))
    paper_room.make_room(amy.laptop)
    assert here(amy, sent) == [True, False, False, False]
    amy.sync()
    assert [document.is_stored for document in saying.on_server(amy, Document, other)] == [True]


def test_that_a_short_disk_makes_room_for_what_somebody_asks_for(amy: Desk, sent: list[str]) -> None:
    wish_for(amy, PaperWishes(budget=3 * SIZE))
    amy.sync()
    assert here(amy, sent) == [False, True, True, True]
    amy.clock.pass_time(hours=1)

    def free(folder: Path) -> int:
        return 4 * SIZE - sum(path.stat().st_size for path in folder.iterdir())

    amy.laptop.papers.disk = Disk(keep_free=SIZE // 2, measure=free)
    got = fetch(amy.laptop, amy.cable, sha256=sent[0], size=SIZE, case_id=case_of(amy))
    assert isinstance(got, Paper)
    assert here(amy, sent)[:2] == [True, False]
    assert free(amy.folder / PAPERS) >= SIZE // 2


def test_that_a_short_disk_fetches_nothing_unasked(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    put(priya, tmp_path, LARGE, case_id=case_of(amy))
    put(priya, tmp_path, b"a small one", case_id=case_of(amy))
    priya.sync()
    amy.laptop.papers.disk = Disk(measure=lambda _: 600 * 1024 * 1024)
    amy.sync()
    assert files(amy) == 0
    assert amy.look(paper_rows.stuck) == {}


class Dying(Laptop):
    """A laptop whose process ends before or after its store lets go of something, or between two files."""

    when = ""

    def write(self, work: Callable[[Connection], T], *, in_bulk: bool = False) -> T:
        """Does the work, and dies."""
        if self.when == "before":
            raise Killed
        done = super().write(work, in_bulk=in_bulk)
        if self.when == "after":
            raise Killed
        return done


class PapersOf(Papers):
    """Its folder of documents, with room as ever."""

    def __init__(self, laptop: Dying) -> None:
        super().__init__(laptop.papers.folder, disk=Disk(keep_free=0))
        self._laptop = laptop
        self._forgotten = 0

    def forget(self, paper: Paper) -> None:
        """Removes one file, and dies at the second."""
        if self._laptop.when == "between two files" and self._forgotten:
            raise Killed
        self._forgotten += 1
        super().forget(paper)


@pytest.mark.parametrize("when", ["before", "after", "between two files"])
def test_that_a_kill_while_room_is_made_leaves_no_document_that_only_seems_to_be_here(
    amy: Desk, sent: list[str], when: str
) -> None:
    wish_for(amy, PaperWishes(budget=SIZE))
    amy.laptop.close()
    dying = Dying(amy.folder, b"k" * 32, person_id=amy.person_id, device=amy.device, clock=amy.clock)
    dying.when, dying.papers = when, PapersOf(dying)
    with pytest.raises(Killed):
        paper_room.make_room(dying)
    dying.close()
    amy.reopen()
    amy.crash()
    found = here(amy, sent)
    assert found == ([True] * 4 if when == "before" else [False, False, False, True])
    assert files(amy) == sum(found)
    for sha256, is_here in zip(sent, found, strict=True):
        if is_here:
            assert content_of(amy, sha256).startswith(LARGE)
    got = fetch(amy.laptop, amy.cable, sha256=sent[0], size=SIZE, case_id=case_of(amy))
    assert isinstance(got, Paper)


def test_that_a_damaged_copy_is_dropped_and_fetched_again_only_if_the_server_has_it(
    amy: Desk, sent: list[str], tmp_path: Path
) -> None:
    unsent = put(amy, tmp_path, b"only here")
    for path in (amy.folder / PAPERS).iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    papers = [paper_of(amy.laptop, sha256) for sha256 in (sent[0], unsent)]
    assert [paper_room.drop_broken(amy.laptop, paper) for paper in papers if paper] == [True, False]
    got = fetch(amy.laptop, amy.cable, sha256=sent[0], size=SIZE, case_id=case_of(amy))
    assert isinstance(got, Paper)
    assert content_of(amy, sent[0]) == LARGE + b"\x00"


def test_that_an_old_copy_of_the_store_does_not_think_that_what_went_after_it_is_here(
    amy: Desk, sent: list[str]
) -> None:
    amy.restart()
    copy = {path: path.read_bytes() for path in amy.folder.glob(f"{STORE}*")}
    wish_for(amy, PaperWishes(budget=SIZE))
    paper_room.make_room(amy.laptop)
    amy.laptop.close()
    for path, content in copy.items():
        path.write_bytes(content)
    amy.reopen()
    assert here(amy, sent) == [False, False, False, True]


def test_that_on_a_metered_network_only_small_documents_travel_unasked(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    case_id = case_of(amy)
    large_there = put(priya, tmp_path, LARGE + b"theirs", case_id=case_id)
    small_there = put(priya, tmp_path, b"theirs", case_id=case_id)
    priya.sync()
    put(amy, tmp_path, LARGE)
    put(amy, tmp_path, b"small")
    wish_for(amy, PaperWishes(is_metered=True))
    amy.sync()
    assert here(amy, [large_there, small_there]) == [False, True]
    assert amy.engine.look().papers == 1
    assert not amy.engine.look().all_sent
    got = fetch(amy.laptop, amy.cable, sha256=large_there, size=len(LARGE) + 6, case_id=case_id)
    assert isinstance(got, Paper), "who asks for it gets it"
    wish_for(amy, PaperWishes())
    amy.sync()
    assert amy.engine.look().all_sent


def test_that_small_documents_travel_together_and_before_the_large(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    put(amy, tmp_path, LARGE)
    for number in range(5):
        put(amy, tmp_path, b"small %d" % number)
    amy.sync()
    sending = [one for one in amy.wire.requests if one in {"bundle", "OpenUpload", "chunk", "finish"}]
    assert sending == ["bundle", "OpenUpload", "chunk", "finish"]
    priya.sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    ben = world.desk("ben")
    assert [one for one in ben.wire.requests if one in {"wanted", "fetch"}] == ["wanted", "fetch"]
    assert files(ben) == 6
