"""Plausible content for the gallery and the widget tests: people, referrals, cases."""

from datetime import UTC, date, datetime

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QPixmap

from casework.questions.shown import DocumentShown
from desktop.models.document_list import DocumentLine, Where
from desktop.views.case.document_tile import DocumentTile
from desktop.widgets.people_list import Pick
from desktop.widgets.rows import ROW_ROLE, Row, RowChip, row_sentence

TODAY = date(2026, 3, 10)
PEOPLE = (
    Pick("p1", "Amy Jones", "14 open cases"),
    Pick("p2", "Ben Carter", "22 open cases"),
    Pick("p3", "Priya Shah", "3 open cases"),
    Pick("p4", "Siân Ó Briain", "9 open cases"),
    Pick("p5", "Zoë Nowak-Álvarez", "17 open cases"),
    Pick("q1", "Waiting list", "9 waiting", "queue"),
    Pick("q2", "Cardiff team", "4 waiting", "queue"),
)
WAITING = (
    Row(
        "Mrs Margaret Evans",
        "12 Ffordd Penrhyn, Swansea SA1 5PJ",
        "Mrs Margaret Evans",
        "12 days",
        "Off supply since Friday",
        (RowChip("Possible duplicate", "info", "copy"),),
        92,
    ),
    Row(
        "Patricia Khan", "47 Church Lane, Wrexham LL11 4HG", "Patricia Khan", "9 days", "COPD, sits in one room", (), 81
    ),
    Row(
        "Tomasz Nowak",
        "49 Albert Place, Truro TR1 8ZG",
        "Tomasz Nowak",
        "8 days",
        "Prepayment, £4 left",
        (RowChip("Cancelled contract", "warning"),),
        74,
    ),
    Row(
        "Harpreet Griffiths",
        "72a Ffordd Penrhyn, Swansea SA1 5PJ",
        "Harpreet Griffiths",
        "8 days",
        "Debt letter £1,240",
        (),
        66,
    ),
    Row("Jean-Luc Thomas", "Flat 3, 108a Station Road, Bristol BS5 7HA", "Jean-Luc Thomas", "6 days", "Asthma", (), 48),
    Row(
        "Dilys Pritchard", "3 Bryn Terrace, Bangor LL57 2AB", "Dilys Pritchard", "5 days", "No heating upstairs", (), 44
    ),
    Row(
        "Oluwaseun Adeyemi-Richardson",
        "Flat 11, Loudoun House, Cardiff CF10 5HW",
        "Oluwaseun Adeyemi",
        "4 days",
        "Baby under one",
        (RowChip("Possible duplicate", "info", "copy"),),
        41,
    ),
    Row("Ann <b>Price</b>", "Usage <50 kWh a month, Newport NP20 1AA", "Ann Price", "3 days", "Benefit check", (), 30),
    Row("Gareth Bowen", "21 High Street, Brecon LD3 7LA", "Gareth Bowen", "2 days", "Wants to switch", (), 22),
    Row("Noor Hussain", "8 Clive Road, Cardiff CF5 1HJ", "Noor Hussain", "1 day", "Wants to switch", (), 18),
)


def a_tile(name: str, *, where: Where = Where.ON_SERVER, picture: QPixmap | None = None) -> DocumentTile:
    """The tile of a document that Amy added."""
    document = DocumentShown(
        id="document",
        case_id="case",
        task_id="",
        name=name,
        mime="",
        size=820_000,
        sha256="",
        caption="",
        added_at=datetime(2026, 3, 9, 10, 12, tzinfo=UTC),
        added_by_name="Amy Jones",
        is_stored=where is Where.ON_SERVER,
        is_unsent=where is Where.ONLY_HERE,
    )
    tile = DocumentTile()
    tile.show_document(DocumentLine(document, where, True), picture)
    return tile


class Rows(QAbstractListModel):
    """Rows that were given."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: object = None) -> int:
        return len(self._rows)

    def data(self, index: QModelIndex, role: int = 0) -> object:  # type: ignore[override]
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row_sentence(row)
        return row.title if role == Qt.ItemDataRole.DisplayRole else None


class Cases(QAbstractTableModel):
    """A few cases for the table."""

    head = ("Case", "Client", "Step", "Owner", "Next task", "Opened")
    cells = (
        ("DS-1042", "Mrs Margaret Evans", "Home visit", "Amy Jones", "Thu 12 Mar", "26/02/2026"),
        ("DS-1039", "Patricia Khan", "Measures", "Ben Carter", "Tomorrow", "21/02/2026"),
        ("DS-1031", "Tomasz Nowak", "Triage", "Priya Shah", "3 days overdue", "11/02/2026"),
        ("DS-1028", "Dilys Pritchard", "Follow-up", "Amy Jones", "Mon 30 Mar", "08/02/2026"),
    )

    def rowCount(self, parent: object = None) -> int:
        return len(self.cells)

    def columnCount(self, parent: object = None) -> int:
        return len(self.head)

    def data(self, index: QModelIndex, role: int = 0) -> object:  # type: ignore[override]
        return self.cells[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> object:
        is_head = role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal
        return self.head[section] if is_head else None
