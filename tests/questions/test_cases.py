"""The list of cases is filtered, sorted and paged as asked, and each row says what one needs to choose."""

from datetime import timedelta
from pathlib import Path

import pytest

from casework.questions.board import board
from casework.questions.case_rows import case_rows
from casework.questions.cases import cases, cases_count
from casework.questions.sheets import CaseFilter, CaseOrder, CaseSort, CasesPage, Which
from casework.questions.shown import DueBand
from casework.store_file import StoreFile
from casework.values import Owner, OwnerKind, Priority, StepKind
from sync.laptop import prepare_store
from tests.office_kit import (
    NOW,
    TODAY,
    a_case,
    a_line,
    a_step,
    a_task,
    an_id,
    an_office,
    days_ago,
    done,
    put_down,
)
from tests.questions.conftest import Asked

BEN = Owner(OwnerKind.PERSON, an_id("ben"))
BACK_OFFICE = Owner(OwnerKind.QUEUE, an_id("Back office"))
EVERYTHING = CaseFilter(which=Which.ALL)


def clients(page: CasesPage) -> list[str]:
    return [row.client for row in page.rows]


def found(asked: Asked, wanted: CaseFilter, order: CaseOrder | None = None) -> list[str]:
    return clients(asked.ask("priya", cases, wanted, order or CaseOrder()))


@pytest.mark.covers("S20", "S22", "R3")
def test_that_the_overview_shows_what_was_triaged_and_is_not_closed(asked: Asked) -> None:
    asked.has(a_case("Supported").at("Assessment"), a_case("Waits").waiting(), a_case("Over").at("Survey").closed())
    assert found(asked, CaseFilter()) == ["Supported"]
    assert found(asked, CaseFilter(which=Which.WAITING)) == ["Waits"]
    assert found(asked, CaseFilter(which=Which.CLOSED)) == ["Over"]
    assert sorted(found(asked, CaseFilter(which=Which.OPEN))) == ["Supported", "Waits"]
    assert len(found(asked, EVERYTHING)) == 3


@pytest.mark.covers("S12", "S24", "S25", "R19")
def test_that_project_step_and_owner_filter_alone_and_together(asked: Asked) -> None:
    healthy = an_id("Healthy Homes")
    asked.has(
        a_case("A").owned_by("ben").at("Assessment").so(project_id=healthy),
        a_case("B").owned_by("ben").at("Survey").so(project_id=healthy),
        a_case("C").owned_by("amy").at("Assessment").so(project_id=healthy),
        a_case("D").owned_by("ben").at("Assessment"),
    )
    assert sorted(found(asked, CaseFilter(project_id=healthy))) == ["A", "B", "C"]
    assert sorted(found(asked, CaseFilter(step_id=a_step("Assessment")))) == ["A", "C", "D"]
    assert sorted(found(asked, CaseFilter(owner=BEN))) == ["A", "B", "D"]
    assert found(asked, CaseFilter(project_id=healthy, step_id=a_step("Assessment"), owner=BEN)) == ["A"]


@pytest.mark.covers("S12", "S68")
def test_that_a_queue_can_be_the_owner_filtered_by(asked: Asked) -> None:
    asked.has(a_case("A").owned_by("Back office"), a_case("B").owned_by("cara"))
    assert found(asked, CaseFilter(owner=BACK_OFFICE)) == ["A"]


def test_that_mine_are_those_that_i_own_myself(asked: Asked) -> None:
    asked.has(a_case("Mine").owned_by("cara"), a_case("My queue's").owned_by("Back office"), a_case("His"))
    page = asked.ask("cara", cases, CaseFilter(is_mine=True), CaseOrder())
    assert [(row.client, row.is_mine) for row in page.rows] == [("Mine", True)]


@pytest.mark.parametrize(
    "typed",
    [
        "evans",
        "EVANS",
        "marg ev",
        "25-00042",
        "ll11 3ru",
        "LL113RU",
        "07700 900123",
        "+447700900123",
        "ffordd",
        "wrexham",
    ],
)
def test_that_a_text_finds_by_name_number_postcode_phone_or_address(asked: Asked, typed: str) -> None:
    case = a_case("Mrs Margaret Evans", number="25-00042").with_client(mobile="07700 900123")
    asked.has(case.living_at("3 Ffordd Penrhyn", "Wrexham", "LL11 3RU"))
    asked.has(a_case("Bo Diaz", number="25-00100").living_at("1 High Street", "Truro", "TR1 1AA"))
    assert found(asked, CaseFilter(text=typed)) == ["Mrs Margaret Evans"]
    assert asked.ask("priya", cases_count, CaseFilter(text=typed)) == 1


@pytest.mark.parametrize("typed", ["%", "_", "!", "' OR 1=1 --", "\\", '"', "%_%"])
def test_that_signs_of_the_database_in_a_text_are_only_signs(asked: Asked, typed: str) -> None:
    asked.has(a_case("Ann Price").living_at("1 High Street", "Truro", "TR1 1AA"))
    assert found(asked, CaseFilter(text=typed)) == []


def test_that_a_percent_sign_finds_what_has_one(asked: Asked) -> None:
    asked.has(a_case("Ann 100% Price"), a_case("Bo Diaz"))
    assert found(asked, CaseFilter(text="100%")) == ["Ann 100% Price"]


@pytest.mark.parametrize("by", list(CaseSort))
@pytest.mark.parametrize("is_descending", [True, False])
def test_that_pages_of_any_sort_follow_each_other_without_a_gap_or_a_repeat(
    asked: Asked, by: CaseSort, is_descending: bool
) -> None:
    for number in range(9):
        case = a_case(f"Client {number % 4}", number=f"25-{number:05}").opened(number % 3)
        case = case.at(("Assessment", "Survey")[number % 2]).owned_by(("amy", "ben", "Back office")[number % 3])
        asked.has(case, *([a_task("Call", case, due_in=number % 2)] if number % 3 else []))
    order = CaseOrder(by=by, is_descending=is_descending)
    whole = [row.id for row in asked.ask("priya", cases, EVERYTHING, order).rows]
    paged, page = [], asked.ask("priya", cases, EVERYTHING, order, None, 4)
    paged += [row.id for row in page.rows]
    while page.after is not None:
        page = asked.ask("priya", cases, EVERYTHING, order, page.after, 4)
        paged += [row.id for row in page.rows]
    assert len(set(whole)) == 9
    assert paged == whole


def test_that_each_sort_brings_its_own_order(asked: Asked) -> None:
    first = a_case("Zoe adams", number="25-00001").opened(9).at("Survey", ago=2).owned_by("cara")
    first = first.so(priority=Priority.URGENT).living_at("1", "Truro", "TR1 1AA")
    second = a_case("Ann Brown", number="25-00002").opened(8).at("Assessment", ago=4).owned_by("amy")
    second = second.living_at("1", "Bangor", "LL57 1AA")
    asked.has(first, second, a_task("Late", second, due_in=-1), a_task("Soon", first, due_in=1))
    asked.has(a_line("Today", first, ago=0))
    ascending = {
        by: [
            row.number[-1] for row in asked.ask("priya", cases, EVERYTHING, CaseOrder(by=by, is_descending=False)).rows
        ]
        for by in CaseSort
    }
    assert ascending == {
        CaseSort.OPENED: ["1", "2"],
        CaseSort.NUMBER: ["1", "2"],
        CaseSort.CLIENT: ["1", "2"],
        CaseSort.AREA: ["2", "1"],
        CaseSort.STEP: ["2", "1"],
        CaseSort.OWNER: ["2", "1"],
        CaseSort.PRIORITY: ["2", "1"],
        CaseSort.DUE: ["2", "1"],
        CaseSort.ACTIVITY: ["2", "1"],
    }


def test_that_a_row_says_who_where_what_next_and_how_old(asked: Asked) -> None:
    case = a_case("Mrs Margaret Evans", number="25-00042").owned_by("ben").at("Assessment", ago=4).opened(10)
    case = case.at("Assessment", ago=4).living_at("3 Ffordd Penrhyn", "Wrexham", "LL11 3RU", address_2="Flat 2")
    asked.has(
        case,
        a_task("Later", case, due_in=5),
        a_task("Ring", case, due_in=-2),
        done(a_task("Over", case, due_in=-9)),
        a_task("Some day", case),
        a_line("Rang", case, ago=2),
        a_line("Rang again", case, ago=0.5),
    )
    (row,) = asked.ask("ben", cases, CaseFilter(), CaseOrder()).rows
    assert (row.number, row.client, row.address) == ("25-00042", "Mrs Margaret Evans", "3 Ffordd Penrhyn, Flat 2")
    assert (row.town, row.postcode, row.project_name, row.step_name) == (
        "Wrexham",
        "LL11 3RU",
        "Warm Homes",
        "Assessment",
    )
    assert (row.owner_name, row.is_mine, row.days_at_step) == ("Ben Okafor", True, 4)
    assert (row.next_task, row.next_due, row.next_band) == ("Ring", TODAY - timedelta(days=2), DueBand.OVERDUE)
    assert (row.open_tasks, row.last_activity_at, row.opened_at) == (3, days_ago(0.5), days_ago(10))
    assert (row.is_unsent, row.open_decisions) == (False, 0)


def test_that_a_visit_is_due_on_its_day(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price"), a_task("Visit", case, start_at=NOW + timedelta(days=3)))
    (row,) = asked.ask("priya", cases, CaseFilter(), CaseOrder()).rows
    assert (row.next_due, row.next_band) == (TODAY + timedelta(days=3), DueBand.SOON)


def test_that_rows_of_single_cases_come_in_the_order_asked_for(asked: Asked) -> None:
    first, second = a_case("Ann Price"), a_case("Bo Diaz")
    asked.has(first, second)
    rows = asked.ask("priya", case_rows, [second.id, an_id("gone"), first.id])
    assert [row.client for row in rows] == ["Bo Diaz", "Ann Price"]


def test_that_counts_are_what_the_list_would_show(asked: Asked) -> None:
    asked.has(a_case("A").owned_by("ben"), a_case("B").owned_by("ben").closed(), a_case("C"))
    assert asked.ask("priya", cases_count, CaseFilter(owner=BEN)) == 1
    assert asked.ask("priya", cases_count, CaseFilter(which=Which.ALL, owner=BEN)) == 2


@pytest.mark.covers("S23", "R19")
def test_that_the_board_has_a_column_for_each_step_with_counts_and_days(asked: Asked) -> None:
    asked.has(
        a_case("A").at("Assessment", ago=10),
        a_case("B").at("Assessment", ago=4),
        a_case("C").at("Survey", ago=1),
        a_case("D").at("Survey").closed(),
    )
    columns = asked.ask("priya", board, CaseFilter()).columns
    assert [column.name for column in columns][0] == "Customer engaged"
    assert StepKind.CLOSED not in [column.kind for column in columns]
    shown = {
        column.name: (column.count, column.average_days, [card.client for card in column.cards]) for column in columns
    }
    assert shown["Assessment"] == (2, 7, ["A", "B"])
    assert shown["Survey"] == (1, 1, ["C"])
    assert shown["Follow up"] == (0, 0, [])


@pytest.mark.covers("S23", "S24", "R19")
def test_that_the_board_is_filtered_as_the_list_is(asked: Asked) -> None:
    asked.has(a_case("A").owned_by("ben"), a_case("B").owned_by("amy"), a_case("C").owned_by("ben").waiting())
    columns = asked.ask("priya", board, CaseFilter(which=Which.OPEN, owner=BEN)).columns
    assert {column.name: column.count for column in columns if column.count} == {"Waiting list": 1, "Assessment": 1}


def test_that_closed_cases_stand_at_the_end_of_the_board(asked: Asked) -> None:
    asked.has(a_case("A").at("Survey").closed(), a_case("B").at("Assessment"))
    columns = asked.ask("priya", board, EVERYTHING).columns
    assert {column.name: column.count for column in columns if column.count} == {"Assessment": 1, "Closed": 1}


def test_that_a_column_counts_all_and_shows_the_first(asked: Asked) -> None:
    asked.has(*(a_case(f"Client {number}").at("Survey", ago=number) for number in range(5)))
    column = next(one for one in asked.ask("priya", board, CaseFilter(), 2).columns if one.name == "Survey")
    assert (column.count, [card.client for card in column.cards]) == (5, ["Client 4", "Client 3"])


def test_that_an_encrypted_store_answers_the_same(tmp_path: Path) -> None:
    store = StoreFile(tmp_path / "sealed.db", bytes(32))
    prepare_store(store)
    office = an_office()
    put_down(store, office.rows, case := a_case("Ann Price"), a_task("Ring", case, due_in=0))
    with store.reading() as conn:
        (row,) = cases(conn, office.viewer("amy"), CaseFilter(text="price"), CaseOrder()).rows
    store.close()
    assert (row.client, row.next_task, row.next_band) == ("Ann Price", "Ring", DueBand.TODAY)
