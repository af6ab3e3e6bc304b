"""A person's hands on a window of a test: they click and type by object names, and count what they did."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.widgets.fields import ChoiceField

NO_KEY = Qt.KeyboardModifier.NoModifier


class Hands:
    """`clicks` and `keys` are the actions of the click budget: a text entry of any length is one."""

    def __init__(self, qtbot: QtBot, window: QWidget) -> None:
        self._bot = qtbot
        self.window = window
        self.clicks = 0
        self.keys = 0

    def show(self, width: int = 1166, height: int = 714) -> None:
        """Put the window on the screen, in front of all."""
        self._bot.addWidget(self.window)
        self.window.resize(width, height)
        self.window.show()
        self.window.activateWindow()
        self._bot.waitUntil(self.window.isActiveWindow)

    def click(self, name: str) -> None:
        """Press a button."""
        button = self.window.findChild(QAbstractButton, name)
        assert button is not None, name
        self._bot.waitUntil(button.isVisible)
        self.clicks += 1
        self._bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def click_cell(self, name: str, row: int, column: int = 0, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a cell of a list or a table."""
        view = self.view(name)
        self.clicks += 1
        where = view.visualRect(view.model().index(row, column)).center()
        self._bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, where)

    def click_row(self, name: str, words: str) -> None:
        """Press the row of a list that begins with these words."""
        told = self.told(name)
        self.click_cell(name, next(at for at, said in enumerate(told) if said.startswith(words)))

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key, where the keyboard is."""
        self.keys += 1
        self._bot.keyClick(QApplication.focusWidget() or self.window, key, keys)

    def write(self, text: str) -> None:
        """Type into the field where the keyboard is."""
        self.keys += 1
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit | QPlainTextEdit), field
        self._bot.keyClicks(field, text)

    def view(self, name: str) -> QAbstractItemView:
        """A list or a table by name."""
        view = self.window.findChild(QAbstractItemView, name)
        assert view is not None, name
        return view

    def told(self, name: str, column: int = 0) -> list[str]:
        """What the rows of a list say."""
        model = self.view(name).model()
        return [str(model.index(row, column, QModelIndex()).data()) for row in range(model.rowCount())]

    def words(self, name: str) -> str:
        """What a label says."""
        label = self.window.findChild(QLabel, name)
        assert label is not None, name
        return label.text()

    def part(self, name: str) -> QWidget:
        """Any piece of the window."""
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def narrow(self, name: str, key: str) -> None:
        """Choose from a filter's list, which takes two clicks."""
        field = self.window.findChild(ChoiceField, f"filter-{name}")
        assert field is not None, name
        self.clicks += 2
        field.setCurrentIndex(field.findData(key))
        field.activated.emit(field.currentIndex())

    def notice(self) -> str:
        """What the notice says that comes beside the work."""
        self._bot.waitUntil(lambda: self.window.findChild(QWidget, "notice") is not None)
        return self.part("notice").accessibleName()
