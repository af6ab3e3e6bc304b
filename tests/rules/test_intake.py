"""A new case: who owns it, where it stands, what it keeps of the letter that it came with."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import AddNote, EditCase, OpenCase
from casework.ids import child_id
from casework.rules import judge
from casework.rules.moment import Side
from casework.values import (
    Activity,
    Case,
    CaseStatus,
    Contact,
    OwnerChange,
    OwnershipEvent,
    Priority,
    Project,
    Property,
    Referral,
    Source,
    Standing,
)
from tests.rules.paper import (
    CASE,
    CLIENT,
    HOME,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_case,
    a_moment,
    an_opening,
    envelope,
    person,
)


def opening(**more: Any) -> OpenCase:
    """Of a client and a home that nobody knew."""
    client = Contact(id=CLIENT, first_name="Joan", last_name="Webb")
    return an_opening(**{"contact": client, "home": Property(id=HOME, postcode="TS1 1AA"), **more})


@pytest.mark.covers("R1", "S61")
def test_that_whoever_creates_a_case_owns_it() -> None:
    server = Server()
    server.done("amy", opening())
    assert server.desk.case.owner == person("amy")
    assert server.desk.of_case(OwnershipEvent, CASE)[0].kind is OwnerChange.CREATED


@pytest.mark.covers("R1", "S14")
def test_that_an_imported_case_lies_on_the_waiting_list() -> None:
    server = Server()
    server.done("priya", opening(source=Source.IMPORT, source_name="Council"))
    case = server.desk.case
    assert case.owner == WAITING
    assert (case.status, case.step_id, case.owner_epoch) == (CaseStatus.NEW, "s1", 1)
    assert server.desk.of_case(OwnershipEvent, CASE)[0].kind is OwnerChange.IMPORTED
    facts = server.desk.line("created").facts
    assert (facts["source"], facts["from"]) == ("import", "Council")


@pytest.mark.covers("S60", "R18")
def test_that_a_case_keeps_when_it_was_created_by_the_device_and_by_the_server() -> None:
    server = Server()
    amy = Laptop(server, "amy", clock_off=timedelta(days=3))
    amy.say(opening())
    assert amy.desk.case.arrived_at is None
    assert amy.desk.case.number == "26-" + CASE[-5:].upper() + "*"
    amy.send()
    case = server.desk.case
    assert case.created_at == NINE + timedelta(days=3)
    assert case.arrived_at == server.now
    assert case.clock_off == timedelta(days=3).total_seconds()
    assert case.number == "26-00001"


def test_that_an_advisor_does_not_import() -> None:
    assert Server().hear("amy", opening(source=Source.IMPORT)) == Refused("import-is-for-office")


def test_that_a_case_is_opened_once() -> None:
    server = Server()
    server.done("priya", opening(source=Source.IMPORT, description="first"))
    server.done("lena", EditCase(case_id=CASE, changes={"description": ("first", "corrected")}))
    # by another coordinator, whose laptop finds other people like hers and weighs her otherwise
    again = opening(source=Source.IMPORT, description="first", alike=("another",), triage_score=30)
    assert server.hear("quinn", again) == Done()
    assert server.desk.case.description == "corrected"


@pytest.mark.parametrize(
    "change",
    [
        {"description": "second"},
        {"project_id": "roof"},
        {"leftover": "her son minds the key"},
        {"contact": Contact(id=CLIENT, first_name="Joan", last_name="Web")},
    ],
)
@pytest.mark.covers("OC14")
def test_that_what_is_said_otherwise_of_a_case_that_is_here_is_kept_for_its_author(change: dict[str, Any]) -> None:
    server = Server()
    server.done("priya", opening(source=Source.IMPORT, description="first"))
    before = server.desk.rows()
    verdict = server.hear("quinn", opening(**{"source": Source.IMPORT, "description": "first", **change}))
    assert verdict == Refused("case-here-already", {"number": server.desk.case.number})
    (kept,) = server.desk.kept()
    assert (kept.author_id, kept.for_id) == ("quinn", "quinn")
    assert before.items() <= server.desk.rows().items()


@pytest.mark.covers("OC14")
def test_that_a_case_of_before_openings_were_noted_is_told_by_its_letter() -> None:
    server = Server()
    letter = (("Name", "Joan Webb"), ("Heating", "none"))
    server.done("priya", opening(source=Source.IMPORT, letter=letter))
    line = server.desk.line("created")
    facts = {name: fact for name, fact in line.facts.items() if name != "said"}
    server.desk.put(msgspec.structs.replace(line, facts=facts))
    assert server.hear("quinn", opening(source=Source.IMPORT, letter=letter)) == Done()
    assert not server.desk.kept()
    other = server.hear("quinn", opening(source=Source.IMPORT, letter=(*letter, ("Child", "asthma"))))
    assert other == Refused("case-here-already", {"number": server.desk.case.number})


def test_that_a_new_case_that_waits_to_be_sent_shows_on_over_the_one_that_is_here() -> None:
    server = Server()
    quinn = Laptop(server, "quinn")
    quinn.say(opening(source=Source.IMPORT, description="second"))
    server.done("priya", opening(source=Source.IMPORT, description="first"))
    said = quinn.outbox[0]
    moment = a_moment(server.desk, "quinn", said, now=server.now, side=Side.REPLAYING)
    assert judge(server.desk, said.say, moment) == Done()


def test_that_knowing_the_id_of_a_hidden_case_opens_nothing() -> None:
    server = Server(*a_case(person("ben")))
    verdict = server.hear("amy", opening(), could_see=False)
    assert verdict == Refused("not-in-reach")
    assert server.desk.let_in(server.now) == set()
    assert server.desk.told("amy") == []


def test_that_nobody_hooks_a_new_case_onto_a_client_or_a_home_that_is_hidden_from_them() -> None:
    server = Server(*a_case(person("ben")))
    for command in (
        opening(case_id="second", contact=None, home=None),
        opening(case_id="second", home=Property(id="new"), property_id="new"),
        opening(case_id="second", contact=Contact(id="new"), contact_id="new"),
    ):
        said = envelope(server.desk, command, server.now)
        moment = msgspec.structs.replace(a_moment(server.desk, "amy", said, now=server.now), could_see_named=False)
        assert judge(server.desk, command, moment) == Refused("client-missing")


@pytest.mark.parametrize(("name", "waits_for"), [("amy", "lena"), ("priya", "priya")])
def test_that_a_new_case_whose_client_is_missing_waits_for_who_can_mend_it(name: str, waits_for: str) -> None:
    server = Server()
    assert server.hear(name, opening(contact=None, home=None)) == Refused("client-missing")
    (kept,) = server.desk.kept()
    assert kept.for_id == waits_for
    assert server.desk.told(waits_for) == (["new-case-stuck"] if waits_for != name else [])


def test_that_nothing_of_the_letter_is_lost() -> None:
    server = Server()
    command = opening(
        source=Source.IMPORT,
        letter=(("Name", "Joan Webb"), ("DOB", "31/02/1950")),
        flags=(("impossible-date", "DOB", "31/02/1950"),),
        alike=("another",),
        leftover="DOB: 31/02/1950",
        triage_score=35,
        triage_reasons=(("no_heating", 30), ("prepayment", 5)),
        referred_on=date(2026, 10, 30),
    )
    server.done("priya", command)
    referral = server.desk.one(Referral, child_id(CASE, "referral"))
    assert (referral.letter, referral.flags, referral.alike) == (command.letter, command.flags, command.alike)
    assert server.desk.line("note").text == "DOB: 31/02/1950"
    assert server.desk.line("note").standing is Standing.OTHER
    assert server.desk.case.priority is Priority.HIGH
    assert server.desk.case.referred_on == date(2026, 10, 30)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"project_id": "no-such"}, "project-gone"),
        ({"project_id": "ended"}, "project-gone"),
        ({"project_id": "stepless"}, "journey-has-no-start"),
        ({"contact": None}, "client-missing"),
        ({"home": None}, "client-missing"),
        ({"contact": Contact(id="somebody-else")}, "client-missing"),
        ({"description": "x" * 20_001}, "too-long"),
        ({"leftover": "x" * 20_001}, "too-long"),
        ({"request_type": "x" * 201}, "too-long"),
        ({"source_reference": "x" * 201}, "too-long"),
        ({"contact": Contact(id=CLIENT, last_name="x" * 201)}, "too-long"),
        ({"home": Property(id=HOME, postcode="x" * 201)}, "too-long"),
    ],
)
def test_that_a_case_that_cannot_be_opened_says_why(change: dict[str, Any], code: str) -> None:
    server = Server()
    verdict = server.hear("amy", opening(**change))
    assert isinstance(verdict, Refused)
    assert verdict.code == code
    assert server.desk.find(Case, CASE) is None


def test_that_a_refused_case_is_kept_whole_with_what_was_written_on_it_since() -> None:
    server = Server()
    amy = Laptop(server, "amy")
    server.desk.put(msgspec.structs.replace(server.desk.one(Project, "warm"), is_active=False))
    amy.say(opening(description="no heating"))
    amy.say(AddNote(case_id=CASE, text="rang her"))
    first, second = amy.send()
    assert isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert (first.code, second.code) == ("project-gone", "case-gone")
    assert sorted(kept.code for kept in server.desk.kept()) == ["case-gone", "project-gone"]
    assert any("no heating" in kept.said for kept in server.desk.kept())
    assert all(kept.for_id == "amy" for kept in server.desk.kept())


def test_that_a_known_client_may_have_another_case() -> None:
    server = Server(*a_case())
    server.done("amy", opening(case_id="second", contact=None, home=None))
    assert server.desk.one(Case, "second").contact_id == CLIENT


def test_that_a_known_client_is_not_overwritten_by_a_new_case() -> None:
    server = Server(*a_case())
    server.done("amy", opening(case_id="second", contact=Contact(id=CLIENT, first_name="Somebody")))
    assert server.desk.one(Contact, CLIENT).first_name == "Joan"


def test_that_the_feed_of_a_new_case_begins_with_its_creation() -> None:
    server = Server()
    server.done("amy", opening())
    assert server.desk.feed() == ["created"]
    assert server.desk.of_case(Activity, CASE)[0].standing is Standing.OWNER
