"""Correcting a case, a client or a home field by field, so that two people's corrections both hold."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import EditCase, EditContact, EditProperty, SettleKept
from casework.values import CaseStatus, Contact, KeptKind, Property
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    CLIENT,
    HOME,
    Laptop,
    Server,
    a_closed_case,
    an_active_case,
    give,
    person,
)


def client(**changes: tuple[Any, Any]) -> EditContact:
    return EditContact(case_id=CASE, contact_id=CLIENT, changes=changes)


def words(**changes: tuple[Any, Any]) -> EditCase:
    return EditCase(case_id=CASE, changes=changes)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


@pytest.mark.covers("OC3")
def test_that_a_field_that_nobody_else_touched_is_set_wherever_the_case_went(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(words(description=("", "no heating since Sunday")))
    server.done("lena", give(server.desk, BACK_OFFICE))
    assert isinstance(amy.send()[0], Done)
    assert server.desk.case.description == "no heating since Sunday"
    assert server.desk.case.owner == BACK_OFFICE
    assert server.desk.kept() == ()
    assert server.desk.line("edited").facts == {"description": ""}


@pytest.mark.covers("OC4", "FA13")
def test_that_a_field_changed_on_both_sides_waits_for_the_owner_and_the_others_are_joined(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(phone=("01642 1", "01642 2"), email=("", "joan@example.org")))
    server.given_to("ben")
    server.done("priya", client(phone=("01642 1", "01642 3"), mobile=("", "07700 900001")))
    amy.pull()
    assert amy.desk.one(Contact, CLIENT).phone == "01642 2"
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.kind, late.waits_for) == (KeptKind.CLASH, person("ben"))
    assert late.fields == {"phone": ('"01642 1"', '"01642 2"', '"01642 3"')}
    contact = server.desk.one(Contact, CLIENT)
    assert (contact.phone, contact.email, contact.mobile) == ("01642 3", "joan@example.org", "07700 900001")
    assert set(server.desk.told("ben")) == {"given-to-you", "late-change"}
    assert set(server.desk.told("amy")) == {"owner-changed", "changed-meanwhile"}


@pytest.mark.covers("OC4")
def test_that_using_one_side_of_a_clash_touches_no_other_field(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(phone=("01642 1", "01642 2"), last_name=("Webb", "Webster")))
    server.done("priya", client(phone=("01642 1", "01642 3")))
    amy.send()
    server.done("priya", client(last_name=("Webster", "Webber")))
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    contact = server.desk.one(Contact, CLIENT)
    assert (contact.phone, contact.last_name) == ("01642 2", "Webber")


def test_that_two_late_corrections_of_a_field_in_a_row_can_both_be_used(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(phone=("01642 1", "01642 2")))
    amy.say(client(phone=("01642 2", "01642 4")))
    server.done("priya", client(phone=("01642 1", "01642 3")))
    assert [type(one) for one in amy.send()] == [Late, Late]
    for kept in sorted(server.desk.kept(), key=lambda kept: kept.id):
        server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.one(Contact, CLIENT).phone == "01642 4"


def test_that_lists_are_joined_as_sets(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(vulnerabilities=(["asthma"], ["asthma", "over 75"])))
    server.done("priya", client(vulnerabilities=(["asthma"], ["deaf"])))
    assert isinstance(amy.send()[0], Done)
    assert server.desk.one(Contact, CLIENT).vulnerabilities == ("deaf", "over 75")


@pytest.mark.covers("FI19")
def test_that_a_date_is_a_date_whatever_the_zone(server: Server) -> None:
    server.done("amy", client(birth_date=(None, "1950-03-31")))
    assert server.desk.one(Contact, CLIENT).birth_date == date(1950, 3, 31)
    server.done("amy", client(birth_date=("1950-03-31", None)))
    assert server.desk.one(Contact, CLIENT).birth_date is None


def test_that_a_home_is_corrected_from_within_its_case(server: Server) -> None:
    server.done("amy", EditProperty(case_id=CASE, property_id=HOME, changes={"postcode": ("TS1 1AA", "TS1 1AB")}))
    assert server.desk.one(Property, HOME).postcode == "TS1 1AB"


def test_that_only_the_case_s_own_client_and_home_are_corrected(server: Server) -> None:
    server.desk.put(Contact(id="other"), Property(id="other"))
    for command in (
        EditContact(case_id=CASE, contact_id="other", changes={"phone": ("", "1")}),
        EditContact(case_id=CASE, contact_id="no-such", changes={"phone": ("", "1")}),
        EditProperty(case_id=CASE, property_id="other", changes={"town": ("", "1")}),
        EditProperty(case_id=CASE, property_id="no-such", changes={"town": ("", "1")}),
    ):
        assert server.hear("amy", command) == Refused("not-of-this-case")


@pytest.mark.parametrize("field", ["id", "rev", "owner_id", "status", "last_review_text", "nothing"])
def test_that_no_field_is_set_that_is_not_for_editing(server: Server, field: str) -> None:
    assert server.hear("amy", words(**{field: ("", "x")})) == Refused("no-such-field", {"field": field})


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": (None, "31/02/1950")},
        {"birth_date": (None, 1950)},
        {"vulnerabilities": (["asthma"], "asthma")},
        {"vulnerabilities": (["asthma"], [1])},
        {"phone": ("01642 1", None)},
        {"phone": ("01642 1", 1642)},
    ],
)
@pytest.mark.covers("OC25")
def test_that_a_value_that_does_not_fit_its_field_is_refused_and_kept(server: Server, change: dict[str, Any]) -> None:
    verdict = server.hear("amy", client(**change))
    assert isinstance(verdict, Refused)
    assert verdict.code == "not-valid"
    assert server.desk.kept()[0].kind is KeptKind.REFUSED


def test_that_length_is_counted_in_characters(server: Server) -> None:
    server.done("amy", client(first_name=("Joan", "ə" * 200)))
    verdict = server.hear("amy", client(first_name=("ə" * 200, "ə" * 201)))
    assert verdict == Refused("too-long", {"field": "first_name", "limit": "200", "length": "201"})


def test_that_an_edit_that_changes_nothing_leaves_no_line(server: Server) -> None:
    assert server.hear("amy", words(description=("", ""))) == Done()
    assert server.hear("amy", words()) == Done()


def test_that_the_same_change_by_both_is_no_question(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(phone=("01642 1", "01642 2")))
    server.done("priya", client(phone=("01642 1", "01642 2")))
    assert amy.send() == [Done()]


@pytest.mark.covers("OC5")
def test_that_a_correction_reaches_a_closed_case_and_leaves_it_closed() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("ben", words(description=("", "they moved")))
    assert server.desk.case.status is CaseStatus.CLOSED
    assert server.desk.told("amy") == server.desk.told("priya") == ["facts-on-closed"]


def test_that_what_clashes_is_shown_as_both_wrote_it(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(client(first_name=("Joan", 'Jo\u202e "Ann" <b>')))
    server.done("priya", client(first_name=("Joan", "Jean")))
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert [json.loads(value) for value in late.fields["first_name"]] == ["Joan", 'Jo\u202e "Ann" <b>', "Jean"]


def test_that_a_form_opened_before_the_other_s_change_arrived_is_told_before_saving(server: Server) -> None:
    server.done("priya", client(phone=("01642 1", "01642 3")))
    amy = Laptop(server, "amy")
    late = amy.try_to_say(client(phone=("01642 1", "01642 2")))
    assert isinstance(late, Late)
    assert late.code == "changed-meanwhile"
    assert amy.outbox == []
    assert msgspec.structs.asdict(amy.desk.one(Contact, CLIENT))["phone"] == "01642 3"
