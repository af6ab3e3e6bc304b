"""The real app as a person starts it, that says when its window and the first rows of Today are painted, and ends.

    python -m benchmarks.real_app --profile-root DIR

Only the keyring's last step is another: the system's keyring is found and loaded as ever, but the profile's key
is the benchmark's own, so that a machine without a keyring can measure too.
"""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPushButton, QWidget

import desktop.__main__ as doorstep
from benchmarks.marks import FirstPaint, mark
from desktop.app import App

if TYPE_CHECKING:
    from desktop.entry import Ground

HEAVY = ("sqlalchemy", "sqlcipher3", "requests", "keyring", "cryptography", "alembic", "PIL")


class WatchedApp(App):
    """The app, with an eye on what it paints."""

    def __init__(self, root: Path, **given: Any) -> None:
        super().__init__(root, ground=_ground, **given)
        self._window_seen = FirstPaint("painted", self.window)
        self._window_seen.over.connect(_say_what_is_heavy)
        self.ready.connect(self._watch_rows)
        self.troubled.connect(mark)

    def _watch_rows(self) -> None:
        lines: list[QWidget] = [
            one for one in self.window.findChildren(QPushButton) if type(one).__name__ == "LineButton"
        ]
        # not every one of them need fit into the window: the first to be painted is the first row
        self._rows_seen = FirstPaint("rows" if lines else "no-rows", *(lines or [self.window]))
        self._rows_seen.over.connect(self.close)


def _say_what_is_heavy() -> None:
    """By the first paint none of these may have been imported (performance.md 4)."""
    for name in HEAVY:
        if name in sys.modules:
            mark(f"early:{name}")


def _ground(root: Path) -> "Ground":
    # found by name, late: what it stands on is what the first paint must not wait for
    made: Ground = importlib.import_module("benchmarks.known_key").ground(root)
    return made


if __name__ == "__main__":
    doorstep.App = WatchedApp  # type: ignore[attr-defined]
    raise SystemExit(doorstep.main())
