"""The same answer for all decisions of a kind by the same person: a list to look through before any of it is done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from casework.questions.shown_kept import DecisionCard
from desktop.messages.kept import story
from desktop.messages.labels import field_label, value_words
from desktop.messages.words import count_words
from desktop.views.decision_card import Answer
from desktop.widgets.buttons import Button
from desktop.widgets.fields import TickField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Muted
from desktop.widgets.surfaces import Card

SIDES = ("mine", "theirs", "before")


def like(card: DecisionCard, answer: Answer, waiting: tuple[DecisionCard, ...]) -> list[tuple[DecisionCard, Answer]]:
    """The decisions of the same kind, about the same fields, of the same author, with what the same answer is there.

    A value that was typed is one case's own; there is no same for it.
    """
    if answer.how == "fields" and not set(answer.sides.values()) <= set(SIDES):
        return []
    what = (card.code, card.kind, card.author_id, card.command, sorted(clash.field for clash in card.fields))
    alike = [
        one
        for one in waiting
        if one.id != card.id
        and (one.code, one.kind, one.author_id, one.command, sorted(clash.field for clash in one.fields)) == what
        and answer.how in one.may
    ]
    return [(one, _same(one, answer)) for one in alike]


def _same(card: DecisionCard, answer: Answer) -> Answer:
    fields: dict[str, object] = {}
    seen = {clash.field: clash.stands for clash in card.fields} if answer.how in ("use", "fields") else {}
    if answer.how == "fields":
        for clash in card.fields:
            sides = {"mine": clash.mine, "theirs": clash.stands, "before": clash.before}
            fields[clash.field] = sides[answer.sides[clash.field]]
    return Answer(card.id, answer.how, fields, seen, dict(answer.sides))


class SameForAll(Card):
    """Each of the others with its tick and what would come of it. `agreed([answers])`, `left`."""

    agreed = Signal(object)
    left = Signal()

    def __init__(self, alike: list[tuple[DecisionCard, Answer]], *, parent: QWidget | None = None) -> None:
        super().__init__(f"The same for {count_words(len(alike), 'more decision')}?", parent=parent)
        self.setObjectName("same-for-all")
        self._answers = [answer for _, answer in alike]
        self.ticks = [TickField(_words(card, answer)) for card, answer in alike]
        self.column.addWidget(Muted("Take the tick away where it is not the same."))
        for tick in self.ticks:
            tick.setChecked(True)
            tick.toggled.connect(self._count)
            self.column.addWidget(tick)
        self.go = Button("", kind="primary")
        self.go.setObjectName("same-go")
        self.go.clicked.connect(self._agree)
        leave = Button("One by one", kind="quiet")
        leave.setObjectName("same-leave")
        leave.clicked.connect(self.left)
        self.column.addWidget(FlowRow(self.go, leave))
        self._count()

    def _count(self) -> None:
        count = sum(tick.isChecked() for tick in self.ticks)
        self.go.set_words(f"Do it for {'this one' if count == 1 else f'these {count}'}")
        self.go.setEnabled(count > 0)

    def _agree(self) -> None:
        self.agreed.emit([one for one, tick in zip(self._answers, self.ticks, strict=True) if tick.isChecked()])


def _words(card: DecisionCard, answer: Answer) -> str:
    """`Joan Webb, 26-00042: Mobile becomes 07700 900555`."""
    about = ", ".join(part for part in (card.client, card.case_number) if part) or "A case that is not here"
    if answer.how == "fields" or (answer.how == "use" and card.fields):
        chosen = answer.fields or {clash.field: clash.mine for clash in card.fields}
        become = ", ".join(f"{field_label(name)} becomes {value_words(value)}" for name, value in chosen.items())
        return f"{about}: {become}"
    return f"{about}: {dict(story(card).choices).get(answer.how, '')}"
