"""Today: what is due now, what comes next, what changed, and which cases are mine (S5, S21, S36, S37, S40, S41, R5)."""

import mimetypes
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from casework.commands import FinishTask, SeeNotices
from casework.questions.day import DAYS, my_day
from casework.questions.sheets import MyDay
from casework.questions.shown import TaskShown
from casework.store_faults import StoreFault
from desktop import theme
from desktop.messages.times import date_words
from desktop.models.agenda import Agenda, agenda
from desktop.office import Answer, Office, Refused
from desktop.views.refusal_bar import refusal_bar
from desktop.views.today_bands import GAP, MOST_DAYS, Band, DecisionsBand, NextBand, stacked
from desktop.views.today_lines import LineList
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Caption, Label, Muted
from desktop.widgets.notice_bar import NoticeStack
from desktop.widgets.surfaces import ScrollColumn

SEEN_AFTER_MS = 2_000
A_MINUTE_MS = 60_000
SETTING = "setting:today"
_ONE_COLUMN_BELOW = 860


class Today(QWidget):
    """The first screen. `open_case(id)` for one click on any line (S41); `go_to` decisions, cases or waiting.

    `told(words)` says what was done here, for the toast.
    """

    open_case = Signal(str)
    go_to = Signal(str)
    told = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("today")
        self._office = office
        self._done: dict[str, TaskShown] = {}
        self._fresh: frozenset[str] = frozenset()
        self._shown: Agenda | None = None
        self._day: MyDay | None = None
        self._build()
        self._seen_clock = self._timer(SEEN_AFTER_MS, self._see_all)
        self._soon = self._timer(0, self.refresh)
        self._minute = self._timer(A_MINUTE_MS, self.refresh)
        self._minute.setSingleShot(False)
        office.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Ask again and show what is so now."""
        now = datetime.now(UTC)
        self._day = self._office.ask(my_day, self.days())
        open_ones = {task.id for task in (*self._day.overdue, *self._day.due_today)}
        self._done = {key: task for key, task in self._done.items() if key not in open_ones}
        shown = agenda(self._day, now, tuple(self._done.values()), self._fresh)
        if shown != self._shown:
            self._shown = shown
            self._show(shown, self._day)
        if shown.unseen and self.isVisible():
            self._seen_clock.start()

    def days(self) -> int:
        """How far the agenda reaches, 1 to 31 days (A8)."""
        kept = self._office.drafts.find(SETTING).get("days", "")
        return min(MOST_DAYS, max(1, int(kept))) if kept.isdigit() else DAYS

    def _timer(self, milliseconds: int, then: object) -> QTimer:
        clock = QTimer(self, singleShot=True, interval=milliseconds)
        clock.timeout.connect(then)
        return clock

    def _build(self) -> None:
        self._notices = NoticeStack()
        self._page = ScrollColumn(padding=24, spacing=GAP)
        self._page.column.addLayout(self._build_head())
        self._decide = DecisionsBand()
        self._decide.button.clicked.connect(partial(self.go_to.emit, "decisions"))
        self._page.column.addWidget(self._decide)
        self._due = Band("Now and overdue", key="task", sentence="Nothing is overdue or due today.", icon="check-check")
        self._next = NextBand(self.days())
        self._next.days.chosen.connect(self._set_days)
        self._changed = Band(
            "What changed",
            key="notice",
            sentence="Nothing new. What others do on your cases shows up here.",
            icon="bell",
            most=5,
        )
        self._mine = Band(
            "My cases",
            key="case",
            sentence="You own no open case. Take one from the waiting list.",
            icon="folder",
            most=6,
        )
        self._mine.empty.acted.connect(partial(self.go_to.emit, "waiting"))
        self._all_cases = Button("All cases", kind="quiet", small=True)
        self._all_cases.setObjectName("today-all-cases")
        self._all_cases.clicked.connect(partial(self.go_to.emit, "cases"))
        self._mine.head.addWidget(self._all_cases)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(GAP)
        self._columns.addLayout(stacked(self._due, self._next), 11)
        self._columns.addLayout(stacked(self._changed, self._mine), 9)
        self._page.column.addLayout(self._columns)
        for lines in (self._due.lines, self._changed.lines, self._mine.lines):
            self._listen(lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._notices)
        column.addWidget(self._page, 1)

    def _build_head(self) -> QVBoxLayout:
        self._date = Caption()
        self._date.setObjectName("today-date")
        self._headline = Label(kind="display", wrap=True)
        self._headline.setObjectName("today-headline")
        self._first = Muted()
        self._first.setObjectName("today-first")
        head = QVBoxLayout()
        head.setSpacing(2)
        for part in (self._date, self._headline, self._first):
            head.addWidget(part)
        return head

    def _listen(self, lines: LineList) -> None:
        lines.opened.connect(self._on_opened)
        lines.ticked.connect(self._finish)
        lines.dropped.connect(self._attach)

    def _show(self, shown: Agenda, day: MyDay) -> None:
        self._date.setText(date_words(day.today, day.today))
        self._headline.setText(shown.headline)
        self._first.setText(shown.first)
        self._decide.show_words(shown.decisions)
        self._due.show_lines(shown, "due", len(day.overdue) + len(day.due_today))
        for lines in self._next.show_days(shown.days, shown.rest):
            self._listen(lines)
        self._changed.show_lines(shown, "changed", len(shown.unseen))
        self._mine.show_lines(shown, "cases", day.owned_count)
        self._mine.empty.show_sentence(
            "You own no open case. Take one from the waiting list.", action="Open the waiting list"
        )
        self._all_cases.setVisible(day.owned_count > 0)

    def _set_days(self, days: str) -> None:
        try:
            self._office.drafts.keep(SETTING, {"days": days})
        except StoreFault as fault:
            self._notices.put("setting", refusal_bar(self._office, Refused(fault.code)))
        self.refresh()

    def _on_opened(self, key: str, case_id: str) -> None:
        if self._shown is not None and any(notice.id == key for notice in self._shown.unseen):
            self._see(key)
        if case_id:
            self.open_case.emit(case_id)

    def _finish(self, task_id: str) -> None:
        """Tick a task: a fact, said at once; it stays in sight as done until one goes elsewhere."""
        task = self._task(task_id)
        if task is None:
            return
        answer = self._office.do(FinishTask(case_id=task.case_id, task_id=task.id, done_at=datetime.now(UTC)))
        if isinstance(answer, Refused):
            self._notices.put("refused", refusal_bar(self._office, answer))
            return
        self._notices.take("refused")
        self._done[task.id] = task
        self.refresh()

    def _task(self, task_id: str) -> TaskShown | None:
        day = self._day
        if day is None:
            return None
        coming = [task for one in day.agenda for task in one.tasks]
        return next((task for task in (*day.overdue, *day.due_today, *coming) if task.id == task_id), None)

    def _attach(self, case_id: str, paths: list[str]) -> None:
        """Files dropped on a line go to its case (R17)."""
        for path in map(Path, paths):
            mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self._office.attach(path, case_id=case_id, mime=mime, then=partial(self._attached, path.name))

    def _attached(self, name: str, answer: Answer) -> None:
        if isinstance(answer, Refused):
            self._notices.put(f"file-{name}", refusal_bar(self._office, answer))
            return
        self.told.emit(f"{name} is on the case")

    def _see_all(self) -> None:
        if self._shown is not None and self.isVisible():
            self._see(*(notice.id for notice in self._shown.unseen))

    def _see(self, *notice_ids: str) -> None:
        """Lines that were read: said once, and drawn as new until one goes elsewhere."""
        unseen = self._shown.unseen if self._shown is not None else ()
        first = next((notice for notice in unseen if notice.id in notice_ids), None)
        if first is not None:
            self._fresh |= frozenset(notice_ids)
            self._office.do(SeeNotices(case_id=first.case_id, notice_ids=notice_ids))

    @Slot(object)
    def _on_changed(self, changes: object) -> None:
        del changes
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._minute.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for clock in (self._minute, self._seen_clock, self._soon):
            clock.stop()
        self._fresh = frozenset()
        self._done = {}

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < theme.px(_ONE_COLUMN_BELOW)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(way)
