"""Good moments to send, told apart by the machine: the network is there again, or the lid was opened (protocol 13)."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot
from PySide6.QtNetwork import QNetworkInformation

from sync.engine import SyncReport
from sync.faults import NotOurServer, Offline

LOOK_MS = 10_000
# So long does no look at the clocks wait for its turn: the machine slept.
SLEPT = 30.0
# A network that flaps is no reason for a round each time.
APART = 5.0
# An address, a name server, a sign-in page: a network that has just come is of use a little later.
TRIES = 6
_Reach = QNetworkInformation.Reachability
_REACHED = (_Reach.Local, _Reach.Site, _Reach.Online)


class GoodMoments(QObject):
    """`came` when it is worth while to sync at once, however long the rounds before it were to be apart.

    After one it comes again with each look for a minute, until a round has met the server (`heard`): who opens the
    lid in the office for four minutes has sent everything by then. `reach` tells of the network, where anything does;
    `wall` and `steady` are clocks in seconds, of which either may stand still while the machine sleeps.
    """

    came = Signal()

    def __init__(
        self,
        reach: SignalInstance | None = None,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wall, self._steady = wall, steady
        self._looked = (wall(), steady())
        self._tried = float("-inf")
        self._tries = 0
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()
        if reach is not None:
            reach.connect(self._on_reach)

    @Slot()
    def look(self) -> None:
        """Looks at the clocks: as often as the timer says, and no more seldom but for sleep."""
        now = (self._wall(), self._steady())
        gap = max(now[0] - self._looked[0], now[1] - self._looked[1])
        self._looked = now
        if gap >= SLEPT:
            self._begin()
        elif self._tries:
            self._try()

    @Slot(object)
    def heard(self, report: SyncReport) -> None:
        """What came of a round: whoever has met the server knows himself when to try again."""
        if not isinstance(report.fault, Offline | NotOurServer):
            self._tries = 0

    @Slot(object)
    def _on_reach(self, reach: _Reach) -> None:
        if reach in _REACHED:
            self._begin()

    def _begin(self) -> None:
        self._tries = TRIES
        if self._steady() - self._tried >= APART:
            self._try()

    def _try(self) -> None:
        self._tries -= 1
        self._tried = self._steady()
        self.came.emit()


def reachability() -> SignalInstance | None:
    """What tells whether there is a network, where the system has a way of telling; None elsewhere."""
    if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
        return None
    known = QNetworkInformation.instance()
    return known.reachabilityChanged if known is not None else None
