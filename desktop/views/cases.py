"""Cases, Overview: everybody's work as a list or as a board, with the same filters for both (S20, S22 to S27, R19)."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from casework.answers import Changes
from casework.commands import MoveStep
from casework.questions.choices import owner_choices, step_choices
from casework.questions.names import names
from casework.questions.sheets import CaseFilter, CaseOrder, CaseSort
from casework.questions.shown import CaseRow
from desktop.messages import count_words
from desktop.models.board import BoardModel
from desktop.models.case_table import NO_NAME, CaseTable
from desktop.office import Office, Refused
from desktop.views.board import BoardView
from desktop.views.case_filters import CaseFilters
from desktop.views.case_list import CaseList
from desktop.views.owner_changes import ManyChanges, Outcome, refused_words, touched_words
from desktop.views.owner_picks import gives_to_colleagues, only_mine, owner_of, picks_from
from desktop.views.refusal_bar import refusal_bar
from desktop.views.tick_bar import TickBar
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.labels import Caption
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.owner_picker import OwnerPicker
from desktop.widgets.plain import without_mnemonic
from desktop.widgets.surfaces import Divider

# Where this person's filters, sorting and choice of view are kept.
KEPT_UNDER = "view/cases"
_LIST, _BOARD, _EMPTY = 0, 1, 2


class CasesScreen(QWidget):
    """List or board of the cases that fit the filters.

    Keys: O owner, S step, X select, Enter opens, Alt and an arrow moves a card. O and S are about the selected cases
    where there are any, else about the one under the mark.
    """

    open_case = Signal(str)
    go_to = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cases")
        self._office = office
        self._is_stale = True
        self._about: list[CaseRow] = []
        self._doing = ""
        self._given_name = ""
        self._table = CaseTable(office, self)
        self._board = BoardModel(office, self)
        self._filters = CaseFilters(office)
        self._switch = SegmentedControl((("list", "List"), ("board", "Board")), name="List or board")
        self._switch.setObjectName("cases-switch")
        self._count = Caption()
        self._count.setObjectName("cases-count")
        self._list = CaseList(self._table)
        self._cards = BoardView(self._board)
        self._notices = NoticeStack()
        self._notices.setObjectName("cases-notices")
        self._ticks = TickBar()
        self._picker = OwnerPicker(name="Who gets these cases", parent=self)
        self._picker.setObjectName("cases-picker")
        # stands where the current row or card is, for pop-ups to open under
        self._beside = QWidget(self)
        self._beside.setFixedSize(1, 1)
        self._many = ManyChanges(office, self)
        self._pages = QStackedWidget()
        self._build()
        self._connect()
        self._bring_back()

    def refresh(self) -> None:
        """Look at the store again; what is ticked and where one is stays."""
        self._is_stale = False
        self._list.look_at_the_day()
        if self._is_board():
            self._board.show(self._filters.asked())
        else:
            self._table.asked = self._filters.asked()
            self._table.refresh()
        self._say_count()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 8)
        head.setSpacing(16)
        head.addWidget(self._filters, 1)
        head.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignTop)
        said = QHBoxLayout()
        said.setContentsMargins(16, 0, 16, 8)
        said.addWidget(self._count)
        top = QFrame()
        top.setProperty("surface", "plain")
        inside = QVBoxLayout(top)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(head)
        inside.addLayout(said)
        self._nothing = EmptyState("No case fits these filters.", icon="folder", action="Clear the filters")
        self._pages.addWidget(self._list)
        self._pages.addWidget(self._cards)
        self._pages.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (top, Divider(), self._notices):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        column.addWidget(self._ticks)

    def _connect(self) -> None:
        self._filters.narrowed.connect(self._narrow)
        self._nothing.acted.connect(self._filters.clear)
        self._switch.chosen.connect(self._switch_to)
        self._list.opened.connect(self.open_case)
        self._list.horizontalHeader().sectionClicked.connect(self._keep)
        self._cards.opened.connect(self.open_case)
        self._cards.wanted.connect(self._move_card)
        self._cards.step_wanted.connect(self._list_step)
        self._table.ticks_changed.connect(self._show_ticks)
        self._ticks.owner_wanted.connect(self._ask_owner)
        self._ticks.step_wanted.connect(self._ask_step)
        self._ticks.cleared.connect(self._table.untick_all)
        self._picker.chosen.connect(self._give)
        self._many.stepped.connect(self._ticks.show_progress)
        self._many.finished.connect(self._sum_up)
        self._office.changed.connect(self._on_changed)
        for key, act in (("O", self._ask_owner), ("S", self._ask_step), ("Ctrl+F", self._filters.focus_text)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _bring_back(self) -> None:
        """Filters, sorting and view as this person left them (R19)."""
        kept = self._office.drafts.find(KEPT_UNDER)
        self._filters.bring_back(kept)
        sort = kept.get("sort", "")
        if sort in list(CaseSort):
            self._table.order = CaseOrder(by=CaseSort(sort), is_descending=kept.get("way") == "down")
        self._switch.choose("board" if kept.get("view") == "board" else "list")

    def _keep(self) -> None:
        order = self._table.order
        is_usual = order == CaseOrder()
        view = {
            "view": "board" if self._is_board() else "",
            "sort": "" if is_usual else order.by.value,
            "way": "down" if order.is_descending and not is_usual else "",
        }
        self._office.drafts.keep(KEPT_UNDER, {**self._filters.keep(), **view})

    def _is_board(self) -> bool:
        return self._switch.current() == "board"

    def _narrow(self, asked: CaseFilter) -> None:
        self._look(asked)
        self._keep()

    def _look(self, asked: CaseFilter) -> None:
        """Show what fits, in the view that is on; the other one looks when it is switched to."""
        if self._is_board():
            self._table.untick_all()
            self._board.show(asked)
        else:
            self._table.show(asked)
            self._list.go_to(0)
        self._is_stale = False
        self._say_count()

    def _switch_to(self, view: str) -> None:
        self._look(self._filters.asked())
        self._keep()
        self._take_focus()

    def _list_step(self, step_id: str) -> None:
        self._switch.choose("list")
        self._filters.show_step(step_id)
        self._take_focus()

    def _take_focus(self) -> None:
        if self._is_board():
            self._cards.take_focus()
        else:
            self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_count(self) -> None:
        self._table.asked = self._filters.asked()
        count = self._table.count()
        newest = ", newest first" if self._table.order == CaseOrder() and not self._is_board() else ""
        self._count.setText(f"{count_words(count, 'case')}{newest}")
        page = _BOARD if self._is_board() else _LIST
        self._pages.setCurrentIndex(page if count else _EMPTY)

    def _show_ticks(self) -> None:
        self._ticks.show_count(self._table.ticked_count())

    def _here(self) -> list[CaseRow]:
        """What O and S are about: the ticked cases, or the one under the mark."""
        if self._is_board():
            card = self._cards.current()
            return [card] if card else []
        current = self._list.current()
        return self._table.ticked() or ([current] if current else [])

    def _ask_owner(self) -> None:
        self._about = self._here()
        if not self._about or self._many.is_busy():
            return
        choices = self._office.ask(owner_choices)
        if not self._office.ask(gives_to_colleagues):
            choices = only_mine(choices)
        self._picker.show_picks(picks_from(choices))
        if self._ticks.isVisible():
            self._picker.open_under(self._ticks.owner_button)
            return
        self._beside.move(self.mapFromGlobal(self._menu_spot()))
        self._picker.open_under(self._beside)

    def _give(self, kind: str, owner_id: str) -> None:
        self._given_name = self._office.read(names).ids.get(owner_id, "")
        self._doing = "owner"
        self._many.give(self._about, owner_of(kind, owner_id), with_tasks=self._ticks.takes_tasks())

    def _ask_step(self) -> None:
        self._about = self._here()
        if not self._about or self._many.is_busy():
            return
        menu = QMenu(self)
        menu.setObjectName("step-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        projects = {row.project_id for row in self._about}
        for step in self._office.read(step_choices, projects.pop() if len(projects) == 1 else ""):
            action = menu.addAction(without_mnemonic(step.name))
            action.setObjectName(f"step-{step.id}")
            action.triggered.connect(partial(self._move, step.id, step.name))
        menu.popup(self._menu_spot())

    def _menu_spot(self) -> QPoint:
        if self._ticks.isVisible():
            return self._ticks.step_button.mapToGlobal(QPoint(0, -8))
        return self._cards.spot_under() if self._is_board() else self._list.spot_under()

    def _move(self, step_id: str, name: str) -> None:
        self._given_name = name
        self._doing = "step"
        self._many.move(self._about, step_id)

    def _move_card(self, card: CaseRow, step_id: str) -> None:
        """A card let go at another step: the same move with the same checks as anywhere (R20)."""
        answer = self._office.do(MoveStep(case_id=card.id, step=(card.step_id, step_id)))
        if isinstance(answer, Refused):
            self._notices.put("cases", refusal_bar(self._office, answer))
        else:
            self._notices.take("cases")
        self._cards.show_card(card.id)

    def _sum_up(self, outcome: Outcome) -> None:
        """What came of it, with a way back where cases changed hands."""
        self._table.untick_all()
        self._ticks.show_count(0)
        self.refresh()
        if len(self._about) == 1 and outcome.refused:
            self._notices.put("cases", refusal_bar(self._office, outcome.refused[0][1]))
            return
        if not outcome.moved and not outcome.refused and not outcome.touched:
            return
        why = (refused_words(outcome, self._office.read(names).ids), touched_words(outcome))
        bar = NoticeBar(
            self._moved_words(outcome),
            text=". ".join(filter(None, why)),
            kind="warning" if outcome.refused or outcome.touched else "success",
            actions=[("undo", "Undo")] if outcome.moved and self._doing == "owner" else [],
        )
        bar.acted.connect(partial(self._undo, outcome))
        self._notices.put("cases", bar)

    def _moved_words(self, outcome: Outcome) -> str:
        left = len(outcome.refused) + len(outcome.touched)
        as_before = "stayed as it was" if left == 1 else "stayed as they were"
        if self._doing == "undo":
            as_before = "not taken back"
        stayed = f", {left} {as_before}" if left else ""
        if not outcome.moved:
            return f"{count_words(left, 'case')} {as_before}"
        if len(outcome.moved) == 1:
            (row,) = outcome.moved
            to = f"back with {row.owner_name}" if self._doing == "undo" else self._given_name
            return f"{row.client or NO_NAME} → {to}{stayed}"
        return f"{count_words(len(outcome.moved), 'case')} → {self._given_name}{stayed}"

    def _undo(self, outcome: Outcome, action: str) -> None:
        del action
        if self._many.is_busy():
            return
        self._notices.take("cases")
        self._given_name = "back where they were"
        self._doing = "undo"
        self._about = list(outcome.moved)
        self._many.take_back(outcome)

    def _on_changed(self, changes: Changes) -> None:
        if not self.isVisible() or self._many.is_busy():
            self._is_stale = True
            return
        self._table.asked = self._filters.asked()
        if self._is_board():
            self._board.refresh()
        else:
            self._table.refresh(changes.cases)
        self._say_count()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._filters.read_choices()
            self._look_again()
        self._take_focus()

    def _look_again(self) -> None:
        """Back on this screen: refresh what was there, or look for the first time."""
        if self._table.rowCount() and not self._is_board():
            self.refresh()
        else:
            self._look(self._filters.asked())
