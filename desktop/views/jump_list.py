"""What the search in the header found, under it: cases to jump to, by keys or by a click."""

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from casework.questions.picks import JumpHit
from casework.questions.sheets import JumpList
from casework.values import CaseStatus
from desktop import theme
from desktop.messages import MATCHED
from desktop.widgets.labels import Caption
from desktop.widgets.rows import ROW_ROLE, Row, RowChip, RowList, row_sentence

Index = QModelIndex | QPersistentModelIndex
_MOST_SHOWN = 8


class _Hits(QAbstractListModel):
    """The hits as rows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, Row], ...] = ()

    def show_hits(self, hits: tuple[JumpHit, ...]) -> None:
        self.beginResetModel()
        self._rows = tuple((hit.case_id, _row(hit)) for hit in hits)
        self.endResetModel()

    def case_at(self, row: int) -> str:
        return self._rows[row][0] if 0 <= row < len(self._rows) else ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = 0) -> object:
        row = self._rows[index.row()][1]
        if role == 0:
            return row.title
        if role == ROW_ROLE:
            return row
        return row_sentence(row) if role == Qt.ItemDataRole.AccessibleTextRole else None


class JumpPopup(QFrame):
    """Lies under the search field while it has words in it; `chosen(case id)` when one is picked.

    The keyboard stays in the field: up and down move through the list, Enter opens, Escape closes.
    """

    chosen = Signal(str)

    def __init__(self, field: QLineEdit, *, over: QWidget) -> None:
        super().__init__(over)
        self._field = field
        self._model = _Hits()
        self.setObjectName("jump")
        self.setProperty("surface", "popup")
        self.list = RowList(name="Cases found")
        self.list.setObjectName("jump-list")
        self.list.setModel(self._model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda index: self._choose(index.row()))
        self._foot = Caption()
        self._foot.setObjectName("jump-foot")
        self._foot.setContentsMargins(16, 6, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(self._foot)
        field.installEventFilter(self)
        self.hide()

    def show_hits(self, found: JumpList) -> None:
        """Shows what was found, under the field; says so when it is nothing."""
        self._model.show_hits(found.hits)
        self.list.setVisible(bool(found.hits))
        self._foot.setVisible(found.is_more or not found.hits)
        self._foot.setText("There are more; type more letters." if found.hits else "No case on this device matches.")
        if found.hits:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._place(len(found.hits))
        self.show()
        self.raise_()

    def enter(self) -> None:
        """Picks the row that is marked."""
        if self.isVisible():
            self._choose(self.list.currentIndex().row())

    def _choose(self, row: int) -> None:
        case_id = self._model.case_at(row)
        if case_id:
            self.hide()
            self.chosen.emit(case_id)

    def _place(self, hits: int) -> None:
        under = self._field.mapTo(self.window(), QPoint(0, self._field.height() + 4))
        row = self.list.sizeHintForRow(0) if hits else 0
        tall = row * min(hits, _MOST_SHOWN) + 4
        self.list.setFixedHeight(max(tall, 1))
        width = max(self._field.width(), theme.px(380))
        left = min(under.x(), self.window().width() - width - 8)
        self.setGeometry(max(8, left), under.y(), width, tall + (self._foot.sizeHint().height() if not hits else 0) + 2)
        self.setFixedHeight(self.sizeHint().height())

    def _move(self, by: int) -> None:
        row = min(max(self.list.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        self.list.setCurrentIndex(self._model.index(row, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and self.isVisible():
            if event.type() == QEvent.Type.FocusOut:
                self.hide()
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
                if event.key() in steps:
                    self._move(steps[Qt.Key(event.key())])
                    return True
                if event.key() == Qt.Key.Key_Escape:
                    self.hide()
        return super().eventFilter(watched, event)


def _row(hit: JumpHit) -> Row:
    chips = (RowChip("Closed", "neutral"),) if hit.status is CaseStatus.CLOSED else ()
    where = ", ".join(part for part in (hit.address, hit.postcode) if part)
    owner = f"{hit.step_name}, {hit.owner_name}" if hit.owner_name else hit.step_name
    return Row(
        title=hit.client or "No name given",
        detail=where or MATCHED[hit.matched],
        meta=hit.number,
        note=owner,
        chips=chips,
    )
