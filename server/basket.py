"""Fills a page: rows already encoded, counted in bytes, each at most once."""

from collections.abc import Iterable, Sequence, Set
from typing import Any

import msgspec
from sqlalchemy import Table

from casework.wire import Rows
from server.loads import Load

# what a row costs beside its values, and a page beside its rows
_COMMA, _COVER = 1, 400
# How much of what seems to fit is asked for, and for how small a part of what is in already nothing more is: what was
# read and does not fit is read once more for the next page.
_LIKELY, _WORTH_A_LOOK = 0.95, 20


class Line:
    """One row as it will travel."""

    __slots__ = ("body", "row_id", "table")

    def __init__(self, table: Table, values: Sequence[Any], row_id: str) -> None:
        self.table = table
        self.row_id = row_id
        self.body = msgspec.Raw(msgspec.json.encode(tuple(values)))

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(memoryview(self.body)) + _COMMA


class Basket:
    """The rows of one page, up to a number of bytes; what comes first always fits, or nothing would ever arrive."""

    def __init__(self, limit: int) -> None:
        self._left = limit - _COVER
        self._is_empty = True
        self._lines: dict[str, dict[str, Line]] = {}
        self._tables: dict[str, Table] = {}
        self._load = Load()
        self._loaded = self._loaded_bytes = 0
        self.whole: dict[str, tuple[str, ...]] = {}

    def takes(self, lines: Iterable[Line]) -> bool:
        """Puts the rows in, all of them or, where they do not fit any more, none."""
        fresh = [line for line in lines if line.row_id not in self._lines.get(line.table.name, {})]
        size = sum(line.size for line in fresh)
        if size > self._left and not self._is_empty:
            return False
        self._is_empty = self._is_empty and not fresh
        self.must_take(fresh)
        return True

    @property
    def shared(self) -> Set[str]:
        """The clients and homes that came with loads."""
        return self._load.shared

    def room(self, cases: int) -> int:
        """How many of so many cases are likely to fit, by those that are in; none where it is as good as full."""
        if not self._loaded:
            return cases
        likely = int(_LIKELY * self._left * self._loaded / self._loaded_bytes)
        return min(cases, likely) if likely * _WORTH_A_LOOK > self._loaded else 0

    def takes_load(self, load: Load, cases: int) -> bool:
        """Puts so many cases in where all of them fit; a single one also where it is the first thing in."""
        if load.size > self._left and not (cases == 1 and self._is_empty):
            return False
        self._left -= load.size
        self._loaded += cases
        self._loaded_bytes += load.size
        self._is_empty = False
        self._load.add(load)
        return True

    def must_take(self, lines: Iterable[Line]) -> None:
        """Puts rows in whatever their size; it does not count as the first thing in."""
        for line in lines:
            self._left -= line.size
            self._tables[line.table.name] = line.table
            self._lines.setdefault(line.table.name, {})[line.row_id] = line

    def rows(self) -> dict[str, Rows]:
        """All that is in it, table by table, as the wire wants it."""
        pieces = {self._tables[name]: [line.body for line in lines.values()] for name, lines in self._lines.items()}
        for table, some in self._load.rows.items():
            pieces.setdefault(table, []).extend(msgspec.Raw(piece) for piece in some)
        return {str(table.name): Rows(column_names(table), _as_json(some)) for table, some in pieces.items()}


def column_names(table: Table) -> tuple[str, ...]:
    """The columns in the order in which their values travel."""
    return tuple(str(column.name) for column in table.columns)


def _as_json(pieces: Iterable[msgspec.Raw]) -> Any:
    """Rows that are JSON already; the encoder passes them through."""
    return msgspec.Raw(b"[" + b",".join(pieces) + b"]")
