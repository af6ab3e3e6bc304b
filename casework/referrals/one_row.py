"""One row on its way to becoming a person: which cells belong to a field, what was flagged, what is left over."""

from collections.abc import Iterator

from casework.referrals.columns import Mapping
from casework.referrals.fields import JOINABLE, NOTE
from casework.referrals.flags import Flag
from casework.referrals.table import RawRow, RawTable
from casework.referrals.text import (
    LINE_LIMIT,
    TEXT_LIMIT,
    has_hidden,
    looks_like_formula,
    looks_like_markup,
    many_lines,
    one_line,
    says_nothing,
)


class OneRow:
    """Collects while a row is read; lives for one row and is never shared."""

    def __init__(self, table: RawTable, mapping: Mapping, row: RawRow) -> None:
        self.line = row.line
        self.letter = tuple(
            (column, cell) for column, cell in zip(table.columns, row.cells, strict=True) if cell.strip()
        )
        self._cells: dict[str, list[tuple[str, str]]] = {}
        for column, field, cell in zip(table.columns, mapping.fields, row.cells, strict=True):
            self._cells.setdefault(field, []).append((column, cell))
        self._flags: list[Flag] = []
        self._left: list[tuple[str, str]] = []
        self._order = {column: position for position, column in enumerate(table.columns)}
        self._look_at_all(table, row)
        self._leave_doubles()

    def _look_at_all(self, table: RawTable, row: RawRow) -> None:
        """What can be said of any cell: it looks like a formula, like markup, or has marks that nobody sees."""
        for position, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
            if not cell.strip():
                continue
            if looks_like_formula(cell):
                self.flag("formula_text", column, cell)
            if looks_like_markup(cell):
                self.flag("markup_text", column, cell)
            if has_hidden(cell):
                self.flag("hidden_characters", column, cell)
                self.leave(column, cell)
            if position >= table.named:
                self.flag("extra_cells", column, cell)

    def _leave_doubles(self) -> None:
        """Of two columns for a field that takes one, only the first can be used."""
        for field, cells in self._cells.items():
            if field not in JOINABLE:
                for column, cell in cells[1:]:
                    if cell.strip():
                        self.leave(column, cell)

    def cells(self, *fields: str) -> Iterator[tuple[str, str]]:
        """(column, cell) of every column that the mapping sends to one of the fields, filled or not."""
        for field in fields:
            yield from self._cells.get(field, ())

    def filled(self, *fields: str) -> list[tuple[str, str]]:
        """The same without cells that are blank or say that nothing is known."""
        return [(column, cell) for column, cell in self.cells(*fields) if not says_nothing(cell)]

    def first(self, field: str) -> tuple[str, str]:
        """(column, cell) of a field that takes one column; both empty where no column is sent there."""
        return next(iter(self._cells.get(field, ())), ("", ""))

    def line_of(self, *fields: str, joined: str = ", ") -> str:
        """The cells of the fields as one line, hidden marks gone."""
        parts = (one_line(cell) for _, cell in self.filled(*fields))
        return self.fitted(joined.join(part for part in parts if part), *fields)

    def fitted(self, text: str, *fields: str) -> str:
        """As much of the text as a field holds; if that is not all, the cells of the fields are also left over."""
        if len(text) > LINE_LIMIT:
            for column, cell in self.filled(*fields):
                self.flag("too_long", column, cell)
                self.leave(column, cell)
        return text[:LINE_LIMIT]

    def flag(self, code: str, column: str, value: str) -> None:
        """Say something about a cell."""
        self._flags.append(Flag(code, column, value))

    def leave(self, column: str, cell: str) -> None:
        """Keep a cell in the note, once."""
        if (column, cell) not in self._left:
            self._left.append((column, cell))

    def leave_notes(self) -> None:
        """Keep every cell of a column that is sent to the note."""
        for column, cell in self.cells(NOTE):
            if cell.strip():
                self.leave(column, cell)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What was flagged, in the columns' order."""
        return tuple(sorted(self._flags, key=lambda flag: self._order.get(flag.column, len(self._order))))

    @property
    def leftover(self) -> str:
        """The note: one `Column: cell` a line, in the columns' order, marks that nobody sees made visible.

        Cut at TEXT_LIMIT, which is as long as a note may be; the letter has all of it.
        """
        left = sorted(self._left, key=lambda pair: self._order.get(pair[0], len(self._order)))
        return "\n".join(f"{column}: {many_lines(cell)}" for column, cell in left)[:TEXT_LIMIT]
