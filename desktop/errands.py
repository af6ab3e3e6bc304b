"""Work that may take long, run beside the main thread: keys, sign-in, hashing, importing, what needs the server."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

T = TypeVar("T")


class Errands(QObject):
    """Runs work on `threads` threads and hands each value to the main thread. Only values cross; no widget does.

    With one thread errands are run one after the other, in the order in which they were asked for.
    """

    # A signal of an object that outlives every errand: one that belongs to the errand itself dies with it on the
    # errand's thread, and what it had said is lost before it is heard.
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 1) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._is_over = False
        self._done.connect(self._hand_over)

    def run(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Does `work` on the errands' thread, then `then(value)` here; after `close` the value is let go."""
        self._pool.start(_Errand(lambda: self._say(then, work())))

    def close(self, milliseconds: int = 5000) -> bool:
        """Waits for the errand under way and forgets what comes of it; whether it ended in time."""
        self._is_over = True
        return self._pool.waitForDone(milliseconds)

    def _say(self, then: Callable[[Any], None], value: object) -> None:
        # one that ended too late may find nobody to say it to, nor anything to say it with
        if not self._is_over:
            self._done.emit(then, value)

    @Slot(object, object)
    def _hand_over(self, then: Callable[[Any], None], value: object) -> None:
        if not self._is_over:
            then(value)


class _Errand(QRunnable):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()
