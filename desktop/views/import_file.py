"""Import: a partner's file becomes people on the waiting list, step by step (A11, OC14; nobody is joined by itself)."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from casework.questions.choices import project_choices
from casework.questions.importing import why_no_import
from casework.referrals.columns import Mapping
from desktop.models.case_table import today_here
from desktop.models.import_plan import Opened, Tried, keep_left_out, left_out_before, open_file, remember, try_out
from desktop.models.import_run import ImportRun, Outcome
from desktop.office import Office, Refused
from desktop.views.importing.choose import ChoosePage
from desktop.views.importing.columns import ColumnsPage
from desktop.views.importing.going import GoingPage, ResultPage
from desktop.views.importing.look import LookPage


class ImportScreen(QWidget):
    """Choose, columns, look, going, result. `go_to("waiting")` at the end; `open_file(path)` begins from outside."""

    open_case = Signal(str)
    go_to = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import")
        self._office = office
        self._opened: Opened | None = None
        self._tried: Tried | None = None
        self._run: ImportRun | None = None
        self._asked = ("", "")
        self.choose = ChoosePage()
        self.columns = ColumnsPage()
        self.look = LookPage()
        self.going = GoingPage()
        self.result = ResultPage()
        self._pages = QStackedWidget()
        self._pages.setObjectName("import-pages")
        for page in (self.choose, self.columns, self.look, self.going, self.result):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self._connect()

    def refresh(self) -> None:
        """Ask again whether this person may import at all."""
        self.choose.show_not_mine(self._office.ask(why_no_import))

    def open_file(self, path: Path, sheet: str = "") -> None:
        """Read a file, off the main thread."""
        self._pages.setCurrentWidget(self.choose)
        self.choose.show_reading(path.name)
        self._office.in_background(partial(open_file, self._office, path, sheet), self._on_opened)

    def step(self) -> str:
        """The object name of the page on show."""
        shown = self._pages.currentWidget()
        return shown.objectName() if shown else ""

    def _connect(self) -> None:
        self.choose.chosen.connect(self.open_file)
        self.columns.tried.connect(self._try_out)
        self.columns.left.connect(self._begin_again)
        self.columns.sheet_chosen.connect(self._other_sheet)
        self.look.left.connect(partial(self._pages.setCurrentWidget, self.columns))
        self.look.asked.connect(self._import)
        self.look.ticked.connect(self._keep_ticks)
        self.going.stopped.connect(self._stop)
        self.result.to_waiting_list.connect(partial(self.go_to.emit, "waiting"))
        self.result.again.connect(self._begin_again)
        self.result.gone_on.connect(self._go_on)

    def _on_opened(self, opened: Opened | Refused) -> None:
        self.choose.show_reading("")
        if isinstance(opened, Refused):
            self.choose.show_refused(opened)
            return
        self._opened = opened
        self.columns.show_file(opened)
        if opened.is_remembered:
            self._try_out(opened.mapping)
        else:
            self._pages.setCurrentWidget(self.columns)

    def _other_sheet(self, sheet: str) -> None:
        if self._opened is not None:
            self.open_file(self._opened.path, sheet)

    def _try_out(self, mapping: Mapping) -> None:
        if self._opened is None:
            return
        self._opened = self._opened._replace(mapping=mapping)
        source, project = self._opened.source_name, self._opened.project_id
        remember(self._office, self._opened, source_name=source, project_id=project)
        self.columns.go_on.setEnabled(False)
        work = partial(try_out, self._office, self._opened, mapping, today_here())
        self._office.in_background(work, self._on_tried)

    def _on_tried(self, tried: Tried) -> None:
        self.columns.go_on.setEnabled(True)
        self._tried = tried
        left_out = left_out_before(self._office, tried.opened)
        self.look.show_tried(tried, self._office.read(project_choices), left_out)
        self._pages.setCurrentWidget(self.look)
        self.look.table.setFocus()

    def _keep_ticks(self, left_out: frozenset[int]) -> None:
        if self._opened is not None:
            keep_left_out(self._office, self._opened, left_out)

    def _import(self, project_id: str, source_name: str) -> None:
        """Take everybody in who is ticked: said one by one, off the main thread, each on the disk at once."""
        if self._tried is None:
            return
        self._asked = (project_id, source_name)
        opened = self._tried.opened
        self._opened = opened._replace(source_name=source_name, project_id=project_id)
        remember(self._office, self._opened, source_name=source_name, project_id=project_id)
        commands = tuple(self._tried.commands(project_id, source_name, self.look.rows.left_out))
        self._run = ImportRun(self._office, commands, self)
        self._run.progressed.connect(self.going.show_progress)
        self._run.ended.connect(self._on_ended)
        self.going.begin(len(commands))
        self._pages.setCurrentWidget(self.going)
        self._run.start()

    def _go_on(self) -> None:
        """Take in the rest of an import that ended early."""
        if self._run is not None:
            self.going.begin(self._run.total)
            self._pages.setCurrentWidget(self.going)
            self._run.start()

    def _stop(self) -> None:
        if self._run is not None:
            self._run.stop()

    def _on_ended(self, outcome: Outcome) -> None:
        if self._tried is None or self._run is None:
            return
        counts = self._tried.found.counts
        projects = {project.id: project.name for project in self._office.read(project_choices)}
        self.result.show_outcome(
            outcome,
            total=self._run.total,
            for_an_eye=counts.for_an_eye,
            alike=counts.likely_duplicates,
            project=projects.get(self._asked[0], ""),
        )
        self._pages.setCurrentWidget(self.result)

    def _begin_again(self) -> None:
        self._opened = self._tried = self._run = None
        self._pages.setCurrentWidget(self.choose)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
