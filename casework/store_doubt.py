"""Word, kept beside a store, that damage was met in it: the next start looks the whole file through."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.store_faults import StoreDamaged, our_disk

# A second bad read later than this has nothing to do with the first.
_CLEARED_LASTS = timedelta(days=90)
_MET, _CLEARED, _MET_AGAIN = b"met", b"cleared", b"met again"


class Doubt:
    """Whether one store may be damaged. A disk that cannot even take this down is told by what else it cannot do."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}.doubt")

    def note(self) -> None:
        """Damage was met. From any thread, also in a store that is only read."""
        with suppress(OSError):
            was = self._path.read_bytes() if self._path.exists() else b""
            came_back = was == _MET_AGAIN or (was == _CLEARED and self._was_lately())
            self._path.write_bytes(_MET_AGAIN if came_back else _MET)

    def settle(self, check: Callable[[], tuple[str, ...]]) -> None:
        """Has a store in doubt checked; `check` says what is wrong with it. Raises StoreDamaged, DiskFault.

        A sound one had a bad read, and is believed once in a while. Damage that comes back soon is there, whatever the
        check says.
        """
        with our_disk():
            was = self._path.read_bytes() if self._path.exists() else b""
        if was not in (_MET, _MET_AGAIN):
            return
        if was == _MET_AGAIN or check():
            raise StoreDamaged("damage was met in it")
        with our_disk():
            self._path.write_bytes(_CLEARED)

    def _was_lately(self) -> bool:
        written = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        return datetime.now(UTC) - written < _CLEARED_LASTS
