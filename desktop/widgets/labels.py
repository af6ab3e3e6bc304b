"""Words on a screen in the sizes of the look, always as plain text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.widgets.plain import one_line, set_tip


class Label(QLabel):
    """Text of a kind: body, strong, muted, caption, heading (15), title (18), display (24) or error."""

    def __init__(
        self,
        text: str = "",
        *,
        kind: str = "body",
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if selectable:
            flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            self.setTextInteractionFlags(flags)
        self.setText(text)


class Title(Label):
    """The name of a screen or a sheet: 18 px."""

    def __init__(self, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, kind="title", parent=parent)


class Heading(Label):
    """The name of a part of a screen: 15 px."""

    def __init__(self, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, kind="heading", parent=parent)


class Muted(Label):
    """Secondary words at body size; wraps unless told otherwise."""

    def __init__(self, text: str = "", *, wrap: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(text, kind="muted", wrap=wrap, parent=parent)


class Caption(Label):
    """Secondary words at 12 px: times, hints, counts."""

    def __init__(self, text: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, kind="caption", wrap=wrap, parent=parent)


class ElidedLabel(Label):
    """One line that gives way: cut with an ellipsis where there is no room, whole in the tool tip."""

    def __init__(self, text: str = "", *, kind: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(text, kind=kind, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(one_line(text))
        set_tip(self, one_line(text))
        self.setAccessibleName(one_line(text))

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.averageCharWidth() * 4, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        room = self.contentsRect()
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)
