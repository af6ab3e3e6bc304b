"""Whatever an old or a forged app sends, the server's log, its rows and everybody's screens stay as they should be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from casework.answers import Status
from casework.commands import AddNote, AddTask, LogInteraction, Said
from casework.ids import new_id
from casework.rows import of_case
from casework.values import Activity, Task
from casework.values.times import EARLIEST, LATEST
from server.reading_said import id_in, read_said
from tests.server.kit_central import Central, a_note, said

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ODD: dict[str, tuple[datetime, datetime]] = {
    "no-zone": (TEN.replace(tzinfo=None), TEN),
    "year-one": (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), EARLIEST),
    "year-9999": (datetime(9999, 12, 31, tzinfo=timezone(timedelta(hours=-14))), LATEST),
}


@pytest.mark.parametrize("which", ODD)
def test_that_words_said_at_an_odd_time_land_once_under_one_that_every_screen_can_show(
    central: Central, which: str
) -> None:
    odd, shown = ODD[which]
    case = central.owned_by("amy")
    amy = central.visitor("amy")
    note = Said(id=new_id(), at=odd, say=a_note(case, "She is home again"))
    acks = [*amy.push(note), *amy.push(note)]
    assert [ack.st for ack in acks] == [Status.APPLIED] * 2
    assert acks[0] == acks[1]
    with central.database.reading() as conn:
        (line,) = [line for line in of_case(conn, Activity, case.id) if line.text]
    assert line.at == shown


def test_that_a_visit_without_a_zone_is_refused_and_no_row(central: Central) -> None:
    case = central.owned_by("amy")
    amy = central.visitor("amy")
    naive = TEN.replace(tzinfo=None)
    visit = AddTask(case_id=case.id, task_id=new_id(), task_type="home_visit", title="Visit", start_at=naive)
    call = LogInteraction(case_id=case.id, channel="call", happened_at=naive)
    assert [(ack.st, ack.code) for ack in amy.say(visit, call)] == [(Status.REFUSED_KEPT, "not-valid")] * 2
    with central.database.reading() as conn:
        assert of_case(conn, Task, case.id) == ()


@pytest.mark.parametrize("field", ["id", "prev", "under", "missed", "case_id"])
def test_that_nobody_writes_a_line_of_the_log(central: Central, field: str, caplog: pytest.LogCaptureFixture) -> None:
    case = central.owned_by("amy")
    amy = central.visitor("amy")
    note = said(a_note(case, "hm"))
    forged = "ERROR a forged line\n"
    wrong = (
        msgspec.structs.replace(note, say=msgspec.structs.replace(note.say, case_id=forged))
        if field == "case_id"
        else msgspec.structs.replace(note, **{field: forged})
    )
    (ack,) = amy.push(wrong)
    assert (ack.id, ack.st, ack.code) == (wrong.id, Status.LATER, "not-understood")
    assert "forged" not in caplog.text


def raw_of(**change: Any) -> msgspec.Raw:
    note = said(AddNote(case_id=new_id(), text="hm"))
    return msgspec.Raw(msgspec.json.encode({**msgspec.to_builtins(note), **change}))


def test_that_what_cannot_be_read_is_known_by_its_id_alone() -> None:
    assert read_said(raw_of()) is not None
    for raw in (raw_of(say={"type": "case.dance"}), raw_of(more=1), raw_of(missed="x"), raw_of(at="tomorrow")):
        assert read_said(raw) is None
        assert len(id_in(raw)) == 32
    for raw in (msgspec.Raw(b"[]"), msgspec.Raw(b"{}"), msgspec.Raw(b'{"id":')):
        assert (read_said(raw), id_in(raw)) == (None, "")
