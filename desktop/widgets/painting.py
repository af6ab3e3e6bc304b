"""Strokes that the painted widgets share: soft boxes, words cut to fit, the ring of the keyboard's place."""

from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from desktop import theme
from desktop.widgets.plain import one_line

RADIUS = 6
CARD_RADIUS = 10
_LONGEST = 400


def box(
    painter: QPainter,
    where: QRect,
    fill: str | None,
    *,
    edge: str | None = None,
    radius: float = RADIUS,
    width: float = 1,
) -> None:
    """A filled rounded box with an edge inside its bounds; either may be left out."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tint(edge), width) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(theme.tint(fill) if fill else Qt.BrushStyle.NoBrush)
    inset = width / 2 if edge else 0.0
    painter.drawRoundedRect(QRectF(where).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def words(
    painter: QPainter,
    where: QRect,
    text: str,
    *,
    font: QFont,
    tint: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """One line of text as written, cut with an ellipsis to fit; answers the width it took in px."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(one_line(text[:_LONGEST]), Qt.TextElideMode.ElideRight, where.width())
    painter.setFont(font)
    painter.setPen(theme.tint(tint))
    painter.drawText(where, _in_the_middle(align), shown)
    return metrics.horizontalAdvance(shown)


@cache
def _in_the_middle(align: Qt.AlignmentFlag) -> int:
    """One line, in the middle of its height: to join flags anew for each word takes as long as to draw it."""
    return int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)


def width_of(text: str, font: QFont) -> int:
    """How wide one line of text is in px, at most what 400 letters take."""
    return QFontMetrics(font).horizontalAdvance(one_line(text[:_LONGEST])) + 1


def dot(painter: QPainter, centre: QPointF, radius: float, tint: str) -> None:
    """A filled circle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tint(tint))
    painter.drawEllipse(centre, radius, radius)
    painter.restore()


def chip(painter: QPainter, where: QRect, text: str, *, kind: str, icon: QRect | None = None) -> None:
    """The shape of a status chip: soft background, word in the kind's colour, room left for an icon."""
    tokens = theme.tokens()
    tint, soft = tokens.of_kind(kind)
    edge = tint if tokens.border > 1 else None
    box(painter, where, soft, edge=edge, radius=where.height() / 2, width=tokens.border)
    start = icon.right() + theme.px(4) if icon else where.left() + theme.px(8)
    inner = QRect(start, where.top(), where.right() - theme.px(7) - start + 1, where.height())
    words(painter, inner, text, font=theme.font(12, 500), tint=tint)
