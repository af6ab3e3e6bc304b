"""What narrows the cases: project, step, owner, status, typed words; the same for list and board (S24, R19)."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from casework.questions.choices import owner_choices, project_choices, step_choices
from casework.questions.sheets import CaseFilter, Which
from casework.values import Owner, OwnerKind
from desktop import theme
from desktop.office import Office
from desktop.views.owner_picks import named
from desktop.widgets.buttons import Button
from desktop.widgets.fields import ChoiceField
from desktop.widgets.flow import FlowLayout
from desktop.widgets.search_field import SearchField

TYPING_PAUSE_MS = 150
_MINE = "me"
_WHICH = (
    (Which.ACTIVE, "In progress"),
    (Which.WAITING, "Waiting"),
    (Which.OPEN, "Waiting or in progress"),
    (Which.CLOSED, "Closed"),
    (Which.ALL, "All cases"),
)


class CaseFilters(QWidget):
    """`narrowed(CaseFilter)` whenever another filter is set; all that is set must hold."""

    narrowed = Signal(object)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-filters")
        self._office = office
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._say)
        self._text = SearchField(name="Find in these cases", placeholder="Name, number, area, phone")
        self._text.setObjectName("filter-text")
        theme.changes.changed.connect(self._size_text)
        self._size_text()
        self._text.searched.connect(self._pause.start)
        self._project = self._choice("project", "Project", "Any project")
        self._step = self._choice("step", "Step", "Any step")
        self._owner = self._choice("owner", "Owner", "Any owner")
        self._which = self._choice("status", "Status", _WHICH[0][1])
        self._which.show_options([(which.value, words) for which, words in _WHICH], Which.ACTIVE.value)
        self._clear = Button("Clear", kind="quiet", icon="x")
        self._clear.setObjectName("filter-clear")
        self._clear.setAccessibleName("Clear all filters")
        self._clear.clicked.connect(self.clear)
        flow = FlowLayout(self, spacing=8)
        for part in (self._text, self._project, self._step, self._owner, self._which, self._clear):
            flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.read_choices()

    def asked(self) -> CaseFilter:
        """The filter as it is set."""
        owner = self._owner.value()
        kind, _, owner_id = owner.partition("/")
        return CaseFilter(
            which=Which(self._which.value() or Which.ACTIVE),
            project_id=self._project.value(),
            step_id=self._step.value(),
            owner=Owner(OwnerKind(kind), owner_id) if owner_id else None,
            is_mine=owner == _MINE,
            text=self._text.text().strip(),
        )

    def read_choices(self) -> None:
        """Ask again which projects, steps and owners there are; what is set stays set."""
        project = self._project.value()
        projects = [(one.id, one.name) for one in self._office.read(project_choices)]
        self._project.show_options([("", "Any project"), *projects], project)
        self._read_steps()
        choices = self._office.ask(owner_choices)
        people = [(f"{OwnerKind.PERSON.value}/{one.id}", named(one.name, one.is_me)) for one in choices.people]
        queues = [(f"{OwnerKind.QUEUE.value}/{one.id}", f"{one.name}, queue") for one in choices.queues]
        self._owner.show_options([("", "Any owner"), (_MINE, "Mine"), *people, *queues], self._owner.value())

    def keep(self) -> dict[str, str]:
        """What is set, as texts to be kept for this person."""
        which = self._which.value()
        return {
            "text": self._text.text().strip(),
            "project": self._project.value(),
            "step": self._step.value(),
            "owner": self._owner.value(),
            "status": "" if which == Which.ACTIVE else which,
        }

    def bring_back(self, kept: dict[str, str]) -> None:
        """Set what was kept; what is not there any more is left out."""
        self._project.choose(kept.get("project", ""))
        self._read_steps()
        self._step.choose(kept.get("step", ""))
        self._owner.choose(kept.get("owner", ""))
        self._which.choose(kept.get("status", "") or Which.ACTIVE.value)
        self._text.setText(kept.get("text", ""))
        self._pause.stop()
        self._show_clear()

    def clear(self) -> None:
        """Take every filter away."""
        self.bring_back({})
        self._say()

    def show_step(self, step_id: str) -> None:
        """Narrow to one step."""
        self._step.choose(step_id)
        self._say()

    def focus_text(self) -> None:
        """Ready to be typed into (Ctrl+F)."""
        self._text.setFocus()
        self._text.selectAll()

    def _size_text(self) -> None:
        self._text.setFixedWidth(theme.px(230))

    def _read_steps(self) -> None:
        step = self._step.value()
        steps = [(one.id, one.name) for one in self._office.read(step_choices, self._project.value())]
        self._step.show_options([("", "Any step"), *steps], step)

    def _choice(self, key: str, name: str, empty: str, options: Sequence[tuple[str, str]] = ()) -> ChoiceField:
        made = ChoiceField(options, name=name, empty=empty)
        made.setObjectName(f"filter-{key}")
        made.chosen.connect(self._say)
        return made

    def _say(self) -> None:
        self._pause.stop()
        self._read_steps()
        self._show_clear()
        self.narrowed.emit(self.asked())

    def _show_clear(self) -> None:
        self._clear.setVisible(any(self.keep().values()))
