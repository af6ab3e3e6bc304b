"""What people do where cases come in: a partner's file, and the waiting list."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.demo.pilot import Pilot, let_it_work, until
from desktop.views.import_file import ImportScreen


def pick_owner(pilot: Pilot, name: str, *, is_queue: bool = False) -> None:
    """Chooses a person or a queue in the open picker by typing."""
    search = pilot.find("owner-search", QLineEdit)
    if is_queue:
        QTest.keyClick(search, Qt.Key.Key_Tab)
    QTest.keyClicks(search, name)
    QTest.keyClick(search, Qt.Key.Key_Return)
    until(lambda: not pilot.has("owner-search"), f"“{name}” among those who can be chosen")
    let_it_work()


class AtImport:
    """The import screen."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot

    def try_out(self, path: Path) -> None:
        """Opens a partner's file, as if it had been dropped there, and goes on to what would come of it."""
        self._pilot.click("nav-import")
        self._pilot.find("import", ImportScreen).open_file(path)
        self._pilot.click("columns-go-on")
        self._pilot.find("import-go")

    def take_in(self, project: str) -> None:
        """Says yes to what the trial showed, and waits until everybody is on the waiting list."""
        self._pilot.choose("import-project", project)
        self._pilot.click("import-go")
        self._pilot.find("import-to-waiting")


class AtWaitingList:
    """The waiting list with triage beside it."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot

    def show(self, client: str) -> None:
        """Shows a client's referral."""
        self._pilot.click("nav-waiting")
        self._pilot.row("waiting-rows", client)
        panel: QWidget = self._pilot.find("triage")
        until(
            lambda: any(client in words for words in self._pilot.words(panel)),
            lambda: f"The referral of {client} did not come up beside the list.",
        )

    def accept(self, client: str, owner: str) -> None:
        """Takes a client off the waiting list and gives the case to somebody."""
        self.show(client)
        self._pilot.click("triage-owner")
        pick_owner(self._pilot, owner)
        self._pilot.click("triage-accept")

    def claim(self, client: str) -> None:
        """Takes a waiting case oneself."""
        self.show(client)
        self._pilot.click("triage-claim")
