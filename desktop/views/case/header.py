"""The head of the case page: who, where, at which step, whose, since when; and the control that changes each."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from casework.questions.reading import address_of
from casework.questions.sheets import CaseSheet
from casework.questions.shown import CreatedShown
from casework.values import CaseStatus, OwnerKind, Priority, Source, StepKind
from desktop import icons
from desktop.messages import (
    KEPT_HERE,
    PRIORITIES,
    STATUSES,
    clock_off_words,
    clock_words,
    closed_reason_words,
    date_words,
    stamp_words,
)
from desktop.messages.times import here
from desktop.models.document_list import first_name
from desktop.models.feed import calm
from desktop.views.case.pieces import Fact
from desktop.widgets.avatar import Avatar
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.chips import Chip
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.plain import set_tip, without_mnemonic
from desktop.widgets.surfaces import Card

NO_NAME = "No name given"
# A case is closed with a reason, and comes off the waiting list by triage.
_NOT_BY_HAND = frozenset({StepKind.CLOSED, StepKind.WAITING})
OWNER_WIDTH, NAME_WIDTH, WIDEST = 250, 280, 16_777_215


class CaseHeader(Card):
    """Says `step_asked(step_id)`, `priority_asked(value)`, `owner_asked`, `close_asked`, `reopen_asked`."""

    step_asked = Signal(str)
    priority_asked = Signal(str)
    owner_asked = Signal()
    close_asked = Signal()
    reopen_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self.setObjectName("case-header")
        self._name = ElidedLabel(kind="title")
        self._name.setObjectName("case-client")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.step = _menu_button("case-step", "Step", "circle-dot")
        self.priority = _menu_button("case-priority", "Priority", "arrow-up")
        self._status = Chip("")
        self._status.setObjectName("case-status")
        self._unsent = Chip("Kept here", icon="cloud-off")
        set_tip(self._unsent, KEPT_HERE)
        self._unsent.setObjectName("case-unsent")
        self._clock = Chip("", kind="warning", icon="clock-alert")
        self._clock.setObjectName("case-clock")
        self.number = _fact("case-number", "folder", "case number")
        self.address = _fact("case-address", "map-pin", "address")
        self.phone = _fact("case-phone", "phone", "phone number")
        self.created = _fact("case-created", "calendar", "", copies=False)
        self.created.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._avatar = Avatar("", side=34)
        self._owner = ElidedLabel(kind="strong")
        self._owner.setObjectName("case-owner")
        self._since = ElidedLabel(kind="caption")
        self._since.setObjectName("case-owner-since")
        self.owner_button = IconButton("users", name="Change owner", side=30)
        self.owner_button.setObjectName("change-owner")
        self.owner_button.clicked.connect(self.owner_asked)
        self.close_button = Button("Close case")
        self.close_button.setObjectName("close-case")
        self.close_button.clicked.connect(self.close_asked)
        self.reopen_button = Button("Reopen", icon="undo-2")
        self.reopen_button.setObjectName("reopen-case")
        self.reopen_button.clicked.connect(self.reopen_asked)
        self._build()

    def _build(self) -> None:
        self._first = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._first.setSpacing(10)
        called = QHBoxLayout()
        called.setSpacing(10)
        called.addWidget(self._name)
        called.addWidget(self.number)
        called.addStretch(0)
        self._first.addLayout(called)
        chips = FlowRow(self.step, self.priority, self._status, self._clock, self._unsent, spacing=6)
        self._first.addWidget(chips, 1)
        facts = FlowRow(self.address, self.phone, self.created, spacing=6)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addLayout(self._first)
        left.addWidget(facts)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self._owner)
        names.addWidget(self._since)
        names.addStretch(1)
        holder = QWidget()
        holder.setMaximumWidth(OWNER_WIDTH)
        held = QHBoxLayout(holder)
        held.setContentsMargins(0, 0, 0, 0)
        held.setSpacing(8)
        held.addWidget(self._avatar)
        held.addLayout(names, 1)
        held.addWidget(self.owner_button)
        self._holder = holder
        whose = QHBoxLayout()
        whose.setSpacing(16)
        whose.addWidget(holder)
        whose.addWidget(self.close_button)
        whose.addWidget(self.reopen_button)
        whose.addStretch(0)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(16, 10, 16, 10)
        self._row.setSpacing(12)
        self._row.addLayout(left, 1)
        self._row.addLayout(whose)
        self.column.addLayout(self._row)

    def fit(self, text_scale: float, *, is_narrow: bool) -> None:
        """One row where there is room; else name, chips, facts and owner under each other."""
        self._holder.setMaximumWidth(round(OWNER_WIDTH * text_scale))
        self._name.setMaximumWidth(WIDEST if is_narrow else round(NAME_WIDTH * text_scale))
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self._first.setDirection(way)

    def show_case(self, sheet: CaseSheet) -> None:
        """Show the case as it stands."""
        self._name.setText(calm(sheet.contact.full_name[:400]) or NO_NAME)
        self.number.show_words(sheet.case.number)
        home = sheet.home
        self.address.show_words(address_of(home.address_1, home.address_2, home.town, home.postcode))
        self.phone.show_words(sheet.contact.mobile or sheet.contact.phone)
        self.created.show_words(created_words(sheet.created))
        self._show_steps(sheet)
        self._show_priority(sheet)
        self._show_status(sheet)
        self._show_owner(sheet)
        self._unsent.setVisible(sheet.is_unsent)
        self._clock.setVisible(sheet.created.has_clock_mark)
        if sheet.created.has_clock_mark:
            self._clock.show_status(
                clock_off_words(sheet.created.clock_off).rstrip("."), kind="warning", icon="clock-alert"
            )
        self.close_button.setVisible(not sheet.case.is_closed)
        self.close_button.setEnabled("case.close" in sheet.offers)
        self.reopen_button.setVisible(sheet.case.is_closed)
        self.reopen_button.setEnabled("case.reopen" in sheet.offers)

    def _show_steps(self, sheet: CaseSheet) -> None:
        here = next((step.name for step in sheet.steps if step.is_current), "")
        self.step.set_words(here or "No step")
        self.step.setAccessibleName(f"Step: {here}")
        steps = [step for step in sheet.steps if step.is_current or step.kind not in _NOT_BY_HAND]
        choices = [(f"step-{step.id}", step.name, step.is_current) for step in steps]
        for action, step in zip(_put_choices(self.step, choices), steps, strict=False):
            action.triggered.connect(partial(self.step_asked.emit, step.id))
        self.step.setEnabled("case.step" in sheet.offers)

    def _show_priority(self, sheet: CaseSheet) -> None:
        now = sheet.case.priority
        self.priority.set_words(f"{PRIORITIES[now]} priority" if now is Priority.NORMAL else PRIORITIES[now])
        self.priority.setAccessibleName(f"Priority: {PRIORITIES[now]}")
        choices = [(f"priority-{value}", words, value is now) for value, words in PRIORITIES.items()]
        for action, value in zip(_put_choices(self.priority, choices), PRIORITIES, strict=False):
            action.triggered.connect(partial(self.priority_asked.emit, str(value)))
        self.priority.set_kind("danger" if now is Priority.URGENT else "secondary")
        self.priority.setEnabled("case.priority" in sheet.offers)

    def _show_status(self, sheet: CaseSheet) -> None:
        case = sheet.case
        if case.is_closed:
            self._status.show_status(f"Closed: {closed_reason_words(case.closed_reason)}", icon="archive")
        elif case.status is CaseStatus.NEW:
            self._status.show_status(STATUSES[case.status], kind="info", icon="hourglass")
        else:
            self._status.show_status(STATUSES[case.status], kind="accent")

    def _show_owner(self, sheet: CaseSheet) -> None:
        owner = sheet.owner
        is_queue = owner.kind is OwnerKind.QUEUE
        self._avatar.show_person(owner.name, queue=is_queue)
        self._owner.setText(f"{calm(owner.name)} (you)" if owner.is_me else calm(owner.name))
        by = "" if owner.by_id in ("", owner.id) else f" by {first_name(owner.by_name)}" if owner.by_name else ""
        since = stamp_words(owner.since)
        self._since.setText(f"Since {since}{by}")
        self.owner_button.setEnabled("case.owner" in sheet.offers)
        self.owner_button.set_face("users", name=f"Change owner, now {owner.name}")


def created_words(created: CreatedShown) -> str:
    """When, how and by whom the case came to be (S60): `Created Mon 9 Nov 2026, 14:02, from City council`."""
    then = here(created.at)
    day = date_words(then.date())
    year = "" if str(then.year) in day else f" {then.year}"
    came = f"from {created.source_name}" if created.source is Source.IMPORT and created.source_name else ""
    by = came or (f"by {created.by_name}" if created.by_name else "")
    return calm(f"Created {day}{year}, {clock_words(created.at)}{' ' + by if by else ''}")


def _put_choices(button: Button, choices: list[tuple[str, str, bool]]) -> list[QAction]:
    """Fill a menu with (object name, words, whether it is so now); answers the new entries, none where all stay.

    Entries are made by their constructor: asked for what `addAction(text)` made, Qt's binding may answer with a
    wrapper of something that lay at the same address before.
    """
    if button.property("choices") == str(choices):
        return []
    button.setProperty("choices", str(choices))
    menu = button.menu()
    menu.clear()
    made = []
    for name, words, is_now in choices:
        action = QAction(without_mnemonic(words), menu)
        action.setObjectName(name)
        action.setEnabled(not is_now)
        if is_now:
            action.setIcon(icons.icon("check", "accent"))
        made.append(action)
    menu.addActions(made)
    return made


def _menu_button(name: str, what: str, icon: str) -> Button:
    made = Button(what, small=True, icon=icon)
    made.setObjectName(name)
    menu = QMenu(made)
    menu.setObjectName(f"{name}-menu")
    made.setMenu(menu)
    return made


def _fact(name: str, icon: str, what: str, *, copies: bool = True) -> Fact:
    made = Fact(icon, what=what, copies=copies)
    made.setObjectName(name)
    return made
