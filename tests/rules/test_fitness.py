"""What no store can hold is refused and kept, whichever app sends it; and no limit lets a wall of text through."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import AddNote, AddTask, EditCase, LogInteraction, OpenCase, SeeNotices
from casework.rules.fields import MOST, TEXT, unfit
from casework.values import Contact
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
