"""A row that breaks into lines when there is no room, as words do: for chips and for bars of buttons."""

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


class FlowLayout(QLayout):
    """Items from left to right at the size they ask for, on as many lines as they need."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = spacing
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), dry=True)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, dry=False)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return self._with_margins(QSize(width, max((size.height() for size in shown), default=0)))

    def minimumSize(self) -> QSize:
        widest = QSize()
        for item in self._items:
            widest = widest.expandedTo(item.minimumSize())
        return self._with_margins(widest)

    def _with_margins(self, size: QSize) -> QSize:
        around = self.contentsMargins()
        return size + QSize(around.left() + around.right(), around.top() + around.bottom())

    def _place(self, rect: QRect, *, dry: bool) -> int:
        """Put the items in their places; answers the height that takes."""
        around = self.contentsMargins()
        room = rect.marginsRemoved(around)
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        taken = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(max(room.width(), item.minimumSize().width()), 100_000))
            if lines[-1] and taken + size.width() > room.width():
                lines.append([])
                taken = 0
            lines[-1].append((item, size))
            taken += size.width() + self._gap
        top = room.top()
        for line in lines:
            tall = max((size.height() for _, size in line), default=0)
            left = room.left()
            for item, size in line:
                if not dry:
                    item.setGeometry(QRect(QPoint(left, top + (tall - size.height()) // 2), size))
                left += size.width() + self._gap
            top += tall + self._gap
        return top - self._gap - rect.top() + around.bottom()


class FlowRow(QWidget):
    """A widget around a FlowLayout: `FlowRow(chip, chip, button)`; `put` replaces what is in it."""

    def __init__(self, *parts: QWidget, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing=spacing)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for part in parts:
            self._flow.addWidget(part)

    def put(self, *parts: QWidget) -> None:
        """Show these instead."""
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for part in parts:
            self._flow.addWidget(part)
        self.updateGeometry()
