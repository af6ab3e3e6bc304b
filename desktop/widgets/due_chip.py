"""When a task is due, in words: overdue, today, tomorrow, soon, later."""

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.widgets.chips import Chip, Kind

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_date(day: date, today: date) -> str:
    """`Fri 10 Mar`, with the year when it is not this one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def due_words(due: date | None, today: date) -> tuple[str, Kind, str]:
    """What a due date says today: words, chip kind, icon."""
    if due is None:
        return ("No date", "neutral", "calendar")
    days = (due - today).days
    if days < 0:
        return (f"{-days} {'day' if days == -1 else 'days'} overdue", "warning", "clock-alert")
    if days == 0:
        return ("Today", "accent", "calendar-clock")
    if days == 1:
        return ("Tomorrow", "info", "calendar")
    return (short_date(due, today), "info" if days <= 7 else "neutral", "calendar")


class DueChip(Chip):
    """A due date as a chip; give it the day it is, as a chip has no clock."""

    def __init__(self, due: date | None, *, today: date, parent: QWidget | None = None) -> None:
        words, kind, icon = due_words(due, today)
        super().__init__(words, kind=kind, icon=icon, parent=parent)

    def show_due(self, due: date | None, today: date) -> None:
        """Show another date."""
        words, kind, icon = due_words(due, today)
        self.show_status(words, kind=kind, icon=icon)
