"""The tasks of a case in the order to do them, and what somebody meant by `home visit fri 10 @ann` (S29 to S36)."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from casework.questions.picks import PersonChoice
from casework.questions.shown import TaskShown
from casework.values import TaskStatus, TaskType
from casework.values.times import FIRST_DAY, LAST_DAY
from desktop.messages import NOBODY, TASK_STATUSES, clock_words, near_date_words, stamp_words
from desktop.models.feed import calm
from desktop.widgets.date_field import read_date

TASK_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s?(am|pm)?")
# How far ahead `fri 10` may be: further off, the day or the number was a slip.
_NEAR = 92

Index = QModelIndex | QPersistentModelIndex


class TaskList(QAbstractListModel):
    """The tasks of the case on show: open ones first, the soonest due at the top, then what is over."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[TaskShown] = []

    def show(self, tasks: Sequence[TaskShown]) -> None:
        """Show these, in the order given."""
        self.beginResetModel()
        self._tasks = list(tasks)
        self.endResetModel()

    def still_open(self) -> list[TaskShown]:
        """What is still to be done."""
        return [task for task in self._tasks if task.status is TaskStatus.OPEN]

    def over(self) -> list[TaskShown]:
        """What was done or need not be done any more, the latest first."""
        return [task for task in self._tasks if task.status is not TaskStatus.OPEN]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._tasks)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        if not index.isValid() or index.row() >= len(self._tasks):
            return None
        task = self._tasks[index.row()]
        if role == _DISPLAY:
            return calm(task.title)
        if role == TASK_ROLE:
            return task
        return task_sentence(task) if role == _SENTENCE else None


def about_words(task: TaskShown) -> str:
    """Whose it is, what kind and for which step: `Amy Jones · Home visit · Measures`."""
    kind = "" if task.type_name.casefold() == task.title.casefold() else task.type_name
    return " · ".join(part for part in (task.assignee_name or NOBODY, kind, task.step_name, time_words(task)) if part)


def time_words(task: TaskShown) -> str:
    """When and where a visit is: `14:00 to 15:00, at home`."""
    if task.start_at is None:
        return task.place
    end = f" to {clock_words(task.end_at)}" if task.end_at else ""
    return f"{clock_words(task.start_at)}{end}{', ' + task.place if task.place else ''}"


def over_words(task: TaskShown) -> str:
    """What became of a task that is over: `Done by Amy Jones Tue 10:12: no answer`."""
    by = f" by {task.completed_by_name}" if task.completed_by_name else ""
    when = f" {stamp_words(task.completed_at)}" if task.completed_at else ""
    outcome = f": {' '.join(task.outcome.split())}" if task.outcome else ""
    return f"{TASK_STATUSES[task.status]}{by}{when}{outcome}"


def task_sentence(task: TaskShown) -> str:
    """The task in one sentence, for screen readers."""
    due = f"due {near_date_words(task.due)}" if task.due else "no date"
    last = due if task.status is TaskStatus.OPEN else over_words(task)
    return ", ".join(part for part in (calm(task.title), about_words(task), last) if part)


class TaskWish(NamedTuple):
    """What a line means: empty parts were not in it. `time` is minutes after midnight, -1 for none."""

    title: str = ""
    type_id: str = ""
    due: date | None = None
    time: int = -1
    assignee_id: str = ""


def read_task(text: str, types: Sequence[TaskType], people: Sequence[PersonChoice], today: date) -> TaskWish:
    """What somebody meant: a type by its name's beginning, a day in words, `@name`, a time; the rest is the title."""
    words = text.split()
    assignee, words = _take_person(words, people)
    due, words = _take_day(words, today)
    time, words = _take_time(words) if due else (-1, words)
    title = " ".join(words).strip(" ,")
    kind = next((one for one in types if title.casefold().startswith(one.name.casefold())), None)
    if kind is None and len(title) >= 3:
        kind = next((one for one in types if one.name.casefold().startswith(title.casefold())), None)
    if kind is not None and len(title) <= len(kind.name):
        title = kind.name
    title = title[:1].upper() + title[1:]
    return TaskWish(title, kind.id if kind else "", due, time, assignee)


def read_due(text: str, today: date) -> date | None:
    """A day on which something takes place, in words: all that a date field reads, and `fri 10`, `10th`, `in 3 days`,
    `next week`. None for a day of another age: no hour of it can be said.
    """
    words = " ".join(text.lower().replace(",", " ").split())
    if found := re.fullmatch(r"(?:in )?(\d{1,3}) (day|week)s?", words):
        return today + timedelta(days=int(found[1]) * (7 if found[2] == "week" else 1))
    if words == "next week":
        return today + timedelta(days=7)
    if found := re.fullmatch(r"(?:([a-z]{3,9}) )?(\d{1,2})(?:st|nd|rd|th)?", words):
        return _coming(found[1] or "", int(found[2]), today)
    day = read_date(words, today)
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


def _coming(weekday: str, number: int, today: date) -> date | None:
    """The next day with that number in its month, and of that name where one is given."""
    if weekday and weekday not in _DAY_NAMES and weekday not in _DAYS:
        return None
    ahead = (today + timedelta(days=days) for days in range(_NEAR))
    fits = (day for day in ahead if day.day == number and (not weekday or _DAYS[day.weekday()] == weekday[:3]))
    return next(fits, None)


def _take_person(words: list[str], people: Sequence[PersonChoice]) -> tuple[str, list[str]]:
    for at, word in enumerate(words):
        if not word.startswith("@") or len(word) < 2:
            continue
        wanted = word[1:].casefold()
        if wanted == "me":
            return next((one.id for one in people if one.is_me), ""), words[:at] + words[at + 1 :]
        fits = [one for one in people if one.name.casefold().startswith(wanted) or one.username.casefold() == wanted]
        if fits:
            rest = words[at + 1 :]
            spelled = fits[0].name.split()[1:]
            while spelled and rest and spelled[0].casefold() == rest[0].casefold():
                spelled, rest = spelled[1:], rest[1:]
            return fits[0].id, words[:at] + rest
    return "", words


def _take_day(words: list[str], today: date) -> tuple[date | None, list[str]]:
    for length in (3, 2, 1):
        for at in range(len(words) - length, -1, -1):
            part = " ".join(words[at : at + length])
            before_number = length == 1 and words[at + 1 : at + 2] and words[at + 1].isdigit()
            day = None if part.isdigit() or before_number else read_due(part, today)
            if day is not None:
                before = words[:at]
                if before and before[-1].lower() in ("on", "by"):
                    before = before[:-1]
                return day, before + words[at + length :]
    return None, words


def _take_time(words: list[str]) -> tuple[int, list[str]]:
    for at in range(len(words) - 1, -1, -1):
        minutes = read_time(words[at])
        if minutes >= 0 and not words[at].isdigit():
            before = words[:at]
            return minutes, (before[:-1] if before and before[-1].lower() == "at" else before) + words[at + 1 :]
    return -1, words


def read_time(text: str) -> int:
    """Minutes after midnight of `14:00`, `2pm` or `9.30`; -1 where it is no time."""
    found = _TIME.fullmatch(text.strip().lower())
    if not found:
        return -1
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return -1
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else -1
