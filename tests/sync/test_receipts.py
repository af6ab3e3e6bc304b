"""Receipts of each change: kept here, accepted under a number, seen by the owner (X2); kept work over the wire."""

from datetime import date

import pytest

from casework.answers import Refused
from casework.commands import AddNote, AskAboutKept, EditContact, OpenCase, PutOffKept, SettleKept, UndoSettling
from casework.ids import new_id
from casework.questions.decisions import decisions, decisions_count
from casework.questions.feed_lines import feed_page
from casework.questions.sheets import Decisions
from casework.questions.viewer import Viewer
from casework.rows import find, of_case
from casework.values import Contact, KeptState, KeptWork, Person
from desktop.messages.receipts import history_text, steps_of
from server.setting_up import WARM_HOMES
from sync import outbox
from sync.history import history
from sync.sightings import to_say
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearWorld, person_id
from tests.sync.paper_kit import case_of


def viewer(desk: Desk) -> Viewer:
    me = desk.look(lambda conn: find(conn, Person, desk.person_id))
    assert me is not None
    return Viewer(person=me, now=NINE, today=NINE.date())


def see(desk: Desk, case_id: str) -> bool:
    """The case is on that person's screen: whether that was news to tell."""
    command = desk.look(lambda conn: to_say(conn, desk.person_id, case_id))
    if command is not None:
        desk.say(command)
    return command is not None


def test_that_an_author_gets_to_know_that_the_owner_has_seen_it(amy: Desk, priya: Desk) -> None:
    case_id = case_of(amy)
    priya.sync()
    note = priya.say(AddNote(case_id=case_id, text="Ring her first"))
    assert priya.look(lambda conn: history(conn, priya.person_id)).waiting[-1].seen_by == ""
    priya.sync()
    amy.sync()
    assert see(amy, case_id)
    assert amy.look(outbox.count_words) == 0
    amy.sync()
    assert not see(amy, case_id)
    priya.sync()
    (change,) = [
        one for one in priya.look(lambda conn: history(conn, priya.person_id)).receipts if one.id == note.command_id
    ]
    assert (change.seen_by, change.rev > 0) == ("Amy Jones", True)
    assert [step.split(" ")[0] for step in steps_of(change)] == ["Kept", "Accepted", "Seen"]
    (line,) = [one for one in priya.look(lambda conn: feed_page(conn, viewer(priya), case_id)).lines if one.text]
    assert (line.seen_by_name, line.rev > 0) == ("Amy Jones", True)
    text = history_text(priya.look(lambda conn: history(conn, priya.person_id)), "Priya Shah", NINE)
    assert "Seen by Amy Jones" in text
    assert note.command_id in text


def test_that_a_correction_that_shows_on_two_cases_counts_as_seen_on_the_one_where_it_was_said(
    amy: Desk, priya: Desk
) -> None:
    case_id = case_of(amy)
    priya.sync()
    contact_id = saying.the_case(priya, case_id).contact_id
    other = OpenCase(
        case_id=new_id(),
        contact_id=contact_id,
        property_id=saying.the_case(priya, case_id).property_id,
        project_id=WARM_HOMES,
    )
    priya.say(other)
    change: dict[str, tuple[object, object]] = {"email": ("", "pat@example.org")}
    said = priya.say(EditContact(case_id=case_id, contact_id=contact_id, changes=change))
    priya.sync()
    amy.sync()
    assert see(amy, case_id)
    amy.sync()
    priya.sync()
    listed = priya.look(lambda conn: history(conn, priya.person_id)).receipts
    assert {one.id: one.seen_by for one in listed}[said.command_id] == "Amy Jones"


@pytest.mark.covers("OC2")
def test_that_the_former_owner_hears_that_the_new_one_has_seen_it_though_the_case_has_left(
    world: NearWorld, amy: Desk, priya: Desk
) -> None:
    case_id = case_of(amy)
    note = amy.say(AddNote(case_id=case_id, text="From the visit"))
    amy.sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    ben = world.desk("ben")
    assert see(ben, case_id)
    ben.sync()
    amy.sync()
    assert amy.look(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one()) == 0
    listed = amy.look(lambda conn: history(conn, amy.person_id)).receipts
    assert {one.id: one.seen_by for one in listed}[note.command_id] == "Ben Carter"


def test_that_looking_at_somebody_else_s_case_tells_nobody(amy: Desk, priya: Desk) -> None:
    case_id = case_of(amy)
    amy.say(AddNote(case_id=case_id, text="Mine"))
    amy.sync()
    priya.sync()
    assert not see(priya, case_id)


def clash(amy: Desk, priya: Desk) -> tuple[str, str]:
    """Priya and Amy correct the phone, unseen by each other; Amy's came second. Returns the case and the card."""
    case_id = case_of(amy)
    contact_id = saying.the_case(amy, case_id).contact_id
    before = amy.look(lambda conn: find(conn, Contact, contact_id))
    assert before is not None
    priya.sync()
    for desk, new in ((priya, "01"), (amy, "02")):
        change: dict[str, tuple[object, object]] = {"phone": (before.phone, new)}
        said = desk.say(EditContact(case_id=case_id, contact_id=contact_id, changes=change))
        if desk is priya:
            desk.sync()
    amy.sync()
    priya.sync()
    return case_id, said.command_id


def piles(desk: Desk) -> Decisions:
    return desk.look(lambda conn: decisions(conn, viewer(desk)))


@pytest.mark.covers("OC4", "FA13")
def test_that_a_card_says_who_wrote_what_when_and_under_whom(amy: Desk, priya: Desk) -> None:
    clash(amy, priya)
    (card,) = piles(amy).for_me
    (field,) = card.fields
    assert (field.theirs_by_name, field.theirs_owner, field.mine_owner) == ("Priya Shah", "Amy Jones", "Amy Jones")
    assert field.theirs_at is not None
    assert card.named["by"] == "Priya Shah"


@pytest.mark.covers("FA13")
def test_that_what_is_put_off_waits_and_counts_on_every_laptop(amy: Desk, priya: Desk) -> None:
    case_id, card_id = clash(amy, priya)
    amy.say(PutOffKept(case_id=case_id, kept_id=card_id, until=date(2026, 12, 1)))
    assert [card.id for card in piles(amy).later] == [card_id]
    assert amy.look(lambda conn: decisions_count(conn, viewer(amy))) == 1
    amy.sync()
    assert [card.later_until for card in piles(amy).later] == [date(2026, 12, 1)]


def test_that_who_is_asked_has_a_card_and_a_line_on_today(world: NearWorld, amy: Desk, priya: Desk) -> None:
    case_id, card_id = clash(amy, priya)
    jo = world.desk("jo")
    jo.say(AskAboutKept(case_id=case_id, kept_id=card_id, person_id=person_id("amy"), text="Which is hers?"))
    jo.sync()
    amy.sync()
    (card,) = piles(amy).for_me
    assert (card.asks_me, card.talk[0].by_name, card.talk[0].words) == (True, "Jo Evans", "Which is hers?")
    amy.say(AskAboutKept(case_id=case_id, kept_id=card_id, person_id=person_id("jo"), text="The second."))
    amy.sync()
    jo.sync()
    (card,) = piles(jo).for_me
    assert card.asks_me


@pytest.mark.covers("FA2", "OC23")
def test_that_of_two_who_decide_offline_the_first_wins_and_the_second_is_told_and_can_undo(
    world: NearWorld, amy: Desk, priya: Desk
) -> None:
    case_id, card_id = clash(amy, priya)
    jo = world.desk("jo")
    amy.say(SettleKept(case_id=case_id, kept_id=card_id, how="use"))
    second = jo.say(SettleKept(case_id=case_id, kept_id=card_id, how="leave"))
    amy.sync()
    jo.sync()
    told = jo.look(lambda conn: find(conn, KeptWork, second.command_id))
    assert told is not None
    assert (told.code, told.facts["by"]) == ("decision-made-already", person_id("amy"))
    kept = jo.look(lambda conn: find(conn, KeptWork, card_id))
    assert kept is not None
    assert isinstance(jo.try_to_say(SettleKept(case_id=case_id, kept_id=card_id, how="leave")), Refused)
    jo.say(UndoSettling(case_id=case_id, kept_id=card_id, settling=kept.settled_cmd))
    jo.sync()
    amy.sync()
    contact_id = saying.the_case(amy, case_id).contact_id
    contact = amy.look(lambda conn: find(conn, Contact, contact_id))
    assert contact is not None
    assert contact.phone == "01"
    states = amy.look(lambda conn: {one.id: one.state for one in of_case(conn, KeptWork, case_id)})
    assert states[card_id] is KeptState.OPEN
