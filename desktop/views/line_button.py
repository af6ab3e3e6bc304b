"""A line of Today: a click opens the case, a tick finishes the task, a file dropped on it goes to its case."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import icons, theme
from desktop.models.agenda import Line
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.chips import CHIP_HEIGHT, chip_width, paint_chip
from desktop.widgets.drop_zone import paths_in
from desktop.widgets.plain import set_tip
from desktop.widgets.rows import Row, row_sentence

MARGIN = 16
SIDE = 28
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_K: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_J: 1}


class Mark(QWidget):
    """An icon in a soft circle, at the head of a band."""

    def __init__(self, icon: str, *, kind: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._kind = kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIDE), theme.px(SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        tint, soft = theme.tokens().of_kind(self._kind)
        paint_mark(QPainter(self), self.rect(), self._icon, tint=tint, soft=soft)


def paint_mark(painter: QPainter, spot: QRect, icon: str, *, tint: str, soft: str) -> None:
    """Paint an icon in a soft circle."""
    painting.box(painter, spot, soft, radius=spot.width() / 2)
    small = theme.px(14)
    within = QRect(0, 0, small, small)
    within.moveCenter(spot.center())
    icons.draw(painter, icon, within, tint)


class TickButton(QPushButton):
    """A circle that finishes a task when pressed; full once it is done."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_done = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_task(self, title: str, *, is_done: bool) -> None:
        """Say which task it finishes, or that it is done."""
        self.is_done = is_done
        self.setEnabled(not is_done)
        self.setAccessibleName("Done" if is_done else f"Finish: {title}")
        set_tip(self, "Done" if is_done else "Mark as done")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIDE), theme.px(SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        side = theme.px(18)
        where = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        is_near = self.isEnabled() and (self.underMouse() or self.isDown())
        tint = tokens.success if self.is_done else tokens.accent
        if self.is_done or self.isDown():
            painting.box(painter, where, tint, radius=side / 2)
        else:
            edge = tokens.accent if is_near else tokens.control
            painting.box(painter, where, None, edge=edge, radius=side / 2, width=max(1.5, tokens.border))
        if self.is_done or is_near:
            inner = where.adjusted(3, 3, -3, -3)
            ink = tokens.surface if self.is_done or self.isDown() else tokens.accent
            icons.draw(painter, "check", inner, ink)


class LineButton(QPushButton):
    """One line, painted: a tick, an avatar or an icon, two lines of words, when at the right.

    `opened(case id)` on a click or Enter, `ticked(task id)` on its circle, `dropped(case id, paths)` for files.
    """

    opened = Signal(str, str)
    ticked = Signal(str)
    dropped = Signal(str, list)
    stepped = Signal(int)

    def __init__(self, line: Line, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._is_over = False
        self._tick = TickButton(parent=self)
        self._tick.clicked.connect(lambda: self.ticked.emit(self.line.key))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.opened.emit(self.line.key, self.line.case_id))
        self.show_line(line)

    def show_line(self, line: Line) -> None:
        """Show another state of the line."""
        self.line = line
        opens = bool(line.case_id)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        fresh = "New: " if line.row.is_unread else ""
        self.setAccessibleName(f"{fresh}{row_sentence(line.row)}")
        set_tip(self, line.row.detail if len(line.row.detail) > 60 else "")
        self._tick.setVisible(bool(line.tick) or line.is_done)
        self._tick.setObjectName(f"tick-{line.key}")
        self._tick.show_task(line.tick, is_done=line.is_done)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.grown(40, 12))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._tick.sizeHint()
        self._tick.setGeometry(QRect(MARGIN - 5, (self.height() - side.height()) // 2, side.width(), side.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        if self._is_over:
            painting.box(painter, self.rect().adjusted(4, 1, -4, -1), tokens.selected, edge=tokens.accent, width=2)
        elif self.underMouse() and self.isEnabled() and self.line.case_id:
            painting.box(painter, self.rect().adjusted(6, 0, -6, 0), tokens.hover, radius=painting.RADIUS)
        inner = self.rect().adjusted(MARGIN, 0, -MARGIN, 0)
        inner.setLeft(self._paint_head(painter, inner))
        top = inner.center().y() - theme.px(19)
        self._paint_first(painter, QRect(inner.left(), top, inner.width(), theme.px(21)), self.line.row)
        below = QRect(inner.left(), top + theme.px(20), inner.width(), theme.px(19))
        painting.words(painter, below, self.line.row.detail, font=theme.font(12), tint=tokens.muted)

    def _paint_head(self, painter: QPainter, inner: QRect) -> int:
        """What stands at the head of the line; answers where the words begin."""
        tokens = theme.tokens()
        if self._tick.isVisibleTo(self):
            return MARGIN - 5 + theme.px(SIDE) + theme.px(7)
        side = theme.px(SIDE)
        spot = QRect(inner.left(), inner.center().y() - side // 2 + 1, side, side)
        if self.line.row.avatar:
            paint_avatar(painter, spot, self.line.row.avatar)
        else:
            tint, soft = tokens.of_kind("accent" if self.line.row.is_unread else "neutral")
            paint_mark(painter, spot, self.line.icon or "circle", tint=tint, soft=soft)
        return spot.right() + theme.px(10)

    def _paint_first(self, painter: QPainter, room: QRect, row: Row) -> None:
        tokens = theme.tokens()
        room = QRect(room)
        if row.is_unread:
            painting.dot(
                painter, QPointF(room.right() - theme.px(4), room.center().y() + 1), theme.px(4), tokens.accent
            )
            room.setRight(room.right() - theme.px(14))
        if row.meta:
            face = theme.font(12, 500 if self.line.is_late else 400)
            wide = min(painting.width_of(row.meta, face), room.width() // 2)
            spot = QRect(room.right() - wide + 1, room.top(), wide, room.height())
            tint = tokens.warning if self.line.is_late else tokens.muted
            painting.words(painter, spot, row.meta, font=face, tint=tint, align=Qt.AlignmentFlag.AlignRight)
            room.setRight(spot.left() - theme.px(8))
        face = theme.font(13, 400 if self.line.is_done else 600)
        taken = sum(chip_width(chip.words) + theme.px(6) for chip in row.chips)
        title = QRect(room)
        title.setWidth(max(theme.px(60), room.width() - taken))
        tint = tokens.muted if self.line.is_done else tokens.text
        left = room.left() + painting.words(painter, title, row.title, font=face, tint=tint) + theme.px(8)
        for chip in row.chips:
            wide, tall = chip_width(chip.words), theme.px(CHIP_HEIGHT - 2)
            if left + wide > room.right() + 1:
                return
            spot = QRect(left, room.center().y() - tall // 2 + 1, wide, tall)
            paint_chip(painter, spot, chip.words, kind=chip.kind, icon=chip.icon)
            left += wide + theme.px(6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key == Qt.Key.Key_X and self.line.tick:
            self._tick.click()
        elif key in _STEPS:
            self.stepped.emit(_STEPS[key])
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.line.case_id and paths_in(event.mimeData()):
            event.acceptProposedAction()
            self._lift(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._lift(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._lift(False)
        paths = paths_in(event.mimeData())
        if paths and self.line.case_id:
            event.acceptProposedAction()
            self.dropped.emit(self.line.case_id, paths)

    def _lift(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()
