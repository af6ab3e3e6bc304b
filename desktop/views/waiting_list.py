"""The waiting list: who waits, most pressing first, with one referral open beside it to decide about (S13, R2)."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from casework.answers import Changes
from casework.values import Priority, TriageOutcome
from desktop.messages import PRIORITIES
from desktop.models.waiting_list import WaitingListModel
from desktop.office import Office
from desktop.views.triage import Decided, TriagePanel
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.labels import Caption
from desktop.widgets.rows import RowList
from desktop.widgets.surfaces import Divider
from desktop.widgets.toast import Toast

# The list's share of the screen; the referral has the rest.
LIST_SHARE = (45, 55)


class WaitingListScreen(QWidget):
    """List at the left, the referral and the triage bar at the right.

    Keys: 1 accept, 2 duplicate, 3 decline, O owner, J and K or the arrows to move, Enter opens the case.
    """

    open_case = Signal(str)
    go_to = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("waiting-list")
        self._office = office
        self._is_stale = True
        self._is_refreshing = False
        self._model = WaitingListModel(office, self)
        self._model.counted.connect(self._count)
        self._counts = Caption()
        self._counts.setObjectName("waiting-counts")
        self._list = RowList(name="Waiting list")
        self._list.setObjectName("waiting-rows")
        self._list.setModel(self._model)
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.activated.connect(self._open)
        self._panel = TriagePanel(office)
        self._panel.decided.connect(self._on_decided)
        self._panel.open_case.connect(self.open_case)
        self._pages = QStackedWidget()
        self._build()
        self._add_keys()
        office.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Look at the store again; the case on show stays on show as long as it waits."""
        if self._model.rowCount() == 0:
            self._model.reload()
            self._select(0)
        else:
            self._catch_up(frozenset())
        self._is_stale = False
        self._pages.setCurrentIndex(0 if self._model.rowCount() else 1)

    def _build(self) -> None:
        left = QFrame()
        left.setObjectName("waiting-left")
        left.setProperty("surface", "plain")
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.addWidget(self._counts, 1)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Divider())
        column.addWidget(self._list, 1)
        self._toast = Toast(over=left)
        self._toast.setObjectName("waiting-notice")
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(self._panel)
        for at, share in enumerate(LIST_SHARE):
            both.setStretchFactor(at, share)
        both.setSizes([share * 100 for share in LIST_SHARE])
        empty = EmptyState("Nobody is waiting. New referrals appear here by themselves.", action="Import referrals")
        empty.acted.connect(lambda: self.go_to.emit("import"))
        self._pages.addWidget(both)
        self._pages.addWidget(empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _add_keys(self) -> None:
        keys = {
            "1": lambda: self._panel.ask_owner(accept=True),
            "O": lambda: self._panel.ask_owner(accept=False),
            "2": lambda: self._panel.begin(TriageOutcome.DUPLICATE),
            "3": lambda: self._panel.begin(TriageOutcome.DECLINED),
            "J": lambda: self._move(1),
            "K": lambda: self._move(-1),
        }
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _count(self, total: int, urgent: int, high: int) -> None:
        parts = [f"{total} waiting"]
        parts += [f"{urgent} {PRIORITIES[Priority.URGENT].lower()}"] if urgent else []
        parts += [f"{high} {PRIORITIES[Priority.HIGH].lower()}"] if high else []
        self._counts.setText(" · ".join(parts))

    def _move(self, by: int) -> None:
        self._select(self._list.currentIndex().row() + by)

    def _select(self, place: int) -> None:
        """Put the list's mark on a row, the nearest where there is none, and show its case."""
        last = self._model.rowCount() - 1
        index = self._model.index(max(0, min(place, last)), 0)
        self._list.setCurrentIndex(index)
        self._on_current(index)

    def _on_current(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if self._is_refreshing or row is None:
            return
        if row.id != self._panel.case_id() and not self._panel.show_case(row.id):
            self._catch_up(frozenset({row.id}))

    def _on_changed(self, changes: Changes) -> None:
        if self._panel.is_saying():
            return
        if not self.isVisible():
            self._is_stale = True
            return
        self._catch_up(changes.cases)

    def _on_decided(self, decided: Decided) -> None:
        self._catch_up(frozenset({decided.case_id}), is_mine=True)
        self._toast.say(decided.words, undo=False)

    def _catch_up(self, case_ids: frozenset[str], *, is_mine: bool = False) -> None:
        """Refresh the rows; the mark stays on its case, or goes to the next one where that has gone."""
        here, place = self._panel.case_id(), self._list.currentIndex().row()
        self._panel.forget_choices()
        self._is_refreshing = True
        self._model.refresh(case_ids)
        self._is_refreshing = False
        self._pages.setCurrentIndex(0 if self._model.rowCount() else 1)
        if here and self._model.place_of(here) >= 0:
            self._list.setCurrentIndex(self._model.index(self._model.place_of(here), 0))
            self._panel.show_case(here)
        elif here and self._panel.is_written_in() and not is_mine:
            self._panel.show_gone()
        elif self._model.rowCount():
            self._select(max(place, 0))

    def _open(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if row is not None:
            self.open_case.emit(row.id)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)
