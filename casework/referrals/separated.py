"""Text with separators into rows, whatever the separator and however careless the quotes."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from casework.referrals.table import MAX_BYTES, MAX_ROWS, RawRow, UnreadableFile

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 64 * 1024
_MOST_REPAIRS = 50

# The standard library's limit of 128 KiB a cell would turn a pasted e-mail thread into an unreadable file.
csv.field_size_limit(MAX_BYTES)


def split_rows(text: str) -> tuple[list[RawRow], str, list[tuple[str, str]]]:
    """The rows of the text, the separator found, and notes about quotes that were left open."""
    lines = list(io.StringIO(text, newline=""))
    said = re.match(r"^\"?sep=(.)\"?\s*$", lines[0].strip("\r\n"), re.IGNORECASE) if lines else None
    first = 1 if said else 0
    separator = said.group(1) if said else guess_separator(text)
    rows: list[RawRow] = []
    notes: list[tuple[str, str]] = []
    for row, is_repaired in _rows(lines, first, separator):
        rows.append(row)
        if is_repaired:
            notes.append(("quote_left_open", str(row.line)))
        if len(rows) > MAX_ROWS:
            raise UnreadableFile("too_many_rows", {"limit": str(MAX_ROWS)})
    return rows, separator, notes


def guess_separator(text: str) -> str:
    """The separator that cuts the most lines into the same number of cells; a comma where none does."""
    sample = text[:_SAMPLE]
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        widths = [len(cells) for cells in islice(_parse(io.StringIO(sample, newline=""), separator), 200) if any(cells)]
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (width - 1) * (count / len(widths)) ** 2
        if score > best_score:
            best, best_score = separator, score
    return best


def _parse(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)


def _rows(lines: list[str], first: int, separator: str) -> Iterator[tuple[RawRow, bool]]:
    """Rows with where they begin, and whether a quote that nobody closed had to be taken as a letter.

    Without that repair one stray quote swallows everything up to the next one, often the rest of the file.
    """
    start, repairs = first, 0
    width = _usual_width(lines[first : first + 200], separator)
    while start < len(lines):
        for begin, end, cells in _chunk(lines, start, separator):
            if end - begin > 1 and repairs < _MOST_REPAIRS and _swallowed(lines[begin:end], cells, separator, width):
                repairs += 1
                literal = lines[begin].rstrip("\r\n").split(separator)
                yield RawRow(line=begin + 1, cells=tuple(literal)), True
                start = begin + 1
                break
            yield RawRow(line=begin + 1, cells=tuple(cells)), False
        else:
            return


def _chunk(lines: list[str], start: int, separator: str) -> Iterator[tuple[int, int, list[str]]]:
    reader = csv.reader(islice(lines, start, None), delimiter=separator, skipinitialspace=True)
    begin = start
    for cells in reader:
        end = start + reader.line_num
        yield begin, end, cells
        begin = end


def _usual_width(lines: list[str], separator: str) -> int:
    widths = Counter(line.count(separator) + 1 for line in lines if line.strip())
    return widths.most_common(1)[0][0] if widths else 1


def _swallowed(lines: list[str], cells: list[str], separator: str, width: int) -> bool:
    """Whether a row over several lines ate its neighbours.

    It did when it goes on to the end of the file. It also did when there are whole rows inside one cell and the quotes
    do not add up: the quote that ended the cell was really the first one of another, or there are too few cells.
    """
    fault = _strict_fault(lines, separator)
    if "end of data" in fault:
        return True
    has_rows_inside = any(
        line.count(separator) >= max(2, width // 2) for cell in cells for line in cell.splitlines()[1:]
    )
    return has_rows_inside and (fault != "" or len(cells) != width)


def _strict_fault(lines: list[str], separator: str) -> str:
    """What a strict reader says against the lines, empty when nothing."""
    try:
        for _ in csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True):
            pass
    except csv.Error as fault:
        return str(fault)
    return ""
