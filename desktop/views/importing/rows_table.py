"""The table of a dry run's rows: ticks, names, what to check; driven by keys and by clicks."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.models.import_rows import COLUMNS, ImportRow, ImportRows, check_words
from desktop.models.paged_rows import Index
from desktop.views.case_cells import paint_tick
from desktop.widgets import painting
from desktop.widgets.chips import CHIP_HEIGHT, chip_width, paint_chip
from desktop.widgets.tables import TableView

_WIDTHS = {"tick": 40, "line": 52, "born": 102, "postcode": 90, "phone": 116, "check": 250}
_GIVES_WAY = ("phone", "born", "postcode", "line")
_LEAST_NAME = 130
_LEAST_CHECK = 184
_PLACES = {column.key: place for place, column in enumerate(COLUMNS)}


class _Cells(QStyledItemDelegate):
    def __init__(self, rows: ImportRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._rows.row_at(index.row())
        if row is None:
            return
        painter.save()
        where = option.rect
        tokens = theme.tokens()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(where, theme.colour("selected"))
            if index.column() == 0:
                painter.fillRect(QRect(where.left(), where.top(), 3, where.height()), theme.colour("accent"))
        painter.fillRect(QRect(where.left(), where.bottom(), where.width(), 1), theme.colour("hairline"))
        key = COLUMNS[index.column()].key
        inner = where.adjusted(10, 0, -8, 0)
        is_coming = self._rows.is_coming(row)
        if key == "tick":
            if row.person is not None and not row.is_here:
                paint_tick(painter, where, is_coming)
        elif key == "check":
            self._check(painter, inner, row)
        else:
            weight = 500 if key == "name" and is_coming else 400
            tint = tokens.text if key == "name" and is_coming else tokens.muted
            painting.words(painter, inner, str(index.data() or ""), font=theme.font(13, weight), tint=tint)
        painter.restore()

    def _check(self, painter: QPainter, where: QRect, row: ImportRow) -> None:
        words = check_words(row)
        if not words:
            return
        if row.excluded is not None or row.is_here:
            kind, icon = "neutral", "minus" if row.excluded else "check"
        elif row.likenesses:
            kind, icon = "info", "copy"
        else:
            kind, icon = "warning", "eye"
        tall = theme.px(CHIP_HEIGHT - 2)
        wide = min(chip_width(words), where.width())
        paint_chip(
            painter, QRect(where.left(), where.center().y() - tall // 2 + 1, wide, tall), words, kind=kind, icon=icon
        )


class RowsTable(TableView):
    """`looked(place)` when another row is under the mark. Space or X ticks a row off and on."""

    looked = Signal(int)

    def __init__(self, rows: ImportRows, parent: QWidget | None = None) -> None:
        super().__init__(name="Rows of the file", parent=parent)
        self.setObjectName("import-rows")
        self._rows = rows
        self.setModel(rows)
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Cells(rows, self))
        self.horizontalHeader().setStretchLastSection(False)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        theme.changes.changed.connect(self._share_width)

    def go_to(self, place: int) -> None:
        """Put the mark on a row."""
        self.setCurrentIndex(self._rows.index(place, _PLACES["name"]))

    def toggle(self, place: int) -> None:
        """Tick a person off, or on again."""
        row = self._rows.row_at(place)
        if row is not None and row.person is not None and not row.is_here:
            self._rows.leave_out(row.line, row.line not in self._rows.left_out)

    def _on_current(self, now: QModelIndex, before: QModelIndex) -> None:
        del before
        self.looked.emit(now.row())

    def _share_width(self) -> None:
        """What matters least gives way where there is no room; name and what to check share the rest."""
        room = self.viewport().width()
        shown = dict(_WIDTHS)
        least = theme.px(_LEAST_NAME + _LEAST_CHECK)
        for key in _GIVES_WAY:
            if sum(theme.px(shown[one]) for one in shown if one != "check") + least <= room:
                break
            shown.pop(key)
        taken = sum(theme.px(width) for key, width in shown.items() if key != "check")
        check = max(theme.px(_LEAST_CHECK), min(theme.px(_WIDTHS["check"]), (room - taken) // 2))
        for place, column in enumerate(COLUMNS):
            self.setColumnHidden(place, column.key not in shown and column.key != "name")
            if column.key in shown:
                self.setColumnWidth(place, check if column.key == "check" else theme.px(shown[column.key]))
        self.setColumnWidth(_PLACES["name"], max(theme.px(_LEAST_NAME), room - taken - check))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at: QPoint = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == _PLACES["tick"]:
            self.toggle(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Space, Qt.Key.Key_X) and self.currentIndex().isValid():
            self.toggle(self.currentIndex().row())
        elif key in (Qt.Key.Key_J, Qt.Key.Key_K):
            step = 1 if key == Qt.Key.Key_J else -1
            self.go_to(max(0, min(self._rows.rowCount() - 1, self.currentIndex().row() + step)))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not event.modifiers():
            event.setAccepted(Qt.Key(event.key()) in (Qt.Key.Key_Space, Qt.Key.Key_X))
            if event.isAccepted():
                return True
        return super().event(event)
