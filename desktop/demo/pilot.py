"""Drives a window as a person would: by clicking what is named, typing into fields, and reading what is on show."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

W = TypeVar("W", bound=QWidget)
LONGEST_WAIT = 30.0
PAUSE_MS = 4
# the numbers in the rail follow within 100 ms
STILL_MS, MOST_LOOKS = 130, 8
MOST_ROWS = 60
MOST_SHOWN = 80


_asked_to_end = threading.Event()


def end_soon(*_: object) -> None:
    """Has the story end at its next step, as on Ctrl+C: for signals, which may come in the middle of Qt's work."""
    _asked_to_end.set()


class NotThere(AssertionError):
    """What the story counts on is not on the screen."""


def until(is_so: Callable[[], object], what: str | Callable[[], str], *, seconds: float = LONGEST_WAIT) -> None:
    """Lets the app go on until something is so; NotThere, naming it, when it does not come."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise NotThere(what if isinstance(what, str) else what())
        let_it_work()


def let_it_work(milliseconds: int = 0) -> None:
    """Handles what is waiting to be handled, at least once, pausing for moments so that other threads get on.

    Raises KeyboardInterrupt once `end_soon` was called.
    """
    end = time.monotonic() + milliseconds / 1000
    while True:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        # lets go of the interpreter too, which QTest's own pause does not
        QThread.msleep(PAUSE_MS)
        if _asked_to_end.is_set():
            _asked_to_end.clear()
            raise KeyboardInterrupt
        if time.monotonic() >= end:
            return


class Pilot:
    """Works one window; `who` is whose it is, for words about what was not there."""

    def __init__(self, window: QWidget, who: str = "The window") -> None:
        self.window = window
        self.who = who

    def find(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """The visible widget with that object name; waits for it."""
        found: list[W] = []

        def is_there() -> bool:
            found[:] = [one for one in self.window.findChildren(kind, name) if one.isVisible()]
            return bool(found)

        until(is_there, lambda: self._lacks(f"“{name}”"))
        return found[0]

    def has(self, name: str) -> bool:
        """Whether a widget with that name is on show."""
        return any(one.isVisible() for one in self.window.findChildren(QWidget, name))

    def click(self, target: str | QWidget) -> None:
        """Clicks the button (or whatever it is) with that name, once it may be clicked."""
        widget = self.find(target) if isinstance(target, str) else target
        until(widget.isEnabled, lambda: self._lacks(f"“{widget.objectName()}” to be clicked on"))
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        let_it_work()

    def press(self, words: str, *, inside: QWidget | None = None) -> None:
        """Clicks the visible button that says these words."""

        def buttons() -> list[QAbstractButton]:
            around = inside or self.window
            return [
                one
                for one in around.findChildren(QAbstractButton)
                if one.isVisible() and one.isEnabled() and (words in one.text() or words == one.accessibleName())
            ]

        until(buttons, lambda: self._lacks(f"a button that says “{words}”"))
        self.click(buttons()[0])

    def type_into(self, name: str, text: str) -> None:
        """Types into the field with that name, in place of what it holds; Enter between lines."""
        field: QWidget = self.find(name)
        field.setFocus()
        if isinstance(field, QLineEdit | QPlainTextEdit):
            field.selectAll()
        first, *others = text.split("\n")
        QTest.keyClicks(field, first)
        for line in others:
            QTest.keyClick(field, Qt.Key.Key_Return)
            QTest.keyClicks(field, line)
        let_it_work()

    def choose(self, name: str, words: str) -> None:
        """Chooses from a drop-down list by what its line says."""
        field = self.find(name, QComboBox)
        at = field.findText(words, Qt.MatchFlag.MatchContains)
        if at < 0:
            raise NotThere(self._lacks(f"“{words}” in {name}"))
        field.setCurrentIndex(at)
        field.activated.emit(at)
        let_it_work()

    def row(self, name: str, words: str) -> None:
        """Chooses the row of a list that has these words in it, fetching more rows as it must."""
        view = self.find(name, QAbstractItemView)
        model = view.model()

        def place() -> int:
            for at in range(model.rowCount(view.rootIndex())):
                index = model.index(at, 0)
                said = model.data(index, Qt.ItemDataRole.AccessibleTextRole) or model.data(index)
                if words in str(said):
                    return at
            if model.canFetchMore(view.rootIndex()):
                model.fetchMore(view.rootIndex())
            return -1

        until(lambda: place() >= 0, lambda: self._lacks(f"a row with “{words}” in {name}"))
        index = model.index(place(), 0)
        view.scrollTo(index)
        let_it_work()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
        let_it_work()

    def words(self, inside: QWidget | None = None) -> list[str]:
        """What stands on the window, as somebody who hears it rather than sees it is told."""
        said: list[str] = []
        for one in (inside or self.window).findChildren(QWidget):
            if not one.isVisible():
                continue
            if isinstance(one, QLabel | QAbstractButton):
                said.append(one.text() or one.accessibleName())
            elif isinstance(one, QAbstractItemView):
                said += rows_of(one)
            elif isinstance(one, QPlainTextEdit):
                said.append(one.toPlainText())
            elif isinstance(one, QLineEdit):
                said.append(one.text())
            elif one.accessibleName():
                said.append(one.accessibleName())
        return [plain for plain in (_plain(words) for words in said) if plain]

    def sees(self, words: str) -> bool:
        """Whether these words stand somewhere on the window."""
        return any(words in one for one in self.words())

    def wait_to_see(self, *words: str) -> None:
        """Waits until all these words stand on the window."""
        for some in words:
            until(partial(self.sees, some), partial(self._lacks, f"“{some}”"))

    def picture(self, path: Path) -> None:
        """Saves what the window looks like once it stands still; a blinking cursor does not keep it waiting."""
        shown = self.window.grab()
        for _ in range(MOST_LOOKS):
            let_it_work(STILL_MS)
            before, shown = shown.toImage(), self.window.grab()
            if shown.toImage() == before:
                break
        path.parent.mkdir(parents=True, exist_ok=True)
        if not shown.save(str(path)):
            raise NotThere(f"There is no room for {path}.")

    def _lacks(self, what: str) -> str:
        shown = " | ".join(self.words()[:MOST_SHOWN])
        return f"{self.who} waited for {what}, and it did not come. On show: {shown}"


def _plain(words: str) -> str:
    """Without the marks that only say where a line may break."""
    return words.replace("\u200b", "").replace("\u2060", "")


def rows_of(view: QAbstractItemView) -> list[str]:
    """What the first rows of a list say to somebody who cannot see it."""
    model = view.model()
    if model is None:
        return []
    columns = model.columnCount(view.rootIndex()) if isinstance(model, QAbstractTableModel) else 1
    said = []
    for row in range(min(model.rowCount(view.rootIndex()), MOST_ROWS)):
        for column in range(columns):
            index = model.index(row, column)
            words = model.data(index, Qt.ItemDataRole.AccessibleTextRole) or model.data(index)
            said.append(str(words or ""))
    return said
