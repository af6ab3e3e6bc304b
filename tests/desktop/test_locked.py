"""A desk whose access has ended hands over what was not sent, then shows nothing but why; it opens again by itself."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.locking import SCREEN
from desktop.widgets.empty_state import EmptyState
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import RunningServer, person_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.covers("FF3", "FF5", "OC10")
def test_that_a_desk_whose_access_has_ended_is_locked_in_plain_words_and_opens_when_it_is_given_back(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    app = apps(central.url, "cara")
    assert app.desk is not None
    _set_active(central, is_active=False)
    app.desk.office.sync_now()
    qtbot.waitUntil(lambda: app.window.here() == SCREEN, timeout=WAIT_MS)
    said = app.window.screen_of(SCREEN)
    assert isinstance(said, EmptyState)
    assert said.accessibleName().startswith("Your access has ended.")
    app.window.go("cases")
    assert app.window.here() == SCREEN
    app.window.go("sync")
    assert app.window.here() == "sync"

    _set_active(central, is_active=True)
    app.desk.office.sync_now()
    qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)


def _set_active(central: RunningServer, *, is_active: bool) -> None:
    with central.database.writing() as conn:
        conn.exec_driver_sql("UPDATE person SET is_active = ? WHERE id = ?", (is_active, person_id("cara")))
