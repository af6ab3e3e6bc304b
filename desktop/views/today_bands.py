"""The bands of Today: lines under a heading, the next days, and the calm one that says how many decisions wait."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.messages.words import count_words
from desktop.models.agenda import Agenda, Day
from desktop.views.line_button import Mark
from desktop.views.today_lines import LineList
from desktop.widgets.buttons import Button
from desktop.widgets.chips import CountBadge
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.fields import ChoiceField
from desktop.widgets.labels import Caption, Heading, Label, Muted
from desktop.widgets.surfaces import Card

GAP = 16
MOST_DAYS = 31


class Band(Card):
    """One part of Today: a head with its count, then lines or a kind sentence."""

    def __init__(self, title: str, *, key: str, sentence: str, icon: str, most: int = 8) -> None:
        super().__init__(padding=0)
        self.setObjectName(f"band-{key}")
        self.setAccessibleName(title)
        self.column.setSpacing(0)
        self.column.setContentsMargins(0, 0, 0, 8)
        self.count = CountBadge(what=title.lower())
        self.count.setObjectName(f"{key}-count")
        self.head.setContentsMargins(16, 12, 12, 6)
        self.head.addWidget(Heading(title))
        self.head.addWidget(self.count)
        self.head.addStretch(1)
        self.column.addLayout(self.head)
        self.lines = LineList(name=title, kind=key, most=most)
        self.lines.setObjectName(f"{key}-lines")
        self.empty = EmptyState(sentence, icon=icon)
        self.empty.setObjectName(f"{key}-empty")
        self.column.addWidget(self.lines)
        self.column.addWidget(self.empty)

    def show_lines(self, shown: Agenda, lines: str, count: int) -> None:
        """Show one of the agenda's groups of lines."""
        found = getattr(shown, lines)
        self.lines.show_lines(found)
        self.lines.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.count.show_count(count)


class DecisionsBand(Card):
    """A calm band when decisions wait: what, and the way there."""

    def __init__(self) -> None:
        super().__init__(padding=0)
        self.setObjectName("today-decisions")
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        self._words = Label(kind="strong")
        self._words.setObjectName("today-decisions-words")
        row.addWidget(Mark("scale", kind="info"))
        self.button = Button("Decide", small=True)
        self.button.setObjectName("today-decide")
        row.addWidget(self._words)
        row.addWidget(Muted("Nothing is lost while they wait."), 1)
        row.addWidget(self.button)
        self.column.addLayout(row)

    def show_words(self, words: str) -> None:
        """Say how many wait; nothing hides the band."""
        self._words.setText(words)
        self.setVisible(bool(words))


class NextBand(Card):
    """The next days as a short agenda, and for how many of them."""

    def __init__(self, days: int) -> None:
        super().__init__(padding=0)
        self.setObjectName("band-next")
        self.setAccessibleName("The next days")
        self.column.setSpacing(0)
        self.column.setContentsMargins(0, 0, 0, 8)
        self.head.setContentsMargins(16, 12, 12, 6)
        self.days = ChoiceField(
            [(str(number), f"Next {count_words(number, 'day')}") for number in range(1, MOST_DAYS + 1)],
            name="How many days ahead",
        )
        self.days.setObjectName("today-days")
        self.days.choose(str(days))
        self.head.addWidget(Heading("Coming up"))
        self.head.addStretch(1)
        self.head.addWidget(self.days)
        self.column.addLayout(self.head)
        self._lists: dict[str, tuple[Caption, LineList]] = {}
        self._inside = QVBoxLayout()
        self._inside.setSpacing(0)
        self.column.addLayout(self._inside)
        self._empty = EmptyState("Nothing planned for these days.", icon="calendar")
        self._empty.setObjectName("next-empty")
        self.column.addWidget(self._empty)
        self._rest = Caption()
        self._rest.setObjectName("today-rest")
        self._rest.setContentsMargins(16, 8, 16, 4)
        self.column.addWidget(self._rest)

    def show_days(self, days: tuple[Day, ...], rest: str) -> list[LineList]:
        """Show these days; answers the lists that are new."""
        wanted = {day.title for day in days}
        for title in [title for title in self._lists if title not in wanted]:
            for gone in self._lists.pop(title):
                gone.hide()
                self._inside.removeWidget(gone)
                gone.deleteLater()
        made = []
        for place, day in enumerate(days):
            if day.title not in self._lists:
                made.append(self._add(place, day.title))
            self._lists[day.title][1].show_lines(day.lines)
        self._empty.setVisible(not days)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        return made

    def _add(self, place: int, title: str) -> LineList:
        head = Caption(title)
        head.setContentsMargins(16, 8, 16, 0)
        lines = LineList(name=title, kind="task")
        self._inside.insertWidget(place * 2, head)
        self._inside.insertWidget(place * 2 + 1, lines)
        self._lists[title] = (head, lines)
        return lines


def stacked(*parts: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GAP)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return column
