"""What happened, beside the work: a bar with a title, a sentence, up to three actions, and a way to put it away."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.chips import KIND_ICONS
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Label
from desktop.widgets.plain import announce

NoticeKind = Literal["info", "success", "warning", "danger"]
MOST_ACTIONS = 3


class _Mark(QWidget):
    """The icon of the kind, for people who do not see its colour."""

    def __init__(self, kind: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.grown(18, 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        side = theme.px(16)
        where = QRect(0, (self.height() - side) // 2, side, side)
        icons.draw(QPainter(self), KIND_ICONS[self._kind], where, theme.tokens().of_kind(self._kind)[0])


class NoticeBar(QWidget):
    """A notice beside the work. `actions` are (key, words); `acted(key)` says which was pressed.

    `dismissed` says that it was put away. It is spoken by screen readers when first shown.
    """

    acted = Signal(str)
    dismissed = Signal()

    def __init__(
        self,
        title: str,
        *,
        text: str = "",
        kind: NoticeKind = "info",
        actions: Sequence[tuple[str, str]] = (),
        dismissible: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: NoticeKind = kind
        self._spoken = f"{title}. {text}".strip()
        self.setObjectName("notice")
        self.setAccessibleName(self._spoken)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(_Mark(kind), 0, Qt.AlignmentFlag.AlignTop)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(8)
        self._body.addLayout(_written(title, text), 1)
        row.addLayout(self._body, 1)
        buttons = [self._action(key, words) for key, words in list(actions)[:MOST_ACTIONS]]
        self._actions = FlowRow(*buttons)
        self._body.addWidget(self._actions, 0, Qt.AlignmentFlag.AlignTop)
        # only now that it has a parent: shown before, it would be a window for a moment
        self._actions.setVisible(bool(buttons))
        if dismissible:
            close = IconButton("x", name="Put this notice away")
            close.setObjectName("notice-dismiss")
            close.clicked.connect(self._put_away)
            row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def announce(self) -> None:
        """Have a screen reader say the notice; whoever shows it calls this once."""
        announce(self, self._spoken)

    def _action(self, key: str, words: str) -> Button:
        button = Button(words, small=True)
        button.setObjectName(f"notice-{key}")
        button.clicked.connect(lambda: self.acted.emit(key))
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self._actions.sizeHint().width() * 5 > self.width() * 2
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._body.setDirection(way)

    def _put_away(self) -> None:
        self.hide()
        self.dismissed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        tokens = theme.tokens()
        tint, soft = tokens.of_kind(self._kind)
        edge = theme.mix(tint, soft, 0.3) if tokens.border == 1 else tint
        painting.box(QPainter(self), self.rect(), soft, edge=edge, width=tokens.border)


def _written(title: str, text: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(2)
    column.setContentsMargins(0, 6, 0, 5)
    column.addWidget(Label(title, kind="strong", wrap=True))
    if text:
        column.addWidget(Label(text, wrap=True, selectable=True))
    column.addStretch(1)
    return column


class NoticeStack(QWidget):
    """Notices under a header, the newest on top; the same key replaces, and there are never more than three."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self._bars: dict[str, NoticeBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.setSpacing(8)
        self.hide()

    def put(self, key: str, bar: NoticeBar) -> NoticeBar:
        """Show a notice; one with the same key, and the oldest beyond three, go."""
        self.take(key)
        while len(self._bars) >= 3:
            self.take(next(iter(self._bars)))
        self._bars[key] = bar
        self._column.insertWidget(0, bar)
        bar.dismissed.connect(lambda: self.take(key))
        bar.show()
        self.show()
        bar.announce()
        return bar

    def take(self, key: str) -> None:
        """Put a notice away, if it is there."""
        bar = self._bars.pop(key, None)
        if bar is not None:
            bar.hide()
            self._column.removeWidget(bar)
            bar.deleteLater()
        self.setVisible(bool(self._bars))

    def keys(self) -> list[str]:
        """The keys of the notices on show, oldest first."""
        return list(self._bars)
