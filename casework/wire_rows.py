"""What laptop and server say to each other where rows are compared one by one (protocol 11)."""

import msgspec

from casework.marks import Stamp
from casework.wire import Message, RowsReply


class RowsOf(msgspec.Struct, frozen=True, array_like=True):
    """One case that a store holds: its id, the stamp of its last change, and the digest of its rows (row_sums.py)."""

    id: str
    rev: int
    chain: str
    digest: str


class CheckRows(Message, frozen=True, kw_only=True):
    """Compares the rows of some cases, at the store's own cursor `at`, by the columns named: {table: its columns}."""

    at: Stamp
    columns: dict[str, tuple[str, ...]]
    cases: tuple[RowsOf, ...]


class CheckedRows(RowsReply, frozen=True, kw_only=True):
    """The cases whose rows differ under one and the same stamp; what has changed since `at` is passed over.

    `is_older`: the server does not have all of the columns, so nothing was compared.
    """

    differ: tuple[str, ...] = ()
    is_older: bool = False
