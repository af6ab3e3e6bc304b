"""The second step of an import: what each column of the file means, guessed and to be put right."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from casework.referrals.columns import Guess, Mapping
from casework.referrals.fields import FIELDS, NOTE
from desktop import theme
from desktop.messages.imports import column_words, mapping_problem_words, note_words
from desktop.messages.words import count_words
from desktop.models.import_plan import Opened
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip
from desktop.widgets.fields import ChoiceField
from desktop.widgets.labels import Caption, ElidedLabel, Heading
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.surfaces import Card, Divider, ScrollColumn

SURE_FROM = 0.8
_WIDTH = 960


class ColumnsPage(QWidget):
    """`tried(Mapping)` to go on, `left` to choose another file, `sheet_chosen(name)` in a workbook."""

    tried = Signal(object)
    left = Signal()
    sheet_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-columns")
        self._mapping: Mapping | None = None
        self._choices: list[ChoiceField] = []
        self._grid_of: QWidget | None = None
        self.notices = NoticeStack()
        self._title = Heading()
        self._title.setObjectName("columns-title")
        self._about = Caption()
        self._about.setObjectName("columns-about")
        self.sheet = ChoiceField(name="Sheet of the workbook")
        self.sheet.setObjectName("import-sheet")
        self.sheet.chosen.connect(self.sheet_chosen)
        self._page = ScrollColumn(padding=24, spacing=12)
        self._card = Card(padding=0)
        self._card.column.setSpacing(0)
        self._holder = QWidget()
        self._holder.setMaximumWidth(theme.px(_WIDTH))
        self._build()
        theme.changes.changed.connect(self._fit)

    def show_file(self, opened: Opened) -> None:
        """Show a file's columns with what they seem to mean."""
        self._mapping = opened.mapping
        table = opened.table
        self._title.setText(f"What the columns of {opened.path.name} mean")
        rows = count_words(len(table.rows), "row")
        kept = "as last time" if opened.is_remembered else "guessed; put right what is wrong"
        self._about.setText(f"{rows}, {count_words(len(table.columns), 'column')} · {kept}")
        self.sheet.show_options([(name, name) for name in table.sheets], table.sheet)
        self.sheet.setVisible(len(table.sheets) > 1)
        self._write_grid(opened.guesses)
        before = self.notices.keys()
        for key in before:
            self.notices.take(key)
        for code, value in table.notes:
            self.notices.put(f"note-{code}", NoticeBar(note_words(code, value), kind="info"))
        self._check()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._about)
        head.addLayout(words, 1)
        head.addWidget(self.sheet)
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.notices)
        column.addWidget(self._card)
        self._page.column.addWidget(self._holder)
        back = Button("Another file", kind="quiet", icon="chevron-left")
        back.setObjectName("columns-back")
        back.clicked.connect(self.left)
        self.go_on = Button("See what would come in", kind="primary", icon="arrow-right")
        self.go_on.setObjectName("columns-go-on")
        self.go_on.clicked.connect(self._go_on)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(self.go_on)
        bar = QFrame()
        bar.setProperty("surface", "plain")
        bar.setLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._page, 1)
        whole.addWidget(Divider())
        whole.addWidget(bar)

    def _write_grid(self, guesses: tuple[Guess, ...]) -> None:
        if self._grid_of is not None:
            self._card.column.removeWidget(self._grid_of)
            self._grid_of.hide()
            self._grid_of.deleteLater()
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, words in enumerate(("Column in the file", "For example", "Means", "")):
            grid.addWidget(Caption(words), 0, place)
        self._choices = []
        for row, guess in enumerate(guesses, start=1):
            self._write_row(grid, row, guess)
        for place, share in enumerate((3, 4, 3, 0)):
            grid.setColumnStretch(place, share)
        self._grid_of = made
        self._card.column.addWidget(made)

    def _write_row(self, grid: QGridLayout, row: int, guess: Guess) -> None:
        grid.addWidget(ElidedLabel(guess.column, kind="strong"), row, 0)
        grid.addWidget(ElidedLabel(" · ".join(guess.examples[:3]) or "Nothing in it", kind="muted"), row, 1)
        choice = ChoiceField([(field, column_words(field)) for field in FIELDS], name=f"What {guess.column} means")
        choice.setObjectName(f"column-{row - 1}")
        choice.choose(guess.field)
        choice.chosen.connect(partial(self._choose, row - 1))
        self._choices.append(choice)
        grid.addWidget(choice, row, 2)
        if guess.because != "remembered" and guess.field != NOTE and guess.confidence < SURE_FROM:
            grid.addWidget(Chip("Have a look", kind="warning", icon="eye"), row, 3, Qt.AlignmentFlag.AlignRight)

    def _choose(self, column: int, field: str) -> None:
        if self._mapping is None:
            return
        self._mapping = self._mapping.with_field(column, field)
        for choice, now in zip(self._choices, self._mapping.fields, strict=True):
            choice.choose(now)
        self._check()

    def _check(self) -> None:
        """What the columns do not give is said; only without a name there is nothing to go on with."""
        codes = self._mapping.problems() if self._mapping else ()
        for code in ("no_name_column", "no_reach_column"):
            if code in codes:
                words = mapping_problem_words(code)
                self.notices.put(code, NoticeBar(words.title, text=words.text, kind="warning", dismissible=False))
            else:
                self.notices.take(code)
        self.go_on.setEnabled("no_name_column" not in codes)

    def _go_on(self) -> None:
        if self._mapping is not None:
            self.tried.emit(self._mapping)

    def _fit(self) -> None:
        self._holder.setMaximumWidth(theme.px(_WIDTH))
