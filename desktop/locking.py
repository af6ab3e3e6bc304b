"""A locked desk: nothing but why it is locked, until a round with the server says otherwise (FF5)."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.messages import words_for
from desktop.views.main_window import MainWindow
from desktop.widgets.empty_state import EmptyState

SCREEN = "locked"
# What may still be looked at: where sending stands, and how to save what was not sent.
_OPEN = (SCREEN, "sync")


class Locking(QObject):
    """Covers the window's screens for as long as the store says that nobody may work on it."""

    def __init__(self, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._code = ""
        self._view = EmptyState("", icon="lock")
        window.add_screen(SCREEN, self._screen, "Locked")
        window.navigated.connect(self._turn_back)

    @property
    def is_locked(self) -> bool:
        """Whether nothing may be shown."""
        return bool(self._code)

    def mind(self, code: str) -> None:
        """Locks for the reason of that code, or with "" opens again."""
        if code == self._code:
            return
        self._code = code
        if code:
            words = words_for(code)
            self._view.show_sentence(f"{words.title}. {words.text}")
            self._window.go(SCREEN)
        else:
            self._window.go("today")

    def _screen(self) -> QWidget:
        return self._view

    def _turn_back(self, key: str) -> None:
        if self._code and key not in _OPEN:
            self._window.go(SCREEN)
