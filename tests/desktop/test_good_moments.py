"""What was kept is sent as soon as there is a network: when it comes back, and when the lid is opened (protocol 13)."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from desktop.good_moments import APART, LOOK_MS, TRIES, GoodMoments, reachability
from sync.engine import SyncReport
from sync.faults import Busy, NotOurServer, Offline, SyncFault
from tests.kit_app import WAIT_MS, Apps
from tests.kit_server import RunningServer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Reach = QNetworkInformation.Reachability
LOOK = LOOK_MS / 1000
HOURS = 3600.0


class Machine(QObject):
    """A computer whose clocks and network a test moves by hand; `came` is how often it was worth while to sync."""

    reach = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.wall, self.steady, self.came = 1_800_000_000.0, 500.0, 0
        self.moments = GoodMoments(self.reach, wall=lambda: self.wall, steady=lambda: self.steady, parent=self)
        self.moments.came.connect(self._count)

    def passes(self, seconds: float) -> None:
        """Time goes by with the lid open; the looks are as the timer brings them."""
        for _ in range(int(seconds // LOOK)):
            self.wall += LOOK
            self.steady += LOOK
            self.moments.look()

    def sleeps(self, seconds: float, *, steady_too: bool = False) -> None:
        """The lid is closed and opened again; on some systems the steady clock goes on meanwhile."""
        self.wall += seconds
        self.steady += seconds if steady_too else 0.0
        self.moments.look()

    def round_ends(self, fault: SyncFault | None = None) -> None:
        self.moments.heard(SyncReport(rest=300.0, fault=fault))

    def _count(self) -> None:
        self.came += 1


@pytest.fixture
def machine(qapp: object) -> Iterator[Machine]:
    del qapp
    made = Machine()
    yield made
    made.deleteLater()


@pytest.mark.parametrize("reach", [Reach.Local, Reach.Site, Reach.Online])
def test_that_a_network_that_is_there_again_is_used_at_once(machine: Machine, reach: Reach) -> None:
    machine.passes(HOURS)
    machine.reach.emit(Reach.Disconnected)
    assert machine.came == 0
    machine.reach.emit(reach)
    assert machine.came == 1


@pytest.mark.parametrize("steady_too", [False, True])
def test_that_a_lid_that_is_opened_is_noticed_without_a_word_of_the_network(machine: Machine, steady_too: bool) -> None:
    machine.sleeps(4 * HOURS, steady_too=steady_too)
    assert machine.came == 1


def test_that_a_computer_that_stays_awake_asks_for_nothing(machine: Machine) -> None:
    machine.passes(4 * HOURS)
    machine.wall -= 2 * HOURS
    machine.passes(60)
    assert machine.came == 0


@pytest.mark.parametrize("fault", [Offline("no name server yet"), NotOurServer("a sign-in page")], ids=["dns", "page"])
def test_that_a_network_which_needs_a_little_longer_is_tried_for_a_minute(machine: Machine, fault: SyncFault) -> None:
    machine.sleeps(4 * HOURS)
    for _ in range(3):
        machine.round_ends(fault)
        machine.passes(LOOK)
    assert machine.came == 4
    machine.passes(HOURS)
    assert machine.came == TRIES


@pytest.mark.parametrize("fault", [None, Busy(after=60)], ids=["sent", "asked for patience"])
def test_that_a_server_that_was_met_is_left_in_peace(machine: Machine, fault: SyncFault | None) -> None:
    machine.sleeps(4 * HOURS)
    machine.round_ends(fault)
    machine.passes(HOURS)
    assert machine.came == 1


def test_that_a_network_that_comes_and_goes_is_no_reason_for_a_round_each_time(machine: Machine) -> None:
    for _ in range(20):
        machine.reach.emit(Reach.Disconnected)
        machine.reach.emit(Reach.Online)
    assert machine.came == 1
    machine.steady += APART
    machine.reach.emit(Reach.Online)
    assert machine.came == 2


def test_that_nothing_is_asked_for_where_the_system_says_nothing_of_its_network(qtbot: QtBot) -> None:
    moments = GoodMoments()
    with qtbot.assertNotEmitted(moments.came):
        moments.look()


def test_that_an_open_desk_syncs_at_a_good_moment(apps: Apps, central: RunningServer, qtbot: QtBot) -> None:
    app = apps(central.url)
    assert app.desk is not None
    qtbot.waitUntil(lambda: app.window.rail.sync.state().kind == "sent", timeout=WAIT_MS)
    (moments,) = app.desk.findChildren(GoodMoments)
    with qtbot.waitSignal(app.desk.bridge.finished, timeout=WAIT_MS):
        moments.came.emit()


def test_that_the_system_s_own_word_is_understood(qtbot: QtBot) -> None:
    reach = reachability()
    moments = GoodMoments(reach)
    if reach is not None:
        with qtbot.waitSignal(moments.came, timeout=WAIT_MS):
            reach.emit(Reach.Online)
