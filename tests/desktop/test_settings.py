"""Settings: people and their roles, the look, and what this computer remembers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casework.rows import all_of
from casework.values import Person
from desktop import theme
from desktop.settings import Settings, put_on_look
from desktop.views.settings import SettingsScreen
from desktop.views.users import NewPersonSheet, UsersPage
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.fields import ChoiceField
from desktop.widgets.labels import Label
from tests.kit_app import WAIT_MS, Apps
from tests.kit_desktop import Desk
from tests.kit_server import RunningServer


def button(widget: QWidget, name: str) -> QPushButton:
    found = widget.findChild(QPushButton, name)
    assert found is not None, name
    return found


def type_in(widget: QWidget, name: str, text: str) -> None:
    field = widget.findChild(QLineEdit, name)
    assert field is not None, name
    field.setText(text)


def screen(desk: Desk, settings: Settings, qtbot: QtBot) -> SettingsScreen:
    made = SettingsScreen(desk.office, settings=settings, device=[("Server", "https://doorstep.example.org")])
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.covers("S7", "S10")
def test_that_the_users_page_lists_everybody_with_their_role(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    made = screen(desk, Settings(tmp_path), qtbot)
    row = made.findChild(QWidget, "user-priya")
    assert row is not None
    assert row.accessibleName() == "Priya Shah, Coordinator"


@pytest.mark.covers("S8")
def test_that_only_admins_are_offered_to_add_somebody(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    for who, offered in (("amy", False), ("priya", False), ("adam", True)):
        page = UsersPage(desks(who, full=False).office)
        qtbot.addWidget(page)
        page.show()
        assert button(page, "users-add").isVisible() is offered, who


@pytest.mark.covers("S8", "S9")
def test_that_an_admin_adds_somebody_with_a_role_and_is_shown_their_one_time_code(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "sam")
    page = app.window.go("settings")
    button(page, "users-add").click()
    sheet = app.window.findChild(NewPersonSheet)
    assert sheet is not None
    type_in(sheet, "person-name", "Nia Rees")
    type_in(sheet, "person-username", "nia.rees")
    role = sheet.findChild(ChoiceField, "person-role")
    assert role is not None
    role.choose("coordinator")
    button(sheet, "sheet-action").click()
    code = sheet.findChild(Label, "person-code")
    assert code is not None
    qtbot.waitUntil(lambda: len(code.text()) > 8, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.findChild(QWidget, "user-nia.rees") is not None, timeout=WAIT_MS)
    assert app.desk is not None
    added = [one for one in app.desk.office.read(all_of, Person) if one.username == "nia.rees"]
    assert [(one.display_name, one.role.value) for one in added] == [("Nia Rees", "coordinator")]


def test_that_a_user_name_that_is_taken_says_so_and_keeps_what_was_typed(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "sam")
    button(app.window.go("settings"), "users-add").click()
    sheet = app.window.findChild(NewPersonSheet)
    assert sheet is not None
    type_in(sheet, "person-name", "Another Amy")
    type_in(sheet, "person-username", "amy")
    button(sheet, "sheet-action").click()
    qtbot.waitUntil(lambda: "Somebody has this user name already" in notices_in(sheet), timeout=WAIT_MS)
    name = sheet.findChild(QLineEdit, "person-name")
    assert name is not None
    assert name.text() == "Another Amy"


def test_that_adding_somebody_without_a_network_says_that_it_needs_the_server(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    page = UsersPage(desks("adam", full=False).office)
    qtbot.addWidget(page)
    page.show()
    button(page, "users-add").click()
    sheet = page.window().findChild(NewPersonSheet)
    assert sheet is not None
    type_in(sheet, "person-name", "Nia Rees")
    type_in(sheet, "person-username", "nia")
    button(sheet, "sheet-action").click()
    qtbot.waitUntil(lambda: "This needs the server" in notices_in(sheet))


def test_that_the_theme_is_put_on_at_once_and_remembered(
    desk: Desk, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    settings = Settings(tmp_path)
    made = screen(desk, settings, qtbot)
    themes = made.findChild(SegmentedControl, "settings-theme")
    assert themes is not None
    try:
        button(themes, "choice-dark").click()
        assert theme.tokens() is theme.DARK
        settings.save()
        assert Settings(tmp_path).theme_name == "dark"
    finally:
        theme.apply_theme(qapp, theme.LIGHT)


def test_that_the_text_grows_to_twice_its_size_and_no_further(
    desk: Desk, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    made = screen(desk, Settings(tmp_path), qtbot)
    larger = button(made, "settings-text-larger")
    try:
        for _ in range(10):
            larger.click()
        assert theme.text_scale() == 2.0
        assert not larger.isEnabled()
    finally:
        theme.apply_theme(qapp, theme.LIGHT)


def test_that_settings_that_make_no_sense_count_as_not_set(qapp: QApplication, tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue("look/theme", "plaid")
    store.setValue("look/text_percent", "enormous")
    store.sync()
    settings = Settings(tmp_path)
    assert (settings.theme_name, settings.text_percent) == ("system", 100)
    put_on_look(settings)
    theme.apply_theme(qapp, theme.LIGHT)


def test_that_only_plain_values_are_remembered(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.theme_name, settings.text_percent, settings.last_server = "dark", 150, "https://doorstep.example.org"
    settings.save()
    assert "@" not in (tmp_path / "settings.ini").read_text(encoding="utf-8")


def notices_in(sheet: QWidget) -> str:
    """What the sheet's notices say."""
    return " ".join(bar.accessibleName() for bar in sheet.findChildren(QWidget, "notice") if bar.isVisible())
