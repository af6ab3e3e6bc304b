"""Clearing this device: refused while something is neither sent nor in a rescue copy, and asked about first (FA16)."""

import shutil
from contextlib import suppress
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal

from casework.store_faults import StoreFault
from desktop.messages import words_for
from desktop.messages.words import count_words
from desktop.office import Office
from desktop.views.main_window import MainWindow
from desktop.widgets.confirm import confirm
from desktop.widgets.notice_bar import NoticeBar
from sync.clearing import NotAllSafe, close_and_clear, drafts, may_go
from sync.keys import Keys


@runtime_checkable
class SavesCopies(Protocol):
    """The sync page, which is not imported before somebody looks at it."""

    def save_copy(self) -> None:
        """Begins to save a rescue copy."""


class Clearing(QObject):
    """`agreed` once the person has said yes and nothing would be lost; the desk is closed then, and all of it goes.

    `keys` are the profile's.
    """

    agreed = Signal()

    def __init__(self, office: Office, window: MainWindow, keys: Keys, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._window = window
        self._keys = keys
        self._folder = office.laptop.folder
        self._is_agreed = False

    def ask(self) -> None:
        """What waits is said and can be sent or saved from here; else one question, as it cannot be taken back."""
        stays = self._office.read(may_go)
        if stays is not None:
            self._tell(stays)
            return
        typed = self._office.read(drafts)
        lost = f" {count_words(typed, 'draft')} that you never saved will be gone." if typed else ""
        text = (
            "Everything that you did is on the server or in your rescue copy. Your cases and documents go from this"
            f" device; sign in again to get them back.{lost}"
        )
        if confirm(self._window, title="Sign out and clear this device?", text=text, action="Clear this device"):
            self._is_agreed = True
            self.agreed.emit()

    def close_store(self) -> None:
        """Closes the store; once agreed, all of it goes with that."""
        laptop = self._office.laptop
        if not self._is_agreed:
            laptop.close()
            return
        # another program may have a file open that is to go: without the key, which went first, it cannot be read
        with suppress(StoreFault):
            stays = close_and_clear(laptop, self._folder, self._keys)
            # said between the question and now: it is here at the next sign-in, and so is the question
            self._is_agreed = stays is None

    def finish(self) -> None:
        """Removes the profile's folder with what is in use until nobody has the profile any more."""
        if self._is_agreed:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _tell(self, stays: NotAllSafe) -> None:
        words = words_for(stays.code)
        bar = NoticeBar(
            words.title,
            text=words.text,
            kind="warning",
            actions=[("send", "Send now"), ("rescue", "Save a rescue copy…")],
        )
        bar.acted.connect(self._act)
        self._window.notice("clear", bar)

    def _act(self, key: str) -> None:
        self._window.go("sync")
        self._office.sync_now()
        if key == "rescue":
            panel = self._window.screen_of("sync")
            assert isinstance(panel, SavesCopies)
            panel.save_copy()
