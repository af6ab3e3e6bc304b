"""Open a partner's file, whatever it is, as a table of text."""

from pathlib import Path

from casework.referrals.decoding import decode
from casework.referrals.header import find_header
from casework.referrals.separated import split_rows
from casework.referrals.sheets import read_workbook
from casework.referrals.table import MAX_BYTES, MAX_COLUMNS, RawRow, RawTable, UnreadableFile
from casework.referrals.text import one_line

_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"MZ", "program"),
    (b"SQLite format 3", "database"),
)
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<table", b"<?xml")
_MOST_CONTROLS = 0.05


def read_table(source: Path | bytes, name: str = "", *, sheet: str = "") -> RawTable:
    """Read a CSV of any separator and encoding, or a workbook, into rows of text with a header.

    `sheet` picks a sheet of a workbook; without it the first one that looks like a table is taken. Raises
    UnreadableFile and nothing else.
    """
    data = _bytes_of(source)
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty_file")
    shown = name or (source.name if isinstance(source, Path) else "")
    if data.startswith(_WORKBOOKS):
        rows, chosen, sheets = read_workbook(data, sheet)
        return _table(rows, RawTable(name=shown, columns=(), rows=(), named=0, sheet=chosen, sheets=sheets))
    _refuse_other_kinds(data)
    decoded = decode(data)
    _refuse_binary(decoded.text)
    rows, separator, notes = split_rows(decoded.text)
    bare = RawTable(
        name=shown,
        columns=(),
        rows=(),
        named=0,
        encoding=decoded.encoding,
        separator=separator,
        notes=(*decoded.notes, *notes),
    )
    return _table(rows, bare)


def _bytes_of(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            if source.stat().st_size > MAX_BYTES:
                raise UnreadableFile("too_big", {"bytes": str(source.stat().st_size), "limit": str(MAX_BYTES)})
            data = source.read_bytes()
        except FileNotFoundError as fault:
            raise UnreadableFile("not_there", {"name": source.name}) from fault
        except OSError as fault:
            raise UnreadableFile("cannot_open", {"name": source.name}) from fault
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", {"bytes": str(len(data)), "limit": str(MAX_BYTES)})
    return data


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLD_OFFICE):
        # Either a workbook with a password, or one of before 2007: these cannot be weighed before they are opened.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableFile("locked_with_password")
        raise UnreadableFile("not_a_table", {"kind": "old_office"})
    for start, kind in _OTHER_KINDS:
        if data.startswith(start):
            raise UnreadableFile("not_a_table", {"kind": kind})
    if data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGE_STARTS):
        raise UnreadableFile("not_a_table", {"kind": "page"})


def _refuse_binary(text: str) -> None:
    sample = text[:20_000]
    controls = sum(1 for mark in sample if mark < " " and mark not in "\t\r\n")
    if controls > _MOST_CONTROLS * len(sample):
        raise UnreadableFile("not_a_table", {"kind": "binary"})


def _table(rows: list[RawRow], bare: RawTable) -> RawTable:
    """The table with its header found, its columns named and all rows as wide as the widest."""
    last = max((position for position, row in enumerate(rows, start=1) if not row.is_blank), default=0)
    rows = rows[:last]
    if not rows:
        raise UnreadableFile("empty_file")
    header = find_header(rows)
    names = rows[header].cells if header is not None else ()
    body = rows[header + 1 :] if header is not None else rows
    named = _filled_width(names)
    width = max([named, *(_filled_width(row.cells) for row in body)])
    if width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", {"limit": str(MAX_COLUMNS)})
    notes = bare.notes if header is not None else (*bare.notes, ("no_header", ""))
    return RawTable(
        name=bare.name,
        columns=_column_names(names, width),
        rows=tuple(RawRow(line=row.line, cells=_padded(row.cells, width)) for row in body),
        named=named if header is not None else width,
        header_line=rows[header].line if header is not None else 0,
        preamble=tuple(row for row in rows[: header or 0] if not row.is_blank),
        encoding=bare.encoding,
        separator=bare.separator,
        sheet=bare.sheet,
        sheets=bare.sheets,
        notes=notes,
    )


def _filled_width(cells: tuple[str, ...]) -> int:
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (cells + ("",) * (width - len(cells)))[:width]


def _column_names(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Every column gets a name of its own: a nameless one its letter (`G`), a second `Phone` becomes `Phone (2)`."""
    taken: set[str] = set()
    columns = []
    for position in range(width):
        wanted = one_line(names[position]) if position < len(names) else ""
        wanted = wanted or column_letter(position)
        column, again = wanted, 1
        while column.casefold() in taken:
            again += 1
            column = f"{wanted} ({again})"
        taken.add(column.casefold())
        columns.append(column)
    return tuple(columns)


def column_letter(position: int) -> str:
    """The name a spreadsheet gives the column, 0 being A."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
