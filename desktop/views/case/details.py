"""The Details tab: what is known of the case, the client and the home, as one form that is saved on purpose (S19)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from casework.questions.sheets import CaseSheet
from desktop.messages import VULNERABILITIES, code_words, field_label
from desktop.messages.drafts import kept_words
from desktop.models.case_draft import CASE, CONTACT, HOME, CaseDraft, Value
from desktop.models.case_draft import VULNERABILITIES as VULNERABLE
from desktop.models.feed import links_in
from desktop.office import Office
from desktop.views.case.keeping import Keeper
from desktop.views.case.pieces import LinkChip, ToggleChip
from desktop.widgets.buttons import Button
from desktop.widgets.fields import ChoiceField, LabeledField, MultiLineField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Heading, Label
from desktop.widgets.surfaces import Divider, ScrollColumn

CHOICES: dict[str, Sequence[str]] = {
    f"{CASE}.consent": ("given", "verbal", "written", "refused"),
    f"{CONTACT}.preferred_channel": ("mobile", "home_phone", "text", "email", "letter", "visit", "via_someone"),
    f"{HOME}.tenure": ("owner_occupied", "rented_social", "rented_private"),
    f"{HOME}.property_type": ("house", "bungalow", "flat", "maisonette", "park_home"),
    f"{HOME}.prepayment": ("credit", "prepayment", "smart_payg"),
    f"{HOME}.epc": ("A", "B", "C", "D", "E", "F", "G"),
}
# What stands beside what, part by part; a name alone in its row takes the whole of it.
ROWS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("Why they came", (("case.description",), ("case.request_type", "case.consent"))),
    (
        "Client",
        (
            ("contact.title", "contact.first_name", "contact.last_name"),
            ("contact.mobile", "contact.phone", "contact.email"),
            ("contact.birth_date", "contact.birth_text", "contact.language"),
            ("contact.preferred_channel",),
        ),
    ),
    (
        "Home",
        (
            ("home.address_1", "home.address_2"),
            ("home.town", "home.postcode", "home.uprn"),
            ("home.property_type", "home.tenure", "home.epc"),
            ("home.heating", "home.prepayment"),
            ("home.access_notes",),
        ),
    ),
    ("Referral", (("case.source_name", "case.source_reference"),)),
)
SPAN = 6
LINES = {"case.description": 3, "home.access_notes": 2}
MOST_LINES = 8
HINTS = {"home.access_notes": "Key safe, dogs, which door, how long they need to get there."}


class DetailsTab(QFrame):
    """Shows the draft as a form and keeps it; `save_asked` when it is to be saved, `open_link(url)` for a link."""

    save_asked = Signal()
    open_link = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-details")
        self.setProperty("surface", "plain")
        self.draft = CaseDraft(self)
        self.keeper = Keeper(office, self.draft.kept, self)
        self._fields: dict[str, LabeledField] = {}
        self._chips: dict[str, ToggleChip] = {}
        self._case_id = ""
        self._is_showing = False
        self._grids: list[tuple[QGridLayout, tuple[tuple[str, ...], ...]]] = []
        self._links = FlowRow(spacing=6)
        self._links.setObjectName("description-links")
        self._shown_links: list[str] = []
        self._scroll = ScrollColumn(padding=16, spacing=18)
        self._build_form()
        self._said = Label(kind="caption", wrap=True)
        self._said.setObjectName("details-kept")
        self.save = Button("Save", kind="primary", key="Ctrl+Enter")
        self.save.setObjectName("details-save")
        self.save.clicked.connect(self.save_asked)
        self.drop = Button("Undo changes", kind="quiet")
        self.drop.setObjectName("details-undo")
        self.drop.clicked.connect(self.forget)
        self._bar = QWidget()
        self._build_bar()
        self.draft.changed.connect(self._on_draft)
        self.keeper.kept.connect(self._said.setText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._bar)

    def show_case(self, sheet: CaseSheet) -> None:
        """Show the case as it stands; another case brings its own kept draft."""
        self._is_showing = True
        is_other = sheet.case.id != self._case_id
        if is_other:
            self.keeper.flush()
        self.draft.show(sheet)
        if is_other:
            self._case_id = sheet.case.id
            kept, when = self.keeper.open(f"case/{sheet.case.id}/details")
            is_kept = self.draft.restore(kept)
            self._said.setText(kept_words(when) if is_kept and when else "")
            self._scroll.verticalScrollBar().setValue(0)
        may = {
            CASE: "case.edit" in sheet.offers,
            CONTACT: "contact.edit" in sheet.offers,
            HOME: "property.edit" in sheet.offers,
        }
        for name, labeled in self._fields.items():
            labeled.field.setEnabled(may[name.partition(".")[0]])
        for chip in self._chips.values():
            chip.setEnabled(may[CONTACT])
        self._is_showing = False
        self._fill()
        self._show_links(sheet.case.description)

    def forget(self) -> None:
        """Take back what was typed."""
        self.draft.forget()
        self.keeper.forget()

    def saved(self) -> None:
        """What was typed is on the case now."""
        self.keeper.forget()
        self._said.setText("")

    def to_first(self) -> None:
        """Put the keyboard on the first field."""
        self._fields["case.description"].field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def to_problem(self) -> None:
        """Put the keyboard on the first field that cannot be saved."""
        for name, labeled in self._fields.items():
            if name in self.draft.problems:
                labeled.field.setFocus(Qt.FocusReason.OtherFocusReason)
                self._scroll.ensureWidgetVisible(labeled)
                return

    def narrow(self, is_narrow: bool) -> None:
        """One field under the other where there is no room beside it."""
        for grid, rows in self._grids:
            at = 0
            for names in rows:
                for place, name in enumerate(names):
                    grid.removeWidget(self._fields[name])
                    span = SPAN if is_narrow else SPAN // max(len(names), 1 if names[0] in LINES else 2)
                    row, column = (at + place, 0) if is_narrow else (at, place * span)
                    grid.addWidget(self._fields[name], row, column, 1, span, Qt.AlignmentFlag.AlignTop)
                at += len(names) if is_narrow else 1

    def _build_form(self) -> None:
        for title, rows in ROWS:
            part = QVBoxLayout()
            part.setSpacing(10)
            part.addWidget(Heading(title))
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(10)
            for column in range(SPAN):
                grid.setColumnStretch(column, 1)
            for names in rows:
                for name in names:
                    self._field(name)
            self._grids.append((grid, rows))
            part.addLayout(grid)
            if title == "Why they came":
                part.insertWidget(2, self._links)
            if title == "Client":
                part.addWidget(self._vulnerabilities())
            self._scroll.column.addLayout(part)
        self.narrow(False)

    def _field(self, name: str) -> LabeledField:
        field: QWidget
        if name in CHOICES:
            choice = ChoiceField(name=field_label(name.partition(".")[2]), empty="Not known")
            choice.chosen.connect(lambda value, name=name: self._typed(name, value))
            field = choice
        elif name in LINES:
            lines = MultiLineField(longest=0)
            lines.show_lines(LINES[name])
            lines.edited.connect(lambda text, name=name: self._typed(name, text))
            field = lines
        else:
            line = TextField(longest=32_767)
            line.textEdited.connect(lambda text, name=name: self._typed(name, text))
            field = line
        field.setObjectName(f"field-{name}")
        made = LabeledField(field_label(name.partition(".")[2]), field, hint=HINTS.get(name, ""))
        made.setObjectName(f"labeled-{name}")
        self._fields[name] = made
        return made

    def _vulnerabilities(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label("What to mind"))
        for code, words in VULNERABILITIES.items():
            chip = ToggleChip(code, words)
            chip.setObjectName(f"vulnerable-{code}")
            chip.clicked.connect(self._vulnerabilities_chosen)
            self._chips[code] = chip
        column.addWidget(FlowRow(*self._chips.values(), spacing=6))
        return holder

    def _build_bar(self) -> None:
        self._bar.setObjectName("details-bar")
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._said, 1)
        row.addWidget(self.drop)
        row.addWidget(self.save)
        column = QVBoxLayout(self._bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Divider())
        column.addLayout(row)
        self._bar.hide()

    def _typed(self, name: str, value: Value) -> None:
        if not self._is_showing:
            self.draft.put(name, value)
            self.keeper.touch()

    def _vulnerabilities_chosen(self) -> None:
        before = self.draft.value(VULNERABLE)
        codes = before if not isinstance(before, str) else ()
        stay = [code for code in codes if code not in self._chips or self._chips[code].isChecked()]
        new = [code for code, chip in self._chips.items() if chip.isChecked() and code not in stay]
        self._typed(VULNERABLE, (*stay, *new))

    def _on_draft(self) -> None:
        if not self._is_showing:
            self._fill()

    def _fill(self) -> None:
        """Put the draft into the fields; one that says so already keeps its cursor."""
        self._is_showing = True
        problems = self.draft.problems
        for name, labeled in self._fields.items():
            value = self.draft.value(name)
            _put(labeled.field, value if isinstance(value, str) else "", CHOICES.get(name, ()))
            moved = self.draft.moved.get(name)
            words = problems.get(name, "") or ("" if moved is None else _moved_words(moved))
            if labeled.property("said") != words:
                labeled.setProperty("said", words)
                labeled.show_problem(words)
        chosen = self.draft.value(VULNERABLE)
        for code, chip in self._chips.items():
            chip.setChecked(code in chosen)
        is_touched = bool(self.draft.touched)
        self._bar.setVisible(is_touched)
        self.save.setEnabled(is_touched and not problems)
        self._is_showing = False

    def _show_links(self, text: str) -> None:
        links = links_in(text)
        if links == self._shown_links:
            return
        self._shown_links = links
        chips = [LinkChip(url) for url in links]
        for at, chip in enumerate(chips):
            chip.setObjectName(f"description-link-{at}")
            chip.asked.connect(self.open_link)
        self._links.put(*chips)
        self._links.setVisible(bool(links))


def _grow(field: MultiLineField) -> None:
    """As tall as its text, within reason."""
    least = LINES[field.objectName().removeprefix("field-")]
    room = max(1, field.viewport().width() // max(1, field.fontMetrics().averageCharWidth()))
    text = field.toPlainText()[:4000]
    lines = sum(1 + len(line) // room for line in text.split("\n"))
    field.show_lines(max(least, min(MOST_LINES, lines)))


def _moved_words(stands: str) -> str:
    return f"Somebody else has put “{stands[:120]}” here meanwhile. Saving puts yours in its place."


def _put(field: QWidget, value: str, codes: Sequence[str]) -> None:
    if isinstance(field, ChoiceField):
        if field.count() == 0 or (value and field.findData(value) < 0):
            known = [*codes, *([value] if value and value not in codes else [])]
            field.show_options([("", "Not known"), *((code, code_words(code)) for code in known)])
        if field.value() != value or (not value and field.currentIndex() >= 0):
            field.choose(value)
    elif isinstance(field, QPlainTextEdit):
        if field.toPlainText() != value:
            field.setPlainText(value)
        if isinstance(field, MultiLineField):
            _grow(field)
    elif isinstance(field, QLineEdit) and field.text() != value:
        at = field.cursorPosition()
        field.setText(value)
        field.setCursorPosition(at if field.hasFocus() else 0)
