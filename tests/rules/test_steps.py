"""Moving a case along its journey, and saying how soon somebody must act."""

from datetime import timedelta

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import AddNote, MoveStep, SetPriority, SettleKept
from casework.values import CaseStatus, Priority
from tests.rules.paper import (
    CASE,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_case,
    a_closed_case,
    an_active_case,
    give,
    person,
)


def move(seen: str, wanted: str) -> MoveStep:
    return MoveStep(case_id=CASE, step=(seen, wanted))


def rank(seen: Priority, wanted: Priority) -> SetPriority:
    return SetPriority(case_id=CASE, priority=(seen, wanted))


@pytest.mark.covers("S17", "R20")
def test_that_entering_a_step_brings_its_tasks_with_their_due_days() -> None:
    server = Server(*an_active_case(person("amy"), step_id="s3"))
    server.done("amy", move("s3", "s2"))
    case = server.desk.case
    assert (case.step_id, case.status, case.step_since) == ("s2", CaseStatus.IN_PROGRESS, NINE)
    tasks = server.desk.tasks().values()
    assert {(task.type, task.title, (task.due_on or NINE.date()) - NINE.date()) for task in tasks} == {
        ("phone_call", "Phone call", timedelta(days=2)),
        ("send_pack", "Send pack", timedelta(days=3)),
        ("unheard_of", "unheard_of", timedelta(days=4)),
    }
    assert {(task.assignee_id, task.step_id) for task in tasks} == {("amy", "s2")}
    assert server.desk.line("step").facts == {"from": "s3", "to": "s2"}


def test_that_a_step_that_it_stands_at_already_changes_nothing() -> None:
    server = Server(*an_active_case(person("amy")))
    assert server.hear("amy", move("s1", "s2")) == Done()


@pytest.mark.covers("R20")
@pytest.mark.parametrize(
    ("wanted", "code"), [("no-such", "step-gone"), ("elsewhere", "step-gone"), ("s8", "close-instead")]
)
def test_that_a_case_moves_only_to_an_open_step_of_its_own_journey(wanted: str, code: str) -> None:
    server = Server(*an_active_case(person("amy")))
    verdict = server.hear("amy", move("s2", wanted))
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_that_a_waiting_case_moves_by_triage_only() -> None:
    server = Server(*a_case(WAITING))
    assert server.hear("priya", move("s1", "s2")) == Refused("triage-first")


@pytest.mark.covers("OC2")
def test_that_a_former_owner_s_step_move_becomes_a_proposal_to_the_present_owner() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(move("s2", "s3"))
    server.given_to("ben")
    amy.pull()
    assert amy.desk.case.step_id == "s3"
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("owner-moved", person("ben"))
    assert server.desk.case.step_id == amy.desk.case.step_id == "s2"
    assert set(server.desk.told("amy")) == {"owner-changed", "owner-moved"}
    assert set(server.desk.told("ben")) == {"given-to-you", "late-change"}
    assert server.desk.told("lena") == ["late-change"]
    (kept,) = server.desk.kept()
    server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.step_id == "s3"
    assert server.desk.line("step").by == "ben"
    assert "decision-made" in server.desk.told("amy")


@pytest.mark.covers("OC2")
def test_that_two_late_moves_in_a_row_are_two_proposals_each_of_which_can_be_used() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(move("s2", "s3"))
    amy.say(move("s3", "s4"))
    server.given_to("ben")
    amy.pull()
    assert amy.desk.case.step_id == "s4"
    assert [type(verdict) for verdict in amy.send()] == [Late, Late]
    for kept in sorted(server.desk.kept(), key=lambda kept: kept.id):
        assert kept.for_id == "ben"
        server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.step_id == "s4"


def test_that_the_office_may_move_a_case_whoever_owns_it_by_then() -> None:
    server = Server(*an_active_case(person("amy")))
    priya = Laptop(server, "priya")
    priya.say(move("s2", "s3"))
    server.given_to("ben")
    assert isinstance(priya.send()[0], Done)


def test_that_a_case_that_stands_elsewhere_by_then_is_asked_about() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(move("s2", "s3"))
    server.done("lena", move("s2", "s4"))
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.code, late.facts["step"]) == ("step-moved", "s4")
    assert server.desk.case.step_id == "s4"


@pytest.mark.covers("OC5")
def test_that_a_closed_case_does_not_move() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    late = server.hear("amy", move("s2", "s3"))
    assert isinstance(late, Late)
    assert (late.code, late.facts["closed_by"]) == ("closed-meanwhile", "priya")


def test_that_somebody_who_never_had_the_right_proposes_nothing() -> None:
    server = Server(*an_active_case(person("amy")))
    dan = Laptop(server, "dan")
    assert isinstance(dan.try_to_say(move("s2", "s3")), Refused)
    server.given_to("ben")
    verdict = server.hear("dan", move("s2", "s3"))
    assert isinstance(verdict, Refused)
    assert verdict.code == "owner-only"


def test_that_priority_is_set_and_shown_in_the_feed() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", rank(Priority.NORMAL, Priority.URGENT))
    assert server.desk.case.priority is Priority.URGENT
    assert server.desk.line("edited").facts == {"priority": "urgent", "priority_before": "normal"}
    assert server.hear("amy", rank(Priority.NORMAL, Priority.URGENT)) == Done()


def test_that_a_priority_somebody_else_set_otherwise_is_asked_about() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(rank(Priority.NORMAL, Priority.HIGH))
    server.done("lena", rank(Priority.NORMAL, Priority.URGENT))
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert late.code == "priority-moved"
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.priority is Priority.HIGH


def test_that_a_closed_case_s_priority_is_asked_about() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    late = server.hear("amy", rank(Priority.NORMAL, Priority.HIGH))
    assert isinstance(late, Late)
    assert late.code == "closed-meanwhile"


def test_that_another_s_late_claim_gives_nobody_else_a_right() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    claim = amy.say(give(amy.desk, person("amy")))
    note = amy.say(AddNote(case_id=CASE, text="hm"))
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    for name, under in (("dan", claim.id), ("amy", note.id), ("amy", "no-such")):
        said = msgspec.structs.replace(claim, id=f"{name}/{under}", say=move("s2", "s3"), under=under)
        verdict = server.take(said, name)
        assert isinstance(verdict, Refused)
        assert verdict.code == "owner-only"
