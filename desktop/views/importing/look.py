"""The third step of an import: what would come of the file, row by row, and the one button that does it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from casework.values import Project
from desktop import theme
from desktop.models.import_plan import Tried
from desktop.models.import_rows import ImportRows, people_words, rows_of
from desktop.views.importing.row_letter import RowLetter
from desktop.views.importing.rows_table import RowsTable
from desktop.views.importing.tiles import Tile, Tiles
from desktop.widgets.buttons import Button
from desktop.widgets.fields import ChoiceField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Label
from desktop.widgets.surfaces import Divider

_BESIDE_FROM = 760


class LookPage(QWidget):
    """`asked(project id, source name)` to import, `left` back to the columns, `ticked(lines left out)`."""

    asked = Signal(str, str)
    left = Signal()
    ticked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-look")
        self._tried: Tried | None = None
        self.rows = ImportRows(self)
        self.rows.ticked.connect(self._on_ticked)
        self.tiles = Tiles()
        self.tiles.chosen.connect(self._narrow)
        self.table = RowsTable(self.rows)
        self.table.looked.connect(self._look)
        self.letter = RowLetter()
        self.letter.left_out.connect(self.rows.leave_out)
        self._both = QSplitter()
        self._build()

    def show_tried(self, tried: Tried, projects: tuple[Project, ...], left_out: frozenset[int]) -> None:
        """Show what would come of a file."""
        self._tried = tried
        self.rows.show(rows_of(tried), left_out)
        self.project.show_options([(project.id, project.name) for project in projects], tried.opened.project_id)
        if not self.project.value() and len(projects) == 1:
            self.project.choose(projects[0].id)
        self.source.setText(tried.opened.source_name)
        self._count()
        self.tiles.choose("all")
        self._to_first()

    def _build(self) -> None:
        self._both.setChildrenCollapsible(False)
        self._both.addWidget(self.table)
        self._both.addWidget(self.letter)
        self._both.setStretchFactor(0, 62)
        self._both.setStretchFactor(1, 38)
        self._both.setSizes([620, 380])
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 12)
        head.addWidget(self.tiles)
        body = QFrame()
        body.setProperty("surface", "plain")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._both)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(Divider())
        whole.addWidget(body, 1)
        whole.addWidget(Divider())
        whole.addWidget(self._foot())

    def _foot(self) -> QFrame:
        back = Button("Columns", kind="quiet", icon="chevron-left")
        back.setObjectName("look-back")
        back.clicked.connect(self.left)
        self.project = ChoiceField(name="Project", empty="Choose a project")
        self.project.setObjectName("import-project")
        self.project.chosen.connect(self._count)
        self.source = TextField(name="Who sent the file", placeholder="Who sent it", longest=200)
        self.source.setObjectName("import-source")
        self.source.setFixedWidth(theme.px(170))
        self.go = Button("Import", kind="primary", icon="download")
        self.go.setObjectName("import-go")
        self.go.clicked.connect(self._ask)
        self._why = Caption()
        self._why.setObjectName("look-why")
        bar = QFrame()
        bar.setProperty("surface", "plain")
        column = QVBoxLayout(bar)
        column.setContentsMargins(16, 10, 24, 10)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(back, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        parts = FlowRow(self._why, _named("From", self.source), _named("Into", self.project), self.go, spacing=12)
        row.addWidget(parts)
        column.addLayout(row)
        return bar

    def _count(self) -> None:
        tried = self._tried
        if tried is None:
            return
        counts, out = tried.found.counts, self.rows.left_out
        coming = tried.coming(out)
        tiles = [
            Tile("all", coming, "people come in", "users", "accent"),
            Tile("eye", counts.for_an_eye, "need an eye", "eye", "warning"),
            Tile("alike", counts.likely_duplicates, "likely duplicates, not joined", "copy", "info"),
            Tile("out", self.rows.count("out"), "left out", "minus"),
        ]
        if tried.here:
            tiles.append(Tile("here", self.rows.count("here"), "imported before", "check", "success"))
        self.tiles.show_tiles(tiles)
        self.go.set_words(f"Import {people_words(coming)}" if coming else "Nobody to import")
        self.go.setEnabled(bool(coming and self.project.value()))
        self._why.setText("" if self.project.value() else "Choose the project that they come into.")
        self._why.setVisible(not self.project.value())

    def _narrow(self, key: str) -> None:
        self.rows.narrow(key)
        self._to_first()

    def _to_first(self) -> None:
        if self.rows.rowCount():
            self.table.go_to(0)
        else:
            self._look(0)

    def _look(self, place: int) -> None:
        row = self.rows.row_at(place)
        self.letter.show_row(row, self._tried, is_coming=row is not None and self.rows.is_coming(row))

    def _on_ticked(self) -> None:
        self._count()
        self.ticked.emit(self.rows.left_out)
        row = self.rows.row_at(self.table.currentIndex().row())
        if row is not None and self.letter.tick.isChecked() != self.rows.is_coming(row):
            self.letter.tick.blockSignals(True)
            self.letter.tick.setChecked(self.rows.is_coming(row))
            self.letter.tick.blockSignals(False)

    def _ask(self) -> None:
        self.asked.emit(self.project.value(), self.source.value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= theme.px(_BESIDE_FROM)
        self._both.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)


def _named(words: str, field: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    label = Label(words, kind="muted")
    label.setBuddy(field)
    row.addWidget(label)
    row.addWidget(field)
    return holder
