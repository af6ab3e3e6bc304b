"""Today shows what is due, what comes, what changed and what is mine, and the rail counts the same."""

from datetime import timedelta

import pytest

from casework.commands import AddNote, ChangeOwner, SeenOwner
from casework.questions.day import my_day, my_tasks
from casework.questions.one_case import case_sheet
from casework.questions.rail import rail_counts
from casework.values import Owner, OwnerKind
from tests.office_kit import NOW, TODAY, CaseSketch, a_case, a_line, a_notice, a_task, an_id, days_ago, done
from tests.questions.conftest import Asked


def seen(case: CaseSketch) -> SeenOwner:
    return SeenOwner(case.case.owner, case.case.owner_cmd)


@pytest.mark.covers("S5", "S36", "S37", "R5")
def test_that_my_tasks_come_overdue_first_then_today_then_the_next_days(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("ben").living_at("1 High Street", "Truro", "TR1 1AA")
    asked.has(
        case,
        a_task("Today", case, due_in=0),
        a_task("Older", case, due_in=-9),
        a_task("Late", case, due_in=-1),
        a_task("In two days", case, due_in=2),
        a_task("Visit", case, start_at=NOW + timedelta(days=2)),
        a_task("In seven days", case, due_in=7),
        a_task("In eight days", case, due_in=8),
        a_task("Some day", case),
        a_task("Ben's", case, due_in=0, to="ben"),
        done(a_task("Done", case, due_in=0)),
    )
    day = asked.ask("amy", my_day)
    assert [task.title for task in day.overdue] == ["Older", "Late"]
    assert [task.title for task in day.due_today] == ["Today"]
    assert [(one.day - TODAY, [task.title for task in one.tasks]) for one in day.agenda] == [
        (timedelta(days=2), ["Visit", "In two days"]),
        (timedelta(days=7), ["In seven days"]),
    ]
    assert (day.later, [task.title for task in day.someday]) == (1, ["Some day"])
    assert (day.overdue[0].client, day.overdue[0].town, day.overdue[0].case_id) == ("Ann Price", "Truro", case.id)
    assert [task.title for task in asked.ask("amy", my_tasks)][-1] == "Some day"


def test_that_the_agenda_reaches_as_far_as_asked(asked: Asked) -> None:
    case = a_case("Ann Price")
    asked.has(case, *(a_task(f"In {days}", case, due_in=days) for days in (1, 14, 31)))
    assert [one.tasks[0].title for one in asked.ask("amy", my_day, 1).agenda] == ["In 1"]
    assert [one.tasks[0].title for one in asked.ask("amy", my_day, 31).agenda] == ["In 1", "In 14", "In 31"]


@pytest.mark.covers("S5")
def test_that_what_i_own_is_listed_with_its_count_the_most_pressing_first(asked: Asked) -> None:
    asked.has(
        a_case("Mine").scoring(prepayment=5),
        a_case("Mine and urgent").scoring(no_heating=30, off_supply=30),
        a_case("Mine and closed").closed(),
        a_case("Ben's").owned_by("ben"),
    )
    day = asked.ask("amy", my_day)
    assert ([row.client for row in day.owned], day.owned_count) == (["Mine and urgent", "Mine"], 2)


@pytest.mark.covers("S39", "S40", "S41", "S42")
def test_that_a_mention_shows_on_my_day_and_leads_to_the_case(asked: Asked) -> None:
    case = a_case("Ann Price", number="25-00007").owned_by("ben")
    asked.has(case)
    asked.happened("ben", AddNote(case_id=case.id, text="@amy her sister has the key", mentions=(an_id("amy"),)))
    (notice,) = asked.ask("amy", my_day).notices
    assert (notice.code, notice.by_name, notice.client) == ("mentioned-you", "Ben Okafor", "Ann Price")
    assert (notice.is_here, notice.is_seen, notice.case_number) == (True, False, "25-00007")
    assert notice.text == "@amy her sister has the key"
    sheet = asked.ask("amy", case_sheet, notice.case_id)
    assert sheet is not None
    assert sheet.owner.name == "Ben Okafor"


@pytest.mark.covers("S21")
def test_that_i_see_what_others_did_on_my_cases_and_not_what_i_did(asked: Asked) -> None:
    mine, other = a_case("Ann Price"), a_case("Bo Diaz").owned_by("ben")
    asked.has(
        mine,
        other,
        a_line("Ben rang her", mine, by="ben", ago=1),
        a_line("I rang her", mine, by="amy", ago=1),
        a_line("Long ago", mine, by="ben", ago=30),
        a_line("On his own", other, by="ben", ago=1),
    )
    day = asked.ask("amy", my_day)
    assert [(one.client, one.line.text, one.line.by_name) for one in day.news] == [
        ("Ann Price", "Ben rang her", "Ben Okafor")
    ]


@pytest.mark.covers("S21", "OC2")
def test_that_a_change_of_owner_is_told_once_with_names(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price").owned_by("ben"))
    wanted = Owner(OwnerKind.PERSON, an_id("amy"))
    asked.happened("priya", ChangeOwner(case_id=case.id, base=seen(case), owner=wanted))
    day = asked.ask("amy", my_day)
    assert [(one.code, one.named["from"], one.named["to"]) for one in day.notices] == [
        ("given-to-you", "Ben Okafor", "Amy Jones")
    ]
    assert day.news == ()
    (lost,) = asked.ask("ben", my_day).notices
    assert (lost.code, lost.named["to"], lost.by_name) == ("owner-changed", "Amy Jones", "Priya Shah")


def test_that_seen_notices_stay_a_week_and_unseen_ones_until_seen(asked: Asked) -> None:
    asked.has(
        case := a_case("Ann Price"),
        a_notice("one", case, to="amy", ago=40),
        a_notice("two", case, to="amy", ago=3, is_seen=True),
        a_notice("three", case, to="amy", ago=40, is_seen=True),
        a_notice("four", case, to="ben"),
    )
    assert [(one.code, one.is_seen) for one in asked.ask("amy", my_day).notices] == [("one", False), ("two", True)]


def test_that_a_notice_about_a_case_that_left_this_device_still_tells_its_number(asked: Asked) -> None:
    asked.has(a_notice("owner-changed", a_case("Ann Price", number="25-00007"), to="amy"))
    (notice,) = asked.ask("amy", my_day).notices
    assert (notice.is_here, notice.case_number, notice.client) == (False, "25-00007", "")


@pytest.mark.covers("R2", "R5")
def test_that_the_rail_counts_what_the_screens_show(asked: Asked) -> None:
    mine = a_case("Mine")
    asked.has(
        mine,
        a_case("Mine and closed").closed(),
        a_case("Waits").owned_by("Waiting list").waiting(),
        a_task("Late", mine, due_in=-1),
        a_task("Later than late", mine, due_in=-4),
        a_task("Today", mine, due_in=0),
        a_task("Tomorrow", mine, due_in=1),
        a_task("Ben's", mine, due_in=0, to="ben"),
        a_notice("one", mine, to="amy"),
        a_notice("two", mine, to="amy", is_seen=True),
    )
    rail = asked.ask("amy", rail_counts)
    assert (rail.today, rail.overdue, rail.waiting, rail.cases, rail.notices, rail.decisions) == (1, 2, 1, 1, 1, 0)


def test_that_an_empty_office_counts_nothing(asked: Asked) -> None:
    rail = asked.ask("sam", rail_counts)
    assert (rail.today, rail.overdue, rail.waiting, rail.cases, rail.notices, rail.decisions) == (0,) * 6
    day = asked.ask("sam", my_day)
    assert (day.overdue, day.agenda, day.owned, day.notices) == ((), (), (), ())


def test_that_what_is_due_follows_my_own_calendar_day(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price"), a_task("Ring", case, due_in=1))
    tomorrow = asked.office.viewer("amy", today=TODAY + timedelta(days=1))
    assert [task.title for task in asked.ask_as(tomorrow, my_day).due_today] == ["Ring"]
    assert asked.ask_as(tomorrow, rail_counts).today == 1


def test_that_the_news_begin_when_i_last_looked(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price"), a_line("Before", case, by="ben", ago=3), a_line("After", case, by="ben"))
    assert [one.line.text for one in asked.ask("amy", my_day, 7, days_ago(2)).news] == ["After"]
