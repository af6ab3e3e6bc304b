"""What has had its day goes; what somebody still needs stays."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casework.ids import new_id
from casework.store_faults import DiskFault
from server.clock import as_text
from server.config import Config
from server.parts import Parts, open_parts
from server.tables import sign_in_failure, token, upload
from server.tidying import DAY, Tidying, tidy
from tests.kit_waiting import until

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    parts = open_parts(Config(data=tmp_path))
    with parts.database.writing() as conn:
        for age in (timedelta(days=1), timedelta(days=31)):
            at = as_text(NOW - age)
            row = {"sha256": "0" * 64, "size": 1, "case_id": "", "person_id": "", "touched_at": at}
            conn.execute(upload.insert().values(id=new_id(), **row))
            conn.execute(token.insert().values(hash=new_id(), person_id="", device_id="", expires=at))
        conn.execute(sign_in_failure.insert().values(id=new_id(), name_hash="", at=as_text(NOW - timedelta(hours=1))))
        conn.execute(sign_in_failure.insert().values(id=new_id(), name_hash="", at=as_text(NOW)))
        conn.execute(token.insert().values(hash=new_id(), person_id="", device_id="", expires="2031-01-01"))
    yield parts
    parts.close()


def counts(parts: Parts) -> list[int]:
    with parts.database.reading() as conn:
        tables = (upload, token, sign_in_failure)
        return [conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_that_only_what_is_over_is_thrown_away(parts: Parts) -> None:
    tidy(parts.database, parts.blobs, clock=lambda: NOW)
    assert counts(parts) == [1, 1, 1]


def test_that_rescue_copies_that_came_long_ago_go(parts: Parts) -> None:
    folder = parts.rescue.folder
    folder.mkdir()
    for name, age in (("old", timedelta(days=31)), ("new", timedelta(days=29))):
        path = folder / f"{name}.rescue"
        path.touch()
        os.utime(path, ((NOW - age).timestamp(), (NOW - age).timestamp()))
    tidy(parts.database, parts.blobs, clock=lambda: NOW, sweeps=(parts.rescue.sweep,))
    assert [path.name for path in folder.iterdir()] == ["new.rescue"]


def test_that_what_a_kill_has_left_of_a_snapshot_goes_and_what_is_being_made_stays(parts: Parts) -> None:
    made = parts.snapshots.make()
    folder = parts.snapshots.path_of(made).parent
    for name, age in (("killed.plain", timedelta(days=2)), ("killed.half", timedelta(days=2)), ("now.plain", DAY / 2)):
        (folder / name).touch()
        at = (datetime.now(UTC) - age).timestamp()
        os.utime(folder / name, (at, at))
    tidy(parts.database, parts.blobs, sweeps=(parts.snapshots.sweep,))
    still = {"now.plain", "snapshot.json"}
    assert {path.name for path in folder.iterdir()} == {*still, parts.snapshots.path_of(made).name}
    again = parts.snapshots.make()
    assert {path.name for path in folder.iterdir()} == {*still, parts.snapshots.path_of(again).name}


def test_that_a_folder_of_snapshots_that_cannot_be_read_is_told_as_a_fault_of_the_disk(parts: Parts) -> None:
    folder = parts.config.data / "snapshots"
    folder.write_bytes(b"in the way")
    with pytest.raises(DiskFault):
        parts.snapshots.sweep(NOW)


@pytest.mark.parametrize("fault", [RuntimeError("a mistake of ours"), DiskFault("EIO"), OSError("a disk")])
def test_that_one_thing_that_cannot_be_tidied_keeps_nothing_else_from_it(
    parts: Parts, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()

    def fails(now: datetime) -> None:
        raise fault

    tidying = Tidying(parts.database, parts.blobs, journal=parts.journal, sweeps=(fails, lambda now: done.set()))
    tidying.start()
    until(done.is_set, "the step after the one that failed")
    tidying.stop()
    assert "not tidied" in caplog.text


def test_that_a_running_server_tidies_by_itself_and_stops_when_asked(parts: Parts) -> None:
    tidying = Tidying(parts.database, parts.blobs, journal=parts.journal)
    tidying.start()
    until(lambda: counts(parts)[1] == 1, "tidied")
    tidying.stop()
