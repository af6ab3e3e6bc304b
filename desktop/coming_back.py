"""Signing in again without leaving the desk: a session that has ended costs a password and nothing else."""

from PySide6.QtCore import QObject

from desktop.messages import words_for
from desktop.office import Office
from desktop.views.main_window import MainWindow
from desktop.views.sign_in_again import SignInAgain
from sync import profiles
from sync.central import Central
from sync.faults import SyncFault
from sync.profiles import Arrival, Profile


class ComingBack(QObject):
    """Asks for the password, and has what waits sent once it was right."""

    def __init__(self, office: Office, window: MainWindow, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._window = window
        self._profile = profile

    def ask(self) -> None:
        """Opens the sheet for the password."""
        self._sheet = SignInAgain(self._profile.username, self._profile.server, over=self._window)
        self._sheet.password_given.connect(self._sign_in)
        self._sheet.start()

    def _sign_in(self, password: str) -> None:
        profile, laptop = self._profile, self._office.laptop

        def verb(central: Central) -> Arrival:
            arrival = profiles.sign_in(
                central, laptop.folder.parent, server=profile.server, username=profile.username, password=password
            )
            profiles.keep_renewal(laptop, arrival.renewal)
            return arrival

        self._office.online(verb, self._signed_in)

    def _signed_in(self, found: Arrival | SyncFault) -> None:
        if isinstance(found, SyncFault):
            code = "no-server" if found.code == "offline" else found.code
            self._sheet.show_trouble(words_for(code, found.facts))
            return
        self._sheet.leave()
        self._window.notices.take("sync")
        self._office.sync_now()
