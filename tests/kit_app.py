"""Whole apps in a test's process: a real window over a real store, with a keyring in memory.

    def test_that_...(apps, central, qtbot):             # `central` is a real server on loopback, one a module
        app = apps(server=central.url)                    # Amy's, signed in, first cases here, Today on show
        app.window.go("sync")

`apps(who="priya", root=...)` opens another person's; two apps may be open at once. `door(...)` stops at the sign-in.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import App, open_desk
from desktop.entry import Ground
from sync.http import HttpCentral
from sync.keyslots import Stretch
from tests.kit_keyring import MemoryKeyring
from tests.kit_server import PASSWORD, RunningServer, running_server

QUICK = Stretch(memory=64, passes=1)
WAIT_MS = 20_000


class Apps:
    """Opens apps and closes them after the test. `keyring` is that of the one computer that they all run on."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.folder = folder
        self.keyring = MemoryKeyring()
        self._qtbot = qtbot
        self._open: list[App] = []

    def __call__(self, server: str, who: str = "amy", *, root: Path | None = None) -> App:
        """An app that has signed itself in and shows Today."""
        app = open_desk(root or self.folder / who, server, who, PASSWORD, ground=self.ground)
        self._open.append(app)
        self._qtbot.waitUntil(lambda: app.window.here() == "today", timeout=WAIT_MS)
        return app

    def door(self, root: Path | None = None, *, server: str = "") -> App:
        """An app as a person starts it, at the first thing that it asks or shows."""
        app = App(root or self.folder / "door", server=server, ground=self.ground)
        self._open.append(app)
        app.start()
        self._qtbot.waitUntil(lambda: app.sign_in_view is not None or bool(app.window.here()), timeout=WAIT_MS)
        return app

    def close(self) -> None:
        """Closes all that are still open."""
        for app in self._open:
            app.close()

    def ground(self, root: Path) -> Ground:
        """What the apps stand on: quick keys, a keyring in memory, a server that fails fast."""
        return Ground(
            root=root,
            upgrade=_no_upgrade,
            central_of=lambda url: HttpCentral(url, read_seconds=10),
            keyring=self.keyring,
            stretch=QUICK,
        )


@pytest.fixture
def apps(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Apps]:
    """Opens whole apps; the folder of each is under the test's own."""
    del qapp
    made = Apps(tmp_path, qtbot)
    yield made
    made.close()


@pytest.fixture(scope="module")
def central() -> Iterator[RunningServer]:
    """A real server on loopback with the sample organisation; shared by a module's tests."""
    with running_server() as server:
        yield server


def _no_upgrade(database: object) -> None:
    raise AssertionError("a new store is never behind")


__all__ = ["Apps", "apps", "central"]
