"""Clients who may have been taken in twice: pairs of open cases with something in common that one person has (OC14)."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import msgspec

from casework.connection import Connection, Row
from casework.questions.names import Names, names
from casework.questions.reading import digits_of, from_json, full_name, read
from casework.questions.viewer import Viewer
from casework.values import OwnerKind

_OPEN = """
SELECT c.id, c.number, c.contact_id, c.apart_from, c.owner_kind, c.owner_id,
    k.title, k.first_name, k.last_name, k.birth_date,
    k.phone, k.mobile, p.uprn, p.postcode
FROM case_file c JOIN contact k ON k.id = c.contact_id LEFT JOIN property p ON p.id = c.property_id
WHERE c.status <> 'closed' ORDER BY c.id
"""
# So many with one telephone number are a switchboard's, and say nothing.
_MOST_ALIKE = 5


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """One of two cases that may be about the same person."""

    case_id: str
    number: str
    client: str
    owner_kind: OwnerKind
    owner_id: str
    owner_name: str


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """Two open cases of two client rows; `because` says what they have in common, in codes of desktop.messages.ALIKE.

    `first` was taken in before `second`: it is the one to stay, unless somebody knows better.
    """

    first: Twin
    second: Twin
    because: tuple[str, ...]


def duplicates(conn: Connection, viewer: Viewer) -> tuple[Duplicate, ...]:
    """Every pair among the cases on this device, those with most in common first; leads join them (`case.join`)."""
    del viewer
    rows = {row["id"]: row for row in read(conn, _OPEN)}
    common: dict[tuple[str, str], list[str]] = {}
    for why, alike in _groups(rows.values()):
        for pair in combinations(sorted(alike), 2):
            if not _told_apart(rows[pair[0]], rows[pair[1]]):
                common.setdefault(pair, []).append(why)
    known = names(conn)
    found = [
        Duplicate(first=_twin(rows[a], known), second=_twin(rows[b], known), because=tuple(dict.fromkeys(because)))
        for (a, b), because in common.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.because), one.first.case_id, one.second.case_id)))


def duplicates_of_case(conn: Connection, viewer: Viewer, case_id: str) -> tuple[Duplicate, ...]:
    """Those that one case is part of."""
    return tuple(one for one in duplicates(conn, viewer) if case_id in (one.first.case_id, one.second.case_id))


def _told_apart(row: Row, other: Row) -> bool:
    """Several cases of one client are no mistake, nor are two that somebody has looked at and kept."""
    return row["contact_id"] == other["contact_id"] or other["id"] in from_json(row["apart_from"])


def _groups(rows: Iterable[Row]) -> Iterator[tuple[str, set[str]]]:
    """What two cases can have in common, with the cases that have it; what half an office has is left out."""
    groups: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        for key in _keys(row):
            groups.setdefault(key, set()).add(row["id"])
    for key, alike in groups.items():
        if 1 < len(alike) <= _MOST_ALIKE:
            yield key[0], alike


def _keys(row: Row) -> Iterator[tuple[str, ...]]:
    name = full_name("", row["first_name"], row["last_name"]).casefold()
    if name and row["birth_date"]:
        yield "same_birth_date", name, row["birth_date"]
    if name and row["postcode"]:
        yield "same_name", name, row["postcode"].replace(" ", "").casefold()
    for phone in {digits_of(row["phone"]), digits_of(row["mobile"])} - {""}:
        yield "same_phone", phone
    if row["uprn"]:
        yield "same_uprn", row["uprn"]


def _twin(row: Row, known: Names) -> Twin:
    return Twin(
        case_id=row["id"],
        number=row["number"],
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        owner_kind=OwnerKind(row["owner_kind"]),
        owner_id=row["owner_id"],
        owner_name=known.owner(row["owner_id"]),
    )
