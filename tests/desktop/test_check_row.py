"""All that is on the device can be compared with the server's line by line whenever somebody has a doubt."""

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from desktop.views.check_row import ASKED, WEEKLY
from desktop.views.sync_panel import SyncPanel
from sync import row_check, state
from sync.state import RowCheck
from sync.status import SyncState
from tests.kit_desktop import Desk

NOW = datetime.now(UTC)


def opened(desk: Desk, qtbot: QtBot, stands: RowCheck) -> SyncPanel:
    """The Sending page of a device whose rows were compared so far."""
    with desk.laptop.database.writing() as conn:
        state.put(conn, state.ROW_CHECK, stands)
    panel = SyncPanel(desk.office, standing=lambda: SyncState())
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_that_somebody_with_a_doubt_can_have_all_compared_now(desk: Desk, qtbot: QtBot) -> None:
    row = opened(desk, qtbot, RowCheck(at=NOW, is_done=True)).check
    assert row.about.text() == WEEKLY
    row.button.click()
    qtbot.waitUntil(lambda: row.about.text() == ASKED)
    assert not row.button.isEnabled()
    stands = desk.office.read(row_check.standing)
    assert stands is not None
    assert stands.is_asked


def test_that_the_page_says_what_came_of_the_last_comparison(desk: Desk, qtbot: QtBot) -> None:
    all_same = opened(desk, qtbot, RowCheck(at=NOW, is_done=True, found=0)).check
    assert all_same.about.text().endswith(": all was the same.")
    some = opened(desk, qtbot, RowCheck(at=NOW, is_done=True, found=2)).check
    assert some.about.text().endswith(": 2 cases differed and came anew.")
    assert some.button.isEnabled()
