"""Changing the owner: pick a person or a queue, say why if you like, confirm (S63 to S69, R14)."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.commands import ChangeOwner, SeenOwner
from casework.questions.choices import owner_choices
from casework.questions.sheets import CaseSheet
from casework.rules.fields import LINE
from casework.values import Owner, OwnerKind, TaskStatus
from desktop.messages import count_words
from desktop.models.document_list import first_name
from desktop.models.feed import calm
from desktop.office import Office
from desktop.views.case.pieces import PersonMark
from desktop.views.owner_picks import gives_to_colleagues, named, only_mine, owner_of, picks_from
from desktop.widgets.fields import LabeledField, TextField, TickField
from desktop.widgets.labels import Caption, Muted
from desktop.widgets.owner_picker import OwnerPicker
from desktop.widgets.sheet import Sheet


class OwnerControl(QObject):
    """The picker and the question after it; `asked(ChangeOwner)` once confirmed, `done()` closes it."""

    asked = Signal(object)

    def __init__(self, office: Office, *, over: QWidget, now: Callable[[], CaseSheet | None]) -> None:
        super().__init__(over)
        self._office = office
        self._over = over
        self._now = now
        self.picker = OwnerPicker(name="Change owner", parent=over)
        self.picker.chosen.connect(self._on_picked)
        self.sheet: OwnerSheet | None = None

    def open_under(self, button: QWidget) -> None:
        """Offer people and queues; who is the owner already is left out."""
        case = self._now()
        if case is None or "case.owner" not in case.offers:
            return
        choices = self._office.ask(owner_choices)
        if not self._office.ask(gives_to_colleagues):
            choices = only_mine(choices)
        self.picker.show_picks([pick for pick in picks_from(choices) if pick.id != case.owner.id])
        self.picker.open_under(button)

    def done(self) -> None:
        """The owner was changed."""
        if self.sheet is not None:
            self.sheet.leave()
            self._forget_sheet()

    def _on_picked(self, kind: str, owner_id: str) -> None:
        case = self._now()
        if case is None:
            return
        self._forget_sheet()
        choices = self._office.ask(owner_choices)
        names = {one.id: named(one.name, one.is_me) for one in (*choices.people, *choices.queues)}
        self.sheet = OwnerSheet(case, owner_of(kind, owner_id), names.get(owner_id, ""), over=self._over)
        self.sheet.asked.connect(self.asked)
        self.sheet.left.connect(self._forget_sheet)
        self.sheet.begin()

    def _forget_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.hide()
            self.sheet.setParent(None)
            self.sheet.deleteLater()
            self.sheet = None


class OwnerSheet(Sheet):
    """From whom to whom, why, and whether the old owner's open tasks go along (A5)."""

    asked = Signal(object)

    def __init__(self, case: CaseSheet, owner: Owner, name: str, *, over: QWidget) -> None:
        super().__init__("Change owner", over=over, action="Change owner", place="middle", width=460)
        self.setObjectName("owner-sheet")
        self._case = case
        self._owner = owner
        is_queue = owner.kind is OwnerKind.QUEUE
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(PersonMark(case.owner.name, queue=case.owner.kind is OwnerKind.QUEUE), 1)
        row.addWidget(Muted("to", wrap=False))
        row.addWidget(PersonMark(name, queue=is_queue), 1)
        self.form.addLayout(row)
        self._reason = TextField(name="Reason", longest=LINE, placeholder="For the feed, and for whoever asks later")
        self._reason.setObjectName("owner-reason")
        self._reason_field = LabeledField("Reason (optional)", self._reason)
        self.form.addWidget(self._reason_field)
        count = self._old_owners_tasks()
        whose = "your" if case.owner.is_me else f"{first_name(calm(case.owner.name))}’s"
        self._tick = TickField(f"Hand over {whose} {count_words(count, 'open task')} too")
        self._tick.setObjectName("owner-with-tasks")
        self._tick.setChecked(True)
        along = QVBoxLayout()
        along.setSpacing(0)
        along.addWidget(self._tick)
        if not count:
            self._tick.hide()
        else:
            goes = "They wait in the queue for whoever takes the case." if is_queue else f"{name} finds them on Today."
            along.addWidget(Caption(f"      {goes}"))
        self.form.addLayout(along)
        self.acted.connect(self._say)

    def begin(self) -> None:
        """Open, with the keyboard on the reason; Ctrl+Enter or Enter confirms."""
        self._reason.returnPressed.connect(self._say)
        self.open(self._reason)

    def show_problem(self, words: str) -> None:
        """Say why it was not taken."""
        self._reason_field.show_problem(words)

    def _old_owners_tasks(self) -> int:
        if self._case.owner.kind is not OwnerKind.PERSON:
            return 0
        tasks = (task for task in self._case.tasks if task.status is TaskStatus.OPEN)
        return sum(task.assignee_id == self._case.owner.id for task in tasks)

    def _say(self) -> None:
        case = self._case.case
        self.asked.emit(
            ChangeOwner(
                case_id=case.id,
                base=SeenOwner(case.owner, case.owner_cmd),
                owner=self._owner,
                reason=self._reason.value(),
                with_tasks=self._tick.isChecked() and self._old_owners_tasks() > 0,
            )
        )
