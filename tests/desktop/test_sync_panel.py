"""The sync page: a sentence, every waiting change in words, receipts, and where what was not accepted leads (OC25)."""

from datetime import UTC, datetime

import msgspec
import pytest
from PySide6.QtWidgets import QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casework.answers import Status
from casework.commands import AddNote, ChangeOwner, LogReview, MoveStep
from casework.wire import Ack
from desktop.views.sync_panel import SyncPanel
from desktop.widgets.labels import Label
from desktop.widgets.rows import ROW_ROLE, Row
from sync import outbox
from sync.status import SyncState
from tests.kit_desktop import MEASURES, Desk, person
from tests.kit_nowhere import Nowhere

NOW = datetime.now(UTC)


def opened(desk: Desk, qtbot: QtBot, state: SyncState | None = None) -> SyncPanel:
    panel = SyncPanel(desk.office, standing=lambda: state or SyncState(in_sync_at=NOW))
    qtbot.addWidget(panel)
    panel.show()
    return panel


def list_of(panel: SyncPanel, name: str) -> QListView:
    found = panel.findChild(QListView, f"sync-{name}-list")
    assert found is not None
    return found


def rows_of(panel: SyncPanel, name: str) -> list[Row]:
    model = list_of(panel, name).model()
    return [model.data(model.index(at, 0), ROW_ROLE) for at in range(model.rowCount())]


def answered(desk: Desk, status: Status, code: str = "") -> None:
    """The server's outcome for everything that waits."""
    with desk.laptop.database.writing() as conn:
        acks = tuple(
            Ack(id=one.said.id, st=status, rev=900 + at, chain="c", code=code)
            for at, one in enumerate(outbox.waiting(conn))
        )
        outbox.answered(conn, acks, NOW)


def test_that_every_waiting_change_is_said_in_words_with_its_client(desk: Desk, qtbot: QtBot) -> None:
    khan = desk.case("khan")
    desk.say(AddNote(case_id=khan.id, text="Rang twice."))
    desk.say(MoveStep(case_id=khan.id, step=(khan.step_id, MEASURES)))
    evans = desk.case("evans")
    desk.say(ChangeOwner(case_id=evans.id, base=desk.base("evans"), owner=person("amy")))
    rows = rows_of(opened(desk, qtbot), "waiting")
    assert [row.title for row in rows] == ["Wrote a note", "Moved the case to Measures", "Took the case"]
    assert rows[0].detail == f"Patricia Khan, {khan.number}"
    assert [row.chips[0].words for row in rows] == ["Kept here"] * 3


def test_that_a_change_said_while_the_page_is_open_appears_on_it(desk: Desk, qtbot: QtBot) -> None:
    panel = opened(desk, qtbot)
    assert rows_of(panel, "waiting") == []
    desk.say(AddNote(case_id=desk.case("khan").id, text="Rang twice."))
    qtbot.waitUntil(lambda: len(rows_of(panel, "waiting")) == 1)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.APPLIED, "Accepted"),
        (Status.APPLIED_CHANGED, "Accepted, without an earlier change that is lost"),
        (Status.CONFLICT_KEPT, "Waits for a decision"),
        (Status.REFUSED_KEPT, "Not accepted"),
        (Status.ERROR_KEPT, "The server could not take it in"),
    ],
)
def test_that_receipts_say_what_became_of_each_change(desk: Desk, qtbot: QtBot, status: Status, words: str) -> None:
    desk.say(LogReview(case_id=desk.case("khan").id, text="All well"))
    answered(desk, status)
    panel = opened(desk, qtbot)
    assert rows_of(panel, "waiting") == []
    assert [(row.title, row.chips[0].words) for row in rows_of(panel, "receipts")] == [("Logged a review", words)]


@pytest.mark.covers("OC25")
def test_that_a_change_that_was_not_accepted_leads_to_the_decisions_and_the_others_go_on(
    desk: Desk, qtbot: QtBot
) -> None:
    khan = desk.case("khan")
    desk.say(AddNote(case_id=khan.id, text="x"))
    answered(desk, Status.REFUSED_KEPT, "too-long")
    desk.say(AddNote(case_id=khan.id, text="y"))
    panel = opened(desk, qtbot)
    assert len(rows_of(panel, "waiting")) == 1
    receipts = list_of(panel, "receipts")
    with qtbot.waitSignal(panel.go_to) as went:
        receipts.clicked.emit(receipts.model().index(0, 0))
    assert went.args == ["decisions"]


def test_that_a_click_on_a_waiting_change_opens_its_case(desk: Desk, qtbot: QtBot) -> None:
    khan = desk.case("khan")
    desk.say(AddNote(case_id=khan.id, text="x"))
    waiting = list_of(panel := opened(desk, qtbot), "waiting")
    with qtbot.waitSignal(panel.open_case) as opened_case:
        waiting.clicked.emit(waiting.model().index(0, 0))
    assert opened_case.args == [khan.id]


def test_that_documents_to_send_are_listed_with_their_size(desk: Desk, qtbot: QtBot) -> None:
    khan = desk.case("khan")
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO paper (sha256, sealed, size, state, case_id, added_at) VALUES (?, '{}', ?, 'to_send', ?, ?)",
            ("a" * 64, 4_200_000, khan.id, NOW.isoformat()),
        )
    panel = opened(desk, qtbot)
    assert [(row.title, row.meta) for row in rows_of(panel, "papers")] == [("bill.pdf", "4.2 MB")]


def test_that_the_sentence_says_where_things_stand_and_offline_is_not_alarming(desk: Desk, qtbot: QtBot) -> None:
    panel = opened(desk, qtbot, SyncState(in_sync_at=NOW, unsent=3, fault="offline"))
    sentence = panel.findChild(Label, "sync-sentence")
    status = panel.findChild(QWidget, "sync-status")
    assert sentence is not None
    assert status is not None
    assert sentence.text() == "You can carry on. 3 changes will be sent when you are back online."
    assert status.accessibleName() == "Offline"


def test_that_send_now_asks_for_a_round_at_once(desk: Desk, qtbot: QtBot) -> None:
    panel = opened(desk, qtbot)
    nowhere = Nowhere()
    desk.bridge.engine.central = nowhere
    desk.bridge.start()
    try:
        qtbot.waitUntil(lambda: "hello" in nowhere.verbs)
        before = len(nowhere.verbs)
        send = panel.findChild(QPushButton, "sync-send")
        assert send is not None
        send.click()
        qtbot.waitUntil(lambda: len(nowhere.verbs) > before)
    finally:
        desk.bridge.stop()


def test_that_a_change_of_a_newer_app_is_listed_and_breaks_nothing(desk: Desk, qtbot: QtBot) -> None:
    khan = desk.case("khan")
    desk.say(AddNote(case_id=khan.id, text="x"))
    with desk.laptop.database.writing() as conn:
        body = msgspec.json.encode({"id": "1", "at": NOW, "say": {"type": "from.the.future"}}).decode()
        conn.exec_driver_sql("UPDATE outbox SET type = 'from.the.future', body = ?", (body,))
    titles = [row.title for row in rows_of(opened(desk, qtbot), "waiting")]
    assert titles == ["Made a change that this version of Doorstep does not know"]
