"""What is being corrected on a case, its client and its home: only touched fields become commands (S19, OC3, OC4)."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
from PySide6.QtCore import QObject, Signal

from casework.commands import AnyCommand, Change, EditCase, EditContact, EditProperty
from casework.questions.sheets import CaseSheet
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS, too_long
from casework.values import Record
from desktop.messages import date_words, value_words, words_for
from desktop.models.case_table import today_here
from desktop.widgets.date_field import read_date

# Where a field lives, in front of its name: `contact.phone`.
CASE, CONTACT, HOME = "case", "contact", "home"
LIMITS: Mapping[str, int] = {
    **{f"{CASE}.{name}": limit for name, limit in CASE_FIELDS.items()},
    **{f"{CONTACT}.{name}": limit for name, limit in CONTACT_FIELDS.items()},
    **{f"{HOME}.{name}": limit for name, limit in PROPERTY_FIELDS.items()},
}
BIRTH = f"{CONTACT}.birth_date"
VULNERABILITIES = f"{CONTACT}.vulnerabilities"
NO_DATE = "This is no date. Write it like 3/11/1932, or leave it empty."
NOT_YET = "That day has not come yet."

Value = str | tuple[str, ...]


class CaseDraft(QObject):
    """Fields by name (`contact.phone`), each with the value that its editor saw and the one that they want.

    Values are text as typed, or the codes of `contact.vulnerabilities`. `problems` are words by field; `moved` is what
    somebody else has put into a field that is being changed here.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, today: date | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._seen: dict[str, Value] = {}
        self._wanted: dict[str, Value] = {}
        self._ids = ("", "", "")
        self.moved: dict[str, str] = {}

    def show(self, sheet: CaseSheet) -> None:
        """Take in the case as it stands. What is being typed stays; what changed under it is said in `moved`."""
        ids = (sheet.case.id, sheet.contact.id, sheet.home.id)
        if ids != self._ids:
            self._wanted, self.moved = {}, {}
        self._ids = ids
        seen = {
            **_fields(CASE, sheet.case, CASE_FIELDS),
            **_fields(CONTACT, sheet.contact, CONTACT_FIELDS),
            **_fields(HOME, sheet.home, PROPERTY_FIELDS),
        }
        for name in list(self._wanted):
            if self._seen.get(name, seen[name]) != seen[name]:
                self.moved[name] = value_words(seen[name])
        self._seen = seen
        self._drop_untouched()
        self.changed.emit()

    def value(self, name: str) -> Value:
        """What the field holds now, typed or as it stands."""
        return self._wanted.get(name, self._seen.get(name, ""))

    def put(self, name: str, value: Value) -> None:
        """Somebody typed; the value that stands takes the change back."""
        if self.value(name) == value:
            return
        self._wanted[name] = value
        self._drop_untouched()
        self.changed.emit()

    @property
    def touched(self) -> frozenset[str]:
        """The fields that would change."""
        return frozenset(self._wanted)

    @property
    def problems(self) -> dict[str, str]:
        """What keeps touched fields from being saved, in words for under each."""
        found = {name: self._problem(name) for name in self._wanted}
        return {name: words for name, words in found.items() if words}

    def commands(self) -> list[AnyCommand]:
        """What to say to save: at most one command each for case, client and home."""
        case_id, contact_id, home_id = self._ids
        said: list[AnyCommand] = []
        if changes := self._changes(CASE):
            said.append(EditCase(case_id=case_id, changes=changes))
        if changes := self._changes(CONTACT):
            said.append(EditContact(case_id=case_id, contact_id=contact_id, changes=changes))
        if changes := self._changes(HOME):
            said.append(EditProperty(case_id=case_id, property_id=home_id, changes=changes))
        return said

    def forget(self) -> None:
        """Take back all that was typed."""
        self._wanted, self.moved = {}, {}
        self.changed.emit()

    def kept(self) -> dict[str, str]:
        """The draft to be kept on the disk: what was seen and what is wanted, by field."""
        pairs = {name: (self._seen.get(name, ""), wanted) for name, wanted in self._wanted.items()}
        return {name: msgspec.json.encode(pair).decode() for name, pair in pairs.items()}

    def restore(self, kept: Mapping[str, str]) -> bool:
        """Take up a kept draft; whether there was anything in it. Fields that are not known any more are left out."""
        for name, body in kept.items():
            if name not in LIMITS:
                continue
            seen, wanted = (_plain(part) for part in msgspec.json.decode(body, type=tuple[object, object]))
            self._wanted[name] = wanted
            if seen != self._seen.get(name, ""):
                self.moved[name] = value_words(self._seen.get(name, ""))
        self._drop_untouched()
        self.changed.emit()
        return bool(self._wanted)

    def _drop_untouched(self) -> None:
        for name in list(self._wanted):
            if self._same(name, self._wanted[name], self._seen.get(name, "")):
                del self._wanted[name]
        self.moved = {name: words for name, words in self.moved.items() if name in self._wanted}

    def _same(self, name: str, one: Value, other: Value) -> bool:
        if isinstance(one, str) or isinstance(other, str):
            return self._json(name, one) == self._json(name, other)
        return set(one) == set(other)

    def _changes(self, part: str) -> dict[str, Change]:
        found: dict[str, Change] = {}
        for name in sorted(self._wanted):
            where, _, field = name.partition(".")
            if where == part:
                found[field] = (self._json(name, self._seen[name]), self._json(name, self._wanted[name]))
        return found

    def _json(self, name: str, value: Value) -> object:
        if not isinstance(value, str):
            return list(value)
        text = value.strip()
        if name == BIRTH:
            day = read_date(text, self._day()) if text else None
            return text if text and day is None else day and day.isoformat()
        return text

    def _problem(self, name: str) -> str:
        value = self._wanted[name]
        if not isinstance(value, str):
            return ""
        text = value.strip()
        if name == BIRTH and text:
            day = read_date(text, self._day())
            return NO_DATE if day is None else NOT_YET if day > self._day() else ""
        refused = too_long(name.partition(".")[2], text, LIMITS[name])
        return words_for(refused.code, refused.facts).text if refused else ""

    def _day(self) -> date:
        return self._today or today_here()


def _fields(part: str, record: Record, names: Iterable[str]) -> dict[str, Value]:
    return {f"{part}.{name}": _plain(getattr(record, name)) for name in names}


def _plain(value: object) -> Value:
    """A stored value as its editor shows it."""
    if isinstance(value, date):
        return birth_words(value)
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return "" if value is None else str(value)


def birth_words(day: date) -> str:
    """A date of birth as it is shown and may be typed: `3 Nov 1932`."""
    return f"{date_words(day, date(1, 1, 1)).partition(' ')[2]}"
