"""Two starts on one profile: there is one open store, and its window comes to the front."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.widgets.labels import Label
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import RunningServer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.covers("FE5")
def test_that_a_second_start_finds_the_first_and_brings_its_window_to_the_front(
    apps: Apps, central: RunningServer, qtbot: QtBot
) -> None:
    first = apps(central.url)
    assert first.desk is not None
    with qtbot.waitSignal(first.desk.come_forward, timeout=WAIT_MS):
        second = apps.door(first.root)
    assert second.desk is None
    assert second.sign_in_view is not None
    said = [label.text() for label in second.sign_in_view.findChildren(Label)]
    assert "Doorstep is already open for you" in said


@pytest.mark.covers("FE5")
def test_that_the_profile_opens_again_once_the_first_window_is_closed(apps: Apps, central: RunningServer) -> None:
    first = apps(central.url)
    first.close()
    assert apps(central.url, root=first.root).desk is not None
