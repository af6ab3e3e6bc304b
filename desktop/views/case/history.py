"""The History tab: who owned the case and how it came to them, then every line of its feed, newest first (X1)."""

from PySide6.QtCore import QAbstractItemModel, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.sheets import CaseSheet
from casework.questions.shown import OwnershipLine
from casework.values import OwnerKind
from desktop import theme
from desktop.messages import KEPT_HERE, OWNER_CHANGES, stamp_words
from desktop.models.feed import calm
from desktop.widgets.avatar import Avatar
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Caption, ElidedLabel, Heading
from desktop.widgets.rows import RowList
from desktop.widgets.surfaces import Divider, ScrollColumn

MOST_STORY = 210


class HistoryTab(QFrame):
    """`earlier_asked` when lines from further back are wanted; the feed's own model is listed."""

    earlier_asked = Signal()

    def __init__(self, feed: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-history")
        self.setProperty("surface", "plain")
        self._story = QVBoxLayout()
        self._story.setSpacing(10)
        self._shown: tuple[OwnershipLine, ...] = ()
        self._lines = RowList(name="Everything that happened", two_lines=True)
        self._lines.setObjectName("history-lines")
        self._lines.setModel(feed)
        self.earlier = Button("Show earlier", kind="quiet", small=True, icon="history")
        self.earlier.setObjectName("history-earlier")
        self.earlier.clicked.connect(self.earlier_asked)
        scroll = ScrollColumn(padding=16, spacing=10)
        scroll.column.addWidget(Heading("Who had this case"))
        scroll.column.addLayout(self._story)
        self._scroll = scroll
        theme.changes.changed.connect(self._fit)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 8, 4)
        foot.addWidget(Heading("Everything that happened"))
        foot.addStretch(1)
        foot.addWidget(self.earlier)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll)
        column.addWidget(Divider())
        column.addLayout(foot)
        column.addWidget(self._lines, 1)

    def show_case(self, sheet: CaseSheet, has_earlier: bool) -> None:
        """Tell the story of the case's owners."""
        self.earlier.setVisible(has_earlier)
        if sheet.ownership == self._shown:
            return
        self._shown = sheet.ownership
        while (item := self._story.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in reversed(sheet.ownership):
            self._story.addWidget(_told(line))
        self._fit()

    def _fit(self) -> None:
        """As tall as its story, up to a few owners; more scroll."""
        self._scroll.setFixedHeight(min(self._scroll.wanted_height(self.width()), theme.px(MOST_STORY)))


def story_words(line: OwnershipLine) -> str:
    """One change of owner in a sentence: `Assigned to Ben Carter by Priya Shah`."""
    how = OWNER_CHANGES[line.how]
    by = f" by {line.by_name}" if line.by_name and line.by_id != line.to_id else ""
    before = f", from {line.from_name}" if line.from_name else ""
    return calm(f"{how}{by}{before}")


def _told(line: OwnershipLine) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Avatar(line.to_name or "?", side=26, queue=line.to_kind is OwnerKind.QUEUE))
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(ElidedLabel(calm(line.to_name) or "Somebody", kind="strong"))
    reason = f" – {' '.join(calm(line.reason).split())}" if line.reason else ""
    words.addWidget(ElidedLabel(f"{story_words(line)}{reason}", kind="caption"))
    row.addLayout(words, 1)
    when = stamp_words(line.at)
    arrived = (
        f", arrived {stamp_words(line.arrived_at)}"
        if line.arrived_at and (line.arrived_at - line.at).total_seconds() > 600
        else ""
    )
    row.addWidget(Caption(KEPT_HERE if line.is_unsent else f"{when}{arrived}"))
    made.setAccessibleName(f"{line.to_name}: {story_words(line)}, {when}{reason}")
    return made
