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
from casework.values import Case, ConsentScope, KeptKind, KeptWork, Person
from desktop.models.agenda import changed
from desktop.views.decision_card import DecisionView, SettledLine
from desktop.views.decisions import DecisionsScreen
from desktop.widgets.buttons import Button
from tests.desktop.late_ones import kept
from tests.desktop.test_decisions import answers, decisions
from tests.kit_desktop import WARM_HOMES, Desk, an_id
from tests.kit_new_case import an_opening


@pytest.fixture
def lena(desks: Callable[..., Desk]) -> Desk:
    """The lead."""
    return desks("lena")


@pytest.fixture
def left(lena: Desk) -> str:
    """Amy's new case and a note on it, which came in when she had left."""
    with lena.laptop.database.writing() as conn:
        amy = find(conn, Person, an_id("amy"))
        assert amy is not None
        write(conn, msgspec.structs.replace(amy, is_active=False))
    opening = an_opening(
        "Stepney",
        client={"title": "Mrs", "first_name": "Doris", "phone": "01642 555"},
        home={"address_1": "4 Kettle Row", "postcode": "LS1 1AA"},
        project_id=WARM_HOMES,
        description="No heating for eight days",
    )
    kept(lena.happened("amy", opening))
    kept(lena.happened("amy", AddNote(case_id=opening.case_id, text="She is on oxygen.")))
    return opening.case_id


@pytest.fixture
def screen(lena: Desk, left: str, qtbot: QtBot) -> DecisionsScreen:
    """The lead's, with both waiting on it."""
    del left
    return decisions(lena, qtbot)[0]


def text(view: DecisionView, name: str) -> str:
    label = view.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def lines(screen: DecisionsScreen) -> list[tuple[str, bool]]:
    """What was decided, each with whether it can be taken back here."""
    found = screen.findChildren(SettledLine)
    return [(line.findChildren(QLabel)[0].text(), line.findChild(Button, "settled-undo") is not None) for line in found]


@pytest.mark.covers("OC10")
def test_that_a_lead_takes_the_case_in_and_then_what_was_written_on_it(
    lena: Desk, left: str, screen: DecisionsScreen
) -> None:
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
    with lena.laptop.database.reading() as conn:
        opened = find(conn, Case, left)
    assert opened is not None
    assert opened.owner_id == an_id("lena")
    for words, can_undo in lines(screen):
        assert "stays" in words
        assert not can_undo


def test_that_what_was_thrown_away_says_whose_it_was_and_can_be_taken_back(
    screen: DecisionsScreen,
) -> None:
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
    screen: DecisionsScreen,
) -> None:
    screen.views()[0].answer("leave")
    (note,) = screen.views()
    assert text(note, "decision-about") == "Mrs Doris Stepney"
    assert text(note, "decision-title") == "Written on a new case, before that was taken in"
    step = "It belongs to a new case that was thrown away; it can be put on it only if that is taken back."
    assert text(note, "decision-step") == step
    assert answers(note) == ["Throw it away"]


def test_that_other_words_about_a_case_that_is_here_do_not_look_like_a_new_case(
    lena: Desk, screen: DecisionsScreen
) -> None:
    said = screen.views()[0].card.say
    screen.views()[0].answer("use")
    screen.views()[0].answer("use")
    assert isinstance(said, OpenCase)
    kept(lena.happened("priya", msgspec.structs.replace(said, description="The boiler is broken")))
    screen.refresh()
    (view,) = screen.views()
    assert text(view, "decision-title") == "Not accepted: this case is here already, with other words"
    assert "Take the case in" not in answers(view)


@pytest.mark.usefixtures("left")
def test_that_today_names_the_client_of_a_case_that_is_not_there_yet(lena: Desk) -> None:
    (line,) = changed(lena.office.ask(my_day))
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


@pytest.mark.usefixtures("left")
def test_that_nobody_is_offered_to_be_asked_who_has_left(lena: Desk, qtbot: QtBot) -> None:
    with lena.laptop.database.reading() as conn:
        opening = next(one for one in all_of(conn, KeptWork) if one.command == "case.open")
    assert opening.kind is KeptKind.REFUSED
    lena.say(SettleKept(case_id=opening.case_id, kept_id=opening.id, how="use"))
    screen, _ = decisions(lena, qtbot)
    (note,) = screen.views()
    assert note.card.can_ask == ()
