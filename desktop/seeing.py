"""Notes that a case has been on its owner's screen for a moment, so that whoever wrote on it gets to know (X2)."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop.office import Office
from sync.sightings import to_say

# shorter than that nobody has read anything
SEEN_AFTER_MS = 1_500


class Seeing(QObject):
    """`look(case id)` when a case comes on the screen, or changes there. `is_there(case id)` says whether it still is.

    Says one small command for a case, and only where somebody else has written something new on it.
    """

    def __init__(self, office: Office, is_there: Callable[[str], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._is_there = is_there
        self._case_id = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SEEN_AFTER_MS)
        self._soon.timeout.connect(self._say)
        office.changed.connect(self._on_changed)

    def look(self, case_id: str) -> None:
        """The case is on the screen now."""
        self._case_id = case_id
        self._soon.start()

    def stop(self) -> None:
        """The desk is closing."""
        self._soon.stop()
        self._case_id = ""

    def _on_changed(self, changes: object) -> None:
        del changes
        if self._case_id and not self._soon.isActive():
            self._soon.start()

    def _say(self) -> None:
        if not self._case_id or not self._is_there(self._case_id):
            self._case_id = ""
            return
        command = self._office.read(to_say, self._office.person_id, self._case_id)
        if command is not None:
            self._office.do(command)
