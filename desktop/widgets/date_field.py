"""A date as people write it: `14/3/2026`, `14 mar`, `tomorrow`, `fri`; or picked from a calendar."""

import re
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QToolButton, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.due_chip import short_date

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED = re.compile(r"(?:[a-z]{3,9} )?(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?")


def read_date(text: str, today: date) -> date | None:
    """The date that a person meant, day before month; a weekday is the next one; None when it is no date."""
    words = " ".join(text.lower().replace(",", " ").split())
    near = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if words in near:
        return today + timedelta(days=near[words])
    if words[:3] in _DAYS and words.isalpha() and len(words) <= 9:
        return today + timedelta(days=(_DAYS.index(words[:3]) - today.weekday() - 1) % 7 + 1)
    if found := _ISO.fullmatch(words):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(words):
        return _made(_year(found[3], today), int(found[2]), int(found[1]))
    if (found := _NAMED.fullmatch(words)) and found[2] in _MONTHS:
        return _made(_year(found[3], today), _MONTHS.index(found[2]) + 1, int(found[1]))
    return None


def _year(digits: str | None, today: date) -> int:
    if not digits:
        return today.year
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_qt(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())


class DateField(QLineEdit):
    """A date or nothing; Down opens a calendar.

    Text that is no date stays as typed: `is_problem()` says so, and nothing is lost.
    """

    chosen = Signal(object)

    def __init__(self, day: date | None = None, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._day: date | None = None
        self._popup: QFrame | None = None
        self.setAccessibleName(name)
        self.setPlaceholderText("14/3/2026, fri, tomorrow")
        self._button = IconButton("calendar", name="Choose a date", side=26, parent=self)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self.open_calendar)
        self.editingFinished.connect(self._read)
        self.show_day(day)

    def value(self) -> date | None:
        """The date entered, or None for nothing or for text that is no date."""
        return read_date(self.text(), self._today()) if self.text().strip() else None

    def is_problem(self) -> bool:
        """There is text, and it is no date."""
        return bool(self.text().strip()) and self.value() is None

    def show_day(self, day: date | None) -> None:
        """Show a date without saying `chosen`."""
        self._day = day
        self.setText("" if day is None else _written(day, self._today()))
        self.setCursorPosition(0)

    def open_calendar(self) -> None:
        """Show the calendar under the field."""
        self._popup = QFrame(self, Qt.WindowType.Popup)
        self._popup.setProperty("surface", "popup")
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(8, 8, 8, 8)
        calendar = _calendar()
        day = self.value()
        if day is not None:
            calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.activated.connect(self._picked)
        calendar.clicked.connect(self._picked)
        column.addWidget(calendar)
        self._popup.move(self.mapToGlobal(QPoint(0, self.height() + 4)))
        self._popup.show()
        calendar.setFocus()

    def _picked(self, day: QDate) -> None:
        if self._popup is not None:
            self._popup.close()
            self._popup.deleteLater()
            self._popup = None
        self.show_day(_from_qt(day))
        self.chosen.emit(self._day)

    def _read(self) -> None:
        day = self.value()
        if day != self._day:
            if day is not None or not self.text().strip():
                self.show_day(day)
            self._day = day
            self.chosen.emit(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._button.sizeHint()
        self._button.setGeometry(
            self.width() - size.width() - 3, (self.height() - size.height()) // 2, size.width(), size.height()
        )
        self.setTextMargins(0, 0, size.width(), 0)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(150) + 32, super().sizeHint().height())

    @staticmethod
    def _today() -> date:
        return _from_qt(QDate.currentDate())


def _calendar() -> QCalendarWidget:
    """Qt's calendar in our colours: weeks from Monday, weekends as other days, arrows of the icon set."""
    made = QCalendarWidget()
    made.setAccessibleName("Calendar")
    made.setLocale(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    made.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    made.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    made.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
    plain = QTextCharFormat()
    plain.setForeground(theme.colour("text"))
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        made.setWeekdayTextFormat(day, plain)
    head = QTextCharFormat()
    head.setForeground(theme.colour("muted"))
    made.setHeaderTextFormat(head)
    for name, icon in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
        button = made.findChild(QToolButton, name)
        if button is not None:
            button.setIcon(icons.icon(icon))
            button.setIconSize(QSize(theme.px(16), theme.px(16)))
            button.setAccessibleName("Month before" if icon == "chevron-left" else "Next month")
    made.setMinimumSize(theme.px(280), theme.px(250))
    return made


def _written(day: date, today: date) -> str:
    return f"{short_date(day, today)}" if day.year != today.year else f"{short_date(day, today)} {day.year}"
