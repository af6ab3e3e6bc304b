"""A server that went back in time gets back what it had accepted, once; nobody's work is lost and all end up alike."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.connection import Connection
from casework.questions.feed_lines import feed_page
from casework.values import Activity, Notice
from casework.wire import START, Stamp
from server.facts import EPOCH, set_fact
from sync import chores, outbox, recovery, state
from sync.faults import Offline
from sync.laptop import Drafts
from sync.safeguards import Safeguards
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearWorld
from tests.machines.organisation import snapshot
from tests.sync.alike import require_alike
from tests.sync.test_receipts import see, viewer


class Office:
    """Priya and Amy, with a case of Amy's, in step; and a backup of the server as it was then."""

    def __init__(self, world: NearWorld) -> None:
        self.world = world
        self.priya = world.desk("priya")
        self.case_id = saying.a_case_of(self.priya, "amy")
        self.priya.sync()
        self.amy = world.desk("amy")
        self.backup = world.server.back_up()

    def notes(self) -> list[str]:
        """The notes that the server has on the case, as often as it has them."""
        return sorted(line.text for line in saying.on_server(self.priya, Activity, self.case_id) if line.text)

    def all_alike(self) -> None:
        """After two rounds each everybody holds just what the server lets them see."""
        for desk in (self.amy, self.priya, self.amy, self.priya):
            desk.sync()
        for desk in (self.amy, self.priya):
            require_alike(desk)
            assert desk.engine.look().all_sent


@pytest.fixture
def office(world: NearWorld) -> Office:
    return Office(world)


def speak(desk: Desk, case_id: str, *texts: str) -> None:
    for text in texts:
        saying.note(desk, case_id, text)


@pytest.mark.covers("FE1", "OC26")
@pytest.mark.parametrize("by_the_book", [True, False])
def test_that_a_restored_server_gets_back_what_it_had_accepted(office: Office, by_the_book: bool) -> None:
    amy, priya = office.amy, office.priya
    speak(amy, office.case_id, *(f"amy {number}" for number in range(40)))
    saying.describe(amy, office.case_id, "described after the backup")
    amy.sync()
    priya.sync()
    speak(priya, office.case_id, "priya 0")
    priya.sync()
    office.world.server.restore(office.backup, by_the_book=by_the_book)
    assert office.notes() == []
    # others push the head past what Amy knows before she comes back
    other = saying.referral(priya, last_name="After")
    for number in range(60):
        saying.note(priya, other, f"after {number}")
    report = priya.sync()
    assert report.again == 1
    assert amy.sync().again == 41
    office.all_alike()
    assert office.notes() == sorted([*(f"amy {number}" for number in range(40)), "priya 0"])
    assert saying.server_case(amy, office.case_id).description == "described after the backup"


@pytest.mark.covers("FE1", "OC26")
def test_that_the_person_is_told_how_many_changes_were_sent_again(office: Office) -> None:
    speak(office.amy, office.case_id, "one", "two")
    office.amy.sync()
    assert office.amy.engine.look().restored_at is None
    office.world.server.restore(office.backup)
    office.amy.sync()
    now = office.amy.engine.look()
    assert now.sent_again == 2
    assert now.restored_at is not None


@pytest.mark.covers("FE1")
def test_that_what_the_server_still_has_is_not_sent_again(office: Office) -> None:
    speak(office.amy, office.case_id, "before")
    office.amy.sync()
    later = office.world.server.back_up()
    speak(office.amy, office.case_id, "after")
    office.amy.sync()
    office.world.server.restore(later)
    assert office.amy.sync().again == 1
    assert office.notes() == ["after", "before"]


@pytest.mark.covers("FE1")
def test_that_the_newer_words_come_after_those_that_the_server_lost(office: Office) -> None:
    amy = office.amy
    saying.describe(amy, office.case_id, "first")
    amy.sync()
    saying.describe(amy, office.case_id, "second")
    office.world.server.restore(office.backup)
    amy.sync()
    assert saying.server_case(amy, office.case_id).description == "second"
    assert amy.look(outbox.count) == 0


@pytest.mark.covers("FE1")
@pytest.mark.parametrize("at", range(1, 12))
def test_that_a_recovery_goes_on_after_a_kill_at_any_request(office: Office, at: int) -> None:
    amy = office.amy
    speak(amy, office.case_id, *(f"amy {number}" for number in range(5)))
    amy.sync()
    office.world.server.restore(office.backup)
    speak(amy, office.case_id, "not sent yet")
    Drafts(amy.laptop).keep("note", {"text": "half a sen"})
    left = at

    def die() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Offline("killed")

    amy.wire.meanwhile = die
    amy.try_to_sync()
    amy.wire.meanwhile = None
    amy.crash()
    office.all_alike()
    assert office.notes() == sorted([*(f"amy {number}" for number in range(5)), "not sent yet"])
    assert Drafts(amy.laptop).find("note") == {"text": "half a sen"}


@pytest.mark.covers("FE1")
def test_that_a_server_set_up_anew_gets_what_it_lost_as_far_as_it_can_take_it(office: Office) -> None:
    """Nobody's words are thrown away, even where the server knows none of the history."""
    office.world.server.restore(office.backup)
    with office.world.server.database.writing() as conn:
        set_fact(conn, EPOCH, "e" * 32)
    office.amy.sync()
    office.all_alike()


@pytest.mark.covers("FE1")
def test_that_two_restores_one_after_the_other_lose_nothing(office: Office) -> None:
    speak(office.amy, office.case_id, "first")
    office.amy.sync()
    office.world.server.restore(office.backup)
    office.amy.sync()
    speak(office.amy, office.case_id, "second")
    office.amy.sync()
    office.world.server.restore(office.backup)
    assert office.amy.sync().again == 2
    office.all_alike()
    assert office.notes() == ["first", "second"]


@pytest.mark.covers("FE1")
def test_that_a_copy_of_the_store_is_made_before_a_recovery_and_the_newest_two_are_kept(office: Office) -> None:
    amy = office.amy
    for number in range(4):
        speak(amy, office.case_id, f"number {number}")
        amy.sync()
        office.world.server.restore(office.backup)
        amy.sync()
    copies = recovery.copies_of(amy.folder)
    assert len(copies) == recovery.COPIES_KEPT
    long_ago = (amy.clock() - chores.COPIES_LAST - timedelta(days=1)).timestamp()
    for path, made in zip(copies, (long_ago, amy.clock().timestamp()), strict=True):
        os.utime(path, (made, made))
    chores.tidy(amy.laptop)
    assert recovery.copies_of(amy.folder) == copies[1:], "they hold cases that may not be here any more"


@pytest.mark.covers("FE1")
def test_that_a_notice_of_the_lost_history_goes_and_comes_back_with_what_caused_it(office: Office) -> None:
    saying.give(office.priya, office.case_id, saying.person("ben"))
    office.priya.sync()
    office.amy.sync()
    office.world.server.restore(office.backup)
    office.amy.sync()
    office.all_alike()
    assert saying.server_case(office.amy, office.case_id).owner_id == saying.person("ben").id
    assert [one.person_id for one in saying.on_server(office.amy, Notice, office.case_id)]


def test_that_receipts_go_only_when_a_verified_backup_has_what_they_say(office: Office) -> None:
    amy = office.amy
    speak(amy, office.case_id, *(f"amy {number}" for number in range(3)))
    amy.sync()

    def receipts(conn: Connection) -> int:
        return int(conn.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one())

    with amy.laptop.database.writing() as conn:
        newest = recovery.known(conn)[0]
        Safeguards().thin_receipts(conn, newest, amy.clock() + timedelta(days=400))
    assert amy.look(receipts) == 3
    with amy.laptop.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO receipt (id, case_id, type, body, said_at, answered_at, status, code, facts, rev, chain)"
            " VALUES (?, '', 'note.add', '{}', '', '2020-01-01', 'applied', '', '{}', ?, 'a')",
            [(f"{number:032x}", newest + number) for number in range(1, 2_001)],
        )
        Safeguards().thin_receipts(conn, newest, amy.clock())
        assert receipts(conn) == 2_003
        Safeguards().thin_receipts(conn, newest + 500, amy.clock())
        assert receipts(conn) == 1_503
        Safeguards().thin_receipts(conn, newest + 2_000, amy.clock())
        # those of today stay, whatever a backup has
        assert receipts(conn) == 1_003


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64])
def test_that_the_last_shared_stamp_is_found_by_few_questions(count: int) -> None:
    found: tuple[Stamp, ...] = tuple((number, "c") for number in range(1, count + 1))
    for parting in range(count + 1):
        asked: list[Stamp] = []

        def is_shared(stamp: Stamp, parting: int = parting, asked: list[Stamp] = asked) -> bool:
            asked.append(stamp)
            return stamp[0] <= parting

        assert recovery.last_shared(found, is_shared) == (found[parting - 1] if parting else START)
        assert len(asked) <= 8


class NothingOfferedAgain(Safeguards):
    """What was acknowledged counts as safe for good."""

    def go_back(self, conn: Connection, shared: Stamp, person_id: str, at: object) -> int:
        """Goes back without its receipts."""
        conn.exec_driver_sql("DELETE FROM receipt")
        return super().go_back(conn, shared, person_id, at)  # type: ignore[arg-type]


@pytest.fixture
def world_that(tmp_path: Path) -> Iterator[Callable[[Makes], NearWorld]]:
    made: list[NearWorld] = []

    def make(makes: Makes) -> NearWorld:
        made.append(NearWorld(tmp_path, makes=makes))
        return made[-1]

    yield make
    for world in made:
        world.close()


def test_that_without_retention_a_restore_loses_work(world_that: Callable[[Makes], NearWorld]) -> None:
    office = Office(world_that(Makes(safeguards=NothingOfferedAgain)))
    speak(office.amy, office.case_id, "lost")
    office.amy.sync()
    office.world.server.restore(office.backup)
    office.amy.sync()
    assert office.notes() == []


def test_that_what_is_on_the_screen_stays_there_through_a_recovery(office: Office) -> None:
    """I3: what was accepted once and lost by the server is shown as not yet sent, never as gone."""
    amy = office.amy
    speak(amy, office.case_id, "on the screen")
    amy.sync()
    office.world.server.restore(office.backup)
    shown: list[bool] = []
    amy.wire.meanwhile = lambda: shown.append("on the screen" in saying.texts(amy, office.case_id))
    amy.sync()
    amy.wire.meanwhile = None
    assert len(shown) > 4
    assert all(shown)
    assert amy.look(snapshot)["activity"]
    assert amy.look(lambda conn: state.comparing(conn)) is None


def amy_looks_and_writes(office: Office) -> None:
    """She has seen what Priya wrote, well after the backup; that, and what she wrote then, are not sent yet."""
    amy, priya = office.amy, office.priya
    speak(amy, office.case_id, *(f"amy {number}" for number in range(30)))
    amy.sync()
    speak(priya, office.case_id, "written before")
    priya.sync()
    amy.sync()
    assert see(amy, office.case_id)
    speak(amy, office.case_id, "written when she had looked")


def priya_writes_after_the_restore(office: Office) -> None:
    """Then both are in step again."""
    speak(office.priya, office.case_id, "written after")
    for desk in (office.priya, office.amy, office.priya):
        desk.sync()


@pytest.mark.covers("FE1")
@pytest.mark.parametrize("is_sent", [True, False], ids=["sent", "waiting"])
def test_that_nothing_counts_as_seen_that_was_written_after_the_server_went_back(office: Office, is_sent: bool) -> None:
    """The server's numbers come again after a restore: what was seen up to one of them is no measure any more."""
    amy, priya = office.amy, office.priya
    amy_looks_and_writes(office)
    if is_sent:
        amy.sync()
        priya.sync()
    office.world.server.restore(office.backup)
    priya_writes_after_the_restore(office)
    assert {"written after", "written when she had looked"} <= set(office.notes())
    assert "written after" not in seen_of(priya, office.case_id)
    assert amy.look(outbox.count) == 0
    # her laptop says it anew, once she looks
    assert see(amy, office.case_id)
    amy.sync()
    priya.sync()
    assert "written after" in seen_of(priya, office.case_id)


@pytest.mark.covers("FE1")
def test_that_nothing_counts_as_seen_although_the_app_was_started_anew_before_it_could_send(office: Office) -> None:
    """The journal beside the store still has that somebody looked."""
    amy, priya = office.amy, office.priya
    amy_looks_and_writes(office)
    office.world.server.restore(office.backup)
    amy.wire.meanwhile = lambda: _cut_pushes(amy)
    assert isinstance(amy.try_to_sync().fault, Offline)
    amy.wire.meanwhile = None
    amy.restart()
    priya_writes_after_the_restore(office)
    assert {"written after", "written when she had looked"} <= set(office.notes())
    assert "written after" not in seen_of(priya, office.case_id)


def _cut_pushes(desk: Desk) -> None:
    if desk.wire.requests[-1] == "Push":
        raise Offline("cut")


def seen_of(desk: Desk, case_id: str) -> set[str]:
    """What the feed of that desk shows as seen by the owner."""
    lines = desk.look(lambda conn: feed_page(conn, viewer(desk), case_id)).lines
    return {line.text for line in lines if line.seen_by_name}
