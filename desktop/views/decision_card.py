"""One decision as a card: its story in names and times, the values of a clash side by side, the answers in words."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.shown_kept import DecisionCard
from casework.values import KeptKind, KeptState
from desktop import theme
from desktop.messages.deeds import quoted
from desktop.messages.kept import Story, story
from desktop.messages.times import stamp_words
from desktop.views.clash_table import ClashTable
from desktop.views.decision_more import QUESTION, MoreRow, TalkLines
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip, Kind
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, ElidedLabel, Heading, Label, Muted

READING_WIDTH = 640
_MARKS: Mapping[KeptKind, tuple[str, Kind, str]] = {
    KeptKind.CLASH: ("Two people, one field", "warning", "git-compare"),
    KeptKind.PROPOSAL: ("Came too late", "info", "clock"),
    KeptKind.REFUSED: ("Not accepted", "danger", "circle-x"),
    KeptKind.BROKEN: ("Not accepted", "danger", "circle-x"),
}
_NUMBERS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5)
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_K: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_J: 1}


class Answer(NamedTuple):
    """What was answered: `how` as commands say it, the chosen `fields`, and what stood there while choosing.

    `sides` says of each chosen field whose value it is: mine, theirs, before or third.
    """

    kept_id: str
    how: str
    fields: dict[str, object]
    seen: dict[str, object]
    sides: dict[str, str]


class DecisionView(QFrame):
    """Shows a card. `answered(Answer)`, `open_case(id)`, `put_right(id of the decision)`, `typed` while one types.

    `put_off(id, day)` and `asked(id, person, words)` leave it open. `thirds` is what was typed here before: a value for
    a field, or a question.

    Keys while it has the keyboard: 1, 2, 3 its answers from the left, arrows to the next card, Enter opens the case.
    """

    answered = Signal(object)
    open_case = Signal(str)
    put_right = Signal(str)
    stepped = Signal(int)
    typed = Signal(str)
    put_off = Signal(str, object)
    asked = Signal(str, str, str)

    def __init__(self, card: DecisionCard, *, thirds: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._story: Story = story(card)
        self.setObjectName(f"decision-{card.id}")
        self.setProperty("surface", "card")
        self.setProperty("ring", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{self._story.title}. {self._story.sentence}")
        self.buttons: list[Button] = []
        self._is_on_turn = False
        self.table: ClashTable | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(self._head())
        column.addLayout(self._telling())
        if card.kind is KeptKind.CLASH and card.fields:
            self.table = ClashTable(card, thirds=thirds)
            self.table.changed.connect(self._on_chosen)
            self.table.typed.connect(partial(self.typed.emit, card.id))
            column.addWidget(self.table)
        if card.talk:
            column.addWidget(TalkLines(card.talk))
        column.addWidget(self._foot(thirds.get(QUESTION, "")))
        self._on_chosen()

    def take_turn(self, is_on_turn: bool) -> None:
        """Say whether this is the card to decide next: only there the likeliest answer stands out."""
        self._is_on_turn = is_on_turn
        self._on_chosen()

    def thirds(self) -> dict[str, str]:
        """What was typed as third values, by field, and as a question."""
        typed = self.table.thirds() if self.table else {}
        return typed | ({QUESTION: self.more.ask.words()} if self.more.ask.words() else {})

    def answer(self, how: str) -> None:
        """Give one of the answers that may be given."""
        if how == "put-right":
            self.put_right.emit(self.card.id)
            return
        chosen = self.table.chosen() if how == "fields" and self.table else {}
        stood = self.table.stood() if how in ("fields", "use") and self.table else {}
        sides = self.table.sides() if how == "fields" and self.table else {}
        self.answered.emit(Answer(self.card.id, how, chosen, stood, sides))

    def _head(self) -> QHBoxLayout:
        card = self.card
        head = QHBoxLayout()
        head.setSpacing(8)
        words, kind, icon = _MARKS[card.kind]
        head.addWidget(Chip(words, kind=kind, icon=icon))
        about = " · ".join(part for part in (card.client, card.case_number) if part)
        name = ElidedLabel(about or "A case that is not on this device", kind="muted")
        name.setObjectName("decision-about")
        head.addWidget(name, 1)
        if card.is_unsent:
            head.addWidget(Chip("Kept here", icon="cloud-off"))
        if card.asks_me:
            head.addWidget(Chip("Asks you", kind="info", icon="message-square"))
        head.addWidget(Caption(stamp_words(card.kept_at)))
        if card.is_here:
            self._open = Button("Open the case", kind="quiet", small=True)
            self._open.setObjectName("decision-open")
            self._open.clicked.connect(partial(self.open_case.emit, card.case_id))
            head.addWidget(self._open)
        return head

    def _telling(self) -> QVBoxLayout:
        telling = QVBoxLayout()
        telling.setSpacing(4)
        title = Heading(self._story.title)
        title.setWordWrap(True)
        title.setObjectName("decision-title")
        sentence = Label(self._story.sentence, wrap=True, selectable=True)
        sentence.setObjectName("decision-story")
        telling.addWidget(title)
        telling.addLayout(_read(sentence))
        text = self.card.wish.get("text") or self.card.wish.get("words") or ""
        if text and self.card.kind is not KeptKind.CLASH:
            said = Muted(quoted(text, 300))
            said.setObjectName("decision-words")
            telling.addLayout(_read(said))
        return telling

    def _foot(self, question: str) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(8)
        for place, (how, words) in enumerate(self._choices()):
            button = Button(words, key=str(place + 1))
            button.setObjectName(f"decide-{how}")
            button.clicked.connect(partial(self.answer, how))
            self.buttons.append(button)
        if self.buttons:
            column.addWidget(FlowRow(*self.buttons))
        step = Caption(self._story.next_step, wrap=True)
        step.setObjectName("decision-step")
        column.addWidget(step)
        self.more = MoreRow(self.card, begun=question)
        self.more.put_off.connect(partial(self.put_off.emit, self.card.id))
        self.more.asked.connect(partial(self.asked.emit, self.card.id))
        self.more.typed.connect(partial(self.typed.emit, self.card.id))
        column.addWidget(self.more)
        return foot

    def _choices(self) -> list[tuple[str, str]]:
        """The answers in their order: for what was refused, putting it right comes first (OC25)."""
        choices = list(self._story.choices)
        card = self.card
        if card.kind in (KeptKind.REFUSED, KeptKind.BROKEN) and card.is_mine and card.is_here:
            choices.insert(0, ("put-right", "Put it right…"))
        return choices if card.state is KeptState.OPEN else []

    def _on_chosen(self) -> None:
        """Choosing field by field makes sense once something else than what stands is chosen; then it comes first."""
        is_ready = self.table is not None and self.table.is_ready()
        for place, button in enumerate(self.buttons):
            is_fields = button.objectName() == "decide-fields"
            is_likeliest = is_fields if is_ready else place == 0
            button.set_kind("primary" if is_likeliest and self._is_on_turn else "secondary")
            if is_fields:
                button.setEnabled(is_ready)
                button.set_words("Use what is chosen above")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _NUMBERS and _NUMBERS.index(key) < len(self.buttons):
            self.buttons[_NUMBERS.index(key)].click()
        elif key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus() and self.card.is_here:
            self.open_case.emit(self.card.case_id)
        else:
            super().keyPressEvent(event)


def _read(label: Label) -> QHBoxLayout:
    """A text no wider than one reads well; beside it a spring, as a layout measures a label's height at full width."""
    label.setMaximumWidth(theme.px(READING_WIDTH))
    row = QHBoxLayout()
    row.setSpacing(0)
    row.addWidget(label, 100)
    row.addStretch(1)
    return row


class SettledLine(QWidget):
    """A decision that was made, in one line; `undo_asked(card)` takes it back, where that can be done."""

    open_case = Signal(str)
    undo_asked = Signal(object)

    def __init__(self, card: DecisionCard, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        told = story(card)
        self.setObjectName(f"settled-{card.id}")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        client = " · ".join(part for part in (card.client, card.case_number) if part)
        words.addWidget(ElidedLabel(f"{told.next_step} {client}".strip()))
        words.addWidget(ElidedLabel(told.sentence, kind="caption"))
        row.addLayout(words, 1)
        if card.can_undo:
            undo = Button("Take it back", kind="quiet", small=True, icon="undo-2")
            undo.setAccessibleName(f"Take back the decision about {card.client or card.case_number}")
            undo.setObjectName("settled-undo")
            undo.clicked.connect(partial(self.undo_asked.emit, card))
            row.addWidget(undo)
        if card.is_here:
            button = Button("Open", kind="quiet", small=True)
            button.setAccessibleName(f"Open the case of {card.client}")
            button.setObjectName("settled-open")
            button.clicked.connect(partial(self.open_case.emit, card.case_id))
            row.addWidget(button)
