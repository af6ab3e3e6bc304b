"""Small marks: status chips (icon and word, never colour alone) and count badges."""

from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line, set_tip

Kind = Literal["neutral", "accent", "info", "success", "warning", "danger"]
KIND_ICONS: dict[str, str] = {
    "neutral": "circle",
    "accent": "circle-dot",
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-alert",
}
CHIP_HEIGHT = 22


def chip_width(text: str) -> int:
    """How wide a chip with an icon and this text is in px."""
    return theme.px(7 + 12 + 4 + 8) + painting.width_of(text, theme.font(12, 500)) + 1


def paint_chip(painter: QPainter, where: QRect, text: str, *, kind: str, icon: str = "") -> None:
    """Paint a chip; lists use it in their delegates."""
    side = theme.px(12)
    spot = QRect(where.left() + theme.px(7), where.center().y() - side // 2 + 1, side, side)
    painting.chip(painter, where, text, kind=kind, icon=spot)
    icons.draw(painter, icon or KIND_ICONS[kind], spot, theme.tokens().of_kind(kind)[0])


class Chip(QWidget):
    """A status in an icon and a word or two; not a control."""

    def __init__(self, text: str, *, kind: Kind = "neutral", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._kind: Kind = kind
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_status(text, kind=kind, icon=icon)

    def show_status(self, text: str, *, kind: Kind = "neutral", icon: str = "") -> None:
        """Change what the chip says."""
        self._text = one_line(text)
        self._kind = kind
        self._icon = icon
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What the chip says."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self._text), theme.px(CHIP_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(240)), theme.px(CHIP_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        paint_chip(QPainter(self), self.rect(), self._text, kind=self._kind, icon=self._icon)


class CountBadge(QWidget):
    """A number: quiet text, or filled where somebody has to act. Zero hides it."""

    def __init__(self, count: int = 0, *, filled: bool = False, what: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._filled = filled
        self._what = what
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_count(count)

    def show_count(self, count: int) -> None:
        """Show another number; above 999 it says 999+."""
        self._count = count
        self.setAccessibleName(f"{count} {self._what}".strip())
        set_tip(self, self.accessibleName())
        self.setVisible(count > 0)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """The number as shown."""
        return count_words(self._count)

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._count), theme.px(20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        paint_count(QPainter(self), self.rect(), self._count, filled=self._filled)


def count_words(count: int) -> str:
    """A count in at most four characters."""
    return "999+" if count > 999 else str(count)


def badge_width(count: int) -> int:
    """How wide a count badge is in px."""
    return max(theme.px(20), painting.width_of(count_words(count), theme.font(12, 600)) + theme.px(12))


def paint_count(painter: QPainter, where: QRect, count: int, *, filled: bool) -> None:
    """Paint a count: filled in the accent colour, or as quiet words."""
    tokens = theme.tokens()
    if filled:
        painting.box(painter, where, tokens.accent, radius=where.height() / 2)
    tint = tokens.on_accent if filled else tokens.muted
    face = theme.font(12, 600 if filled else 400)
    painting.words(painter, where, count_words(count), font=face, tint=tint, align=Qt.AlignmentFlag.AlignHCenter)
