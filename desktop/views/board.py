"""The cases as a board: a column for each step, cards to drag or to move with Alt and an arrow (S23, R20)."""

from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListView, QScrollArea, QVBoxLayout, QWidget

from casework.questions.shown import CaseRow
from desktop import theme
from desktop.messages import count_words
from desktop.models.board import CARD_MIME, BoardModel, ColumnModel
from desktop.views.board_cards import CardPainter
from desktop.widgets import painting
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Caption, Label
from desktop.widgets.plain import set_tip

COLUMN_LEAST, COLUMN_MOST = 236, 360


class CardList(QListView):
    """The cards of one step. `moved(by)` on Alt and an arrow, `left_for(by)` on an arrow alone."""

    moved = Signal(int)
    left_for = Signal(int)

    def __init__(self, model: ColumnModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_target = False
        self.setObjectName(f"cards-{model.column.step_id}")
        self.setAccessibleName(f"{model.column.name}, cases")
        self.setModel(model)
        self.setItemDelegate(CardPainter(self))
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("background: transparent;")
        theme.changes.changed.connect(self.scheduleDelayedItemsLayout)

    def is_target(self) -> bool:
        """Whether a card hangs over this step now."""
        return self._is_target

    def _hang(self, over: bool) -> None:
        self._is_target = over
        parent = self.parentWidget()
        if parent is not None:
            parent.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not by:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(by)
        else:
            self.left_for.emit(by)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._hang(event.mimeData().hasFormat(CARD_MIME))
        super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if event.mimeData().hasFormat(CARD_MIME):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hang(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hang(False)
        super().dropEvent(event)


class _Column(QFrame):
    """One step: its name, count and average, its cards, and a way to those that are not shown."""

    all_wanted = Signal()

    def __init__(self, model: ColumnModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setObjectName(f"column-{model.column.step_id}")
        self.cards = CardList(model, self)
        self._name = Label(kind="strong")
        self._count = Caption()
        self._count.setObjectName("column-count")
        self._average = Caption()
        self._average.setObjectName("column-average")
        self._more = Button("", kind="quiet", small=True)
        self._more.setObjectName("column-more")
        self._more.clicked.connect(self.all_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 4, 0)
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._average)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.cards, 1)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.recount()

    def recount(self) -> None:
        """Say how things stand at this step."""
        step = self.model.column
        self._name.setText(step.name[:40])
        self._count.setText(str(step.count))
        self._count.setAccessibleName(count_words(step.count, "case"))
        self._average.setText(f"avg {count_words(step.average_days, 'day')}" if step.count else "")
        set_tip(self._average, "Days at this step, on average")
        self._average.setAccessibleName(f"{count_words(step.average_days, 'day')} here on average")
        rest = step.count - len(step.cards)
        self._more.set_words(f"and {rest} more")
        self._more.setVisible(rest > 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = tokens.hairline if tokens.is_dark or tokens.border > 1 else tokens.sunken
        painting.box(painter, self.rect(), tokens.sunken, edge=edge, radius=painting.CARD_RADIUS, width=tokens.border)
        if self.cards.is_target():
            painter.fillRect(QRect(8, self.cards.y() - 5, self.width() - 16, 3), theme.colour("accent"))


class BoardView(QScrollArea):
    """All steps side by side. `opened(id)`; `wanted(card, step_id)` when a card was let go at another step.

    `step_wanted(step_id)` asks for all cases of a step as a list.
    """

    opened = Signal(str)
    wanted = Signal(object, str)
    step_wanted = Signal(str)

    def __init__(self, model: BoardModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cases-board")
        self.setAccessibleName("Board")
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = model
        self._columns: list[_Column] = []
        self._inside = QWidget()
        self._inside.setProperty("surface", "none")
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(16, 12, 16, 12)
        self._row.setSpacing(12)
        self.setWidget(self._inside)
        model.rebuilt.connect(self._rebuild)
        model.recounted.connect(self._recount)

    def current(self) -> CaseRow | None:
        """The case under the keyboard's mark."""
        for column in self._columns:
            if column.cards.hasFocus():
                return column.model.card_at(column.cards.currentIndex().row())
        picked = (column.cards.selectedIndexes() for column in self._columns)
        return next((self._columns[at].model.card_at(one[0].row()) for at, one in enumerate(picked) if one), None)

    def show_card(self, case_id: str) -> bool:
        """Put the mark on a case's card, wherever it is now; False where no card of it is shown."""
        at, place = self._model.find(case_id)
        if at < 0:
            return False
        self._enter(at, place)
        return True

    def spot_under(self) -> QPoint:
        """Where a menu for the current card opens, on the screen."""
        for column in self._columns:
            if column.cards.hasFocus():
                spot = column.cards.visualRect(column.cards.currentIndex()).bottomLeft()
                return column.cards.viewport().mapToGlobal(spot)
        return self.mapToGlobal(QPoint(24, 24))

    def take_focus(self) -> None:
        """Put the keyboard on the first card, unless it is on one already."""
        if not any(column.cards.hasFocus() for column in self._columns):
            first = next((at for at, column in enumerate(self._columns) if column.model.rowCount()), -1)
            if first >= 0:
                self._enter(first, 0)

    def _rebuild(self) -> None:
        for old in self._columns:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        self._columns = []
        for at, model in enumerate(self._model.columns):
            column = _Column(model)
            column.setMinimumWidth(theme.px(COLUMN_LEAST))
            column.setMaximumWidth(theme.px(COLUMN_MOST))
            column.all_wanted.connect(partial(self.step_wanted.emit, model.column.step_id))
            column.cards.moved.connect(partial(self._move, at))
            column.cards.left_for.connect(partial(self._leave_for, at))
            column.cards.doubleClicked.connect(partial(self._open, at))
            column.cards.selectionModel().selectionChanged.connect(partial(self._only_in, at))
            model.dropped.connect(partial(self._drop, at))
            self._columns.append(column)
            self._row.addWidget(column, 1)
        self._row.addStretch(0)

    def _recount(self) -> None:
        for column in self._columns:
            column.recount()

    def _only_in(self, at: int, *moved: object) -> None:
        """One mark on the whole board, not one in every column."""
        del moved
        if self._columns[at].cards.selectionModel().hasSelection():
            for other, column in enumerate(self._columns):
                if other != at:
                    column.cards.clearSelection()

    def _open(self, at: int) -> None:
        card = self._columns[at].model.card_at(self._columns[at].cards.currentIndex().row())
        if card is not None:
            self.opened.emit(card.id)

    def _move(self, at: int, by: int) -> None:
        card = self._columns[at].model.card_at(self._columns[at].cards.currentIndex().row())
        if card is not None and 0 <= at + by < len(self._columns):
            self.wanted.emit(card, self._columns[at + by].model.column.step_id)

    def _drop(self, at: int, case_id: str, step_id: str) -> None:
        del step_id
        source, place = self._model.find(case_id)
        card = self._columns[source].model.card_at(place) if source >= 0 else None
        if card is not None and source != at:
            self.wanted.emit(card, self._columns[at].model.column.step_id)

    def _leave_for(self, at: int, by: int) -> None:
        place = self._columns[at].cards.currentIndex().row()
        at += by
        while 0 <= at < len(self._columns):
            if self._columns[at].model.rowCount():
                self._enter(at, place)
                return
            at += by

    def _enter(self, at: int, place: int) -> None:
        column = self._columns[at]
        index = column.model.index(max(0, min(place, column.model.rowCount() - 1)))
        column.cards.setCurrentIndex(index)
        column.cards.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(column, 24, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        card = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and card is not None:
            self.opened.emit(card.id)
        else:
            super().keyPressEvent(event)
