"""The app as a whole: what is imported before the first paint, what is wired, and how it closes."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, ChangeOwner, SeenOwner
from casework.questions.cases import cases
from casework.questions.sheets import CaseFilter, CaseOrder, Which
from casework.values import Owner, OwnerKind
from desktop.app import App
from desktop.crash import CrashReports, report_text
from desktop.views.new_case import NewCaseSheet
from desktop.widgets.fields import ChoiceField
from desktop.widgets.notice_bar import NoticeBar
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import PASSWORD, ROOT, RunningServer, Trouble

PAINT = """
import os
import sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from desktop.__main__ import App, Path
qt = QApplication([])
class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(*sorted({name.split(".")[0] for name in sys.modules}))
            sys.stdout.flush()
            os._exit(0)
        return False
app = App(Path(sys.argv[1]))
eye = Eye()
for part in (app.window, app.window.centralWidget()):
    part.installEventFilter(eye)
app.start()
qt.exec()
"""
HEAVY = {
    "PIL",
    "alembic",
    "argon2",
    "cryptography",
    "keyring",
    "msgspec",
    "phonenumbers",
    "python_calamine",
    "rapidfuzz",
    "requests",
    "sqlalchemy",
    "sqlcipher3",
    "truststore",
    "casework",
    "sync",
}


def chip_kind(app: App) -> str:
    return app.window.rail.sync.state().kind


def text_field(widget: QWidget, name: str) -> QLineEdit:
    field = widget.findChild(QLineEdit, name)
    assert field is not None, name
    return field


@pytest.mark.parametrize("is_known", [False, True], ids=["first start", "later start"])
def test_that_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path, is_known: bool) -> None:
    if is_known:
        (tmp_path / "somebody").mkdir()
        (tmp_path / "somebody" / "profile.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PAINT, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    painted = set(done.stdout.split())
    assert "PySide6" in painted
    assert painted & HEAVY == set()


def open_new_case(app: App, qtbot: QtBot, last_name: str) -> str:
    """Types a new case in and answers its id."""
    action = app.window.findChild(QAction, "new-case")
    assert action is not None
    action.trigger()
    sheet = app.window.findChild(NewCaseSheet)
    assert sheet is not None
    text_field(sheet, "new-first_name").setText("Nesta")
    text_field(sheet, "new-last_name").setText(last_name)
    text_field(sheet, "new-postcode").setText("sa1 5pj")
    project = sheet.findChild(ChoiceField, "new-project")
    assert project is not None
    project.setCurrentIndex(0)
    with qtbot.waitSignal(sheet.made) as made:
        button = sheet.findChild(QPushButton, "sheet-action")
        assert button is not None
        button.click()
    return str((made.args or [""])[0])


@pytest.mark.covers("S61", "S46", "S55")
def test_that_a_new_case_belongs_to_its_maker_and_reaches_the_server(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url)
    case_id = open_new_case(app, qtbot, "Bevan")
    assert app.desk is not None
    office = app.desk.office
    mine = office.ask(cases, CaseFilter(which=Which.ALL, is_mine=True), CaseOrder()).rows
    assert [(row.id, row.client) for row in mine] == [(case_id, "Nesta Bevan")]
    assert app.window.notices.keys() == ["new-case"]
    qtbot.waitUntil(lambda: chip_kind(app) == "sent", timeout=WAIT_MS)
    qtbot.waitUntil(
        lambda: not office.ask(cases, CaseFilter(which=Which.ALL), CaseOrder()).rows[0].number.endswith("*"),
        timeout=WAIT_MS,
    )


def test_that_a_new_case_that_is_not_finished_is_kept_and_shown_again(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, root=root)
    action = app.window.findChild(QAction, "new-case")
    assert action is not None
    action.trigger()
    sheet = app.window.findChild(NewCaseSheet)
    assert sheet is not None
    field = text_field(sheet, "new-last_name")
    QTest.keyClicks(field, "Bevan")
    assert app.desk is not None
    drafts = app.desk.office.drafts
    qtbot.waitUntil(lambda: drafts.find("new-case").get("last_name") == "Bevan", timeout=WAIT_MS)
    app.close()
    again = apps.door(root)
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)
    action = again.window.findChild(QAction, "new-case")
    assert action is not None
    action.trigger()
    sheet = again.window.findChild(NewCaseSheet)
    assert sheet is not None
    assert text_field(sheet, "new-last_name").text() == "Bevan"
    assert any("We kept what you typed" in bar.accessibleName() for bar in sheet.findChildren(NoticeBar))


def test_that_the_chip_counts_a_change_at_once_and_says_when_it_is_sent(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url)
    assert app.desk is not None
    qtbot.waitUntil(lambda: chip_kind(app) == "sent", timeout=WAIT_MS)
    app.desk.cut_cable(True)
    qtbot.waitUntil(lambda: chip_kind(app) == "offline", timeout=WAIT_MS)
    open_new_case(app, qtbot, "Pugh")
    assert app.window.rail.sync.state().time == "1 kept here"
    app.desk.cut_cable(False)
    qtbot.waitUntil(lambda: chip_kind(app) == "sent", timeout=WAIT_MS)


def test_that_two_apps_in_one_process_share_nothing_but_the_server(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    amy, priya = apps(central.url), apps(central.url, "priya")
    case_id = open_new_case(amy, qtbot, "Howell")
    assert priya.desk is not None
    office = priya.desk.office

    def seen_by_priya() -> bool:
        office.sync_now()
        return any(row.id == case_id for row in office.ask(cases, CaseFilter(which=Which.ALL), CaseOrder()).rows)

    qtbot.waitUntil(seen_by_priya, timeout=WAIT_MS)
    assert amy.window.rail.person.accessibleName() != priya.window.rail.person.accessibleName()


def test_that_the_numbers_on_the_rail_follow_what_happens(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps(central.url, "ben")
    before = app.window.rail.buttons["cases"].count()
    open_new_case(app, qtbot, "Rowlands")
    qtbot.waitUntil(lambda: app.window.rail.buttons["cases"].count() == before + 1, timeout=WAIT_MS)


@pytest.mark.covers("S41")
def test_that_the_search_finds_a_case_and_jumps_to_it(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps(central.url, "cara")
    open_new_case(app, qtbot, "Quilliam")
    opened: list[str] = []
    assert app.desk is not None
    app.desk.case_opened.connect(opened.append)
    with qtbot.waitActive(app.window):
        app.window.activateWindow()
    field = app.window.search_field
    field.setFocus()
    QTest.keyClicks(field, "quill")
    hits = app.window.findChild(QListView, "jump-list")
    assert hits is not None
    qtbot.waitUntil(lambda: hits.isVisible() and hits.model().rowCount() == 1, timeout=WAIT_MS)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(opened) == 1
    assert app.window.here() == "case"


def test_that_the_chip_opens_the_page_about_sending(apps: Apps, central: RunningServer) -> None:
    app = apps(central.url)
    app.window.rail.sync.click()
    assert app.window.here() == "sync"


def test_that_closing_ends_the_sync_thread_and_lets_the_profile_go(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, root=root)
    assert app.close()
    assert not any(thread.name == "sync" for thread in threading.enumerate())
    again = apps.door(root)
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)


def test_that_closing_while_the_server_does_not_answer_loses_nothing(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    root = apps.folder / "here"
    app = apps(central.url, root=root)
    central.switch.make(Trouble.LOST_REQUEST)
    case_id = open_new_case(app, qtbot, "Tudor")
    app.close()
    central.switch.make(Trouble.NONE)
    again = apps.door(root)
    qtbot.waitUntil(lambda: again.window.here() == "today", timeout=WAIT_MS)
    assert again.desk is not None
    again.desk.office.do(AddNote(case_id=case_id, text="still here"))
    qtbot.waitUntil(lambda: chip_kind(again) == "sent", timeout=WAIT_MS)


def test_that_a_refusal_of_the_rules_writes_nothing_and_a_full_disk_is_said(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url)
    case_id = open_new_case(app, qtbot, "Yorath")
    assert app.desk is not None
    office = app.desk.office
    nobody = Owner(OwnerKind.PERSON, "0" * 32)
    office.do(ChangeOwner(case_id=case_id, base=SeenOwner(nobody, "x"), owner=nobody))
    assert app.window.notices.keys() == ["new-case"]


def test_that_a_fault_of_ours_is_reported_without_what_it_was_about(tmp_path: Path) -> None:
    shown: list[Path | None] = []
    reports = CrashReports(tmp_path, shown.append)

    def breaks(client: str) -> None:
        raise ValueError(f"cannot save {client}")

    try:
        breaks("Margaret Evans")
    except ValueError as error:
        path = reports.report(error)
    assert path is not None
    assert shown == [path]
    text = path.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "breaks" in text
    assert "Evans" not in text
    assert str(Path.home()) not in text


def test_that_a_fault_on_another_thread_is_said_on_the_screen(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps(central.url)
    reports = app.crashes
    assert reports is not None
    thread = threading.Thread(target=lambda: reports.report(ValueError("Evans")))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "crash" in app.window.notices.keys(), timeout=WAIT_MS)  # noqa: SIM118


def test_that_a_report_that_cannot_be_written_is_said_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be", encoding="utf-8")
    shown: list[Path | None] = []
    assert CrashReports(tmp_path, shown.append).report(ValueError("x")) is None
    assert shown == [None]


def test_that_a_report_tells_where_each_error_behind_an_error_came_from() -> None:
    try:
        try:
            raise KeyError("Evans")
        except KeyError as inner:
            raise RuntimeError("Khan") from inner
    except RuntimeError as error:
        text = report_text(error, datetime.now(UTC))
    assert "KeyError" in text
    assert "RuntimeError" in text
    assert "Evans" not in text
    assert "Khan" not in text


def test_that_the_smoke_run_opens_a_store_syncs_once_and_ends(tmp_path: Path, central: RunningServer) -> None:
    account = {
        "DOORSTEP_SMOKE_USER": "amy",
        "DOORSTEP_SMOKE_PASSWORD": PASSWORD,
        "DOORSTEP_PASSPHRASE": "blue door, cold boiler",
    }
    done = run_doorstep("--smoke", "--server", central.url, "--profile-root", str(tmp_path), **account)
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["ok"]
    assert found["screen"] == "today"
    assert found["painted"]
    assert found["closed"]


def test_that_a_smoke_run_that_cannot_sign_in_says_why_and_fails(tmp_path: Path, central: RunningServer) -> None:
    account = {"DOORSTEP_SMOKE_USER": "amy", "DOORSTEP_SMOKE_PASSWORD": "wrong", "DOORSTEP_PASSPHRASE": "x" * 20}
    done = run_doorstep("--smoke", "--server", central.url, "--profile-root", str(tmp_path), **account)
    assert done.returncode == 1
    assert json.loads(done.stdout)["fault"] == "sign-in-wrong"


def test_that_a_check_says_whether_everything_is_in_place(tmp_path: Path) -> None:
    done = run_doorstep("--check", "--profile-root", str(tmp_path / "new"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"]


def run_doorstep(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs the app as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "desktop", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
