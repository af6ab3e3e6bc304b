"""Somebody who was added after the backup that the server was put back to: added again, they go on where they were."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casework.answers import Status
from casework.commands import AddNote
from casework.rows import all_of, of_case
from casework.values import Activity, Case, KeptWork, Role, Source
from casework.wire import NewPerson
from server.backups import back_up, note_restore
from sync.engine import Engine, SyncReport
from sync.faults import SignedOut
from sync.http import HttpCentral
from sync.laptop import Laptop
from sync.profiles import Profile, keep_renewal, open_laptop, renewal_of, sign_in
from tests.kit_new_case import a_council_opening
from tests.kit_server import RunningServer, running_server

KEY, SECRET = b"k" * 32, "kettle on the blue hob"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server") as server:
        yield server


def add_nina(central: RunningServer) -> str:
    """Adds her; returns the one-time code."""
    nina = NewPerson(rid="", username="nina", display_name="Nina Brook", role=Role.COORDINATOR)
    return central.parts.people.add(nina).code


def put_back(central: RunningServer, backup: Path) -> None:
    """Puts a backup in the place of the database, as an admin does."""
    central.stop()
    for left in central.config.data.glob("server.db*"):
        left.unlink()
    shutil.copy(backup, central.config.data / "server.db")
    central.restart()
    note_restore(central.database)


def come_in(central: RunningServer, root: Path, code: str) -> Profile:
    """Signs her in with a one-time code, and keeps the session in her store."""
    line = HttpCentral(central.url)
    came = sign_in(line, root, server=central.url, username="Nina", password=SECRET, code=code)
    line.close()
    with opened(root, came.profile) as laptop:
        keep_renewal(laptop, came.renewal)
    return came.profile


@contextmanager
def opened(root: Path, profile: Profile) -> Iterator[Laptop]:
    laptop = open_laptop(root, profile, KEY, upgrade=lambda _: None)
    try:
        yield laptop
    finally:
        laptop.close()


def sync(central: RunningServer, laptop: Laptop) -> SyncReport:
    line = HttpCentral(central.url)
    line.resume(laptop.device, renewal_of(laptop), lambda renewal: keep_renewal(laptop, renewal))
    try:
        return Engine(laptop, line).sync_once()
    finally:
        line.close()


@pytest.mark.covers("FE1")
def test_that_who_is_added_again_after_a_restore_sends_all_that_they_ever_said(
    central: RunningServer, tmp_path: Path
) -> None:
    backup = back_up(central.database, tmp_path / "backups", documents=None).path
    profile = come_in(central, tmp_path / "laptop", add_nina(central))
    opening = a_council_opening("Okafor", source=Source.PERSON)
    with opened(tmp_path / "laptop", profile) as laptop:
        sync(central, laptop)
        laptop.say(opening)
        laptop.say(AddNote(case_id=opening.case_id, text="taken in before"))
        assert [ack.st for ack in sync(central, laptop).acks] == [Status.APPLIED] * 2
        laptop.say(AddNote(case_id=opening.case_id, text="not sent yet"))
        put_back(central, backup)
        assert isinstance(sync(central, laptop).fault, SignedOut)
    again = come_in(central, tmp_path / "laptop", add_nina(central))
    assert again == profile, "the same person, device and store"
    with opened(tmp_path / "laptop", again) as laptop:
        report = sync(central, laptop)
        assert (report.again, [ack.st for ack in report.acks]) == (2, [Status.APPLIED] * 3)
    with central.database.reading() as conn:
        texts = sorted(line.text for line in of_case(conn, Activity, opening.case_id) if line.text)
        assert texts == ["not sent yet", "taken in before"]
        assert [one.id for one in all_of(conn, Case)] == [opening.case_id]
        assert all_of(conn, KeptWork) == ()
