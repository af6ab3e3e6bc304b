"""How the cells of the cases' table look: ticks, names with marks, step chips, owners, due chips; and its head."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from casework.questions.shown import CaseRow, DueBand
from casework.values import CaseStatus, OwnerKind, Priority
from desktop import icons, theme
from desktop.messages import NOBODY, PRIORITIES, STATUSES, stamp_words
from desktop.models.case_table import COLUMNS, NO_NAME, NO_TASK, PLACES, CaseTable, area_words, is_pressing, today_here
from desktop.models.paged_rows import Index
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.chips import CHIP_HEIGHT, chip_width, paint_chip
from desktop.widgets.due_chip import due_words

PAD = 10
_TICK_SIDE = 16
_KEPT = "Kept here"
# as a number: it is asked for every cell
_SELECTED = QStyle.StateFlag.State_Selected.value


def paint_tick(painter: QPainter, where: QRect, is_on: bool) -> None:
    """A box to tick, in the middle of `where`."""
    tokens = theme.tokens()
    side = theme.px(_TICK_SIDE)
    box = QRect(0, 0, side, side)
    box.moveCenter(where.center())
    fill = tokens.accent if is_on else tokens.surface
    painting.box(painter, box, fill, edge=None if is_on else tokens.control, radius=4, width=tokens.border)
    if is_on:
        icons.draw(painter, "check", box.adjusted(2, 2, -2, -2), tokens.on_accent)


class CaseCells(QStyledItemDelegate):
    """Paints a cell of a CaseTable; `hovered` is the row under the pointer.

    What is only kept here stands in the last column, or beside the name (`marks_in_activity` off) where that is hidden.
    """

    def __init__(self, table: CaseTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.hovered = -1
        self.marks_in_activity = True
        self.today: date = today_here()
        self._paints: dict[int, Callable[[QPainter, QRect, CaseRow], None]] = {
            PLACES["tick"]: self._tick,
            PLACES["number"]: self._number,
            PLACES["client"]: self._client,
            PLACES["area"]: self._area,
            PLACES["step"]: self._step,
            PLACES["owner"]: self._owner,
            PLACES["task"]: self._task,
            PLACES["priority"]: self._priority,
            PLACES["activity"]: self._activity,
        }

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._table.row_at(index.row())
        if row is None:
            return
        where = option.rect
        painter.save()
        self._ground(painter, option, where, index, row)
        self._paints[index.column()](painter, where.adjusted(PAD, 0, -PAD, 0), row)
        painter.restore()

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, where: QRect, index: Index, row: CaseRow
    ) -> None:
        is_selected = bool(option.state.value & _SELECTED)
        if self._table.is_ticked(row.id) or (is_selected and not self._table.ticked_count()):
            painter.fillRect(where, theme.colour("selected"))
        elif is_selected or index.row() == self.hovered:
            painter.fillRect(where, theme.colour("hover"))
        if is_selected and index.column() == 0:
            painter.fillRect(QRect(where.left(), where.top(), 3, where.height()), theme.colour("accent"))
        painter.fillRect(QRect(where.left(), where.bottom(), where.width(), 1), theme.colour("hairline"))

    def _tick(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        paint_tick(painter, where, self._table.is_ticked(row.id))

    def _number(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        _say(painter, where, row.number, muted=True)

    def _client(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        """The name gives way to the marks, which say what must not be missed."""
        marks = []
        if row.is_unsent and not self.marks_in_activity:
            marks.append((_KEPT, "neutral", "cloud-off"))
        if row.open_decisions:
            marks.append((f"{row.open_decisions} to decide", "info", "scale"))
        taken = sum(chip_width(words) + theme.px(6) for words, _, _ in marks)
        room = QRect(where)
        room.setWidth(max(where.width() - taken, theme.px(40)))
        left = room.left() + painting.words(
            painter, room, row.client or NO_NAME, font=theme.font(13, 500), tint=theme.tokens().text
        )
        for words, kind, icon in marks:
            left += theme.px(6)
            spot = _chip_spot(where, left, words)
            paint_chip(painter, spot, words, kind=kind, icon=icon)
            left = spot.right()

    def _area(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        _say(painter, where, area_words(row), muted=True)

    def _step(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        is_closed = row.status is CaseStatus.CLOSED
        words = STATUSES[row.status] if is_closed else row.step_name
        icon = "lock" if is_closed else "circle-dot"
        paint_chip(painter, _chip_spot(where, where.left(), words), words, kind="neutral", icon=icon)

    def _owner(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        name = row.owner_name or NOBODY
        side = theme.px(22)
        spot = QRect(where.left(), where.center().y() - side // 2 + 1, side, side)
        paint_avatar(painter, spot, name, queue=row.owner_kind is OwnerKind.QUEUE)
        _say(painter, where.adjusted(side + theme.px(8), 0, 0, 0), name)

    def _task(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        if row.next_band is DueBand.OVER:
            _say(painter, where, NO_TASK, muted=True)
            return
        words, kind, icon = due_words(row.next_due, self.today)
        spot = _chip_spot(where, where.left(), words)
        paint_chip(painter, spot, words, kind=kind, icon=icon)
        rest = where.adjusted(spot.width() + theme.px(8), 0, 0, 0)
        if rest.width() >= theme.px(36):
            _say(painter, rest, row.next_task, muted=True)

    def _priority(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        if not is_pressing(row):
            _say(painter, where, PRIORITIES[row.priority], muted=True)
            return
        words = PRIORITIES[row.priority]
        kind = "danger" if row.priority is Priority.URGENT else "warning"
        paint_chip(painter, _chip_spot(where, where.left(), words), words, kind=kind, icon="arrow-up")

    def _activity(self, painter: QPainter, where: QRect, row: CaseRow) -> None:
        if row.is_unsent:
            paint_chip(
                painter, _chip_spot(where, where.left(), "Kept here"), "Kept here", kind="neutral", icon="cloud-off"
            )
            return
        _say(painter, where, stamp_words(row.last_activity_at), muted=True)


def _say(painter: QPainter, where: QRect, words: str, *, muted: bool = False) -> None:
    tokens = theme.tokens()
    if where.width() > 0:
        painting.words(painter, where, words, font=theme.font(), tint=tokens.muted if muted else tokens.text)


def _chip_spot(where: QRect, left: int, words: str) -> QRect:
    tall = theme.px(CHIP_HEIGHT - 2)
    wide = min(chip_width(words), where.right() - left + 1)
    return QRect(left, where.center().y() - tall // 2 + 1, max(0, wide), tall)


class CaseHead(QHeaderView):
    """The head of the table: what it is sorted by and which way, and a box that ticks all."""

    def __init__(self, table: CaseTable, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = table
        self.setObjectName("cases-head")
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.ticks_changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.grown(18, 16))

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        tokens = theme.tokens()
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("hairline"))
        column = COLUMNS[logical_index]
        where = rect.adjusted(PAD, 0, -PAD, 0)
        if column.key == "tick":
            paint_tick(painter, where, 0 < self._table.rowCount() <= self._table.ticked_count())
        else:
            is_sorted = column.sort is self._table.order.by
            tint = tokens.text if is_sorted else tokens.muted
            wide = painting.words(painter, where, column.head, font=theme.font(12, 500), tint=tint)
            if is_sorted:
                side = theme.px(14)
                spot = QRect(where.left() + wide + theme.px(4), where.center().y() - side // 2 + 1, side, side)
                icons.draw(painter, "chevron-down" if self._table.order.is_descending else "chevron-up", spot, tint)
        painter.restore()
