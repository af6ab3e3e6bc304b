"""A desk made of paper: what rules read from, without a database."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from casework.rules.moment import CaseField
from casework.values import Case, CaseRecord, Record

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound=CaseRecord)


class PaperDesk:
    """Rows by kind and id, in memory; see rules.moment.Desk."""

    def __init__(self, *piles: Record | Iterable[Record]) -> None:
        self._rows: dict[tuple[type[Record], str], Record] = {}
        self.put(*piles)

    def put(self, *piles: Record | Iterable[Record]) -> None:
        """Lays rows over what is there, as the `puts` of a verdict would be written."""
        for row in every(piles):
            self._rows[(type(row), row.id)] = row

    def find(self, kind: type[R], record_id: str) -> R | None:
        """The row with that id, or None."""
        found = self._rows.get((kind, record_id))
        return found if isinstance(found, kind) else None

    def of_case(self, kind: type[C], case_id: str) -> tuple[C, ...]:
        """All rows of a kind that belong to a case, by id."""
        return tuple(row for row in self.all_of(kind) if row.case_id == case_id)

    def all_of(self, kind: type[R]) -> tuple[R, ...]:
        """All rows of a kind, by id."""
        return tuple(sorted((row for row in self._rows.values() if isinstance(row, kind)), key=lambda row: row.id))

    def cases_with(self, field: CaseField, value: str) -> tuple[Case, ...]:
        """The cases whose field holds that id, by id."""
        return tuple(case for case in self.all_of(Case) if getattr(case, field) == value)


def every(piles: Iterable[Record | Iterable[Record]]) -> Iterator[Record]:
    """Each row of rows and heaps of rows."""
    for pile in piles:
        if isinstance(pile, Record):
            yield pile
        else:
            yield from pile
