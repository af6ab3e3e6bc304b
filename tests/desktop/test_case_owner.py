"""Changing the owner on the case page: beside the name, people or queues, a search, a confirmation."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from casework.values import (
    Task,
)
from desktop.views.case_page import CasePage
from tests.desktop.case_desk import (
    CTRL,
    Key,
    feed_says,
    opened,
    rows,
)
from tests.kit_desktop import BACK_OFFICE, Desk, an_id, person, queue

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def pick_owner(page: CasePage, qtbot: QtBot, name: str, *, is_queue: bool = False) -> None:
    """By keyboard in the picker: the switch, the search, Enter."""
    picker = page.owner.picker
    search = picker.findChild(QLineEdit, "owner-search")
    assert search is not None
    if is_queue:
        qtbot.keyClick(search, Key.Key_Tab)
    qtbot.keyClicks(search, name)
    qtbot.keyClick(search, Key.Key_Return)


# -- owner


@pytest.mark.covers("S11", "S18", "S26", "S64", "S65", "S66", "S67", "R4", "R14")
def test_that_a_coordinator_gives_the_case_to_a_person(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("priya")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "ben")
    assert page.owner.sheet is not None
    assert hands.words("case-owner") == "Amy Jones"
    hands.click("sheet-action")
    assert desk.case("khan").owner == person("ben")
    assert hands.words("case-owner") == "Ben Carter"
    assert any("gave this case to Ben Carter, from Amy Jones" in said for said in feed_says(page))


@pytest.mark.covers("S63", "S65", "S66", "S67", "S68", "S70", "R14")
def test_that_the_owner_hands_the_case_with_its_tasks_to_a_queue(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_O)
    pick_owner(page, qtbot, "back", is_queue=True)
    tick = page.findChild(QAbstractButton, "owner-with-tasks")
    assert tick is not None
    assert (tick.accessibleName(), tick.isChecked()) == ("Hand over your 2 open tasks too", True)
    hands.write("Letters to write")
    hands.press(Key.Key_Return, CTRL)
    assert desk.case("khan").owner == queue(BACK_OFFICE)
    assert hands.words("case-owner") == "Back office"
    assert {task.assignee_id for task in rows(desk, "khan", Task)} == {""}
    assert any("Letters to write" in said for said in feed_says(page))


@pytest.mark.covers("S69", "R15")
def test_that_a_queue_member_takes_a_case_from_it(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("cara")
    desk.given_to("khan", queue(BACK_OFFICE))
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "cara")
    hands.click("sheet-action")
    assert desk.case("khan").owner == person("cara")
    assert hands.words("case-owner") == "Cara Lewis (you)"


def test_that_tasks_may_stay_behind(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "back", is_queue=True)
    hands.click("owner-with-tasks")
    hands.click("sheet-action")
    assert {task.assignee_id for task in rows(desk, "khan", Task)} == {an_id("amy")}


@pytest.mark.covers("S10", "R4")
def test_that_the_picker_offers_active_people_and_queues_but_not_the_owner(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE person SET is_active = 0 WHERE id = ?", (an_id("cara"),))
    _, hands = opened(desk, qtbot)
    hands.click("change-owner")
    names = hands.told("owner-list")
    assert "Ben Carter" in names
    assert not {"Cara Lewis", "Amy Jones", "Rhys Powell"} & set(names)


def test_that_taking_over_without_a_reason_is_said_beside_it_and_nothing_is_lost(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "lena")
    hands.click("sheet-action")
    assert page.owner.sheet is not None
    below = [label.text() for label in page.owner.sheet.findChildren(QLabel, "field-below")]
    assert "A reason is needed. Choose one, and say more in words where it is another reason." in below
    hands.part("owner-reason").setFocus()
    hands.write("Amy is ill")
    hands.press(Key.Key_Return)
    assert desk.case("khan").owner == person("lena")


@pytest.mark.covers("OC7")
def test_that_an_owner_changed_meanwhile_is_said_before_anything_is_written(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "ben")
    desk.given_to("khan", person("cara"), by="lena")
    hands.click("sheet-action")
    assert page.owner.sheet is not None
    below = " ".join(label.text() for label in page.owner.sheet.findChildren(QLabel, "field-below"))
    assert "gone to Cara Lewis meanwhile" in below
    assert desk.case("khan").owner == person("cara")


def test_that_an_advisor_who_does_not_own_the_case_cannot_give_it_away(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("ben")
    page, hands = opened(desk, qtbot)
    assert not page.body.header.owner_button.isEnabled()
    hands.press(Key.Key_O)
    assert not page.owner.picker.isVisible()
