"""The Tasks panel: what is to be done on the case, whose it is, and the way to add more (S28 to S36)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from casework.commands import CancelTask, FinishTask, ReassignTask
from casework.questions.choices import assignee_choices, step_choices, task_type_choices
from casework.questions.picks import PersonChoice
from casework.questions.sheets import CaseSheet
from casework.questions.shown import TaskShown
from desktop import theme
from desktop.messages import NOBODY, count_words
from desktop.models.task_list import TaskList
from desktop.office import Office
from desktop.views.case.add_task import AddTaskForm
from desktop.views.case.task_row import TaskRow
from desktop.widgets.buttons import Button
from desktop.widgets.chips import CountBadge
from desktop.widgets.labels import Caption, Heading
from desktop.widgets.owner_picker import OwnerPicker
from desktop.widgets.people_list import Pick
from desktop.widgets.surfaces import ScrollColumn


class TasksPanel(QFrame):
    """Says `asked(command)`, and `grew` when it wants another height.

    `add_task()` opens the form, `added()` tells it that its task is on the case.
    """

    asked = Signal(object)
    grew = Signal()

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-tasks")
        self.setProperty("surface", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._office = office
        self._case_id = ""
        self._offers: frozenset[str] = frozenset()
        self._people: Sequence[PersonChoice] = ()
        self.model = TaskList(self)
        self._rows: list[TaskRow] = []
        self._over_rows: list[TaskRow] = []
        self._count = CountBadge(what="open tasks")
        self.add_button = Button("Task", icon="plus", key="T", small=True)
        self.add_button.setObjectName("add-task")
        self.add_button.clicked.connect(self.add_task)
        self.form = AddTaskForm(office)
        self.form.asked.connect(self.asked)
        self.form.left.connect(self._close_form)
        self.form.hide()
        self._none = Caption("Nothing to do on this case yet.")
        self._none.setObjectName("no-tasks")
        self._scroll = ScrollColumn(padding=0, spacing=0)
        self._open_column = QVBoxLayout()
        self._open_column.setSpacing(0)
        self._over_column = QVBoxLayout()
        self._over_column.setSpacing(0)
        self._fold = Button("", kind="quiet", small=True, icon="chevron-right")
        self._fold.setObjectName("tasks-over")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._show_over)
        self._picker = OwnerPicker(name="Give the task to", parent=self)
        self._picker.setObjectName("task-picker")
        for name in ("owner-search", "owner-list"):
            part = self._picker.findChild(QWidget, name)
            if part is not None:
                part.setObjectName(f"task-{name}")
        self._picker.chosen.connect(self._on_picked)
        self._giving: TaskShown | None = None
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 4)
        head.setSpacing(6)
        head.addWidget(Heading("Tasks"))
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.add_button)
        self._scroll.column.addLayout(self._open_column)
        quiet = QHBoxLayout()
        quiet.setContentsMargins(14, 2, 8, 6)
        quiet.addWidget(self._none)
        quiet.addWidget(self._fold)
        quiet.addStretch(1)
        self._scroll.column.addLayout(quiet)
        self._scroll.column.addLayout(self._over_column)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.form)
        column.addWidget(self._scroll, 1)

    def show_case(self, sheet: CaseSheet) -> None:
        """Show the case's tasks; a form or a question that is open stays open for the same case."""
        is_other = sheet.case.id != self._case_id
        self._case_id = sheet.case.id
        self._offers = sheet.offers
        self.model.show(sheet.tasks)
        if is_other:
            self._show_choices(sheet)
        is_kept = self.form.show_case(sheet.case.id, sheet.steps)
        if is_other:
            self.form.setVisible(is_kept)
            self._fold.setChecked(False)
        self.add_button.setEnabled("task.add" in sheet.offers)
        self._fill()

    def show_people(self) -> None:
        """People or kinds of task have changed."""
        self._people = self._office.ask(assignee_choices)

    def add_task(self) -> None:
        """Open the form, ready to be typed into."""
        if "task.add" in self._offers:
            self.form.show()
            self.form.begin()
            self._fit()

    def added(self) -> None:
        """The task is on the case: the form is ready for the next, out of the way."""
        self.form.done()
        self._close_form()

    def rows(self) -> list[TaskRow]:
        """The rows of open tasks, top first."""
        return sorted((row for row in self._rows if not row.isHidden()), key=self._open_column.indexOf)

    def least_height(self) -> int:
        """How tall the panel must be for its head, the form if it is open, and a task, in px."""
        head = self.add_button.sizeHint().height() + 14
        form = self.form.sizeHint().height() if not self.form.isHidden() else 0
        return head + form + theme.px(40)

    def wanted_height(self) -> int:
        """How tall the panel would like to be, in px."""
        head = self.add_button.sizeHint().height() + 14
        form = self.form.sizeHint().height() if not self.form.isHidden() else 0
        return head + form + self._scroll.wanted_height(self.width() - 2) + 6

    def _show_choices(self, sheet: CaseSheet) -> None:
        self._people = self._office.ask(assignee_choices)
        types = self._office.read(task_type_choices)
        steps = self._office.read(step_choices, sheet.project.id)
        self.form.show_choices(types, steps, self._people)

    def _fill(self) -> None:
        still_open, over = self.model.still_open(), self.model.over()
        self._count.show_count(len(still_open))
        self._none.setVisible(not still_open and not over)
        self._put(self._rows, self._open_column, still_open)
        self._fold.set_words(f"{count_words(len(over), 'task')} done or cancelled")
        self._fold.setVisible(bool(over))
        self._put(self._over_rows, self._over_column, over if self._fold.isChecked() else [])
        self._fit()

    def _put(self, rows: list[TaskRow], column: QVBoxLayout, tasks: list[TaskShown]) -> None:
        """Rows are made once and filled again; one whose task stays keeps what is typed into it."""
        by_task = {task.id: row for row in rows if (task := row.task()) is not None and not row.isHidden()}
        free = [row for row in rows if (task := row.task()) is None or task.id not in {one.id for one in tasks}]
        for at, task in enumerate(tasks):
            row = by_task.get(task.id) or (free.pop() if free else None)
            if row is None:
                row = self._new_row()
                rows.append(row)
            row.setObjectName(f"task-{task.id}")
            row.show_task(task, self._offers)
            if column.indexOf(row) != at:
                column.removeWidget(row)
                column.insertWidget(at, row)
            row.show()
        for row in free:
            row.hide()

    def _new_row(self) -> TaskRow:
        row = TaskRow()
        row.finished.connect(self._finish)
        row.cancelled.connect(self._cancel)
        row.hand_over.connect(self._hand_over)
        return row

    def _finish(self, task_id: str, outcome: str) -> None:
        now = datetime.now(UTC)
        self.asked.emit(FinishTask(case_id=self._case_id, task_id=task_id, outcome=outcome, done_at=now))

    def _cancel(self, task_id: str, reason: str) -> None:
        self.asked.emit(CancelTask(case_id=self._case_id, task_id=task_id, reason=reason))

    def _hand_over(self, task_id: str) -> None:
        self._giving = next((task for task in self.model.still_open() if task.id == task_id), None)
        self.show_people()
        picks = [Pick(one.id, one.name, count_words(one.open_tasks, "open task")) for one in self._people]
        self._picker.show_picks([*picks, Pick("", NOBODY)])
        row = next((row for row in self._rows if row.objectName() == f"task-{task_id}"), None)
        if row is not None:
            self._picker.open_under(row.more)

    def _on_picked(self, kind: str, person_id: str) -> None:
        del kind
        task = self._giving
        if task is not None:
            pair = (task.assignee_id, person_id)
            self.asked.emit(ReassignTask(case_id=self._case_id, task_id=task.id, assignee=pair))

    def _show_over(self) -> None:
        self._fill()

    def _close_form(self) -> None:
        had_focus = self.form.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.form.hide()
        if had_focus:
            self.add_button.setFocus()
        self._fit()

    def _fit(self) -> None:
        self.grew.emit()
