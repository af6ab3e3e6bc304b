"""A field to search with: a glass before the words, the key that gets there after them."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop import icons, theme
from desktop.widgets import painting


class SearchField(QLineEdit):
    """Says `searched` as one types, `entered` on Enter; Escape empties it, and when it is empty says `left`."""

    searched = Signal(str)
    entered = Signal(str)
    left = Signal()

    def __init__(
        self, *, name: str = "Search", placeholder: str = "Search", key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self.setProperty("quiet", True)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        theme.changes.changed.connect(self._make_room)
        self._make_room()
        self.textChanged.connect(self.searched)
        self.returnPressed.connect(lambda: self.entered.emit(self.text().strip()))

    def _make_room(self) -> None:
        """For the glass, which grows with the text."""
        self.setTextMargins(theme.px(16) + 8, 0, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.text():
            self.clear()
        else:
            self.left.emit()
            self.clearFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = theme.px(16)
        icons.draw(painter, "search", QRect(10, (self.height() - side) // 2, side, side), theme.tokens().muted)
        self._paint_key(painter)

    def _paint_key(self, painter: QPainter) -> None:
        face = theme.font(12)
        wide = painting.width_of(self._key, face) + theme.px(12)
        if not self._key or self.text() or self.hasFocus() or self.width() < theme.px(220):
            return
        tokens = theme.tokens()
        tall = theme.px(20)
        where = QRect(self.width() - wide - theme.px(6), (self.height() - tall) // 2, wide, tall)
        painting.box(painter, where, tokens.surface, edge=tokens.hairline, radius=4)
        painting.words(painter, where, self._key, font=face, tint=tokens.muted, align=Qt.AlignmentFlag.AlignHCenter)
