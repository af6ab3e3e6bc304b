"""Pickers list the people who work here and the queues, and searches find cases however they are asked for."""

from datetime import date

import pytest

from casework.questions.choices import (
    assignee_choices,
    mention_choices,
    owner_choices,
    project_choices,
    step_choices,
    task_type_choices,
)
from casework.questions.jump import jump
from casework.questions.known import known_people
from casework.questions.names import names
from casework.values import OwnerKind, Person, Queue, Role
from tests.office_kit import a_case, a_task, an_id, done
from tests.questions.conftest import Asked


@pytest.mark.covers("S10", "S65", "R4")
def test_that_people_and_queues_can_be_owners_and_their_open_cases_are_counted(asked: Asked) -> None:
    asked.has(
        a_case("A").owned_by("ben"),
        a_case("B").owned_by("ben").closed(),
        a_case("C").owned_by("Back office"),
        a_case("D").owned_by("Back office").waiting(),
    )
    choices = asked.ask("ben", owner_choices)
    assert [(one.name, one.open_cases) for one in choices.people] == [
        ("Ben Okafor", 1),
        ("Amy Jones", 0),
        ("Cara Lewis", 0),
        ("Jo Marsh", 0),
        ("Priya Shah", 0),
        ("Sam Reed", 0),
    ]
    assert [(one.name, one.open_cases, one.is_waiting_list) for one in choices.queues] == [
        ("Back office", 2, False),
        ("Waiting list", 0, True),
    ]
    assert (choices.people[0].is_me, choices.people[0].kind, choices.queues[0].kind) == (
        True,
        OwnerKind.PERSON,
        OwnerKind.QUEUE,
    )


@pytest.mark.covers("S10", "R4")
def test_that_who_left_and_what_was_closed_cannot_be_picked(asked: Asked) -> None:
    asked.has(
        Person(id=an_id("old"), username="old", display_name="Old Hand", is_active=False),
        Person(id=an_id("reader"), username="reader", display_name="Reader", role=Role.READER),
        Queue(id=an_id("gone"), name="Gone", code="gone", is_active=False),
    )
    choices = asked.ask("amy", owner_choices)
    assert not {"Old Hand", "Reader", "Gone"} & {one.name for one in (*choices.people, *choices.queues)}
    assert not {"Old Hand", "Reader"} & {one.name for one in asked.ask("amy", assignee_choices)}
    assert "Reader" in {one.name for one in asked.ask("amy", mention_choices)}


@pytest.mark.covers("S34", "R4")
def test_that_assignees_come_with_their_open_tasks_and_i_come_first(asked: Asked) -> None:
    case = a_case("A").owned_by("amy")
    asked.has(case, a_task("One", case, to="ben"), a_task("Two", case, to="ben"), done(a_task("Over", case, to="ben")))
    found = asked.ask("jo", assignee_choices)
    assert (found[0].name, found[0].is_me) == ("Jo Marsh", True)
    assert {one.name: one.open_tasks for one in found}["Ben Okafor"] == 2


@pytest.mark.covers("S39")
def test_that_everybody_but_me_can_be_mentioned(asked: Asked) -> None:
    assert [one.username for one in asked.ask("amy", mention_choices)] == ["ben", "cara", "jo", "priya", "sam"]


@pytest.mark.covers("S31")
def test_that_projects_steps_and_kinds_of_task_come_in_their_order(asked: Asked) -> None:
    with asked.store.reading() as conn:
        assert [one.name for one in project_choices(conn)] == ["Healthy Homes", "Warm Homes"]
        assert [one.position for one in step_choices(conn, an_id("Warm Homes"))] == list(range(1, 9))
        assert [one.name for one in task_type_choices(conn)][:3] == ["Home visit", "Phone call", "Send pack"]


def test_that_every_id_has_its_name_and_others_stay_as_they_are(asked: Asked) -> None:
    with asked.store.reading() as conn:
        known = names(conn)
    assert (known.person(an_id("amy")), known.owner(an_id("Back office")), known.person("gone")) == (
        "Amy Jones",
        "Back office",
        "",
    )
    facts = {"to": an_id("ben"), "title": an_id("ben"), "by": "gone"}
    assert known.resolve(facts) == {"to": "Ben Okafor", "title": an_id("ben"), "by": "gone"}


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("25-00042", "number"),
        ("00042", "number"),
        ("marg", "name"),
        ("evans", "name"),
        ("margaret evans", "name"),
        ("ll11 3", "postcode"),
        ("LL113RU", "postcode"),
        ("07700 900123", "phone"),
        ("+44 7700 900123", "phone"),
        ("0123", "phone"),
        ("ffordd pen", "address"),
        ("wrexham", "address"),
    ],
)
def test_that_a_few_signs_lead_to_the_case(asked: Asked, typed: str, by: str) -> None:
    case = a_case("Mrs Margaret Evans", number="25-00042").with_client(mobile="07700 900123")
    asked.has(case.owned_by("ben").living_at("3 Ffordd Penrhyn", "Wrexham", "LL11 3RU"))
    asked.has(a_case("Bo Diaz", number="25-00100").living_at("1 High Street", "Truro", "TR1 1AA"))
    found = asked.ask("amy", jump, typed)
    assert [(hit.client, hit.owner_name, hit.matched) for hit in found.hits] == [
        ("Mrs Margaret Evans", "Ben Okafor", by)
    ]


@pytest.mark.parametrize("typed", ["", " ", "e", "%%", "__", "' OR 1=1 --", "zz"])
def test_that_too_little_or_nothing_known_finds_nothing(asked: Asked, typed: str) -> None:
    asked.has(a_case("Ann Evans").living_at("1 High Street", "Truro", "TR1 1AA"))
    assert asked.ask("amy", jump, typed).hits == ()


def test_that_a_search_stops_at_its_limit_and_says_so(asked: Asked) -> None:
    asked.has(*(row for number in range(7) for row in a_case(f"Ann Evans {number}")))
    found = asked.ask("amy", jump, "ann", 5)
    assert (len(found.hits), found.is_more) == (5, True)


@pytest.mark.covers("OC14")
def test_that_known_people_are_told_in_the_form_the_import_compares(asked: Asked) -> None:
    case = a_case("Mrs Ann Price").with_client(
        birth_date=date(1944, 2, 3), phone="(01978) 123456", mobile="+44 7700 900123"
    )
    case = case.living_at("1 High Street", "Truro", "TR1 1AA", uprn="100012").so(source_reference="R10000")
    asked.has(case, a_case("Bo Diaz").with_client(phone="+353 1 234 5678"))
    with asked.store.reading() as conn:
        known = {one.name: one for one in known_people(conn)}
    found = known["Ann Price"]
    assert (found.id, found.case_id, found.birth_date) == (case.contact.id, case.id, date(1944, 2, 3))
    assert (found.postcode, found.uprn, found.reference) == ("TR1 1AA", "100012", "R10000")
    assert found.phones == ("+441978123456", "+447700900123")
    assert known["Bo Diaz"].phones == ("+35312345678",)
