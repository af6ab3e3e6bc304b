"""What no store can hold is refused and kept, whichever app sends it; and no limit lets a wall of text through."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import (
    AddNote,
    AddTask,
    AskTeam,
    EditCase,
    FinishTask,
    GoOut,
    LogInteraction,
    OpenCase,
    SeeNotices,
    SettleKept,
)
from casework.rules.fields import MANY, MOST, TEXT, unfit
from casework.values import Case, Contact, KeptWork, Property
from casework.values.times import EARLIEST, LATEST
from tests.rules.paper import CASE, CLIENT, NINE, Server, an_active_case, envelope, person

AWKWARD = ["<b>bold</b>", "🙂👩‍👩‍👧", "\u202egnp.exe", "x" * 10_000, "\ufeffBOM", "Zoë\u0301", "a\tb\r\nc", "\x1b[31m"]


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


@pytest.mark.parametrize("text", AWKWARD)
def test_that_awkward_text_is_text(server: Server, text: str) -> None:
    server.done("amy", AddNote(case_id=CASE, text=text))
    assert server.desk.line("note").text == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfff"])
@pytest.mark.parametrize("where", ["text", "mentions", "nested", "key"])
def test_that_what_is_not_text_is_refused_wherever_it_stands(server: Server, text: str, where: str) -> None:
    commands: dict[str, Any] = {
        "text": AddNote(case_id=CASE, text=text),
        "mentions": AddNote(case_id=CASE, text="hm", mentions=(text,)),
        "nested": EditCase(case_id=CASE, changes={"description": ("", [{"a": [text]}])}),
        "key": EditCase(case_id=CASE, changes={text: ("", "x")}),
    }
    verdict = unfit(commands[where], 0)
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.facts["why"]) == ("not-valid", "characters")


@pytest.mark.covers("OC25")
def test_that_a_nul_is_refused_and_kept_whole(server: Server) -> None:
    verdict = server.hear("amy", AddNote(case_id=CASE, text="a\x00b"))
    assert verdict == Refused("not-valid", {"field": "text", "why": "characters"})
    (kept,) = server.desk.kept()
    assert "\x00" not in kept.said
    assert "\\u0000" in kept.said


@pytest.mark.parametrize(
    "command",
    [
        AddNote(case_id=CASE, text="hm", mentions=("x" * (TEXT + 1),)),
        AddTask(case_id=CASE, task_id="x" * (TEXT + 1), task_type="t", title="t"),
        SeeNotices(case_id="x" * (TEXT + 1), notice_ids=()),
    ],
)
def test_that_no_text_at_all_is_longer_than_a_long_text(server: Server, command: Any) -> None:
    verdict = server.hear("amy", command)
    assert isinstance(verdict, Refused)
    assert verdict.code == "too-long"


@pytest.mark.parametrize("number", [-1, MOST + 1, 2**70])
def test_that_numbers_fit_their_columns(server: Server, number: int) -> None:
    opening = OpenCase(case_id="new", contact_id="c", property_id="p", project_id="warm", triage_score=number)
    verdict = server.hear("amy", opening)
    assert verdict == Refused("not-valid", {"field": "triage_score", "why": "number"})
    said = envelope(server.desk, AddNote(case_id=CASE, text="hm"), NINE)
    verdict = server.take(msgspec.structs.replace(said, epoch=number), "amy")
    assert verdict == Refused("not-valid", {"field": "epoch", "why": "number"})


ODD_TIMES = [
    NINE.replace(tzinfo=None),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
    EARLIEST - timedelta(seconds=1),
    LATEST + timedelta(seconds=1),
]


@pytest.mark.parametrize("odd", ODD_TIMES, ids=["no-zone", "year-one", "year-9999", "too-early", "too-late"])
def test_that_a_time_that_no_screen_can_show_is_refused(server: Server, odd: datetime) -> None:
    commands: dict[str, Any] = {
        "start_at": AddTask(case_id=CASE, task_id="t", task_type="home_visit", title="Visit", start_at=odd),
        "done_at": FinishTask(case_id=CASE, task_id="t", done_at=odd),
        "happened_at": LogInteraction(case_id=CASE, channel="call", happened_at=odd),
        "until": GoOut(case_id=CASE, until=odd),
    }
    for field, command in commands.items():
        assert server.hear("amy", command) == Refused("not-valid", {"field": field, "why": "time"})
    assert server.desk.tasks() == {}


def test_that_times_in_any_zone_and_days_of_any_year_are_fit() -> None:
    there = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert unfit(LogInteraction(case_id=CASE, channel="call", happened_at=there), 0) is None
    for at in (EARLIEST, LATEST, datetime.now(UTC)):
        assert unfit(FinishTask(case_id=CASE, task_id="t", done_at=at), 0) is None
    for day in (date.min, date(1911, 2, 3), date.max):
        assert unfit(AskTeam(case_id=CASE, assignment_id="a", team_id="t", reason="r", due_on=day), 0) is None


@pytest.mark.parametrize(
    "command",
    [
        AddNote(case_id=CASE, text="hm", mentions=("amy",) * (MANY + 1)),
        SeeNotices(case_id="", notice_ids=("n",) * (MANY + 1)),
        EditCase(case_id=CASE, changes={"description": ([""] * (MANY + 1), "x")}),
        EditCase(case_id=CASE, changes={"description": ({str(number): 1 for number in range(MANY + 1)}, "x")}),
    ],
    ids=["mentions", "notices", "in-a-change", "a-map"],
)
def test_that_no_list_is_so_long_that_the_one_writer_is_busy_with_it(server: Server, command: Any) -> None:
    verdict = server.hear("amy", command)
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.facts["why"]) == ("not-valid", "many")


@pytest.mark.covers("OC25")
def test_that_what_no_store_can_hold_comes_in_by_no_decision_either(server: Server) -> None:
    naive = AddTask(case_id=CASE, task_id="t", task_type="home_visit", title="Visit", start_at=ODD_TIMES[0])
    server.hear("amy", naive)
    (kept,) = server.desk.kept()
    verdict = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert verdict == Refused("not-valid", {"field": "start_at", "why": "time"})
    assert server.desk.tasks() == {}


def test_that_no_case_is_taken_in_after_all_that_no_store_can_hold(server: Server) -> None:
    opening = OpenCase(
        case_id="new",
        contact_id="c",
        property_id="p",
        project_id="warm",
        contact=Contact(id="c", last_name="a\x00b"),
        home=Property(id="p"),
    )
    server.hear("amy", opening)
    (kept,) = server.desk.of_case(KeptWork, "new")
    verdict = server.hear("amy", SettleKept(case_id="new", kept_id=kept.id, how="use"))
    assert verdict == Refused("not-valid", {"field": "last_name", "why": "characters"})
    assert server.desk.find(Case, "new") is None


def test_that_words_with_a_nul_can_be_kept_as_a_note_without_it(server: Server) -> None:
    server.hear("amy", AddNote(case_id=CASE, text="a\x00b"))
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="note"))
    assert server.desk.line("note").text == "a\ufffdb"


def test_that_values_nested_beyond_reason_are_walked_and_not_climbed(server: Server) -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    assert unfit(EditCase(case_id=CASE, changes={"description": ("", deep)}), 0) is None


def test_that_ordinary_values_of_every_kind_are_fit(server: Server) -> None:
    contact = Contact(id=CLIENT, vulnerabilities=("asthma",))
    opening = OpenCase(
        case_id="new", contact_id=CLIENT, property_id="p", project_id="warm", contact=contact, letter=(("a", "b"),)
    )
    assert unfit(opening, 1) is None
    assert unfit(EditCase(case_id=CASE, changes={"a": (None, True), "b": (1.5, {"c": 2})}), 0) is None
    call = LogInteraction(case_id=CASE, channel="call", happened_at=NINE, minutes=MOST)
    assert isinstance(server.hear("amy", call), Done)
