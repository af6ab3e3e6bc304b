"""A place to work at: one person's window on the sample server, opened, synced and closed."""

from pathlib import Path

from casework.rows import all_of
from casework.values import Case, Contact
from desktop.app import App, open_desk
from desktop.demo.pilot import Pilot, until
from desktop.demo.sample_server import PASSWORD
from desktop.desk import Desk
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

    def open_case_of(self, last_name: str) -> None:
        """Opens a client's case."""
        self.desk.open_case(self.case_of(last_name).id)
        until(lambda: self.app.window.here() == "case", "the case page")
        self.wait_to_see(last_name)

    def case_of(self, last_name: str) -> Case:
        """The case of the client with that last name, as this laptop holds it."""
        with self.desk.laptop.database.reading() as conn:
            contacts = {contact.id: contact for contact in all_of(conn, Contact)}
            found = [case for case in all_of(conn, Case) if contacts[case.contact_id].last_name == last_name]
        assert found, f"{self.username} has no case of {last_name}"
        return found[0]

    def close(self) -> None:
        """Closes the window and all that is under it."""
        self.app.close()
