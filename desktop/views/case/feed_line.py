"""One line of the feed: who did what and when, the words as written, its marks, and links to click (X2, R13)."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from casework.questions.shown import FeedLine
from casework.values import ActivityKind, Standing
from desktop import icons, theme
from desktop.messages import KEPT_HERE, feed_marks, feed_sentence
from desktop.messages.receipts import receipt_sentence
from desktop.messages.times import here
from desktop.models.feed import WORDS, arrived_words, calm, happened_words, links_in
from desktop.views.case.pieces import LinkChip
from desktop.views.case.text_block import TextBlock
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.buttons import Button
from desktop.widgets.plain import set_tip

FOLD_AT = 420
FOLD_LINES = 6
HERE = "Kept here"
_KIND_ICONS = {
    ActivityKind.CREATED: "inbox",
    ActivityKind.TRIAGED: "user-check",
    ActivityKind.OWNER: "users",
    ActivityKind.STEP: "arrow-right",
    ActivityKind.EDITED: "pencil",
    ActivityKind.TASK_ADDED: "list-todo",
    ActivityKind.TASK_DONE: "circle-check",
    ActivityKind.TASK_MOVED: "user-plus",
    ActivityKind.TASK_CANCELLED: "ban",
    ActivityKind.DOCUMENT: "paperclip",
    ActivityKind.CLOSED: "archive",
    ActivityKind.REOPENED: "undo-2",
    ActivityKind.KEPT: "git-compare",
    ActivityKind.SETTLED: "scale",
}
_WORD_ICONS = {
    ActivityKind.NOTE: "message-square",
    ActivityKind.INTERACTION: "phone",
    ActivityKind.REVIEW: "clipboard-check",
}
WRITTEN_BEFORE = "Recorded by the previous owner"


class FeedLineView(QWidget):
    """Paints a line in one go; only its links and the fold of a long text are widgets. `open_link(url)`."""

    open_link = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: FeedLine | None = None
        self._text = ""
        self._is_unfolded = False
        self._links: list[LinkChip] = []
        self._fold: Button | None = None
        self._head = TextBlock()
        self._body = TextBlock()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_line(self, line: FeedLine) -> None:
        """Show a line; the same one again keeps its place."""
        if line == self._line:
            return
        is_other = self._line is None or line.id != self._line.id
        self._line = line
        self._text = calm(line.text.strip())
        if is_other:
            self._is_unfolded = False
        self.setObjectName(f"feed-{line.id}")
        self.setAccessibleName(self.sentence())
        set_tip(self, _tip(line))
        self._put_links()
        self._put_fold()
        self.updateGeometry()
        self._place()
        self.update()

    def line(self) -> FeedLine | None:
        """The line on show."""
        return self._line

    def sentence(self) -> str:
        """All of the line in words, for screen readers and for tests."""
        if self._line is None:
            return ""
        parts = [calm(feed_sentence(self._line)), self._when(), self._text, *self.marks()]
        return ". ".join(part.rstrip(".") for part in parts if part)

    def marks(self) -> list[str]:
        """What stands beside the words: recorded by the previous owner, a wrong clock, kept here."""
        line = self._line
        if line is None:
            return []
        marks = list(feed_marks(line))
        if line.standing is Standing.FORMER_OWNER and not any("previous owner" in mark for mark in marks):
            marks.insert(0, WRITTEN_BEFORE)
        return [mark.rstrip(".") for mark in marks]

    def _when(self) -> str:
        if self._line is None:
            return ""
        return " · ".join(part for part in (happened_words(self._line), arrived_words(self._line)) if part)

    def _marks_below(self) -> list[str]:
        """All but that it is only here so far, which stands before the time."""
        return [mark for mark in self.marks() if mark != KEPT_HERE]

    def _is_words(self) -> bool:
        return self._line is not None and self._line.kind in WORDS

    def _shown_text(self) -> str:
        if self._is_unfolded or not self._is_long():
            return self._text
        lines = self._text[:FOLD_AT].splitlines()[:FOLD_LINES]
        return "\n".join(lines).rstrip() + "…"

    def _is_long(self) -> bool:
        return len(self._text) > FOLD_AT or self._text.count("\n") >= FOLD_LINES

    def _put_links(self) -> None:
        urls = links_in(self._text) if self._line is not None else []
        for chip in self._links:
            chip.hide()
            chip.deleteLater()
        self._links = []
        for at, url in enumerate(urls):
            chip = LinkChip(url, parent=self)
            chip.setObjectName(f"feed-link-{at}")
            chip.asked.connect(self.open_link)
            chip.show()
            self._links.append(chip)

    def _put_fold(self) -> None:
        if self._fold is None and self._is_long():
            self._fold = Button("", kind="quiet", small=True, parent=self)
            self._fold.setObjectName("feed-fold")
            self._fold.clicked.connect(self._turn_fold)
        if self._fold is not None:
            self._fold.setVisible(self._is_long())
            words = "Show less" if self._is_unfolded else f"Show all {len(self._text):,} characters"
            self._fold.set_words(words)

    def _turn_fold(self) -> None:
        self._is_unfolded = not self._is_unfolded
        self._put_fold()
        self.updateGeometry()
        self._place()
        self.update()

    # -- geometry

    def _left(self) -> int:
        return theme.px(12 + 24 + 10)

    def _room(self, width: int) -> int:
        return max(theme.px(60), width - self._left() - theme.px(12))

    def _head_font(self) -> QFont:
        return theme.font(12, 500 if self._is_words() else 400)

    def _sentence_height(self, width: int) -> int:
        words = calm(feed_sentence(self._line))[:600] if self._line else ""
        return self._head.height(words, self._head_font(), self._room(width) - self._when_width())

    def _when_width(self) -> int:
        unsent = theme.px(12 + 3 + 6) + painting.width_of(f"{HERE} ·", theme.font(12)) if self._is_unsent() else 0
        tick = theme.px(12 + 5) if self._line is not None and tick_of(self._line) else 0
        return painting.width_of(self._when(), theme.font(12)) + theme.px(10) + unsent + tick

    def _is_unsent(self) -> bool:
        return self._line is not None and self._line.is_unsent

    def _text_height(self, width: int) -> int:
        if not self._text:
            return 0
        pad = theme.px(8) * 2 if self._is_words() else 0
        room = self._room(width) - (theme.px(10) * 2 if pad else 0)
        return self._body.height(self._shown_text(), theme.font(), room) + pad + theme.px(4)

    def _marks_height(self) -> int:
        return theme.px(18) if self._marks_below() else 0

    def _below(self) -> int:
        """The height of links and fold in one flowing row."""
        rows = self._flow_rows(self.width())
        return sum(max(widget.sizeHint().height() for widget in row) + 4 for row in rows)

    def _flow_rows(self, width: int) -> list[list[QWidget]]:
        shown: list[QWidget] = [*([self._fold] if self._fold and self._is_long() else []), *self._links]
        rows: list[list[QWidget]] = []
        taken = 0
        for widget in shown:
            wide = min(widget.sizeHint().width(), self._room(width))
            if not rows or taken + wide > self._room(width):
                rows.append([])
                taken = 0
            rows[-1].append(widget)
            taken += wide + 6
        return rows

    def _place(self) -> None:
        top = theme.px(6) + self._sentence_height(self.width()) + self._text_height(self.width()) + 4
        for row in self._flow_rows(self.width()):
            left = self._left()
            tall = 0
            for widget in row:
                size = widget.sizeHint()
                wide = min(size.width(), self._room(self.width()))
                widget.setGeometry(left, top, wide, size.height())
                left += wide + 6
                tall = max(tall, size.height())
            top += tall + 4

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = self._flow_rows(width)
        below = sum(max(widget.sizeHint().height() for widget in row) + 4 for row in rows)
        tall = self._sentence_height(width) + self._text_height(width) + below + self._marks_height()
        return max(theme.px(30), tall + theme.px(6) * 2)

    def sizeHint(self) -> QSize:
        width = self.width() or theme.px(360)
        return QSize(theme.px(200), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(30))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._text:
            menu = QMenu(self)
            copy = QAction(icons.icon("copy"), "Copy these words", menu)
            menu.addAction(copy)
            copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self._text))
            menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._line is None:
            return
        painter = QPainter(self)
        tokens = theme.tokens()
        top = theme.px(6)
        self._paint_mark(painter, top)
        tall = self._sentence_height(self.width())
        room = QRect(self._left(), top, self._room(self.width()) - self._when_width(), tall)
        self._head.paint(painter, room.left(), room.top(), theme.colour("text" if self._is_words() else "muted"))
        when = QRect(self._left(), top, self._room(self.width()), QFontMetrics(theme.font(12)).height())
        taken = painting.words(
            painter, when, self._when(), font=theme.font(12), tint=tokens.muted, align=Qt.AlignmentFlag.AlignRight
        )
        if self._is_unsent():
            self._paint_unsent(painter, when.adjusted(0, 0, -taken - theme.px(6), 0))
        elif tick_of(self._line):
            side = theme.px(12)
            spot = QRect(when.right() - taken - side - theme.px(5), when.center().y() - side // 2 + 1, side, side)
            icons.draw(painter, tick_of(self._line), spot, tokens.success if self._line.seen_by_name else tokens.muted)
        self._paint_text(painter, top + tall)
        self._paint_marks(painter)

    def _paint_unsent(self, painter: QPainter, where: QRect) -> None:
        tint = theme.tokens().muted
        align = Qt.AlignmentFlag.AlignRight
        taken = painting.words(painter, where, f"{HERE} ·", font=theme.font(12), tint=tint, align=align)
        side = theme.px(12)
        spot = QRect(where.right() - taken - side - theme.px(3), where.center().y() - side // 2 + 1, side, side)
        icons.draw(painter, "cloud-off", spot, tint)

    def _paint_mark(self, painter: QPainter, top: int) -> None:
        line, tokens = self._line, theme.tokens()
        assert line is not None
        side = theme.px(24)
        spot = QRect(theme.px(12), top - theme.px(2), side, side)
        if self._is_words():
            paint_avatar(painter, spot, line.by_name or "?")
            return
        painting.box(painter, spot, tokens.sunken, radius=side / 2)
        small = theme.px(13)
        inner = QRect(0, 0, small, small)
        inner.moveCenter(spot.center())
        icons.draw(painter, _KIND_ICONS.get(line.kind, "circle"), inner, tokens.muted)

    def _paint_text(self, painter: QPainter, top: int) -> None:
        tall = self._text_height(self.width()) - theme.px(4)
        if tall <= 0:
            return
        tokens = theme.tokens()
        where = QRect(self._left(), top + theme.px(4), self._room(self.width()), tall)
        if self._is_words():
            is_review = self._line is not None and self._line.kind is ActivityKind.REVIEW
            fill = tokens.info_soft if is_review else tokens.sunken
            painting.box(painter, where, fill, edge=tokens.hairline if tokens.border > 1 else None)
            where = where.adjusted(theme.px(10), theme.px(8), -theme.px(10), -theme.px(8))
        self._body.paint(painter, where.left(), where.top(), theme.colour("text"))

    def _paint_marks(self, painter: QPainter) -> None:
        marks = self._marks_below()
        if not marks:
            return
        tokens = theme.tokens()
        tall = theme.px(16)
        left = self._left()
        top = self.height() - theme.px(6) - tall
        for mark in marks:
            tint = tokens.warning
            side = theme.px(12)
            icons.draw(painter, _mark_icon(mark), QRect(left, top + 2, side, side), tint)
            room = QRect(left + side + theme.px(4), top, self.width() - left - side - theme.px(16), tall)
            left += side + theme.px(4) + painting.words(painter, room, mark, font=theme.font(12), tint=tint)
            left += theme.px(12)


def _mark_icon(mark: str) -> str:
    return "clock-alert" if "clock" in mark else "history" if "previous owner" in mark else "info"


def tick_of(line: FeedLine) -> str:
    """The icon of how far a line of one's own has come: accepted, or seen by the owner; "" for others' lines."""
    if not line.is_mine or line.is_unsent or not line.rev:
        return ""
    return "check-check" if line.seen_by_name else "check"


def _tip(line: FeedLine) -> str:
    happened = f"Happened {here(line.at):%d %b %Y, %H:%M}"
    if line.arrived_at is None:
        return f"{happened}. {KEPT_HERE}."
    return f"{happened}. {receipt_sentence(line)}"
