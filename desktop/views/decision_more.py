"""What else one can do about a decision: put it off to another day, ask somebody, read what was answered."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from casework.questions.shown_kept import DecisionCard, Talk
from desktop import theme
from desktop.messages.times import date_words, stamp_words
from desktop.widgets.buttons import Button
from desktop.widgets.fields import TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Label

QUESTION = "question"


def days_to_choose(today: date) -> list[tuple[str, date]]:
    """The days that one puts things off to, with their words: `Tomorrow, Fri 27 Nov`."""
    monday = today + timedelta(days=7 - today.weekday())
    days = {
        "Tomorrow": today + timedelta(days=1),
        "In three days": today + timedelta(days=3),
        "Next Monday": monday,
        "In two weeks": today + timedelta(days=14),
    }
    seen: dict[date, str] = {}
    for words, day in days.items():
        seen.setdefault(day, words)
    return [(f"{words}, {date_words(day, today)}", day) for day, words in sorted(seen.items())]


class LaterButton(Button):
    """Opens a menu of days; `chosen(day)`."""

    chosen = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Decide later…", kind="quiet", small=True, icon="clock", parent=parent)
        self.setObjectName("decide-later")
        self.clicked.connect(self._show)

    def menu_of_days(self) -> QMenu:
        """The menu as it would open now."""
        menu = QMenu(self)
        for words, day in days_to_choose(datetime.now(UTC).astimezone().date()):
            action = QAction(words, menu)
            action.triggered.connect(partial(self.chosen.emit, day))
            menu.addAction(action)
        return menu

    def _show(self) -> None:
        self.menu_of_days().popup(self.mapToGlobal(self.rect().bottomLeft()))


class AskRow(QWidget):
    """Buttons for whom to ask; one of them opens a line for the question. `asked(person id, words)`, `typed`.

    A question that was begun and not sent is handed in as `begun`, and stands there again.
    """

    asked = Signal(str, str)
    typed = Signal()

    def __init__(self, card: DecisionCard, *, begun: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        last = card.talk[-1].by_name if card.asks_me and card.talk else ""
        self._people = sorted(card.can_ask, key=lambda person: person[1] != last)
        self._to = self._people[0] if self._people else ("", "")
        self.buttons: list[Button] = []
        for person_id, name in self._people:
            is_answer = name == last
            button = Button(
                f"{'Answer' if is_answer else 'Ask'} {name}…", kind="quiet", small=True, icon="message-square"
            )
            button.setObjectName("decision-ask")
            button.clicked.connect(partial(self._open, person_id, name, "Answer" if is_answer else "Ask"))
            self.buttons.append(button)
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.field = TextField(
            begun, name="What to say about this decision", placeholder="What would you like to know?"
        )
        self.field.setObjectName("decision-question")
        self.field.textEdited.connect(self.typed)
        self.field.returnPressed.connect(self._send)
        self._button = Button("Send")
        self._button.setObjectName("decision-send")
        self._button.clicked.connect(self._send)
        row.addWidget(self.field, 1)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._line)
        self._line.setVisible(bool(begun))
        self.setVisible(bool(begun))
        if begun and self._people:
            self._open(*self._to, "Ask", focus=False)

    def words(self) -> str:
        """What is typed and not sent."""
        return self.field.text()

    def _open(self, person_id: str, name: str, verb: str, *, focus: bool = True) -> None:
        self._to = (person_id, name)
        self._button.set_words(f"{verb} {name}")
        self._line.show()
        self.show()
        if focus:
            self.field.setFocus()

    def _send(self) -> None:
        if self.field.value():
            self.asked.emit(self._to[0], self.field.value())


class TalkLines(QWidget):
    """What was asked and answered, the oldest first."""

    def __init__(self, talk: tuple[Talk, ...], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decision-talk")
        self.setAccessibleName("What was asked about it")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 0, 4)
        column.setSpacing(6)
        for line in talk:
            by = "You" if line.is_mine else line.by_name or "Somebody"
            column.addWidget(Caption(f"{by} to {line.to_name or 'somebody'}, {stamp_words(line.at)}"))
            words = Label(line.words, wrap=True, selectable=True)
            words.setMaximumWidth(theme.px(640))
            column.addWidget(words)


class MoreRow(QWidget):
    """Later, and whom to ask, in one quiet row; below it the line for a question once one is begun."""

    put_off = Signal(object)
    asked = Signal(str, str)
    typed = Signal()

    def __init__(self, card: DecisionCard, *, begun: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ask = AskRow(card, begun=begun)
        self.ask.asked.connect(self.asked)
        self.ask.typed.connect(self.typed)
        quiet: list[Button] = []
        if card.can_put_off:
            later = LaterButton()
            later.chosen.connect(self.put_off)
            quiet.append(later)
        quiet += self.ask.buttons
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(FlowRow(*quiet))
        column.addWidget(self.ask)
        self.setVisible(bool(quiet))
