"""The office with readers whose answers always arrive."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from desktop.errands import Errands
from desktop.office import Office
from sync.central import Central
from sync.laptop import Laptop

T = TypeVar("T")
READERS = 2


class ReadingOffice(Office):
    """An Office whose background work is run by Errands."""

    def __init__(self, laptop: Laptop, central: Central, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(laptop, central, bridge, parent)
        self._errands = Errands(self, threads=READERS)

    def in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """See Office.in_background."""
        self._errands.run(work, then)

    def drain(self, milliseconds: int = 5000) -> bool:
        """See Office.drain; what comes later is let go."""
        return self._errands.close(milliseconds)
