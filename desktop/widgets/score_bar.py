"""A priority score as a small bar with its number, and its top reason in words."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line


def paint_score(painter: QPainter, where: QRect, score: int) -> None:
    """Paint a score of 0 to 100 as a bar of 4 px, centred in the height given."""
    tokens = theme.tokens()
    tall = theme.px(4)
    track = QRect(where.left(), where.center().y() - tall // 2 + 1, where.width(), tall)
    painting.box(painter, track, theme.mix(tokens.text, tokens.surface, 0.12), radius=tall / 2)
    share = min(100, max(0, score)) / 100
    filled = QRect(track.left(), track.top(), max(tall, round(track.width() * share)), tall)
    painting.box(painter, filled, tokens.accent, radius=tall / 2)


class ScoreBar(QWidget):
    """`78 [=====  ] Off supply since Friday`; the score is 0 to 100."""

    def __init__(self, score: int, *, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self._reason = one_line(reason)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_score(score, reason=reason)

    def show_score(self, score: int, *, reason: str = "") -> None:
        """Show another score."""
        self._score = score
        self._reason = one_line(reason)
        self.setAccessibleName(f"Priority {score} of 100. {self._reason}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = theme.px(24 + 8 + 56 + 8) + painting.width_of(self._reason, theme.font(12)) + 2
        return QSize(width, theme.px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(24 + 8 + 56), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        number = QRect(0, 0, theme.px(26), self.height())
        painting.words(painter, number, str(self._score), font=theme.font(13, 600), tint=tokens.text)
        bar = QRect(number.right() + theme.px(4), 0, theme.px(56), self.height())
        paint_score(painter, bar, self._score)
        left = bar.right() + theme.px(10)
        room = QRect(left, 0, self.width() - left, self.height())
        painting.words(painter, room, self._reason, font=theme.font(12), tint=tokens.muted)
