"""Deciding about the waiting list: once, with a step or a reason, and nothing is deleted."""

from typing import Any

import pytest

from casework.answers import Done, Late, Refused
from casework.commands import ChangeOwner, CloseCase, SettleKept, TriageCase
from casework.values import Case, CaseStatus, KeptState, Owner, TriageOutcome
from tests.rules.paper import BACK_OFFICE, CASE, WAITING, CaseDesk, Laptop, Server, a_case, a_task, give, person

TURNED_DOWN = [outcome for outcome in TriageOutcome if outcome is not TriageOutcome.SUPPORTED]
TWIN = "twin"


def support(desk: CaseDesk, owner: Owner | None = None, *, step: str = "s2", reason: str = "") -> TriageCase:
    return TriageCase(
        case_id=CASE, base=desk.seen, outcome=TriageOutcome.SUPPORTED, step_id=step, owner=owner, reason=reason
    )


def turn_down(desk: CaseDesk, outcome: TriageOutcome, **more: Any) -> TriageCase:
    return TriageCase(case_id=CASE, base=desk.seen, outcome=outcome, **{"reason": "as agreed"} | more)


def a_server() -> Server:
    twin = next(row for row in a_case() if isinstance(row, Case))
    return Server(*a_case(), Case(**{name: getattr(twin, name) for name in twin.__struct_fields__} | {"id": TWIN}))


@pytest.mark.covers("S16", "S17", "S18", "S20", "R3")
def test_that_a_supported_case_goes_to_its_step_and_its_owner_in_one_act() -> None:
    server = a_server()
    server.done("priya", support(server.desk, person("amy"), reason="no heating"))
    case = server.desk.case
    assert (case.status, case.step_id, case.owner) == (CaseStatus.IN_PROGRESS, "s2", person("amy"))
    assert (case.triage_outcome, case.owner_epoch) == (TriageOutcome.SUPPORTED, 2)
    assert server.desk.line("triaged").facts == {
        "outcome": "supported", "to_step": "s2", "to_kind": "person", "to": "amy",
    }  # fmt: skip
    assert server.desk.feed().count("owner") == 0
    assert server.desk.told("amy") == ["given-to-you"]


@pytest.mark.covers("S17")
def test_that_triage_brings_the_tasks_of_the_step_to_the_new_owner() -> None:
    server = a_server()
    server.done("priya", support(server.desk, person("amy")))
    assert {(task.title, task.assignee_id) for task in server.desk.tasks().values()} == {
        ("Phone call", "amy"), ("Send pack", "amy"), ("unheard_of", "amy"),
    }  # fmt: skip


@pytest.mark.parametrize("owner", [None, WAITING, BACK_OFFICE])
def test_that_a_case_supported_for_a_queue_has_tasks_for_nobody_yet(owner: Owner | None) -> None:
    server = a_server()
    server.done("priya", support(server.desk, owner))
    assert server.desk.case.owner == (owner or WAITING)
    assert {task.assignee_id for task in server.desk.tasks().values()} == {""}
    server.done("lena", give(server.desk, person("cara")))
    assert {task.assignee_id for task in server.desk.tasks().values()} == {"cara"}


@pytest.mark.covers("S16")
@pytest.mark.parametrize("outcome", TURNED_DOWN)
def test_that_every_other_outcome_closes_the_case_and_deletes_nothing(outcome: TriageOutcome) -> None:
    server = a_server()
    server.done("priya", turn_down(server.desk, outcome, duplicate_of=TWIN))
    case = server.desk.case
    assert (case.status, case.closed_reason, case.triage_outcome) == (CaseStatus.CLOSED, outcome, outcome)
    assert (case.closed_by, case.owner, case.duplicate_of) == ("priya", WAITING, TWIN)
    assert server.desk.line("triaged").text == "as agreed"


@pytest.mark.covers("S16")
@pytest.mark.parametrize("outcome", [TriageOutcome.DECLINED, TriageOutcome.SIGNPOSTED])
def test_that_no_needs_a_reason(outcome: TriageOutcome) -> None:
    server = a_server()
    assert server.hear("priya", turn_down(server.desk, outcome, reason=" ")) == Refused("reason-needed")


@pytest.mark.parametrize("twin", ["", "no-such-case", CASE])
def test_that_a_duplicate_names_another_case(twin: str) -> None:
    server = a_server()
    command = turn_down(server.desk, TriageOutcome.DUPLICATE, duplicate_of=twin)
    assert server.hear("priya", command) == Refused("duplicate-of-what")


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("", "step-needed"),
        ("no-such", "step-needed"),
        ("elsewhere", "step-needed"),
        ("s1", "step-is-not-a-start"),
        ("s8", "step-is-not-a-start"),
    ],
)
def test_that_support_needs_a_step_beyond_waiting_of_the_case_s_own_journey(step: str, code: str) -> None:
    server = a_server()
    assert server.hear("priya", support(server.desk, step=step)) == Refused(code)


@pytest.mark.covers("R4", "S10")
@pytest.mark.parametrize(
    ("owner", "code"),
    [
        (person("gone"), "owner-inactive"),
        (person("nobody"), "owner-inactive"),
        (person("rhys"), "person-reads-only"),
    ],
)
def test_that_triage_gives_a_case_only_to_somebody_who_can_work_on_it(owner: Owner, code: str) -> None:
    server = a_server()
    verdict = server.hear("priya", support(server.desk, owner))
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_that_a_queue_s_member_triages_by_claiming_and_not_otherwise() -> None:
    server = a_server()
    for not_a_claim in (
        support(server.desk),
        support(server.desk, person("ben")),
        turn_down(server.desk, TriageOutcome.DECLINED),
    ):
        verdict = server.hear("amy", not_a_claim)
        assert isinstance(verdict, Refused)
        assert verdict.code == "owner-only"
    server.done("amy", support(server.desk, person("amy")))
    assert server.desk.case.owner == person("amy")


def test_that_an_advisor_triages_what_they_own() -> None:
    server = a_server()
    server.done("amy", give(server.desk, person("amy")))
    server.done("amy", turn_down(server.desk, TriageOutcome.DECLINED))
    assert server.desk.case.is_closed


def test_that_the_second_triage_waits_for_the_owner_and_can_still_be_used() -> None:
    server = a_server()
    quinn = Laptop(server, "quinn")
    quinn.say(turn_down(quinn.desk, TriageOutcome.OUT_OF_AREA))
    server.done("priya", support(server.desk, person("amy")))
    (late,) = quinn.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("triaged-first", person("amy"))
    assert server.desk.case.triage_outcome is TriageOutcome.SUPPORTED
    assert "triaged-first" in server.desk.told("quinn")
    assert {"late-change"} <= set(server.desk.told("amy")) & set(server.desk.told("priya"))
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert str(server.desk.case.triage_outcome) == "out_of_area"
    assert server.desk.one(type(kept), kept.id).state is KeptState.USED


@pytest.mark.parametrize("owner", [None, person("amy")])
def test_that_two_who_decide_the_same_have_nothing_to_settle(owner: Owner | None) -> None:
    server = a_server()
    quinn = Laptop(server, "quinn")
    quinn.say(support(quinn.desk, owner))
    server.done("priya", support(server.desk, owner))
    assert quinn.send() == [Done()]


def test_that_a_second_duplicate_of_another_case_is_kept() -> None:
    server = a_server()
    quinn, lena = Laptop(server, "quinn"), Laptop(server, "lena")
    quinn.say(turn_down(quinn.desk, TriageOutcome.CANNOT_CONTACT, reason=""))
    lena.say(turn_down(lena.desk, TriageOutcome.DUPLICATE, reason="", duplicate_of=TWIN))
    server.done("priya", turn_down(server.desk, TriageOutcome.CANNOT_CONTACT, reason=""))
    assert quinn.send() == [Done()]
    (late,) = lena.send()
    assert isinstance(late, Late)
    assert late.code == "triaged-first"


def test_that_a_second_triage_with_words_of_its_own_keeps_them() -> None:
    server = a_server()
    quinn = Laptop(server, "quinn")
    quinn.say(support(quinn.desk, reason="she rang twice"))
    server.done("priya", support(server.desk))
    quinn.send()
    (kept,) = server.desk.kept()
    assert "she rang twice" in kept.said


@pytest.mark.covers("OC7")
def test_that_a_triage_for_somebody_else_than_the_owner_by_then_waits_for_its_author() -> None:
    server = a_server()
    priya = Laptop(server, "priya")
    priya.say(support(priya.desk, person("cara")))
    server.done("ben", give(server.desk, person("ben")))
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("assigned-first", person("priya"))
    assert (late.facts["owner"], late.facts["wanted"]) == ("ben", "cara")
    assert server.desk.case.owner == person("ben")
    assert server.desk.case.triage_outcome is None


def test_that_a_coordinator_s_triage_that_leaves_the_owner_alone_holds_whoever_claimed_meanwhile() -> None:
    server = a_server()
    priya = Laptop(server, "priya")
    priya.say(support(priya.desk))
    server.done("ben", give(server.desk, person("ben")))
    assert isinstance(priya.send()[0], Done)
    assert server.desk.case.owner == person("ben")
    assert server.desk.case.step_id == "s2"


def test_that_turning_down_a_case_that_somebody_claimed_meanwhile_waits_for_them() -> None:
    server = a_server()
    priya = Laptop(server, "priya")
    priya.say(turn_down(priya.desk, TriageOutcome.DECLINED))
    server.done("ben", give(server.desk, person("ben")))
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("owner-moved", person("ben"))
    assert not server.desk.case.is_closed


@pytest.mark.covers("OC1")
def test_that_a_triage_after_a_claim_that_was_lost_becomes_a_proposal_to_the_one_who_was_first() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(support(amy.desk, person("amy")))
    server.done("ben", give(server.desk, person("ben")))
    claim, triage = amy.send()
    assert isinstance(claim, Late)
    assert isinstance(triage, Late)
    assert (claim.code, triage.code) == ("claimed-first", "owner-moved")
    assert triage.waits_for == person("ben")
    kept = next(kept for kept in server.desk.kept() if kept.command == "case.triage")
    server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert (server.desk.case.owner, server.desk.case.step_id) == (person("ben"), "s2")


def test_that_triage_does_not_open_a_closed_case() -> None:
    server = a_server()
    priya = Laptop(server, "priya")
    priya.say(support(priya.desk))
    server.done("lena", CloseCase(case_id=CASE, base=server.desk.seen, reason="client_withdrew"))
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert late.code == "closed-meanwhile"
    assert server.desk.case.is_closed


def test_that_a_supported_case_s_own_tasks_stay_with_whom_they_were_given_to() -> None:
    server = a_server()
    server.desk.put(a_task(assignee="cara"))
    server.done("priya", support(server.desk, person("amy")))
    assert server.desk.tasks()["visit"].assignee_id == "cara"


def test_that_a_claim_and_a_triage_for_oneself_under_the_queue_s_ownership_is_one_late_wish() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(support(amy.desk, person("amy")))
    server.done("ben", ChangeOwner(case_id=CASE, base=server.desk.seen, owner=person("ben")))
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("claimed-first", person("amy"))
