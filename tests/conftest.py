"""What every test stands on: no screen, a home folder of its own, and the kits for real servers."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

pytest_plugins = ["tests.kit_covers", "tests.kit_postgres", "tests.kit_s3"]

HOME_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


def _move_home() -> Path:
    """Point everything that follows the environment at an empty folder, before Qt or keyring look."""
    home = Path(tempfile.mkdtemp(prefix="doorstep-home-"))
    for name, folder in HOME_FOLDERS.items():
        place = home / folder
        place.mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(place)
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    # whoever tests a real keyring starts a process with a session bus and a keyring of its own
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return home


HOME = _move_home()
settings.register_profile("doorstep", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("doorstep")


class KeepingBot(QtBot):
    """A bot that holds on to the widgets it is given until the test has ended.

    Python may otherwise take one away that only Qt still knows, in the middle of painting it.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        self._kept: list[QWidget] = []

    def addWidget(self, widget: QWidget, *, before_close_func: Callable[[QWidget], Any] | None = None) -> None:
        """See QtBot."""
        self._kept.append(widget)
        super().addWidget(widget, before_close_func=before_close_func)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> KeepingBot:
    """The bot of every test of windows."""
    return KeepingBot(request)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """As in the app, only the main thread takes apart what windows leave behind (desktop/sweeping.py)."""
    if not _has_windows(item):
        yield
        return
    gc.disable()
    yield
    gc.collect(1 if nextitem is not None and _has_windows(nextitem) else 2)
    gc.enable()


def _has_windows(item: pytest.Item) -> bool:
    return "qapp" in getattr(item, "fixturenames", ())


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(HOME, ignore_errors=True)
