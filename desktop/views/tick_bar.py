"""What can be done with the selected cases: `20 selected`, Owner, Step (S26, S27)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.buttons import Button
from desktop.widgets.fields import TickField
from desktop.widgets.labels import Label
from desktop.widgets.surfaces import Divider


class TickBar(QFrame):
    """Stands at the foot of the list while something is selected."""

    owner_wanted = Signal()
    step_wanted = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cases-ticks")
        self.setProperty("surface", "plain")
        self._said = Label(kind="strong")
        self._said.setObjectName("ticks-count")
        self.owner_button = Button("Owner", icon="user", key="O")
        self.owner_button.setObjectName("ticks-owner")
        self.owner_button.clicked.connect(self.owner_wanted)
        self.step_button = Button("Step", icon="arrow-right", key="S")
        self.step_button.setObjectName("ticks-step")
        self.step_button.clicked.connect(self.step_wanted)
        self._tasks = TickField("Open tasks of the old owner go along")
        self._tasks.setObjectName("ticks-tasks")
        clear = Button("Clear", kind="quiet", icon="x")
        clear.setObjectName("ticks-clear")
        clear.setAccessibleName("Select nothing")
        clear.clicked.connect(self.cleared)
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        for part in (self._said, self.owner_button, self.step_button, self._tasks):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Divider())
        column.addLayout(row)
        self.hide()

    def show_count(self, count: int) -> None:
        """How many are selected; none puts the bar away."""
        self._said.setText(f"{count} selected")
        self._set_working(False)
        self.setVisible(count > 0)

    def show_progress(self, done: int, of: int) -> None:
        """A long change is under way."""
        if done < of and not self.isHidden():
            self._said.setText(f"Changing {done} of {of}")
            self._set_working(True)

    def takes_tasks(self) -> bool:
        """Whether the old owner's open tasks go to the new one (A5); only where the tick could be seen."""
        return self._tasks.isChecked() and not self.isHidden()

    def _set_working(self, is_working: bool) -> None:
        for part in (self.owner_button, self.step_button, self._tasks):
            part.setEnabled(not is_working)
