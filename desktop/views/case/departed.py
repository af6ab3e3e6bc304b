"""The calm page in the place of a case that is not on this laptop any more: whose it is, and what was delivered."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casework.questions.day import my_day
from casework.questions.shown import NoticeShown
from desktop.messages import count_words, moment_words
from desktop.messages.notices import notice_text
from desktop.models.feed import calm
from desktop.office import Office
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Label
from sync.delivered import delivered

LOOK_BACK = timedelta(days=14)
# What is worth counting to a person, in this order.
COUNTED: Mapping[str, tuple[str, str]] = {
    "visit": ("visit", "visits"),
    "call": ("call", "calls"),
    "note.add": ("note", "notes"),
    "review.log": ("review", "reviews"),
    "task.finish": ("finished task", "finished tasks"),
    "task.add": ("new task", "new tasks"),
    "document.attach": ("document", "documents"),
    "case.edit": ("correction", "corrections"),
    "contact.edit": ("correction", "corrections"),
    "property.edit": ("correction", "corrections"),
}
_CONTACTS = frozenset({"email", "letter", "text", "chat", "in_person", "interaction.log"})


class DepartedPage(QWidget):
    """Says where the case went; `back` leads away."""

    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-departed")
        self._title = Label(kind="title", wrap=True)
        self._title.setObjectName("departed-title")
        self._text = Label(kind="muted", wrap=True)
        self._text.setObjectName("departed-text")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = Button("Back to Today", icon="chevron-left")
        self._button.setObjectName("departed-back")
        self._button.clicked.connect(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(64, 32, 64, 32)
        column.setSpacing(12)
        column.addStretch(2)
        for part in (self._title, self._text):
            column.addWidget(part)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_departure(self, office: Office, case_id: str, client: str) -> None:
        """Tell what is known of where the case went."""
        lines = [one for one in office.ask(my_day).notices if one.case_id == case_id]
        told = [one for one in lines if _is_about_owner(one)]
        task = next((one for one in lines if one.code == "task-not-yours"), None)
        # who moved it says it best; what became of one's own words names them only beside it
        notice = next((one for one in told if one.code == "owner-changed"), told[0] if told else None)
        counts = office.read(delivered, case_id, datetime.now(UTC) - LOOK_BACK)
        self._title.setText(departed_title(notice, client))
        # no line says who owns it now: it was here by a task alone
        why = (
            f"{notice_text(task.code, task.facts, task.named, task.by_name)} "
            if notice is None and task is not None
            else ""
        )
        self._text.setText(f"{why}{delivered_words(counts)}")
        self._button.setFocus()


def _is_about_owner(notice: NoticeShown) -> bool:
    # what was given to oneself before says nothing of where the case is now
    is_to_oneself = notice.code in ("given-to-you", "task-for-you")
    return not is_to_oneself and bool(notice.named.get("to") or notice.named.get("owner"))


def departed_title(notice: NoticeShown | None, client: str) -> str:
    """`This case is now with Ben (moved by Priya, at 10:40).`"""
    if notice is None:
        whose = f"The case of {calm(client)[:80]}" if client else "This case"
        return f"{whose} is not on this device any more."
    owner = notice.named.get("to") or notice.named.get("owner", "")
    by = notice.named.get("by") or notice.by_name or "somebody"
    return f"This case is now with {calm(owner)} (moved by {calm(by)}, {moment_words(notice.at)})."


def delivered_words(counts: Counter[str]) -> str:
    """`What you wrote was delivered: 1 visit, 2 notes.`"""
    found: Counter[tuple[str, str]] = Counter()
    for kind, count in counts.items():
        words = ("message", "messages") if kind in _CONTACTS else COUNTED.get(kind)
        if words is not None:
            found[words] += count
    order = [*dict.fromkeys(COUNTED.values()), ("message", "messages")]
    parts = [count_words(found[words], *words) for words in order if found[words]]
    if not parts:
        return "Nothing of yours is waiting here. Ask a coordinator if you need to see it again."
    return f"What you wrote was delivered: {', '.join(parts)}."
