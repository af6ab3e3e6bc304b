"""Draws every widget and the frame with plausible content into pictures, to be looked at; run it as a program."""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from desktop import theme  # noqa: E402
from desktop.models.document_list import Where  # noqa: E402
from desktop.views.main_window import MainWindow  # noqa: E402
from desktop.widgets.avatar import Avatar  # noqa: E402
from desktop.widgets.buttons import Button, IconButton  # noqa: E402
from desktop.widgets.chips import Chip, CountBadge  # noqa: E402
from desktop.widgets.choices import SegmentedControl, TabBar  # noqa: E402
from desktop.widgets.date_field import DateField  # noqa: E402
from desktop.widgets.drop_zone import DropZone  # noqa: E402
from desktop.widgets.due_chip import DueChip  # noqa: E402
from desktop.widgets.empty_state import EmptyState  # noqa: E402
from desktop.widgets.fields import ChoiceField, LabeledField, MultiLineField, TextField, TickField  # noqa: E402
from desktop.widgets.focus_ring import FocusRing  # noqa: E402
from desktop.widgets.labels import ElidedLabel, Muted, Title  # noqa: E402
from desktop.widgets.mention_edit import MentionEdit  # noqa: E402
from desktop.widgets.notice_bar import NoticeBar  # noqa: E402
from desktop.widgets.owner_picker import OwnerPicker  # noqa: E402
from desktop.widgets.score_bar import ScoreBar  # noqa: E402
from desktop.widgets.search_field import SearchField  # noqa: E402
from desktop.widgets.sheet import Sheet  # noqa: E402
from desktop.widgets.skeleton import Skeleton  # noqa: E402
from desktop.widgets.surfaces import Card  # noqa: E402
from desktop.widgets.sync_chip import SyncChipState  # noqa: E402
from desktop.widgets.tables import TableView  # noqa: E402
from tests.desktop.gallery_content import PEOPLE, TODAY, Cases, a_tile  # noqa: E402
from tests.desktop.gallery_waiting import a_photo, in_a_row, waiting_page  # noqa: E402

PICTURES = ROOT / ".state" / "pictures"


def frame(width: int = 1366, height: int = 768) -> MainWindow:
    window = MainWindow()
    window.add_screen("waiting", waiting_page)
    window.show_person("Priya Shah", "Coordinator")
    window.show_sync(SyncChipState("sent", "All sent", "Everything on this device is also on the server.", "14:02"))
    window.show_count("today", 5)
    window.show_count("waiting", 9)
    window.show_count("decisions", 2, filled=True)
    window.resize(width, height)
    window.go("waiting")
    return window


def frame_offline() -> MainWindow:
    window = frame(1280, 800)
    window.show_cable_switch()
    window.rail.cable.setChecked(True)
    window.show_sync(SyncChipState("offline", "Offline", "You can carry on.", "3 kept here"))
    window.notice(
        "late",
        NoticeBar(
            "Mrs Evans has another owner now",
            text="You kept this case with Amy on Tuesday while offline. Priya moved it to Ben on Wednesday. "
            "Ben has since added 1 note.",
            kind="warning",
            actions=[("leave", "Leave with Ben"), ("back", "Take it back"), ("ask", "Ask Priya")],
        ),
    )
    window.toast.say("Accepted for Amy Jones: Patricia Khan")
    return window


def frame_sheet() -> MainWindow:
    window = frame(1280, 800)
    sheet = Sheet("Add a task for Mrs Evans", over=window, action="Add task")
    what = TextField("Home visit", name="What")
    sheet.form.addWidget(LabeledField("What", what, required=True))
    sheet.form.addWidget(
        LabeledField("Type", ChoiceField([("visit", "Home visit"), ("call", "Phone call")], name="Type"))
    )
    due = DateField(date(2026, 3, 13))
    sheet.form.addWidget(LabeledField("Due", due, hint="Amy has two visits that day."))
    wrong = LabeledField("Phone", TextField("0770-090"))
    wrong.show_problem("This has too few digits for a phone number.")
    sheet.form.addWidget(wrong)
    note = LabeledField(
        "Note", MultiLineField("Key safe at the side door. Ring first, she needs time to get to the door.", longest=400)
    )
    note.show_kept("Kept 14:02")
    sheet.form.addWidget(note)
    sheet.form.addWidget(TickField("Tell the client by text message"))
    sheet.open(what)
    return window


def buttons() -> Card:
    card = Card("Buttons and choices")
    quiet = Button("Disabled")
    quiet.setEnabled(False)
    card.column.addWidget(
        in_a_row(
            Button("Accept", kind="primary"),
            Button("Move step"),
            Button("Snooze", kind="quiet"),
            Button("Close case", kind="danger"),
            quiet,
        )
    )
    card.column.addWidget(
        in_a_row(
            Button("Add task", icon="plus", small=True),
            Button("Smith & Sons", small=True),
            IconButton("pencil", name="Edit"),
            IconButton("ellipsis", name="More"),
            IconButton("trash-2", name="Remove", role="danger"),
            Button("Save", kind="primary", key="Ctrl+Enter"),
        )
    )
    card.column.addWidget(
        in_a_row(
            SegmentedControl([("list", "List"), ("board", "Board"), ("map", "Map")], name="View"),
            CountBadge(4),
            CountBadge(12, filled=True),
            CountBadge(2000, filled=True),
        )
    )
    tabs = TabBar(
        [
            ("details", "Details"),
            ("form", "Visit form"),
            ("docs", "Documents"),
            ("people", "People and property"),
            ("history", "History"),
        ]
    )
    tabs.set_count("docs", 7)
    card.column.addWidget(tabs)
    return card


def statuses() -> Card:
    card = Card("Status")
    card.column.addWidget(
        in_a_row(
            Chip("New"),
            Chip("Your proposal", kind="info"),
            Chip("Delivered", kind="success"),
            Chip("Cancelled", kind="warning"),
            Chip("Not accepted", kind="danger"),
            spacing=6,
        )
    )
    card.column.addWidget(
        in_a_row(
            *(
                DueChip(day, today=TODAY)
                for day in (date(2026, 3, 7), TODAY, date(2026, 3, 11), date(2026, 3, 13), date(2026, 5, 4), None)
            ),
            spacing=6,
        )
    )
    card.column.addWidget(
        in_a_row(*(Avatar(pick.name, queue=pick.kind == "queue") for pick in PEOPLE), Avatar("Mrs Evans", side=36))
    )
    card.column.addWidget(ScoreBar(78, reason="Off supply since Friday"))
    card.column.addWidget(
        ElidedLabel(
            "A long line of words that gives way where there is no room for it: 108a Station Road, Flat 3, "
            "Bristol BS5 7HA, second door on the left"
        )
    )
    card.column.addStretch(1)
    return card


def fields() -> Card:
    card = Card("Fields")
    card.column.addWidget(SearchField(key="Ctrl+K"))
    card.column.addWidget(LabeledField("Surname", TextField("Evans")))
    card.column.addWidget(
        in_a_row(ChoiceField([("a", "Home visit"), ("b", "Phone call")], name="Type"), DateField(TODAY, name="Day"))
    )
    note = MentionEdit(PEOPLE, placeholder="Write a note. @ tells somebody.")
    note.show_lines(3)
    card.column.addWidget(note)
    tick = TickField("Client agreed to be called")
    tick.setChecked(True)
    card.column.addWidget(in_a_row(tick, TickField("Not checked")))
    return card


def documents() -> Card:
    card = Card("Documents")
    card.column.addWidget(DropZone("Drop photos, letters and bills here, or press Ctrl+V"))
    card.column.addWidget(a_tile("front-door.jpg", where=Where.ONLY_HERE, picture=a_photo()))
    card.column.addWidget(a_tile("readings.xlsx"))
    card.column.addStretch(1)
    return card


def cases() -> Card:
    table = TableView(name="Cases")
    model = Cases(table)
    table.setModel(model)
    table.selectRow(1)
    table.setMinimumHeight(theme.px(32 + 36 * 4))
    for column, width in enumerate((90, 190, 120, 140, 140, 100)):
        table.setColumnWidth(column, theme.px(width))
    holder = Card(padding=1)
    holder.column.addWidget(table)
    return holder


def pieces() -> QWidget:
    made = QWidget()
    made.resize(1180, 900)
    grid = QGridLayout(made)
    grid.setContentsMargins(24, 24, 24, 24)
    grid.setSpacing(16)
    for at, card in enumerate((buttons(), statuses(), fields(), documents())):
        grid.addWidget(card, at // 2, at % 2)
    grid.addWidget(cases(), 2, 0, 1, 2)
    return made


def notices() -> QWidget:
    made = QWidget()
    made.resize(900, 640)
    column = QVBoxLayout(made)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(12)
    column.addWidget(Title("Notices, nothing and waiting"))
    column.addWidget(NoticeBar("Sent at 17:22", kind="success"))
    column.addWidget(
        NoticeBar(
            "The visit form for Mrs Evans was not accepted",
            text="The date is after the case was closed by Ann (12:40).",
            kind="danger",
            actions=[("date", "Change date"), ("open", "Reopen case"), ("ask", "Ask Ann")],
        )
    )
    column.addWidget(
        NoticeBar(
            "Not sent for 2 days",
            text="The office cannot see your last 14 changes. Connect to send.",
            kind="warning",
            actions=[("send", "Send now")],
        )
    )
    both = QHBoxLayout()
    card = Card()
    card.column.addWidget(
        EmptyState("Nobody is waiting. New referrals appear here by themselves.", action="Import referrals")
    )
    loading = Card(padding=0)
    grey = Skeleton()
    loading.column.addWidget(grey)
    both.addWidget(card)
    both.addWidget(loading)
    column.addLayout(both, 1)
    grey.setMinimumHeight(200)
    return made


def picker() -> QWidget:
    made = OwnerPicker(PEOPLE)
    made.setWindowFlags(Qt.WindowType.Widget)
    made.resize(theme.px(300), theme.px(340))
    return made


def frame_closing() -> MainWindow:
    window = frame(1280, 800)
    sheet = Sheet("Close the case of Mrs Evans", over=window, action="Close case", place="middle", danger=True)
    sheet.form.addWidget(Muted("Two tasks are still open. They are closed with the case."))
    reason = ChoiceField([("done", "Measures installed"), ("moved", "Client moved")], name="Reason")
    reason.choose("done")
    sheet.form.addWidget(LabeledField("Reason", reason, required=True))
    sheet.form.addWidget(
        LabeledField("What was reached", MultiLineField("Loft insulated, debt plan agreed.", longest=1000))
    )
    sheet.open(reason)
    return window


PAGES: dict[str, Callable[[], QWidget]] = {
    "frame": frame,
    "frame-offline": frame_offline,
    "frame-sheet": frame_sheet,
    "frame-closing": frame_closing,
    "frame-narrow": lambda: frame(1024, 700),
    "pieces": pieces,
    "notices": notices,
    "picker": picker,
}


def draw(app: QApplication, name: str, where: Path) -> None:
    """Make a page, let it settle, keep its picture."""
    page = PAGES[name]()
    if not isinstance(page, MainWindow):
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page.show()
    for skeleton in page.findChildren(Skeleton):
        skeleton.reveal()
    for _ in range(3):
        app.processEvents()
    page.grab().save(str(where))
    page.close()
    page.deleteLater()
    app.processEvents()


def main(wanted: list[str]) -> None:
    """Draw the pages asked for (all when none is) in each theme and text size."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    FocusRing(app)
    for label, tokens, scale in (
        ("light", theme.LIGHT, 1.0),
        ("dark", theme.DARK, 1.0),
        ("light-200", theme.LIGHT, 2.0),
        ("dark-200", theme.DARK, 2.0),
        ("contrast", theme.HIGH_CONTRAST, 1.0),
    ):
        theme.apply_theme(app, tokens, scale)
        for name in wanted or list(PAGES):
            draw(app, name, PICTURES / f"{name}-{label}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
