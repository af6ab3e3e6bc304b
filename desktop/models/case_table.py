"""The cases as a table: its columns, what each says, and how a click on its head sorts (S22, S24, R19)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

from casework.questions.case_rows import case_rows
from casework.questions.cases import cases, cases_count
from casework.questions.sheets import CaseFilter, CaseOrder, CaseSort, PageKey
from casework.questions.shown import CaseRow, DueBand
from casework.values import CaseStatus, Priority
from desktop.messages import NOBODY, PRIORITIES, STATUSES, stamp_words
from desktop.models.paged_rows import Index, PagedRows
from desktop.office import Office
from desktop.widgets.due_chip import due_words
from desktop.widgets.plain import one_line, tip_text

NO_NAME = "No name given"
NO_TASK = "Nothing planned"
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TICK = int(Qt.ItemDataRole.CheckStateRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)
_LONGEST = 200


def today_here() -> date:
    """This person's own calendar day."""
    return datetime.now(UTC).astimezone().date()


def area_words(row: CaseRow) -> str:
    """Where, in a word or two: `SA1 Swansea`."""
    outward = row.postcode.split(" ")[0]
    return " ".join(part for part in (outward, row.town) if part)


def due_line(row: CaseRow, today: date) -> str:
    """The next task with its day: `Home visit, Tomorrow`."""
    if row.next_band is DueBand.OVER:
        return NO_TASK
    return f"{row.next_task}, {due_words(row.next_due, today)[0]}"


class Column(NamedTuple):
    """One column: its head, what it says of a case, and what a click on its head sorts by."""

    key: str
    head: str
    says: Callable[[CaseRow], str]
    sort: CaseSort | None
    down_first: bool = False


COLUMNS = (
    Column("tick", "", lambda row: "", None),
    Column("number", "Case", lambda row: row.number, CaseSort.NUMBER, True),
    Column("client", "Client", lambda row: row.client or NO_NAME, CaseSort.CLIENT),
    Column("area", "Area", area_words, CaseSort.AREA),
    Column(
        "step",
        "Step",
        lambda row: STATUSES[row.status] if row.status is CaseStatus.CLOSED else row.step_name,
        CaseSort.STEP,
    ),
    Column("owner", "Owner", lambda row: row.owner_name or NOBODY, CaseSort.OWNER),
    Column("task", "Next task", lambda row: due_line(row, today_here()), CaseSort.DUE),
    Column("priority", "Priority", lambda row: PRIORITIES[row.priority], CaseSort.PRIORITY, True),
    Column("activity", "Last activity", lambda row: stamp_words(row.last_activity_at), CaseSort.ACTIVITY, True),
)
PLACES = {column.key: place for place, column in enumerate(COLUMNS)}


class CaseTable(PagedRows[CaseRow]):
    """The cases that fit a filter, sorted; ticked ones are what a bulk change is about.

    `ticks_changed` when another number is ticked. Ticks hold by case, so sorting does not lose them; another filter
    does, as nobody should change what they do not see.
    """

    ticks_changed = Signal()

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.asked = CaseFilter()
        self.order = CaseOrder()
        self._ticked: dict[str, CaseRow] = {}

    def show(self, asked: CaseFilter) -> None:
        """Narrow the list by another filter."""
        self.asked = asked
        self.untick_all()
        self.reload()

    def sort_by(self, place: int) -> None:
        """Sort by a column; the same one again turns it round."""
        column = COLUMNS[place]
        if column.sort is None:
            return
        turned = not self.order.is_descending if self.order.by is column.sort else column.down_first
        self.order = CaseOrder(by=column.sort, is_descending=turned)
        self.reload()

    def count(self) -> int:
        """How many cases fit the filter, loaded or not."""
        return self._office.ask(cases_count, self.asked)

    def read_page(self, after: PageKey | None, limit: int) -> tuple[Sequence[CaseRow], PageKey | None]:
        """A page from the store."""
        page = self._office.ask(cases, self.asked, self.order, after, limit)
        return page.rows, page.after

    def read_rows(self, case_ids: Collection[str]) -> Mapping[str, CaseRow]:
        """Those cases as they stand, whether or not they still fit the filter."""
        return {row.id: row for row in self._office.ask(case_rows, list(case_ids))}

    def ticked(self) -> list[CaseRow]:
        """The ticked cases as they are shown now, in the order of the list where they are loaded."""
        now = [self.row_at(self.place_of(case_id)) or row for case_id, row in self._ticked.items()]
        return sorted(now, key=lambda row: self.place_of(row.id))

    def tick(self, place: int, on: bool | None = None) -> None:
        """Tick a row, or take its tick away; turned round where `on` is not given."""
        row = self.row_at(place)
        if row is None:
            return
        if on is None:
            on = row.id not in self._ticked
        if on:
            self._ticked[row.id] = row
        else:
            self._ticked.pop(row.id, None)
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
        self.ticks_changed.emit()

    def tick_loaded(self) -> None:
        """Tick every row that is loaded."""
        self._ticked = {row.id: row for row in self._rows}
        self._repaint()

    def untick_all(self) -> None:
        """Take all ticks away."""
        if self._ticked:
            self._ticked = {}
            self._repaint()

    def ticked_count(self) -> int:
        """How many are ticked."""
        return len(self._ticked)

    def is_ticked(self, case_id: str) -> bool:
        """Whether a case is ticked."""
        return case_id in self._ticked

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))
        self.ticks_changed.emit()

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        row = self.row_at(index.row())
        if row is None:
            return None
        place = index.column()
        if role == _DISPLAY:
            return one_line(COLUMNS[place].says(row)[:_LONGEST])
        if role == _SENTENCE:
            return self._said(row, place)
        if role == _TIP and place == PLACES["client"]:
            return tip_text(", ".join(part for part in (row.client, row.address, row.town, row.postcode) if part))
        if role == _TICK and place == 0:
            return Qt.CheckState.Checked if row.id in self._ticked else Qt.CheckState.Unchecked
        return None

    def _said(self, row: CaseRow, place: int) -> str:
        """A cell for those who hear the table: with the name of its column."""
        if place == 0:
            return "Selected" if row.id in self._ticked else "Not selected"
        extra = ", kept here, not sent yet" if row.is_unsent and place == PLACES["client"] else ""
        return f"{COLUMNS[place].head}: {COLUMNS[place].says(row)}{extra}"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == _DISPLAY:
            return COLUMNS[section].head
        return COLUMNS[section].head or "Selected" if role == _SENTENCE else None


def is_pressing(row: CaseRow) -> bool:
    """Whether the priority is worth a mark."""
    return row.priority is not Priority.NORMAL
