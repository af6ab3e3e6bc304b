"""Tasks: their own assignee whoever owns the case, and done is a fact."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import (
    AddNote,
    AddTask,
    CancelTask,
    CloseCase,
    FinishTask,
    MoveStep,
    ReassignTask,
    SettleKept,
    TriageCase,
)
from casework.ids import child_id
from casework.values import Case, Task, TaskStatus, TriageOutcome
from tests.rules.kept import code_of
from tests.rules.paper import (
    CASE,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_case,
    a_closed_case,
    a_task,
    an_active_case,
    give,
    person,
)


def add(task_id: str = "new", **more: Any) -> AddTask:
    task = AddTask(case_id=CASE, task_id=task_id, task_type="phone_call", title="Ring the supplier")
    return msgspec.structs.replace(task, **more)


def finish(outcome: str = "", *, at: datetime = NINE) -> FinishTask:
    return FinishTask(case_id=CASE, task_id="visit", outcome=outcome, done_at=at)


def pass_on(seen: str, wanted: str) -> ReassignTask:
    return ReassignTask(case_id=CASE, task_id="visit", assignee=(seen, wanted))


def cancel(reason: str = "") -> CancelTask:
    return CancelTask(case_id=CASE, task_id="visit", reason=reason)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")), a_task(assignee="ben"))


@pytest.mark.covers("S4", "S28", "S30", "S31", "S32", "S33", "S34", "S35")
def test_that_a_task_has_its_type_due_day_step_and_an_assignee_of_its_own(server: Server) -> None:
    server.done(
        "amy",
        add(task_type="home_visit", due_on=date(2026, 11, 9), step_id="s2", assignee_id="dan", place="At home"),
    )
    task = server.desk.tasks()["new"]
    assert (task.type, task.due_on, task.step_id, task.assignee_id) == ("home_visit", date(2026, 11, 9), "s2", "dan")
    assert (task.created_by, task.created_at, task.status) == ("amy", NINE, TaskStatus.OPEN)
    assert server.desk.case.owner == person("amy")
    assert server.desk.told("dan") == ["task-for-you"]
    assert server.desk.line("task_added").facts == {"task": "new", "title": "Ring the supplier", "to": "dan"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "task-needs-title"),
        ({"title": "x" * 201}, "too-long"),
        ({"place": "x" * 201}, "too-long"),
        ({"start_at": NINE, "end_at": NINE - timedelta(hours=1)}, "visit-ends-before-start"),
        ({"assignee_id": "gone"}, "assignee-inactive"),
        ({"assignee_id": "nobody"}, "assignee-inactive"),
        ({"assignee_id": "rhys"}, "person-reads-only"),
    ],
)
@pytest.mark.covers("R4", "S10")
def test_that_a_task_that_cannot_be_says_why(server: Server, change: dict[str, Any], code: str) -> None:
    verdict = server.hear("amy", add(**change))
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_that_a_task_is_added_once_and_never_over_another_case_s(server: Server) -> None:
    server.done("amy", add())
    assert server.hear("amy", add(title="again")) == Done()
    other = next(row for row in a_case(person("amy")) if isinstance(row, Case))
    server.desk.put(msgspec.structs.replace(other, id="other"))
    verdict = server.hear("amy", add(case_id="other"))
    assert isinstance(verdict, Refused)
    assert verdict.facts["field"] == "task_id"
    assert server.desk.tasks()["new"].case_id == CASE


def test_that_a_done_task_keeps_who_and_when_and_how_it_went(server: Server) -> None:
    server.done("dan", finish("boiler works", at=NINE - timedelta(hours=2)))
    task = server.desk.tasks()["visit"]
    assert (task.status, task.completed_by, task.outcome) == (TaskStatus.DONE, "dan", "boiler works")
    assert task.completed_at == NINE - timedelta(hours=2)
    assert server.desk.line("task_done").facts["was"] == "open"


@pytest.mark.covers("OC17")
def test_that_two_who_did_the_same_task_are_both_in_the_feed_and_the_first_counts(server: Server) -> None:
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(finish("no answer"))
    ben.say(finish("meter read"))
    ben.send()
    assert isinstance(amy.send()[0], Done)
    assert server.desk.tasks()["visit"].completed_by == "ben"
    assert server.desk.feed() == ["task_done", "task_done"]


@pytest.mark.covers("OC16")
def test_that_done_wins_over_cancelled_meanwhile(server: Server) -> None:
    ben = Laptop(server, "ben")
    ben.say(finish("meter read"))
    server.done("lena", cancel("not needed"))
    ben.send()
    assert server.desk.tasks()["visit"].status is TaskStatus.DONE
    assert server.desk.line("task_done").facts["was"] == "cancelled"


@pytest.mark.covers("OC16")
def test_that_a_late_cancellation_leaves_done_done(server: Server) -> None:
    lena = Laptop(server, "lena")
    lena.say(cancel("not needed"))
    server.done("ben", finish())
    lena.send()
    assert server.desk.tasks()["visit"].status is TaskStatus.DONE
    assert server.desk.line("task_cancelled").facts["was"] == "done"


def test_that_a_task_is_cancelled_once_and_a_second_reason_is_not_lost(server: Server) -> None:
    server.done("amy", cancel("moved"))
    assert server.desk.tasks()["visit"].status is TaskStatus.CANCELLED
    assert server.hear("ben", cancel()) == Done()
    server.done("ben", cancel("she moved to Hull"))
    assert server.desk.feed() == ["task_cancelled", "task_cancelled"]


@pytest.mark.covers("OC17", "S34")
def test_that_a_task_handed_on_and_done_by_both_keeps_both_visits(server: Server) -> None:
    ben = Laptop(server, "ben")
    ben.say(finish("visited"))
    server.done("lena", pass_on("ben", "dan"))
    server.done("dan", finish("visited too"))
    ben.send()
    assert server.desk.tasks()["visit"].completed_by == "dan"
    assert server.desk.feed().count("task_done") == 2


@pytest.mark.covers("S34")
def test_that_a_task_goes_to_somebody_else_who_is_told(server: Server) -> None:
    server.done("amy", pass_on("ben", "dan"))
    assert server.desk.tasks()["visit"].assignee_id == "dan"
    assert server.desk.told("dan") == ["task-for-you"]
    assert server.hear("amy", pass_on("ben", "dan")) == Done()
    server.done("amy", pass_on("dan", ""))
    assert server.desk.tasks()["visit"].assignee_id == ""


def test_that_a_cancelled_task_that_is_handed_on_troubles_nobody(server: Server) -> None:
    server.done("amy", cancel())
    server.done("amy", pass_on("ben", "dan"))
    assert server.desk.told("dan") == []


def test_that_a_task_somebody_else_moved_on_waits_for_the_owner(server: Server) -> None:
    lena = Laptop(server, "lena")
    lena.say(pass_on("ben", "dan"))
    server.done("amy", pass_on("ben", "cara"))
    (late,) = lena.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for, late.facts["assignee"]) == ("task-moved", person("amy"), "cara")
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.tasks()["visit"].assignee_id == "dan"


def test_that_a_task_done_meanwhile_is_not_handed_on(server: Server) -> None:
    lena = Laptop(server, "lena")
    lena.say(pass_on("ben", "dan"))
    server.done("ben", finish())
    (late,) = lena.send()
    assert isinstance(late, Late)
    assert (late.code, late.facts["done_by"]) == ("task-done-already", "ben")
    (kept,) = server.desk.kept()
    refused = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert isinstance(refused, Refused)
    assert refused.code == "task-done-already"


def test_that_a_wish_about_a_task_that_is_gone_is_refused_even_when_it_was_kept(server: Server) -> None:
    lena = Laptop(server, "lena")
    lena.say(pass_on("ben", "dan"))
    server.done("amy", pass_on("ben", "cara"))
    lena.send()
    (kept,) = server.desk.kept()
    server.desk.put(msgspec.structs.replace(server.desk.one(Task, "visit"), case_id="elsewhere"))
    verdict = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert verdict == Refused("task-gone")
    server.desk.put(msgspec.structs.replace(kept, said=kept.said.replace('"visit"', '"no-such"')))
    verdict = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert verdict == Refused("task-gone")


@pytest.mark.parametrize(
    "command",
    [
        FinishTask(case_id=CASE, task_id="no-such", done_at=NINE),
        ReassignTask(case_id=CASE, task_id="no-such", assignee=("", "amy")),
        CancelTask(case_id=CASE, task_id="no-such"),
    ],
)
def test_that_a_task_that_is_not_there_is_said_to_be_gone(server: Server, command: Any) -> None:
    assert server.hear("amy", command) == Refused("task-gone")


def test_that_a_task_is_handed_only_to_people_at_work(server: Server) -> None:
    verdict = server.hear("amy", pass_on("ben", "gone"))
    assert isinstance(verdict, Refused)
    assert verdict.code == "assignee-inactive"


def test_that_an_outcome_has_a_length(server: Server) -> None:
    verdict = server.hear("ben", finish("x" * 20_001))
    assert isinstance(verdict, Refused)
    assert verdict.code == "too-long"


@pytest.mark.covers("OC5")
def test_that_a_visit_done_on_a_case_closed_meanwhile_lands_and_is_asked_about() -> None:
    server = Server(*an_active_case(person("amy")), a_task(assignee="amy"))
    amy = Laptop(server, "amy")
    amy.say(finish("boiler works"))
    amy.say(add(assignee_id="amy"))
    server.done("priya", CloseCase(case_id=CASE, base=server.desk.seen, reason="advice_completed"))
    assert server.desk.tasks()["visit"].status is TaskStatus.CANCELLED
    assert [type(one) for one in amy.send()] == [Done, Done]
    assert server.desk.case.is_closed
    assert server.desk.tasks()["visit"].outcome == "boiler works"
    assert server.desk.told("priya") == ["facts-on-closed", "facts-on-closed"]
    assert sorted(server.desk.told("amy")) == ["case-closed", "facts-on-closed", "facts-on-closed"]


@pytest.mark.covers("OC1")
def test_that_a_task_that_a_lost_claim_left_with_nobody_may_still_be_finished_by_its_author() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(add("visit", assignee_id="amy"))
    amy.say(add("other", assignee_id="cara"))
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    assert {name: task.assignee_id for name, task in server.desk.tasks().items()} == {"visit": "", "other": "cara"}
    amy.say(finish("was there"))
    assert isinstance(amy.send()[0], Done)
    assert server.desk.tasks()["visit"].completed_by == "amy"


def test_that_a_former_owner_s_own_task_stays_theirs(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(add(assignee_id="amy"))
    server.given_to("ben")
    amy.send()
    assert server.desk.tasks()["new"].assignee_id == "amy"


def test_that_a_closed_case_takes_a_task_that_was_meant_for_it() -> None:
    server = Server(*a_closed_case(person("amy"), by="amy"))
    server.done("amy", add())
    assert server.desk.told("amy") == []


@pytest.mark.covers("OC2")
def test_that_a_task_done_at_a_step_that_was_reached_too_late_lands_as_done() -> None:
    server = Server(*an_active_case(person("amy"), step_id="s3"))
    amy = Laptop(server, "amy")
    move = amy.say(MoveStep(case_id=CASE, step=("s3", "s2")))
    server.hear("amy", AddNote(case_id=CASE, text=""))
    task_id = child_id(move.id, "task/1")
    amy.say(FinishTask(case_id=CASE, task_id=task_id, outcome="posted", done_at=NINE))
    server.given_to("ben")
    moved, finished = amy.send()
    assert isinstance(moved, Late)
    assert isinstance(finished, Done)
    task = server.desk.tasks()[task_id]
    assert (task.title, task.status, task.completed_by) == ("Send pack", TaskStatus.DONE, "amy")
    assert server.desk.case.step_id == "s3"
    for name, wanted in (("amy", "task/9"), ("ben", "task/0")):
        verdict = server.hear(name, FinishTask(case_id=CASE, task_id=child_id(move.id, wanted), done_at=NINE))
        assert verdict == Refused("task-gone")


@pytest.mark.covers("OC1")
def test_that_a_task_of_a_triage_under_a_lost_claim_lands_as_done() -> None:
    server = Server(*a_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    triage = amy.say(TriageCase(case_id=CASE, base=amy.desk.seen, outcome=TriageOutcome.SUPPORTED, step_id="s2"))
    turned_down = TriageCase(case_id=CASE, base=amy.desk.seen, outcome=TriageOutcome.DECLINED, reason="no")
    amy.outbox.insert(1, msgspec.structs.replace(triage, id="0", say=turned_down))
    amy.say(FinishTask(case_id=CASE, task_id=child_id(triage.id, "task/0"), outcome="rang", done_at=NINE))
    server.done("ben", give(server.desk, person("ben")))
    assert [type(one) for one in amy.send()] == [Late, Late, Late, Done]
    (task,) = server.desk.tasks().values()
    assert (task.title, task.outcome, task.assignee_id) == ("Phone call", "rang", "amy")


@pytest.mark.covers("OC10")
def test_that_a_task_that_somebody_gave_themselves_before_they_left_lands_and_is_nobody_s() -> None:
    server = Server(*an_active_case(person("amy")))
    own = AddTask(case_id=CASE, task_id="new", task_type="phone_call", title="Ring her", assignee_id="gone")
    server.done("gone", own)
    assert server.desk.tasks()["new"].assignee_id == ""
    other = msgspec.structs.replace(own, task_id="other")
    assert code_of(server.hear("amy", other)) == "assignee-inactive"
