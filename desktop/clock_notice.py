"""Says on every screen that this device's clock is wrong, as long as it is (A12, FI17)."""

from PySide6.QtCore import QObject, Slot

from casework.questions.reading import is_clock_off
from desktop.messages import words_for
from desktop.messages.times import off_words
from desktop.office import Office
from desktop.views.main_window import MainWindow
from desktop.widgets.notice_bar import NoticeBar
from sync.status import SyncState

KEY = "clock-off"


class ClockNotice(QObject):
    """One notice, that says by how much. Put away, it comes back when that is another amount."""

    def __init__(self, office: Office, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._off = ""
        office.sync_state.connect(self._on_state)

    @Slot(object)
    def _on_state(self, now: SyncState) -> None:
        off = off_words(now.clock_off) if is_clock_off(now.clock_off) else ""
        if off == self._off:
            return
        self._off = off
        if off:
            words = words_for(KEY, {"off": off})
            self._window.notice(KEY, NoticeBar(words.title, text=words.text, kind="warning"))
        else:
            self._window.notices.take(KEY)
