"""How the parts of the case page lie: head, what to know first, tabs at the left, tasks and feed at the right."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from casework.questions.sheets import CaseSheet
from desktop import theme
from desktop.messages import words_of
from desktop.office import Office, Refused
from desktop.views.case.composer import Composer
from desktop.views.case.details import DetailsTab
from desktop.views.case.documents import DocumentsTab
from desktop.views.case.feed import FeedPanel
from desktop.views.case.header import CaseHeader
from desktop.views.case.history import HistoryTab
from desktop.views.case.letter import LetterTab
from desktop.views.case.panels import Panel, panels_of
from desktop.views.case.tasks import TasksPanel
from desktop.widgets.choices import TabBar
from desktop.widgets.notice_bar import NoticeBar, NoticeStack

WORK = "work"
TABS = (
    (WORK, "Tasks and feed"),
    ("details", "Details"),
    ("documents", "Documents"),
    ("letter", "Referral letter"),
    ("history", "History"),
)
# Narrower than this (in px of the design) the right column becomes the first tab.
NARROW_BELOW = 780
LEFT, RIGHT = 58, 42
# Where there is less room than this for tabs and feed, the whole page scrolls.
LEAST_HEIGHT, LEAST_NARROW = 330, 460


class _AsLowAsItMay(QWidget):
    """Asked for its height, it answers the least, so that the page scrolls only where its parts would be cut."""

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else super().heightForWidth(width)


class CaseBody(QWidget):
    """Holds the parts; `panel_acted(key)` for what is pressed in a notice, `open_link(url)` from anywhere."""

    panel_acted = Signal(str)
    open_link = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._sheet: CaseSheet | None = None
        self._is_narrow: bool | None = None
        self._panels: list[Panel] = []
        self.header = CaseHeader()
        self.notices = NoticeStack()
        self.notices.setObjectName("case-notices")
        around = self.notices.layout()
        if around is not None:
            around.setContentsMargins(0, 0, 0, 0)
        self.tabs = TabBar(TABS, name="Parts of the case")
        self.tabs.setObjectName("case-tabs")
        self.tabs.chosen.connect(self.turn_to)
        self.details = DetailsTab(office)
        self.documents = DocumentsTab(office)
        self.letter = LetterTab()
        self.tasks = TasksPanel(office)
        self.feed = FeedPanel(office)
        self.history = HistoryTab(self.feed.model)
        self.composer = Composer(office)
        self._work = QWidget()
        self._talk = QFrame()
        self._talk.setProperty("surface", "card")
        self._stack = QStackedWidget()
        self._parts: dict[str, QWidget] = {
            "details": self.details,
            "documents": self.documents,
            "letter": self.letter,
            "history": self.history,
        }
        self._fit_soon = QTimer(self)
        self._fit_soon.setSingleShot(True)
        self._build()
        self._connect()

    def _build(self) -> None:
        talk = QVBoxLayout(self._talk)
        talk.setContentsMargins(1, 1, 1, 1)
        talk.setSpacing(0)
        talk.addWidget(self.feed, 1)
        talk.addWidget(self.composer)
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(12)
        work.addWidget(self.tasks)
        work.addWidget(self._talk, 1)
        for part in self._parts.values():
            self._stack.addWidget(part)
        self._work_holder = QWidget()
        holder = QVBoxLayout(self._work_holder)
        holder.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._work_holder)
        left = QFrame()
        left.setProperty("surface", "card")
        self._left = left
        tabs = QHBoxLayout()
        tabs.setContentsMargins(16, 4, 16, 0)
        tabs.addWidget(self.tabs)
        column = QVBoxLayout(left)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(tabs)
        column.addWidget(self._stack, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(left, LEFT)
        self._row.addWidget(self._work, RIGHT)
        inside = _AsLowAsItMay()
        inside.setProperty("surface", "none")
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(12)
        whole.addWidget(self.header)
        whole.addWidget(self.notices)
        whole.addLayout(self._row, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        self._inside = inside
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)

    def _connect(self) -> None:
        self.documents.counted.connect(lambda count: self.tabs.set_count("documents", count or None))
        self.details.open_link.connect(self.open_link)
        self.feed.open_link.connect(self.open_link)
        self.history.earlier_asked.connect(self._show_earlier)
        self.details.keeper.failed.connect(self._say_not_kept)
        self.tasks.form.keeper.failed.connect(self._say_not_kept)
        self.composer.not_kept.connect(self._say_not_kept)
        self.tasks.grew.connect(self._fit_tasks)
        self.tasks.grew.connect(self._fit_soon.start)
        self._fit_soon.timeout.connect(self._fit_tasks)
        self._work.installEventFilter(self)

    def show_case(self, sheet: CaseSheet) -> None:
        """Fill all parts with the case."""
        is_other = self._sheet is None or self._sheet.case.id != sheet.case.id
        self._sheet = sheet
        if is_other:
            for key in list(self.notices.keys()):  # noqa: SIM118 - no mapping
                self.notices.take(key)
            self._panels = []
        self.header.show_case(sheet)
        self._show_panels(sheet)
        self.details.show_case(sheet)
        self.documents.show_case(sheet)
        self.letter.show_case(sheet)
        self.tasks.show_case(sheet)
        self.feed.show_case(sheet)
        self.history.show_case(sheet, self.feed.model.before is not None)
        self.composer.show_case(sheet)
        self._show_tab("letter", sheet.letter is not None)
        if is_other:
            self._scroll.verticalScrollBar().setValue(0)
            self.turn_to(WORK if self._is_narrow else "details")
        elif self.tabs.current() == "letter" and sheet.letter is None:
            self.turn_to("details")
        self.fit()

    def turn_to(self, key: str) -> None:
        """Show a tab."""
        self.tabs.choose(key)
        self._stack.setCurrentWidget(self._parts.get(key, self._work_holder))

    def bring_into_sight(self, part: QWidget) -> None:
        """Scroll the page to a part, once it has its place."""
        QTimer.singleShot(0, part, lambda: self._scroll.ensureWidgetVisible(part, 0, theme.px(48)))

    def show_work(self) -> None:
        """Bring tasks and feed into sight where they are a tab."""
        if self._is_narrow:
            self.turn_to(WORK)

    def finish(self, focus: QWidget | None) -> None:
        """Finish what the keyboard is in: a note, a task, else the details."""
        if focus is not None and self.composer.isAncestorOf(focus):
            self.composer.finish()
        elif focus is not None and self.tasks.form.isAncestorOf(focus):
            self.tasks.form.finish()
        elif self.details.draft.touched:
            self.details.save_asked.emit()

    def flush(self) -> None:
        """Keep what is half typed."""
        self.details.keeper.flush()
        self.tasks.form.keeper.flush()
        self.composer.flush()

    def fit(self) -> None:
        """Two columns where there is room for them; else tasks and feed are the first tab."""
        scale = theme.text_scale()
        is_narrow = self.width() / scale < NARROW_BELOW
        self.header.fit(scale, is_narrow=is_narrow)
        self._left.setMinimumHeight(theme.px(LEAST_NARROW if is_narrow else LEAST_HEIGHT))
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show_tab(WORK, is_narrow)
            holder = self._work_holder.layout()
            self.details.narrow(is_narrow)
            if is_narrow and holder is not None:
                holder.addWidget(self._work)
                holder.setContentsMargins(8, 8, 8, 8)
                self.turn_to(WORK)
            elif not is_narrow:
                self._row.addWidget(self._work, RIGHT)
                if self.tabs.current() == WORK:
                    self.turn_to("details")
        self._fit_tasks()

    def _fit_tasks(self) -> None:
        """Tasks take the room that they need, but leave most of it to the feed unless one is being added."""
        above = self._work.mapTo(self._inside, QPoint(0, 0)).y() if self._inside.isAncestorOf(self._work) else 0
        room = max(self._scroll.viewport().height() - above - 12, theme.px(LEAST_HEIGHT))
        most = round(room * 0.42)
        if not self.tasks.form.isHidden():
            most = max(most, room - self._talk.minimumSizeHint().height() - self._row.spacing())
        tall = max(self.tasks.least_height(), min(self.tasks.wanted_height(), most))
        if tall != self.tasks.height():
            self.tasks.setFixedHeight(tall)

    def _show_tab(self, key: str, is_there: bool) -> None:
        option = self.tabs.findChild(QWidget, f"choice-{key}")
        if option is not None:
            option.setVisible(is_there)

    def _show_panels(self, sheet: CaseSheet) -> None:
        panels = panels_of(sheet, self._office.person_id)
        if panels == self._panels:
            return
        for gone in self._panels:
            if gone not in panels:
                self.notices.take(gone.key)
        for panel in reversed([panel for panel in panels if panel not in self._panels]):
            bar = panel.bar()
            bar.acted.connect(self.panel_acted)
            self.notices.put(panel.key, bar)
        self._panels = panels

    @Slot(object)
    def _say_not_kept(self, refused: Refused) -> None:
        """The disk will not take what is typed: it stays on the screen, and somebody has to know."""
        words = words_of(refused)
        self.notices.put("not-kept", NoticeBar(words.title, text=words.text, kind="danger"))

    def _show_earlier(self) -> None:
        self.feed.show_earlier()
        self.history.earlier.setVisible(self.feed.model.before is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Here and not in the page: the page hears of its new size before this has one."""
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._work and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit_soon.start()
        return super().eventFilter(watched, event)
