"""Decisions: one card per clash, late wish and refused change, each decided in a click (X3, J8)."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.commands import SettleKept
from casework.questions.decisions import decisions
from casework.questions.sheets import Decisions
from casework.questions.shown import DecisionCard
from casework.store_faults import StoreFault
from desktop import theme
from desktop.messages.kept import story
from desktop.messages.words import count_words
from desktop.models.put_right import draft_of
from desktop.office import Office, Refused
from desktop.views.decision_card import Answer, DecisionView, SettledLine
from desktop.views.refusal_bar import refusal_bar
from desktop.widgets.chips import CountBadge
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.labels import Heading, Muted
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.surfaces import Card, ScrollColumn

CARD_WIDTH = 920
PAUSE_MS = 250


class Pile(QWidget):
    """A heading with its count, and the cards under it; hidden when there are none."""

    def __init__(self, title: str, sentence: str, *, key: str) -> None:
        super().__init__()
        self.setObjectName(f"pile-{key}")
        self.setAccessibleName(title)
        self.count = CountBadge(filled=key == "for-me", what=title.lower())
        self.count.setObjectName(f"{key}-count")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Heading(title))
        head.addWidget(self.count)
        head.addStretch(1)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addLayout(head)
        if sentence:
            column.addWidget(Muted(sentence))
        column.addLayout(self.cards)


class DecisionsScreen(QWidget):
    """All that waits for me, what of mine waits for others, and what was decided lately.

    `told(words)` says what was decided, for the toast. Keys: D goes to the first card, arrows (or J and K) to the
    next, 1, 2, 3 give its answers.
    """

    open_case = Signal(str)
    go_to = Signal(str)
    told = Signal(str)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decisions")
        self._office = office
        self._views: dict[str, DecisionView] = {}
        self._sheet: Decisions | None = None
        self._touched = ""
        self._build()
        self._soon = self._timer(0, self.refresh)
        self._pause = self._timer(PAUSE_MS, self._keep_typed)
        self._key("D", self._to_first)
        office.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Ask again; cards that stay keep what was chosen and typed in them."""
        self._keep_typed()
        sheet = self._office.ask(decisions)
        if sheet == self._sheet:
            return
        self._sheet = sheet
        wanted = {card.id for pile in (sheet.for_me, sheet.mine, sheet.others) for card in pile}
        for card_id in [card_id for card_id in self._views if card_id not in wanted]:
            self._drop(card_id)
        for pile, cards in ((self._for_me, sheet.for_me), (self._mine, sheet.mine), (self._others, sheet.others)):
            self._fill(pile, cards)
        self._show_settled(sheet.settled)
        self._empty.setVisible(not sheet.for_me)
        self._turn_to(next(iter(self.views()), None))

    def views(self) -> list[DecisionView]:
        """The cards on show from the top."""
        if self._sheet is None:
            return []
        piles = (self._sheet.for_me, self._sheet.others, self._sheet.mine)
        return [self._views[card.id] for pile in piles for card in pile]

    def _timer(self, milliseconds: int, then: object) -> QTimer:
        clock = QTimer(self)
        clock.setSingleShot(True)
        clock.setInterval(milliseconds)
        clock.timeout.connect(then)
        return clock

    def _key(self, keys: str, act: object) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def _build(self) -> None:
        self._notices = NoticeStack()
        self._page = ScrollColumn(padding=24, spacing=16)
        self._empty = EmptyState("Nothing waits for your decision.", icon="scale")
        self._empty.setObjectName("decisions-empty")
        self._for_me = Pile("Waits for you", "", key="for-me")
        self._others = Pile("You may decide too", "They wait for somebody else; you can step in.", key="others")
        self._mine = Pile("Waits for others", "What you wrote is kept whole until they decide.", key="mine")
        self._settled = Card("Decided lately", padding=0)
        self._settled.setObjectName("decisions-settled")
        self._settled.head.setContentsMargins(16, 12, 16, 4)
        self._settled.column.setContentsMargins(0, 0, 0, 8)
        self._settled.column.setSpacing(0)
        inside = QWidget()
        inside.setMaximumWidth(theme.px(CARD_WIDTH))
        self._inside = inside
        theme.changes.changed.connect(self._fit)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self._empty, self._for_me, self._others, self._mine, self._settled):
            column.addWidget(part)
        self._page.column.addWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._notices)
        whole.addWidget(self._page, 1)

    def _fit(self) -> None:
        self._inside.setMaximumWidth(theme.px(CARD_WIDTH))

    def _fill(self, pile: Pile, cards: tuple[DecisionCard, ...]) -> None:
        for place, card in enumerate(cards):
            view = self._views.get(card.id)
            if view is None or view.card != card:
                self._drop(card.id)
                view = self._make(card)
            if pile.cards.indexOf(view) != place:
                pile.cards.insertWidget(place, view)
        pile.count.show_count(len(cards))
        pile.setVisible(bool(cards))

    def _make(self, card: DecisionCard) -> DecisionView:
        view = DecisionView(card, thirds=self._office.drafts.find(_draft_key(card.id)))
        view.answered.connect(self._settle)
        view.open_case.connect(self.open_case)
        view.put_right.connect(self._put_right)
        view.stepped.connect(partial(self._step, view))
        view.typed.connect(self._on_typed)
        self._views[card.id] = view
        return view

    def _drop(self, card_id: str) -> None:
        view = self._views.pop(card_id, None)
        if view is not None:
            view.hide()
            view.setParent(None)
            view.deleteLater()

    def _show_settled(self, cards: tuple[DecisionCard, ...]) -> None:
        column = self._settled.column
        while column.count() > 1:
            item = column.takeAt(1)
            gone = item.widget() if item else None
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for card in cards[:20]:
            line = SettledLine(card)
            line.open_case.connect(self.open_case)
            column.addWidget(line)
        self._settled.setVisible(bool(cards))

    def _settle(self, answer: Answer) -> None:
        """Say the answer; refused, it stands under the header and the card stays as it is."""
        card = self._card(answer.kept_id)
        if card is None:
            return
        place = next((at for at, view in enumerate(self.views()) if view.card.id == card.id), 0)
        said = self._office.do(_command(card, answer))
        if isinstance(said, Refused):
            self._notices.put("refused", refusal_bar(self._office, said))
            return
        self._notices.take("refused")
        self._keep(_draft_key(card.id), {})
        words = dict(story(card).choices).get(answer.how, "Decided")
        self.refresh()
        self.told.emit(f"{card.client or card.case_number}: {words}")
        self._offer_the_rest(card, answer.how)
        left = self.views()
        if left:
            self._go_to(left[min(place, len(left) - 1)])

    def _offer_the_rest(self, card: DecisionCard, how: str) -> None:
        """The same answer for all others of the kind, in one more click."""
        rest = self._like(card, how)
        self._notices.take("same")
        if not rest:
            return
        bar = NoticeBar(
            f"{count_words(len(rest), 'more decision')} of the same kind",
            text="The same answer can be given to all of them.",
            actions=[("same", f"The same for {'it' if len(rest) == 1 else f'all {len(rest)}'}")],
        )
        bar.acted.connect(partial(self._same_for_all, card, how))
        self._notices.put("same", bar)

    def _like(self, card: DecisionCard, how: str) -> list[DecisionCard]:
        if self._sheet is None or how == "fields":
            return []
        return [one for one in self._sheet.for_me if (one.code, one.kind) == (card.code, card.kind) and how in one.may]

    def _same_for_all(self, card: DecisionCard, how: str, key: str) -> None:
        del key
        self._notices.take("same")
        done = 0
        for one in self._like(card, how):
            seen = {clash.field: clash.stands for clash in one.fields} if how == "use" else {}
            said = self._office.do(_command(one, Answer(one.id, how, {}, seen)))
            if isinstance(said, Refused):
                self._notices.put(f"refused-{one.id}", refusal_bar(self._office, said))
            else:
                done += 1
        self.refresh()
        self.told.emit(f"{count_words(done, 'decision')} made")

    def _put_right(self, kept_id: str) -> None:
        """Open the case with the words back where they were typed; the decision waits until it is settled."""
        card = self._card(kept_id)
        if card is None:
            return
        key, body = draft_of(card)
        if body and not any(self._office.drafts.find(key).values()):
            self._keep(key, body)
        self.open_case.emit(card.case_id)

    def _card(self, kept_id: str) -> DecisionCard | None:
        view = self._views.get(kept_id)
        return view.card if view else None

    def _on_typed(self, kept_id: str) -> None:
        if self._touched not in ("", kept_id):
            self._keep_typed()
        self._touched = kept_id
        self._pause.start()

    def _keep_typed(self) -> None:
        """What was typed as a third value is kept within 300 ms of a pause (A13)."""
        self._pause.stop()
        view = self._views.get(self._touched)
        if view is not None:
            self._keep(_draft_key(view.card.id), view.thirds())
        self._touched = ""

    def _keep(self, key: str, body: dict[str, str]) -> None:
        """Keep a draft, forget an empty one; where the disk would not, say so."""
        try:
            self._office.drafts.keep(key, body)
        except StoreFault as fault:
            self._notices.put("draft", refusal_bar(self._office, Refused(fault.code)))

    def _step(self, view: DecisionView, by: int) -> None:
        views = self.views()
        place = views.index(view) + by
        if 0 <= place < len(views):
            self._go_to(views[place])

    def _to_first(self) -> None:
        views = self.views()
        if views:
            self._go_to(views[0])

    def _go_to(self, view: DecisionView) -> None:
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._page.ensureWidgetVisible(view)
        self._turn_to(view)

    def _turn_to(self, view: DecisionView | None) -> None:
        for one in self._views.values():
            one.take_turn(one is view)

    @Slot(object)
    def _on_changed(self, changes: object) -> None:
        del changes
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._to_first()


def _draft_key(kept_id: str) -> str:
    return f"decision/{kept_id}"


def _command(card: DecisionCard, answer: Answer) -> SettleKept:
    return SettleKept(case_id=card.case_id, kept_id=card.id, how=answer.how, fields=answer.fields, seen=answer.seen)
