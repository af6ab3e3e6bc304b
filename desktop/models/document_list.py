"""The files on a case, newest first, and where the bytes of each are (S58, X2)."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from casework.questions.shown import DocumentShown
from desktop.messages import size_words, stamp_words
from desktop.models.feed import calm

DOCUMENT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)

Index = QModelIndex | QPersistentModelIndex


class Where(StrEnum):
    """Where a document's bytes are."""

    ONLY_HERE = "only_here"
    SENDING = "sending"
    ON_SERVER = "on_server"
    ELSEWHERE = "elsewhere"


class DocumentLine(NamedTuple):
    """A document with where it is: `is_here` says that this device can open it without the network."""

    shown: DocumentShown
    where: Where
    is_here: bool

    @property
    def is_not_here_yet(self) -> bool:
        """Whether a click has to fetch it first; its preview may be here."""
        return self.where is Where.ON_SERVER and not self.is_here

    @property
    def state_words(self) -> str:
        """`Only here`, `Sending`, `On the server`, whether it is here as well, or on whose laptop it still is."""
        if self.where is Where.ELSEWHERE:
            return f"Not uploaded yet from {first_name(self.shown.added_by_name)}’s laptop"
        if self.is_not_here_yet:
            return "On the server, not here yet"
        return {Where.ONLY_HERE: "Only here", Where.SENDING: "Sending", Where.ON_SERVER: "On the server"}[self.where]

    @property
    def chip_words(self) -> str:
        """The same in two or three words: `Still on Ben’s laptop`."""
        if self.where is Where.ELSEWHERE:
            return f"Still on {first_name(self.shown.added_by_name)}’s laptop"
        if self.is_not_here_yet:
            return "Not here yet"
        return self.state_words

    @property
    def about_words(self) -> str:
        """Size, who added it and when: `820 KB · Amy Jones · Tue 10:12`."""
        shown = self.shown
        return " · ".join(
            part for part in (size_words(shown.size), shown.added_by_name, stamp_words(shown.added_at)) if part
        )

    @property
    def title(self) -> str:
        """Its caption, or its file name where nobody wrote one."""
        return calm(self.shown.caption or self.shown.name)


class DocumentList(QAbstractListModel):
    """The documents of the case on show. `is_here(sha256)` asks whether the bytes are on this device."""

    def __init__(self, is_here: Callable[[str], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_here = is_here
        self._lines: list[DocumentLine] = []

    def show(self, documents: Sequence[DocumentShown]) -> None:
        """Show these."""
        self.beginResetModel()
        self._lines = [self._line(document) for document in documents]
        self.endResetModel()

    def lines(self) -> list[DocumentLine]:
        """All of them, newest first."""
        return list(self._lines)

    def _line(self, document: DocumentShown) -> DocumentLine:
        is_here = self._is_here(document.sha256)
        if document.is_stored:
            where = Where.ON_SERVER
        elif not is_here:
            where = Where.ELSEWHERE
        else:
            where = Where.ONLY_HERE if document.is_unsent else Where.SENDING
        return DocumentLine(document, where, is_here)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == _DISPLAY:
            return line.title
        if role == DOCUMENT_ROLE:
            return line
        return document_sentence(line) if role == _SENTENCE else None


def document_sentence(line: DocumentLine) -> str:
    """The document in a sentence, for screen readers and tool tips."""
    name = calm(line.shown.name) if line.shown.caption else ""
    return ", ".join(part for part in (line.title, name, line.about_words, line.state_words) if part)


def first_name(name: str) -> str:
    """`Amy` of `Amy Jones`; somebody where nobody knows."""
    return name.split()[0] if name.split() else "somebody"
