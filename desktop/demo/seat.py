"""A place to work at: one person's window on the sample server, opened, synced and closed."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from casework.rows import all_of
from casework.values import Case, Contact, Step
from desktop.app import App, open_desk
from desktop.demo.pilot import NotThere, Pilot, let_it_work, until
from desktop.demo.sample_server import PASSWORD
from desktop.desk import Desk
from desktop.views.import_file import ImportScreen
from sync.machine import Phase

# The demo must not touch the keyring of whoever tries it, so its stores open with a passphrase.
PASSPHRASE = "a passphrase for the sample only"


class Seat(Pilot):
    """Amy's, Priya's or Ben's window, and what a story does at it."""

    def __init__(self, root: Path, url: str, username: str) -> None:
        self.username = username
        self.app: App = open_desk(root / username, url, username, PASSWORD, passphrase=PASSPHRASE, cable_switch=True)
        super().__init__(self.app.window)

    def wait_until_open(self) -> None:
        """Waits until the desk is on show and the first round is over."""
        until(lambda: self.app.desk is not None and self.app.window.here() == "today", f"{self.username}'s desk")
        self.sync()

    @property
    def desk(self) -> Desk:
        """The open desk."""
        assert self.app.desk is not None
        return self.app.desk

    def sync(self) -> None:
        """Has a whole round run, and waits for its end."""
        ended: list[object] = []
        self.desk.bridge.finished.connect(ended.append)
        self.desk.office.sync_now()
        until(lambda: ended, f"{self.username}'s round to end")
        until(lambda: self.desk.bridge.engine.machine.phase is Phase.RESTING, "the sync to rest")
        self.desk.bridge.finished.disconnect(ended.append)

    def cut(self, is_cut: bool) -> None:
        """Cuts or mends the cable by its switch in the window."""
        if self.desk.cable.is_cut != is_cut:
            self.click("cable-switch")
        until(lambda: self.desk.cable.is_cut == is_cut, "the cable switch to work")

    def go(self, key: str) -> None:
        """Goes to a screen by the rail."""
        self.app.window.go(key)
        until(lambda: self.app.window.here() == key, f"the screen {key}")

    def open_case_of(self, client: str) -> None:
        """Opens a client's case."""
        found = self.case_of(client)
        assert found is not None, f"{self.username} has no case of {client}"
        self.desk.open_case(found.id)
        until(lambda: self.app.window.here() == "case", "the case page")
        self.wait_to_see(client)

    def case_of(self, client: str) -> Case | None:
        """The case of the client with that name, as this laptop holds it."""
        with self.desk.laptop.database.reading() as conn:
            contacts = {contact.id: contact for contact in all_of(conn, Contact)}
            cases = all_of(conn, Case)
        return next((case for case in cases if client in contacts[case.contact_id].full_name), None)

    def close(self) -> None:
        """Closes the window and all that is under it."""
        self.app.close()


class WorkingSeat(Seat):
    """A seat with the moves that the story and the journeys make, through the window's own widgets."""

    def import_file(self, path: Path) -> None:
        """Brings a partner's file in, from choosing it to the result."""
        self.go("import")
        zone = self.find("import", ImportScreen)
        zone.open_file(path)
        self.click("columns-go-on")
        self.find("import-go")

    def take_in(self, project: str) -> None:
        """Says yes to what the trial showed, and waits until everybody is on the waiting list."""
        self.choose("import-project", project)
        self.click("import-go")
        self.find("import-to-waiting")

    def accept(self, client: str, owner: str) -> None:
        """Takes a client off the waiting list and gives the case to somebody."""
        self.go("waiting")
        self.row("waiting-rows", client)
        self.click("triage-owner")
        self.pick(owner)
        self.click("triage-accept")

    def claim(self, client: str) -> None:
        """Takes a waiting case oneself."""
        self.go("waiting")
        self.row("waiting-rows", client)
        self.click("triage-claim")

    def pick(self, name: str) -> None:
        """Chooses a person or a queue in the open picker by typing."""
        search = self.find("owner-search", QLineEdit)
        if "queue" in name or name == "Back office":
            QTest.keyClick(search, Qt.Key.Key_Tab)
        QTest.keyClicks(search, name)
        QTest.keyClick(search, Qt.Key.Key_Return)
        let_it_work()

    def change_owner(self, owner: str, reason: str = "") -> None:
        """Gives the open case to a person or a queue, by the control beside the owner's name."""
        self.click("change-owner")
        self.pick(owner)
        if reason:
            self.type_into("owner-reason", reason)
        self.press("Change owner", inside=self.find("owner-sheet"))
        until(lambda: not self.has("owner-sheet"), "the owner to be changed")

    def write_note(self, text: str) -> None:
        """Writes a note on the open case."""
        self.press("Note", inside=self.find("composer-kinds"))
        self.type_into("composer-note", text)
        self.click("composer-save")
        self.wait_to_see(text)

    def log_review(self, text: str) -> None:
        """Logs a review of the open case, in place of the suggested lines."""
        self.press("Review", inside=self.find("composer-kinds"))
        self.type_into("composer-review", text)
        self.click("composer-save")

    def move_to(self, step: str) -> None:
        """Moves the open case along its journey."""
        steps = {one.name: one.id for one in self.steps()}
        action = self.app.window.findChild(QAction, f"step-{steps[step]}")
        if action is None:
            raise NotThere(f"{step} among the steps")
        action.trigger()
        let_it_work()

    def steps(self) -> tuple[Step, ...]:
        """The steps of the journey."""
        with self.desk.laptop.database.reading() as conn:
            return all_of(conn, Step)

    def finish_task(self, title: str) -> None:
        """Ticks a task of the open case as done."""
        for line in self.window.findChildren(QWidget):
            if line.objectName().startswith("task-") and line.isVisible() and line.findChild(QWidget, "task-tick"):
                words = [label.text() for label in line.findChildren(QLabel)]
                if title in words:
                    tick = line.findChild(QWidget, "task-tick")
                    assert tick is not None
                    QTest.mouseClick(tick, Qt.MouseButton.LeftButton)
                    let_it_work()
                    return
        raise NotThere(f"the task “{title}”; on show: {self.words()[:60]}")

    def change_field(self, name: str, text: str) -> None:
        """Corrects a field of the details form and saves."""
        self.press("Details", inside=self.find("case-tabs"))
        self.type_into(f"field-{name}", text)
        self.click("details-save")

    def close_case(self, reason: str = "advice_completed") -> None:
        """Closes the open case with a reason."""
        self.click("close-case")
        self.click(f"reason-{reason}")
        self.press("Close case", inside=self.find("close-sheet"))
        until(lambda: not self.has("close-sheet"), "the case to be closed")

    def decide(self, how: str) -> None:
        """Goes to Decisions and takes the first card's choice of that kind."""
        self.go("decisions")
        self.click(f"decide-{how}")
