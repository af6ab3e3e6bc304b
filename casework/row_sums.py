"""The rows of a case in a few digits, the same from every store that holds the same rows (protocol 11).

A stamp tells which change of a case came last, not what its rows say: a bug of an earlier release, a bit on a disk or
a hand in the file may spoil a row under a stamp that agrees. It is a check for accidents, not against attackers.
"""

import hashlib
import json
import typing
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from typing import Any

import msgspec

from casework.connection import Connection, driver_of, postgres_of
from casework.kinds import KINDS, NAMES, SHARED_KINDS, TREE_KINDS
from casework.marks import sum_of
from casework.values import Case

# {table: its columns}
Columns = Mapping[str, Sequence[str]]
# the digest of a case's rows, and the newest number of its client's and its home's rows
RowSum = tuple[str, int]

_TREE = tuple(NAMES[kind] for kind in TREE_KINDS)
_SHARED = tuple(NAMES[kind] for kind in SHARED_KINDS)
_CASE = NAMES[Case]


def columns_of(known: Mapping[str, Set[str]]) -> dict[str, tuple[str, ...]]:
    """Of what a version of the app knows, what counts: the tables of a case's tree, of clients and of homes."""
    return {name: tuple(sorted(known[name])) for name in (*_TREE, *_SHARED) if name in known}


def knows(columns: Columns) -> bool:
    """Whether this version has all of these tables and columns."""
    fields = {name: set(KINDS[name].__struct_fields__) for name in (*_TREE, *_SHARED)}
    return all(name in fields and fields[name].issuperset(some) for name, some in columns.items())


def row_sums(conn: Connection, case_ids: Iterable[str], columns: Columns) -> dict[str, RowSum]:
    """Of each case the sum over its rows, its client's and its home's, of those columns alone.

    A row's mark is 64 bits of a hash over its table's name and its values as they travel, in order of the columns'
    names; truths count as 0 and 1. Names that this version does not have are passed over.
    """
    ids = list(case_ids)
    marks: dict[str, list[int]] = {case_id: [] for case_id in ids}
    newest = dict.fromkeys(ids, 0)
    for name in _TREE:
        of = "id" if name == _CASE else "case_id"
        for case_id, *row in _rows(conn, f"t.{of}", name, f"{name} t", columns, ids):
            marks[case_id].append(_mark_of(name, row))
    for name in _SHARED:
        joined = f"{_CASE} c JOIN {name} t ON t.id = c.{name}_id"
        for case_id, rev, *row in _rows(conn, "c.id", name, joined, columns, ids, also="t.rev, "):
            marks[case_id].append(_mark_of(name, row))
            newest[case_id] = max(newest[case_id], rev)
    return {case_id: (sum_of(some)[1], newest[case_id]) for case_id, some in marks.items()}


def _rows(
    conn: Connection, of: str, name: str, joined: str, columns: Columns, ids: list[str], *, also: str = ""
) -> list[Any]:
    """The rows of those cases, each behind the id of its case; none of a table that is not asked for."""
    truths, raw = _truths(name), driver_of(conn)
    told = sorted(set(columns.get(name, ())).intersection(KINDS[name].__struct_fields__))
    if not told:
        return []
    # SQLite keeps a truth as a number already, and what was spoilt there is to be seen as it lies
    values = ", ".join(f"CAST(t.{one} AS INTEGER)" if raw is None and one in truths else f"t.{one}" for one in told)
    query = f"SELECT {of}, {also}{values} FROM {joined} WHERE {of}"
    if raw is None:
        found: list[Any] = postgres_of(conn).execute(f"{query} = ANY (%s)", (ids,)).fetchall()
    else:
        found = raw.execute(f"{query} IN (SELECT value FROM json_each(?))", (json.dumps(ids),)).fetchall()
    return found


@cache
def _truths(name: str) -> frozenset[str]:
    return frozenset(field for field, hint in typing.get_type_hints(KINDS[name]).items() if hint is bool)


def _mark_of(name: str, row: Sequence[Any]) -> int:
    told = msgspec.json.encode((name, *row))
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big")
