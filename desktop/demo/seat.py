"""A place to work at: one person's window on a server, opened, synced and closed."""

from collections.abc import Callable
from pathlib import Path

from casework.rows import all_of
from casework.values import Case, Contact
from desktop.app import App, open_desk
from desktop.demo.at_the_list import AtImport, AtWaitingList
from desktop.demo.at_today import AtDecisions, AtToday
from desktop.demo.ground import PASSPHRASE, sample_ground
from desktop.demo.on_the_case import OnCasePage
from desktop.demo.pilot import NotThere, Pilot, let_it_work, until
from desktop.demo.sample_server import PASSWORD
from desktop.desk import Desk
from desktop.entry import Ground
from desktop.messages import words_for
from desktop.views.case_page import CasePage
from sync.engine import SyncReport
from sync.machine import Phase


class Seat(Pilot):
    """Somebody's window, and what a story does at it: `waiting`, `case`, `decisions` ... are its screens' moves."""

    def __init__(
        self,
        root: Path,
        url: str,
        username: str,
        *,
        password: str = PASSWORD,
        ground: Callable[[Path], Ground] = sample_ground,
    ) -> None:
        self.username = username
        self.app: App = open_desk(
            root / username, url, username, password, passphrase=PASSPHRASE, ground=ground, cable_switch=True
        )
        self._trouble = ""
        self._bug: BaseException | None = None
        self.app.troubled.connect(self._on_trouble)
        super().__init__(self.app.window, username.capitalize())
        self.importing = AtImport(self)
        self.waiting = AtWaitingList(self)
        self.case = OnCasePage(self)
        self.today = AtToday(self)
        self.decisions = AtDecisions(self)

    def wait_until_open(self) -> None:
        """Waits until the desk is on show and the first round is over; NotThere, with the reason, if it cannot be."""
        until(self._is_in, lambda: self._lacks("the desk"))
        self.desk.bridge.broke.connect(self._on_bug)
        self.sync()

    @property
    def desk(self) -> Desk:
        """The open desk."""
        assert self.app.desk is not None
        return self.app.desk

    def sync(self, *, may_fail: bool = False) -> SyncReport:
        """Has a whole round run and answers what it did; NotThere if it ended early, unless it may."""
        reports: list[SyncReport] = []
        phases: list[Phase] = []
        let_it_work()
        bridge = self.desk.bridge

        def is_begun(state: object) -> None:
            phases.append(getattr(state, "phase", Phase.RESTING))

        def is_over(report: SyncReport) -> None:
            # a round that was under way before may have missed what others have sent since
            if Phase.GREETING in phases:
                reports.append(report)

        bridge.state.connect(is_begun)
        bridge.finished.connect(is_over)
        self.desk.office.sync_now()
        until(lambda: reports or self._bug, lambda: self._lacks("the end of a round"))
        bridge.state.disconnect(is_begun)
        bridge.finished.disconnect(is_over)
        if self._bug is not None:
            raise NotThere(f"{self.who}'s sync broke: {self._bug!r}") from self._bug
        report = reports[0]
        if report.fault is not None and not may_fail and not self.desk.cable.is_cut:
            raise NotThere(f"{self.who}'s round ended early: {report.fault.code}")
        let_it_work()
        return report

    def cut(self, is_cut: bool = True) -> None:
        """Cuts or mends the cable by its switch in the window."""
        if self.desk.cable.is_cut != is_cut:
            self.click("cable-switch")
        until(lambda: self.desk.cable.is_cut == is_cut, lambda: self._lacks("the cable switch"))

    def go(self, key: str) -> None:
        """Goes to a screen by the rail."""
        if self.has(f"nav-{key}"):
            self.click(f"nav-{key}")
        else:
            self.app.window.go(key)
        until(lambda: self.app.window.here() == key, lambda: self._lacks(f"the screen “{key}”"))

    def open_case_of(self, client: str) -> None:
        """Opens a client's case."""
        found = self.case_of(client)
        if found is None:
            raise NotThere(f"{self.who} has no case of {client}.")
        self.desk.open_case(found.id)
        until(lambda: self.find("case-page", CasePage).case_id() == found.id, lambda: self._lacks("the case page"))
        self.wait_to_see(client)

    def case_of(self, client: str) -> Case | None:
        """The case of the client with that name, as this laptop holds it."""
        with self.desk.laptop.database.reading() as conn:
            contacts = {contact.id: contact for contact in all_of(conn, Contact)}
            cases = all_of(conn, Case)
        return next((case for case in cases if client in contacts[case.contact_id].full_name), None)

    def close(self) -> bool:
        """Closes the window and all that is under it; whether all of it ended in time."""
        return self.app.close()

    def _is_in(self) -> bool:
        if self._trouble:
            words = words_for(self._trouble)
            raise NotThere(f"{self.who} could not come in: {words.whole}")
        return self.app.desk is not None and self.app.window.here() == "today"

    def _on_trouble(self, code: str) -> None:
        self._trouble = code

    def _on_bug(self, error: BaseException) -> None:
        self._bug = error
