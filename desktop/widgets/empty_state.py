"""A place with nothing in it yet: an icon, one sentence, one action."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Label


class _Picture(QWidget):
    """The icon in a soft circle."""

    def __init__(self, icon: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(48), theme.px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        soft = theme.mix(tokens.accent, tokens.surface, 0.12)
        painting.box(painter, self.rect(), soft, radius=self.width() / 2)
        side = theme.px(20)
        spot = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        icons.draw(painter, self._icon, spot, tokens.accent)


class EmptyState(QWidget):
    """Nothing here, said kindly; `acted` when its one action is pressed."""

    acted = Signal()

    def __init__(self, sentence: str, *, icon: str = "inbox", action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("empty-state")
        self.setAccessibleName(sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(_Picture(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        self._sentence = Label(sentence, kind="muted", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence)
        self._action = Button(action, kind="secondary")
        self._action.setObjectName("empty-action")
        self._action.setVisible(bool(action))
        self._action.clicked.connect(self.acted)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def show_sentence(self, sentence: str, *, action: str = "") -> None:
        """Say something else."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._action.set_words(action)
        self._action.setVisible(bool(action))
