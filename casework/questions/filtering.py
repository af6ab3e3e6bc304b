"""A filter of cases as SQL: conditions with place marks, and the values for them apart. Nothing typed becomes SQL."""

from collections.abc import Sequence
from typing import Any

from casework.questions.reading import digits_of
from casework.questions.sheets import CaseFilter, Which
from casework.questions.viewer import Viewer
from casework.values import CaseStatus, OwnerKind

# The unary plus keeps SQLite from preferring the status index to the one that brings the rows in order.
_WHICH = {
    Which.ACTIVE: f"+c.status = '{CaseStatus.IN_PROGRESS}'",
    Which.WAITING: f"c.status = '{CaseStatus.NEW}' AND c.step_id IN (SELECT id FROM step WHERE kind = 'waiting')",
    Which.OPEN: f"+c.status <> '{CaseStatus.CLOSED}'",
    Which.CLOSED: f"+c.status = '{CaseStatus.CLOSED}'",
    Which.ALL: "",
}
_WORD = """(c.number LIKE ? ESCAPE '!' OR k.last_name LIKE ? ESCAPE '!' OR k.first_name LIKE ? ESCAPE '!'
    OR p.address_1 LIKE ? ESCAPE '!' OR p.address_2 LIKE ? ESCAPE '!' OR p.town LIKE ? ESCAPE '!'
    OR replace(p.postcode, ' ', '') LIKE ? ESCAPE '!')"""
_DIGITS = """(c.number LIKE ? ESCAPE '!' OR p.address_1 LIKE ? ESCAPE '!'
    OR replace(replace(k.phone, ' ', ''), '-', '') LIKE ? OR replace(replace(k.mobile, ' ', ''), '-', '') LIKE ?)"""
WITH_PEOPLE = "JOIN contact k ON k.id = c.contact_id JOIN property p ON p.id = c.property_id"
MOST_WORDS = 6


class Where:
    """Conditions that must all hold, with their values in order."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """One more condition."""
        if condition:
            self._conditions.append(condition)
            self.values += values

    @property
    def sql(self) -> str:
        """WHERE and all conditions, or nothing."""
        return f"WHERE {' AND '.join(self._conditions)}" if self._conditions else ""


def where_of(asked: CaseFilter, viewer: Viewer) -> Where:
    """The filter over `case_file c`; with a text it needs WITH_PEOPLE beside it."""
    where = Where()
    where.add(_WHICH[asked.which])
    if asked.project_id:
        where.add("c.project_id = ?", asked.project_id)
    if asked.step_id:
        where.add("c.step_id = ?", asked.step_id)
    if asked.owner is not None:
        where.add("c.owner_id = ? AND c.owner_kind = ?", asked.owner.id, asked.owner.kind.value)
    if asked.is_mine:
        where.add("c.owner_id = ? AND c.owner_kind = ?", viewer.person.id, OwnerKind.PERSON.value)
    for condition, values in text_conditions(asked.text):
        where.add(condition, *values)
    return where


def text_conditions(text: str) -> list[tuple[str, Sequence[str]]]:
    """Each word must be found somewhere: number, name, address, postcode; a row of digits in a phone number, too."""
    number = digits_of(text)
    if len(number) >= 4 and not any(mark.isalpha() for mark in text):
        as_typed, dialled = f"%{escaped(text.strip())}%", f"%{number}%"
        return [(_DIGITS, [as_typed, as_typed, dialled, dialled])]
    return [(_WORD, [f"%{escaped(word)}%"] * 7) for word in text.split()[:MOST_WORDS]]


def escaped(word: str) -> str:
    """A word in which LIKE's own signs stand for themselves."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
