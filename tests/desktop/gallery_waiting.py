"""A plausible Waiting list screen made of the widgets, so that density and hierarchy can be judged as a picture."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.chips import Chip
from desktop.widgets.flow import FlowLayout, FlowRow
from desktop.widgets.labels import Caption, Heading, Label, Muted
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.rows import RowList
from desktop.widgets.score_bar import ScoreBar
from desktop.widgets.surfaces import Divider, ScrollColumn
from tests.desktop.gallery_content import WAITING, Rows


def in_a_row(*parts: QWidget, spacing: int = 8) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return made


def a_photo() -> QPixmap:
    made = QPixmap(288, 200)
    painter = QPainter(made)
    sky = QLinearGradient(0, 0, 0, 200)
    sky.setColorAt(0, QColor("#9FC6E8"))
    sky.setColorAt(1, QColor("#E9E2D0"))
    painter.fillRect(made.rect(), sky)
    painter.fillRect(60, 80, 170, 120, QColor("#A8604A"))
    painter.fillRect(120, 130, 40, 70, QColor("#31575A"))
    painter.end()
    return made


def letter() -> QWidget:
    made = QFrame()
    made.setProperty("surface", "plain")
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    scroll = ScrollColumn(padding=24, spacing=14)
    page = scroll.column
    page.addWidget(Label("Mrs Margaret Evans", kind="display", wrap=True))
    page.addWidget(Muted("Born 3 November 1932 (93) · prefers Welsh · 07700 900100, mornings"))
    page.addWidget(
        FlowRow(
            Chip("Wheelchair user", kind="neutral", icon="heart-pulse"),
            Chip("Prepayment meter", kind="neutral", icon="zap"),
            Chip("Off supply", kind="danger"),
            Chip("Consent given", kind="success", icon="shield-check"),
            spacing=6,
        )
    )
    page.addWidget(
        NoticeBar(
            "This may be a client we know",
            text="Margaret Evans, same date of birth, case DS-0871 closed in May 2025.",
            actions=[("compare", "Compare")],
            dismissible=False,
        )
    )
    page.addWidget(Heading("Why"))
    page.addWidget(
        Label(
            "Cannot afford to top up the meter, off supply since Friday. Sits in one room with an oil-filled radiator. "
            "Her daughter found a debt letter from the supplier for £1,240.",
            wrap=True,
            selectable=True,
        )
    )
    page.addWidget(ScoreBar(92, reason="Off supply, over 75, waiting 12 days"))
    page.addWidget(Divider())
    facts = QGridLayout()
    facts.setHorizontalSpacing(24)
    facts.setVerticalSpacing(8)
    for at, (what, value) in enumerate(
        (
            ("Where", "72a Ffordd Penrhyn, Swansea SA1 5PJ"),
            ("Home", "Private rent, terraced, EPC G, gas combi (broken)"),
            ("Referred by", "Bron Health Visiting, 26 February 2026"),
            ("Reference", "R10001"),
            ("Earlier cases", "DS-0871, closed: measures installed"),
        )
    ):
        facts.addWidget(Label(what, kind="muted"), at, 0, Qt.AlignmentFlag.AlignTop)
        facts.addWidget(Label(value, wrap=True, selectable=True), at, 1)
    facts.setColumnStretch(1, 1)
    page.addLayout(facts)
    column.addWidget(scroll, 1)
    column.addWidget(Divider())
    foot = QWidget()
    row = FlowLayout(foot)
    row.setContentsMargins(24, 12, 24, 12)
    row.addWidget(Button("Accept → Amy Jones", kind="primary", icon="check", key="1"))
    row.addWidget(IconButton("chevron-down", name="Accept for somebody else", side=32))
    row.addWidget(Button("Duplicate", kind="quiet", key="2"))
    row.addWidget(Button("Decline", kind="quiet", key="3"))
    row.addWidget(Button("Snooze", kind="quiet", key="H"))
    column.addWidget(foot)
    return made


def waiting_page() -> QWidget:
    left = QFrame()
    left.setProperty("surface", "plain")
    column = QVBoxLayout(left)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    bar = QWidget()
    row = QHBoxLayout(bar)
    row.setContentsMargins(16, 8, 12, 8)
    row.addWidget(Caption("9 waiting · the longest 12 days"))
    row.addStretch(1)
    row.addWidget(IconButton("list-filter", name="Filter"))
    row.addWidget(IconButton("arrow-up-down", name="Sort"))
    column.addWidget(bar)
    column.addWidget(Divider())
    rows = RowList(name="Waiting list")
    model = Rows(WAITING)
    model.setParent(rows)
    rows.setModel(model)
    rows.setCurrentIndex(model.index(0, 0))
    column.addWidget(rows, 1)
    both = QSplitter()
    both.setChildrenCollapsible(False)
    both.addWidget(left)
    both.addWidget(letter())
    both.setSizes([460, 560])
    both.setStretchFactor(0, 45)
    both.setStretchFactor(1, 55)
    return both
