"""The cases as a list: a table with ticks, driven by keys and by clicks (S22, S26)."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from casework.questions.shown import CaseRow
from desktop import theme
from desktop.models.case_table import PLACES, CaseTable, today_here
from desktop.views.case_cells import CaseCells, CaseHead
from desktop.widgets.tables import TableView

# How many cases Ctrl+A reaches at most.
TICK_MOST = 2_000
# Widths in design px; the client has what is left.
_WIDTHS = {
    "tick": 40,
    "number": 88,
    "area": 118,
    "step": 170,
    "owner": 154,
    "task": 200,
    "priority": 92,
    "activity": 108,
}
_LEAST_CLIENT, _LEAST_TASK = 176, 146
_ENOUGH_CLIENT = 230
# What a column may get of the rest: its share, and design px at most.
_GROWS = {"task": (0.45, 190), "area": (0.2, 70), "owner": (0.15, 60)}
# What goes first where there is no room.
_GIVES_WAY = ("activity", "area", "priority", "number")


class CaseList(TableView):
    """`opened(id)` on Enter or a double click. X ticks the row, Ctrl+A all, Shift and Ctrl with the mouse as usual."""

    opened = Signal(str)

    def __init__(self, table: CaseTable, parent: QWidget | None = None) -> None:
        super().__init__(name="Cases", parent=parent)
        self.setObjectName("cases-list")
        self._table = table
        self._anchor = 0
        self._head = CaseHead(table, self)
        self.setHorizontalHeader(self._head)
        self.setModel(table)
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cells = CaseCells(table, self)
        self.setItemDelegate(self._cells)
        self._head.sectionClicked.connect(self._on_head)
        self.doubleClicked.connect(self._open)
        theme.changes.changed.connect(self._share_width)

    def current(self) -> CaseRow | None:
        """The case under the list's mark."""
        return self._table.row_at(self.currentIndex().row())

    def go_to(self, place: int) -> None:
        """Put the mark on a row, the nearest where there is none."""
        last = self._table.rowCount() - 1
        if last >= 0:
            self.setCurrentIndex(self._table.index(max(0, min(place, last)), PLACES["client"]))

    def spot_under(self) -> QPoint:
        """Where a menu for the current row opens, on the screen."""
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())

    def tick_all(self) -> None:
        """Tick every case that fits the filter, up to TICK_MOST."""
        self._table.fetch_up_to(TICK_MOST)
        self._table.tick_loaded()

    def look_at_the_day(self) -> None:
        """It may be another day than when the list was made."""
        self._cells.today = today_here()

    def _on_head(self, place: int) -> None:
        if place != PLACES["tick"]:
            self._table.sort_by(place)
            self.go_to(0)
        elif 0 < self._table.rowCount() <= self._table.ticked_count():
            self._table.untick_all()
        else:
            self.tick_all()

    def _open(self, index: QModelIndex) -> None:
        row = self._table.row_at(index.row())
        if row is not None and index.column() != PLACES["tick"]:
            self.opened.emit(row.id)

    def _share_width(self) -> None:
        """Columns that matter less give way, then the next task gets narrower, before a name is cut short."""
        room = self.viewport().width()
        hidden: set[str] = set()
        widths: dict[str, int] = {}
        for key in ("", *_GIVES_WAY):
            hidden |= {key}
            widths = {name: theme.px(width) for name, width in _WIDTHS.items() if name not in hidden}
            widths["client"] = room - sum(widths.values())
            if widths["client"] >= theme.px(_LEAST_CLIENT):
                break
        lacking = min(theme.px(_LEAST_CLIENT) - widths["client"], theme.px(_WIDTHS["task"] - _LEAST_TASK))
        if lacking > 0:
            widths["task"] -= lacking
            widths["client"] += lacking
        self._share_rest(widths)
        self._cells.marks_in_activity = "activity" not in hidden
        for name, place in PLACES.items():
            self.setColumnHidden(place, name in hidden)
            self.setColumnWidth(place, max(theme.px(40), widths.get(name, 0)))

    def _share_rest(self, widths: dict[str, int]) -> None:
        """On a wide screen the columns with the longest words get some of what the names do not need."""
        spare = max(0, widths["client"] - theme.px(_ENOUGH_CLIENT))
        for name, (share, most) in _GROWS.items():
            if name in widths:
                more = min(round(spare * share), theme.px(most))
                widths[name] += more
                widths["client"] -= more

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row.id)
        elif event.key() == Qt.Key.Key_X and not event.modifiers():
            self._table.tick(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.tick_all()
        elif event.key() == Qt.Key.Key_Escape:
            self._table.untick_all()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        keys = event.modifiers()
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if keys & Qt.KeyboardModifier.ShiftModifier:
            for place in range(min(self._anchor, index.row()), max(self._anchor, index.row()) + 1):
                self._table.tick(place, True)
        elif keys & Qt.KeyboardModifier.ControlModifier or index.column() == PLACES["tick"]:
            self._table.tick(index.row())
            self._anchor = index.row()
        else:
            self._anchor = index.row()
        super().mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._hover(self.rowAt(int(event.position().y())))
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._cells.hovered:
            self._cells.hovered = row
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
