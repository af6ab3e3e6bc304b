"""Grey rows in the place of a list that is still being read; still, so that nothing flickers."""

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop import theme
from desktop.widgets import painting

PATIENCE_MS = 200


class Skeleton(QWidget):
    """Skeleton rows of a height in design px; they appear only after 200 ms, so a quick answer never flashes."""

    def __init__(self, *, row: int = 56, what: str = "Loading", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._shown = False
        self.setAccessibleName(what)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.reveal)

    def reveal(self) -> None:
        """Paint the rows now."""
        self._shown = True
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        self._shown = False
        self._clock.start(PATIENCE_MS)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if not self._shown:
            return
        painter = QPainter(self)
        tokens = theme.tokens()
        fill = theme.mix(tokens.control, tokens.surface, 0.2)
        tall, side = theme.grown(self._row * 3 / 4, self._row / 4), theme.px(28)
        for index, top in enumerate(range(0, self.height(), tall)):
            middle = top + tall // 2
            painting.box(painter, QRect(theme.px(16), middle - side // 2, side, side), fill, radius=side / 2)
            left = theme.px(16 + 28 + 12)
            room = max(0, self.width() - left - theme.px(16))
            first = round(room * (0.42, 0.34, 0.5, 0.38)[index % 4])
            second = round(room * (0.7, 0.62, 0.78, 0.55)[index % 4])
            painting.box(painter, QRect(left, middle - theme.px(13), first, theme.px(10)), fill, radius=4)
            painting.box(painter, QRect(left, middle + theme.px(4), second, theme.px(8)), fill, radius=4)
