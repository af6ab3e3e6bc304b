"""What is being typed, kept on the disk within 300 ms of a pause and found again on return (A13)."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from casework.answers import Refused
from casework.store_faults import StoreFault
from desktop.messages import clock_words, moment_words
from desktop.messages.times import parsed
from desktop.office import Office

PAUSE_MS = 250
_AT = "kept_at"


class Keeper(QObject):
    """Keeps one draft at a time under a key; `body` says what there is to keep.

    `kept(words)` after each time, empty when there is nothing left to keep; `failed(Refused)` where the disk would not.
    """

    kept = Signal(str)
    failed = Signal(object)

    def __init__(self, office: Office, body: Callable[[], dict[str, str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._body = body
        self._key = ""
        self._is_waiting = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(PAUSE_MS)
        self._clock.timeout.connect(self.flush)

    def open(self, key: str) -> tuple[dict[str, str], str]:
        """Turn to another draft; answers what was kept under its key and when, in words (`at 14:02`)."""
        self.flush()
        self._key = key
        body = self._office.drafts.find(key) if key else {}
        at = parsed(body.pop(_AT, ""))
        return body, moment_words(at) if at and body else ""

    def touch(self) -> None:
        """Something was typed."""
        self._is_waiting = True
        self._clock.start()

    def flush(self) -> None:
        """Keep what waits to be kept, now."""
        self._clock.stop()
        if not self._is_waiting or not self._key:
            return
        self._is_waiting = False
        now = datetime.now(UTC)
        body = {name: text for name, text in self._body().items() if text}
        try:
            self._office.drafts.keep(self._key, {**body, _AT: now.isoformat()} if body else {})
        except StoreFault as fault:
            self.failed.emit(Refused(fault.code))
            return
        self.kept.emit(f"Kept {clock_words(now)}" if body else "")

    def forget(self) -> None:
        """It was saved or thrown away."""
        self._clock.stop()
        self._is_waiting = False
        try:
            self._office.drafts.forget(self._key)
        except StoreFault as fault:
            self.failed.emit(Refused(fault.code))
            return
        self.kept.emit("")
