"""Dates in every style people type them, read with the whole column as evidence for day and month order.

A date that cannot be is never bent into one that can: it stays text, with a code that says why.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import msgspec

OLDEST_AGE = 115
YOUNGEST_CLIENT = 16

_CLOCK = r"(?:[T\s,]+\d{1,2}[:.]\d{2}.*)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}Z?")
_NUMBERS = re.compile(rf"(\d{{1,2}})\s*[-/.\s]\s*(\d{{1,2}})\s*[-/.\s]\s*(\d{{4}}|\d{{2}}){_CLOCK}")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+", re.IGNORECASE)
_DAY_NAME = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.,]*([^\W\d_]{{3,10}})[.,]?[\s\-/.,]*(\d{{4}}|\d{{2}}){_CLOCK}"
)
_NAME_DAY = re.compile(rf"([^\W\d_]{{3,10}})[.\s]*(\d{{1,2}})(?:st|nd|rd|th)?[\s,.]+(\d{{4}}|\d{{2}}){_CLOCK}")
_YEAR_ONLY = re.compile(r"(?:c\.?|ca\.?|circa|about|approx\.?|born)?\s*((?:18|19|20)\d{2})\??", re.IGNORECASE)
_AGE = re.compile(
    r"(?:age[d]?:?|about|approx\.?|c\.?)?\s*(?:age[d]?)?\s*(\d{1,3})\s*(?:yrs?|years?|y/?o)?\s*(?:old|of age)?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EIGHT = re.compile(r"\d{8}")

# English and Welsh, by as many letters as tell them apart.
_MONTHS = {
    name: number
    for names in (
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        ("ion", "chw", "maw", "ebr", "mai", "meh", "gor", "aws", "med", "hyd", "tac", "rha"),
    )
    for number, name in enumerate(names, start=1)
}


class DateRead(msgspec.Struct, frozen=True, kw_only=True):
    """What a cell says about a day: a date, or only a year or an age; `code` says what is wrong or uncertain."""

    value: date | None = None
    year: int | None = None
    age: int | None = None
    code: str = ""


class _Parts(msgspec.Struct, frozen=True):
    """Day, month and year as written; `in_doubt` when day and month had to change places to make sense."""

    year: int
    month: int
    day: int
    short_year: bool = False
    in_doubt: bool = False


def order_of(cells: Iterable[str], otherwise: str = "dmy") -> str:
    """`dmy` or `mdy`: which order the column's numbers can only be in; `otherwise` where nothing tells."""
    day_first = month_first = 0
    for cell in cells:
        found = _NUMBERS.fullmatch(" ".join(cell.split()))
        if found is None:
            continue
        first, second = int(found.group(1)), int(found.group(2))
        day_first += 12 < first <= 31 and second <= 12
        month_first += 12 < second <= 31 and first <= 12
    if month_first == day_first:
        return otherwise
    return "mdy" if month_first > day_first else "dmy"


def looks_like_date(cell: str) -> bool:
    """Whether the cell is written like a full date, possible or not."""
    return _parts(" ".join(cell.split()), "dmy") is not None


def read_birth(cell: str, order: str, today: date) -> DateRead:
    """A date of birth. A two-digit year is the latest that makes a client of YOUNGEST_CLIENT or more."""
    text = " ".join(cell.split())
    parts = _parts(text, order)
    if parts is None:
        return _read_rough_birth(text, today)
    read = _dated(parts, lambda short: _birth_century(short, today))
    if read.value is None:
        return read
    if read.value > today or today.year - read.value.year > OLDEST_AGE:
        return DateRead(code="birth_impossible")
    return read


def read_event(cell: str, order: str, today: date) -> DateRead:
    """The date of something that has happened, e.g. of the referral. A day to come is kept and flagged."""
    text = " ".join(cell.split())
    parts = _parts(text, order)
    if parts is None:
        return DateRead(code="date_unreadable")
    read = _dated(parts, lambda short: (2000 + short if 2000 + short <= today.year + 1 else 1900 + short, False))
    if read.value is not None and read.value > today:
        return DateRead(value=read.value, code="date_in_future")
    return read


def age_on(born: date, today: date) -> int:
    """Whole years lived."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _dated(parts: _Parts, century: Callable[[int], tuple[int, bool]]) -> DateRead:
    year, is_guess = century(parts.year) if parts.short_year else (parts.year, False)
    try:
        value = date(year, parts.month, parts.day)
    except ValueError:
        return DateRead(code="date_impossible")
    code = "date_order_guessed" if parts.in_doubt else "year_guessed" if is_guess else ""
    return DateRead(value=value, code=code)


def _birth_century(short: int, today: date) -> tuple[int, bool]:
    recent, older = 2000 + short, 1900 + short
    if today.year - recent >= YOUNGEST_CLIENT:
        return recent, False
    if recent > today.year or today.year - older <= OLDEST_AGE:
        return older, recent <= today.year
    return recent, True


def _read_rough_birth(text: str, today: date) -> DateRead:
    year = _YEAR_ONLY.fullmatch(text)
    if year:
        born = int(year.group(1))
        possible = today.year - OLDEST_AGE <= born <= today.year
        return DateRead(year=born, code="birth_year_only") if possible else DateRead(code="birth_impossible")
    age = _AGE.fullmatch(text)
    if age and int(age.group(1)) <= OLDEST_AGE:
        return DateRead(age=int(age.group(1)), code="birth_age_only")
    return DateRead(code="date_unreadable")


def _parts(text: str, order: str) -> _Parts | None:
    text = _WEEKDAY.sub("", text)
    if found := _ISO.fullmatch(text):
        return _Parts(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    if found := _NUMBERS.fullmatch(text):
        return _in_order(int(found.group(1)), int(found.group(2)), found.group(3), order)
    if found := _DAY_NAME.fullmatch(text):
        return _named(found.group(1), found.group(2), found.group(3))
    if found := _NAME_DAY.fullmatch(text):
        return _named(found.group(2), found.group(1), found.group(3))
    return _run_together(text)


def _in_order(first: int, second: int, year: str, order: str) -> _Parts:
    """Numbers in the column's order; a cell that only makes sense the other way round is read so, and said."""
    day, month = (first, second) if order == "dmy" else (second, first)
    turned = month > 12 >= day
    if turned:
        day, month = month, day
    return _Parts(int(year), month, day, short_year=len(year) == 2, in_doubt=turned)


def _named(day: str, name: str, year: str) -> _Parts | None:
    month = _MONTHS.get(name[:3].casefold())
    return _Parts(int(year), month, int(day), short_year=len(year) == 2) if month else None


def _run_together(text: str) -> _Parts | None:
    """`20260728`, `28072026`, and the day numbers that spreadsheets count from 30 December 1899."""
    if _EIGHT.fullmatch(text):
        if text[:2] in ("19", "20") and text[4:6] <= "12":
            return _Parts(int(text[:4]), int(text[4:6]), int(text[6:]))
        return _Parts(int(text[4:]), int(text[2:4]), int(text[:2]))
    if _SERIAL.fullmatch(text) and float(text) < 80_000:
        day = date(1899, 12, 30) + timedelta(days=int(float(text)))
        return _Parts(day.year, day.month, day.day)
    return None
