"""The page of a case shows all that belongs to it, in an order that makes sense."""

from datetime import timedelta

import pytest

from casework.questions.feed_lines import feed_page
from casework.questions.one_case import case_sheet
from casework.questions.sheets import CaseSheet
from casework.questions.shown import DueBand
from casework.values import (
    ActivityKind,
    Contributor,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Source,
    Standing,
)
from tests.office_kit import NOW, CaseSketch, a_case, a_document, a_line, a_task, an_id, days_ago, done
from tests.questions.conftest import Asked


def sheet_of(asked: Asked, case: CaseSketch, who: str = "amy") -> CaseSheet:
    sheet = asked.ask(who, case_sheet, case.id)
    assert sheet is not None
    return sheet


@pytest.mark.covers("S3", "S11", "S60")
def test_that_the_page_shows_client_home_owner_step_and_how_it_began(asked: Asked) -> None:
    case = a_case("Mrs Margaret Evans").owned_by("ben").at("Assessment").so(source=Source.IMPORT, source_name="Council")
    asked.has(case.living_at("3 Ffordd Penrhyn", "Wrexham", "LL11 3RU"))
    sheet = sheet_of(asked, case)
    assert (sheet.contact.full_name, sheet.home.postcode, sheet.project.name) == (
        "Mrs Margaret Evans",
        "LL11 3RU",
        "Warm Homes",
    )
    assert (sheet.owner.name, sheet.owner.kind, sheet.owner.by_name) == ("Ben Okafor", OwnerKind.PERSON, "Priya Shah")
    assert (sheet.step.name, [step.position for step in sheet.steps]) == ("Assessment", list(range(1, 9)))
    assert (sheet.created.at, sheet.created.by_name, sheet.created.source_name) == (
        days_ago(10),
        "Priya Shah",
        "Council",
    )


@pytest.mark.covers("S60", "OC22")
def test_that_a_clock_more_than_five_minutes_off_is_marked(asked: Asked) -> None:
    right, wrong = a_case("Right").so(clock_off=-300), a_case("Wrong").so(clock_off=3 * 86_400)
    asked.has(right, wrong)
    assert not sheet_of(asked, right).created.has_clock_mark
    created = sheet_of(asked, wrong).created
    assert (created.has_clock_mark, created.at, created.arrived_at) == (True, days_ago(10), days_ago(10))


@pytest.mark.covers("S4", "S28", "S29")
def test_that_open_tasks_come_first_by_when_they_are_due_whoever_does_them(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("ben")
    asked.has(
        case,
        a_task("Some day", case, to="ben"),
        a_task("Next month", case, due_in=30, to="cara"),
        a_task("Visit", case, to="amy", type="home_visit", start_at=NOW + timedelta(days=1)),
        a_task("Today", case, due_in=0, to=""),
        a_task("Late", case, due_in=-3, to="amy"),
        done(a_task("Done", case, due_in=-5), by="cara"),
    )
    sheet = sheet_of(asked, case)
    assert [(task.title, task.band, task.assignee_name) for task in sheet.tasks] == [
        ("Late", DueBand.OVERDUE, "Amy Jones"),
        ("Today", DueBand.TODAY, ""),
        ("Visit", DueBand.SOON, "Amy Jones"),
        ("Next month", DueBand.LATER, "Cara Lewis"),
        ("Some day", DueBand.SOMEDAY, "Ben Okafor"),
        ("Done", DueBand.OVER, "Amy Jones"),
    ]
    assert (sheet.tasks[0].days, sheet.tasks[2].is_visit, sheet.tasks[5].completed_by_name) == (-3, True, "Cara Lewis")
    assert sheet.owner.name == "Ben Okafor"


@pytest.mark.covers("S38", "S39", "S108")
def test_that_the_feed_tells_who_said_what_with_names_for_ids(asked: Asked) -> None:
    case = a_case("Ann Price")
    moved = {"from_kind": "queue", "from": an_id("Back office"), "to_kind": "person", "to": an_id("ben")}
    asked.has(
        case,
        a_line("@cara her sister has the key", case, by="amy", ago=2, mentions=(an_id("cara"),)),
        a_line("", case, by="priya", ago=1, kind=ActivityKind.OWNER, facts={"how": "assign", **moved}),
    )
    note, change = sheet_of(asked, case).feed.lines
    assert (note.by_name, note.mentions, note.is_mine) == ("Amy Jones", ((an_id("cara"), "Cara Lewis"),), True)
    assert (change.named["from"], change.named["to"], change.named["how"]) == ("Back office", "Ben Okafor", "assign")
    assert change.facts["to"] == an_id("ben")


@pytest.mark.covers("OC22")
def test_that_the_feed_goes_by_when_things_happened_even_if_a_clock_was_wrong(asked: Asked) -> None:
    case = a_case("Ann Price")
    ahead = a_line("Second, by a clock three days ahead", case, ago=-1, clock_off=3 * 86_400, arrived_at=days_ago(1))
    asked.has(case, a_line("First", case, ago=3), ahead, a_line("Third", case, ago=1))
    lines = sheet_of(asked, case).feed.lines
    assert [line.text for line in lines] == ["First", "Second, by a clock three days ahead", "Third"]
    assert [line.has_clock_mark for line in lines] == [False, True, False]
    assert lines[1].arrived_at == days_ago(1)


def test_that_a_late_review_of_a_former_owner_stands_at_its_own_time(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("ben")
    mine = a_line("Amy's", case, by="amy", ago=0.2, kind=ActivityKind.REVIEW, standing=Standing.FORMER_OWNER)
    asked.has(
        case.so(last_review_at=days_ago(0.1), last_review_by=an_id("ben"), last_review_text="Ben's"),
        mine,
        a_line("Ben's", case, by="ben", ago=0.1, kind=ActivityKind.REVIEW, standing=Standing.OWNER),
    )
    sheet = sheet_of(asked, case)
    assert sheet.review is not None
    assert (sheet.review.text, sheet.review.by_name) == ("Ben's", "Ben Okafor")
    assert [(line.text, line.standing) for line in sheet.feed.lines] == [
        ("Amy's", Standing.FORMER_OWNER),
        ("Ben's", Standing.OWNER),
    ]


def test_that_a_long_feed_comes_in_stretches_from_its_end(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price"))
    asked.has(*(a_line(f"Line {number}", case, ago=100 - number // 2) for number in range(9)))
    page = asked.ask("amy", feed_page, case.id, None, 4)
    assert (page.total, len(page.lines)) == (9, 4)
    texts = [line.text for line in page.lines]
    while page.before is not None:
        page = asked.ask("amy", feed_page, case.id, page.before, 4)
        texts = [line.text for line in page.lines] + texts
    assert sorted(texts) == [f"Line {number}" for number in range(9)]
    assert [line.split()[1] for line in texts[-1:]] == ["8"]


def test_that_lines_and_tasks_which_are_only_here_are_marked(asked: Asked) -> None:
    case = a_case("Ann Price")
    said_here, sent = a_line("Here", case, rev=0, arrived_at=None, ago=0), a_line("Sent", case)
    finished_here = done(a_task("Ring", case))
    asked.has(case, said_here, sent, finished_here, a_document("bill.pdf", case, rev=0, is_stored=False))
    sheet = asked.ask_as(asked.office.viewer("amy", waiting_ids=[finished_here.id]), case_sheet, case.id)
    assert sheet is not None
    assert {line.text: line.is_unsent for line in sheet.feed.lines} == {"Here": True, "Sent": False}
    assert sheet.tasks[0].is_unsent
    assert (sheet.documents[0].is_unsent, sheet.documents[0].is_stored) == (True, False)


@pytest.mark.covers("S58")
def test_that_documents_come_newest_first_with_who_added_them(asked: Asked) -> None:
    case = a_case("Ann Price")
    asked.has(case, a_document("old.pdf", case, added_at=days_ago(5)), a_document("new.pdf", case, by="ben"))
    documents = sheet_of(asked, case).documents
    assert [(one.name, one.added_by_name) for one in documents] == [("new.pdf", "Ben Okafor"), ("old.pdf", "Amy Jones")]


def test_that_the_story_of_ownership_goes_by_epoch_and_not_by_clock(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("amy").so(owner_epoch=2, owner_since=days_ago(4))
    first = OwnershipEvent(
        id=an_id("one"),
        case_id=case.id,
        epoch=1,
        kind=OwnerChange.IMPORTED,
        to_kind=OwnerKind.QUEUE,
        to_id=an_id("Waiting list"),
        by=an_id("priya"),
        at=days_ago(1),
    )
    asked.has(case, first)
    story = sheet_of(asked, case).ownership
    assert [(line.epoch, line.to_name, line.by_name) for line in story] == [
        (1, "Waiting list", "Priya Shah"),
        (2, "Amy Jones", "Priya Shah"),
    ]


def test_that_other_open_cases_and_the_case_it_doubles_are_named(asked: Asked) -> None:
    twin = a_case("Ann Price", number="25-00007")
    case = a_case("Ann Pryce").closed("duplicate").so(duplicate_of=twin.id)
    same_home = a_case("Ifan Price").so(property_id=case.home.id)
    closed = a_case("Old").so(property_id=case.home.id).closed()
    asked.has(twin, case, same_home, closed)
    sheet = sheet_of(asked, case)
    assert sheet.duplicate_of is not None
    assert sheet.duplicate_of.number == "25-00007"
    assert [(one.client, one.because) for one in sheet.others] == [("Ifan Price", ("same_home",))]
    assert sheet.closed_by_name == "Ben Okafor"


def test_that_who_else_may_see_it_is_named_while_that_lasts(asked: Asked) -> None:
    case = a_case("Ann Price")
    asked.has(
        case,
        *(
            Contributor(id=an_id(name), case_id=case.id, person_id=an_id(name), because="mention", until=until)
            for name, until in (("ben", days_ago(-3)), ("cara", days_ago(1)))
        ),
    )
    assert [(one.name, one.until) for one in sheet_of(asked, case).contributors] == [("Ben Okafor", days_ago(-3))]


def test_that_each_person_is_offered_what_the_rules_would_take(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price").owned_by("amy"))
    assert {"case.close", "case.step", "review.log", "note.add"} <= sheet_of(asked, case, "amy").offers
    assert not {"case.close", "case.step", "review.log"} & sheet_of(asked, case, "ben").offers
    assert "note.add" in sheet_of(asked, case, "ben").offers


def test_that_a_case_which_is_not_on_this_device_has_no_page(asked: Asked) -> None:
    assert asked.ask("amy", case_sheet, an_id("gone")) is None
