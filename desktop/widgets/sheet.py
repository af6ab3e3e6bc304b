"""A form over the window without leaving it: a panel at the right, or a card in the middle."""

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets import painting
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.labels import Title
from desktop.widgets.surfaces import Divider, ScrollColumn

Place = Literal["right", "middle"]


class _Panel(QFrame):
    """The part of the sheet that holds the form."""

    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self._place: Place = place

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        radius = painting.CARD_RADIUS if self._place == "middle" else 0
        painting.box(painter, self.rect(), tokens.surface, edge=tokens.hairline, radius=radius, width=tokens.border)


class Sheet(QWidget):
    """Lies over its window: title, a column for the form, Cancel and the one action. Ctrl+Enter acts, Escape leaves.

    Fill `form` (a layout). `acted` says that the action was asked for, the sheet stays until `leave()`, so that a
    refusal can be shown in it; `left` says that it was closed without acting.
    """

    acted = Signal()
    left = Signal()

    def __init__(
        self,
        title: str,
        *,
        over: QWidget,
        action: str = "Save",
        place: Place = "right",
        width: int = 440,
        danger: bool = False,
    ) -> None:
        super().__init__(over)
        self._over = over
        self._place: Place = place
        self._width = width
        self._before: QWidget | None = None
        self.setObjectName("sheet")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._panel = _Panel(place, self)
        self.title = Title(title)
        close = IconButton("x", name="Close without saving")
        close.setObjectName("sheet-close")
        close.clicked.connect(self._give_up)
        head = QHBoxLayout()
        head.setContentsMargins(24, 14, 16, 14)
        head.addWidget(self.title, 1)
        head.addWidget(close)
        self._scroll = ScrollColumn(padding=24)
        self.form = self._scroll.column
        self.action = Button(action, kind="danger" if danger else "primary", key="Ctrl+Enter")
        self.action.setObjectName("sheet-action")
        self.action.clicked.connect(self.acted)
        cancel = Button("Cancel", kind="quiet")
        cancel.setObjectName("sheet-cancel")
        cancel.clicked.connect(self._give_up)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.action)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Divider())
        column.addWidget(self._scroll, 1)
        column.addWidget(Divider())
        column.addLayout(foot)
        over.installEventFilter(self)
        self.hide()

    def open(self, first: QWidget | None = None) -> None:
        """Show the sheet and put the keyboard on `first`, or on its action."""
        window = self.window()
        self._before = window.focusWidget()
        self._fit()
        self.show()
        self.raise_()
        (first or self.action).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Close the sheet and give the keyboard back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        self.leave()
        self.left.emit()

    def _fit(self) -> None:
        self.setGeometry(self._over.rect())
        wide = min(theme.px(self._width), self.width() - 32)
        if self._place == "right":
            self._panel.setGeometry(QRect(self.width() - wide, 0, wide, self.height()))
            return
        wanted = self._panel.sizeHint().height() - self._scroll.sizeHint().height() + self._scroll.wanted_height(wide)
        tall = min(max(wanted, theme.px(240)), self.height() - 64)
        self._panel.setGeometry((self.width() - wide) // 2, (self.height() - tall) // 2, wide, tall)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._fit()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the sheet while it lies over the window."""
        moved = super().focusNextPrevChild(forward)
        now = self.window().focusWidget()
        steps = 0
        while now is not None and not self.isAncestorOf(now) and steps < 500:
            moved = super().focusNextPrevChild(forward)
            now = self.window().focusWidget()
            steps += 1
        return moved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.acted.emit()
        else:
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        veil = QColor("#0A0E13")
        veil.setAlphaF(0.55 if theme.tokens().is_dark else 0.28)
        QPainter(self).fillRect(self.rect(), veil)
