"""A person or a queue as initials on a soft colour that is always the same for the same name."""

import zlib

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.plain import set_tip

# Pairs of words and background; each at least 4.6:1 (a test computes it).
LIGHT_PAIRS = (
    ("#0B5557", "#CFE8E6"),
    ("#1B4F91", "#D9E6F7"),
    ("#6A3A86", "#EADDF2"),
    ("#7A4300", "#F8E6CC"),
    ("#8A2C4B", "#F7DCE4"),
    ("#38561D", "#E0EBD1"),
    ("#4A4A86", "#E0E0F4"),
    ("#50545C", "#E3E6EA"),
)
DARK_PAIRS = (
    ("#8FDDD4", "#173B3A"),
    ("#A9CCFF", "#1E3350"),
    ("#DDBBF0", "#3A2748"),
    ("#FFCF8A", "#43301A"),
    ("#FFB3C7", "#472330"),
    ("#BFDD9C", "#2A3A1C"),
    ("#C3C3FA", "#2C2C52"),
    ("#C9D0D9", "#2D343E"),
)


def initials(name: str) -> str:
    """One or two letters: first and last word, titles such as Mrs left out; `?` for no letters at all."""
    found = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if len(found) > 1 and found[0].rstrip(".").lower() in {"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame"}:
        found = found[1:]
    if not found:
        return "?"
    return (found[0][0] + (found[-1][0] if len(found) > 1 else "")).upper()


def pair_for(name: str) -> tuple[str, str]:
    """Colour of the letters and of the background for a name in the theme that is on now."""
    pairs = DARK_PAIRS if theme.tokens().is_dark else LIGHT_PAIRS
    if theme.tokens().border > 1:
        return (theme.tokens().text, theme.tokens().bg)
    return pairs[zlib.crc32(name.encode()) % len(pairs)]


def paint_avatar(painter: QPainter, where: QRect, name: str, *, queue: bool = False) -> None:
    """Paint a round avatar, or a square one with a tray for a queue; lists use it in their delegates."""
    tint, soft = pair_for(name)
    edge = theme.tokens().text if theme.tokens().border > 1 else None
    painting.box(painter, where, soft, edge=edge, radius=theme.px(6) if queue else where.width() / 2)
    if queue:
        side = round(where.width() * 0.56)
        spot = QRect(0, 0, side, side)
        spot.moveCenter(where.center())
        icons.draw(painter, "inbox", spot, tint)
        return
    face = theme.font(12, 600)
    face.setPixelSize(max(9, round(where.width() * 0.4)))
    painting.words(painter, where, initials(name), font=face, tint=tint, align=Qt.AlignmentFlag.AlignHCenter)


class Avatar(QWidget):
    """A person's initials in a circle (a queue's tray in a square)."""

    def __init__(self, name: str, *, side: int = 28, queue: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._side = side
        self._queue = queue
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_person(name, queue=queue)

    def show_person(self, name: str, *, queue: bool = False) -> None:
        """Show somebody else."""
        self._name = name
        self._queue = queue
        self.setAccessibleName(name)
        set_tip(self, name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        paint_avatar(QPainter(self), self.rect(), self._name, queue=self._queue)
