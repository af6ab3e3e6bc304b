"""Clearing this device from the menu, in the whole app: refused, cancelled, done, and everything again at a sign-in."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from casework.answers import Accepted
from desktop.app import App
from desktop.desk import Desk
from sync import outbox
from sync.keys import Keys
from sync.laptop import Drafts
from tests.desktop.hands import Hands
from tests.kit_app import WAIT_MS, Apps
from tests.kit_new_case import an_opening
from tests.kit_server import RunningServer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def desk_of(app: App) -> Desk:
    assert app.desk is not None
    return app.desk


def take_in(app: App, last_name: str) -> None:
    assert isinstance(desk_of(app).laptop.say(an_opening(last_name)), Accepted)


def ask_to_clear(app: App, then: str = "", picture: Path | None = None) -> list[str]:
    """Chooses it in the menu and presses the button of those words; returns what was asked, if anything was."""
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.informativeText())
            if picture is not None:
                box.grab().save(str(picture))
            next(button for button in box.findChildren(QAbstractButton) if button.text() == then).click()

    QTimer.singleShot(0, answer)
    action = app.window.findChild(QAction, "person-clear")
    assert action is not None
    action.trigger()
    QApplication.processEvents()
    return asked


def notices(app: App) -> list[str]:
    bars = app.window.notices.findChildren(QLabel)
    return [label.text() for label in bars if label.isVisible()]


@pytest.mark.covers("FA16")
def test_that_a_device_is_cleared_once_all_is_sent_and_has_everything_again_after_a_sign_in(
    central: RunningServer, apps: Apps, qtbot: QtBot, tmp_path: Path
) -> None:
    app = apps(central.url, "priya")
    take_in(app, "Evans")
    desk_of(app).office.sync_now()
    qtbot.waitUntil(lambda: desk_of(app).office.read(outbox.count) == 0, timeout=WAIT_MS)
    folder = desk_of(app).laptop.folder
    assert len(apps.keyring.items) == 1

    (words,) = ask_to_clear(app, "Cancel", tmp_path / "asked.png")
    assert words.startswith("Everything that you did is on the server")
    assert (folder.exists(), desk_of(app).cases_here()) == (True, 1)

    Drafts(desk_of(app).laptop).keep("note", {"text": "half a sen"})
    (words,) = ask_to_clear(app, "Clear this device")
    assert "1 draft that you never saved will be gone." in words
    qtbot.waitUntil(lambda: app.sign_in_view is not None, timeout=WAIT_MS)
    app.window.grab().save(str(tmp_path / "cleared.png"))
    assert not folder.exists()
    assert apps.keyring.items == {}
    app.close()

    again = apps(central.url, "priya")
    assert desk_of(again).cases_here() == 1
    assert len(apps.keyring.items) == 1


@pytest.mark.covers("FA16")
def test_that_a_device_with_something_unsent_is_not_cleared_and_says_how_to_send_it(
    central: RunningServer, apps: Apps, qtbot: QtBot, tmp_path: Path
) -> None:
    app = apps(central.url, "amy")
    desk = desk_of(app)
    qtbot.waitUntil(lambda: desk.is_known(), timeout=WAIT_MS)
    desk.cut_cable(True)
    take_in(app, "Only Here")
    assert ask_to_clear(app) == []
    hands = Hands(qtbot, app.window)
    qtbot.waitUntil(lambda: any("Not everything has been sent" in words for words in notices(app)))
    app.window.grab().save(str(tmp_path / "refused.png"))
    desk.cable.is_cut = False
    hands.click("notice-send")
    assert app.window.here() == "sync"
    qtbot.waitUntil(lambda: desk.office.read(outbox.count) == 0, timeout=WAIT_MS)
    folder = desk.laptop.folder
    assert ask_to_clear(app, "Clear this device")
    qtbot.waitUntil(lambda: app.sign_in_view is not None, timeout=WAIT_MS)
    assert not folder.exists()


@pytest.mark.covers("FA16")
def test_that_what_is_said_after_the_question_keeps_the_device_as_it_is(
    central: RunningServer, apps: Apps, qtbot: QtBot
) -> None:
    app = apps(central.url, "cara")
    desk = desk_of(app)
    folder = desk.laptop.folder
    desk.switch_asked.disconnect()
    assert ask_to_clear(app, "Clear this device")
    desk.cut_cable(True)
    take_in(app, "Said meanwhile")
    app.switch_person()
    assert (folder / "store.db").exists()
    assert isinstance(Keys(folder, profile=folder.name, system=apps.keyring).open_from_keyring(), bytes)


def test_that_switching_to_somebody_else_clears_nothing(central: RunningServer, apps: Apps, qtbot: QtBot) -> None:
    app = apps(central.url, "ben")
    folder = desk_of(app).laptop.folder
    app.switch_person()
    assert (folder / "store.db").exists()
    assert len(apps.keyring.items) == 1
