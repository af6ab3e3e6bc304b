"""A lead looks at the new case of somebody who has left: what can be done about it is there to be pressed, in words."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, OpenCase, SendReferral, SetConsent, SettleKept
from casework.ids import new_id
from casework.questions.day import my_day
from casework.rows import all_of, find, write
from casework.values import Case, ConsentScope, Contact, KeptKind, KeptWork, Person, Property
from desktop.models.agenda import changed
from desktop.views.decision_card import DecisionView, SettledLine
from desktop.views.decisions import DecisionsScreen
from desktop.widgets.buttons import Button
from tests.desktop.hands import Hands
from tests.desktop.late_ones import kept
from tests.kit_desktop import WARM_HOMES, Desk, an_id


def left(desk: Desk) -> str:
    """Amy's new case and a note on it, which came in when she had left."""
    with desk.laptop.database.writing() as conn:
        amy = find(conn, Person, an_id("amy"))
        assert amy is not None
        write(conn, msgspec.structs.replace(amy, is_active=False))
    case_id, contact_id, home_id = new_id(), new_id(), new_id()
    opening = OpenCase(
        case_id=case_id,
        contact_id=contact_id,
        property_id=home_id,
        project_id=WARM_HOMES,
        contact=Contact(id=contact_id, title="Mrs", first_name="Doris", last_name="Stepney", phone="01642 555"),
        home=Property(id=home_id, address_1="4 Kettle Row", postcode="LS1 1AA"),
        description="No heating for eight days",
    )
    kept(desk.happened("amy", opening))
    kept(desk.happened("amy", AddNote(case_id=case_id, text="She is on oxygen.")))
    return case_id


def decisions(desk: Desk, qtbot: QtBot) -> tuple[DecisionsScreen, Hands]:
    screen = DecisionsScreen(desk.office)
    hands = Hands(qtbot, screen)
    hands.show()
    return screen, hands


def text(view: DecisionView, name: str) -> str:
    label = view.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def answers(view: DecisionView) -> list[str]:
    return [button.words() for button in view.buttons]


def lines(screen: DecisionsScreen) -> list[tuple[str, bool]]:
    """What was decided, each with whether it can be taken back here."""
    found = screen.findChildren(SettledLine)
    return [(line.findChildren(QLabel)[0].text(), line.findChild(Button, "settled-undo") is not None) for line in found]


@pytest.mark.covers("OC10")
def test_that_a_lead_takes_the_case_in_and_then_what_was_written_on_it(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    case_id = left(desk)
    screen, _ = decisions(desk, qtbot)
    case, note = screen.views()
    assert text(case, "decision-about") == "Mrs Doris Stepney"
    assert text(case, "decision-title") == "A new case waits to be taken in"
    assert "4 Kettle Row, LS1 1AA · 01642 555 · No heating for eight days" in text(case, "decision-words")
    assert answers(case) == ["Take the case in", "Throw it away"]
    assert text(case, "decision-step").startswith("Taken in, the case is yours and stays.")
    assert (text(note, "decision-about"), answers(note)) == ("Mrs Doris Stepney", ["Throw it away"])
    assert text(note, "decision-step") == "It belongs to a new case; once that is taken in, it can be put on it."
    case.answer("use")
    (note,) = screen.views()
    assert answers(note) == ["Put it on the case", "Keep it as a note", "Throw it away"]
    note.answer("use")
    assert screen.views() == []
    with desk.laptop.database.reading() as conn:
        opened = find(conn, Case, case_id)
    assert opened is not None
    assert opened.owner_id == an_id("lena")
    for words, can_undo in lines(screen):
        assert "stays" in words
        assert not can_undo


def test_that_what_was_thrown_away_says_whose_it_was_and_can_be_taken_back(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    left(desk)
    screen, _ = decisions(desk, qtbot)
    for view in screen.views():
        view.answer("leave")
    assert all("Mrs Doris Stepney" in words and can_undo for words, can_undo in lines(screen))
    found = screen.findChildren(SettledLine)
    line = next(one for one in found if "opened a new case" in one.findChildren(QLabel)[1].text())
    undo = line.findChild(Button, "settled-undo")
    assert undo is not None
    undo.click()
    (case,) = screen.views()
    assert answers(case) == ["Take the case in", "Throw it away"]


def test_that_what_was_written_on_a_new_case_says_so_when_that_was_thrown_away(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    left(desk)
    screen, _ = decisions(desk, qtbot)
    screen.views()[0].answer("leave")
    (note,) = screen.views()
    assert text(note, "decision-about") == "Mrs Doris Stepney"
    assert text(note, "decision-title") == "Written on a new case, before that was taken in"
    step = "It belongs to a new case that was thrown away; it can be put on it only if that is taken back."
    assert text(note, "decision-step") == step
    assert answers(note) == ["Throw it away"]


def test_that_other_words_about_a_case_that_is_here_do_not_look_like_a_new_case(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    left(desk)
    screen, _ = decisions(desk, qtbot)
    said = screen.views()[0].card.say
    screen.views()[0].answer("use")
    screen.views()[0].answer("use")
    assert isinstance(said, OpenCase)
    kept(desk.happened("priya", msgspec.structs.replace(said, description="The boiler is broken")))
    screen.refresh()
    (view,) = screen.views()
    assert text(view, "decision-title") == "Not accepted: this case is here already, with other words"
    assert "Take the case in" not in answers(view)


def test_that_today_names_the_client_of_a_case_that_is_not_there_yet(desks: Callable[..., Desk]) -> None:
    desk = desks("lena")
    left(desk)
    (line,) = changed(desk.office.ask(my_day))
    assert line.row.title == "Mrs Doris Stepney"
    assert line.row.detail == "What Amy Jones wrote before they left came in after that. It waits for your decision."
    assert line.case_id == "", "there is no case to open yet"


@pytest.mark.covers("OC21")
def test_that_a_held_referral_says_beforehand_that_it_cannot_be_called_back(desk: Desk, qtbot: QtBot) -> None:
    case_id = desk.case("khan").id
    referral = SendReferral(
        case_id=case_id, referral_id=new_id(), organisation="Age UK", service="Visits", method="email"
    )
    kept(desk.happened("amy", referral))
    sharing = ConsentScope.SHARE_WITH_PARTNER
    desk.say(SetConsent(case_id=case_id, scope=sharing, is_given=True, method="verbal"))
    screen, _ = decisions(desk, qtbot)
    (view,) = screen.views()
    assert text(view, "decision-step").endswith("once it is done, it cannot be taken back.")
    view.answer("use")
    assert lines(screen)[0][0].count("What was sent to others cannot be called back.") == 1
    assert not lines(screen)[0][1]


def test_that_nobody_is_offered_to_be_asked_who_has_left(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("lena")
    left(desk)
    with desk.laptop.database.reading() as conn:
        opening = next(one for one in all_of(conn, KeptWork) if one.command == "case.open")
    assert opening.kind is KeptKind.REFUSED
    desk.say(SettleKept(case_id=opening.case_id, kept_id=opening.id, how="use"))
    screen, _ = decisions(desk, qtbot)
    (note,) = screen.views()
    assert note.card.can_ask == ()
