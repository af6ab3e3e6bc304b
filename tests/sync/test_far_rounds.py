"""Rounds over HTTP with the real server: what only goes wrong between two programs that were written apart."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from casework.commands import AddNote
from casework.ids import new_id
from server.devices import Devices
from server.facts import EPOCH, set_fact
from sync import outbox, profiles, state
from sync.engine import Engine, SyncReport
from sync.faults import AccessEnded
from sync.http import HttpCentral
from sync.laptop import Laptop
from sync.profiles import find_profiles, open_laptop, sign_in
from sync.worker import Worker
from tests.kit_new_case import an_opening
from tests.kit_server import PASSWORD, RunningServer, running_server
from tests.kit_waiting import until

KEY = b"k" * 32


class FarDesk:
    """Somebody's laptop with a real connection: a profile's folder, as the app has it."""

    def __init__(self, server: RunningServer, root: Path, name: str) -> None:
        self.root = root
        self.central = HttpCentral(server.url)
        arrival = sign_in(self.central, root, server=server.url, username=name, password=PASSWORD)
        self.profile_id = arrival.profile.id
        self._open()
        profiles.keep_renewal(self.laptop, arrival.renewal)
        self._resume()
        self.sync()

    @property
    def folder(self) -> Path:
        """Where the profile lies."""
        return self.root / self.profile_id

    def _open(self) -> None:
        (profile,) = (one for one in find_profiles(self.root) if one.id == self.profile_id)
        self.laptop: Laptop = open_laptop(self.root, profile, KEY, upgrade=lambda store: None)
        self.engine = Engine(self.laptop, self.central)

    def _resume(self) -> None:
        keep = partial(profiles.keep_renewal, self.laptop)
        self.central.resume(self.laptop.device, profiles.renewal_of(self.laptop), keep)

    def restart(self) -> None:
        """The app is closed and opened again."""
        self.laptop.close()
        self._open()
        self._resume()

    def sync(self) -> SyncReport:
        """One round that must reach its end."""
        report = self.engine.sync_once()
        if report.fault is not None:
            raise report.fault
        return report

    def open_case(self) -> str:
        """Takes a case in; returns its id."""
        opening = an_opening(client={"first_name": ""})
        self.laptop.say(opening)
        return opening.case_id

    def texts(self, case_id: str) -> list[str]:
        """The notes on a case as this laptop has them."""
        with self.laptop.database.reading() as conn:
            query = "SELECT text FROM activity WHERE case_id = ? AND text <> '' ORDER BY text"
            return [str(text) for text in conn.exec_driver_sql(query, (case_id,)).scalars()]

    def close(self) -> None:
        """Lets go of the store and the connection."""
        self.laptop.close()
        self.central.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    (tmp_path / "server").mkdir()
    with running_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def amy(server: RunningServer, tmp_path: Path) -> Iterator[FarDesk]:
    desk = FarDesk(server, tmp_path / "amy", "amy")
    yield desk
    desk.close()


@pytest.mark.covers("FE3")
def test_that_a_profile_put_back_from_a_copy_gets_a_name_of_its_own_that_lasts(amy: FarDesk) -> None:
    case_id = amy.open_case()
    amy.sync()
    amy.laptop.close()
    copy = amy.root.with_name("copy")
    shutil.copytree(amy.folder, copy)
    amy.restart()
    amy.laptop.say(AddNote(case_id=case_id, text="after the copy"))
    amy.sync()
    before = amy.laptop.device
    amy.laptop.close()
    shutil.rmtree(amy.folder)
    copy.rename(amy.folder)
    amy.restart()
    amy.laptop.say(AddNote(case_id=case_id, text="by the copy"))
    amy.sync()
    named = amy.laptop.device
    assert named != before
    assert [one.device for one in find_profiles(amy.root)] == [named]
    amy.restart()
    assert amy.laptop.device == named
    amy.sync()
    assert amy.texts(case_id) == ["after the copy", "by the copy"]


@pytest.mark.covers("FE1", "OC26")
def test_that_a_restored_server_is_recovered_from_over_a_real_connection(amy: FarDesk, server: RunningServer) -> None:
    case_id = amy.open_case()
    amy.sync()
    copy = server.config.data / "backup.db"
    server.database.backup(copy)
    amy.laptop.say(AddNote(case_id=case_id, text="after the backup"))
    amy.sync()
    path = server.database.path
    assert path is not None
    server.stop()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.copyfile(copy, path)
    server.restart()
    report = amy.sync()
    assert report.again == 1
    assert amy.texts(case_id) == ["after the backup"]
    assert amy.engine.look().all_sent
    with server.database.writing() as conn:
        set_fact(conn, EPOCH, new_id())
    assert amy.sync().again == 0
    assert amy.engine.look().all_sent


def test_that_sums_lists_and_whole_cases_come_over_a_real_connection(amy: FarDesk) -> None:
    case_id = amy.open_case()
    amy.sync()
    with amy.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM held_case")
        conn.exec_driver_sql("DELETE FROM activity")
        conn.exec_driver_sql("DELETE FROM ownership_event")
    amy.engine.check_soon()
    amy.sync()
    with amy.laptop.database.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM held_case WHERE case_id = ?", (case_id,)).scalar() == 1
        assert conn.exec_driver_sql("SELECT count(*) FROM ownership_event").scalar() == 1
        assert state.get(conn, state.MISMATCHES, int, 0) == 1


@pytest.mark.covers("FF3")
def test_that_a_lost_device_puts_its_words_by_over_a_real_connection(amy: FarDesk, server: RunningServer) -> None:
    case_id = amy.open_case()
    amy.sync()
    amy.laptop.say(AddNote(case_id=case_id, text="unsent"))
    Devices(server.database).lose(amy.laptop.device)
    assert isinstance(amy.engine.sync_once().fault, AccessEnded)
    assert amy.engine.look().lock == "device-lost"
    assert amy.texts(case_id) == []
    with amy.laptop.database.reading() as conn:
        assert outbox.everything(conn) == ()
    with server.database.reading() as conn:
        assert "unsent" in "".join(conn.exec_driver_sql("SELECT said FROM kept_work").scalars().all())


def test_that_news_is_there_within_two_seconds_and_stopping_waits_for_nobody(
    amy: FarDesk, server: RunningServer, tmp_path: Path
) -> None:
    case_id = amy.open_case()
    amy.sync()
    came = threading.Event()
    jo = FarDesk(server, tmp_path / "jo", "jo")

    def look(report: SyncReport) -> None:
        if amy.texts(case_id):
            came.set()

    worker = Worker(amy.engine, finished=look, broke=lambda error: None)
    worker.start()
    try:
        until(lambda: server.switch.seen[-1].endswith("/v1/news"), "the laptop listens")
        jo.laptop.say(AddNote(case_id=case_id, text="from Jo"))
        jo.sync()
        said = time.monotonic()
        assert came.wait(20)
        assert time.monotonic() - said < 2
        until(lambda: server.switch.seen[-1].endswith("/v1/news"), "the laptop listens again")
    finally:
        began = time.monotonic()
        assert worker.stop()
        assert time.monotonic() - began < 2
        jo.close()
    with suppress(OSError):
        server.stop()
