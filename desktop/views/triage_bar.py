"""The bar under a referral: Accept to a step and an owner, take it oneself, duplicate, decline, other outcomes (A7)."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from casework.questions.sheets import WaitingCase
from casework.values import Owner, OwnerKind, TriageOutcome
from desktop import icons, theme
from desktop.messages import OUTCOMES
from desktop.views.owner_picks import owner_of
from desktop.widgets.buttons import Button
from desktop.widgets.fields import ChoiceField
from desktop.widgets.flow import FlowLayout
from desktop.widgets.labels import Muted
from desktop.widgets.owner_picker import OwnerPicker
from desktop.widgets.people_list import Pick
from desktop.widgets.plain import set_tip, without_mnemonic

_OTHERS = (TriageOutcome.SIGNPOSTED, TriageOutcome.CANNOT_CONTACT, TriageOutcome.OUT_OF_AREA)
_LONGEST_NAME = 28


class _Arrow(QWidget):
    """From Accept to where the case goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.grown(20, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        side = theme.px(16)
        where = QRect(0, (self.height() - side) // 2, side, side)
        icons.draw(QPainter(self), "arrow-right", where, theme.tokens().muted)


class TriageBar(QWidget):
    """Says what was pressed; decides nothing.

    `accepted` is the big button; `picked(owner, accept)` that an owner was chosen, and whether that accepts as well;
    `claimed` that somebody takes the case; `turned_down(outcome)` any other outcome.
    """

    accepted = Signal()
    picked = Signal(object, bool)
    claimed = Signal()
    turned_down = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("triage-bar")
        self._owner: Owner | None = None
        self._owner_name = ""
        self._picks: list[Pick] = []
        self._accepts = False
        self._offers: frozenset[str] = frozenset()
        self._picker = OwnerPicker(name="Who takes the case", parent=self)
        self._picker.setObjectName("triage-picker")
        self._picker.chosen.connect(self._on_chosen)
        self._yes = self._build_yes()
        self._no = self._build_no()
        self._only_read = Muted("You can read this referral. Deciding about it is for a coordinator, or for the queue.")
        self._only_read.setObjectName("triage-only-read")
        flow = QWidget()
        groups = FlowLayout(flow, spacing=10)
        groups.addWidget(self._yes)
        groups.addWidget(self._no)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        flow.setSizePolicy(policy)
        self._flow = flow
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(flow)
        column.addWidget(self._only_read)

    def show_case(self, sheet: WaitingCase, picks: Sequence[Pick], *, keep: bool) -> None:
        """Offer what the rules would take; `keep` leaves step and owner as they were chosen."""
        self._offers = sheet.offers
        self._picks = list(picks)
        self._picker.show_picks(picks)
        may = self.may_decide()
        self._flow.setVisible(may)
        self._only_read.setVisible(not may)
        self._claim.setVisible("case.owner" in sheet.offers and not sheet.owner.is_me)
        kept_step = self._step.value() if keep else ""
        steps = [(step.id, step.name) for step in sheet.next_steps]
        self._step.show_options(steps, kept_step or sheet.next_step_id)
        self._step.setEnabled(len(steps) > 0)
        if not (keep and self._owner is not None):
            self._suggest(sheet)

    def may_decide(self) -> bool:
        """Whether the rules would take a decision about this case from this person."""
        return "case.triage" in self._offers

    def owner(self) -> Owner | None:
        """Who takes the case if it is accepted."""
        return self._owner

    def owner_name(self) -> str:
        """That person's or queue's name."""
        return self._owner_name

    def step_id(self) -> str:
        """The step that the case goes to if it is accepted."""
        return self._step.value()

    def step_name(self) -> str:
        """That step's name."""
        return self._step.currentText()

    def ask_owner(self, *, accept: bool) -> None:
        """Open the owners under their button; `accept`: choosing one accepts."""
        if not self.may_decide():
            return
        self._accepts = accept
        first = [pick for pick in self._picks if self._owner is not None and pick.id == self._owner.id]
        self._picker.show_picks([*first, *(pick for pick in self._picks if pick not in first)])
        self._picker.open_under(self._owner_button)

    def _build_yes(self) -> QWidget:
        self._accept = Button("Accept", kind="primary", icon="check", key="1")
        self._accept.setObjectName("triage-accept")
        self._accept.clicked.connect(self.accepted)
        self._step = ChoiceField(name="Step it goes to", empty="No step")
        self._step.setObjectName("triage-step")
        self._owner_button = Button("Choose an owner", icon="user", key="O")
        self._owner_button.setObjectName("triage-owner")
        self._owner_button.clicked.connect(partial(self.ask_owner, accept=False))
        # the words of the quiet buttons under it begin where this one's edge does
        return _row(self._accept, _Arrow(), self._step, self._owner_button, left=12)

    def _build_no(self) -> QWidget:
        self._claim = Button("Take it myself", kind="quiet", icon="hand")
        self._claim.setObjectName("triage-claim")
        self._claim.clicked.connect(self.claimed)
        duplicate = Button(OUTCOMES[TriageOutcome.DUPLICATE], kind="quiet", key="2")
        duplicate.setObjectName("triage-duplicate")
        duplicate.clicked.connect(partial(self.turned_down.emit, TriageOutcome.DUPLICATE))
        decline = Button(OUTCOMES[TriageOutcome.DECLINED], kind="quiet", key="3")
        decline.setObjectName("triage-decline")
        decline.clicked.connect(partial(self.turned_down.emit, TriageOutcome.DECLINED))
        more = Button("More", kind="quiet")
        more.setObjectName("triage-more")
        menu = QMenu(more)
        menu.setObjectName("triage-outcomes")
        for outcome in _OTHERS:
            action = menu.addAction(without_mnemonic(OUTCOMES[outcome]))
            action.setObjectName(f"triage-{outcome.value}")
            action.triggered.connect(partial(self.turned_down.emit, outcome))
        more.setMenu(menu)
        return _row(self._claim, duplicate, decline, more, spacing=2)

    def _suggest(self, sheet: WaitingCase) -> None:
        """Who has the case already, else who is offered first, else it stays where it is."""
        people = [pick for pick in self._picks if pick.kind == OwnerKind.PERSON]
        owned = [pick for pick in people if pick.id == sheet.case.owner_id]
        best = (owned or people)[:1]
        if best:
            self._set_owner(owner_of(best[0].kind, best[0].id), best[0].name, best[0].detail)
        else:
            self._set_owner(sheet.case.owner, sheet.owner.name, "")

    def _set_owner(self, owner: Owner, name: str, detail: str) -> None:
        self._owner = owner
        self._owner_name = name.removesuffix(" (me)")
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        load = detail.split(",")[0].removesuffix(" cases").removesuffix(" case")
        self._owner_button.set_words(f"{shown} · {load}" if load else shown)
        self._owner_button.setAccessibleName(f"Owner: {name}, {detail}" if detail else f"Owner: {name}")
        self._accept.setAccessibleName(f"Accept, to {name}")
        set_tip(self._owner_button, f"{name}: {detail}" if detail else name)

    def _on_chosen(self, kind: str, owner_id: str) -> None:
        pick = next(pick for pick in self._picks if pick.id == owner_id)
        owner = owner_of(kind, owner_id)
        self._set_owner(owner, pick.name, pick.detail)
        self.picked.emit(owner, self._accepts)


def _row(*parts: QWidget, spacing: int = 8, left: int = 0) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(left, 0, 0, 0)
    row.setSpacing(spacing)
    for part in parts:
        row.addWidget(part)
    return made
