"""The page of one case, where people spend their day: who and whose, details, documents, tasks, feed, and writing."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from casework.answers import Changes
from casework.commands import (
    AddTask,
    AnyCommand,
    ChangeOwner,
    CloseCase,
    LogInteraction,
    LogReview,
    MoveStep,
    ReopenCase,
    SetPriority,
)
from casework.questions.choices import mention_choices
from casework.questions.names import names
from casework.questions.one_case import case_sheet
from casework.questions.sheets import CaseSheet
from casework.values import OwnerKind, Priority
from desktop import theme
from desktop.messages import Words, words_for, words_of
from desktop.office import Office, Refused
from desktop.views.case.body import CaseBody
from desktop.views.case.closing import CloseSheet, ReopenSheet
from desktop.views.case.composer import CONTACT, NOTE, REVIEWS
from desktop.views.case.departed import DepartedPage
from desktop.views.case.files_in import FilesIn
from desktop.views.case.owner_change import OwnerControl
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.plain import announce

# What everybody holds: names and choices on the page may have changed with it.
REFERENCE = frozenset({"person", "queue", "step", "task_type", "project", "team"})


class CasePage(QWidget):
    """`show_case(case_id)` opens a case; it stays up to date while it is in sight.

    `open_case(id)` leads to another case, `go_to(key)` to another screen, `decide(kept_id)` to one decision,
    `titled(text)` says what the window may be called, `deed(text)` what was just done.
    """

    open_case = Signal(str)
    go_to = Signal(str)
    decide = Signal(str)
    titled = Signal(str)
    deed = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._office = office
        self._case_id = ""
        self._client = ""
        self._sheet: CaseSheet | None = None
        self._is_stale = False
        self._question: CloseSheet | ReopenSheet | None = None
        self.body = CaseBody(office)
        self.departed = DepartedPage()
        self.departed.back.connect(lambda: self.go_to.emit("today"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.body)
        self._pages.addWidget(self.departed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.owner = OwnerControl(office, over=self, now=self.sheet)
        self._files = FilesIn(self)
        self._connect()
        self._add_keys()

    def show_case(self, case_id: str) -> None:
        """Open a case and put the keyboard on the page."""
        if case_id != self._case_id:
            self._put_question_away()
            self._sheet, self._client = None, ""
        self._case_id = case_id
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def case_id(self) -> str:
        """The case on show, empty before the first."""
        return self._case_id

    def sheet(self) -> CaseSheet | None:
        """The sheet on show, None where the case is not here."""
        return self._sheet

    @Slot()
    def refresh(self) -> None:
        """Ask again and fill what is there; focus, scroll and half-typed text stay."""
        self._is_stale = False
        if not self._case_id:
            return
        found = self._office.ask(case_sheet, self._case_id)
        if found is None:
            self._say_goodbye()
            return
        is_other = self._sheet is None
        self._sheet = found
        self._client = found.contact.full_name
        if is_other:
            self.body.composer.show_people(self._office.ask(mention_choices))
        self._files.show_case(self._client, may="document.attach" in found.offers)
        self.body.show_case(found)
        self._pages.setCurrentWidget(self.body)
        self.titled.emit(f"Case {found.case.number}".strip())

    def flush(self) -> None:
        """Keep all that is half typed, now: before a quit."""
        self.body.flush()

    def _say(self, command: AnyCommand, *, then: Callable[[], None], problem: Callable[[str], None]) -> None:
        """Says a command; refused, its words go where it was typed."""
        answer = self._office.do(command)
        if isinstance(answer, Refused):
            problem(self._words(answer).whole)
            return
        then()

    def _say_from_head(self, command: AnyCommand) -> None:
        answer = self._office.do(command)
        if isinstance(answer, Refused):
            self._refuse(self._words(answer))

    def _words(self, refused: Refused) -> Words:
        return words_of(refused, self._office.read(names).ids)

    def _refuse(self, words: Words) -> None:
        self.body.notices.put("refused", NoticeBar(words.title, text=words.text, kind="warning"))

    @Slot(str)
    def _move_step(self, step_id: str) -> None:
        if self._sheet is not None:
            self._say_from_head(MoveStep(case_id=self._case_id, step=(self._sheet.case.step_id, step_id)))

    @Slot(str)
    def _set_priority(self, priority: str) -> None:
        if self._sheet is not None:
            pair = (self._sheet.case.priority, Priority(priority))
            self._say_from_head(SetPriority(case_id=self._case_id, priority=pair))

    @Slot(object)
    def _change_owner(self, command: ChangeOwner) -> None:
        sheet = self.owner.sheet
        answer = self._office.do(command)
        if isinstance(answer, Refused) and sheet is not None:
            sheet.show_problem(self._words(answer).whole)
            return
        self.owner.done()
        if self._sheet is not None:
            self.deed.emit(f"The case is with {self._sheet.owner.name} now")

    @Slot(object)
    def _task_asked(self, command: AnyCommand) -> None:
        if isinstance(command, AddTask):
            self._say(command, then=self.body.tasks.added, problem=self.body.tasks.form.show_problem)
        else:
            self._say_from_head(command)

    @Slot(object)
    def _write(self, command: AnyCommand) -> None:
        composer = self.body.composer
        kind = REVIEWS if isinstance(command, LogReview) else CONTACT if isinstance(command, LogInteraction) else NOTE

        def then() -> None:
            composer.done(kind)
            self.body.feed.to_end()

        self._say(command, then=then, problem=composer.show_problem)

    @Slot()
    def _save(self) -> None:
        """Says what was corrected; what is refused stays typed, with its words over the case (S19)."""
        details = self.body.details
        if details.draft.problems:
            details.to_problem()
            return
        commands = details.draft.commands()
        for command in commands:
            answer = self._office.do(command)
            if isinstance(answer, Refused):
                self._refuse(self._words(answer))
                return
        if commands:
            details.saved()
            announce(self, "Saved")
            self.deed.emit("Saved")

    @Slot()
    def _close_case(self) -> None:
        if self._sheet is not None and "case.close" in self._sheet.offers:
            self._ask(CloseSheet(self._sheet, over=self))

    @Slot()
    def _reopen_case(self) -> None:
        if self._sheet is not None and "case.reopen" in self._sheet.offers:
            self._ask(ReopenSheet(self._sheet, over=self))

    def _ask(self, question: CloseSheet | ReopenSheet) -> None:
        self._put_question_away()
        self._question = question
        question.asked.connect(self._answer_question)
        question.left.connect(self._put_question_away)
        question.begin()

    @Slot(object)
    def _answer_question(self, command: CloseCase | ReopenCase) -> None:
        question = self._question
        if question is not None:
            self._say(command, then=self._put_question_away, problem=question.show_problem)

    def _put_question_away(self) -> None:
        question, self._question = self._question, None
        if question is not None:
            question.leave()
            question.setParent(None)
            question.deleteLater()

    @Slot(str)
    def _act_on_panel(self, key: str) -> None:
        verb, _, what = key.partition(" ")
        if verb == "decide":
            self.decide.emit(what)
            self.go_to.emit("decisions")
        elif verb == "open":
            self.open_case.emit(what)
        elif verb == "reopen":
            self._reopen_case()
        elif verb == "triage":
            self.go_to.emit("waiting")
        elif verb == "letter":
            self.body.turn_to("letter")

    @Slot(str)
    def _open_link(self, url: str) -> None:
        """Only after a click, only http and https, in the system's own browser (R13, T9)."""
        address = QUrl(url)
        if address.scheme().lower() in ("http", "https"):
            QDesktopServices.openUrl(address)

    # -- keys

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], None]] = {
            "O": lambda: self.owner.open_under(self.body.header.owner_button),
            "S": self._open_steps,
            "T": self._begin_task,
            "N": lambda: self._begin_writing(NOTE),
            "M": lambda: self._begin_writing(NOTE),
            "R": self._begin_review,
            "F": self._choose_files,
            "E": self._edit,
            "D": self._decide_first,
            "Ctrl+S": self._save,
            "Ctrl+Return": self._finish,
            "Ctrl+Enter": self._finish,
            "Ctrl+V": self._files.paste,
        }
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setObjectName(f"key-{key}")
            shortcut.activated.connect(act)

    def _is_asking(self) -> bool:
        """A question lies over the page: single keys are not for what is under it."""
        sheet = self.owner.sheet
        return self._question is not None or (sheet is not None and sheet.isVisible())

    def _open_steps(self) -> None:
        if self._sheet is not None and not self._is_asking() and self.body.header.step.isEnabled():
            self.body.header.step.showMenu()

    def _begin_task(self) -> None:
        if not self._is_asking():
            self.body.show_work()
            self.body.tasks.add_task()
            self.body.bring_into_sight(self.body.tasks.form)

    def _begin_writing(self, kind: str) -> None:
        if not self._is_asking():
            self.body.show_work()
            self.body.composer.begin(kind)
            self.body.bring_into_sight(self.body.composer)

    def _begin_review(self) -> None:
        if self._sheet is None or self._is_asking():
            return
        if "review.log" in self._sheet.offers:
            self._begin_writing(REVIEWS)
            return
        is_person = self._sheet.owner.kind is OwnerKind.PERSON
        owner = self._sheet.owner.name if is_person else f"Nobody ({self._sheet.owner.name})"
        self._refuse(words_for("review-is-the-owners", {"owner": owner}))

    def _choose_files(self) -> None:
        if not self._is_asking():
            self.body.turn_to("documents")
            self.body.documents.choose()

    def _edit(self) -> None:
        if not self._is_asking():
            self.body.turn_to("details")
            self.body.details.to_first()

    def _decide_first(self) -> None:
        if self._sheet is not None and self._sheet.kept and not self._is_asking():
            self._act_on_panel(f"decide {self._sheet.kept[0].id}")

    def _finish(self) -> None:
        """Ctrl+Enter finishes whatever the keyboard is in."""
        if self._question is not None:
            self._question.acted.emit()
        elif self.owner.sheet is not None and self.owner.sheet.isVisible():
            self.owner.sheet.acted.emit()
        else:
            self.body.finish(self.focusWidget())

    @Slot(QImage)
    def _add_picture(self, image: QImage) -> None:
        if self._sheet is not None:
            self.body.turn_to("documents")
            self.body.documents.paste(image)

    @Slot(list)
    def add_files(self, paths: list[str]) -> None:
        """Put files on the case and show them."""
        if self._sheet is None:
            return
        if "document.attach" not in self._sheet.offers:
            self._refuse(words_for("read-only"))
            return
        self.body.turn_to("documents")
        self.body.documents.add(paths)

    # -- staying up to date

    def _connect(self) -> None:
        self._office.changed.connect(self._on_changed)
        self._files.files.connect(self.add_files)
        self._files.image.connect(self._add_picture)
        header, body = self.body.header, self.body
        header.step_asked.connect(self._move_step)
        header.priority_asked.connect(self._set_priority)
        header.owner_asked.connect(lambda: self.owner.open_under(header.owner_button))
        header.close_asked.connect(self._close_case)
        header.reopen_asked.connect(self._reopen_case)
        self.owner.asked.connect(self._change_owner)
        body.tasks.asked.connect(self._task_asked)
        body.composer.asked.connect(self._write)
        body.details.save_asked.connect(self._save)
        body.panel_acted.connect(self._act_on_panel)
        body.open_link.connect(self._open_link)
        theme.changes.changed.connect(self.body.fit)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if self._case_id not in changes.cases and not changes.kinds & REFERENCE:
            return
        if not self.isVisible():
            self._is_stale = True
            return
        self.refresh()

    def _say_goodbye(self) -> None:
        """The case has left this laptop; what was half typed is kept under its own key."""
        self._put_question_away()
        self.owner.done()
        self.body.flush()
        self._sheet = None
        self.departed.show_departure(self._office, self._case_id, self._client)
        self._pages.setCurrentWidget(self.departed)
        self.titled.emit("Case")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.body.flush()
        super().hideEvent(event)
