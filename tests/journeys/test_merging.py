"""Two cases that are one: joined in the office while others write on the one that closes (OC14, OC15)."""

import pytest

from casework.answers import Status
from casework.commands import JoinCase, KeepApart, SettleKept
from casework.connection import Connection
from casework.kinds import TREE_KINDS
from casework.questions.duplicates import duplicates, duplicates_of_case
from casework.questions.jump import jump
from casework.questions.viewer import Viewer
from casework.rows import RowDesk, all_of, find
from casework.rules.merging import lines_by_others
from casework.tables import TABLES
from casework.values import (
    Activity,
    Case,
    CaseStatus,
    Contact,
    Document,
    KeptKind,
    KeptState,
    Notice,
    Person,
    Task,
    TaskStatus,
)
from server import scope
from sync import paper_rows
from sync.carrying import attach
from tests.journeys import saying
from tests.journeys.saying import ASSESSMENT, BACK_OFFICE_QUEUE, person
from tests.kit_near import NINE, Desk, NearWorld
from tests.kit_new_case import POSTCODE, an_opening
from tests.machines.organisation import snapshot


def join(desk: Desk, case_id: str, into: str) -> None:
    """Joins one case to another, having seen what this desk shows."""
    case = saying.the_case(desk, case_id)
    seen = desk.look(lambda conn: lines_by_others(RowDesk(conn), case, desk.person_id))
    desk.say(JoinCase(case_id=case_id, into=into, seen=seen, reason="The same Mrs Evans"))


def numbers_found(desk: Desk, text: str) -> list[str]:
    """The cases that a search at that desk comes to."""
    me = saying.look(desk, Person, desk.person_id)
    assert me is not None
    viewer = Viewer(person=me, now=NINE, today=NINE.date())
    return [hit.case_id for hit in desk.look(lambda conn: jump(conn, viewer, text)).hits]


def take_in(desk: Desk, *, first_name: str = "Nerys", phone: str = saying.PHONE) -> str:
    """Types a client in, with their home; returns the case's id."""
    opening = an_opening(client={"first_name": first_name, "phone": phone}, home={"postcode": POSTCODE})
    desk.say(opening)
    return opening.case_id


def cases_here(conn: Connection) -> list[str]:
    """The ids of all cases in a store."""
    return [case.id for case in all_of(conn, Case)]


def two_of_one(world: NearWorld) -> tuple[Desk, Desk, Desk, str, str]:
    """Jo the lead, Amy and Ben; the same client as a case of Amy's and as one of Ben's."""
    priya, jo, amy, ben = world.desk("priya"), world.desk("jo"), world.desk("amy"), world.desk("ben")
    mine, theirs = saying.a_case_of(priya, "amy"), saying.a_case_of(priya, "ben")
    for desk in (priya, jo, amy, ben):
        desk.sync()
    return jo, amy, ben, mine, theirs


def holds_what_it_may_see(desk: Desk) -> None:
    """I2 and I7: row by row, the laptop's cases are the server's that its person may see, and nothing else."""
    here = desk.look(snapshot)
    with desk.world.server.database.reading() as conn:
        there = snapshot(conn)
        me = find(conn, Person, desk.person_id)
        assert me is not None
        seen = scope.visible(conn, scope.scopes_of(conn, me), there["case_file"])
    for kind in TREE_KINDS:
        table = TABLES[kind]
        place = [column.name for column in table.columns].index("id" if kind is Case else "case_id")
        wanted = {row_id: row for row_id, row in there[table.name].items() if row[place] in seen}
        assert here[table.name] == wanted, f"{desk.name}'s {table.name} differ"


def everybody_syncs(*desks: Desk) -> None:
    """Each twice: what one sends, the next one gets."""
    for desk in (*desks, *desks):
        desk.sync()
    for desk in desks:
        holds_what_it_may_see(desk)


@pytest.mark.covers("OC14")
def test_that_two_cases_joined_keep_the_facts_of_both_and_answer_to_both_numbers(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    saying.note(amy, mine, "Said on Amy's")
    visit = saying.book_visit(amy, mine, NINE)
    saying.note(ben, theirs, "Said on Ben's")
    amy.sync()
    ben.sync()
    jo.sync()
    join(jo, mine, theirs)
    everybody_syncs(jo, amy, ben)

    closed, stays = saying.server_case(jo, mine), saying.server_case(jo, theirs)
    assert (closed.status, closed.closed_reason, closed.duplicate_of) == (CaseStatus.CLOSED, "duplicate", theirs)
    assert (stays.owner, stays.status, stays.other_numbers) == (person("ben"), CaseStatus.IN_PROGRESS, (closed.number,))
    for desk in (jo, amy, ben):
        assert {"Said on Amy's", "Said on Ben's"} <= set(saying.texts(desk, theirs))
        assert "Said on Amy's" not in saying.texts(desk, mine)
        assert saying.tasks(desk, theirs)[visit].assignee_id == amy.person_id
        assert theirs in numbers_found(desk, closed.number)
    assert saying.notices(ben, theirs)["cases-joined"].facts["joined"] == closed.number
    assert "cases-joined" in saying.notices(amy, theirs)


@pytest.mark.covers("OC15")
def test_that_words_about_a_case_joined_meanwhile_follow_to_the_one_that_stays(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    visit = saying.book_visit(amy, mine, NINE)
    amy.sync()
    jo.sync()
    saying.note(amy, mine, "Written while they were joined")
    saying.finish(amy, mine, visit, "Draughts everywhere")
    saying.change_phone(amy, mine, "01248 777666")
    saying.move(amy, mine, ASSESSMENT)
    join(jo, mine, theirs)
    jo.sync()
    report = amy.sync()
    everybody_syncs(amy, ben, jo)

    assert [ack.st for ack in report.acks] == [Status.APPLIED] * 3 + [Status.CONFLICT_KEPT]
    assert saying.on_server(jo, Activity, mine)[-1].kind == "joined"
    for desk in (jo, amy, ben):
        (line,) = [line for line in saying.on_case(desk, Activity, theirs) if line.text.startswith("Written while")]
        assert line.facts["told_of"] == saying.server_case(jo, mine).number
        assert line.standing == "former_owner"
        assert saying.tasks(desk, theirs)[visit].status is TaskStatus.DONE
    contact = saying.look(ben, Contact, saying.the_case(ben, theirs).contact_id)
    assert contact is not None
    assert contact.phone == "01248 777666"
    (kept,) = saying.kept(ben, theirs)
    assert (kept.code, kept.kind, kept.for_id) == ("joined-meanwhile", KeptKind.PROPOSAL, ben.person_id)
    assert saying.server_case(ben, theirs).step_id != ASSESSMENT

    ben.say(SettleKept(case_id=theirs, kept_id=kept.id, how="use"))
    ben.sync()
    assert saying.server_case(ben, theirs).step_id == ASSESSMENT


@pytest.mark.covers("OC15", "OC4")
def test_that_a_phone_changed_on_both_cases_is_asked_about_once_on_the_one_that_stays(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    saying.change_phone(amy, mine, "01248 111111")
    saying.change_phone(ben, theirs, "01248 222222")
    ben.sync()
    jo.sync()
    join(jo, mine, theirs)
    jo.sync()
    amy.sync()
    ben.sync()

    (clash,) = saying.kept(ben, theirs)
    assert clash.fields == {"phone": (f'"{saying.PHONE}"', '"01248 111111"', '"01248 222222"')}
    ben.say(SettleKept(case_id=theirs, kept_id=clash.id, how="use"))
    ben.sync()
    contact = saying.look(ben, Contact, saying.the_case(ben, theirs).contact_id)
    assert contact is not None
    assert contact.phone == "01248 111111"
    assert saying.kept(ben, theirs)[0].state is KeptState.USED


@pytest.mark.covers("OC15")
def test_that_cases_joined_twice_pass_words_on_to_the_last(world: NearWorld) -> None:
    jo, amy, ben, first, second = two_of_one(world)
    third = saying.a_case_of(jo, "cara")
    jo.sync()
    saying.note(amy, first, "Said about the first")
    join(jo, first, second)
    jo.sync()
    jo.sync()
    join(jo, second, third)
    jo.sync()
    everybody_syncs(amy, jo, ben)

    stays = saying.server_case(jo, third)
    assert saying.server_case(jo, first).joined_to == saying.server_case(jo, second).joined_to == third
    gone = {saying.server_case(jo, one).number for one in (first, second)}
    assert set(stays.other_numbers) == gone
    assert "Said about the first" in saying.texts(jo, third)
    for number in gone:
        assert third in numbers_found(jo, number)


@pytest.mark.covers("OC14")
def test_that_a_client_taken_in_twice_offline_is_two_cases_and_the_lead_is_shown_the_pair(world: NearWorld) -> None:
    jo, amy, ben = world.desk("jo"), world.desk("amy"), world.desk("ben")
    first, second = (take_in(desk) for desk in (amy, ben))
    somebody_else = take_in(ben, first_name="Gwen", phone="01248 999000")
    everybody_syncs(amy, ben, jo)

    assert {first, second, somebody_else} <= set(jo.look(cases_here))
    me = saying.look(jo, Person, jo.person_id)
    assert me is not None
    viewer = Viewer(person=me, now=NINE, today=NINE.date())
    (pair,) = jo.look(lambda conn: duplicates(conn, viewer))
    assert (pair.first.case_id, pair.second.case_id) == (first, second)
    assert set(pair.because) == {"same_name", "same_phone"}
    assert {pair.first.owner_name, pair.second.owner_name} == {"Amy Jones", "Ben Carter"}
    assert amy.look(lambda conn: duplicates(conn, viewer)) == ()

    join(jo, second, first)
    everybody_syncs(jo, amy, ben)
    assert jo.look(lambda conn: duplicates_of_case(conn, viewer, first)) == ()
    daughter = take_in(ben)
    everybody_syncs(ben, jo)
    assert len(jo.look(lambda conn: duplicates_of_case(conn, viewer, first))) == 1
    jo.say(KeepApart(case_id=first, other_id=daughter, reason="Mother and daughter"))
    assert jo.look(lambda conn: duplicates_of_case(conn, viewer, first)) == ()


@pytest.mark.covers("OC14")
def test_that_two_leads_who_join_the_same_two_the_other_way_round_make_no_ring(world: NearWorld) -> None:
    jo, amy, _, mine, theirs = two_of_one(world)
    other_lead = world.desk("jo", number=2)
    join(jo, mine, theirs)
    join(other_lead, theirs, mine)
    jo.sync()
    other_lead.sync()
    jo.sync()

    assert saying.server_case(jo, mine).joined_to == theirs
    assert saying.server_case(jo, theirs).joined_to == ""
    assert "joined-the-other-way" in saying.notices(jo, theirs)
    assert saying.kept(jo, theirs) == []
    saying.note(amy, mine, "Still goes through")
    amy.sync()
    jo.sync()
    assert "Still goes through" in saying.texts(jo, theirs)


@pytest.mark.covers("OC14")
def test_that_a_case_that_somebody_changed_meanwhile_is_not_joined_before_its_author_has_looked(
    world: NearWorld,
) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    join(jo, mine, theirs)
    saying.note(amy, mine, "One thing more")
    amy.sync()
    jo.sync()

    assert saying.server_case(jo, mine).joined_to == ""
    (card,) = saying.kept(jo, mine)
    assert (card.code, card.for_id) == ("changed-before-joining", jo.person_id)
    jo.say(SettleKept(case_id=mine, kept_id=card.id, how="use"))
    everybody_syncs(jo, ben)
    assert saying.server_case(jo, mine).joined_to == theirs
    assert "One thing more" in saying.texts(ben, theirs)


@pytest.mark.covers("OC14", "FF1")
def test_that_a_laptop_that_sees_only_the_closed_case_keeps_nothing_of_what_went(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    saying.note(jo, mine, "For Cara's eyes", "cara")
    jo.sync()
    cara = world.desk("cara")
    assert "For Cara's eyes" in saying.texts(cara, mine)
    join(jo, mine, theirs)
    jo.sync()
    cara.sync()

    holds_what_it_may_see(cara)
    assert saying.look(cara, Case, mine) is None
    assert "For Cara's eyes" in saying.texts(cara, theirs)


@pytest.mark.covers("OC15", "S58")
def test_that_a_file_added_to_a_case_joined_meanwhile_arrives_on_the_one_that_stays(
    world: NearWorld,
) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    photo = world.folder / "boiler.txt"
    photo.write_text("a photograph of a boiler", encoding="utf-8")
    attach(amy.laptop, photo, case_id=mine, mime="text/plain")
    join(jo, mine, theirs)
    jo.sync()
    everybody_syncs(amy, ben)

    (document,) = saying.on_case(ben, Document, theirs)
    assert document.is_stored
    assert saying.on_server(ben, Document, mine) == ()


@pytest.mark.covers("OC15", "FA1")
def test_that_bytes_still_to_be_sent_when_their_case_was_joined_are_sent_all_the_same(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    photo = world.folder / "meter.txt"
    photo.write_text("a photograph of a meter" * 20_000, encoding="utf-8")
    attach(amy.laptop, photo, case_id=mine, mime="text/plain")
    amy.wire.lose_replies, amy.wire.spare_replies = 1, 3
    amy.try_to_sync()
    amy.wire.lose_replies = amy.wire.spare_replies = 0
    jo.sync()
    assert [document.is_stored for document in saying.on_server(jo, Document, mine)] == [False]
    join(jo, mine, theirs)
    jo.sync()
    report = amy.sync()
    everybody_syncs(amy, ben)

    (document,) = saying.on_case(ben, Document, theirs)
    assert document.is_stored
    assert report.fault is None
    assert amy.look(paper_rows.unsent) == (0, 0)
    assert amy.look(paper_rows.stuck) == {}


@pytest.mark.covers("OC14")
def test_that_work_on_a_case_in_a_queue_is_joined_too_and_its_members_are_told(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    cara = world.desk("cara")
    saying.give(jo, mine, BACK_OFFICE_QUEUE)
    jo.sync()
    cara.sync()
    join(jo, mine, theirs)
    everybody_syncs(jo, cara)

    told = [notice.person_id for notice in saying.on_server(jo, Notice, theirs) if notice.code == "cases-joined"]
    assert {cara.person_id, ben.person_id} <= set(told)
    assert saying.on_case(cara, Task, mine) == ()


@pytest.mark.covers("OC15", "FA1")
def test_that_a_note_said_while_its_case_is_joined_to_one_that_leaves_stays_on_show(world: NearWorld) -> None:
    jo, amy, ben, mine, theirs = two_of_one(world)
    saying.give(jo, theirs, person("amy"))
    everybody_syncs(jo, amy)
    join(jo, mine, theirs)
    saying.give(jo, theirs, person("ben"))
    jo.sync()

    def write_while_the_page_comes() -> None:
        if amy.wire.requests[-1] == "Pull" and "At the last moment" not in saying.texts(amy, mine):
            saying.note(amy, mine, "At the last moment")

    amy.wire.meanwhile = write_while_the_page_comes
    amy.sync()
    amy.wire.meanwhile = None

    assert saying.look(amy, Case, theirs) is None
    assert "At the last moment" in saying.texts(amy, mine)
    everybody_syncs(amy, ben)
    assert "At the last moment" in saying.texts(ben, theirs)
