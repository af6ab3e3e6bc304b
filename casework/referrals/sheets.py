"""Workbooks (XLSX, ODS) into rows of text, after a look at whether opening them is safe."""

import datetime
import io
from collections.abc import Iterator

import python_calamine

from casework.referrals.table import MAX_COLUMNS, MAX_ROWS, RawRow, UnreadableFile
from casework.referrals.weighing import weigh


def read_workbook(data: bytes, wanted: str = "") -> tuple[list[RawRow], str, tuple[str, ...]]:
    """Rows of the wanted sheet, or of the first one that looks like a table; the sheet's name; all sheets' names."""
    weigh(data)
    try:
        return _read(data, wanted)
    except python_calamine.PasswordError as fault:
        raise UnreadableFile("locked_with_password") from fault
    except (python_calamine.CalamineError, ValueError, OverflowError, OSError) as fault:
        raise UnreadableFile("damaged", {"kind": "workbook"}) from fault


def _read(data: bytes, wanted: str) -> tuple[list[RawRow], str, tuple[str, ...]]:
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        names = tuple(book.sheet_names)
        if wanted and wanted not in names:
            raise UnreadableFile("no_such_sheet", {"sheet": wanted})
        best: list[RawRow] = []
        chosen = ""
        for name in (wanted,) if wanted else names:
            rows = list(_rows_of(book.get_sheet_by_name(name)))
            filled = [row for row in rows if not row.is_blank]
            if len(filled) > len(best) and (not best or len(best) < 2):
                best, chosen = rows, name
        return best, chosen, names


def _rows_of(sheet: python_calamine.CalamineSheet) -> Iterator[RawRow]:
    if sheet.total_height > MAX_ROWS:
        raise UnreadableFile("too_many_rows", {"limit": str(MAX_ROWS)})
    if sheet.total_width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", {"limit": str(MAX_COLUMNS)})
    for position, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield RawRow(line=position, cells=tuple(cell_text(cell) for cell in cells))


def cell_text(cell: object) -> str:
    """A cell as a person would read it: dates as ISO text, whole numbers without `.0`, TRUE and FALSE."""
    match cell:
        case str():
            return cell.replace("\x00", "")
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case datetime.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case _:
            return "" if cell is None else str(cell)
