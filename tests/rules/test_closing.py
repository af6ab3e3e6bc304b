"""Closing with a reason, and opening again within a fortnight."""

from datetime import timedelta

import pytest

from casework.answers import Done, Late, Refused
from casework.commands import CloseCase, ReopenCase
from casework.rules.closing import CLOSED_REASONS
from casework.values import CaseStatus, TaskStatus, TriageOutcome
from tests.rules.paper import (
    CASE,
    NINE,
    WAITING,
    CaseDesk,
    Laptop,
    Server,
    a_case,
    a_closed_case,
    a_task,
    an_active_case,
    person,
)


def close(desk: CaseDesk, reason: str = "advice_completed", words: str = "") -> CloseCase:
    return CloseCase(case_id=CASE, base=desk.seen, reason=reason, words=words)


def reopen(reason: str = "she rang again") -> ReopenCase:
    return ReopenCase(case_id=CASE, reason=reason)


@pytest.mark.parametrize("reason", CLOSED_REASONS)
def test_that_a_case_closes_with_a_reason_and_its_open_tasks_with_it(reason: str) -> None:
    tasks = a_task("open"), a_task("over", status=TaskStatus.DONE)
    server = Server(*an_active_case(person("amy")), *tasks)
    server.done("priya", close(server.desk, reason, "as agreed"))
    case = server.desk.case
    assert (case.status, case.closed_reason, case.closed_by) == (CaseStatus.CLOSED, reason, "priya")
    assert case.closed_at == server.now
    assert {name: task.status for name, task in server.desk.tasks().items()} == {
        "open": TaskStatus.CANCELLED, "over": TaskStatus.DONE,
    }  # fmt: skip
    assert server.desk.told("amy") == ["case-closed"]
    assert server.desk.line("closed").text == "as agreed"


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("because", ""), ("other", " ")])
def test_that_closing_needs_a_reason_and_other_needs_words(reason: str, words: str) -> None:
    server = Server(*an_active_case(person("amy")))
    assert server.hear("amy", close(server.desk, reason, words)) == Refused("reason-needed")


def test_that_the_first_closing_counts_and_the_second_one_s_words_stay_in_the_feed() -> None:
    server = Server(*an_active_case(person("amy")))
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(close(amy.desk, "client_withdrew", "she found a firm"))
    lena.say(close(lena.desk))
    server.done("priya", close(server.desk))
    assert lena.send() == [Done()]
    assert isinstance(amy.send()[0], Done)
    assert (server.desk.case.closed_by, server.desk.case.closed_reason) == ("priya", "advice_completed")
    assert server.desk.feed() == ["closed", "closed"]


def test_that_the_office_does_not_close_under_an_owner_it_had_not_seen() -> None:
    server = Server(*an_active_case(person("amy")))
    priya = Laptop(server, "priya")
    priya.say(close(priya.desk))
    server.given_to("ben")
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("owner-moved", person("ben"))


def test_that_an_owner_who_had_the_case_again_by_then_has_closed_it() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(close(amy.desk))
    server.given_to("ben")
    server.given_to("amy")
    assert isinstance(amy.send()[0], Done)
    assert server.desk.case.is_closed


def test_that_a_case_opens_again_with_a_reason() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    assert server.hear("lena", reopen(" ")) == Refused("reason-needed")
    server.done("lena", reopen())
    case = server.desk.case
    assert (case.status, case.closed_at, case.closed_by, case.closed_reason) == (CaseStatus.IN_PROGRESS, None, "", "")
    assert case.reopen_count == 1
    assert server.desk.told("amy") == ["case-reopened"]
    assert server.hear("lena", reopen()) == Done()


def test_that_a_case_closed_for_more_than_a_fortnight_stays_closed() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya", closed_at=NINE - timedelta(days=15)))
    verdict = server.hear("amy", reopen())
    assert isinstance(verdict, Refused)
    assert verdict.code == "closed-too-long"


def test_that_a_case_whose_closing_has_no_time_can_be_opened() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya", closed_at=None))
    server.done("amy", reopen())


@pytest.mark.covers("S16")
def test_that_a_case_turned_down_at_triage_waits_for_triage_again() -> None:
    declined = a_case(
        WAITING,
        status=CaseStatus.CLOSED,
        closed_at=NINE,
        triage_outcome=TriageOutcome.DUPLICATE,
        duplicate_of="twin",
    )
    server = Server(*declined)
    server.done("priya", reopen())
    case = server.desk.case
    assert (case.status, case.triage_outcome, case.duplicate_of) == (CaseStatus.NEW, None, "")


def test_that_a_former_owner_s_reopening_waits_for_the_present_one() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    amy = Laptop(server, "amy")
    amy.say(reopen())
    server.done("lena", reopen())
    server.given_to("ben")
    server.done("ben", close(server.desk))
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("owner-moved", person("ben"))
