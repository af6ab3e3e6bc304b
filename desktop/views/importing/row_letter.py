"""One row of a dry run to be read: who it may be about as well, what to check, and every cell as it came."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casework.referrals.flags import Flag
from casework.referrals.person import ReferredPerson
from desktop import theme
from desktop.messages.imports import flag_words
from desktop.messages.words import count_words
from desktop.models.import_plan import Tried
from desktop.models.import_rows import ImportRow, check_words, likeness_words
from desktop.views.referral_letter import facts_grid
from desktop.widgets.chips import Chip
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.fields import TickField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Heading, Label
from desktop.widgets.surfaces import Card, Divider, ScrollColumn


class RowLetter(ScrollColumn):
    """`left_out(line, bool)` when the row's tick changes."""

    left_out = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=20, spacing=0, parent=parent)
        self.setObjectName("row-letter")
        self._page = QWidget()
        self.column.addWidget(self._page)
        self._line = 0
        self.tick = TickField("Take this row in")
        self.show_row(None, None, is_coming=False)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(380), theme.px(300))

    def show_row(self, row: ImportRow | None, tried: Tried | None, *, is_coming: bool) -> None:
        """Write it anew."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if row is None or tried is None:
            column.addWidget(EmptyState("No row of this kind.", icon="check-check"))
        else:
            self._write(column, row, tried, is_coming=is_coming)
        self.column.replaceWidget(self._page, page)
        self._page.hide()
        self._page.setParent(None)
        self._page.deleteLater()
        self._page = page
        self.verticalScrollBar().setValue(0)

    def _write(self, column: QVBoxLayout, row: ImportRow, tried: Tried, *, is_coming: bool) -> None:
        self._line = row.line
        head = QVBoxLayout()
        head.setSpacing(2)
        name = Label(row.name[:200], kind="title", wrap=True, selectable=True)
        name.setObjectName("row-name")
        head.addWidget(name)
        head.addWidget(Caption(f"Line {row.line} of {tried.opened.path.name}", wrap=True))
        column.addLayout(head)
        if row.person is None or row.is_here:
            words = Label(f"{check_words(row)}. It does not come in.", kind="muted", wrap=True)
            words.setObjectName("row-why-not")
            column.addWidget(words)
        else:
            self._write_tick(column, is_coming)
            for likeness in row.likenesses[:3]:
                column.addWidget(_alike_card(likeness_words(likeness, tried)))
            self._write_flags(column, row.person)
        column.addWidget(Divider())
        column.addWidget(Heading("As it came"))
        cells = row.person.letter if row.person else row.excluded.cells if row.excluded else ()
        column.addLayout(facts_grid((what, cell[:2_000]) for what, cell in cells))
        if row.person and row.person.leftover:
            column.addWidget(Caption("What fits no field is kept as a note on the case.", wrap=True))

    def _write_tick(self, column: QVBoxLayout, is_coming: bool) -> None:
        self.tick = TickField("Take this row in")
        self.tick.setObjectName("row-tick")
        self.tick.setChecked(is_coming)
        self.tick.toggled.connect(lambda is_on: self.left_out.emit(self._line, not is_on))
        column.addWidget(self.tick)

    def _write_flags(self, column: QVBoxLayout, person: ReferredPerson) -> None:
        eyes = [flag for flag in person.flags if flag.needs_an_eye]
        others = [flag for flag in person.flags if not flag.needs_an_eye]
        if eyes:
            column.addWidget(Heading(f"{count_words(len(eyes), 'thing')} to check"))
            column.addLayout(facts_grid(_flag_line(flag) for flag in eyes))
        if others:
            chips = [Chip(flag_words(code), icon="info") for code in dict.fromkeys(flag.code for flag in others)]
            column.addWidget(FlowRow(*chips, spacing=6))


def _flag_line(flag: Flag) -> tuple[str, str]:
    words = flag_words(flag.code)
    return flag.column or "The row", f"{words}: {flag.value[:200]}" if flag.value.strip() else words


def _alike_card(words: str) -> Card:
    card = Card(padding=12)
    card.setObjectName("row-alike")
    card.column.setSpacing(2)
    card.column.addWidget(Label("May be somebody we have already", kind="strong", wrap=True))
    card.column.addWidget(Label(words, wrap=True))
    card.column.addWidget(Caption("Both are kept; whoever triages decides.", wrap=True))
    return card
