"""A damaged store in the whole app: it is said, put aside and begun anew; nothing said is lost, nothing doubled."""

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from casework.commands import AddNote
from casework.page_cipher import PAGE
from casework.store_faults import StoreDamaged
from desktop import theme
from desktop.app import App
from desktop.desk import Desk
from desktop.widgets.notice_bar import NoticeBar
from sync import outbox
from sync.keys import Keys
from sync.laptop import STORE, Drafts
from sync.profiles import ProfileLock, find_profiles
from tests.kit_app import WAIT_MS, Apps
from tests.kit_new_case import an_opening
from tests.kit_server import PASSWORD, RunningServer, Trouble, person_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def desk_of(app: App) -> Desk:
    assert app.desk is not None
    return app.desk


def store_of(root: Path) -> Path:
    return next(root.glob(f"*/{STORE}"))


def spoil(path: Path, page: int) -> None:
    """Bits that turned on the disk."""
    with path.open("r+b") as file:
        file.seek(page * PAGE + 100)
        there = file.read(64)
        file.seek(page * PAGE + 100)
        file.write(bytes(byte ^ 0x5A for byte in there))


def pages_of(desk: Desk, table_name: str) -> list[int]:
    """Where a table and its indexes begin in the file."""
    with desk.laptop.database.reading() as conn:
        found = conn.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table_name,))
        return [int(page) - 1 for page in found.scalars()]


def new_case(desk: Desk, last_name: str) -> str:
    opening = an_opening(last_name)
    desk.laptop.say(opening)
    return opening.case_id


def all_sent(desk: Desk) -> bool:
    return desk.office.read(outbox.count) == 0


def sends_all(app: App, qtbot: QtBot) -> None:
    desk_of(app).office.sync_now()
    qtbot.waitUntil(lambda: all_sent(desk_of(app)), timeout=WAIT_MS)


def a_case_with_a_note_sent(app: App, qtbot: QtBot, last_name: str) -> str:
    """The server has both; returns the case's id."""
    case_id = new_case(desk_of(app), last_name)
    desk_of(app).laptop.say(AddNote(case_id=case_id, text="sent before"))
    sends_all(app, qtbot)
    return case_id


def on_server(central: RunningServer, case_id: str) -> list[str]:
    with central.database.reading() as conn:
        found = conn.exec_driver_sql(f"SELECT text FROM activity WHERE case_id = '{case_id}' AND kind = 'note'")
        return sorted(str(row[0]) for row in found)


def devices(central: RunningServer, who: str) -> set[str]:
    with central.database.reading() as conn:
        found = conn.exec_driver_sql(f"SELECT id FROM device WHERE person_id = '{person_id(who)}'")
        return {str(row[0]) for row in found}


def told(app: App) -> str:
    """What notices say, wherever they are on show."""
    bars = app.window.findChildren(NoticeBar)
    return " ".join(bar.accessibleName() for bar in bars if bar.isVisible())


def press(app: App, name: str) -> None:
    button = app.window.findChild(QAbstractButton, name)
    assert button is not None, name
    button.click()


def draw(app: App, folder: Path, name: str) -> None:
    """A picture at the usual size of text and at twice that."""
    qapp = QApplication.instance()
    assert isinstance(qapp, QApplication)
    for scale in (1.0, 2.0):
        theme.apply_theme(qapp, theme.LIGHT, scale)
        for _ in range(8):
            QApplication.processEvents()
        assert app.window.grab().save(str(folder / f"{name}-{scale:.0%}.png"))
    theme.apply_theme(qapp, theme.LIGHT, 1.0)


@pytest.mark.covers("FA20")
def test_that_a_store_whose_beginning_is_damaged_costs_a_sign_in_and_no_word(
    apps: Apps, central: RunningServer, qtbot: QtBot, tmp_path: Path
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, "cara", root=root)
    case_id = a_case_with_a_note_sent(app, qtbot, "Evans")
    desk_of(app).cut_cable(True)
    desk_of(app).laptop.say(AddNote(case_id=case_id, text="not sent"))
    app.close()
    store = store_of(root)
    spoil(store, 0)
    damaged = store.read_bytes()
    keys = dict(apps.keyring.items)

    app = apps.door(root)
    qtbot.waitUntil(lambda: "The file with your cases was damaged" in told(app), timeout=WAIT_MS)
    draw(app, tmp_path, "sign-in")
    assert app.sign_in_view is not None
    assert app.sign_in_view.page() == "form"
    press(app, "sign-in-back")
    assert app.sign_in_view.page() == "people"
    press(app, f"profile-{find_profiles(root)[0].id}")
    qtbot.waitUntil(lambda: "The file with your cases was damaged" in told(app), timeout=WAIT_MS)
    password = app.window.findChild(QLineEdit, "sign-in-password")
    assert password is not None
    password.setText(PASSWORD)
    press(app, "sign-in-action")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert "What you had not sent was kept" in told(app)
    draw(app, tmp_path, "today")
    sends_all(app, qtbot)
    assert on_server(central, case_id) == ["not sent", "sent before"]
    assert apps.keyring.items == keys
    assert [path.read_bytes() for path in store.parent.glob(f"{STORE}.damaged-{'?' * 8}")] == [damaged]

    press(app, "notice-dismiss")
    app.close()
    again = apps.door(root)
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)
    assert "damaged" not in told(again)
    desk = desk_of(again)
    with desk.laptop.database.reading() as conn:
        texts = conn.exec_driver_sql("SELECT text FROM activity WHERE kind = 'note' ORDER BY text").scalars().all()
    assert texts == ["not sent", "sent before"]


@pytest.mark.covers("FA20")
def test_that_damage_that_a_screen_meets_is_mended_by_one_button_without_a_sign_in(
    apps: Apps, central: RunningServer, qtbot: QtBot, tmp_path: Path
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, "jo", root=root)
    case_id = a_case_with_a_note_sent(app, qtbot, "Rees")
    app.close()
    app = apps.door(root)
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: app.window.rail.sync.state().kind == "sent", timeout=WAIT_MS)
    desk = desk_of(app)
    desk.cut_cable(True)
    other_id = new_case(desk, "Only Here")
    Drafts(desk.laptop).keep("note", {"text": "half a sen"})
    desk.laptop.say(AddNote(case_id=other_id, text="not sent"))
    known, pages = devices(central, "jo"), pages_of(desk, "referral")
    app.close()
    app = apps.door(root)
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    desk = desk_of(app)
    desk.cut_cable(True)
    for page in pages:
        spoil(store_of(root), page)

    with pytest.raises(StoreDamaged):
        desk.open_case(case_id)
    qtbot.waitUntil(lambda: "Some of your cases on this device cannot be read" in told(app), timeout=WAIT_MS)
    draw(app, tmp_path, "damaged")
    desk.laptop.say(AddNote(case_id=other_id, text="said while it was damaged"))
    with qtbot.waitSignal(app.ready, timeout=WAIT_MS):
        press(app, "notice-begin-anew")
    assert desk_of(app) is not desk
    assert app.window.here() == "today"
    assert "The file with your cases was damaged" in told(app)
    sends_all(app, qtbot)
    assert on_server(central, case_id) == ["sent before"]
    assert on_server(central, other_id) == ["not sent", "said while it was damaged"]
    assert devices(central, "jo") == known
    assert Drafts(desk_of(app).laptop).find("note") == {"text": "half a sen"}
    assert desk_of(app).laptop.database.quick_check() == ()
    assert list(root.glob("reports/*")) == []


def test_that_without_a_network_a_damaged_store_waits_for_one_and_says_so_at_each_start(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, "ben", root=root)
    desk_of(app).cut_cable(True)
    case_id = new_case(desk_of(app), "Pugh")
    desk_of(app).laptop.say(AddNote(case_id=case_id, text="not sent"))
    app.close()
    spoil(store_of(root), 0)
    central.switch.make(Trouble.LOST_REQUEST)
    try:
        for _ in range(2):
            app = apps.door(root)
            qtbot.waitUntil(lambda app=app: "The file with your cases was damaged" in told(app), timeout=WAIT_MS)  # type: ignore[misc]
            app.close()
    finally:
        central.switch.make(Trouble.NONE)
    app = apps(central.url, "ben", root=root)
    sends_all(app, qtbot)
    assert on_server(central, case_id) == ["not sent"]


def test_that_somebody_else_who_signs_in_on_the_form_for_a_lost_key_puts_nobodys_store_aside(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "shared"
    apps(central.url, "amy", root=root).close()
    priya = apps.folder / "moved"
    apps(central.url, "priya", root=priya).close()
    for folder in priya.glob("*/profile.json"):
        folder.parent.rename(root / folder.parent.name)
    amy, other = find_profiles(root)
    key = Keys(amy.folder(root), profile=amy.key_name, system=apps.keyring).open_from_keyring()
    assert isinstance(key, bytes)
    lost = {name: kept for name, kept in apps.keyring.items.items() if amy.key_name in name}
    for name in lost:
        del apps.keyring.items[name]
    app = apps.door(root)
    press(app, f"profile-{amy.id}")
    qtbot.waitUntil(lambda: page_on(app) == "passphrase", timeout=WAIT_MS)
    press(app, "passphrase-anew")
    for name, text in (("username", "priya"), ("password", PASSWORD)):
        field = app.window.findChild(QLineEdit, f"sign-in-{name}")
        assert field is not None
        field.setText(text)
    press(app, "sign-in-action")
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
    assert desk_of(app).profile.id == other.id
    assert list(root.glob("*.aside-*")) == []
    assert ProfileLock(amy.folder(root)).take()


def page_on(app: App) -> str:
    return app.sign_in_view.page() if app.sign_in_view is not None else ""


def test_that_a_profile_stays_taken_until_the_sync_that_hangs_in_the_network_has_ended(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "sam")
    desk = desk_of(app)
    came, let_go = threading.Event(), threading.Event()

    def hang() -> None:
        came.set()
        assert let_go.wait(30)

    desk.bridge.engine.hooks = type(desk.bridge.engine.hooks)(state=lambda now: hang())
    desk.office.sync_now()
    qtbot.waitUntil(came.is_set, timeout=WAIT_MS)
    folder = desk.laptop.folder
    assert not app.close()
    lock = ProfileLock(folder)
    assert not lock.take()
    let_go.set()
    qtbot.waitUntil(lock.take, timeout=WAIT_MS)
    lock.release()


def test_that_a_reader_that_does_not_end_keeps_the_profile_until_its_window_is_gone(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "sam")
    desk = desk_of(app)
    let_go = threading.Event()
    desk.office.in_background(lambda: let_go.wait(30), lambda _: None)
    folder = desk.laptop.folder
    assert not app.close()
    lock = ProfileLock(folder)
    assert not lock.take()
    let_go.set()
    qtbot.waitUntil(lock.take, timeout=WAIT_MS)
    lock.release()
