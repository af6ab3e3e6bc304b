"""What things lie on: cards, plain panels, dividing lines, and a column that scrolls."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.widgets.labels import Heading


class Card(QFrame):
    """A surface with a hairline edge; fill its `column`, or give a title and put small buttons into `head`."""

    def __init__(
        self, title: str = "", *, surface: str = "card", padding: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", surface)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if title:
            self.setAccessibleName(title)
            self.head.addWidget(Heading(title))
            self.head.addStretch(1)
            self.column.addLayout(self.head)


class Divider(QFrame):
    """A hairline, across or down."""

    def __init__(self, *, down: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", "down" if down else "across")


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down only; fill its `column`, the space left over stays at the foot."""

    def __init__(self, *, padding: int = 24, spacing: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._inside = inside
        inside.setProperty("surface", "none")
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(padding, padding, padding, padding)
        outer.setSpacing(0)
        self.column = QVBoxLayout()
        self.column.setSpacing(spacing)
        outer.addLayout(self.column)
        outer.addStretch(1)
        self.setWidget(inside)

    def wanted_height(self, width: int) -> int:
        """How tall all of the column is at a width, in px."""
        layout = self._inside.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self._inside.sizeHint().height()
        return layout.heightForWidth(width)
