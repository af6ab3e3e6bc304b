"""How a card of the board looks: client, area, owner's initials, what is due, how long it has stood there."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from casework.questions.shown import CaseRow, DueBand
from casework.values import OwnerKind, Priority
from desktop import icons, theme
from desktop.messages import NOBODY, PRIORITIES
from desktop.models.board import CARD_ROLE, age_words
from desktop.models.case_table import NO_NAME, NO_TASK, area_words, is_pressing, today_here
from desktop.models.paged_rows import Index
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.chips import CHIP_HEIGHT, chip_width, paint_chip
from desktop.widgets.due_chip import due_words

GAP = 8
_PAD = 12


class CardPainter(QStyledItemDelegate):
    """Paints one card of four lines: name and owner, area, marks, what is due and the age."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        card = index.data(CARD_ROLE)
        marks = isinstance(card, CaseRow) and bool(_marks(card))
        return QSize(option.rect.width(), theme.px(70 + (26 if marks else 0)) + 2 * _PAD // 2 + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card = index.data(CARD_ROLE)
        if not isinstance(card, CaseRow):
            return
        painter.save()
        where = option.rect.adjusted(0, 0, 0, -GAP)
        self._ground(painter, option, where)
        inner = where.adjusted(_PAD, _PAD // 2, -_PAD, -_PAD // 2)
        line = QRect(inner.left(), inner.top() + theme.px(1), inner.width(), theme.px(24))
        self._who(painter, line, card)
        line.translate(0, theme.px(20))
        painting.words(painter, line, area_words(card), font=theme.font(12), tint=theme.tokens().muted)
        line.translate(0, theme.px(24))
        if _marks(card):
            self._mark(painter, line, card)
            line.translate(0, theme.px(26))
        self._due(painter, line, card)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, where: QRect) -> None:
        tokens = theme.tokens()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        edge = tokens.accent if is_selected else tokens.hairline
        if not is_selected and option.state & QStyle.StateFlag.State_MouseOver:
            edge = tokens.control
        fill = tokens.selected if is_selected and is_focused else tokens.surface
        width = 2 if is_selected else tokens.border
        painting.box(painter, where, fill, edge=edge, radius=painting.CARD_RADIUS, width=width)

    def _who(self, painter: QPainter, line: QRect, card: CaseRow) -> None:
        side = theme.px(22)
        spot = QRect(line.right() - side + 1, line.top() + 1, side, side)
        paint_avatar(painter, spot, card.owner_name or NOBODY, queue=card.owner_kind is OwnerKind.QUEUE)
        room = line.adjusted(0, 0, -side - theme.px(8), 0)
        painting.words(painter, room, card.client or NO_NAME, font=theme.font(13, 600), tint=theme.tokens().text)

    def _mark(self, painter: QPainter, line: QRect, card: CaseRow) -> None:
        left = line.left()
        for words, kind, icon in _marks(card):
            wide = min(chip_width(words), line.right() - left + 1)
            if wide < theme.px(40):
                return
            tall = theme.px(CHIP_HEIGHT - 2)
            spot = QRect(left, line.center().y() - tall // 2 + 1, wide, tall)
            paint_chip(painter, spot, words, kind=kind, icon=icon)
            left = spot.right() + theme.px(6)

    def _due(self, painter: QPainter, line: QRect, card: CaseRow) -> None:
        """The next task with its day at the left, how long the case has stood at its step at the right."""
        tokens = theme.tokens()
        age = age_words(card)
        face = theme.font(12)
        wide = painting.width_of(age, face)
        at_right = QRect(line.right() - wide, line.top(), wide + 1, line.height())
        painting.words(painter, at_right, age, font=face, tint=tokens.muted, align=Qt.AlignmentFlag.AlignRight)
        room = line.adjusted(0, 0, -wide - theme.px(10), 0)
        if card.next_band is DueBand.OVER:
            painting.words(painter, room, NO_TASK, font=face, tint=tokens.muted)
            return
        words, kind, icon = due_words(card.next_due, today_here())
        tint = tokens.of_kind(kind)[0]
        side = theme.px(14)
        icons.draw(painter, icon, QRect(room.left(), room.center().y() - side // 2 + 1, side, side), tint)
        room.setLeft(room.left() + side + theme.px(5))
        taken = painting.words(painter, room, words, font=theme.font(12, 500), tint=tint)
        rest = room.adjusted(taken + theme.px(6), 0, 0, 0)
        if rest.width() > theme.px(24):
            painting.words(painter, rest, card.next_task, font=face, tint=tokens.muted)


def _marks(card: CaseRow) -> list[tuple[str, str, str]]:
    """What must not be missed: (words, kind, icon)."""
    marks = []
    if is_pressing(card):
        kind = "danger" if card.priority is Priority.URGENT else "warning"
        marks.append((PRIORITIES[card.priority], kind, "arrow-up"))
    if card.is_unsent:
        marks.append(("Kept here", "neutral", "cloud-off"))
    if card.open_decisions:
        marks.append((f"{card.open_decisions} to decide", "info", "scale"))
    return marks
