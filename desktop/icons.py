"""Lucide icons drawn in the theme's colours: read when first painted, kept by name, size, colour and screen."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop import theme
from desktop.theme.current import RESOURCES

STROKE = "1.75"


def pixmap(name: str, size: int, tint: str, ratio: float = 1.0) -> QPixmap:
    """One icon of `size` logical px in a colour (`#RRGGBB`) for a screen of this pixel ratio.

    Raises FileNotFoundError for a name that is not in resources/icons: a bug, not bad luck.
    """
    return _drawn(name, size, tint, ratio)


def icon(name: str, role: str = "muted") -> QIcon:
    """An icon for buttons, fields and menus that follows the theme: `role` is a token's name (`accent`, `danger`)."""
    return QIcon(_ThemeIcon(name, role))


def draw(painter: QPainter, name: str, where: QRect, tint: str) -> None:
    """Paint an icon into a square, crisp on any screen."""
    device = painter.device()
    ratio = device.devicePixelRatio() if device else 1.0
    painter.drawPixmap(where.topLeft(), pixmap(name, where.width(), tint, ratio))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, tint: str, ratio: float) -> QPixmap:
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(_source(name, tint)).render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def _source(name: str, tint: str) -> QByteArray:
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    text = text.replace("currentColor", tint).replace('stroke-width="2"', f'stroke-width="{STROKE}"')
    return QByteArray(text.encode())


class _ThemeIcon(QIconEngine):
    """Asks for the colour when painted, so that one icon serves every theme."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def _tint(self, mode: QIcon.Mode) -> str:
        role = "control" if mode == QIcon.Mode.Disabled else self._role
        return str(getattr(theme.tokens(), role))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        side = min(rect.width(), rect.height())
        where = QRect(0, 0, side, side)
        where.moveCenter(rect.center())
        draw(painter, self._name, where, self._tint(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        del state
        side = round(min(size.width(), size.height()) / scale)
        return pixmap(self._name, side, self._tint(mode), scale)

    def clone(self) -> "QIconEngine":
        return _ThemeIcon(self._name, self._role)
