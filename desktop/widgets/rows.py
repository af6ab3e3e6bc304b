"""Rows of a list painted in one go: avatar, two lines of words, chips, a score; no widget per row."""

from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.chips import CHIP_HEIGHT, chip_width, paint_chip
from desktop.widgets.score_bar import paint_score

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 100


class RowChip(NamedTuple):
    """A chip in a row: what it says, its kind, and an icon of its own if the kind's does not do."""

    words: str
    kind: str = "neutral"
    icon: str = ""


class Row(NamedTuple):
    """What a row shows; a model gives it for `ROW_ROLE`. Empty parts are left out.

    `avatar` is a name; `meta` stands right of the first line, `note` right of the second; `score` is 0 to 100, or -1.
    """

    title: str
    detail: str = ""
    avatar: str = ""
    meta: str = ""
    note: str = ""
    chips: tuple[RowChip, ...] = ()
    score: int = -1
    is_queue: bool = False
    is_unread: bool = False


def row_sentence(row: Row) -> str:
    """The row as one sentence: what a model answers for AccessibleTextRole."""
    score = f"priority {row.score}" if row.score >= 0 else ""
    parts = [row.title, row.detail, *(chip.words for chip in row.chips), row.meta, score, row.note]
    return ", ".join(part for part in parts if part)


Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints a `Row`: 56 px with two lines of words, 36 px with one; `lines` are the hairlines between rows."""

    def __init__(self, *, two_lines: bool = True, lines: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._two_lines = two_lines
        self._lines = lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(theme.px(160), theme.grown(42, 14) if self._two_lines else theme.grown(20, 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            super().paint(painter, option, index)
            return
        painter.save()
        where = option.rect
        self._paint_ground(painter, option, where)
        inner = where.adjusted(self._margin(), 0, -self._margin(), 0)
        if row.avatar:
            side = theme.px(28 if self._two_lines else 22)
            spot = QRect(inner.left(), inner.center().y() - side // 2 + 1, side, side)
            paint_avatar(painter, spot, row.avatar, queue=row.is_queue)
            inner.setLeft(spot.right() + theme.px(12))
        if self._two_lines:
            top = inner.center().y() - theme.px(20)
            self._paint_first(painter, QRect(inner.left(), top, inner.width(), theme.px(22)), row)
            self._paint_second(painter, QRect(inner.left(), top + theme.px(21), inner.width(), theme.px(20)), row)
        else:
            self._paint_single(painter, inner, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, where: QRect) -> None:
        tokens = theme.tokens()
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected and not self._lines:
            painting.box(painter, where, tokens.selected, edge=tokens.accent if tokens.border > 1 else None, width=2)
        elif is_selected:
            painter.fillRect(where, theme.colour("selected"))
            bar = QRect(where.left(), where.top(), 3, where.height())
            painter.fillRect(bar, theme.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painting.box(painter, where, tokens.hover, radius=0 if self._lines else painting.RADIUS)
        line = QRect(where.left() + self._margin(), where.bottom(), where.width() - self._margin(), 1)
        if self._lines and not is_selected:
            painter.fillRect(line, theme.colour("hairline"))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painting.box(painter, where.adjusted(2, 2, -2, -2), None, edge=tokens.accent, width=2, radius=4)

    def _margin(self) -> int:
        return 16 if self._lines else 8

    def _paint_first(self, painter: QPainter, where: QRect, row: Row) -> None:
        """Title, then chips as far as there is room, then the meta words at the right."""
        tokens = theme.tokens()
        room = QRect(where)
        if row.meta:
            room.setRight(_at_right(painter, room, row.meta))
        face = theme.font(13, 600)
        least = min(painting.width_of(row.title, face), theme.px(110))
        shown: list[RowChip] = []
        taken = 0
        for chip in row.chips:
            wide = chip_width(chip.words) + theme.px(6)
            if least + taken + wide > room.width():
                break
            taken += wide
            shown.append(chip)
        title = QRect(room.left(), room.top(), room.width() - taken, room.height())
        left = room.left() + painting.words(painter, title, row.title, font=face, tint=tokens.text) + theme.px(8)
        for chip in shown:
            wide, tall = chip_width(chip.words), theme.px(CHIP_HEIGHT - 2)
            spot = QRect(left, room.center().y() - tall // 2 + 1, wide, tall)
            paint_chip(painter, spot, chip.words, kind=chip.kind, icon=chip.icon)
            left += wide + theme.px(6)

    def _paint_second(self, painter: QPainter, where: QRect, row: Row) -> None:
        """Detail at the left; at the right the score's bar, always in the same place, and the note before it."""
        tokens = theme.tokens()
        room = QRect(where)
        if row.score >= 0:
            bar = QRect(room.right() - theme.px(40) + 1, room.top(), theme.px(40), room.height())
            paint_score(painter, bar, row.score)
            room.setRight(bar.left() - theme.px(10))
        if row.note and where.width() >= theme.px(240):
            wide = min(painting.width_of(row.note, theme.font(12)), where.width() * 40 // 100)
            spot = QRect(room.right() - wide + 1, where.top(), wide, where.height())
            painting.words(
                painter, spot, row.note, font=theme.font(12), tint=tokens.muted, align=Qt.AlignmentFlag.AlignRight
            )
            room.setRight(spot.left() - theme.px(12))
        painting.words(painter, room, row.detail, font=theme.font(12), tint=tokens.muted)

    def _paint_single(self, painter: QPainter, where: QRect, row: Row) -> None:
        tokens = theme.tokens()
        room = QRect(where)
        if row.meta:
            room.setRight(_at_right(painter, room, row.meta))
        taken = painting.words(painter, room, row.title, font=theme.font(13, 500), tint=tokens.text)
        room.setLeft(room.left() + taken + theme.px(10))
        painting.words(painter, room, row.detail, font=theme.font(12), tint=tokens.muted)


def _at_right(painter: QPainter, room: QRect, words: str) -> int:
    """Paint quiet words at the right edge; answers where the room before them ends."""
    face = theme.font(12)
    wide = min(painting.width_of(words, face), room.width() // 2)
    spot = QRect(room.right() - wide + 1, room.top(), wide, room.height())
    painting.words(painter, spot, words, font=face, tint=theme.tokens().muted, align=Qt.AlignmentFlag.AlignRight)
    return spot.left() - theme.px(8)


class RowList(QListView):
    """A list of painted rows: one selection, smooth scrolling, sizes asked once."""

    def __init__(self, *, name: str, two_lines: bool = True, lines: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(RowDelegate(two_lines=two_lines, lines=lines, parent=self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        theme.changes.changed.connect(self.scheduleDelayedItemsLayout)
