"""A note as it is written: plain text, and a pop-up of names after an @."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.fields import MultiLineField
from desktop.widgets.people_list import Pick, PickModel, matching
from desktop.widgets.rows import RowList

_OPEN_MENTION = re.compile(r"(?:^|(?<=[\s(]))@([^@\n]{0,40})$")
MOST_OFFERED = 6


class MentionEdit(MultiLineField):
    """Several lines with @mentions. The text alone says who is mentioned, so a kept draft loses nobody.

    `mentions_changed(list)` gives ids; `finished` is Ctrl+Enter.
    """

    mentions_changed = Signal(list)
    finished = Signal()

    def __init__(
        self, people: Sequence[Pick] = (), *, name: str = "Note", placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(name=name, placeholder=placeholder, parent=parent)
        self._people = list(people)
        self._chosen: dict[str, str] = {}
        self._told: list[str] = []
        self._model = PickModel()
        self._popup = QFrame(self, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self._popup.setObjectName("mention-popup")
        self._popup.setProperty("surface", "popup")
        self._popup.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._list = RowList(name="People to mention", two_lines=False, lines=False)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setModel(self._model)
        self._list.clicked.connect(self._take)
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._list)
        self.textChanged.connect(self._look)
        self.cursorPositionChanged.connect(self._offer)

    def show_people(self, people: Sequence[Pick]) -> None:
        """Offer other people."""
        self._people = list(people)
        self._look()

    def mentions(self) -> list[str]:
        """The ids of those mentioned, in the order of the text; of two with one name, the one picked."""
        left = self.toPlainText()
        found: list[tuple[int, str]] = []
        for pick in sorted(self._people, key=lambda pick: -len(pick.name)):
            at = left.find(f"@{pick.name}")
            if at >= 0:
                found.append((at, self._chosen.get(pick.name, pick.id)))
                left = left.replace(f"@{pick.name}", "\0" * (len(pick.name) + 1))
        return list(dict.fromkeys(who for _, who in sorted(found)))

    def is_offering(self) -> bool:
        """The pop-up of names is open."""
        return self._popup.isVisible()

    def _typed(self) -> str | None:
        """What stands between the @ and the cursor, or None when no mention is being written."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        found = _OPEN_MENTION.search(before)
        return found[1] if found else None

    def _look(self) -> None:
        now = self.mentions()
        if now != self._told:
            self._told = now
            self.mentions_changed.emit(now)

    def _offer(self) -> None:
        typed = self._typed()
        if typed is None or not self.hasFocus() or any(typed.startswith(pick.name) for pick in self._people):
            self._popup.hide()
            return
        shown = matching(self._people, typed)[:MOST_OFFERED]
        self._model.show_picks(shown)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._popup.setVisible(bool(shown))
        if shown:
            self._popup.resize(theme.px(280), theme.grown(20, 16) * len(shown) + 10)
            corner = self.cursorRect().bottomLeft()
            self._popup.move(self.viewport().mapToGlobal(corner + QPoint(0, 4)))

    def _take(self, index: QModelIndex) -> None:
        pick = self._model.pick_at(index)
        typed = self._typed()
        if pick is None or typed is None:
            return
        self._chosen[pick.name] = pick.id
        self._popup.hide()
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(typed) + 1)
        cursor.insertText(f"@{pick.name} ")
        self._popup.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        is_enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
        elif not self.is_offering():
            super().keyPressEvent(event)
        elif is_enter or key == Qt.Key.Key_Tab:
            self._take(self._list.currentIndex())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._list.keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._popup.hide()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._popup.hide()
        super().focusOutEvent(event)
