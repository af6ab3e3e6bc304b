"""Who should have this: a small pop-up with people and queues, found by typing."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.labels import Caption
from desktop.widgets.people_list import Pick, PickModel, matching
from desktop.widgets.rows import RowList
from desktop.widgets.search_field import SearchField

KINDS = (("person", "People"), ("queue", "Queues"))
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class OwnerPicker(QFrame):
    """A pop-up to pick a person or a queue: type, arrows, Enter; Tab changes between people and queues.

    Emits `chosen(kind, id)` and closes. `picks` keep their order, so put the suggested ones first.
    """

    chosen = Signal(str, str)

    def __init__(
        self, picks: Sequence[Pick] = (), *, name: str = "Choose an owner", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("owner-picker")
        self.setProperty("surface", "popup")
        self.setAccessibleName(name)
        self._picks = list(picks)
        self._model = PickModel()
        self._search = SearchField(name="Search people and queues", placeholder="Type a name")
        self._search.setObjectName("owner-search")
        self._search.searched.connect(self._filter)
        self._search.installEventFilter(self)
        self._kinds = SegmentedControl(KINDS, name="People or queues")
        self._kinds.chosen.connect(self._filter)
        self._list = RowList(name=name, two_lines=False, lines=False)
        self._list.setObjectName("owner-list")
        self._list.setModel(self._model)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.clicked.connect(self._pick)
        self._none = Caption("Nobody by that name here.")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for part in (self._search, self._kinds, self._none, self._list):
            column.addWidget(part)
        self._filter()

    def show_picks(self, picks: Sequence[Pick]) -> None:
        """Offer other people and queues."""
        self._picks = list(picks)
        self._filter()

    def open_under(self, widget: QWidget) -> None:
        """Show the pop-up under a widget, ready to be typed into."""
        self._search.clear()
        # whoever gave the last case to a queue is not looking for one again
        self._kinds.choose(KINDS[0][0])
        self._filter()
        self._kinds.setVisible(len({pick.kind for pick in self._picks}) > 1)
        self.resize(theme.px(300), theme.px(340))
        screen = widget.screen().availableGeometry()
        spot = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        if spot.y() + self.height() > screen.bottom():
            spot = widget.mapToGlobal(QPoint(0, -self.height() - 4))
        spot.setX(max(screen.left(), min(spot.x(), screen.right() - self.width())))
        self.move(spot)
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _filter(self) -> None:
        kinds = {pick.kind for pick in self._picks}
        kind = self._kinds.current() if len(kinds) > 1 else next(iter(kinds), "person")
        shown = matching([pick for pick in self._picks if pick.kind == kind], self._search.text())
        self._model.show_picks(shown)
        self._none.setVisible(not shown)
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _pick(self, index: QModelIndex) -> None:
        pick = self._model.pick_at(index)
        if pick is not None:
            self.close()
            self.chosen.emit(pick.kind, pick.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _MOVES:
            self._list.keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self._list.currentIndex())
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._kinds.choose("queue" if self._kinds.current() == "person" else "person")
            self._filter()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True
