"""A new store's first cases on their way: counted as they come, and what keeps them from coming."""

from PySide6.QtCore import QObject, Signal, Slot

from desktop.desk import Desk
from desktop.messages import words_for
from desktop.views.sign_in import SignIn
from sync.machine import Phase
from sync.status import SyncState


class FirstCases(QObject):
    """`done` when the first round has brought what can be worked with, or as soon as the person wants to begin.

    `troubled` carries the code of what a round stopped at; it is on the screen then.
    """

    done = Signal()
    troubled = Signal(str)

    def __init__(self, desk: Desk, view: SignIn) -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = view
        self._is_done = False
        view.work_asked.connect(self._finish)
        desk.known.connect(self._count)
        # not the sync's own word: what is still on its way when the desk closes is for nobody
        desk.office.sync_state.connect(self._on_state)
        self._count()
        words = desk.store_notices.words()
        if words is not None:
            view.show_trouble(words, kind="info")

    @Slot()
    def _count(self) -> None:
        if not self._is_done:
            self._view.show_arrivals(self._desk.cases_here(), can_start=self._desk.is_known())

    @Slot(object)
    def _on_state(self, now: SyncState) -> None:
        if self._is_done or now.phase is not Phase.RESTING:
            return
        if self._desk.is_known():
            self._finish()
        elif now.fault:
            code = "no-server" if now.fault == "offline" else now.fault
            self._view.show_trouble(words_for(code, now.facts))
            self.troubled.emit(code)

    @Slot()
    def _finish(self) -> None:
        self._is_done = True
        self.done.emit()
