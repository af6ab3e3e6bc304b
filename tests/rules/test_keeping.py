"""What cannot take effect is kept whole, and those whom it concerns are told; nobody learns more by it."""

import msgspec
import pytest

from casework.answers import (
    Done,
    Late,
    Refused,
)
from casework.commands import (
    AddNote,
    CloseCase,
    MoveStep,
    Said,
    SettleKept,
)
from casework.rules.keeping import keep
from casework.values import Case, Contributor, KeptKind, KeptWork, Notice, OwnerKind, Person
from tests.rules.paper import (
    CASE,
    Laptop,
    Server,
    a_moment,
    an_active_case,
    envelope,
    person,
)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


@pytest.mark.covers("FA2", "FA1")
def test_that_refused_input_is_kept_whole_and_its_author_told(server: Server) -> None:
    note = AddNote(case_id=CASE, text="written while I still could")
    said = envelope(server.desk, note, server.now)
    assert server.take(said, "rhys") == Refused("read-only")
    (kept,) = server.desk.kept()
    assert msgspec.json.decode(kept.said, type=Said) == said
    assert (kept.id, kept.kind, kept.code, kept.command) == (said.id, KeptKind.REFUSED, "read-only", "note.add")
    assert (kept.author_id, kept.for_id, kept.said_at) == ("rhys", "rhys", said.at)
    assert server.desk.told("rhys") == ["read-only"]
    assert server.desk.told("amy") == []


@pytest.mark.covers("FF10")
def test_that_who_could_never_see_a_case_is_not_let_in_by_being_refused(server: Server) -> None:
    verdict = server.hear("dan", AddNote(case_id=CASE, text="hello?"), could_see=False)
    assert verdict == Refused("not-in-reach")
    assert len(server.desk.kept()) == 1
    assert server.desk.of_case(Contributor, CASE) == ()
    assert server.desk.of_case(Notice, CASE) == ()


@pytest.mark.covers("OC24")
def test_that_words_about_a_case_that_is_not_there_are_kept() -> None:
    server = Server()
    assert server.hear("amy", AddNote(case_id=CASE, text="hm")) == Refused("case-gone")
    assert [kept.code for kept in server.desk.kept()] == ["case-gone"]


@pytest.mark.covers("OC2")
def test_that_a_late_decision_tells_its_author_the_owner_and_who_gave_the_case_away(server: Server) -> None:
    amy = Laptop(server, "amy")
    said = amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    server.given_to("ben", by="priya")
    amy.send()
    notices = {one.person_id: one for one in server.desk.of_case(Notice, CASE) if one.facts.get("kept") == said.id}
    assert {name: notice.code for name, notice in notices.items()} == {
        "amy": "owner-moved", "ben": "late-change", "priya": "late-change",
    }  # fmt: skip
    assert notices["ben"].facts["code"] == "owner-moved"
    assert notices["amy"].facts["owner"] == "ben"
    assert notices["amy"].facts["number"] == "26-00042"
    assert server.desk.let_in(server.now) == {"amy"}


def test_that_the_office_needs_no_letting_in(server: Server) -> None:
    priya = Laptop(server, "priya")
    priya.say(CloseCase(case_id=CASE, base=priya.desk.seen, reason="moved"))
    server.given_to("ben")
    priya.send()
    assert server.desk.of_case(Contributor, CASE) == ()


@pytest.mark.covers("OC10", "FF3")
def test_that_facts_of_somebody_who_has_left_land_and_their_decisions_wait_for_a_lead(server: Server) -> None:
    server.given_to("ben")
    server.desk.put(msgspec.structs.replace(server.desk.one(Case, CASE), owner_id="amy"))
    gone = envelope(server.desk, AddNote(case_id=CASE, text="last words"), server.now)
    assert isinstance(server.take(gone, "gone"), Done)
    verdict = server.hear("gone", MoveStep(case_id=CASE, step=("s2", "s3")))
    assert isinstance(verdict, Late)
    assert verdict.code == "person-inactive"
    (kept,) = server.desk.kept()
    assert (kept.for_kind, kept.for_id, kept.author_id) == (OwnerKind.PERSON, "lena", "gone")
    assert server.desk.of_case(Contributor, CASE) == ()
    server.done("lena", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert (server.desk.case.step_id, server.desk.line("step").by) == ("s3", "lena")


@pytest.mark.covers("OC25", "FA3")
def test_that_one_refused_command_does_not_hold_up_the_others(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(AddNote(case_id=CASE, text="one"))
    bad = msgspec.structs.replace(amy.outbox[0], id="bad", say=AddNote(case_id=CASE, text=""))
    amy.outbox.append(bad)
    amy.say(AddNote(case_id=CASE, text="two"))
    assert [type(verdict) for verdict in amy.send()] == [Done, Refused, Done]
    assert [kept.id for kept in server.desk.kept()] == ["bad"]


@pytest.mark.covers("OC23")
def test_that_the_same_command_delivered_twice_has_one_outcome(server: Server) -> None:
    amy = Laptop(server, "amy")
    said = amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    server.given_to("ben")
    first = server.take(said, "amy")
    before = server.desk.rows()
    assert server.take(said, "amy") is first
    assert server.desk.rows() == before


@pytest.mark.covers("OC10")
def test_that_a_lead_is_told_once_of_all_that_somebody_left_about_a_case_that_is_not_there() -> None:
    server = Server()
    for text in ("one", "two"):
        server.hear("gone", AddNote(case_id=CASE, text=text))
    assert {(kept.code, kept.for_id) for kept in server.desk.kept()} == {("case-gone", "lena")}
    assert server.desk.told("lena") == ["left-unsent"]


@pytest.mark.parametrize("lost", ["lena", "lena adam"])
def test_that_where_no_lead_is_left_it_waits_for_an_admin_or_else_for_its_author(lost: str) -> None:
    server = Server()
    for name in lost.split():
        server.desk.put(msgspec.structs.replace(server.desk.one(Person, name), is_active=False))
    server.hear("gone", AddNote(case_id=CASE, text="hm"))
    (kept,) = server.desk.kept()
    assert kept.for_id == ("adam" if lost == "lena" else "gone")


def test_that_keeping_writes_nothing_but_what_is_kept_where_there_is_no_case() -> None:
    server = Server()
    said = envelope(server.desk, AddNote(case_id=CASE, text="hm"), server.now)
    rows = keep(server.desk, said, Refused("case-gone"), None, a_moment(server.desk, "amy", said, now=server.now))
    assert [type(row) for row in rows] == [KeptWork]
