"""The veil over the page while files are held over it: where they will go when they are let go."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop import icons, theme
from desktop.models.feed import calm
from desktop.widgets import painting


class DropVeil(QWidget):
    """Lies over its parent and lets everything through."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("drop-veil")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = ""
        self.hide()

    def lift(self, client: str) -> None:
        """Show it, with whose case the files go to."""
        whose = f"the case of {calm(client)[:60]}" if client else "this case"
        self._words = f"Let go to put it on {whose}"
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        veil = QColor(tokens.bg)
        veil.setAlphaF(0.82)
        painter.fillRect(self.rect(), veil)
        inner = self.rect().adjusted(16, 16, -16, -16)
        painting.box(painter, inner, None, edge=tokens.accent, radius=painting.CARD_RADIUS, width=2)
        side = theme.px(32)
        spot = QRect((self.width() - side) // 2, self.height() // 2 - side - theme.px(8), side, side)
        icons.draw(painter, "paperclip", spot, tokens.accent)
        room = QRect(0, self.height() // 2, self.width(), theme.px(28))
        painting.words(
            painter, room, self._words, font=theme.font(15, 600), tint=tokens.text, align=Qt.AlignmentFlag.AlignHCenter
        )
