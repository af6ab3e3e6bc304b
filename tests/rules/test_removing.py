"""A step taken out of its journey (OC20), on paper: where its cases go, and what comes of moves into it."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import FinishTask, MoveStep, RemoveStep, SettleKept, TriageCase
from casework.rules.removing import nearest_step, step_instead
from casework.values import ActivityKind, CaseStatus, Step, StepKind, TaskStatus, TriageOutcome
from tests.rules.paper import CASE, NINE, WAITING, Laptop, Server, a_case, an_active_case, person


def remove(step_id: str = "s3", **more: Any) -> RemoveStep:
    return RemoveStep(case_id="", step_id=step_id, **more)


def move(to: str, before: str = "s2") -> MoveStep:
    return MoveStep(case_id=CASE, step=(before, to))


def a_server(**more: Any) -> Server:
    return Server(*an_active_case(person("amy"), **more))


def code_of(verdict: object) -> str:
    return verdict.code if isinstance(verdict, Refused | Late) else type(verdict).__name__


@pytest.mark.covers("OC20")
def test_that_a_move_into_a_step_that_is_gone_waits_with_the_nearest_one() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(move("s3"))
    server.done("adam", remove())
    (verdict,) = amy.send()
    assert code_of(verdict) == "step-removed"
    assert server.desk.case.step_id == "s2"
    (kept,) = server.desk.kept()
    assert (kept.for_id, kept.facts["to_step"], kept.facts["removed"]) == ("amy", "s2", "Assessment")
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="leave"))


@pytest.mark.covers("OC20")
def test_that_using_it_moves_the_case_to_the_nearest_step() -> None:
    server = a_server(step_id="s4")
    amy = Laptop(server, "amy")
    amy.say(move("s3", "s4"))
    server.done("adam", remove())
    amy.send()
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.step_id == "s2"


@pytest.mark.covers("OC20")
def test_that_triage_into_a_step_that_is_gone_waits_and_goes_to_the_nearest() -> None:
    server = Server(*a_case(WAITING))
    amy = Laptop(server, "amy")
    wish = TriageCase(
        case_id=CASE, base=amy.desk.seen, outcome=TriageOutcome.SUPPORTED, step_id="s2", owner=person("amy")
    )
    amy.say(wish)
    server.done("adam", remove("s2"))
    (verdict,) = amy.send()
    assert code_of(verdict) == "step-removed"
    assert server.desk.case.status is CaseStatus.NEW
    (kept,) = server.desk.kept()
    assert kept.for_id == WAITING.id
    server.done("priya", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.step_id == "s3"


@pytest.mark.covers("OC20")
def test_that_open_cases_in_it_go_to_the_nearest_and_their_owners_are_told() -> None:
    server = a_server(step_id="s3")
    server.done("adam", remove())
    assert server.desk.case.step_id == "s2"
    assert server.desk.line(ActivityKind.STEP).facts == {"from": "s3", "to": "s2", "because": "step_removed"}
    assert server.desk.told("amy") == ["step-was-removed"]
    assert not server.desk.one(Step, "s3").is_active


def test_that_the_admin_may_say_where_they_go() -> None:
    server = a_server(step_id="s3")
    server.done("adam", remove(to_id="s4"))
    assert server.desk.case.step_id == "s4"


def test_that_closed_cases_stay_where_they_were_closed() -> None:
    server = a_server(step_id="s3", status=CaseStatus.CLOSED)
    server.done("adam", remove())
    assert server.desk.case.step_id == "s3"


def test_that_who_moves_on_a_case_that_was_only_put_somewhere_is_not_late() -> None:
    server = a_server(step_id="s3")
    amy = Laptop(server, "amy")
    amy.say(move("s4", "s3"))
    server.done("adam", remove())
    assert [type(verdict) for verdict in amy.send()] == [Done]
    assert server.desk.case.step_id == "s4"


def test_that_what_the_step_brought_on_the_laptop_lands_as_done() -> None:
    server = a_server(step_id="s4")
    amy = Laptop(server, "amy")
    amy.say(move("s2", "s4"))
    (task,) = [task for task in amy.desk.tasks().values() if task.type == "phone_call"]
    amy.say(FinishTask(case_id=CASE, task_id=task.id, done_at=NINE))
    server.done("adam", remove("s2"))
    amy.send()
    assert server.desk.tasks()[task.id].status is TaskStatus.DONE


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (remove("no-such"), "step-gone"),
        (remove("s1"), "step-is-needed"),
        (remove("s8"), "step-is-needed"),
        (remove(to_id="s1"), "step-has-no-neighbour"),
        (remove(to_id="s3"), "step-has-no-neighbour"),
        (remove(to_id="elsewhere"), "step-has-no-neighbour"),
        (remove("elsewhere"), "step-has-no-neighbour"),
    ],
)
def test_that_a_journey_keeps_its_ends_and_its_cases_a_place(command: RemoveStep, code: str) -> None:
    assert code_of(a_server().hear("adam", command)) == code


def test_that_taking_it_out_twice_is_once_and_only_admins_do() -> None:
    server = a_server()
    assert code_of(server.hear("lena", remove())) == "set-up-is-for-admins"
    server.done("adam", remove())
    assert server.hear("adam", remove()) == Done()


def test_that_the_nearest_is_the_one_before_where_two_are_as_near() -> None:
    server = a_server()
    assert nearest_step(server.desk, server.desk.one(Step, "s3")) == server.desk.one(Step, "s2")
    far = Step(id="s5", journey_id="journey", name="Survey", position=5, kind=StepKind.FOLLOW_UP)
    server.desk.put(far, msgspec.structs.replace(server.desk.one(Step, "s4"), is_active=False))
    assert step_instead(server.desk, "s4") == "s3"
    assert step_instead(server.desk, "s2") == "s2"
    assert step_instead(server.desk, "no-such") == "no-such"
