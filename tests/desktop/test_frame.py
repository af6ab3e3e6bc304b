"""The frame: going places by key and by click, the narrow rail, and what it remembers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.views.main_window import PLACES, MainWindow
from desktop.widgets.labels import Label
from desktop.widgets.nav_rail import NavButton
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.sync_chip import FACES, SyncChipState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Key = Qt.Key


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> QApplication:
    if not qapp.styleSheet() or theme.tokens() is not theme.LIGHT or theme.text_scale() != 1:
        theme.apply_theme(qapp, theme.LIGHT)
    return qapp


def opened(qtbot: QtBot, settings: QSettings | None = None) -> MainWindow:
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    for place in PLACES:
        window.add_screen(place.key, QLineEdit)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def nav(window: MainWindow, key: str) -> NavButton:
    found = window.findChild(NavButton, f"nav-{key}")
    assert found is not None
    return found


def test_that_a_screen_is_made_when_first_shown_and_only_then(qtbot: QtBot) -> None:
    made: list[str] = []

    def page() -> QWidget:
        made.append("cases")
        return Label("Cases")

    window = opened(qtbot)
    window.add_screen("cases", page)
    assert made == []
    assert window.go("cases") is window.go("cases")
    assert made == ["cases"]


def test_that_a_click_on_a_place_goes_there_and_marks_it(qtbot: QtBot) -> None:
    window = opened(qtbot)
    with qtbot.waitSignal(window.navigated) as said:
        QTest.mouseClick(nav(window, "waiting"), Qt.MouseButton.LeftButton)
    assert said.args == ["waiting"]
    assert nav(window, "waiting").isChecked()
    assert not nav(window, "today").isChecked()
    assert window.windowTitle().startswith("Waiting list")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.key)
def test_that_two_keys_go_to_each_place(qtbot: QtBot, place: object) -> None:
    window = opened(qtbot)
    window.setFocus()
    wanted = next(found for found in PLACES if found is place)
    last = wanted.hint.split()[-1]
    with qtbot.waitSignal(window.navigated) as said:
        QTest.keyClicks(window, f"g{last.lower()}")
    assert said.args == [wanted.key]


def test_that_letters_typed_into_a_field_go_nowhere(qtbot: QtBot) -> None:
    window = opened(qtbot)
    field = window.go("today")
    field.setFocus()
    with qtbot.assertNotEmitted(window.navigated):
        QTest.keyClicks(field, "gw")
    assert isinstance(field, QLineEdit)
    assert field.text() == "gw"


def test_that_ctrl_k_puts_the_keyboard_on_the_search(qtbot: QtBot) -> None:
    window = opened(qtbot)
    QTest.keyClick(window, Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.search_field
    with qtbot.waitSignal(window.search_entered) as said:
        QTest.keyClicks(window.search_field, "evans")
        QTest.keyClick(window.search_field, Key.Key_Return)
    assert said.args == ["evans"]


def test_that_f5_sends_now_and_the_chip_opens_its_page(qtbot: QtBot) -> None:
    window = opened(qtbot)
    with qtbot.waitSignal(window.send_now):
        QTest.keyClick(window, Key.Key_F5)
    with qtbot.waitSignal(window.sync_opened):
        QTest.mouseClick(window.rail.sync, Qt.MouseButton.LeftButton)


def test_that_the_rail_keeps_its_words_on_a_wide_window_only(qtbot: QtBot) -> None:
    window = opened(qtbot)
    window.resize(1280, 800)
    assert (window.rail.is_narrow(), window.rail.width()) == (False, 200)
    window.resize(1099, 800)
    assert window.rail.is_narrow()
    window.resize(1100, 800)
    assert not window.rail.is_narrow()


def test_that_the_window_fits_a_small_screen_with_big_letters(qtbot: QtBot, look: QApplication) -> None:
    theme.apply_theme(look, theme.LIGHT, 2.0)
    window = opened(qtbot)
    window.resize(1280, 768)
    assert (window.width(), window.height()) == (1280, 768)
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 768


@pytest.mark.parametrize("kind", list(FACES))
def test_that_every_state_of_sending_is_said_in_words(qtbot: QtBot, kind: str) -> None:
    window = opened(qtbot)
    window.show_sync(SyncChipState(kind, "3 kept here", "You can carry on <b>."))
    assert window.rail.sync.accessibleName() == "Sync: 3 kept here, You can carry on <b>."
    assert "<b>" not in window.rail.sync.toolTip()


def test_that_a_count_is_part_of_the_name_of_its_place(qtbot: QtBot) -> None:
    window = opened(qtbot)
    window.show_count("decisions", 2, filled=True)
    assert nav(window, "decisions").accessibleName() == "Decisions, 2"
    window.show_count("decisions", 0)
    assert nav(window, "decisions").accessibleName() == "Decisions"


def test_that_the_cable_is_hidden_until_the_demo_shows_it(qtbot: QtBot) -> None:
    window = opened(qtbot)
    assert not window.rail.cable.isVisible()
    window.show_cable_switch()
    with qtbot.waitSignal(window.cable_cut) as said:
        QTest.mouseClick(window.rail.cable, Qt.MouseButton.LeftButton)
    assert said.args == [True]
    assert window.rail.cable.accessibleName() == "Plug the cable in again"


def test_that_a_notice_stands_under_the_header_until_put_away(qtbot: QtBot) -> None:
    window = opened(qtbot)
    bar = window.notice("late", NoticeBar("Not sent for 2 days", kind="warning"))
    assert bar.isVisible()
    close = bar.findChild(QWidget, "notice-dismiss")
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.notices.keys() == []


def test_that_the_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    window = opened(qtbot, settings)
    window.setGeometry(30, 40, 960, 640)
    window.close()
    assert MainWindow(settings=settings).size().toTuple() == (960, 640)


def test_that_broken_settings_do_not_keep_the_window_from_opening(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("window/geometry", "not a geometry")
    assert opened(qtbot, settings).size().toTuple() == (1280, 800)
