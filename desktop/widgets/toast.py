"""What was just done, with a way to take it back: a small bar over the foot of the window."""

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.labels import Label
from desktop.widgets.plain import announce

SECONDS = 12


class Toast(QWidget):
    """One sentence and, when it can be taken back, an Undo button; goes by itself after 12 seconds.

    The clock stops while the pointer or the keyboard is on it.
    """

    undone = Signal()

    def __init__(self, *, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("toast")
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        self._row = row
        row.setSpacing(12)
        self._label = Label()
        self._label.setObjectName("toast-words")
        self._undo = Button("Undo", small=True)
        self._undo.setObjectName("toast-undo")
        self._undo.clicked.connect(self._take_back)
        close = IconButton("x", name="Put away")
        close.clicked.connect(self.hide)
        for part in (self._label, self._undo, close):
            row.addWidget(part)
        over.installEventFilter(self)
        self.hide()

    def say(self, words: str, *, undo: bool = True) -> None:
        """Show a sentence in place of the last one."""
        self._label.setText(words)
        self._undo.setVisible(undo)
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()
        self._clock.start(SECONDS * 1000)
        announce(self, words)

    def _take_back(self) -> None:
        self.hide()
        self.undone.emit()

    def _place(self) -> None:
        over = self._over
        self._row.setContentsMargins(20 + theme.px(16), 8, 8, 8)
        size = self.sizeHint()
        width = min(size.width(), over.width() - 32)
        lift = theme.grown(20, 56)  # clear of a bar of actions at the foot of a screen
        self.setGeometry((over.width() - width) // 2, over.height() - size.height() - lift, width, size.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._clock.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._clock.start(SECONDS * 1000)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = tokens.control if tokens.is_dark else tokens.hairline
        painting.box(painter, self.rect(), tokens.surface, edge=edge, radius=painting.CARD_RADIUS, width=tokens.border)
        side = theme.px(16)
        icons.draw(painter, "check", QRect(12, (self.height() - side) // 2, side, side), tokens.success)
