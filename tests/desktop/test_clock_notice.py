"""A wrong clock is said on every screen until it is right; nothing else changes by it."""

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.widgets.notice_bar import NoticeBar
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import RunningServer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def said(app: App) -> str:
    """What the notice says, "" where there is none."""
    bars = app.window.notices.findChildren(NoticeBar)
    return " ".join(bar.accessibleName() for bar in bars if "clock" in bar.accessibleName() and not bar.isHidden())


def go_by(app: App, ahead: timedelta) -> None:
    """From the next round on, this device's clock is so far ahead."""
    assert app.desk is not None
    app.desk.laptop.clock = lambda: datetime.now(UTC) + ahead
    app.desk.office.sync_now()


@pytest.mark.covers("FI17")
def test_that_a_wrong_clock_is_said_until_it_is_right(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps(central.url, "cara")
    assert said(app) == ""
    go_by(app, timedelta(hours=3, minutes=1))
    qtbot.waitUntil(lambda: "3 hours ahead" in said(app), timeout=WAIT_MS)
    go_by(app, timedelta(days=-2, minutes=-1))
    qtbot.waitUntil(lambda: "2 days behind" in said(app), timeout=WAIT_MS)
    go_by(app, timedelta(0))
    qtbot.waitUntil(lambda: said(app) == "", timeout=WAIT_MS)
