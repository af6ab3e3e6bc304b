"""Counts of a dry run as tiles; each shows the rows that it counts."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.flow import FlowLayout


class Tile(NamedTuple):
    """A count: which rows it stands for, how many, what they are called, its icon and kind."""

    key: str
    number: int
    words: str
    icon: str
    kind: str = "neutral"


class TileButton(QPushButton):
    """One tile, painted; checked while its rows are on show."""

    def __init__(self, tile: Tile, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = tile
        self.setObjectName(f"tile-{tile.key}")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.show_tile(tile)

    def show_tile(self, tile: Tile) -> None:
        """Show another count."""
        self.tile = tile
        self.setAccessibleName(f"{tile.number} {tile.words}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = painting.width_of(self.tile.words, theme.font(12)) + 28
        number = painting.width_of(str(self.tile.number), theme.font(24, 600)) + theme.px(16) + 40
        return QSize(max(words, number, theme.px(128)), theme.grown(48, 20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_on = self.isChecked()
        fill = tokens.selected if is_on else tokens.hover if self.underMouse() else tokens.surface
        edge = tokens.accent if is_on else tokens.hairline
        width = 2 if is_on else tokens.border
        painting.box(painter, self.rect(), fill, edge=edge, radius=painting.CARD_RADIUS, width=width)
        side = theme.px(16)
        tint = tokens.of_kind(self.tile.kind)[0]
        icons.draw(painter, self.tile.icon, QRect(self.width() - side - 12, 12, side, side), tint)
        top = QRect(14, 8, self.width() - 28, theme.px(28))
        painting.words(painter, top, str(self.tile.number), font=theme.font(24, 600), tint=tokens.text)
        below = QRect(14, top.bottom() + theme.px(2), self.width() - 24, theme.px(18))
        painting.words(painter, below, self.tile.words, font=theme.font(12), tint=tokens.muted)


class Tiles(QWidget):
    """Tiles in a row that breaks where it must; `chosen(key)` when another one is pressed."""

    chosen = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, TileButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._flow = FlowLayout(spacing=12)
        column.addLayout(self._flow)
        self._group.buttonClicked.connect(self._on_clicked)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these counts; those that are there already only change."""
        for tile in tiles:
            button = self._buttons.get(tile.key)
            if button is None:
                button = TileButton(tile)
                self._buttons[tile.key] = button
                self._group.addButton(button)
                self._flow.addWidget(button)
            button.show_tile(tile)
        keys = {tile.key for tile in tiles}
        for key, button in self._buttons.items():
            button.setVisible(key in keys)

    def choose(self, key: str) -> None:
        """Mark a tile without saying `chosen`."""
        self._buttons[key].setChecked(True)

    def _on_clicked(self, button: QPushButton) -> None:
        if isinstance(button, TileButton):
            self.chosen.emit(button.tile.key)
