"""The waiting list as rows to paint: who, where, for how long, how urgent and why (S13, R2, X11)."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal

from casework.questions.sheets import PageKey
from casework.questions.shown import WaitingRow
from casework.questions.waiting import waiting_case, waiting_list
from casework.values import OwnerKind, Priority
from desktop.messages import PRIORITIES, count_words, score_reason_words
from desktop.models.paged_rows import Index, PagedRows
from desktop.office import Office
from desktop.widgets.rows import ROW_ROLE, Row, RowChip, row_sentence

ID_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)
NO_NAME = "No name given"


class WaitingListModel(PagedRows[WaitingRow]):
    """Those who wait, most pressing first; `counted(total, urgent, high)` after each look at the whole list."""

    counted = Signal(int, int, int)

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.total = 0

    def read_page(self, after: PageKey | None, limit: int) -> tuple[Sequence[WaitingRow], PageKey | None]:
        """A page from the store, with the counts of the whole list."""
        page = self._office.ask(waiting_list, after, limit)
        self.total = page.total
        self.counted.emit(page.total, page.urgent, page.high)
        return page.rows, page.after

    def read_rows(self, case_ids: Collection[str]) -> Mapping[str, WaitingRow]:
        """Single rows; who does not wait any more is left out."""
        found = ((case_id, self._office.ask(waiting_case, case_id)) for case_id in case_ids)
        return {case_id: waiting.row for case_id, waiting in found if waiting is not None}

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == _DISPLAY:
            return row.client or NO_NAME
        if role == ROW_ROLE:
            return painted(row)
        if role == ID_ROLE:
            return row.id
        return row_sentence(painted(row)) if role == _SENTENCE else None


def painted(row: WaitingRow) -> Row:
    """A waiting case as a row of the list."""
    area = row.area if row.area == row.town else " ".join(part for part in (row.area, row.town) if part)
    return Row(
        title=row.client or NO_NAME,
        detail=" · ".join(part for part in (area, row.source_name) if part),
        meta=days_words(row.days),
        note=weight_words(row),
        chips=tuple(_chips(row)),
        score=row.score,
    )


def days_words(days: int) -> str:
    """How long somebody has waited: `12 days`."""
    return count_words(days, "day") if days else "Today"


def weight_words(row: WaitingRow) -> str:
    """How pressing it is and why most of all: `Urgent · Off supply`."""
    pressing = "" if row.priority is Priority.NORMAL else PRIORITIES[row.priority]
    return " · ".join(part for part in (pressing, top_reason(row)) if part)


def top_reason(row: WaitingRow) -> str:
    """What weighs most, in words; having waited only where nothing else is known."""
    known = [reason for reason in row.reasons if reason[0] != "waited"] or list(row.reasons)
    return score_reason_words(*known[0]) if known else ""


def _chips(row: WaitingRow) -> list[RowChip]:
    chips = []
    if row.owner_kind is OwnerKind.PERSON:
        chips.append(RowChip(row.owner_name, "accent", "user-check"))
    if row.alike:
        chips.append(RowChip("Duplicate?", "info", "copy"))
    if row.flags:
        chips.append(RowChip(f"{row.flags} to check", "warning", "flag"))
    if row.is_unsent:
        chips.append(RowChip("Kept here", "neutral", "cloud-off"))
    return chips
