"""The board: a column for each step, and in each the cases that have stood there longest (S23, R19, R20)."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt, Signal

from casework.questions.board import board
from casework.questions.sheets import BoardColumn, CaseFilter
from casework.questions.shown import CaseRow, DueBand
from desktop.messages import count_words
from desktop.models.case_table import NO_NAME, area_words, due_line, today_here
from desktop.models.paged_rows import Index
from desktop.office import Office

CARD_ROLE = int(Qt.ItemDataRole.UserRole) + 2
CARD_MIME = "application/x-doorstep-case"
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)


class ColumnModel(QAbstractListModel):
    """The cards of one step, as far as they are shown; a card can be dragged out, and one of another step dropped in.

    `dropped(case_id, from_step_id)` says that a card was let go here; whoever hears it asks for the move.
    """

    dropped = Signal(str, str)

    def __init__(self, column: BoardColumn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.column = column

    def show_column(self, column: BoardColumn) -> None:
        """Show the step as it is now; cards that stayed the same stay where they are."""
        before = self.column
        if [card.id for card in before.cards] == [card.id for card in column.cards]:
            self.column = column
            if before.cards != column.cards and column.cards:
                self.dataChanged.emit(self.index(0), self.index(len(column.cards) - 1))
            return
        self.beginResetModel()
        self.column = column
        self.endResetModel()

    def card_at(self, place: int) -> CaseRow | None:
        """The card at a place."""
        return self.column.cards[place] if 0 <= place < len(self.column.cards) else None

    def place_of(self, case_id: str) -> int:
        """Where a case's card is, -1 where it is not shown."""
        return next((at for at, card in enumerate(self.column.cards) if card.id == case_id), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.column.cards)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        card = self.card_at(index.row())
        if card is None:
            return None
        if role == _DISPLAY:
            return card.client or NO_NAME
        if role == CARD_ROLE:
            return card
        return card_sentence(card, today_here()) if role == _SENTENCE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return usual | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [CARD_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        made = QMimeData()
        card = self.card_at(indexes[0].row()) if indexes else None
        if card is not None:
            made.setData(CARD_MIME, f"{card.id} {card.step_id}".encode())
        return made

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        del action, row, column, parent
        return data.hasFormat(CARD_MIME)

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        del row, column, parent
        if action == Qt.DropAction.IgnoreAction or not data.hasFormat(CARD_MIME):
            return False
        case_id, _, step_id = bytes(data.data(CARD_MIME).data()).decode().partition(" ")
        self.dropped.emit(case_id, step_id)
        # False: the card is not taken out by the view, it moves when the store says that it has
        return False


class BoardModel(QObject):
    """All columns; `rebuilt` when other steps are shown, `recounted` when the same ones have other cards."""

    rebuilt = Signal()
    recounted = Signal()

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.asked = CaseFilter()
        self.columns: list[ColumnModel] = []

    def show(self, asked: CaseFilter) -> None:
        """Show the cases that fit a filter."""
        self.asked = asked
        self.refresh()

    def refresh(self) -> None:
        """Look at the store again."""
        found = self._office.ask(board, self.asked).columns
        if [column.step_id for column in found] != [model.column.step_id for model in self.columns]:
            for model in self.columns:
                model.deleteLater()
            self.columns = [ColumnModel(column, self) for column in found]
            self.rebuilt.emit()
            return
        for model, column in zip(self.columns, found, strict=True):
            model.show_column(column)
        self.recounted.emit()

    def find(self, case_id: str) -> tuple[int, int]:
        """(column, place) of a card; (-1, -1) where it is not shown."""
        for at, model in enumerate(self.columns):
            place = model.place_of(case_id)
            if place >= 0:
                return at, place
        return -1, -1

    def total(self) -> int:
        """How many cases the columns hold, shown or not."""
        return sum(model.column.count for model in self.columns)


def card_sentence(card: CaseRow, today: date) -> str:
    """A card for those who hear the board."""
    task = "" if card.next_band is DueBand.OVER else due_line(card, today)
    kept = "kept here, not sent yet" if card.is_unsent else ""
    parts = (card.client or NO_NAME, area_words(card), card.owner_name, task, age_words(card), kept)
    return ", ".join(part for part in parts if part)


def age_words(card: CaseRow) -> str:
    """How long a case has stood at its step: `12 days`."""
    return count_words(card.days_at_step, "day") if card.days_at_step else "Today"
