"""The real window over a store that the real sync thread fills: how long it was ever deaf. Run by ui_gap.py.

    python -m benchmarks.beating_window SERVER FOLDER USERNAME PASSWORD

It shows Cases, repaints the list ten times a second and beats every 16 ms, and prints a line of JSON for each stretch:
`first` for the first sync, `idle` with all in and nothing to do, and, each time that a line is written to it, `pull`
for the round that fetches what changed on the server. A stretch has its seconds, and its gaps between beats in ms.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.known_key import KEY
from casework.rows import find
from casework.values import Person
from desktop import quick_start, theme
from desktop.bridge import Bridge
from desktop.office import Office
from desktop.views.case_list import CaseList
from desktop.views.cases import CasesScreen
from desktop.views.main_window import MainWindow
from sync import profiles
from sync.ahead import ReadingAhead
from sync.engine import SyncReport
from sync.http import HttpCentral
from sync.laptop import Laptop

BEAT_MS, REPAINT_MS, IDLE_MS = 16, 100, 4_000
# the list asks again after what came in; that belongs to the stretch
AFTERMATH_MS = 500


class Beats(QObject):
    """Beats every 16 ms, as far as the window is let; a stretch is said when it is over."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._gaps: list[float] = []
        self._last = self._began = perf_counter()
        self._beats = _every(BEAT_MS, self._beat, self)

    def watch(self, shown: QWidget) -> None:
        """Repaints this from now on."""
        self._repaints = _every(REPAINT_MS, shown.update, self)

    def begin(self) -> None:
        """A new stretch."""
        self._began = perf_counter()
        self.forget()

    def forget(self) -> None:
        """Gaps until now do not count."""
        self._gaps = []
        self._last = perf_counter()

    def say(self, name: str, seconds: float) -> None:
        """Says the stretch, which has taken so long beside its aftermath."""
        print(json.dumps({"name": name, "seconds": seconds, "gaps": self._gaps}), flush=True)

    @property
    def seconds(self) -> float:
        """How long the stretch has been going on."""
        return perf_counter() - self._began

    def _beat(self) -> None:
        now = perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now


class Play(QObject):
    """First sync, idle, then a pull for each line that comes in; at the end of the lines it closes."""

    def __init__(self, bridge: Bridge, beats: Beats) -> None:
        super().__init__(beats)
        self._bridge, self._beats = bridge, beats
        self._stretch = "first"
        bridge.finished.connect(self._on_finished)
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._lines.activated.connect(self._on_line)

    def _on_finished(self, report: SyncReport) -> None:
        assert report.fault is None, report.fault.code
        name, seconds = self._stretch, self._beats.seconds
        if not name or (name == "pull" and not report.changes.cases):
            # somebody else's round, such as one that a save asked for
            return
        self._stretch = ""
        QTimer.singleShot(AFTERMATH_MS, lambda: self._over(name, seconds))

    def _over(self, name: str, seconds: float) -> None:
        self._beats.say(name, seconds)
        if name == "first":
            self._beats.begin()
            QTimer.singleShot(IDLE_MS, lambda: self._beats.say("idle", self._beats.seconds))

    def _on_line(self) -> None:
        if not sys.stdin.readline():
            QApplication.exit()
            return
        self._stretch = "pull"
        self._beats.begin()
        self._bridge.nudge(now=True)


class Desk(QObject):
    """The window of somebody who has just signed in: Cases is shown as soon as it is known here who they are."""

    def __init__(self, server: str, folder: Path, username: str, password: str) -> None:
        super().__init__()
        self._http = HttpCentral(server)
        profile = profiles.sign_in(self._http, folder, server=server, username=username, password=password).profile
        self._laptop = Laptop(folder / "store", KEY, person_id=profile.person_id, device=profile.device)
        self._laptop.prepare()
        central = ReadingAhead(self._http)
        self._bridge = Bridge(self._laptop, central)
        self._office = Office(self._laptop, central, self._bridge)
        self._window = MainWindow()
        self._window.add_screen("today", QWidget)
        self._window.add_screen("cases", lambda: CasesScreen(self._office))
        self._window.go("today")
        self._window.show()
        self._beats = Beats(self._window)
        self._play = Play(self._bridge, self._beats)
        self._bridge.changed.connect(self._show_cases)

    def begin(self) -> None:
        """Starts the sync."""
        self._beats.begin()
        self._bridge.start()

    def close(self) -> None:
        """Lets go of everything."""
        self._bridge.stop()
        self._http.close()
        self._laptop.close()

    def _show_cases(self) -> None:
        with self._laptop.database.reading() as conn:
            if find(conn, Person, self._laptop.person_id) is None:
                return
        self._bridge.changed.disconnect(self._show_cases)
        rows = self._window.go("cases").findChild(CaseList)
        assert isinstance(rows, CaseList)
        self._beats.watch(rows.viewport())
        # making the screen is no gap of the sync's
        QTimer.singleShot(0, self._beats.forget)


def main(server: str, folder: Path, username: str, password: str) -> None:
    """Signs in and shows the window; the sync begins when it is painted."""
    qt = QApplication(theme.qt_arguments("doorstep"))
    quick_start.without_pauses(qt)
    theme.apply_theme(qt, theme.LIGHT)
    desk = Desk(server, folder, username, password)
    QTimer.singleShot(AFTERMATH_MS, desk.begin)
    qt.exec()
    desk.close()


def _every(milliseconds: int, work: Callable[[], object], parent: QObject) -> QTimer:
    timer = QTimer(parent)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(milliseconds)
    timer.timeout.connect(work)
    timer.start()
    return timer


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
