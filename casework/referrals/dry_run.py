"""What importing a file would do, before anything is written: people, rows left out, rows for an eye, likenesses."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from casework.referrals.cleaning import clean_row, date_orders
from casework.referrals.columns import Mapping
from casework.referrals.dates import looks_like_date
from casework.referrals.emails import looks_like_email
from casework.referrals.flags import Flag
from casework.referrals.header import is_heading_again
from casework.referrals.likeness import KnownPerson, Likeness, find_likenesses
from casework.referrals.person import ReferredPerson
from casework.referrals.phones import looks_like_phone
from casework.referrals.postcodes import looks_like_postcode
from casework.referrals.table import RawRow, RawTable
from casework.referrals.text import says_nothing

_TOTALS = re.compile(
    r"^\W*(?:grand |sub)?[\s-]*(?:total|totals|cyfanswm|sum|count)\b|"
    r"^(?:number|no\.?|nifer) of (?:referrals|records|rows)\b|"
    r"^\W*end of (?:report|file|list|data)",
    re.IGNORECASE,
)
_NAME_FIELDS = frozenset({"first_name", "last_name", "full_name"})
_ADDRESS_FIELDS = frozenset({"address", "address_1", "postcode"})
_SIGNS: dict[str, Callable[[str], bool]] = {
    "birth_date": looks_like_date,
    "postcode": looks_like_postcode,
    "phone_home": looks_like_phone,
    "phone_mobile": looks_like_phone,
    "phone_other": looks_like_phone,
    "email": looks_like_email,
}


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is nobody: `reason` is blank, totals, heading_again or not_a_person; `cells` are its filled cells."""

    line: int
    reason: str
    cells: tuple[tuple[str, str], ...] = ()


class ForAnEye(msgspec.Struct, frozen=True, kw_only=True):
    """A row that a person should look at before relying on it, and why."""

    line: int
    name: str
    flags: tuple[Flag, ...]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """People in the file = `fresh` + `likely_duplicates`; the rest of the rows are `excluded`."""

    people: int
    fresh: int
    likely_duplicates: int
    excluded: int
    for_an_eye: int


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of the file. Everything in it is offered; nothing is decided."""

    mapping: Mapping
    referrals: tuple[ReferredPerson, ...]
    excluded: tuple[Excluded, ...]
    duplicates: tuple[Likeness, ...]
    needs_an_eye: tuple[ForAnEye, ...]
    flags_by_code: dict[str, int]
    counts: Counts

    def likenesses_of(self, line: int) -> tuple[Likeness, ...]:
        """What the row at `line` is offered as the same as, best first."""
        return tuple(alike for alike in self.duplicates if alike.line == line)


def dry_run(table: RawTable, mapping: Mapping, known: Iterable[KnownPerson], today: date) -> DryRun:
    """Read every row under the mapping. Raises ValueError where the mapping is for another number of columns."""
    if len(mapping.fields) != len(table.columns):
        raise ValueError("mapping")
    orders = date_orders(table, mapping)
    people: list[ReferredPerson] = []
    excluded: list[Excluded] = []
    for row in table.rows:
        reason = why_nobody(table, mapping, row)
        if reason:
            excluded.append(Excluded(line=row.line, reason=reason, cells=_filled(table, row)))
        else:
            people.append(clean_row(table, mapping, row, orders, today))
    return _summed_up(mapping, people, excluded, find_likenesses(people, known))


def _summed_up(
    mapping: Mapping, people: list[ReferredPerson], excluded: list[Excluded], duplicates: tuple[Likeness, ...]
) -> DryRun:
    eyes = tuple(eye for person in people if (eye := _for_an_eye(person)))
    alike = len({likeness.line for likeness in duplicates})
    return DryRun(
        mapping=mapping,
        referrals=tuple(people),
        excluded=tuple(excluded),
        duplicates=duplicates,
        needs_an_eye=eyes,
        flags_by_code=dict(Counter(code for person in people for code in person.flag_codes).most_common()),
        counts=Counts(
            people=len(people),
            fresh=len(people) - alike,
            likely_duplicates=alike,
            excluded=len(excluded),
            for_an_eye=len(eyes),
        ),
    )


def why_nobody(table: RawTable, mapping: Mapping, row: RawRow) -> str:
    """Why the row is not a person, or empty when it is one: it has a name, or something that a person is reached by."""
    if row.is_blank:
        return "blank"
    first = next(cell for cell in row.cells if cell.strip())
    if is_heading_again(row, table.columns) or _is_preamble_again(table, first):
        return "heading_again"
    filled = [(field, cell) for field, cell in zip(mapping.fields, row.cells, strict=True) if not says_nothing(cell)]
    is_named = any(field in _NAME_FIELDS and not _TOTALS.match(cell) for field, cell in filled)
    is_reached = any(field in _SIGNS and _SIGNS[field](cell) for field, cell in filled)
    if _TOTALS.match(first) and not (is_named and is_reached):
        return "totals"
    has_address = any(field in _ADDRESS_FIELDS for field, _ in filled) and len(filled) > 2
    return "" if is_named or is_reached or has_address else "not_a_person"


def _is_preamble_again(table: RawTable, first: str) -> bool:
    """Printed pages repeat what stands above the headings."""
    return any(next(cell for cell in row.cells if cell.strip()).strip() == first.strip() for row in table.preamble)


def _filled(table: RawTable, row: RawRow) -> tuple[tuple[str, str], ...]:
    return tuple((column, cell) for column, cell in zip(table.columns, row.cells, strict=True) if cell.strip())


def _for_an_eye(person: ReferredPerson) -> ForAnEye | None:
    flags = tuple(flag for flag in person.flags if flag.needs_an_eye)
    return ForAnEye(line=person.line, name=person.contact.name, flags=flags) if flags else None
