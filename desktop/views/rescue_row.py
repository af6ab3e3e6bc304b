"""Saving what is not sent: a rescue copy for an admin, and the list of changes as a text (X2, X8)."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.viewer import Viewer
from casework.rescue_copy import SHORTEST_PASSPHRASE
from casework.store_faults import StoreFault
from desktop.messages import words_for
from desktop.messages.receipts import history_text
from desktop.messages.times import stamp_words
from desktop.messages.words import count_words
from desktop.office import Office
from desktop.widgets.buttons import Button
from desktop.widgets.fields import LabeledField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.sheet import Sheet
from sync.covered import is_all_safe
from sync.history import history
from sync.rescue import NotSaved, Saved, needs_passphrase, save_copy

ENDING = "rescue"


class PassphraseSheet(Sheet):
    """A passphrase for a copy, typed twice. `given(passphrase)`."""

    given = Signal(str)

    def __init__(self, *, over: QWidget) -> None:
        super().__init__("A passphrase for the copy", over=over, action="Save the copy", place="middle")
        self.setObjectName("rescue-passphrase")
        self.first = TextField("", name="Passphrase")
        self._again = TextField("", name="The same again")
        self.first.setObjectName("rescue-first")
        self._again.setObjectName("rescue-again")
        hint = f"At least {SHORTEST_PASSPHRASE} characters. Whoever opens the copy needs it, so tell it to your admin."
        self.form.addWidget(LabeledField("Passphrase", self.first, hint=hint, required=True))
        self._field = LabeledField("The same again", self._again, required=True)
        self.form.addWidget(self._field)
        for field in (self.first, self._again):
            field.setEchoMode(TextField.EchoMode.Password)
        self.acted.connect(self._give)

    def _give(self) -> None:
        if self.first.text() != self._again.text():
            self._field.show_problem("The two are not the same.")
        elif len(self.first.text()) < SHORTEST_PASSPHRASE:
            self._field.show_problem(f"At least {SHORTEST_PASSPHRASE} characters, please.")
        else:
            self.given.emit(self.first.text())


class RescueRow(QWidget):
    """Two quiet buttons and what came of them. The copy is written off the main thread."""

    saved = Signal(object)

    def __init__(self, office: Office, *, over: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._over = over
        self._sheet: PassphraseSheet | None = None
        self._copy = Button("Save a rescue copy…", icon="download", kind="quiet", small=True)
        self._copy.setObjectName("sync-rescue")
        self._copy.clicked.connect(self.start)
        text = Button("Save this list as text…", icon="file-text", kind="quiet", small=True)
        text.setObjectName("sync-as-text")
        text.clicked.connect(self._choose_text)
        self._about = Caption(wrap=True)
        self._about.setObjectName("sync-rescue-about")
        self.notices = NoticeStack()
        row = QHBoxLayout()
        row.addWidget(FlowRow(self._copy, text), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._about)
        column.addWidget(self.notices)

    def refresh(self) -> None:
        """Say whether a copy is worth making."""
        is_safe = self._office.read(is_all_safe)
        self._about.setText(
            ""
            if is_safe
            else "No network for long, or this device has to go? A rescue copy holds all that is not sent,"
            " encrypted; an admin can hand it in for you, and nothing is doubled when you send it as well."
        )
        self._about.setVisible(not is_safe)

    def start(self) -> None:
        """Asks for the passphrase where one is needed, then where to put the file."""
        if not self._office.read(needs_passphrase):
            self._choose("")
            return
        self._sheet = PassphraseSheet(over=self._over.window())
        self._sheet.given.connect(self._choose)
        self._sheet.open(self._sheet.first)

    def save(self, target: Path, passphrase: str = "") -> None:
        """Writes the copy; what came of it is said below."""
        laptop = self._office.laptop

        def work() -> Saved | NotSaved:
            try:
                return save_copy(laptop, target, passphrase=passphrase)
            except StoreFault as fault:
                return NotSaved(code=fault.code)

        self._copy.setEnabled(False)
        self._office.in_background(work, self._done)

    def save_text(self, target: Path) -> None:
        """Writes the list of changes and receipts as a plain text."""
        text = history_text(
            self._office.read(history, self._office.person_id), self._office.ask(_my_name), datetime.now(UTC)
        )
        try:
            target.write_text(text, encoding="utf-8")
        except OSError:
            self._say(NoticeBar(f"{target.name} could not be written", text="Choose another place.", kind="danger"))
            return
        self._say(NoticeBar("The list is saved", text=f"It is in {target.name}. It names clients.", kind="success"))

    def _choose(self, passphrase: str) -> None:
        if self._sheet is not None:
            self._sheet.leave()
            self._sheet = None
        me = self._office.ask(_my_name).replace(" ", "-").lower()
        name = f"{me}-{datetime.now(UTC).astimezone():%Y-%m-%d}.{ENDING}"
        target = self._ask_where("Save a rescue copy", name, f"Rescue copy (*.{ENDING})")
        if target is not None:
            self.save(target, passphrase)

    def _choose_text(self) -> None:
        target = self._ask_where("Save the list as text", "my-changes.txt", "Text (*.txt)")
        if target is not None:
            self.save_text(target)

    def _ask_where(self, title: str, name: str, kinds: str) -> Path | None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path(home) / name), kinds)
        return Path(chosen) if chosen else None

    def _done(self, found: Saved | NotSaved) -> None:
        self._copy.setEnabled(True)
        self.refresh()
        if isinstance(found, NotSaved):
            words = words_for(found.code)
            self._say(
                NoticeBar(words.title, text=words.text, kind="info" if found.code == "rescue-nothing" else "danger")
            )
            return
        what = count_words(found.changes, "change")
        if found.papers:
            what += f" and {count_words(found.papers, 'document')}"
        lost = f" {count_words(found.unreadable, 'document')} could not be read." if found.unreadable else ""
        text = f"{found.name} holds {what}, as of {stamp_words(found.at)}.{lost} Give it to your admin."
        self._say(NoticeBar("The rescue copy is saved", text=text, kind="warning" if lost else "success"))
        self.saved.emit(found)

    def _say(self, bar: NoticeBar) -> None:
        self.notices.put("rescue", bar)


def _my_name(conn: object, viewer: Viewer) -> str:
    del conn
    return viewer.person.display_name
