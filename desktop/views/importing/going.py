"""The last steps of an import: people coming in, with a way to stop, and what came of it."""

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import theme
from desktop.messages import words_of
from desktop.messages.words import count_words
from desktop.models.import_rows import people_words
from desktop.models.import_run import Outcome
from desktop.views.line_button import Mark
from desktop.widgets import painting
from desktop.widgets.buttons import Button
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Label, Muted
from desktop.widgets.notice_bar import NoticeBar, NoticeStack

_WIDTH = 560


class ProgressBar(QWidget):
    """How far something is, 0 to 1."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setAccessibleName("Progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, words: str) -> None:
        """Show how far it is, and say it."""
        self._share = min(1.0, max(0.0, share))
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        radius = self.height() / 2
        painting.box(painter, self.rect(), theme.mix(tokens.text, tokens.bg, 0.12), radius=radius)
        wide = max(self.height(), round(self.width() * self._share))
        painting.box(painter, QRect(0, 0, wide, self.height()), tokens.accent, radius=radius)


class GoingPage(QWidget):
    """`stopped` when it is to end early."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-going")
        self._words = Label(kind="display", wrap=True)
        self._words.setObjectName("import-progress")
        self._bar = ProgressBar()
        self.stop = Button("Stop here")
        self.stop.setObjectName("import-stop")
        self.stop.clicked.connect(self._on_stop)
        column = _centred(self)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addWidget(Muted("You can do other things meanwhile. Who is in stays in, whatever happens."))
        column.addWidget(FlowRow(self.stop))
        column.addStretch(1)

    def show_progress(self, done: int, total: int) -> None:
        """How many are in, of how many."""
        words = f"{done} of {people_words(total)} are in"
        self._words.setText(words)
        self._bar.show_share(done / total if total else 1.0, words)

    def begin(self, total: int) -> None:
        """Begin anew."""
        self.stop.setEnabled(True)
        self.stop.set_words("Stop here")
        self.show_progress(0, total)

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop.set_words("Stopping…")
        self.stopped.emit()


class ResultPage(QWidget):
    """`to_waiting_list`, `again` for another file, `gone_on` to take in the rest."""

    to_waiting_list = Signal()
    again = Signal()
    gone_on = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-result")
        self.notices = NoticeStack()
        self._words = Label(kind="display", wrap=True)
        self._words.setObjectName("import-done")
        self._more = Muted()
        self._more.setObjectName("import-done-more")
        self.open = Button("Open the waiting list", kind="primary", icon="inbox")
        self.open.setObjectName("import-to-waiting")
        self.open.clicked.connect(self.to_waiting_list)
        self.rest = Button("Take in the rest")
        self.rest.setObjectName("import-rest")
        self.rest.clicked.connect(self.gone_on)
        another = Button("Another file", kind="quiet")
        another.setObjectName("import-again")
        another.clicked.connect(self.again)
        column = _centred(self)
        column.addWidget(Mark("check", kind="success"))
        column.addWidget(self._words)
        column.addWidget(self._more)
        column.addWidget(self.notices)
        column.addWidget(FlowRow(self.open, self.rest, another))
        column.addStretch(1)

    def show_outcome(self, outcome: Outcome, *, total: int, for_an_eye: int, alike: int, project: str) -> None:
        """What came of it: who is in, what to look at, and what did not come in."""
        verb = "is" if outcome.done == 1 else "are"
        self._words.setText(f"{people_words(outcome.done)} {verb} on the waiting list")
        parts = [f"They came into {project}." if project else ""]
        if for_an_eye:
            parts.append(f"{count_words(for_an_eye, 'row')} {'needs' if for_an_eye == 1 else 'need'} an eye.")
        if alike:
            parts.append(f"{count_words(alike, 'likely duplicate')}: offered at triage, not joined.")
        self._more.setText(" ".join(part for part in parts if part))
        left = total - outcome.done - len(outcome.refused)
        self.rest.setVisible(left > 0)
        self.rest.set_words(f"Take in the other {left}")
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        before = self.notices.keys()
        for key in before:
            self.notices.take(key)
        if outcome.refused:
            words = words_of(outcome.refused[0][1])
            head = f"{people_words(len(outcome.refused))} could not be taken in"
            self.notices.put("refused", NoticeBar(head, text=words.whole, kind="warning"))
        if outcome.fault is not None:
            words = words_of(outcome.fault)
            self.notices.put("fault", NoticeBar(words.title, text=words.text, kind="danger"))


def _centred(page: QWidget) -> QVBoxLayout:
    """A column of reading width with room above it."""
    inside = QWidget()
    inside.setMaximumWidth(theme.px(_WIDTH))
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, theme.px(48), 0, 0)
    column.setSpacing(14)
    whole = QHBoxLayout(page)
    whole.setContentsMargins(24, 24, 24, 24)
    whole.addWidget(inside, 100)
    whole.addStretch(1)
    return column
