"""People and queues to pick from: the list that the owner picker and the mention pop-up share."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.widgets.rows import ROW_ROLE, Row, row_sentence


class Pick(NamedTuple):
    """Somebody or something to pick: `kind` is `person` or `queue`, `detail` a quiet word (`14 open cases`)."""

    id: str
    name: str
    detail: str = ""
    kind: str = "person"


def folded(text: str) -> str:
    """Text to compare by: lower case, without accents."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def matching(picks: Sequence[Pick], typed: str) -> list[Pick]:
    """Those with every typed word at the start of a word of the name, then those that only contain them."""
    wanted = folded(typed).split()
    if not wanted:
        return list(picks)
    starts: list[Pick] = []
    inside: list[Pick] = []
    for pick in picks:
        name = folded(pick.name)
        if all(any(word.startswith(part) for word in name.split()) for part in wanted):
            starts.append(pick)
        elif all(part in name for part in wanted):
            inside.append(pick)
    return starts + inside


class PickModel(QAbstractListModel):
    """The picks that match what was typed, as rows."""

    def __init__(self, picks: Sequence[Pick] = ()) -> None:
        super().__init__()
        self._picks = list(picks)

    def show_picks(self, picks: Sequence[Pick]) -> None:
        """Show other picks."""
        self.beginResetModel()
        self._picks = list(picks)
        self.endResetModel()

    def pick_at(self, index: QModelIndex | QPersistentModelIndex) -> Pick | None:
        """The pick of a row."""
        return self._picks[index.row()] if index.isValid() and index.row() < len(self._picks) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._picks)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        pick = self.pick_at(index)
        if pick is None:
            return None
        row = Row(title=pick.name, meta=pick.detail, avatar=pick.name, is_queue=pick.kind == "queue")
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return pick.name
        return row_sentence(row) if role == Qt.ItemDataRole.AccessibleTextRole else None
