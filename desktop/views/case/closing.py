"""Closing a case with a reason in three moves, and opening it again (domain.md 5.3, J9)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from casework.commands import CloseCase, ReopenCase, SeenOwner
from casework.questions.sheets import CaseSheet
from casework.rules.closing import CLOSED_REASONS
from casework.values import TaskStatus
from desktop import theme
from desktop.messages import CLOSED_REASONS as REASON_WORDS
from desktop.messages import count_words, quoted, words_for
from desktop.models.feed import calm
from desktop.widgets import painting
from desktop.widgets.fields import LabeledField, MultiLineField
from desktop.widgets.labels import Label
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.sheet import Sheet

OTHER = "other"


class _Reason(QRadioButton):
    """A reason to choose, its words as written."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__()
        self.code = code
        self._words = words
        self.setObjectName(f"reason-{code}")
        self.setAccessibleName(words)
        self.setMinimumHeight(theme.grown(18, 12))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("ring", True)

    def hitButton(self, pos: object) -> bool:
        del pos
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_on = self.isChecked()
        fill = tokens.selected if is_on else tokens.hover if self.underMouse() else None
        painting.box(painter, self.rect(), fill, edge=tokens.accent if is_on else tokens.hairline, width=tokens.border)
        side = theme.px(14)
        ring = self.rect().adjusted(10, 0, 0, 0)
        ring.setSize(ring.size().scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio))
        ring.moveTop((self.height() - side) // 2)
        edge = tokens.accent if is_on else tokens.control
        painting.box(painter, ring, tokens.surface, edge=edge, radius=side / 2, width=theme.px(4) if is_on else 1)
        room = self.rect().adjusted(10 + side + theme.px(8), 0, -6, 0)
        painting.words(painter, room, self._words, font=theme.font(13, 500 if is_on else 400), tint=tokens.text)


class CloseSheet(Sheet):
    """Reasons in sight, words where it is another one; warns of what is still open. `asked(CloseCase)`."""

    asked = Signal(object)

    def __init__(self, case: CaseSheet, *, over: QWidget) -> None:
        name = calm(case.contact.full_name)[:60] or case.case.number
        super().__init__(f"Close the case of {name}", over=over, action="Close case", place="middle", width=580)
        self.setObjectName("close-sheet")
        self.action.set_kind("primary")
        self._case = case
        self._group = QButtonGroup(self)
        self._warn()
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, code in enumerate(CLOSED_REASONS):
            reason = _Reason(code, REASON_WORDS[code])
            self._group.addButton(reason)
            grid.addWidget(reason, at // 2, at % 2)
        self._group.buttonClicked.connect(self._on_reason)
        self.form.addWidget(Label("Why is it closed?", kind="strong"))
        self.form.addLayout(grid)
        self._words = MultiLineField(name="In a few words")
        self._words.setObjectName("close-words")
        self._words.show_lines(2)
        self._words.setFixedHeight(self._words.sizeHint().height())
        self._field = LabeledField("In a few words (optional)", self._words)
        self.form.addWidget(self._field)
        self.action.setEnabled(False)
        self.acted.connect(self._say)

    def begin(self) -> None:
        """Open, with the keyboard on the reasons."""
        self.open(self._group.buttons()[0])

    def reason(self) -> str:
        """The code of the reason chosen, empty before."""
        chosen = self._group.checkedButton()
        return chosen.code if isinstance(chosen, _Reason) else ""

    def show_problem(self, words: str) -> None:
        """Say what is missing; what was typed stays."""
        self._field.show_problem(words)

    def _warn(self) -> None:
        still_open = [task for task in self._case.tasks if task.status is TaskStatus.OPEN]
        if not still_open:
            return
        titles = ", ".join(quoted(calm(task.title), 40) for task in still_open[:3])
        more = f" and {len(still_open) - 3} more" if len(still_open) > 3 else ""
        is_one = len(still_open) == 1
        bar = NoticeBar(
            f"{count_words(len(still_open), 'task')} {'is' if is_one else 'are'} still open",
            text=f"{titles}{more} will be cancelled with the case.",
            kind="warning",
            dismissible=False,
        )
        bar.setObjectName("close-open-tasks")
        self.form.addWidget(bar)

    def _on_reason(self) -> None:
        self.action.setEnabled(True)
        self.show_problem("")
        if self.reason() == OTHER:
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self) -> None:
        if not self.reason() or (self.reason() == OTHER and not self._words.value()):
            self.show_problem(words_for("reason-needed").whole)
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        case = self._case.case
        base = SeenOwner(case.owner, case.owner_cmd)
        self.asked.emit(CloseCase(case_id=case.id, base=base, reason=self.reason(), words=self._words.value()))


class ReopenSheet(Sheet):
    """Why the case is opened again. `asked(ReopenCase)`."""

    asked = Signal(object)

    def __init__(self, case: CaseSheet, *, over: QWidget) -> None:
        super().__init__("Reopen this case", over=over, action="Reopen", place="middle", width=460)
        self.setObjectName("reopen-sheet")
        self._case_id = case.case.id
        self._reason = MultiLineField(name="Reason")
        self._reason.setObjectName("reopen-reason")
        self._reason.show_lines(3)
        self._field = LabeledField("What is there to do?", self._reason, required=True)
        self.form.addWidget(self._field)
        self.acted.connect(self._say)

    def begin(self) -> None:
        """Open, ready to be typed into."""
        self.open(self._reason)

    def show_problem(self, words: str) -> None:
        """Say what is missing; what was typed stays."""
        self._field.show_problem(words)

    def _say(self) -> None:
        if not self._reason.value():
            self.show_problem(words_for("reason-needed").whole)
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.asked.emit(ReopenCase(case_id=self._case_id, reason=self._reason.value()))
