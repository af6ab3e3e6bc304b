"""The switch for networks that cost is on the Sending page, off at first, and the device remembers it."""

from pytestqt.qtbot import QtBot

from desktop.views.metered_row import OFF, ON
from desktop.views.sync_panel import SyncPanel
from desktop.widgets.fields import TickField
from desktop.widgets.labels import Label
from sync.paper_wishes import wishes
from sync.status import SyncState
from tests.kit_desktop import Desk


def opened(desk: Desk, qtbot: QtBot) -> SyncPanel:
    panel = SyncPanel(desk.office, standing=lambda: SyncState())
    qtbot.addWidget(panel)
    panel.show()
    return panel


def about(panel: SyncPanel) -> str:
    found = panel.findChild(Label, "sync-metered-about")
    assert found is not None
    return found.text()


def tick(panel: SyncPanel) -> TickField:
    found = panel.findChild(TickField, "sync-metered")
    assert found is not None
    return found


def is_metered(desk: Desk) -> bool:
    with desk.laptop.database.reading() as conn:
        return wishes(conn).is_metered


def test_that_documents_can_be_kept_off_a_network_that_costs_until_that_is_taken_back(desk: Desk, qtbot: QtBot) -> None:
    panel = opened(desk, qtbot)
    assert not tick(panel).isChecked()
    assert about(panel) == OFF
    tick(panel).click()
    qtbot.waitUntil(lambda: is_metered(desk))
    assert about(panel) == ON
    again = opened(desk, qtbot)
    assert tick(again).isChecked(), "this device remembers it"
    tick(again).click()
    qtbot.waitUntil(lambda: not is_metered(desk))
    assert about(again) == OFF
