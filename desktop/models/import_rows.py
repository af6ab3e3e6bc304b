"""The rows of a dry run as a table: who, where, and what to check; narrowed to those that one wants to look at."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from casework.referrals.dry_run import Excluded
from casework.referrals.likeness import Likeness
from casework.referrals.person import ReferredPerson
from desktop.messages.imports import EXCLUDED, flag_words
from desktop.messages.labels import ALIKE
from desktop.messages.words import count_words
from desktop.models.import_plan import Tried
from desktop.widgets.plain import one_line

NO_NAME = "No name given"
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TICK = int(Qt.ItemDataRole.CheckStateRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)
_LONGEST = 200
Index = QModelIndex | QPersistentModelIndex


class ImportRow(NamedTuple):
    """One row of the file: a person, or nobody with the reason. `checks` are the flags that want an eye, in words."""

    line: int
    name: str
    born: str
    postcode: str
    phone: str
    checks: tuple[str, ...]
    likenesses: tuple[Likeness, ...]
    person: ReferredPerson | None
    excluded: Excluded | None
    is_here: bool


class Column(NamedTuple):
    """One column of the table."""

    key: str
    head: str
    says: Callable[[ImportRow], str]


COLUMNS = (
    Column("tick", "", lambda row: ""),
    Column("line", "Line", lambda row: str(row.line)),
    Column("name", "Name", lambda row: row.name),
    Column("born", "Born", lambda row: row.born),
    Column("postcode", "Postcode", lambda row: row.postcode),
    Column("phone", "Phone", lambda row: row.phone),
    Column("check", "To check", lambda row: check_words(row)),
)
FILTERS: dict[str, Callable[[ImportRow, frozenset[int]], bool]] = {
    "all": lambda row, out: True,
    "eye": lambda row, out: bool(row.checks),
    "alike": lambda row, out: bool(row.likenesses),
    "out": lambda row, out: row.excluded is not None or row.line in out,
    "here": lambda row, out: row.is_here,
}


def rows_of(tried: Tried) -> tuple[ImportRow, ...]:
    """Every row of the file, in its order."""
    alike: dict[int, list[Likeness]] = {}
    for likeness in tried.found.duplicates:
        alike.setdefault(likeness.line, []).append(likeness)
    people = [_of_person(one, tuple(alike.get(one.line, ())), tried) for one in tried.found.referrals]
    nobody = [_of_nobody(one) for one in tried.found.excluded]
    return tuple(sorted((*people, *nobody), key=lambda row: row.line))


def _of_person(one: ReferredPerson, alike: tuple[Likeness, ...], tried: Tried) -> ImportRow:
    contact = one.contact
    born = f"{contact.birth_date:%d/%m/%Y}" if contact.birth_date else contact.birth_text
    return ImportRow(
        line=one.line,
        name=contact.name or NO_NAME,
        born=born,
        postcode=one.home.postcode,
        phone=contact.mobile or contact.phone,
        checks=tuple(dict.fromkeys(flag_words(flag.code) for flag in one.flags if flag.needs_an_eye)),
        likenesses=alike,
        person=one,
        excluded=None,
        is_here=one.line in tried.here,
    )


def _of_nobody(one: Excluded) -> ImportRow:
    first = " · ".join(cell for _, cell in one.cells[:3]) or "Nothing in it"
    return ImportRow(one.line, first, "", "", "", (), (), None, one, False)


def check_words(row: ImportRow) -> str:
    """What to know about a row, the weightiest first."""
    if row.excluded is not None:
        return EXCLUDED.get(row.excluded.reason, row.excluded.reason)
    if row.is_here:
        return "Imported before"
    likely = ("Likely duplicate",) if row.likenesses else ()
    said = (*likely, *row.checks)
    return f"{said[0]} and {len(said) - 1} more" if len(said) > 1 else said[0] if said else ""


def likeness_words(likeness: Likeness, tried: Tried) -> str:
    """Whom a row may be about as well, and why: `Tomasz Nowak on line 12: same name, same postcode`."""
    if likeness.other_line is not None:
        other = next((one for one in tried.found.referrals if one.line == likeness.other_line), None)
        who = f"{other.contact.name or NO_NAME if other else NO_NAME} on line {likeness.other_line}"
    else:
        who = f"{tried.names.get(likeness.known_case_id) or NO_NAME}, who has a case here"
    reasons = ", ".join(ALIKE.get(reason, reason).lower() for reason in likeness.reasons)
    return f"{who}: {reasons}" if reasons else who


class ImportRows(QAbstractTableModel):
    """The rows that fit the filter. `left_out` are the lines that the person ticked off; `ticked` when that changed."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ImportRow, ...] = ()
        self._rows: tuple[ImportRow, ...] = ()
        self._filter = "all"
        self.left_out: frozenset[int] = frozenset()

    def show(self, rows: tuple[ImportRow, ...], left_out: frozenset[int]) -> None:
        """Show another file's rows."""
        self._all, self.left_out = rows, left_out
        self.narrow("all")

    def narrow(self, key: str) -> None:
        """Show only the rows of a kind: all, eye, alike, out, here."""
        self.beginResetModel()
        self._filter = key
        fits = FILTERS[key]
        self._rows = tuple(row for row in self._all if fits(row, self.left_out))
        self.endResetModel()

    def count(self, key: str) -> int:
        """How many rows of a kind there are."""
        fits = FILTERS[key]
        return sum(fits(row, self.left_out) for row in self._all)

    def row_at(self, place: int) -> ImportRow | None:
        """The row at a place of the table."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def leave_out(self, line: int, is_out: bool) -> None:
        """Tick a person off, or on again; rows that are nobody stay out."""
        self.left_out = self.left_out | {line} if is_out else self.left_out - {line}
        for place, row in enumerate(self._rows):
            if row.line == line:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
        self.ticked.emit()

    def is_coming(self, row: ImportRow) -> bool:
        """Whether the row comes in as things stand."""
        return row.person is not None and not row.is_here and row.line not in self.left_out

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        row = self.row_at(index.row())
        if row is None:
            return None
        column = COLUMNS[index.column()]
        if role == _DISPLAY:
            return one_line(column.says(row)[:_LONGEST])
        if role == _TICK and column.key == "tick":
            return Qt.CheckState.Checked if self.is_coming(row) else Qt.CheckState.Unchecked
        if role == _SENTENCE:
            if column.key == "tick":
                return "Comes in" if self.is_coming(row) else "Left out"
            return f"{column.head}: {column.says(row)[:_LONGEST]}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == _DISPLAY:
            return COLUMNS[section].head
        return COLUMNS[section].head or "Comes in" if role == _SENTENCE else None


def people_words(count: int) -> str:
    """`1 person`, `320 people`."""
    return count_words(count, "person", "people")
