"""The Referral letter tab: every cell of the partner's row as it came, and what in it needs an eye."""

from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from casework.questions.sheets import CaseSheet
from casework.questions.shown import Letter
from desktop.messages import date_words, flag_words
from desktop.models.feed import calm
from desktop.views.referral_letter import facts_grid
from desktop.widgets.labels import Heading, Muted
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.surfaces import ScrollColumn


class LetterTab(QFrame):
    """Shows the referral as it came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-letter")
        self.setProperty("surface", "plain")
        self._shown: tuple[str, Letter | None] = ("", None)
        self._page = QVBoxLayout()
        self._page.setSpacing(12)
        scroll = ScrollColumn(padding=16)
        scroll.column.addLayout(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def show_case(self, sheet: CaseSheet) -> None:
        """Write the letter, unless it is the one on show."""
        if self._shown == (sheet.case.id, sheet.letter) or sheet.letter is None:
            self._shown = (sheet.case.id, sheet.letter)
            return
        self._shown = (sheet.case.id, sheet.letter)
        _clear(self._page)
        created = sheet.created
        came = [f"From {created.source_name}" if created.source_name else "Referred"]
        if created.referred_on:
            came.append(date_words(created.referred_on))
        if created.source_reference:
            came.append(f"their reference {created.source_reference}")
        self._page.addWidget(Heading("The referral as it came"))
        self._page.addWidget(Muted(calm(", ".join(came))))
        for code, field, cell in sheet.letter.flags[:6]:
            title = f"{flag_words(code)}{f': {calm(cell)[:80]}' if cell else ''}"
            text = f"In “{calm(field)[:60]}” of the letter." if field else ""
            self._page.addWidget(NoticeBar(title, text=text, kind="warning", dismissible=False))
        self._page.addLayout(facts_grid(sheet.letter.lines))


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            _clear(inner)
            inner.deleteLater()
