"""Decisions: one card per clash, late wish and refused change, each decided in a click (X3, J8)."""

from datetime import date
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.commands import AnyCommand, AskAboutKept, PutOffKept, SettleKept, UndoSettling
from casework.questions.decisions import decisions
from casework.questions.sheets import Decisions
from casework.questions.shown_kept import DecisionCard
from casework.store_faults import StoreFault
from desktop import theme
from desktop.messages.kept import story
from desktop.messages.times import date_words
from desktop.messages.words import count_words
from desktop.models.put_right import draft_of
from desktop.office import Office, Refused
from desktop.views.decision_card import Answer, DecisionView
from desktop.views.decision_more import QUESTION
from desktop.views.decisions_settled import AT_ONCE, SettledCard
from desktop.views.refusal_bar import refusal_bar
from desktop.views.same_for_all import SameForAll, like
from desktop.widgets.chips import CountBadge
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.labels import Heading, Muted
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.surfaces import ScrollColumn

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
        self._most_settled = AT_ONCE
        self._same: SameForAll | None = None
        self._build()
        self._soon = self._timer(0, self.refresh)
        self._pause = self._timer(PAUSE_MS, self._keep_typed)
        self._to_same = self._timer(0, self._show_same)
        self._key("D", self._to_first)
        office.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Ask again; cards that stay keep what was chosen and typed in them."""
        self._keep_typed()
        sheet = self._office.ask(decisions, most_settled=self._most_settled)
        if sheet == self._sheet:
            return
        self._sheet = sheet
        piles = (sheet.for_me, sheet.later, sheet.mine, sheet.others)
        wanted = {card.id for pile in piles for card in pile}
        for card_id in [card_id for card_id in self._views if card_id not in wanted]:
            self._drop(card_id)
        for pile, cards in zip((self._for_me, self._later, self._mine, self._others), piles, strict=True):
            self._fill(pile, cards)
        self._settled.show_cards(sheet.settled, me=self._office.person_id, more=sheet.settled_more)
        self._empty.setVisible(not sheet.for_me)
        self._turn_to(next(iter(self.views()), None))

    def views(self) -> list[DecisionView]:
        """The cards on show from the top."""
        if self._sheet is None:
            return []
        piles = (self._sheet.for_me, self._sheet.others, self._sheet.mine, self._sheet.later)
        return [self._views[card.id] for pile in piles for card in pile]

    def _timer(self, milliseconds: int, then: object) -> QTimer:
        clock = QTimer(self, singleShot=True, interval=milliseconds)
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
        self._later = Pile("For another day", "They come back on their day, and count until then.", key="later")
        self._settled = SettledCard()
        self._settled.open_case.connect(self.open_case)
        self._settled.undo_asked.connect(self._undo)
        self._settled.more_asked.connect(self._show_more)
        inside = QWidget()
        inside.setMaximumWidth(theme.px(CARD_WIDTH))
        self._inside = inside
        theme.changes.changed.connect(self._fit)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self._inside_column = column
        for part in (self._empty, self._for_me, self._others, self._mine, self._later, self._settled):
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
        view.put_off.connect(self._put_off)
        view.asked.connect(self._ask)
        self._views[card.id] = view
        return view

    def _drop(self, card_id: str) -> None:
        view = self._views.pop(card_id, None)
        if view is not None:
            view.hide()
            view.setParent(None)
            view.deleteLater()

    def _show_more(self) -> None:
        """More of what was decided lately: it can be taken back for 30 days, however much was decided since."""
        self._most_settled += AT_ONCE
        self.refresh()

    def _settle(self, answer: Answer) -> None:
        """Say the answer; refused, it stands under the header and the card stays as it is."""
        card = self._card(answer.kept_id)
        if card is None:
            return
        place = next((at for at, view in enumerate(self.views()) if view.card.id == card.id), 0)
        if not self._say(_command(card, answer)):
            return
        self._keep(_draft_key(card.id), {})
        words = dict(story(card).choices).get(answer.how, "Decided")
        self.refresh()
        self.told.emit(f"{card.client or card.case_number}: {words}")
        self._offer_the_rest(card, answer)
        left = self.views()
        if self._same is not None:
            self._to_same.start()
        elif left:
            self._go_to(left[min(place, len(left) - 1)])

    def _offer_the_rest(self, card: DecisionCard, answer: Answer) -> None:
        """The same answer for all others of the kind by the same person, listed before it is done."""
        self._notices.take("same")
        self._drop_same()
        alike = like(card, answer, self._sheet.for_me if self._sheet else ())
        if not alike:
            return
        same = self._same = SameForAll(alike)
        same.agreed.connect(self._same_for_all)
        same.left.connect(self._drop_same)
        self._inside_column.insertWidget(0, same)

    def _show_same(self) -> None:
        """Once it has its place on the page, the list is what one looks at next."""
        if self._same is not None:
            self._page.ensureWidgetVisible(self._same)
            self._same.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_same(self) -> None:
        if self._same is not None:
            self._same.hide()
            self._same.setParent(None)
            self._same.deleteLater()
            self._same = None

    def _same_for_all(self, answers: list[Answer]) -> None:
        self._drop_same()
        done: list[UndoSettling] = []
        for answer in answers:
            card = self._card(answer.kept_id)
            if card is None:
                continue
            said = self._office.do(_command(card, answer))
            if isinstance(said, Refused):
                self._notices.put(f"refused-{card.id}", refusal_bar(self._office, said))
            elif said.changes:
                done.append(UndoSettling(case_id=card.case_id, kept_id=card.id, settling=said.command_id))
        self.refresh()
        words = f"{count_words(len(done), 'decision')} made"
        bar = NoticeBar(words, kind="success", actions=[("undo", "Take them back")] if done else [])
        bar.acted.connect(lambda _: self._take_back(done))
        self._notices.put("same", bar)
        self.told.emit(words)

    def _take_back(self, undoings: list[UndoSettling]) -> None:
        """Undo, one by one: each ends in an outcome of its own."""
        self._notices.take("same")
        for undoing in undoings:
            self._say(undoing)
        self.refresh()

    def _undo(self, card: DecisionCard) -> None:
        undoing = UndoSettling(case_id=card.case_id, kept_id=card.id, settling=card.settling)
        if self._say(undoing):
            self.refresh()
            self.told.emit(f"{card.client or card.case_number}: open again")

    def _put_off(self, kept_id: str, day: date) -> None:
        card = self._card(kept_id)
        if card is not None and self._say(PutOffKept(case_id=card.case_id, kept_id=kept_id, until=day)):
            self.refresh()
            self.told.emit(f"{card.client or card.case_number}: put off until {date_words(day)}")

    def _ask(self, kept_id: str, person_id: str, words: str) -> None:
        card = self._card(kept_id)
        if card is None:
            return
        command = AskAboutKept(case_id=card.case_id, kept_id=kept_id, person_id=person_id, text=words)
        if self._say(command):
            self._touched = ""
            self._keep(_draft_key(kept_id), {**self._views[kept_id].thirds(), QUESTION: ""})
            self.refresh()
            self.told.emit(f"{dict(card.can_ask).get(person_id, 'They')} will see your words")

    def _say(self, command: AnyCommand) -> bool:
        """Say it; refused, it stands under the header. Whether it was taken."""
        said = self._office.do(command)
        if isinstance(said, Refused):
            self._notices.put("refused", refusal_bar(self._office, said))
            return False
        self._notices.take("refused")
        return True

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
