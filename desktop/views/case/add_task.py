"""Adding a task in three moves: open, pick or type, Add; a line like `home visit fri 10 @ann` says all at once (J2)."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from casework.commands import AddTask
from casework.ids import new_id
from casework.questions.picks import PersonChoice
from casework.questions.shown import StepShown
from casework.rules.fields import LINE
from casework.values import Step, StepKind, TaskType
from desktop.messages import NOBODY, words_for
from desktop.models.case_table import today_here
from desktop.models.task_list import TaskWish, read_due, read_task, read_time
from desktop.office import Office
from desktop.views.case.keeping import Keeper
from desktop.views.case.pieces import ToggleChip
from desktop.widgets.buttons import Button
from desktop.widgets.date_field import DateField
from desktop.widgets.fields import ChoiceField, LabeledField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Label

# Where no step of the journey says how many days a kind of task may take.
VISIT_DAYS, OTHER_DAYS = 7, 2
VISIT_LASTS = timedelta(hours=1)
MOST_CHIPS = 8


class DueField(DateField):
    """A date field that also reads `fri 10`, `in 3 days` and `next week`."""

    def value(self) -> date | None:
        return read_due(self.text(), today_here()) if self.text().strip() else None


class AddTaskForm(QWidget):
    """`asked(AddTask)` when it is to be added; stays as it is until `done()`. `left` on Escape or Cancel."""

    asked = Signal(object)
    left = Signal()

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("add-task-form")
        self._case_id = ""
        self._types: list[TaskType] = []
        self._days: dict[str, int] = {}
        self._people: Sequence[PersonChoice] = ()
        self._type_id = ""
        self._last = TaskWish()
        self.keeper = Keeper(office, self._body, self)
        self.line = _Line(self.finish, self._give_up)
        self.line.textEdited.connect(self._read_line)
        self._chips = FlowRow(spacing=6)
        self._by_type: dict[str, ToggleChip] = {}
        self._more = ChoiceField(name="Other kinds of task", empty="Other…")
        self._more.setObjectName("task-type-more")
        self._more.chosen.connect(self.pick_type)
        self._due = DueField(name="Due date")
        self._due.setObjectName("task-due")
        self._due.setPlaceholderText("fri 10, tomorrow")
        self._due.chosen.connect(self._touch)
        self._time = TextField(name="Time of the visit", placeholder="14:00")
        self._time.setObjectName("task-time")
        self._time.textEdited.connect(self._touch)
        self._who = ChoiceField(name="Assigned to", empty=NOBODY)
        self._who.setObjectName("task-assignee")
        self._who.chosen.connect(self._touch)
        self._step = ChoiceField(name="Journey step", empty="No step")
        self._step.setObjectName("task-step")
        self._step.chosen.connect(self._touch)
        self._problem = Label(kind="error", wrap=True)
        self._problem.setObjectName("add-task-problem")
        self._problem.hide()
        self._build()

    def _build(self) -> None:
        add = Button("Add task", kind="primary", small=True, key="Enter")
        add.setObjectName("add-task-save")
        add.clicked.connect(self.finish)
        cancel = Button("Cancel", kind="quiet", small=True)
        cancel.setObjectName("add-task-cancel")
        cancel.clicked.connect(self._give_up)
        self._timed = LabeledField("At", self._time)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.addWidget(LabeledField("Due", self._due), 0, 0)
        grid.addWidget(self._timed, 0, 1)
        grid.addWidget(LabeledField("Assigned to", self._who), 1, 0)
        grid.addWidget(LabeledField("Step", self._step), 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._problem, 1)
        foot.addStretch(0)
        foot.addWidget(cancel)
        foot.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self._chips)
        column.addLayout(grid)
        column.addLayout(foot)

    def show_choices(self, types: Sequence[TaskType], steps: Sequence[Step], people: Sequence[PersonChoice]) -> None:
        """What can be picked: kinds of task (the common ones as chips), people; steps say how long a kind takes."""
        self._people = people
        if list(types) != self._types:
            self._types = list(types)
            self._put_chips()
        self._days = {code: days for step in steps for code, days in step.entry_tasks}
        chosen = self._who.value()
        self._who.show_options([(one.id, f"{one.name} (me)" if one.is_me else one.name) for one in people], chosen)

    def show_case(self, case_id: str, steps: Sequence[StepShown]) -> bool:
        """Turn to a case; whether something was being written for it before."""
        chosen = self._step.value()
        known = [step for step in steps if step.kind is not StepKind.CLOSED]
        is_other = case_id != self._case_id
        here = next((step.id for step in steps if step.is_current), "")
        self._step.show_options([(step.id, step.name) for step in known], here if is_other or not chosen else chosen)
        if not is_other:
            return False
        self.keeper.flush()
        self._case_id = case_id
        self._clear()
        self._step.choose(here)
        kept, _ = self.keeper.open(f"case/{case_id}/task")
        self._restore(kept)
        return bool(kept)

    def begin(self) -> None:
        """Ready to be typed into."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def pick_type(self, type_id: str) -> None:
        """A kind was picked: it names the task and says when it is due, unless somebody has said so already."""
        known = next((one for one in self._types if one.id == type_id), None)
        if known is None:
            return
        before = next((one.name for one in self._types if one.id == self._type_id), "")
        self._choose_type(type_id)
        if self.line.value() in ("", before):
            self.line.setText(known.name)
        if not self._due.text().strip():
            days = self._days.get(type_id, VISIT_DAYS if known.is_visit else OTHER_DAYS)
            self._due.show_day(today_here() + timedelta(days=days))
        self._touch()

    def done(self) -> None:
        """It was added: ready for the next one."""
        self.keeper.forget()
        self._clear()

    def show_problem(self, words: str) -> None:
        """Say why it was not added; nothing typed is lost."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))

    def _put_chips(self) -> None:
        common = [kind for kind in self._types if kind.is_common][:MOST_CHIPS]
        self._by_type = {}
        for kind in common:
            chip = ToggleChip(kind.id, kind.name)
            chip.setObjectName(f"task-type-{kind.id}")
            chip.clicked.connect(lambda _, type_id=kind.id: self.pick_type(type_id))
            self._by_type[kind.id] = chip
        others = [(kind.id, kind.name) for kind in self._types if kind not in common]
        more = ChoiceField(others, name="Other kinds of task", empty="Other…")
        more.setObjectName("task-type-more")
        more.chosen.connect(self.pick_type)
        self._more = more
        self._chips.put(*self._by_type.values(), *([more] if others else []))

    def _choose_type(self, type_id: str) -> None:
        self._type_id = type_id
        for known, chip in self._by_type.items():
            chip.setChecked(known == type_id)
        self._more.choose("" if type_id in self._by_type else type_id)
        is_visit = any(kind.is_visit for kind in self._types if kind.id == type_id)
        self._timed.setVisible(is_visit)

    def _read_line(self) -> None:
        """Put what the line says into the fields, as far as it says something that it did not say before."""
        wish = read_task(self.line.text(), self._types, self._people, today_here())
        if wish.type_id and wish.type_id != self._last.type_id:
            self._choose_type(wish.type_id)
        if wish.due and wish.due != self._last.due:
            self._due.show_day(wish.due)
        if wish.assignee_id and wish.assignee_id != self._last.assignee_id:
            self._who.choose(wish.assignee_id)
        if wish.time >= 0 and wish.time != self._last.time:
            self._time.setText(f"{wish.time // 60:02}:{wish.time % 60:02}")
            self._timed.show()
        self._last = wish
        self._touch()

    def _touch(self) -> None:
        self.show_problem("")
        self.keeper.touch()

    def finish(self) -> None:
        """Add what was typed, if it can be."""
        wish = read_task(self.line.text(), self._types, self._people, today_here())
        title = wish.title or next((kind.name for kind in self._types if kind.id == self._type_id), "")
        problem = self._what_is_wrong(title)
        if problem:
            self.show_problem(problem)
            return
        self.asked.emit(self._command(title))

    def _what_is_wrong(self, title: str) -> str:
        if not title:
            words = words_for("task-needs-title")
            return f"{words.title}. {words.text}"
        if len(title) > LINE:
            return words_for("too-long", {"field": "title", "limit": str(LINE), "length": str(len(title))}).whole
        if self._due.is_problem():
            return "The due date is no date. Write it like fri 10, 14/3 or tomorrow."
        if self._time.value() and not self._timed.isHidden() and read_time(self._time.value()) < 0:
            return "The time is no time. Write it like 14:00 or 2pm."
        return ""

    def _command(self, title: str) -> AddTask:
        due = self._due.value()
        minutes = read_time(self._time.value()) if self._time.value() and not self._timed.isHidden() else -1
        start = None
        if due is not None and minutes >= 0:
            start = datetime.combine(due, time(minutes // 60, minutes % 60)).astimezone().astimezone(UTC)
        kind = self._type_id or next((one.id for one in self._types if one.name.casefold() == title.casefold()), "")
        return AddTask(
            case_id=self._case_id,
            task_id=new_id(),
            task_type=kind,
            title=title,
            step_id=self._step.value(),
            due_on=None if start else due,
            start_at=start,
            end_at=start + VISIT_LASTS if start else None,
            assignee_id=self._who.value(),
        )

    def _clear(self) -> None:
        self.line.clear()
        self._last = TaskWish()
        self._choose_type("")
        self._due.show_day(None)
        self._time.clear()
        self._who.choose(next((one.id for one in self._people if one.is_me), ""))
        self.show_problem("")

    def _give_up(self) -> None:
        self.keeper.forget()
        self._clear()
        self.left.emit()

    def _body(self) -> dict[str, str]:
        body = {
            "line": self.line.text(),
            "type": self._type_id,
            "due": self._due.text(),
            "time": self._time.text(),
        }
        return {**body, "who": self._who.value(), "step": self._step.value()} if any(body.values()) else {}

    def _restore(self, kept: dict[str, str]) -> None:
        if not kept:
            return
        self.line.setText(kept.get("line", ""))
        self._choose_type(kept.get("type", ""))
        self._due.setText(kept.get("due", ""))
        self._time.setText(kept.get("time", ""))
        self._who.choose(kept.get("who", ""))
        self._step.choose(kept.get("step", ""))


class _Line(TextField):
    """The line that says all; Enter adds, Escape leaves."""

    def __init__(self, add: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__(name="What is to be done", placeholder="What? Try: home visit fri 10 @ben", longest=LINE * 2)
        self.setObjectName("task-line")
        self._add = add
        self._leave = leave

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add()
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
