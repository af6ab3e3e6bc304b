"""Decisions: each clash told in names and times, decided in one click or key; nothing typed is lost."""

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from casework.commands import AskAboutKept, EditContact
from casework.questions.rail import rail_counts
from casework.rows import all_of, find
from casework.values import Activity, ActivityKind, Case, Contact, KeptState, KeptWork
from desktop.views.decision_card import DecisionView
from desktop.views.decision_more import LaterButton
from desktop.views.decisions import DecisionsScreen
from desktop.widgets.buttons import Button
from desktop.widgets.fields import TextField, TickField
from desktop.widgets.labels import Label
from tests.desktop.hands import Hands
from tests.desktop.late_ones import late_assignment, late_review, late_step, lost_claim, not_valid, phone_clash
from tests.kit_desktop import MEASURES, VISIT, Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
BANNED = ("conflict", "merge", "revision", "payload", "null", "http", "record", "entity", "an error occurred", "None")


def decisions(desk: Desk, qtbot: QtBot) -> tuple[DecisionsScreen, Hands]:
    screen = DecisionsScreen(desk.office)
    hands = Hands(qtbot, screen)
    hands.show()
    return screen, hands


def card(screen: DecisionsScreen, place: int = 0) -> DecisionView:
    return screen.views()[place]


def label(view: QWidget, name: str) -> str:
    found = view.findChild(QLabel, name)
    assert found is not None
    return found.text()


def answers(view: DecisionView) -> list[str]:
    return [button.words() for button in view.buttons]


def press(hands: Hands, view: DecisionView, how: str) -> None:
    button = view.findChild(Button, f"decide-{how}")
    assert button is not None
    hands.clicks += 1
    button.click()


def kept(desk: Desk) -> list[KeptWork]:
    with desk.laptop.database.reading() as conn:
        return list(all_of(conn, KeptWork))


def contact(desk: Desk, handle: str) -> Contact:
    with desk.laptop.database.reading() as conn:
        found = find(conn, Contact, desk.case(handle).contact_id)
    assert found is not None
    return found


@pytest.mark.covers("OC1")
def test_that_a_claim_that_came_second_is_told_with_names_and_times_and_left_in_one_click(
    desk: Desk, qtbot: QtBot
) -> None:
    lost_claim(desk)
    screen, hands = decisions(desk, qtbot)
    assert label(card(screen), "decision-about").startswith("Harpreet Griffiths · 26-")
    assert label(card(screen), "decision-title") == "Ben Carter took this case first"
    assert label(card(screen), "decision-story").startswith("You took this case at ")
    # the words name the day as well where it was another one
    assert re.search(r"Ben Carter had taken it (at|on \w+ at) \d\d:\d\d", label(card(screen), "decision-story"))
    assert answers(card(screen)) == ["Leave it with Ben Carter", "Keep it as a note"]
    with qtbot.waitSignal(screen.told) as told:
        press(hands, card(screen), "leave")
    assert told.args == ["Harpreet Griffiths: Leave it with Ben Carter"]
    assert hands.clicks == 1
    assert [one.state for one in kept(desk)] == [KeptState.LEFT]
    assert screen.views() == []
    assert hands.part("decisions-empty").accessibleName() == "Nothing waits for your decision."


@pytest.mark.covers("OC7")
def test_that_the_second_coordinator_is_asked_whether_they_still_want_theirs(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    late_assignment(desk)
    screen, hands = decisions(desk, qtbot)
    assert label(card(screen), "decision-title") == "The case is with Ben Carter: still want Cara Lewis?"
    assert "Lena Novak had given it to Ben Carter" in label(card(screen), "decision-story")
    press(hands, card(screen), "use")
    assert desk.case("evans").owner_id == an_id("cara")


@pytest.mark.covers("OC4")
def test_that_a_clash_shows_whose_value_is_whose_and_changes_only_what_is_chosen(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    screen, hands = decisions(desk, qtbot)
    mobile = card(screen).findChild(QWidget, "clash-mobile")
    assert mobile is not None
    values = [found.text() for found in mobile.findChildren(Label)]
    assert values[0] == "Mobile"
    assert [values[at] for at in (2, 4, 6)] == ["07700 900999", "07700 900555", "07700 900456"]
    assert values[1].startswith("Amy Jones, ")
    assert values[3].startswith("Priya Shah, ")
    assert values[5] == "Before"
    fields = card(screen).findChild(Button, "decide-fields")
    assert fields is not None
    assert not fields.isEnabled()
    mine = mobile.findChild(QWidget, "choose-mine")
    assert mine is not None
    QTest.mouseClick(mine, Qt.MouseButton.LeftButton)
    assert fields.isEnabled()
    press(hands, card(screen), "fields")
    client = contact(desk, "khan")
    assert (client.mobile, client.email) == ("07700 900555", "pat@example.org")
    assert [one.state for one in kept(desk)] == [KeptState.USED]


@pytest.mark.covers("OC4")
def test_that_a_third_value_can_be_typed_and_is_kept_while_one_is_away(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    screen, _ = decisions(desk, qtbot)
    third = card(screen).findChild(TextField, "clash-third")
    assert third is not None
    QTest.keyClicks(third, "07700 900001")
    key = f"decision/{card(screen).card.id}"
    qtbot.waitUntil(lambda: desk.office.drafts.find(key) == {"mobile": "07700 900001"})
    again, hands = decisions(desk, qtbot)
    back = card(again).findChild(TextField, "clash-third")
    assert back is not None
    assert back.text() == "07700 900001"
    press(hands, card(again), "fields")
    assert contact(desk, "khan").mobile == "07700 900001"
    assert desk.office.drafts.find(key) == {}


def test_that_a_late_move_is_offered_to_the_owner_by_the_names_of_the_steps(desk: Desk, qtbot: QtBot) -> None:
    late_step(desk)
    screen, hands = decisions(desk, qtbot)
    assert answers(card(screen))[:2] == ["Move it to Measures", "Leave it at Home visit"]
    assert desk.case("nowak").step_id == VISIT
    press(hands, card(screen), "use")
    assert desk.case("nowak").step_id == MEASURES


@pytest.mark.covers("OC25")
def test_that_what_was_not_accepted_can_be_put_right_where_it_was_written(desk: Desk, qtbot: QtBot) -> None:
    late_review(desk, text="The boiler was serviced. " * 60)
    screen, hands = decisions(desk, qtbot)
    assert label(card(screen), "decision-title") == "Not accepted: text is too long"
    assert answers(card(screen)) == ["Put it right…", "Keep it as a note", "Throw it away"]
    with qtbot.waitSignal(screen.open_case) as opened:
        press(hands, card(screen), "put-right")
    case_id = desk.case("khan").id
    assert opened.args == [case_id]
    assert desk.office.drafts.find(f"case/{case_id}/review")["text"].startswith("The boiler was serviced. The")
    assert [one.state for one in kept(desk)] == [KeptState.OPEN]


@pytest.mark.covers("OC25")
def test_that_what_was_not_accepted_can_be_kept_as_a_note(desk: Desk, qtbot: QtBot) -> None:
    late_review(desk, text="The boiler was serviced. " * 60)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "note")
    case_id = desk.case("khan").id
    with desk.laptop.database.reading() as conn:
        notes = [line for line in all_of(conn, Activity) if line.case_id == case_id and line.kind is ActivityKind.NOTE]
    assert any(note.text.startswith("The boiler was serviced.") for note in notes)


@pytest.mark.covers("OC25")
def test_that_a_refused_closing_can_be_thrown_away_and_still_be_read_of(desk: Desk, qtbot: QtBot) -> None:
    not_valid(desk)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "leave")
    assert screen.views() == []
    settled = hands.part("decisions-settled")
    assert settled.isVisible()
    assert any("Amy Jones left it as it is" in found.text() for found in settled.findChildren(Label))
    with desk.laptop.database.reading() as conn:
        case = find(conn, Case, desk.case("thomas").id)
    assert case is not None
    assert not case.is_closed


def test_that_keys_alone_go_from_card_to_card_and_decide(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    late_step(desk)
    screen, hands = decisions(desk, qtbot)
    hands.press(Qt.Key.Key_D)
    assert card(screen).hasFocus()
    hands.press(Qt.Key.Key_Down)
    assert card(screen, 1).hasFocus()
    hands.press(Qt.Key.Key_2)
    assert desk.case("nowak").step_id == VISIT
    assert [view.card.code for view in screen.views()] == ["claimed-first"]
    assert card(screen).hasFocus()
    hands.press(Qt.Key.Key_1)
    assert screen.views() == []
    assert hands.keys == 4


def test_that_the_same_answer_goes_to_all_of_a_kind_in_one_more_click(desk: Desk, qtbot: QtBot) -> None:
    for handle in ("griffiths", "evans", "price"):
        lost_claim(desk, handle)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "leave")
    same = hands.part("same-for-all")
    listed = [tick.accessibleName() for tick in same.findChildren(TickField)]
    assert [words.split(",")[0] for words in listed] == ["Mrs Margaret Evans", "Ann <b>Price</b>"]
    assert all(words.endswith(": Leave it with Ben Carter") for words in listed)
    assert len(screen.views()) == 2
    hands.click("same-go")
    assert screen.views() == []
    assert {one.state for one in kept(desk)} == {KeptState.LEFT}


def test_that_my_own_words_that_wait_for_others_are_shown_apart(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("priya")
    phone_clash(desk)
    screen, hands = decisions(desk, qtbot)
    assert hands.part("pile-mine").isVisible()
    assert not hands.part("pile-for-me").isVisible()
    assert label(card(screen), "decision-step") == "It waits for Amy Jones; you may decide too."


def test_that_a_new_decision_shows_by_itself_and_one_settled_elsewhere_goes(desk: Desk, qtbot: QtBot) -> None:
    screen, _ = decisions(desk, qtbot)
    assert screen.views() == []
    lost_claim(desk)
    qtbot.waitUntil(lambda: len(screen.views()) == 1)


def test_that_one_click_opens_the_case_of_a_decision(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    screen, _ = decisions(desk, qtbot)
    button = card(screen).findChild(Button, "decision-open")
    assert button is not None
    with qtbot.waitSignal(screen.open_case) as opened:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.args == [desk.case("griffiths").id]


def test_that_every_story_is_told_in_plain_words(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    phone_clash(desk)
    late_step(desk)
    late_review(desk)
    not_valid(desk)
    screen, _ = decisions(desk, qtbot)
    texts = [found.text() for view in screen.views() for found in view.findChildren(QLabel)]
    texts += [words for view in screen.views() for words in answers(view)]
    assert len(screen.views()) == 5
    assert not [(word, text) for text in texts for word in BANNED if word in text]


def press_part(view: QWidget, name: str) -> None:
    button = view.findChild(Button, name)
    assert button is not None, name
    button.click()


@pytest.mark.covers("OC4")
def test_that_the_story_names_who_wrote_the_other_value(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    screen, _ = decisions(desk, qtbot)
    told = label(card(screen), "decision-story")
    assert "Amy Jones had changed" in told
    assert "omebody" not in told.split(";")[0]


def test_that_a_decision_can_be_put_off_to_a_day_and_still_counts(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    screen, hands = decisions(desk, qtbot)
    later = card(screen).findChild(LaterButton)
    assert later is not None
    tomorrow = later.menu_of_days().actions()[0]
    assert tomorrow.text().startswith("Tomorrow, ")
    tomorrow.trigger()
    assert hands.part("pile-later").isVisible()
    assert not hands.part("pile-for-me").isVisible()
    assert label(card(screen), "decision-step").startswith("Amy Jones put it off until ")
    assert desk.office.ask(rail_counts).decisions == 1


def test_that_the_author_is_asked_in_a_line_and_a_begun_question_is_kept(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    screen, _ = decisions(desk, qtbot)
    press_part(card(screen), "decision-ask")
    field = card(screen).findChild(TextField, "decision-question")
    assert field is not None
    assert field.isVisible()
    QTest.keyClicks(field, "Which one is hers?")
    key = f"decision/{card(screen).card.id}"
    qtbot.waitUntil(lambda: desk.office.drafts.find(key) == {"question": "Which one is hers?"})
    again, hands = decisions(desk, qtbot)
    begun = card(again).findChild(TextField, "decision-question")
    assert begun is not None
    assert begun.text() == "Which one is hers?"
    press_part(card(again), "decision-send")
    assert kept(desk)[0].talk[0][3] == "Which one is hers?"
    assert desk.office.drafts.find(key) == {}
    qtbot.waitUntil(lambda: hands.part("decision-talk").isVisible())
    assert label(card(again), "decision-step") == "Priya Shah was asked, and may decide too."


def test_that_who_is_asked_finds_the_card_with_the_question_and_answers(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    phone_clash(desk)
    (one,) = kept(desk)
    desk.happened(
        "amy", AskAboutKept(case_id=one.case_id, kept_id=one.id, person_id=an_id("priya"), text="Are you sure?")
    )
    screen, hands = decisions(desk, qtbot)
    assert hands.part("pile-for-me").isVisible()
    asks = card(screen).findChildren(Button, "decision-ask")
    assert asks[0].words() == "Answer Amy Jones…"
    assert any("Are you sure?" in found.text() for found in card(screen).findChildren(Label))


@pytest.mark.covers("FA13")
def test_that_a_decision_is_taken_back_in_one_click(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "use")
    assert contact(desk, "khan").mobile == "07700 900555"
    with qtbot.waitSignal(screen.told) as told:
        press_part(hands.part("decisions-settled"), "settled-undo")
    assert told.args == ["Patricia Khan: open again"]
    assert contact(desk, "khan").mobile == "07700 900999"
    assert [one.state for one in kept(desk)] == [KeptState.OPEN]


def test_that_the_same_for_all_can_leave_some_out_and_be_taken_back(desk: Desk, qtbot: QtBot) -> None:
    for handle in ("griffiths", "evans", "price"):
        lost_claim(desk, handle)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "leave")
    ticks = hands.part("same-for-all").findChildren(TickField)
    ticks[0].setChecked(False)
    hands.click("same-go")
    assert [one.state for one in kept(desk)].count(KeptState.LEFT) == 2
    assert hands.notice() == "1 decision made."
    hands.click("notice-undo")
    assert [one.state for one in kept(desk)].count(KeptState.LEFT) == 1


def test_that_what_another_author_wrote_is_not_the_same(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk, by="priya")
    phone_clash(desk, "nowak", by="lena")
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "use")
    assert hands.window.findChild(QWidget, "same-for-all") is None


def test_that_two_late_edits_of_one_field_are_one_card_with_both_values(desk: Desk, qtbot: QtBot) -> None:
    phone_clash(desk)
    case = desk.case("khan")
    changes: dict[str, tuple[object, object]] = {"mobile": ("07700 900555", "07700 900777")}
    desk.happened("priya", EditContact(case_id=case.id, contact_id=case.contact_id, changes=changes))
    screen, _ = decisions(desk, qtbot)
    assert len(screen.views()) == 1
    assert "07700 900555" in label(card(screen), "clash-earlier")
    assert any(found.text() == "07700 900777" for found in card(screen).findChildren(Label))
