"""The waiting list shows who waits, most pressing first, and what helps to decide about them."""

from datetime import date, timedelta

import pytest

from casework.questions.waiting import waiting_case, waiting_list
from casework.values import Priority
from tests.office_kit import TODAY, CaseSketch, a_case, a_step, an_id, days_ago
from tests.questions.conftest import Asked


def a_waiting(client: str, **scores: int) -> CaseSketch:
    return a_case(client).owned_by("Waiting list").waiting().scoring(**scores).opened(0)


def clients(asked: Asked, who: str = "priya") -> list[str]:
    return [row.client for row in asked.ask(who, waiting_list).rows]


@pytest.mark.covers("S13", "S14", "R2")
def test_that_only_new_cases_at_a_waiting_step_are_on_the_list(asked: Asked) -> None:
    asked.has(a_waiting("Ann Price"), a_case("Bo Diaz").at("Assessment"), a_waiting("Cai Rees").closed("moved"))
    assert clients(asked) == ["Ann Price"]


@pytest.mark.covers("R2")
def test_that_the_list_goes_by_score_with_waiting_and_then_by_age(asked: Asked) -> None:
    asked.has(
        a_waiting("Low", prepayment=5),
        a_waiting("High", no_heating=30),
        a_waiting("Low but long", prepayment=5).opened(12),
        a_waiting("Urgent", no_heating=30, off_supply=30),
        a_waiting("Low and older", prepayment=5).so(created_at=days_ago(0.2)),
    )
    assert clients(asked) == ["Urgent", "High", "Low but long", "Low and older", "Low"]


def test_that_each_row_says_what_its_score_is_made_of(asked: Asked) -> None:
    asked.has(a_waiting("Ann Price", prepayment=5, no_heating=30).opened(12))
    (row,) = asked.ask("priya", waiting_list).rows
    assert (row.score, row.reasons) == (47, (("no_heating", 30), ("waited", 12), ("prepayment", 5)))


def test_that_waiting_counts_from_the_referral_and_twenty_points_at_most(asked: Asked) -> None:
    case = a_waiting("Ann Price", prepayment=5).opened(2).so(referred_on=TODAY - timedelta(days=50))
    asked.has(case)
    (row,) = asked.ask("priya", waiting_list).rows
    assert (row.days, row.score, row.waiting_since) == (50, 25, TODAY - timedelta(days=50))


def test_that_a_referral_dated_after_it_came_counts_from_the_day_it_came(asked: Asked) -> None:
    asked.has(a_waiting("Ann Price").opened(3).so(referred_on=TODAY + timedelta(days=40)))
    (row,) = asked.ask("priya", waiting_list).rows
    assert row.days == 3


@pytest.mark.covers("OC22", "FI17")
@pytest.mark.parametrize("days_off", [-400, 400])
def test_that_a_wrong_clock_makes_nobody_wait_longer_or_shorter(asked: Asked, days_off: int) -> None:
    wrong = {"created_at": days_ago(4 - days_off), "clock_off": days_off * 86_400}
    asked.has(
        a_waiting("By itself", prepayment=5).so(**wrong),
        a_waiting("Referred", prepayment=5).so(**wrong, referred_on=TODAY - timedelta(days=6)),
        a_waiting("A minute off").so(created_at=days_ago(2), clock_off=60),
    )
    assert {row.client: (row.days, row.score) for row in asked.ask("priya", waiting_list).rows} == {
        "By itself": (4, 9),
        "Referred": (6, 11),
        "A minute off": (2, 2),
    }


def test_that_waiting_makes_a_case_more_urgent_but_does_not_undo_a_priority_set_by_hand(asked: Asked) -> None:
    asked.has(
        a_waiting("Grew", off_supply=30, over_75=10).opened(15),
        a_waiting("Put down", off_supply=30, over_75=10).opened(15).so(priority=Priority.NORMAL),
        a_waiting("Put up", prepayment=5).so(priority=Priority.URGENT),
    )
    rows = {row.client: row.priority for row in asked.ask("priya", waiting_list).rows}
    assert rows == {"Grew": Priority.URGENT, "Put up": Priority.URGENT, "Put down": Priority.NORMAL}
    assert clients(asked) == ["Grew", "Put up", "Put down"]


def test_that_pages_follow_each_other_without_a_gap_or_a_repeat(asked: Asked) -> None:
    for number in range(11):
        asked.has(a_waiting(f"Client {number}", no_heating=30 * (number % 2)).opened(number % 3))
    whole = [row.id for row in asked.ask("priya", waiting_list).rows]
    paged, after = [], None
    while True:
        page = asked.ask("priya", waiting_list, after, 4)
        paged += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(whole) == 11
    assert paged == whole


def test_that_the_counts_are_of_the_whole_list(asked: Asked) -> None:
    asked.has(a_waiting("A", no_heating=30, off_supply=30), a_waiting("B", no_heating=30), a_waiting("C"))
    found = asked.ask("priya", waiting_list, None, 1)
    assert (found.total, found.urgent, found.high, len(found.rows)) == (3, 1, 1, 1)


def test_that_flags_count_only_what_needs_an_eye_and_likely_doubles_are_counted(asked: Asked) -> None:
    flags = (("date_impossible", "DOB", "31/02/1944"), ("phone_none", "Tel", "no phone"))
    case = a_waiting("Ann Price").referred({"DOB": "31/02/1944"}, flags=flags, alike=(an_id("x"), an_id("y")))
    asked.has(case)
    (row,) = asked.ask("priya", waiting_list).rows
    assert (row.flags, row.alike, row.source_name) == (1, 2, "City council")


def test_that_what_the_office_cannot_see_yet_is_marked(asked: Asked) -> None:
    made_here, sent = a_waiting("Made here").so(rev=0), a_waiting("Sent")
    changed_here = a_waiting("Changed here")
    asked.has(made_here, sent, changed_here)
    viewer = asked.office.viewer("priya", waiting_ids=[changed_here.id])
    marks = {row.client: row.is_unsent for row in asked.ask_as(viewer, waiting_list).rows}
    assert marks == {"Made here": True, "Sent": False, "Changed here": True}


@pytest.mark.covers("S15")
def test_that_a_waiting_case_opens_with_its_letter_as_it_came(asked: Asked) -> None:
    letter = {"Name": "Ann Price", "Why": "No heating\nsince Friday"}
    flags = (("date_impossible", "DOB", "31/02/1944"),)
    asked.has(case := a_waiting("Ann Price").referred(letter, flags=flags))
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert found.letter is not None
    assert found.letter.lines == tuple(letter.items())
    assert found.letter.flags == flags
    assert (found.contact.last_name, found.row.client) == ("Price", "Ann Price")


@pytest.mark.covers("S17", "S18")
def test_that_the_next_step_and_those_who_could_take_it_are_suggested(asked: Asked) -> None:
    asked.has(case := a_waiting("Ann Price").living_at("1 High Street", "Swansea", "SA1 5PJ"))
    for number in range(7):
        asked.has(a_case(f"Ben's {number}").owned_by("ben"))
    asked.has(a_case("Near").owned_by("cara").living_at("9 High Street", "Swansea", "SA1 1AA"))
    asked.has(a_case("Far").owned_by("amy").living_at("9 High Street", "Neath", "SA11 1AA"))
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert found.next_step_id == a_step("Customer engaged")
    assert [(one.name, one.open_cases, one.cases_in_area) for one in found.owners] == [
        ("Cara Lewis", 1, 1),
        ("Jo Marsh", 0, 0),
        ("Amy Jones", 1, 0),
        ("Ben Okafor", 7, 0),
    ]


def test_that_somebody_who_left_is_not_suggested(asked: Asked) -> None:
    asked.has(case := a_waiting("Ann Price"))
    with asked.store.writing() as conn:
        conn.exec_driver_sql("UPDATE person SET is_active = 0 WHERE username = 'ben'")
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert "Ben Okafor" not in [one.name for one in found.owners]


@pytest.mark.covers("OC14")
def test_that_cases_which_may_be_the_same_person_are_shown_with_why(asked: Asked) -> None:
    other = a_case("Ann Price", number="25-00007").owned_by("ben").with_client(mobile="07700 900123")
    other = other.living_at("1 High Street", "Swansea", "SA1 5PJ")
    case = a_waiting("ann price").with_client(phone="+44 7700 900123").living_at("Elsewhere", "Swansea", "SA1 5PJ")
    stranger = a_case("Someone Else")
    asked.has(other, stranger, case.referred({"Name": "ann price"}, alike=(other.id, stranger.id)))
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert [(one.number, one.owner_name, one.because) for one in found.alike] == [
        ("25-00007", "Ben Okafor", ("same_name", "same_phone", "same_postcode")),
        (stranger.case.number, "Amy Jones", ("said_by_import",)),
    ]


@pytest.mark.covers("OC14")
def test_that_birth_email_and_property_number_are_reasons_to_look_too(asked: Asked) -> None:
    born = date(1944, 2, 3)
    other = (
        a_case("Nan Price").with_client(birth_date=born, email="Ann@Example.org").living_at("1", "", "", uprn="1000")
    )
    case = (
        a_waiting("Ann Price").with_client(birth_date=born, email="ann@example.org").living_at("1", "", "", uprn="1000")
    )
    asked.has(other, case.referred({"Name": "Ann Price"}, alike=(other.id,)))
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert found.alike[0].because == ("same_birth_date", "same_email", "same_uprn")


def test_that_empty_fields_are_nothing_in_common(asked: Asked) -> None:
    other, case = a_case("Ann"), a_waiting("Bo")
    asked.has(other, case.referred({"Name": "Bo"}, alike=(other.id,)))
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert found.alike[0].because == ("said_by_import",)


def test_that_earlier_cases_of_the_client_or_the_home_are_shown_apart(asked: Asked) -> None:
    case = a_waiting("Ann Price")
    earlier = a_case("Ann Price", number="23-00001").with_client(id=case.contact.id).closed()
    neighbour = a_case("Ifan Price").so(property_id=case.home.id)
    asked.has(case, earlier, neighbour)
    found = asked.ask("priya", waiting_case, case.id)
    assert found is not None
    assert {one.number: one.because for one in found.earlier} == {
        "23-00001": ("same_client",),
        neighbour.case.number: ("same_home",),
    }
    assert found.alike == ()


def test_that_a_case_which_waits_no_more_has_no_sheet(asked: Asked) -> None:
    asked.has(case := a_case("Ann Price").at("Assessment"))
    assert asked.ask("priya", waiting_case, case.id) is None


def test_that_advisors_and_coordinators_are_offered_what_the_rules_would_take(asked: Asked) -> None:
    asked.has(case := a_waiting("Ann Price"))
    offers = {}
    for who in ("amy", "priya"):
        found = asked.ask(who, waiting_case, case.id)
        assert found is not None
        offers[who] = found.offers & {"case.triage", "case.owner", "case.priority"}
    assert offers == {
        "amy": {"case.triage", "case.owner"},
        "priya": {"case.triage", "case.owner", "case.priority"},
    }
