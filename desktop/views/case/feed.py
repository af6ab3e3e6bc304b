"""The Feed panel: what was said and done, the newest at the foot, above the place to write (S38, S103, S107)."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.feed_lines import feed_page
from casework.questions.sheets import CaseSheet
from casework.questions.shown import FeedLine
from desktop.models.feed import FeedModel, words_only
from desktop.office import Office
from desktop.views.case.feed_line import FeedLineView
from desktop.widgets.buttons import Button
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.labels import Caption, Heading
from desktop.widgets.surfaces import ScrollColumn

KINDS = (("all", "All"), ("words", "Notes and calls"))
NEAR = 24


class FeedPanel(QFrame):
    """Lines in the order in which they happened; stays where it was scrolled to unless it was at the foot."""

    open_link = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-feed")
        self._office = office
        self._case_id = ""
        self.model = FeedModel(self)
        self._views: dict[str, FeedLineView] = {}
        self._spare: list[FeedLineView] = []
        self._kinds = SegmentedControl(KINDS, name="Which lines")
        self._kinds.setObjectName("feed-kinds")
        self._kinds.chosen.connect(self._on_kind)
        self._earlier = Button("Show earlier", kind="quiet", small=True, icon="history")
        self._earlier.setObjectName("feed-earlier")
        self._earlier.clicked.connect(self.show_earlier)
        self._none = Caption("Nothing was written on this case yet.")
        self._scroll = ScrollColumn(padding=0, spacing=0)
        self._scroll.setObjectName("feed-scroll")
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._follows = True
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range)
        bar.valueChanged.connect(self._on_scrolled)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 6)
        head.addWidget(Heading("Feed"))
        head.addStretch(1)
        head.addWidget(self._kinds)
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 12, 0)
        top.addWidget(self._earlier)
        top.addWidget(self._none)
        top.addStretch(1)
        self._scroll.column.addLayout(top)
        self._scroll.column.addLayout(self._column)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    def show_case(self, sheet: CaseSheet) -> None:
        """Show the last stretch of the case's feed."""
        if sheet.case.id != self._case_id:
            self._case_id = sheet.case.id
            self.model.forget()
            self._kinds.choose("all")
            self._follows = True
        self.model.show(sheet.feed)
        self._fill()

    def show_earlier(self) -> None:
        """Fetch the stretch before, and stay with the line that was at the top."""
        if self.model.before is None:
            return
        self._follows = False
        bar = self._scroll.verticalScrollBar()
        from_foot = bar.maximum() - bar.value()
        self.model.show_earlier(self._office.ask(feed_page, self._case_id, self.model.before))
        self._fill()
        QTimer.singleShot(0, self, lambda: bar.setValue(bar.maximum() - from_foot))

    def views(self) -> list[FeedLineView]:
        """The lines on show, oldest first."""
        return [self._views[line.id] for line in self._shown()]

    def to_end(self) -> None:
        """Down to the newest line."""
        self._follows = True
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _shown(self) -> list[FeedLine]:
        lines = self.model.lines()
        return words_only(lines) if self._kinds.current() == "words" else lines

    def _fill(self) -> None:
        """Put lines into widgets that are there already; one that is shown already stays as it is."""
        lines = self._shown()
        wanted = {line.id for line in lines}
        for gone in [known for known in self._views if known not in wanted]:
            view = self._views.pop(gone)
            view.hide()
            self._column.removeWidget(view)
            self._spare.append(view)
        for at, line in enumerate(lines):
            if line.id not in self._views:
                self._views[line.id] = self._spare.pop() if self._spare else self._new_view()
            view = self._views[line.id]
            view.show_line(line)
            if self._column.indexOf(view) != at:
                self._column.removeWidget(view)
                self._column.insertWidget(at, view)
            view.setVisible(True)
        self._earlier.setVisible(self.model.before is not None)
        self._none.setVisible(not lines)

    def _new_view(self) -> FeedLineView:
        view = FeedLineView()
        view.open_link.connect(self.open_link)
        return view

    def _on_kind(self) -> None:
        self._follows = True
        self._fill()

    def _on_range(self, least: int, most: int) -> None:
        del least
        if self._follows:
            self._scroll.verticalScrollBar().setValue(most)

    def _on_scrolled(self, value: int) -> None:
        bar = self._scroll.verticalScrollBar()
        if bar.isSliderDown() or value < bar.maximum() - NEAR or self._follows:
            self._follows = value >= bar.maximum() - NEAR
