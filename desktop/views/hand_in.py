"""An admin hands in a colleague's rescue copy: choose the file, see what is in it, hand it in (X8)."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from casework.handing_in import RescueReply
from casework.store_faults import StoreFault
from desktop.messages import words_for
from desktop.messages.rescued import came_of_words, found_words
from desktop.office import Office
from desktop.views.rescue_row import ENDING
from desktop.widgets.buttons import Button
from desktop.widgets.fields import LabeledField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Heading
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.surfaces import Card
from sync.central import Central
from sync.faults import SyncFault
from sync.rescue import hand_in, open_copy


class HandIn(Card):
    """A card under the people: one button, then the copy's own sentence and the button that does it.

    Everything that needs the server runs off the main thread; faults are said in the card and nothing is lost.
    """

    def __init__(self, office: Office, *, parent: QWidget | None = None) -> None:
        super().__init__("A colleague’s rescue copy", parent=parent)
        self.setObjectName("hand-in")
        self._office = office
        self._copy_id = ""
        self._name = ""
        self.notices = NoticeStack()
        self._about = Heading("")
        self._about.setObjectName("hand-in-about")
        self._about.setWordWrap(True)
        self._passphrase = TextField("", name="Passphrase of the copy")
        self._passphrase.setObjectName("hand-in-passphrase")
        self._passphrase.setEchoMode(TextField.EchoMode.Password)
        self._passphrase.returnPressed.connect(self._look)
        self._asked = LabeledField("Passphrase of the copy", self._passphrase, required=True)
        self._choose = Button("Choose a rescue copy…", icon="download")
        self._choose.setObjectName("hand-in-choose")
        self._choose.clicked.connect(self._choose_file)
        self._do = Button("Hand it in")
        self._do.setObjectName("hand-in-do")
        self._do.clicked.connect(self._submit)
        inside = QVBoxLayout()
        inside.setSpacing(8)
        inside.addWidget(
            Caption(
                "When a device cannot send any more, its person saves a rescue copy. Handed in here, everything in it"
                " counts as theirs; twice, or sent by the device as well, it counts once.",
                wrap=True,
            )
        )
        for part in (self.notices, self._about, self._asked, FlowRow(self._do, self._choose)):
            inside.addWidget(part)
        self.column.addLayout(inside)
        self._show_chosen()

    def take(self, source: Path) -> None:
        """Sends the file to the server and asks what is in it."""
        self._name, self._copy_id = source.name, ""
        self._set_busy(True)

        def work() -> str | SyncFault | StoreFault:
            try:
                return hand_in(self._office.central, source)
            except (SyncFault, StoreFault) as fault:
                return fault

        self._office.in_background(work, self._taken)

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a rescue copy", "", f"Rescue copy (*.{ENDING});;All (*)")
        if chosen:
            self.take(Path(chosen))

    def _taken(self, found: str | SyncFault | StoreFault) -> None:
        self._set_busy(False)
        if not isinstance(found, str):
            self._trouble(found)
            return
        self._copy_id = found
        self._look()

    def _look(self) -> None:
        if self._copy_id:
            self._ask(submit=False)

    def _submit(self) -> None:
        self._ask(submit=True)

    def _ask(self, *, submit: bool, even_unproved: bool = False) -> None:
        self._set_busy(True)
        asked = partial(
            open_copy,
            copy_id=self._copy_id,
            passphrase=self._passphrase.text(),
            submit=submit,
            even_unproved=even_unproved,
        )

        def verb(central: Central) -> RescueReply:
            return asked(central)

        self._office.online(verb, self._answered)

    def _answered(self, reply: RescueReply | SyncFault) -> None:
        self._set_busy(False)
        if isinstance(reply, SyncFault):
            self._trouble(reply)
            return
        self.notices.take("hand-in")
        if reply.is_submitted:
            self._done(reply)
            return
        self._show_chosen(found_words(reply))

    def _done(self, reply: RescueReply) -> None:
        self._copy_id = ""
        self._passphrase.clear()
        self._show_chosen()
        bar = NoticeBar(f"{reply.name}’s work is in", text=came_of_words(reply), kind="success")
        self.notices.put("hand-in", bar)
        self._office.sync_now()

    def _trouble(self, fault: SyncFault | StoreFault) -> None:
        facts = fault.facts if isinstance(fault, SyncFault) else {}
        words = words_for("no-server" if fault.code == "offline" else fault.code, facts)
        self._asked.setVisible(fault.code == "rescue-needs-passphrase" or bool(self._passphrase.text()))
        if fault.code == "rescue-needs-passphrase":
            self._show_chosen(f"{self._name} opens with a passphrase", needs_passphrase=True)
            self._passphrase.setFocus()
            return
        actions = [("anyway", "Hand it in all the same")] if fault.code == "rescue-unproved" else []
        bar = NoticeBar(words.title, text=words.text, kind="warning" if actions else "danger", actions=actions)
        bar.acted.connect(lambda _: self._ask(submit=True, even_unproved=True))
        self.notices.put("hand-in", bar)

    def _show_chosen(self, words: str = "", *, needs_passphrase: bool = False) -> None:
        self._about.setText(words)
        self._about.setVisible(bool(words))
        self._asked.setVisible(needs_passphrase)
        self._do.setVisible(bool(words) and not needs_passphrase)

    def _set_busy(self, is_busy: bool) -> None:
        self._choose.setEnabled(not is_busy)
        self._do.setEnabled(not is_busy)
