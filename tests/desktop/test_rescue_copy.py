"""A rescue copy is saved from the sync page and handed in by an admin; nothing unsent is cleared from a device."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.commands import AddNote
from casework.questions.feed_lines import feed_page
from casework.rows import all_of
from casework.values import Activity, ActivityKind
from desktop.views.case.feed_line import FeedLineView, tick_of
from desktop.views.hand_in import HandIn
from desktop.views.rescue_row import PassphraseSheet
from desktop.views.sync_panel import SyncPanel
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Label
from sync import state
from sync.clearing import NotAllSafe, close_and_clear, may_go
from sync.covered import is_all_safe
from sync.keys import Keys
from sync.rescue import Saved, save_copy
from sync.status import SyncState
from tests.desktop.hands import Hands
from tests.kit_desktop import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PASSPHRASE = "several words that are long"


def panel_of(desk: Desk, qtbot: QtBot) -> tuple[SyncPanel, Hands]:
    panel = SyncPanel(desk.office, standing=lambda: SyncState())
    hands = Hands(qtbot, panel)
    hands.show()
    return panel, hands


def with_key(desk: Desk) -> None:
    desk.laptop.write(lambda conn: state.put(conn, state.RESCUE_KEY, bytes(range(32))))


@pytest.mark.covers("FA16")
def test_that_a_copy_is_saved_from_the_sync_page_and_says_what_it_holds(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    with_key(desk)
    desk.say(AddNote(case_id=desk.case("khan").id, text="Only here"))
    panel, hands = panel_of(desk, qtbot)
    assert hands.part("sync-rescue-about").isVisible()
    with qtbot.waitSignal(panel.rescue.saved):
        panel.rescue.save(tmp_path / "amy.rescue")
    assert hands.notice().startswith("The rescue copy is saved. amy.rescue holds 1 change, as of ")
    assert not hands.part("sync-rescue-about").isVisible()
    assert (tmp_path / "amy.rescue").read_bytes().startswith(b"DOORSTEP-RESCUE-1")


def test_that_with_nothing_to_save_it_says_so(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    with_key(desk)
    panel, hands = panel_of(desk, qtbot)
    panel.rescue.save(tmp_path / "amy.rescue")
    assert hands.notice().startswith("Everything has been sent.")
    assert not (tmp_path / "amy.rescue").exists()


def test_that_a_passphrase_is_typed_twice_and_long(desk: Desk, qtbot: QtBot) -> None:
    desk.say(AddNote(case_id=desk.case("khan").id, text="Only here"))
    window = QWidget()
    qtbot.addWidget(window)
    sheet = PassphraseSheet(over=window)
    given: list[str] = []
    sheet.given.connect(given.append)
    fields = sheet.findChildren(QLineEdit)
    for first, again in (("short", "short"), (PASSPHRASE, "another"), (PASSPHRASE, PASSPHRASE)):
        fields[0].setText(first)
        fields[1].setText(again)
        sheet.acted.emit()
    assert given == [PASSPHRASE]
    problems = [label.text() for label in sheet.findChildren(Label, "field-below")]
    assert "The two are not the same." in problems


def test_that_the_list_of_changes_is_saved_as_a_text(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    answer = desk.say(AddNote(case_id=desk.case("khan").id, text="Only here"))
    panel, hands = panel_of(desk, qtbot)
    panel.rescue.save_text(tmp_path / "list.txt")
    text = (tmp_path / "list.txt").read_text(encoding="utf-8")
    assert "Wrote a note - Patricia Khan, 26-" in text
    assert answer.command_id in text
    panel.rescue.save_text(tmp_path / "no-folder" / "list.txt")
    qtbot.waitUntil(lambda: hands.notice() == "list.txt could not be written. Choose another place.")


@pytest.mark.covers("FA16", "FA17")
def test_that_nothing_unsent_is_cleared_before_it_is_in_a_copy(desk: Desk, tmp_path: Path) -> None:
    with_key(desk)
    desk.say(AddNote(case_id=desk.case("khan").id, text="Only here"))
    folder = desk.laptop.folder
    assert desk.office.read(may_go) == NotAllSafe(drafts=0)
    assert isinstance(save_copy(desk.laptop, tmp_path / "amy.rescue"), Saved)
    assert desk.office.read(is_all_safe)
    desk.say(AddNote(case_id=desk.case("khan").id, text="Said after that"))
    assert close_and_clear(desk.laptop, folder, Keys(folder, profile="no-such")) == NotAllSafe(drafts=0)
    assert (folder / "store.db").exists()


@pytest.mark.covers("FA16")
def test_that_what_is_safe_elsewhere_goes_with_its_documents(desk: Desk, tmp_path: Path) -> None:
    with_key(desk)
    desk.say(AddNote(case_id=desk.case("khan").id, text="Only here"))
    save_copy(desk.laptop, tmp_path / "amy.rescue")
    folder = desk.laptop.folder
    assert close_and_clear(desk.laptop, folder, Keys(folder, profile="no-such")) is None
    assert list(folder.iterdir()) == []


def test_that_a_server_that_is_not_there_is_said_in_the_card(
    desks: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = desks("adam")
    (tmp_path / "amy.rescue").write_bytes(b"anything")
    card = HandIn(desk.office)
    hands = Hands(qtbot, card)
    hands.show()
    card.take(tmp_path / "amy.rescue")
    assert "server" in hands.notice()
    button = card.findChild(Button, "hand-in-do")
    assert button is not None
    assert not button.isVisible()


def test_that_a_line_of_mine_has_a_tick_and_says_how_far_it_has_come(desk: Desk, qtbot: QtBot) -> None:
    from_server = [
        line
        for line in desk.office.read(all_of, Activity)
        if line.kind is ActivityKind.INTERACTION and line.text == "Rang, no answer."
    ]
    assert from_server
    case_id = desk.case("khan").id
    desk.say(AddNote(case_id=case_id, text="Only here"))
    shown = desk.office.ask(feed_page, case_id).lines
    ticks = {line.text: tick_of(line) for line in shown if line.text}
    assert (ticks["Rang, no answer."], ticks["Only here"], ticks["@amy her sister has the key."]) == ("check", "", "")
    view = FeedLineView()
    qtbot.addWidget(view)
    view.show_line(next(line for line in shown if line.text == "Rang, no answer."))
    assert "Accepted as number " in view.toolTip()
    assert "Not yet seen by another owner." in view.toolTip()
