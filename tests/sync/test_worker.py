"""The sync thread: it begins by itself, hears nudges, outlives bugs, and ends when asked."""

import gc
import logging
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from casework.disk import BALLAST_SIZE
from casework.wire import Hello, HelloReply, Page, Pull
from sync import outbox
from sync.engine import Engine, SyncReport
from sync.faults import Offline
from sync.laptop import BALLAST
from sync.worker import Worker
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld
from tests.kit_waiting import until


class Watched:
    """A worker and what it has told."""

    def __init__(self, desk: Desk) -> None:
        self.reports: list[SyncReport] = []
        self.bugs: list[BaseException] = []
        self.worker = Worker(desk.engine, finished=self.reports.append, broke=self.bugs.append)

    def rounds(self, count: int) -> None:
        """Waits for so many rounds."""
        until(lambda: len(self.reports) >= count, f"round {count}")


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


@pytest.fixture
def watched(amy: Desk) -> Iterator[Watched]:
    made = Watched(amy)
    yield made
    assert made.worker.stop()


def test_that_it_begins_with_a_round_and_rests_after_it(amy: Desk, watched: Watched) -> None:
    watched.worker.start()
    watched.rounds(1)
    assert watched.reports[0].reached_the_end
    assert watched.reports[0].rest > 30


def test_that_a_window_beside_it_waits_neither_long_for_its_turn_nor_often_for_garbage(watched: Watched) -> None:
    sys.setswitchinterval(0.005)
    gc.set_threshold(700)
    watched.worker.start()
    assert sys.getswitchinterval() <= 0.001
    assert gc.get_threshold()[0] >= 10_000


def test_that_a_nudge_now_brings_a_round_at_once(amy: Desk, watched: Watched) -> None:
    watched.worker.start()
    watched.rounds(1)
    case_id = amy.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))
    saying.note(amy, case_id, "send this")
    watched.worker.nudge(now=True)
    watched.rounds(2)
    assert amy.look(outbox.count) == 0


def test_that_a_nudge_waits_a_moment_so_that_saves_go_together(amy: Desk, watched: Watched) -> None:
    watched.worker.start()
    watched.rounds(1)
    started = time.monotonic()
    for _ in range(5):
        watched.worker.nudge()
    watched.rounds(2)
    assert time.monotonic() - started > 1
    assert len(watched.reports) == 2


def test_that_a_nudge_during_a_round_brings_another_one(amy: Desk, watched: Watched) -> None:
    nudged = threading.Event()

    def nudge_once() -> None:
        if not nudged.is_set():
            nudged.set()
            watched.worker.nudge(now=True)

    amy.wire.meanwhile = nudge_once
    watched.worker.start()
    watched.rounds(2)


def test_that_a_bug_is_told_and_does_not_end_it(amy: Desk, watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    def bug() -> None:
        raise ZeroDivisionError

    amy.wire.meanwhile = bug
    with caplog.at_level(logging.CRITICAL, logger="sync.worker"):
        watched.worker.start()
        until(lambda: watched.bugs != [], "the bug is told")
    amy.wire.meanwhile = None
    watched.worker.nudge(now=True)
    watched.rounds(1)
    assert isinstance(watched.bugs[0], ZeroDivisionError)
    assert watched.reports[0].reached_the_end


def test_that_a_bug_in_who_listens_does_not_end_it_either(amy: Desk, caplog: pytest.LogCaptureFixture) -> None:
    bugs: list[BaseException] = []
    heard: list[SyncReport] = []

    def finished(report: SyncReport) -> None:
        heard.append(report)
        raise ZeroDivisionError

    worker = Worker(amy.engine, finished=finished, broke=bugs.append)
    with caplog.at_level(logging.CRITICAL, logger="sync.worker"):
        worker.start()
        until(lambda: len(bugs) == 1, "the bug is told")
        worker.nudge(now=True)
        until(lambda: len(heard) == 2, "another round")
        assert worker.stop()


class Slow(NearCentral):
    """A server that takes its time, until it is let go."""

    let_go: threading.Event
    came: threading.Event

    def hello(self, hello: Hello) -> HelloReply:
        """Waits."""
        self.came.set()
        assert self.let_go.wait(20)
        raise Offline("too late")


def test_that_stopping_ends_after_the_step_under_way(amy: Desk) -> None:
    slow = Slow(amy.world.server, amy.person_id, amy.device)
    slow.let_go, slow.came = threading.Event(), threading.Event()
    watched = Watched(amy)
    amy.engine.central = slow
    watched.worker.start()
    assert slow.came.wait(20)
    assert not watched.worker.stop(0.05)
    slow.let_go.set()
    assert watched.worker.stop()
    assert [report.reached_the_end for report in watched.reports] == [False]


def test_that_who_waits_for_its_end_hears_of_it_once_and_never_before(amy: Desk) -> None:
    slow = Slow(amy.world.server, amy.person_id, amy.device)
    slow.let_go, slow.came = threading.Event(), threading.Event()
    watched = Watched(amy)
    amy.engine.central = slow
    ends: list[str] = []
    watched.worker.when_ended(lambda: ends.append("never begun"))
    watched.worker.start()
    assert slow.came.wait(20)
    assert not watched.worker.stop(0.05)
    watched.worker.when_ended(lambda: ends.append("late"))
    assert ends == ["never begun"]
    slow.let_go.set()
    assert watched.worker.stop()
    assert ends == ["never begun", "late"]
    watched.worker.when_ended(lambda: ends.append("ended"))
    assert ends == ["never begun", "late", "ended"]


class LatePage(NearCentral):
    """A page that was made at once and is long on its way."""

    let_go: threading.Event
    came: threading.Event

    def pull(self, pull: Pull) -> Page:
        """Waits."""
        page = super().pull(pull)
        self.came.set()
        assert self.let_go.wait(20)
        return page


def test_that_a_page_that_comes_after_the_store_was_closed_changes_nothing_in_it(amy: Desk) -> None:
    """The app was closed while a page was on its way, and opened again: the new one has gone on by then."""
    case_id = amy.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))
    priya = amy.world.desk("priya", number=2)
    saying.note(priya, case_id, "a line")
    priya.sync()
    late = LatePage(amy.world.server, amy.person_id, amy.device)
    late.let_go, late.came = threading.Event(), threading.Event()
    amy.engine.central = late
    watched = Watched(amy)
    watched.worker.start()
    try:
        assert late.came.wait(20)
        assert not watched.worker.stop(0.05)
        amy.laptop.close()
        amy.reopen()
        saying.note(priya, case_id, "a newer line")
        priya.sync()
        amy.sync()
        stands = amy.look(lambda conn: conn.exec_driver_sql("SELECT * FROM held_case").all())
    finally:
        late.let_go.set()
    assert watched.worker.stop()
    assert [report.reached_the_end for report in watched.reports] == [False]
    assert amy.look(lambda conn: conn.exec_driver_sql("SELECT * FROM held_case").all()) == stands
    assert saying.texts(amy, case_id)[-2:] == ["a line", "a newer line"]


def test_that_stopping_while_it_rests_is_quick_and_stopping_before_the_start_is_allowed(amy: Desk) -> None:
    watched = Watched(amy)
    watched.worker.start()
    watched.rounds(1)
    started = time.monotonic()
    assert watched.worker.stop()
    assert time.monotonic() - started < 5
    never_begun = Worker(Engine(amy.laptop, amy.cable), finished=watched.reports.append, broke=watched.bugs.append)
    assert never_begun.stop()


def test_that_the_chores_put_room_by_for_a_full_disk(amy: Desk) -> None:
    ballast = amy.folder / BALLAST
    assert not ballast.exists()
    amy.laptop.tidy()
    assert ballast.stat().st_size == BALLAST_SIZE
    ballast.unlink()
