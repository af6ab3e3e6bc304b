"""One waiting case to decide about: its letter, and under it what can be said about it (S15 to S19)."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casework.commands import AnyCommand, ChangeOwner, SeenOwner, TriageCase
from casework.questions.choices import owner_choices
from casework.questions.sheets import OwnerChoices, WaitingCase
from casework.questions.waiting import waiting_case
from casework.values import Owner, OwnerKind, TriageOutcome
from desktop.messages import OUTCOMES_DONE, REFUSALS, words_of
from desktop.models.waiting_list import NO_NAME
from desktop.office import Answer, Office, Refused
from desktop.views.owner_picks import gives_to_colleagues, only_mine, picks_from
from desktop.views.referral_letter import ReferralLetter
from desktop.views.refusal_bar import refusal_bar
from desktop.views.triage_bar import TriageBar
from desktop.views.triage_form import TriageForm
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.people_list import Pick
from desktop.widgets.surfaces import Divider


class Decided(NamedTuple):
    """What came of it: the case, whether it left the list, and a few words for the quiet notice."""

    case_id: str
    is_off_the_list: bool
    words: str


class TriagePanel(QFrame):
    """The right side of the waiting list.

    `decided(Decided)` once a decision is on the disk; `open_case(id)` when another case in the letter is clicked.
    """

    decided = Signal(object)
    open_case = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("triage")
        self.setProperty("surface", "plain")
        self._office = office
        self._sheet: WaitingCase | None = None
        self._is_saying = False
        self._choices: OwnerChoices | None = None
        self._gives_away = False
        self.letter = ReferralLetter()
        self.letter.open_case.connect(self.open_case)
        self._notices = NoticeStack()
        self._notices.setObjectName("triage-notices")
        self.bar = TriageBar()
        self.bar.accepted.connect(self.accept)
        self.bar.picked.connect(self._on_picked)
        self.bar.claimed.connect(self.claim)
        self.bar.turned_down.connect(self.begin)
        self.form = TriageForm(office)
        self.form.acted.connect(self._turn_down)
        self.form.left.connect(partial(self._show_form, False))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.letter, 1)
        column.addWidget(self._notices)
        column.addWidget(Divider())
        column.addWidget(self.bar)
        column.addWidget(self.form)
        self._show_form(False)

    def case_id(self) -> str:
        """The id of the case on show, empty when there is none."""
        return self._sheet.case.id if self._sheet else ""

    def is_saying(self) -> bool:
        """Whether a decision of this person is being written now; `decided` follows if it was taken."""
        return self._is_saying

    def is_written_in(self) -> bool:
        """Whether somebody is typing a reason."""
        return self.form.is_written_in()

    def show_case(self, case_id: str) -> bool:
        """Show another case, or this one as it is now; False where it does not wait any more."""
        sheet = self._office.ask(waiting_case, case_id)
        if sheet is None:
            return False
        is_other = case_id != self.case_id()
        if is_other:
            self.form.put_by()
            self._notices.take("refused")
        if is_other or sheet != self._sheet:
            self.letter.show_case(sheet, from_top=is_other)
        self._sheet = sheet
        self.bar.show_case(sheet, self._picks(sheet), keep=not is_other)
        if is_other:
            begun = self.form.drafted(case_id)
            self._show_form(False)
            if begun is not None:
                self.begin(begun, is_return=True)
        return True

    def show_gone(self) -> None:
        """Somebody else decided about the case while words were being typed here: say so, and keep the words."""
        self.form.keep_draft()
        words = REFUSALS["triaged-first"]
        self._notices.put("refused", NoticeBar(words.title, text=words.next_step, kind="warning"))

    def ask_owner(self, *, accept: bool) -> None:
        """Open the owners; `accept`: Enter accepts for the one on top, or for whom one types."""
        if self._sheet is not None and self.form.isHidden():
            self.bar.ask_owner(accept=accept)

    def accept(self) -> None:
        """Support the client: to the step and the owner that the bar shows (S17, S18)."""
        if self._sheet is None:
            return
        command = TriageCase(
            case_id=self._sheet.case.id,
            base=_base(self._sheet),
            outcome=TriageOutcome.SUPPORTED,
            step_id=self.bar.step_id(),
            owner=self.bar.owner(),
        )
        words = f"{short_name(self._sheet)} → {self.bar.owner_name()} · {self.bar.step_name()}"
        self._say(command, Decided(command.case_id, True, words))

    def claim(self) -> None:
        """Take the case oneself and go on reading (S69)."""
        if self._sheet is None:
            return
        me = Owner(OwnerKind.PERSON, self._office.person_id)
        command = ChangeOwner(case_id=self._sheet.case.id, base=_base(self._sheet), owner=me)
        self._say(command, Decided(command.case_id, False, f"{short_name(self._sheet)} is yours"))

    def begin(self, outcome: TriageOutcome, *, is_return: bool = False) -> None:
        """Ask for the words that go with an outcome other than yes."""
        if self._sheet is None or not self.bar.may_decide():
            return
        self._show_form(True)
        self.form.open(outcome, self._sheet, take_focus=not is_return)

    def _on_picked(self, owner: Owner, accept: bool) -> None:
        del owner
        if accept:
            self.accept()

    def _turn_down(self) -> None:
        if self._sheet is None:
            return
        if self.form.lacks():
            self.form.show_problem(REFUSALS["reason-needed"].title)
            return
        command = TriageCase(
            case_id=self._sheet.case.id,
            base=_base(self._sheet),
            outcome=self.form.outcome,
            reason=self.form.reason(),
            duplicate_of=self.form.duplicate_of(),
        )
        words = f"{short_name(self._sheet)} · {OUTCOMES_DONE[self.form.outcome]}"
        answer = self._say(command, Decided(command.case_id, True, words))
        if isinstance(answer, Refused):
            self.form.show_problem(words_of(answer).title)

    def _say(self, command: AnyCommand, decided: Decided) -> Answer:
        self._is_saying = True
        answer = self._office.do(command)
        self._is_saying = False
        if isinstance(answer, Refused):
            self._notices.put("refused", refusal_bar(self._office, answer))
            return answer
        self._notices.take("refused")
        if decided.is_off_the_list:
            self.form.done()
            self._show_form(False)
        self.decided.emit(decided)
        return answer

    def forget_choices(self) -> None:
        """Something changed: who may own what, and how much they have, is asked again for the next case."""
        self._choices = None

    def _picks(self, sheet: WaitingCase) -> list[Pick]:
        """Counting everybody's cases takes its time, so going from case to case does not count them again."""
        if self._choices is None:
            self._choices = self._office.ask(owner_choices)
            self._gives_away = self._office.ask(gives_to_colleagues)
        if self._gives_away:
            return picks_from(self._choices, sheet.owners)
        return picks_from(only_mine(self._choices), [one for one in sheet.owners if one.is_me])

    def _show_form(self, shown: bool) -> None:
        self.bar.setVisible(not shown)
        self.form.setVisible(shown)


def _base(sheet: WaitingCase) -> SeenOwner:
    return SeenOwner(sheet.case.owner, sheet.case.owner_cmd)


def short_name(sheet: WaitingCase) -> str:
    """The client as one speaks of them: `Mrs Evans`, or the whole name where there is no title."""
    contact = sheet.contact
    if contact.title and contact.last_name:
        return f"{contact.title} {contact.last_name}"[:60]
    return contact.full_name[:60] or NO_NAME
