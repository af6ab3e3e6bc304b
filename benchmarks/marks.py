"""What a started process says about itself: a line on its output for each thing that a person could see by then."""

import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget


def mark(name: str) -> None:
    """Says that something is on the screen now, and how much of a processor it took, in milliseconds."""
    sys.stdout.write(f"{name} {time.process_time() * 1000:.1f}\n")
    sys.stdout.flush()


class FirstPaint(QObject):
    """Says `name` once one of these widgets has been painted, with all that lies on it; then `over`."""

    over = Signal()

    def __init__(self, name: str, *widgets: QWidget) -> None:
        super().__init__(widgets[0].window())
        self._name = name
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._widgets:
            for widget in self._widgets:
                widget.removeEventFilter(self)
            self._widgets = ()
            # the whole window is painted before control goes back to the event loop
            QTimer.singleShot(0, self._say)
        return False

    def _say(self) -> None:
        mark(self._name)
        self.over.emit()
