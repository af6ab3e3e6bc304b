"""What every stored value has in common."""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the store as a frozen value.

    `id` is 32 hex digits made by the device (ids.py). `rev` is the server's running number of the commit that last
    changed the row, 0 as long as the server has not accepted it.
    """

    id: str
    rev: int = 0


class CaseRecord(Record, frozen=True, kw_only=True):
    """A row that belongs to one case and travels with it."""

    case_id: str
