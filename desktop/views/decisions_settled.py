"""What was decided lately, one's own first: a line each, to be read of and taken back (X3)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.shown_kept import DecisionCard
from desktop.views.decision_card import SettledLine
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Muted
from desktop.widgets.surfaces import Card

AT_ONCE = 20


class SettledCard(Card):
    """The lines, and a button that shows more of them. `open_case(id)`, `undo_asked(card)`, `more_asked`."""

    open_case = Signal(str)
    undo_asked = Signal(object)
    more_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Decided lately", padding=0, parent=parent)
        self.setObjectName("decisions-settled")
        self._shown: dict[str, tuple[DecisionCard, SettledLine]] = {}
        self.head.setContentsMargins(16, 12, 16, 4)
        self.column.setContentsMargins(0, 0, 0, 8)
        self.column.setSpacing(0)
        self._mine, self._others = QVBoxLayout(), QVBoxLayout()
        self._by_me, self._by_others = _part("By you"), _part("By others")
        self._more = Button("", kind="quiet", small=True, icon="chevron-down")
        self._more.setObjectName("settled-more")
        self._more.clicked.connect(self.more_asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 12, 0)
        foot.addWidget(self._more)
        foot.addStretch(1)
        for label, lines in ((self._by_me, self._mine), (self._by_others, self._others)):
            lines.setSpacing(0)
            self.column.addWidget(label)
            self.column.addLayout(lines)
        self.column.addLayout(foot)

    def show_cards(self, cards: tuple[DecisionCard, ...], *, me: str, more: int) -> None:
        """Show these, and that there are so many more; lines that stay keep the keyboard."""
        for card_id in [card_id for card_id, (card, _) in self._shown.items() if card not in cards]:
            self._drop(card_id)
        mine = [card for card in cards if card.settled_by_id == me]
        others = [card for card in cards if card.settled_by_id != me]
        new = [card.id for card in (*mine, *others) if card.id not in self._shown]
        for lines, part in ((self._mine, mine), (self._others, others)):
            for place, card in enumerate(part):
                lines.insertWidget(place, self._line_of(card))
        for label in (self._by_me, self._by_others):
            label.setVisible(bool(mine and others))
        had_keyboard = self._more.hasFocus()
        self._more.set_words(f"Show {min(more, AT_ONCE)} more")
        self._more.setAccessibleName(f"Show {min(more, AT_ONCE)} more decisions")
        self._more.setVisible(more > 0)
        if had_keyboard and not more and new:
            # where the button was, the keyboard goes on with the first of what it has brought
            first = self._shown[new[0]][1].findChild(Button)
            if first is not None:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setVisible(bool(cards))

    def _line_of(self, card: DecisionCard) -> SettledLine:
        if card.id not in self._shown:
            line = SettledLine(card)
            line.open_case.connect(self.open_case)
            line.undo_asked.connect(self.undo_asked)
            self._shown[card.id] = card, line
        return self._shown[card.id][1]

    def _drop(self, card_id: str) -> None:
        _, line = self._shown.pop(card_id)
        line.hide()
        line.setParent(None)
        line.deleteLater()


def _part(words: str) -> Muted:
    label = Muted(words, wrap=False)
    label.setContentsMargins(16, 8, 16, 2)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return label
