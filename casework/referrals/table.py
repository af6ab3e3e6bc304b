"""A partner's file as rows of text, before anybody has said what its columns mean."""

import msgspec

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 500


class RawRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it stands in the file; `line` counts from 1 and is where the row begins."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.strip() for cell in self.cells)


class RawTable(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could be read. Every row has as many cells as there are columns.

    `named` is how many columns the header itself had: cells beyond it had no column of their own in the file.
    `preamble` are the rows above the header. `notes` are (code, value) about the file as a whole.
    `separator` is empty for a workbook, `sheet` is empty for text.
    """

    name: str = ""
    columns: tuple[str, ...]
    rows: tuple[RawRow, ...]
    named: int
    header_line: int = 0
    preamble: tuple[RawRow, ...] = ()
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


class UnreadableFile(Exception):
    """The file cannot be taken in; `code` has its words in desktop/messages.py, `facts` fill them in.

    Codes: empty_file, too_big, too_many_rows, too_many_columns, not_there, cannot_open, not_a_table, damaged,
    locked_with_password, suspicious_zip, sheet_too_big, no_such_sheet.
    """

    def __init__(self, code: str, facts: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts or {}
