"""The one thread that syncs: it rests, is nudged, runs a round, tells what came of it, and stops when asked."""

import logging
import math
import sys
import threading
import time
from collections.abc import Callable

from sync import bulk, chores
from sync.engine import Engine, SyncReport
from sync.listening import Listener

log = logging.getLogger(__name__)

SOON = 2.0
AFTER_A_BUG = 60.0
LONG = 30.0
# Whoever waits for its turn in Python's lock asks for it after so many seconds; Python's own 5 ms, several times over,
# are what a window takes to be painted while rows are written.
TURN = 0.0005


class Worker:
    """Runs rounds until stopped. `nudge` asks for one soon (after a save), `nudge(now=True)` at once.

    Between rounds it listens for news, where the server knows how to tell.
    """

    def __init__(
        self, engine: Engine, *, finished: Callable[[SyncReport], None], broke: Callable[[BaseException], None]
    ) -> None:
        self._engine = engine
        self._finished = finished
        self._broke = broke
        self._wake = threading.Condition()
        self._due = time.monotonic()
        self._stopping = False
        # Whether nobody asked for anything during a long rest: then there is time for chores.
        self._slept_through = False
        self._has_ended = False
        self._then: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="sync", daemon=False)
        self._listener = Listener(engine.has_news, lambda: self.nudge(now=True))

    def start(self) -> None:
        """Begins with a round at once."""
        sys.setswitchinterval(TURN)
        bulk.search_seldom()
        self._thread.start()
        self._listener.start()

    def nudge(self, *, now: bool = False) -> None:
        """Asks for a round: soon, so that several saves go together, or at once. Also counts during a round."""
        with self._wake:
            self._due = min(self._due, time.monotonic() + (0.0 if now else SOON))
            self._slept_through = False
            self._wake.notify()

    def stop(self, seconds: float = 5.0) -> bool:
        """Ends after the step under way; whether the thread has ended in time."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._engine.stop_early()
        self._listener.stop()
        # one that was stopped before it began has nothing to end
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def when_ended(self, then: Callable[[], None]) -> None:
        """Has `then` called once the thread has ended: now if it has, or never began, else by the thread itself.

        Until then it may still write into the folders beside the store.
        """
        with self._wake:
            if self._thread.ident is not None and not self._has_ended:
                self._then = then
                return
        then()

    def _run(self) -> None:
        try:
            self._sync_until_stopped()
        finally:
            with self._wake:
                self._has_ended = True
            self._then()

    def _sync_until_stopped(self) -> None:
        while self._rest():
            try:
                if self._slept_through:
                    chores.tidy(self._engine.laptop)
                report = self._engine.sync_once()
                self._again_in(report.rest)
                self._listener.listen(is_well=report.reached_the_end)
                self._finished(report)
            except Exception as error:
                # A bug must not end the sync for good: it is reported, and the next round starts afresh.
                log.exception("the sync broke")
                self._engine.start_afresh()
                self._broke(error)
                self._again_in(AFTER_A_BUG)

    def _again_in(self, seconds: float) -> None:
        with self._wake:
            self._due = min(self._due, time.monotonic() + seconds)

    def _rest(self) -> bool:
        """Waits until the next round is due; False when it is time to stop."""
        with self._wake:
            self._slept_through = self._due - time.monotonic() >= LONG
            while not self._stopping:
                left = self._due - time.monotonic()
                if left <= 0:
                    break
                self._wake.wait(left)
            self._due = math.inf
            return not self._stopping
