"""Who has a task taken away hears of it, once: who did it, and who has it now (domain.md 5.6)."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done
from casework.commands import CloseCase, SettleKept, UndoSettling
from casework.values import Notice, Person
from tests.rules.paper import CASE, Laptop, Server, a_task, an_active_case, person
from tests.rules.test_tasks import add, cancel, finish, pass_on


def lines_for(server: Server, name: str) -> list[Notice]:
    return [line for line in server.desk.of_case(Notice, CASE) if line.person_id == name]


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")), a_task(assignee="ben"))


@pytest.mark.parametrize(
    ("command", "how", "now_with"),
    [
        (pass_on("ben", "dan"), "moved", "dan"),
        (pass_on("ben", ""), "moved", ""),
        (cancel("not needed"), "cancelled", ""),
        (finish("meter read"), "done", "lena"),
    ],
)
@pytest.mark.covers("S34")
def test_that_whose_task_it_was_hears_who_took_it_and_who_has_it_now(
    server: Server, command: Any, how: str, now_with: str
) -> None:
    server.done("lena", command)
    (line,) = lines_for(server, "ben")
    assert (line.code, line.by) == ("task-not-yours", "lena")
    assert line.facts == {
        "number": server.desk.case.number,
        "task": "visit",
        "title": "Home visit",
        "how": how,
        "assignee": now_with,
    }


@pytest.mark.parametrize("command", [pass_on("ben", "dan"), cancel(), finish()])
def test_that_nobody_is_told_that_they_gave_their_own_task_away(server: Server, command: Any) -> None:
    server.done("ben", command)
    assert server.desk.told("ben") == []


def test_that_who_has_left_is_told_of_no_task_that_is_taken_on(server: Server) -> None:
    server.desk.put(msgspec.structs.replace(server.desk.one(Person, "ben"), is_active=False))
    server.done("lena", pass_on("ben", "dan"))
    assert server.desk.told("ben") == []


@pytest.mark.covers("OC5")
def test_that_a_visit_added_unseen_by_who_closed_the_case_is_cancelled_and_its_assignee_hears_of_it() -> None:
    server = Server(*an_active_case(person("amy")), a_task(assignee="ben"), a_task("own", assignee="amy"))
    amy = Laptop(server, "amy")
    amy.say(CloseCase(case_id=CASE, base=server.desk.seen, reason="advice_completed"))
    server.done("lena", add("late", assignee_id="ben"))
    assert isinstance(amy.send()[0], Done)
    told = [line for line in lines_for(server, "ben") if line.code == "task-not-yours"]
    assert {(line.facts["task"], line.facts["how"]) for line in told} == {("visit", "closed"), ("late", "closed")}
    assert server.desk.told("amy") == []


def test_that_the_owner_hears_once_of_a_case_that_was_closed_with_their_tasks() -> None:
    server = Server(*an_active_case(person("amy")), a_task(assignee="amy"))
    server.done("priya", CloseCase(case_id=CASE, base=server.desk.seen, reason="advice_completed"))
    assert server.desk.told("amy") == ["case-closed"]


def test_that_taking_back_a_decision_tells_who_loses_the_task_by_that(server: Server) -> None:
    lena = Laptop(server, "lena")
    lena.say(pass_on("ben", "dan"))
    server.done("amy", pass_on("ben", "cara"))
    lena.send()
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert set(server.desk.told("cara")) == {"task-for-you", "task-not-yours"}
    (kept,) = server.desk.kept()
    server.done("amy", UndoSettling(case_id=CASE, kept_id=kept.id, settling=kept.settled_cmd))
    assert server.desk.tasks()["visit"].assignee_id == "cara"
    assert set(server.desk.told("dan")) == {"task-for-you", "task-not-yours"}
