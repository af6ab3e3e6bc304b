"""Rows of a long list read a page at a time by key, and refreshed in place: what the list models share."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from casework.questions.sheets import PAGE, PageKey

Index = QModelIndex | QPersistentModelIndex
# Up to here a refresh reads the loaded pages again; a longer list only reads the rows that moved.
REREAD_MOST = 1_000


class Identified(Protocol):
    """A row that knows which case it shows."""

    @property
    def id(self) -> str:
        """The id of the case."""
        ...


R = TypeVar("R", bound=Identified)


class PagedRows(QAbstractTableModel, Generic[R]):
    """Keyset pages of 200 by `fetchMore`. Subclasses say how a page, and single rows, are read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[R] = []
        self._places: dict[str, int] = {}
        self._after: PageKey | None = None

    @abstractmethod
    def read_page(self, after: PageKey | None, limit: int) -> tuple[Sequence[R], PageKey | None]:
        """The next rows and where they ended; None at the end of the list."""

    @abstractmethod
    def read_rows(self, case_ids: Collection[str]) -> Mapping[str, R]:
        """Those cases as they stand now; a case that is not in the list any more is left out."""

    def reload(self) -> None:
        """Start again with the first page: another filter, another order."""
        self.beginResetModel()
        rows, self._after = self.read_page(None, PAGE)
        self._rows = list(rows)
        self._count_places()
        self.endResetModel()

    def refresh(self, case_ids: Collection[str] = ()) -> None:
        """Read again what is loaded; only what really changed is said to have changed, so nothing jumps."""
        if len(self._rows) > REREAD_MOST:
            self._refresh_some([case_id for case_id in case_ids if case_id in self._places])
            return
        rows, self._after = self.read_page(None, max(PAGE, len(self._rows)))
        self._absorb(list(rows))

    def row_at(self, place: int) -> R | None:
        """The row at a place of the list."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, case_id: str) -> int:
        """Where a case stands in what is loaded; -1 where it does not."""
        return self._places.get(case_id, -1)

    def fetch_up_to(self, most: int) -> None:
        """Load until the end of the list, or until so many rows are here."""
        while self._after is not None and len(self._rows) < most:
            self.fetchMore()

    def _absorb(self, rows: list[R]) -> None:
        """Turn what is shown into `rows` by taking out, putting in and changing single rows."""
        wanted = {row.id for row in rows}
        for place in range(len(self._rows) - 1, -1, -1):
            if self._rows[place].id not in wanted:
                self._take_out(place)
        kept = [row.id for row in self._rows]
        here = set(kept)
        if kept != [row.id for row in rows if row.id in here]:
            self._replace_all(rows)
            return
        for place, row in enumerate(rows):
            if row.id not in here:
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()
            elif self._rows[place] != row:
                self._put(place, row)
        self._count_places()

    def _replace_all(self, rows: list[R]) -> None:
        self.beginResetModel()
        self._rows = rows
        self._count_places()
        self.endResetModel()

    def _refresh_some(self, case_ids: Sequence[str]) -> None:
        found = self.read_rows(case_ids)
        for case_id in case_ids:
            place = self.place_of(case_id)
            if case_id in found:
                self._put(place, found[case_id])
            else:
                self._take_out(place)
                self._count_places()

    def _put(self, place: int, row: R) -> None:
        self._rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))

    def _take_out(self, place: int) -> None:
        self.beginRemoveRows(QModelIndex(), place, place)
        del self._rows[place]
        self.endRemoveRows()

    def _count_places(self) -> None:
        self._places = {row.id: place for place, row in enumerate(self._rows)}

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index | None = None) -> bool:
        return self._after is not None and (parent is None or not parent.isValid())

    def fetchMore(self, parent: Index | None = None) -> None:
        if not self.canFetchMore(parent):
            return
        rows, self._after = self.read_page(self._after, PAGE)
        # a case that moved up since the page before was read may come twice
        new = [row for row in rows if row.id not in self._places]
        if not new:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        self._rows += new
        self._places |= {row.id: first + at for at, row in enumerate(new)}
        self.endInsertRows()
