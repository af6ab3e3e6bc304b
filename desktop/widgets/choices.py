"""One of a few, all in sight: the segmented control and the underlined tab bar."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop import theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line, without_mnemonic

Shape = Literal["segment", "tab"]
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class _Option(QPushButton):
    """One of the choices; painted as a segment or as a tab, with a quiet count after the word."""

    def __init__(self, key: str, text: str, *, shape: Shape, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self.words = one_line(text)
        self.count: int | None = None
        self._shape: Shape = shape
        self.setText(without_mnemonic(self.words))
        self.setAccessibleName(self.words)
        self.setObjectName(f"choice-{key}")
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def _face(self) -> QFont:
        return theme.font(13, 500)

    def _count_words(self) -> str:
        return "" if self.count is None else str(self.count)

    def sizeHint(self) -> QSize:
        pad, tall = (10, theme.grown(18, 10)) if self._shape == "segment" else (2, theme.grown(20, 16))
        width = painting.width_of(self.words, self._face()) + 2 * pad + 2
        if self.count is not None:
            width += theme.px(6) + painting.width_of(self._count_words(), theme.font(12))
        return QSize(width, tall)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        tint = tokens.text if self.isChecked() or self.underMouse() else tokens.muted
        if self._shape == "segment" and self.isChecked():
            where = self.rect().adjusted(2, 2, -2, -2)
            edge = tokens.hairline if tokens.border == 1 else tokens.accent
            painting.box(painter, where, tokens.surface, edge=edge, radius=4, width=tokens.border)
        if self._shape == "tab" and self.isChecked():
            tall = theme.px(2)
            painter.fillRect(QRect(0, self.height() - tall, self.width(), tall), theme.colour("accent"))
        left = max(0, (self.width() - self.sizeHint().width()) // 2) + (10 if self._shape == "segment" else 2)
        room = QRect(left, 0, self.width() - left, self.height())
        left += painting.words(painter, room, self.words, font=self._face(), tint=tint) + theme.px(6)
        if self.count is not None:
            room = QRect(left, 0, self.width() - left, self.height())
            painting.words(painter, room, self._count_words(), font=theme.font(12), tint=tokens.muted)


class _Choice(QWidget):
    """A row of options of which one is on; arrows move between them, Tab goes to the next control."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], *, name: str, shape: Shape, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._shape: Shape = shape
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._options: list[_Option] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0 if shape == "segment" else 20)
        for key, text in options:
            option = _Option(key, text, shape=shape, parent=self)
            self._group.addButton(option)
            self._options.append(option)
            row.addWidget(option)
        if shape == "tab":
            row.addStretch(1)
        self._group.buttonClicked.connect(self._on_clicked)
        if self._options:
            self.choose(self._options[0].key)

    def current(self) -> str:
        """The key of the option that is on; empty when there are no options."""
        return next((option.key for option in self._options if option.isChecked()), "")

    def choose(self, key: str) -> None:
        """Turn an option on without saying `chosen`."""
        for option in self._options:
            option.setChecked(option.key == key)
            option.setFocusPolicy(Qt.FocusPolicy.StrongFocus if option.key == key else Qt.FocusPolicy.ClickFocus)

    def set_count(self, key: str, count: int | None) -> None:
        """Show a quiet number after an option's word, or none."""
        for option in self._options:
            if option.key == key:
                option.count = count
                option.setAccessibleName(option.words if count is None else f"{option.words}, {count}")
                option.updateGeometry()
                option.update()

    def _on_clicked(self, option: QPushButton) -> None:
        if isinstance(option, _Option):
            self.choose(option.key)
            self.chosen.emit(option.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._options:
            super().keyPressEvent(event)
            return
        keys = [option.key for option in self._options]
        index = (keys.index(self.current()) + step) % len(keys)
        self.choose(keys[index])
        self._options[index].setFocus(Qt.FocusReason.TabFocusReason)
        self.chosen.emit(keys[index])


class SegmentedControl(_Choice):
    """Two to four short words in one box, one of them on: `[("people", "People"), ("queues", "Queues")]`."""

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(options, name=name, shape="segment", parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        tokens = theme.tokens()
        edge = tokens.hairline
        painting.box(QPainter(self), self.rect(), tokens.sunken, edge=edge, width=tokens.border)


class TabBar(_Choice):
    """Tabs as words with a line under the one that is on: `[("details", "Details"), ...]`."""

    def __init__(
        self, options: Sequence[tuple[str, str]], *, name: str = "Tabs", parent: QWidget | None = None
    ) -> None:
        super().__init__(options, name=name, shape="tab", parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.colour("hairline"))
