"""Listening for news while nothing else is going on: a request that the server answers as soon as there is some."""

import logging
import threading
import time
from collections.abc import Callable

from casework.store_faults import StoreFault
from sync.faults import OutOfDate, Rejected, SyncFault

log = logging.getLogger(__name__)

# After an answer that came at once, and after trouble; the rounds' own timer goes on meanwhile.
PAUSE, PAUSE_AFTER_TROUBLE = 1.0, 60.0


class Listener:
    """A thread that asks for news whenever it may, and calls `heard` when there is some.

    Nobody waits for it: its question may hang for as long as the server likes, and the thread ends with the process.
    A server that does not know the question is asked once.
    """

    def __init__(self, has_news: Callable[[], bool], heard: Callable[[], None]) -> None:
        self._has_news = has_news
        self._heard = heard
        self._wake = threading.Condition()
        self._may_ask = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    def start(self) -> None:
        """Begins; nothing is asked before the first `listen`."""
        self._thread.start()

    def listen(self, *, is_well: bool) -> None:
        """A round has ended: asks from now on, if it ended well."""
        with self._wake:
            self._may_ask = is_well
            self._wake.notify()

    def stop(self) -> None:
        """Asks nothing more, and tells nobody of what is under way."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def _run(self) -> None:
        while self._waits_for_leave():
            began = time.monotonic()
            try:
                is_news = self._has_news()
            except (Rejected, OutOfDate):
                log.info("the server has no news to listen for; the timer goes on")
                return
            except (SyncFault, StoreFault):
                self._pause(PAUSE_AFTER_TROUBLE)
                continue
            if is_news:
                self._tell()
            elif time.monotonic() - began < PAUSE:
                self._pause(PAUSE)

    def _waits_for_leave(self) -> bool:
        with self._wake:
            while not self._may_ask and not self._stopping:
                self._wake.wait()
            return not self._stopping

    def _tell(self) -> None:
        with self._wake:
            if self._stopping:
                return
            # the round that follows brings it, and then says whether to go on
            self._may_ask = False
        self._heard()

    def _pause(self, seconds: float) -> None:
        with self._wake:
            if not self._stopping:
                self._wake.wait(seconds)
