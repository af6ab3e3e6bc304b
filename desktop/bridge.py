"""From the sync thread's hooks to Qt signals, and back with a nudge: the whole way between the two threads."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, SignalInstance

from casework.answers import Changes
from casework.wire import Ack
from sync.central import Central
from sync.engine import Engine, Hooks, SyncReport
from sync.laptop import Laptop
from sync.status import SyncState
from sync.worker import Worker


class Bridge(QObject):
    """Owns the sync thread. Its signals are emitted there and arrive on the thread of whoever receives them."""

    changed = Signal(object)
    answered = Signal(object)
    state = Signal(object)
    finished = Signal(object)
    broke = Signal(object)

    def __init__(self, laptop: Laptop, central: Central, parent: QObject | None = None) -> None:
        super().__init__(parent)
        hooks = Hooks(changed=self._changed, answered=self._answered, state=self._state)
        self.engine = Engine(laptop, central, hooks)
        self._worker = Worker(self.engine, finished=self._finished, broke=self._broke)
        self._is_over = False

    def start(self) -> None:
        """Begins to sync."""
        self._worker.start()

    def nudge(self, *, now: bool = False) -> None:
        """Asks for a round soon, or at once."""
        self._worker.nudge(now=now)

    def stop(self) -> bool:
        """Ends the sync thread; whether it ended in time. One that did not is heard no more: nobody is there then."""
        stopped = self._worker.stop()
        self._is_over = True
        return stopped

    def when_ended(self, then: Callable[[], None]) -> None:
        """Has `then` called once the sync thread has ended: now, or on it."""
        self._worker.when_ended(then)

    def _changed(self, changes: Changes) -> None:
        self._say(self.changed, changes)

    def _answered(self, acks: tuple[Ack, ...]) -> None:
        self._say(self.answered, acks)

    def _state(self, now: SyncState) -> None:
        self._say(self.state, now)

    def _finished(self, report: SyncReport) -> None:
        self._say(self.finished, report)

    def _broke(self, error: BaseException) -> None:
        self._say(self.broke, error)

    def _say(self, signal: SignalInstance, value: object) -> None:
        if not self._is_over:
            signal.emit(value)
