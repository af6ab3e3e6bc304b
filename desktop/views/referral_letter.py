"""A referral to be read like a letter: who, where, why, what to mind, who it may be; and every cell as it came."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from casework.questions.reading import address_of
from casework.questions.sheets import WaitingCase
from casework.questions.shown import OtherCase
from casework.values import CaseStatus, Contact, Priority
from desktop import theme
from desktop.messages import (
    ALIKE,
    KEPT_HERE,
    PRIORITIES,
    STATUSES,
    code_words,
    date_words,
    flag_words,
    score_reason_words,
)
from desktop.models.case_table import today_here
from desktop.models.waiting_list import NO_NAME, days_words
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip, Kind
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, ElidedLabel, Heading, Label, Muted
from desktop.widgets.score_bar import ScoreBar
from desktop.widgets.surfaces import Divider, ScrollColumn

READING_WIDTH = 660
_CONSENT: dict[str, tuple[str, Kind, str]] = {
    "given": ("Consent given", "success", "shield-check"),
    "written": ("Consent in writing", "success", "shield-check"),
    "verbal": ("Consent in words", "success", "shield-check"),
    "refused": ("Consent refused", "danger", "ban"),
    "": ("Consent not known", "warning", "shield-alert"),
}
_TOO_LONG = re.compile(r"(\S{36})(?=\S)")
# A code and the wider groups that it puts somebody into; on the letter the exact one will do.
_SAYS_TOO = {
    "pregnant": ("pregnant_or_young_children",),
    "under_5": ("pregnant_or_young_children",),
    "over_75": ("over_65", "state_pension_age"),
    "over_65": ("state_pension_age",),
    "respiratory": ("disability_or_long_term",),
    "cardiovascular": ("disability_or_long_term",),
    "powered_medical_equipment": ("disability_or_long_term",),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class ReferralLetter(ScrollColumn):
    """Shows one waiting case; `open_case(id)` when another case in it is clicked."""

    open_case = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=24, spacing=0, parent=parent)
        self.setObjectName("referral-letter")
        self._page = QWidget()
        self._page.setObjectName("letter-page")
        self._page.setMaximumWidth(theme.px(READING_WIDTH))
        self._lines = QVBoxLayout(self._page)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(14)
        self.column.addWidget(self._page)
        self._is_unfolded = False
        theme.changes.changed.connect(self._fit)

    def show_case(self, sheet: WaitingCase, *, from_top: bool = True) -> None:
        """Write the letter anew; one that only changed is not scrolled away from under the reader."""
        _clear(self._lines)
        self._write_who(sheet)
        self._write_others(sheet)
        self._write_why(sheet)
        self._lines.addWidget(Divider())
        self._lines.addLayout(facts_grid(_facts(sheet)))
        self._write_flags(sheet)
        self._write_cells(sheet)
        if from_top:
            self.verticalScrollBar().setValue(0)

    def _fit(self) -> None:
        self._page.setMaximumWidth(theme.px(READING_WIDTH))

    def _write_who(self, sheet: WaitingCase) -> None:
        head = QVBoxLayout()
        head.setSpacing(4)
        name = Label(breakable(sheet.contact.full_name[:200]) or NO_NAME, kind="display", wrap=True, selectable=True)
        name.setObjectName("letter-name")
        head.addWidget(name)
        about = Muted(breakable(" · ".join(_about(sheet))))
        about.setObjectName("letter-about")
        head.addWidget(about)
        self._lines.addLayout(head)
        chips = FlowRow(*_chips(sheet), spacing=6)
        chips.setObjectName("letter-chips")
        self._lines.addWidget(chips)

    def _write_others(self, sheet: WaitingCase) -> None:
        for key, title, others in (
            ("alike", "This may be somebody we know", sheet.alike),
            ("earlier", "Other cases of this client or home", sheet.earlier),
        ):
            if others:
                self._lines.addWidget(self._others_card(key, title, others))

    def _others_card(self, key: str, title: str, others: Sequence[OtherCase]) -> QFrame:
        card = QFrame()
        card.setObjectName(f"letter-{key}")
        card.setProperty("surface", "card")
        card.setAccessibleName(title)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(Label(title, kind="strong"))
        for other in others[:5]:
            column.addLayout(self._other_line(key, other))
        if len(others) > 5:
            column.addWidget(Caption(f"and {len(others) - 5} more"))
        return card

    def _other_line(self, key: str, other: OtherCase) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(" · ".join(part for part in (other.client or NO_NAME, other.number) if part)))
        where = STATUSES[other.status] if other.status is CaseStatus.CLOSED else other.step_name
        words.addWidget(
            ElidedLabel(" · ".join(part for part in (where, other.owner_name, other.address) if part), kind="caption")
        )
        because = ", ".join(ALIKE.get(code, code).lower() for code in other.because)
        if because:
            words.addWidget(ElidedLabel(f"In common: {because}", kind="caption"))
        button = Button("Open", small=True)
        button.setObjectName(f"{key}-open-{other.number}")
        button.setAccessibleName(f"Open {other.client} {other.number}")
        button.clicked.connect(lambda: self.open_case.emit(other.id))
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addLayout(words, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _write_why(self, sheet: WaitingCase) -> None:
        why = QVBoxLayout()
        why.setContentsMargins(0, 6, 0, 0)
        why.setSpacing(6)
        why.addWidget(Heading("Why"))
        said = ". ".join(part for part in (sheet.case.request_type, sheet.case.description) if part)
        text = Label(breakable(said) or "The referral does not say why.", wrap=True, selectable=True)
        text.setObjectName("letter-why")
        why.addWidget(text)
        self._lines.addLayout(why)
        weight = QVBoxLayout()
        weight.setSpacing(2)
        row = sheet.row
        bar = ScoreBar(row.score, reason=f"{PRIORITIES[row.priority]}, waiting {days_words(row.days).lower()}")
        bar.setObjectName("letter-score")
        weight.addWidget(bar)
        reasons = Caption(" · ".join(f"{score_reason_words(*one)} {one[1]}" for one in row.reasons), wrap=True)
        reasons.setObjectName("letter-reasons")
        weight.addWidget(reasons)
        self._lines.addLayout(weight)

    def _write_flags(self, sheet: WaitingCase) -> None:
        flags = sheet.letter.flags if sheet.letter else ()
        if not flags:
            return
        self._lines.addSpacing(6)
        self._lines.addWidget(Heading("Worth checking"))
        grid = facts_grid(
            (column or "The row", f"{flag_words(code)}: {cell}" if cell else flag_words(code))
            for code, column, cell in flags
        )
        self._lines.addLayout(grid)

    def _write_cells(self, sheet: WaitingCase) -> None:
        if sheet.letter is None or not sheet.letter.lines:
            return
        fold = Button("The letter as it came", icon="chevron-right", small=True)
        fold.setObjectName("letter-as-it-came")
        fold.setCheckable(True)
        cells = QWidget()
        cells.setObjectName("letter-cells")
        fold.toggled.connect(partial(self._unfold, cells, sheet.letter.lines))
        self._lines.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._lines.addWidget(cells)
        cells.hide()
        fold.setChecked(self._is_unfolded)

    def _unfold(self, cells: QWidget, lines: Sequence[tuple[str, str]], is_unfolded: bool) -> None:
        """Whoever reads the cells of one referral wants to see those of the next; nobody else pays for them."""
        self._is_unfolded = is_unfolded
        if is_unfolded and cells.layout() is None:
            cells.setLayout(facts_grid(lines))
        cells.setVisible(is_unfolded)


def breakable(text: str) -> str:
    """The text with places to break in words that are too long for a line; nothing is left out."""
    return _TOO_LONG.sub("\\1\u200b", text)


def facts_grid(pairs: Iterable[tuple[str, str]]) -> QGridLayout:
    """What and value in two columns, values as written."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    for at, (what, value) in enumerate(pairs):
        label = Label(breakable(what[:80]), kind="muted", wrap=True)
        label.setMinimumWidth(theme.px(104))
        label.setMaximumWidth(theme.px(150))
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Label(breakable(value), wrap=True, selectable=True), at, 1, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(1, 1)
    return grid


def _facts(sheet: WaitingCase) -> list[tuple[str, str]]:
    contact, home, created = sheet.contact, sheet.home, sheet.created
    kind = ", ".join(
        part
        for part in (
            code_words(home.property_type),
            code_words(home.tenure).lower() if home.tenure else "",
            f"EPC {home.epc}" if home.epc else "",
        )
        if part
    )
    referred = ", ".join(
        part for part in (created.source_name, date_words(created.referred_on) if created.referred_on else "") if part
    )
    facts = [
        ("Where", address_of(home.address_1, home.address_2, home.town, home.postcode)),
        ("Phone", contact.phone),
        ("Mobile", contact.mobile),
        ("E-mail", contact.email),
        ("Home", kind[:1].upper() + kind[1:]),
        ("Heating", home.heating),
        ("Meter", code_words(home.prepayment) if home.prepayment else ""),
        ("Getting in", home.access_notes),
        ("Referred by", referred or created.by_name),
        ("Their reference", created.source_reference),
        ("Case", f"{sheet.case.number}, {sheet.project.name}"),
    ]
    return [(what, value) for what, value in facts if value]


def _about(sheet: WaitingCase) -> list[str]:
    contact = sheet.contact
    parts = [born_words(contact, today_here())]
    if contact.language and contact.language.casefold() not in ("english", "en"):
        parts.append(f"speaks {contact.language}")
    if contact.preferred_channel:
        way = code_words(contact.preferred_channel).lower()
        parts.append(f"best {way}" if way.startswith("through ") else f"best by {way}")
    return [part for part in parts if part] or ["No date of birth"]


def born_words(contact: Contact, today: date) -> str:
    """When the client was born: `Born 3 November 1932 (93)`, or what was written where that is no date."""
    day = contact.birth_date
    if day is None:
        return f"Born “{contact.birth_text}”, as written" if contact.birth_text else ""
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return f"Born {day.day} {_MONTHS[day.month - 1]} {day.year} ({age})"


def _chips(sheet: WaitingCase) -> list[Chip]:
    chips = []
    if sheet.row.priority is not Priority.NORMAL:
        kind: Kind = "danger" if sheet.row.priority is Priority.URGENT else "warning"
        chips.append(Chip(PRIORITIES[sheet.row.priority], kind=kind, icon="arrow-up"))
    chips += [Chip(code_words(code), icon="heart-pulse") for code in _telling(sheet.contact.vulnerabilities)]
    words, kind, icon = _CONSENT.get(sheet.case.consent, (sheet.case.consent, "neutral", "shield-alert"))
    chips.append(Chip(words, kind=kind, icon=icon))
    if sheet.row.is_unsent:
        chips.append(Chip(KEPT_HERE, icon="cloud-off"))
    return chips


def _telling(codes: Sequence[str]) -> list[str]:
    """The vulnerabilities without those that another one says more exactly."""
    said = {general for code in codes for general in _SAYS_TOO.get(code, ())}
    return [code for code in codes if code not in said]


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            # out of the window at once, so that nothing finds the letter of before
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            _clear(inner)
            inner.deleteLater()
