"""Where a file's own heading row is: partners put titles, dates and blank lines above it, or leave it out."""

from collections import Counter

from casework.referrals.dates import looks_like_date
from casework.referrals.emails import looks_like_email
from casework.referrals.fields import FIELD_OF_HEADING, heading_letters
from casework.referrals.phones import looks_like_phone
from casework.referrals.postcodes import looks_like_postcode
from casework.referrals.table import RawRow

_LOOK_AT = 40
_LONGEST_HEADING = 120


def find_header(rows: list[RawRow]) -> int | None:
    """The position of the heading row, or None where the first row is already somebody."""
    candidates = [(position, row) for position, row in enumerate(rows[:_LOOK_AT]) if _could_be_heading(row)]
    best, best_known = None, 0
    for position, row in candidates:
        known = len({heading_letters(cell) for cell in row.cells} & FIELD_OF_HEADING.keys())
        if known > best_known:
            best, best_known = position, known
    if best is not None and (best_known > 1 or _usual_width(rows) == 1):
        return best
    return _first_full_row(rows, candidates)


def is_heading_again(row: RawRow, columns: tuple[str, ...]) -> bool:
    """Whether the row repeats the headings, as printed pages do."""
    pairs = [
        (heading_letters(cell), heading_letters(column))
        for cell, column in zip(row.cells, columns, strict=False)
        if cell.strip()
    ]
    same = sum(cell == column for cell, column in pairs)
    return same > 1 and same >= 0.6 * len(pairs)


def _could_be_heading(row: RawRow) -> bool:
    filled = [cell for cell in row.cells if cell.strip()]
    return bool(filled) and not any(len(cell) > _LONGEST_HEADING or _looks_like_data(cell) for cell in filled)


def _looks_like_data(cell: str) -> bool:
    text = cell.strip()
    return (
        text.replace(".", "").isdigit()
        or looks_like_postcode(text)
        or looks_like_date(text)
        or looks_like_email(text)
        or looks_like_phone(text)
    )


def _first_full_row(rows: list[RawRow], candidates: list[tuple[int, RawRow]]) -> int | None:
    """No heading we know: the first row counts as one if it is as wide as the rest and holds nothing like data."""
    width = _usual_width(rows)
    first = next((position for position, row in enumerate(rows) if _filled(row) >= max(1, width - 1)), None)
    return first if any(position == first for position, _ in candidates) else None


def _usual_width(rows: list[RawRow]) -> int:
    widths = Counter(_filled(row) for row in rows[:200] if not row.is_blank)
    return widths.most_common(1)[0][0] if widths else 0


def _filled(row: RawRow) -> int:
    return sum(1 for cell in row.cells if cell.strip())
