"""The details of a case: saved on purpose, field by field; what is typed is kept, what is wrong is said."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from casework.commands import Change, EditContact
from casework.rows import find
from casework.values import (
    Property,
)
from desktop.views.case_page import CasePage
from tests.desktop.case_desk import CTRL, Key, button, choose, contact, edit, field, opened
from tests.kit_desktop import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


# -- details


@pytest.mark.covers("S19")
def test_that_details_are_saved_on_purpose_field_by_field(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    assert not button(page, "details-save").isVisible()
    field(page, "contact.mobile").setFocus()
    field(page, "contact.mobile").selectAll()
    hands.write("07700 900457")
    assert contact(desk).mobile == "07700 900456"
    hands.click("details-save")
    assert contact(desk).mobile == "07700 900457"
    assert page.body.header.phone.words() == "07700 900457"
    assert not button(page, "details-save").isVisible()


@pytest.mark.covers("S19")
def test_that_ctrl_s_saves_all_three_parts_at_once(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_E)
    hands.write("Boiler is off.")
    choose(page, "field-home.tenure", "rented_private")
    button(page, "vulnerable-over_75").click()
    hands.press(Key.Key_S, CTRL)
    with desk.laptop.database.reading() as conn:
        home = find(conn, Property, desk.case("khan").property_id)
    assert home is not None
    assert (desk.case("khan").description, home.tenure) == ("Boiler is off.", "rented_private")
    assert contact(desk).vulnerabilities == ("over_75",)
    assert page.body.details.draft.touched == frozenset()


@pytest.mark.covers("S19")
def test_that_what_was_typed_and_not_saved_is_kept_and_found_again(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_E)
    hands.write("Half a sent")
    key = f"case/{desk.case('khan').id}/details"
    qtbot.waitUntil(lambda: "case.description" in desk.office.drafts.find(key), timeout=1000)
    again = CasePage(desk.office)
    qtbot.addWidget(again)
    again.show_case(desk.case("khan").id)
    assert edit(again, "field-case.description").toPlainText() == "Half a sent"
    assert "We kept what you typed at" in next(label.text() for label in again.findChildren(QLabel, "details-kept"))
    button(again, "details-undo").click()
    assert desk.office.drafts.find(key) == {}
    page.body.details.forget()


def test_that_a_field_that_cannot_be_saved_says_why_under_it(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    field(page, "contact.birth_date").setFocus()
    hands.write("31/02/1944")
    labeled = hands.part("labeled-contact.birth_date")
    below = labeled.findChild(QLabel, "field-below")
    assert below is not None
    assert below.text().startswith("This is no date")
    assert not button(page, "details-save").isEnabled()
    hands.press(Key.Key_S, CTRL)
    assert contact(desk).birth_date is None
    assert field(page, "contact.birth_date").text() == "31/02/1944"


def test_that_a_field_of_10000_characters_is_refused_in_words_and_kept(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    field(page, "contact.last_name").setFocus()
    field(page, "contact.last_name").setText("x" * 10_000)
    field(page, "contact.last_name").textEdited.emit("x" * 10_000)
    below = hands.part("labeled-contact.last_name").findChild(QLabel, "field-below")
    assert below is not None
    assert "200 fit" in below.text()
    assert len(field(page, "contact.last_name").text()) == 10_000


@pytest.mark.covers("OC3", "OC4")
def test_that_a_page_from_the_server_leaves_typing_cursor_and_focus_alone(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    mobile = field(page, "contact.mobile")
    mobile.setFocus()
    mobile.setCursorPosition(5)
    hands.write("9")
    changes: dict[str, Change] = {"mobile": ("07700 900456", "07700 900555"), "email": ("", "p@example.org")}
    desk.happened("ben", EditContact(case_id=desk.case("khan").id, contact_id=contact(desk).id, changes=changes))
    assert (mobile.text(), mobile.cursorPosition()) == ("077009 900456", 6)
    assert QApplication.focusWidget() is mobile
    assert field(page, "contact.email").text() == "p@example.org"
    below = hands.part("labeled-contact.mobile").findChild(QLabel, "field-below")
    assert below is not None
    assert "Somebody else has put “07700 900555” here meanwhile" in below.text()
    hands.press(Key.Key_S, CTRL)
    assert contact(desk).mobile == "077009 900456"


@pytest.mark.covers("S53", "R13")
def test_that_links_in_the_description_stand_under_it(desk: Desk, qtbot: QtBot) -> None:
    with desk.laptop.database.writing() as conn:
        words = "Ticket: https://tickets.example/A-1 and http://b.example"
        conn.exec_driver_sql("UPDATE case_file SET description = ?", (words,))
    page, _ = opened(desk, qtbot)
    assert button(page, "description-link-0").accessibleName() == "Open https://tickets.example/A-1 in the browser"
    qtbot.waitUntil(button(page, "description-link-1").isVisible)
