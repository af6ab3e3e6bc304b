"""Coming in: the first time, again without a network, and all that can stand in the way."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.ids import new_id
from casework.values import Role
from casework.wire import NewPerson
from desktop.app import App
from desktop.views.sign_in import SignIn
from desktop.views.sign_in_again import SignInAgain
from desktop.widgets.labels import Label
from desktop.widgets.notice_bar import NoticeBar
from sync.credentials import KeyringLocked, NoKeyring, PromptDismissed
from sync.profiles import find_profiles
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import PASSWORD, RunningServer, Trouble, free_port

PASSPHRASE = "blue door, cold boiler"


def view_of(app: App) -> SignIn:
    view = app.sign_in_view
    assert view is not None
    return view


def type_in(app: App, **fields: str) -> None:
    for name, text in fields.items():
        field = app.window.findChild(QLineEdit, f"sign-in-{name.replace('_', '-')}")
        assert field is not None, name
        field.setText(text)


def press(app: App, name: str) -> None:
    button = app.window.findChild(QAbstractButton, name)
    assert button is not None, name
    assert button.isEnabled(), name
    button.click()


def sign_in(app: App, server: str, username: str = "amy", password: str = PASSWORD) -> None:
    type_in(app, server=server, username=username, password=password)
    press(app, "sign-in-action")


def trouble(app: App) -> str:
    """What the screen says went wrong, "" where it says nothing."""
    view = app.sign_in_view
    bars = view.findChildren(NoticeBar) if view is not None else []
    return " ".join(bar.accessibleName() for bar in bars if bar.isVisible())


def waits_for(qtbot: QtBot, app: App, words: str) -> None:
    qtbot.waitUntil(lambda: words in trouble(app), timeout=WAIT_MS)


@pytest.mark.covers("S6")
def test_that_a_new_person_signs_in_with_a_password_and_sees_today(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps.door()
    assert view_of(app).page() == "form"
    sign_in(app, central.url)
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert app.window.rail.person.accessibleName() == "Signed in: Amy Jones, Advisor"
    assert [one.username for one in find_profiles(app.root)] == ["amy"]


@pytest.mark.covers("S6", "S8")
def test_that_a_one_time_code_lets_a_new_colleague_in_and_sets_the_password(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    asked = NewPerson(rid=new_id(), username="nia", display_name="Nia Rees", role=Role.ADVISOR)
    code = central.parts.people.add(asked).code
    app = apps.door()
    press(app, "sign-in-has-code")
    words = "three quiet green doors"
    type_in(app, server=central.url, username="nia", code=code, new_password=words, again=words)
    press(app, "sign-in-action")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    app.close()
    again = apps.door(apps.folder / "elsewhere")
    sign_in(again, central.url, "nia", words)
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)


def test_that_a_known_person_comes_in_again_without_a_network(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    apps(central.url, root=apps.folder / "here").close()
    central.switch.make(Trouble.LOST_REQUEST)
    try:
        app = apps.door(apps.folder / "here")
        qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
        qtbot.waitUntil(lambda: app.window.rail.sync.state().kind == "offline", timeout=WAIT_MS)
    finally:
        central.switch.make(Trouble.NONE)


def test_that_a_wrong_password_says_so_and_keeps_what_was_typed(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps.door()
    sign_in(app, central.url, password="not the password")
    waits_for(qtbot, app, "Name or password is not right")
    field = app.window.findChild(QLineEdit, "sign-in-username")
    assert field is not None
    assert field.text() == "amy"
    assert find_profiles(app.root) == ()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:{free}", "The server does not answer"),
        ("ftp://doorstep.example", "not a server's address"),
        ("", "Something is missing"),
    ],
)
def test_that_an_address_that_leads_nowhere_is_told_apart(apps: Apps, qtbot: QtBot, address: str, words: str) -> None:
    app = apps.door()
    sign_in(app, address.format(free=free_port()))
    waits_for(qtbot, app, words)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Trouble.PORTAL, "Something else answered instead of the server"),
        (Trouble.BROKEN, "The server could not answer"),
        (Trouble.BUSY, "The server is busy"),
    ],
)
def test_that_a_server_that_does_not_answer_as_it_should_has_words(
    apps: Apps, central: RunningServer, qtbot: QtBot, what: Trouble, words: str
) -> None:
    app = apps.door()
    central.switch.make(what)
    try:
        sign_in(app, central.url)
        waits_for(qtbot, app, words)
    finally:
        central.switch.make(Trouble.NONE)


def test_that_passwords_that_differ_are_not_sent(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps.door()
    press(app, "sign-in-has-code")
    type_in(app, server=central.url, username="nia", code="X", new_password="one thing", again="another thing")
    press(app, "sign-in-action")
    waits_for(qtbot, app, "The two passwords are not the same")


def test_that_without_a_keyring_a_passphrase_is_asked_for_and_opens_the_store_again(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    apps.keyring.trouble = NoKeyring()
    app = apps.door()
    sign_in(app, central.url)
    qtbot.waitUntil(lambda: view_of(app).page() == "passphrase", timeout=WAIT_MS)
    type_in(app, passphrase="short", passphrase_again="short")
    press(app, "passphrase-action")
    waits_for(qtbot, app, "The passphrase is too short")
    type_in(app, passphrase=PASSPHRASE, passphrase_again="another one entirely")
    press(app, "passphrase-action")
    waits_for(qtbot, app, "The two passphrases are not the same")
    type_in(app, passphrase=PASSPHRASE, passphrase_again=PASSPHRASE)
    press(app, "passphrase-action")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    app.close()

    again = apps.door()
    qtbot.waitUntil(lambda: view_of(again).page() == "passphrase", timeout=WAIT_MS)
    type_in(again, passphrase="blue door, warm boiler")
    press(again, "passphrase-action")
    waits_for(qtbot, again, "That is not the passphrase")
    type_in(again, passphrase=PASSPHRASE)
    press(again, "passphrase-action")
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("what", "words"),
    [(KeyringLocked(), "keyring is locked"), (PromptDismissed(), "keyring was not unlocked")],
)
def test_that_a_keyring_that_stays_shut_has_words_and_another_try(
    apps: Apps, central: RunningServer, qtbot: QtBot, what: KeyringLocked | PromptDismissed, words: str
) -> None:
    apps(central.url, root=apps.folder / "here").close()
    apps.keyring.trouble = what
    app = apps.door(apps.folder / "here")
    qtbot.waitUntil(lambda: view_of(app).page() == "passphrase", timeout=WAIT_MS)
    page = app.window.findChild(QWidget, "page-passphrase")
    assert page is not None
    assert any(words in label for label in texts_in(page))
    apps.keyring.trouble = None
    press(app, "passphrase-keyring")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)


def test_that_a_lost_key_leads_to_starting_anew_with_the_old_store_put_aside(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    apps(central.url, root=root).close()
    apps.keyring.items.clear()
    app = apps.door(root)
    qtbot.waitUntil(lambda: view_of(app).page() == "passphrase", timeout=WAIT_MS)
    press(app, "passphrase-anew")
    type_in(app, password=PASSWORD)
    press(app, "sign-in-action")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert len(list(root.glob("*.aside-*/store.db"))) == 1
    assert len(find_profiles(root)) == 1


@pytest.mark.covers("FE8")
def test_that_two_people_on_one_computer_choose_and_have_stores_of_their_own(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "shared"
    app = apps(central.url, root=root)
    action = app.window.findChild(QAction, "person-switch")
    assert action is not None
    action.trigger()
    assert view_of(app).page() == "people"
    press(app, "profile-other")
    sign_in(app, central.url, "priya")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert app.window.rail.person.accessibleName() == "Signed in: Priya Shah, Coordinator"
    app.close()
    again = apps.door(root)
    assert view_of(again).page() == "people"
    found = find_profiles(root)
    assert [one.display_name for one in found] == ["Amy Jones", "Priya Shah"]
    press(again, f"profile-{found[0].id}")
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)
    assert again.window.rail.person.accessibleName() == "Signed in: Amy Jones, Advisor"


def test_that_a_second_start_brings_the_first_window_to_the_front_and_says_so(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    first = apps(central.url, root=root)
    rung: list[bool] = []
    assert first.desk is not None
    first.desk.come_forward.connect(lambda: rung.append(True))
    second = apps.door(root)
    waits_for(qtbot, second, "Doorstep is already open for you")
    qtbot.waitUntil(lambda: bool(rung), timeout=WAIT_MS)


def test_that_an_ended_session_asks_for_the_password_and_then_sends(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url)
    assert app.desk is not None
    device = app.desk.profile.device
    with central.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM token")
        conn.exec_driver_sql("UPDATE device SET renewal_hash = '', previous_hash = '' WHERE id = ?", (device,))
    app.desk.office.sync_now()
    qtbot.waitUntil(lambda: app.window.rail.sync.state().words == "Sign in to send", timeout=WAIT_MS)
    press(app, "notice-sign-in")
    sheet = app.window.findChild(SignInAgain)
    assert sheet is not None
    field = sheet.findChild(QLineEdit, "again-password")
    assert field is not None
    field.setText(PASSWORD)
    sheet.acted.emit()
    qtbot.waitUntil(lambda: app.window.rail.sync.state().kind == "sent", timeout=WAIT_MS)


def test_that_a_file_about_a_profile_that_cannot_be_read_costs_a_sign_in_and_no_work(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    apps(central.url, root=root).close()
    about = next(root.glob("*/profile.json"))
    about.write_text("{", encoding="utf-8")
    app = apps.door(root)
    assert view_of(app).page() == "form"
    sign_in(app, central.url)
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert len(list(root.glob("*/store.db"))) == 1


def test_that_nothing_secret_lies_in_the_profiles_folder_in_plain_text(apps: Apps, central: RunningServer) -> None:
    app = apps(central.url)
    app.close()
    secrets = [PASSWORD.encode(), *apps.keyring.items.values()]
    for path in app.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path


def texts_in(page: QWidget) -> list[str]:
    """What the page says."""
    return [label.text() for label in page.findChildren(Label) if not label.isHidden()]


def test_that_a_disk_that_cannot_be_written_says_so_and_keeps_what_was_typed(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    blocked = apps.folder / "a file"
    blocked.write_text("where a folder should be", encoding="utf-8")
    app = apps.door(blocked / "profiles")
    sign_in(app, central.url)
    waits_for(qtbot, app, "The disk could not be read or written")


def test_that_a_device_whose_access_was_ended_is_told_and_keeps_its_work(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "ben")
    assert app.desk is not None
    with central.database.writing() as conn:
        conn.exec_driver_sql("UPDATE device SET is_revoked = 1 WHERE id = ?", (app.desk.profile.device,))
    app.desk.office.sync_now()
    qtbot.waitUntil(lambda: app.window.rail.sync.state().words == "Ask your admin", timeout=WAIT_MS)
    assert "not sent is still on this device" in app.window.rail.sync.state().detail
