"""The sync page: where things stand, every change that waits, documents, and what became of the last changes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from casework.answers import Status
from casework.questions.viewer import Viewer
from desktop import theme
from desktop.messages import (
    chip,
    deed_title,
    is_in_decisions,
    last_in_sync_words,
    next_try_words,
    paper_words,
    size_words,
    stamp_words,
    trouble_step,
    where_things_stand,
)
from desktop.messages.receipts import about_words, chip_words, is_accepted
from desktop.office import Office
from desktop.views.check_row import CheckRow
from desktop.views.metered_row import MeteredRow
from desktop.views.rescue_row import RescueRow
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip as StatusChip
from desktop.widgets.chips import Kind
from desktop.widgets.labels import Caption, Heading, Muted
from desktop.widgets.rows import ROW_ROLE, Row, RowChip, RowList, row_sentence
from desktop.widgets.surfaces import Card, ScrollColumn
from desktop.widgets.sync_chip import FACES
from sync.history import ChangeShown, History, PaperShown, history
from sync.status import SyncState

Index = QModelIndex | QPersistentModelIndex
LOOK_AGAIN_MS = 150
# How the chip's kinds look as a chip on the page.
_KINDS: dict[str, Kind] = {
    "sent": "success",
    "sending": "info",
    "offline": "neutral",
    "slow": "info",
    "late": "warning",
    "decision": "info",
    "error": "danger",
}
_STATUS_CHIPS: dict[str, tuple[Kind, str]] = {
    "": ("neutral", "check"),
    Status.HELD: ("info", "hourglass"),
    Status.LATER: ("info", "hourglass"),
    Status.APPLIED: ("success", "check-check"),
    Status.APPLIED_CHANGED: ("success", "check-check"),
    Status.CONFLICT_KEPT: ("warning", "scale"),
    Status.REFUSED_KEPT: ("danger", "circle-x"),
    Status.DELETED_KEPT: ("warning", "scale"),
    Status.ERROR_KEPT: ("danger", "circle-x"),
}


class _Line(NamedTuple):
    """A row and where a click on it leads: a case, or the decisions."""

    row: Row
    case_id: str = ""
    place: str = ""


class _Lines(QAbstractListModel):
    """Rows of one list."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[_Line, ...] = ()

    def show_lines(self, lines: Sequence[_Line]) -> None:
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def line_at(self, row: int) -> _Line:
        return self._lines[row]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = 0) -> object:
        row = self._lines[index.row()].row
        if role == 0:
            return row.title
        if role == ROW_ROLE:
            return row
        return row_sentence(row) if role == Qt.ItemDataRole.AccessibleTextRole else None


class _LineList(RowList):
    """A list as tall as its rows: the page scrolls, not the list."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.lines = _Lines()
        self.setModel(self.lines)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changes.changed.connect(self.updateGeometry)

    def show_lines(self, lines: Sequence[_Line]) -> None:
        self.lines.show_lines(lines)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), self.sizeHintForRow(0) * self.lines.rowCount() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class _Part(Card):
    """A card with a heading, a quiet line, and a list or a sentence that says there is nothing."""

    def __init__(self, title: str, *, name: str, nothing: str) -> None:
        super().__init__(padding=0)
        self.setAccessibleName(title)
        self.setObjectName(f"sync-{name}")
        self._nothing = Muted(nothing)
        self._nothing.setContentsMargins(16, 0, 16, 14)
        self.about = Caption(wrap=True)
        self.about.setContentsMargins(16, 0, 16, 4)
        self.list = _LineList(title)
        self.list.setObjectName(f"sync-{name}-list")
        heading = Heading(title)
        heading.setContentsMargins(16, 12, 16, 0)
        self.column.setSpacing(4)
        for part in (heading, self.about, self.list, self._nothing):
            self.column.addWidget(part)

    def show_lines(self, lines: Sequence[_Line], about: str = "") -> None:
        self.list.show_lines(lines)
        self.list.setVisible(bool(lines))
        self._nothing.setVisible(not lines)
        self.about.setText(about)
        self.about.setVisible(bool(about))


class SyncPanel(QWidget):
    """Opened by the chip. `standing` answers where the sync stands now; `open_case(id)` and `go_to("decisions")`."""

    open_case = Signal(str)
    go_to = Signal(str)

    def __init__(
        self, office: Office, parent: QWidget | None = None, *, standing: Callable[[], SyncState] | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sync")
        self._office = office
        self._standing = standing or (lambda: office.sync)
        self._is_stale = True
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_AGAIN_MS)
        self._soon.timeout.connect(self._refresh_if_seen)
        office.changed.connect(self._look_soon)
        office.said.connect(self._look_soon)
        office.sync_state.connect(self._look_soon)

    def refresh(self) -> None:
        """Ask again and show what is so now."""
        self._is_stale = False
        self._show_standing(self._standing())
        self.metered.refresh()
        self.check.refresh()
        self.rescue.refresh()
        self._show_history(self._office.read(history, self._office.person_id), self._office.ask(_my_name))

    def save_copy(self) -> None:
        """Begin to save a rescue copy, as if its button had been pressed."""
        self.rescue.start()

    def _show_standing(self, state: SyncState) -> None:
        now = datetime.now(UTC)
        said = chip(state, now)
        self._chip.show_status(said.words, kind=_KINDS[said.kind], icon=FACES[said.kind][0])
        self._sentence.setText(where_things_stand(state, now))
        details = (last_in_sync_words(state), next_try_words(state) if state.fault else "")
        self._detail.setText(" ".join(part for part in details if part))
        step = trouble_step(state)
        self._step.setText(step)
        self._step.setVisible(bool(step) and step not in self._sentence.text())

    def _show_history(self, found: History, me: str) -> None:
        self._waiting.show_lines([_change_line(change, me, waits=True) for change in found.waiting])
        size = sum(paper.size for paper in found.papers)
        about = f"{paper_words(len(found.papers), size)} to send; changes go first." if found.papers else ""
        self._papers.show_lines([_paper_line(paper) for paper in found.papers], about)
        self._papers.setVisible(bool(found.papers))
        self._receipts.show_lines([_change_line(change, me, waits=False) for change in found.receipts])

    def _build(self) -> None:
        page = ScrollColumn()
        page.column.addWidget(self._build_head())
        self._waiting = _Part("Waiting to be sent", name="waiting", nothing="Nothing is waiting.")
        self._papers = _Part("Documents to send", name="papers", nothing="")
        self._receipts = _Part(
            "What became of your last changes", name="receipts", nothing="Nothing has been sent from this device yet."
        )
        for part in (self._waiting, self._papers, self._receipts):
            part.list.clicked.connect(self._open)
            part.list.activated.connect(self._open)
            page.column.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(page)

    def _build_head(self) -> Card:
        head = Card()
        self._chip = StatusChip("")
        self._chip.setObjectName("sync-status")
        self._sentence = Heading()
        self._sentence.setWordWrap(True)
        self._sentence.setObjectName("sync-sentence")
        self._step = Muted()
        self._step.setObjectName("sync-step")
        self._detail = Caption(wrap=True)
        self._detail.setObjectName("sync-detail")
        send = Button("Send now", icon="refresh-cw", key="F5", kind="primary")
        send.setObjectName("sync-send")
        send.clicked.connect(self._office.sync_now)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._chip)
        for label in (self._sentence, self._step, self._detail):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(send, 0, Qt.AlignmentFlag.AlignTop)
        head.column.addLayout(row)
        self.metered = MeteredRow(self._office)
        head.column.addWidget(self.metered)
        self.check = CheckRow(self._office)
        head.column.addWidget(self.check)
        self.rescue = RescueRow(self._office, over=self)
        head.column.addWidget(self.rescue)
        return head

    def _open(self, index: QModelIndex) -> None:
        model = index.model()
        assert isinstance(model, _Lines)
        line = model.line_at(index.row())
        if line.place:
            self.go_to.emit(line.place)
        elif line.case_id:
            self.open_case.emit(line.case_id)

    def _look_soon(self) -> None:
        self._is_stale = True
        self._soon.start()

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()


def _change_line(change: ChangeShown, me: str, *, waits: bool) -> _Line:
    kind, icon = _STATUS_CHIPS[change.status]
    when = change.said_at if waits else change.answered_at or change.said_at
    # what was not taken in says why, in a word or two, where it leads
    row = Row(
        title=deed_title(change.command, change.wish, me),
        detail=about_words(change),
        meta=stamp_words(when),
        note="" if waits else f"said {stamp_words(change.said_at)}" + (f" · no. {change.rev:,}" if change.rev else ""),
        chips=(RowChip(chip_words(change), kind, "eye" if change.seen_by and is_accepted(change) else icon),),
    )
    place = "decisions" if is_in_decisions(change.status) else ""
    return _Line(row, case_id=change.case_id if change.number else "", place=place)


def _paper_line(paper: PaperShown) -> _Line:
    row = Row(
        title=paper.name,
        detail=paper.number,
        meta=size_words(paper.size),
        chips=(RowChip("Kept here", "neutral", "check"),),
    )
    return _Line(row, case_id=paper.case_id if paper.number else "")


def _my_name(conn: object, viewer: Viewer) -> str:
    del conn
    return viewer.person.display_name
