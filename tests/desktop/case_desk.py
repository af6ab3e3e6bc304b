"""A case page on a desk, with a person's hands on it; what the tests of the case page share."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.rows import find, of_case
from casework.values import CaseRecord, Contact
from desktop.views.case_page import CasePage
from desktop.widgets.chips import Chip
from desktop.widgets.fields import ChoiceField
from tests.desktop.hands import Hands
from tests.kit_desktop import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
R = TypeVar("R", bound=CaseRecord)
BANNED = ("conflict", "merge", "revision", "payload", "null", "http", "entity", "an error occurred", "None")


def opened(desk: Desk, qtbot: QtBot, handle: str = "khan", *, width: int = 1166) -> tuple[CasePage, Hands]:
    """The page of a case, on the screen."""
    page = CasePage(desk.office)
    hands = Hands(qtbot, page)
    hands.show(width)
    page.show_case(desk.case(handle).id)
    return page, hands


def rows(desk: Desk, handle: str, kind: type[R]) -> list[R]:
    """What the store has of the case."""
    with desk.laptop.database.reading() as conn:
        return list(of_case(conn, kind, desk.case(handle).id))


def choose(page: QWidget, name: str, key: str) -> None:
    """Choose from a drop-down."""
    field = page.findChild(ChoiceField, name)
    assert field is not None, name
    at = field.findData(key)
    assert at >= 0, f"{key} is not offered by {name}"
    field.setCurrentIndex(at)
    field.activated.emit(at)


def pick_from_menu(page: QWidget, menu: str, entry: str) -> None:
    """Choose from a menu by the entry's name."""
    found = page.findChild(QMenu, menu)
    assert found is not None, menu
    action = next(action for action in found.actions() if action.objectName() == entry)
    assert action.isEnabled(), entry
    action.trigger()


def menu_words(page: QWidget, menu: str) -> list[str]:
    """What a menu offers."""
    found = page.findChild(QMenu, menu)
    assert found is not None, menu
    return [action.text() for action in found.actions() if action.isEnabled()]


def chip(page: QWidget, name: str) -> str:
    """What a chip in sight says; nothing where it is not shown."""
    found = page.findChild(Chip, name)
    assert found is not None, name
    return found.text() if found.isVisible() else ""


def feed_says(page: CasePage) -> list[str]:
    """The lines of the feed on show, oldest first."""
    return [view.sentence() for view in page.body.feed.views()]


def edit(page: QWidget, name: str) -> QPlainTextEdit:
    """A field of several lines."""
    found = page.findChild(QPlainTextEdit, name)
    assert found is not None, name
    return found


def field(page: QWidget, name: str) -> QLineEdit:
    """A field of the details, by its name (`contact.phone`)."""
    found = page.findChild(QLineEdit, f"field-{name}")
    assert found is not None, name
    return found


def button(page: QWidget, name: str) -> QAbstractButton:
    """A button of any kind."""
    found = page.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def contact(desk: Desk, handle: str = "khan") -> Contact:
    """The client of a case as the store has them."""
    with desk.laptop.database.reading() as conn:
        found = find(conn, Contact, desk.case(handle).contact_id)
    assert found is not None
    return found


def page_notices(page: CasePage) -> list[str]:
    """What stands over the case."""
    return [bar.accessibleName() for bar in page.body.notices.findChildren(QWidget, "notice") if bar.isVisible()]
