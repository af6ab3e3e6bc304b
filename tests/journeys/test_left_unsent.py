"""Somebody's access ends while a new case lies unsent on their laptop: a lead takes it in, with all that is on it."""

from datetime import timedelta

import pytest

from casework.commands import SettleKept, UndoSettling
from casework.questions.day import my_day
from casework.questions.decisions import decisions, decisions_count
from casework.questions.shown_kept import DecisionCard
from casework.questions.viewer import Viewer
from casework.values import Activity, Contact, Document, KeptState, Person, Source
from sync.carrying import attach
from sync.faults import AccessEnded
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.alike import require_alike


def viewer(desk: Desk) -> Viewer:
    who = saying.look(desk, Person, desk.person_id)
    assert who is not None
    return Viewer(person=who, now=desk.clock.now, today=desk.clock.now.date())


def cards(desk: Desk) -> tuple[DecisionCard, ...]:
    return desk.look(lambda conn: decisions(conn, viewer(desk))).for_me


def use(desk: Desk, card: DecisionCard, how: str = "use") -> str:
    return desk.say(SettleKept(case_id=card.case_id, kept_id=card.id, how=how)).command_id


def left_unsent(world: NearWorld) -> tuple[Desk, str]:
    """Amy's new case with a note, a visit, a corrected phone and a photo, handed over when she may come in no more."""
    amy = world.desk("amy")
    case_id = saying.referral(amy, last_name="Doorstep", source=Source.PERSON)
    saying.note(amy, case_id, "She has no heating.")
    saying.book_visit(amy, case_id, amy.clock.now + timedelta(days=3))
    saying.change_phone(amy, case_id, "01642 555")
    photo = amy.folder / "photo.txt"
    photo.write_text("a cold radiator", encoding="utf-8")
    attach(amy.laptop, photo, case_id=case_id, mime="text/plain")
    world.disable("amy")
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    return amy, case_id


@pytest.mark.covers("OC10", "FF3")
def test_that_a_lead_is_told_and_takes_the_case_in_with_all_that_is_on_it(world: NearWorld) -> None:
    jo = world.desk("jo")
    _, case_id = left_unsent(world)
    jo.sync()
    day = jo.look(lambda conn: my_day(conn, viewer(jo)))
    assert [(one.code, one.by_name) for one in day.notices] == [("left-unsent", "Amy Jones")]
    assert day.decisions == 5
    first, *others = cards(jo)
    assert (first.command, first.client, first.author_name) == ("case.open", "Mrs Nerys Doorstep", "Amy Jones")
    assert first.may == {"use", "leave"}
    assert first.named["opens_for"] == viewer(jo).person.display_name
    assert [(one.client, one.is_after_new_case, sorted(one.may)) for one in others] == [
        ("Mrs Nerys Doorstep", True, ["leave"])
    ] * 4
    use(jo, first)
    # at once on this laptop, before the server has heard of it
    assert saying.the_case(jo, case_id).owner_id == jo.person_id
    for card in cards(jo):
        assert "use" in card.may, card.command
        use(jo, card)
    jo.sync()
    assert "*" not in saying.server_case(jo, case_id).number
    assert {one.state for one in saying.kept(jo, case_id)} == {KeptState.USED}
    line = next(one for one in saying.on_server(jo, Activity, case_id) if one.text == "She has no heating.")
    assert line.by == saying.server_case(jo, case_id).created_by != jo.person_id
    client = saying.look(jo, Contact, saying.the_case(jo, case_id).contact_id)
    assert client is not None
    assert client.phone == "01642 555"
    assert len(saying.tasks(jo, case_id)) == 1
    assert [document.is_stored for document in saying.on_server(jo, Document, case_id)] == [True]
    assert jo.look(lambda conn: decisions_count(conn, viewer(jo))) == 0
    require_alike(jo)


@pytest.mark.covers("OC10")
def test_that_a_new_case_that_was_thrown_away_by_mistake_comes_back_whole(world: NearWorld) -> None:
    jo = world.desk("jo")
    _, case_id = left_unsent(world)
    jo.sync()
    first, *others = cards(jo)
    settling = use(jo, first, "leave")
    for card in others:
        use(jo, card, "leave")
    jo.sync()
    sheet = jo.look(lambda conn: decisions(conn, viewer(jo)))
    assert {card.can_undo for card in sheet.settled} == {True}
    for card in sheet.settled:
        jo.say(UndoSettling(case_id=case_id, kept_id=card.id, settling=card.settling))
    assert settling in {card.settling for card in sheet.settled}
    jo.sync()
    use(jo, next(card for card in cards(jo) if card.command == "case.open"))
    for card in cards(jo):
        use(jo, card)
    jo.sync()
    assert "She has no heating." in saying.texts(jo, case_id)
    require_alike(jo)


def test_that_what_was_taken_in_is_not_offered_to_be_taken_back(world: NearWorld) -> None:
    jo = world.desk("jo")
    _, case_id = left_unsent(world)
    jo.sync()
    for _ in ("case.open", "note.add"):
        use(jo, cards(jo)[0])
    jo.sync()
    settled = {card.command: card for card in jo.look(lambda conn: decisions(conn, viewer(jo))).settled}
    assert {name: (card.can_undo, card.undo_problem) for name, card in settled.items()} == {
        "case.open": (False, "opened-for-good"),
        "note.add": (False, "words-stay"),
    }
    assert saying.the_case(jo, case_id)


@pytest.mark.covers("OC10")
def test_that_who_comes_back_finds_the_case_that_was_taken_in(world: NearWorld) -> None:
    jo = world.desk("jo")
    amy, case_id = left_unsent(world)
    jo.sync()
    use(jo, cards(jo)[0])
    jo.sync()
    world.employ("amy")
    jo.sync()
    saying.give(jo, case_id, saying.person("amy"), reason="She is back")
    jo.sync()
    again = world.desk("amy", number=2)
    assert saying.the_case(again, case_id).owner_id == amy.person_id
    require_alike(again)
