"""Lines of Today under each other, the same widgets as long as they are there."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.models.agenda import Line
from desktop.views.line_button import MARGIN, SIDE, LineButton
from desktop.widgets.buttons import Button


class LineList(QWidget):
    """Lines under each other, each kept as the same widget while it is there, so that the keyboard keeps its place.

    `most` lines are in sight until one asks for all of them.
    """

    opened = Signal(str, str)
    ticked = Signal(str)
    dropped = Signal(str, list)

    def __init__(self, *, name: str, kind: str, most: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._kind = kind
        self._most = most
        self._all = False
        self._lines: tuple[Line, ...] = ()
        self._shown: dict[str, LineButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = Button("", kind="quiet", small=True)
        self._more.setObjectName(f"{kind}-more")
        self._more.clicked.connect(self._unfold)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN - 8 + theme.px(SIDE + 10), 2, MARGIN, 2)
        foot.addWidget(self._more)
        foot.addStretch(1)
        self._column.addLayout(foot)
        self._more.hide()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        self._lines = tuple(lines)
        shown = self._lines if self._all else self._lines[: self._most]
        wanted = {line.key for line in shown}
        for key in [key for key in self._shown if key not in wanted]:
            gone = self._shown.pop(key)
            gone.hide()
            gone.setParent(None)
            self._column.removeWidget(gone)
            gone.deleteLater()
        for place, line in enumerate(shown):
            self._put(place, line)
        hidden = len(self._lines) - len(shown)
        self._more.setVisible(hidden > 0)
        self._more.set_words(f"Show {hidden} more")

    def buttons(self) -> list[LineButton]:
        """The lines in sight, from the top."""
        return [self._shown[line.key] for line in self._lines if line.key in self._shown]

    def _put(self, place: int, line: Line) -> None:
        button = self._shown.get(line.key)
        if button is None:
            button = LineButton(line)
            button.setObjectName(f"{self._kind}-{line.key}")
            button.opened.connect(self.opened)
            button.ticked.connect(self.ticked)
            button.dropped.connect(self.dropped)
            button.stepped.connect(self._step)
            self._shown[line.key] = button
        elif button.line != line:
            button.show_line(line)
        if self._column.indexOf(button) != place:
            self._column.removeWidget(button)
            self._column.insertWidget(place, button)

    def _step(self, by: int) -> None:
        shown = self.buttons()
        here = next((place for place, button in enumerate(shown) if button.hasFocus()), -1)
        if 0 <= here + by < len(shown):
            shown[here + by].setFocus(Qt.FocusReason.TabFocusReason)

    def _unfold(self) -> None:
        self._all = True
        before = len(self._shown)
        self.show_lines(self._lines)
        if before < len(self.buttons()):
            self.buttons()[before].setFocus(Qt.FocusReason.TabFocusReason)
