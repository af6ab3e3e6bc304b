"""What closed windows leave behind is taken apart on the main thread, never on one that syncs."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.sweeping import Sweeper


class Ring:
    """Something that only a search for garbage ever takes away."""

    def __init__(self) -> None:
        self.itself = self


def _make_many() -> list[list[int]]:
    return [[number] for number in range(1_000)]


@pytest.fixture
def seldom() -> Iterator[None]:
    """Python's own counts, so low that a few things are enough."""
    before = gc.get_threshold()
    gc.set_threshold(50, 1, 1)
    yield
    gc.set_threshold(*before)


def test_that_only_the_main_thread_looks_for_garbage(qtbot: QtBot, seldom: None) -> None:
    where: list[threading.Thread] = []
    kept: list[list[int]] = []
    parent = QObject()
    gc.enable()
    sweeper = Sweeper(parent)
    sweeper.setInterval(1)

    def make_many() -> None:
        weakref.finalize(Ring(), lambda: where.append(threading.current_thread()))
        kept.extend(_make_many())

    maker = threading.Thread(target=make_many)
    maker.start()
    maker.join()
    assert where == [], "nothing was looked for while it was made"
    kept.extend(_make_many())
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread()]
    sweeper.stop()
