"""The lines of a case's feed, oldest first: what the feed panel paints and the History tab lists (S103, S108)."""

import re
from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from casework.questions.shown import FeedLine, FeedPage
from casework.values import ActivityKind
from desktop.messages import KEPT_HERE, feed_marks, feed_sentence, stamp_words
from desktop.messages.times import parsed
from desktop.widgets.rows import ROW_ROLE, Row, RowChip, row_sentence

LINE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SENTENCE = int(Qt.ItemDataRole.AccessibleTextRole)
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_URL = re.compile(r"https?://[^\s<>\"'“”‘’\\^`{|}]+", re.IGNORECASE)
_NOT_AT_END = ".,;:!?)]…"
MOST_LINKS = 8
# What people said themselves; the rest is what the app wrote down for them.
WORDS = frozenset({ActivityKind.NOTE, ActivityKind.INTERACTION, ActivityKind.REVIEW})

Index = QModelIndex | QPersistentModelIndex


class FeedModel(QAbstractListModel):
    """The lines that are known, oldest first; `before` is the key of what lies further back, None at the beginning."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[FeedLine] = []
        self.before: tuple[str, str] | None = None
        self.total = 0

    def show(self, page: FeedPage) -> None:
        """Show the newest stretch. Earlier lines that were fetched stay where they join on to it."""
        known = {line.id for line in page.lines}
        first = page.lines[0] if page.lines else None
        joins = first is not None and any(line.id == first.id for line in self._lines)
        earlier: list[FeedLine] = []
        if joins and first is not None:
            at = next(at for at, line in enumerate(self._lines) if line.id == first.id)
            earlier = [line for line in self._lines[:at] if line.id not in known]
        self.beginResetModel()
        self._lines = [*earlier, *page.lines]
        if not earlier:
            self.before = page.before
        self.total = page.total
        self.endResetModel()

    def show_earlier(self, page: FeedPage) -> None:
        """Put an earlier stretch in front."""
        if page.lines:
            self.beginInsertRows(QModelIndex(), 0, len(page.lines) - 1)
            self._lines[:0] = page.lines
            self.endInsertRows()
        self.before = page.before

    def forget(self) -> None:
        """Another case comes."""
        self.beginResetModel()
        self._lines, self.before, self.total = [], None, 0
        self.endResetModel()

    def lines(self) -> list[FeedLine]:
        """All lines that are known, oldest first."""
        return list(self._lines)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        # the newest first: History is read from now backwards
        line = self._lines[-1 - index.row()]
        if role == _DISPLAY:
            return calm(feed_sentence(line))
        if role == ROW_ROLE:
            return _painted(line)
        if role == LINE_ROLE:
            return line
        return row_sentence(_painted(line)) if role == _SENTENCE else None


def happened_words(line: FeedLine) -> str:
    """When it happened: `Tue 10:12`; for calls and visits the time of the contact itself."""
    contact = parsed(line.facts.get("happened_at", "")) if line.kind is ActivityKind.INTERACTION else None
    return stamp_words(contact or line.at)


def arrived_words(line: FeedLine) -> str:
    """When the office got it, where that was noticeably later than it happened: `arrived Wed 09:02`."""
    if line.arrived_at is None or (line.arrived_at - line.at).total_seconds() < 600:
        return ""
    return f"arrived {stamp_words(line.arrived_at)}"


def links_in(text: str) -> list[str]:
    """The web addresses in a text, each once, in order (R13, S53); only http and https."""
    found = (_whole(match[0]) for match in _URL.finditer(text))
    return list(dict.fromkeys(url for url in found if len(url) > len("https://")))[:MOST_LINKS]


def _whole(url: str) -> str:
    """The address without the full stop or bracket of the sentence around it."""
    while url and url[-1] in _NOT_AT_END and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url


def calm(text: str) -> str:
    """Text without the signs that turn the direction of all that follows: a name must not mirror its sentence."""
    return text.translate(_BIDI)


def _painted(line: FeedLine) -> Row:
    marks = tuple(
        RowChip(mark.rstrip("."), *(("neutral", "cloud-off") if mark == KEPT_HERE else ("warning", "history")))
        for mark in feed_marks(line)[:1]
    )
    return Row(
        title=calm(feed_sentence(line)),
        detail=" ".join(calm(line.text[:300]).split()) or line.subject,
        avatar=line.by_name or "?",
        meta=" · ".join(part for part in (happened_words(line), arrived_words(line)) if part),
        chips=marks,
    )


def words_only(lines: Iterable[FeedLine]) -> list[FeedLine]:
    """Notes, contacts and reviews."""
    return [line for line in lines if line.kind in WORDS]
