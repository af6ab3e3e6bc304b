"""The words that go with a triage outcome other than yes: why not, or which case it is a duplicate of (A7)."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.questions.jump import SHORTEST, jump
from casework.questions.sheets import WaitingCase
from casework.questions.shown import OtherCase
from casework.rules.triage import NEEDS_A_REASON
from casework.values import CaseStatus, TriageOutcome
from desktop import theme
from desktop.messages import OUTCOMES, STATUSES, clock_words
from desktop.messages.drafts import kept_words
from desktop.models.waiting_list import NO_NAME
from desktop.office import Office
from desktop.widgets.buttons import Button
from desktop.widgets.fields import LabeledField, MultiLineField
from desktop.widgets.labels import Caption, Label
from desktop.widgets.people_list import Pick, PickModel
from desktop.widgets.rows import RowList
from desktop.widgets.search_field import SearchField

DRAFT_PAUSE_MS = 250
_HINTS = {
    TriageOutcome.SIGNPOSTED: "Say where to. The reason is kept on the case, and the case is closed.",
    TriageOutcome.DECLINED: "The reason is kept on the case, and the case is closed. Nothing is deleted.",
    TriageOutcome.DUPLICATE: "This case is closed with a link to the other one. Nothing is deleted.",
    TriageOutcome.CANNOT_CONTACT: "Say how it was tried. The case is closed and can be reopened.",
    TriageOutcome.OUT_OF_AREA: "The case is closed. Nothing is deleted.",
}


class TriageForm(QWidget):
    """Opens over the triage bar; `acted` on its button or Ctrl+Enter, `left` on Cancel or Escape.

    What is typed is kept as a draft of the case until it was acted on or left on purpose.
    """

    acted = Signal()
    left = Signal()

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("triage-form")
        self._office = office
        self._case_id = ""
        self.outcome = TriageOutcome.DECLINED
        self._known: list[Pick] = []
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(DRAFT_PAUSE_MS)
        self._clock.timeout.connect(self.keep_draft)
        self._title = Label(kind="heading")
        self._title.setObjectName("triage-form-title")
        self._hint = Caption(wrap=True)
        self._build_twins()
        self._reason = MultiLineField(name="Reason")
        self._reason.setObjectName("triage-reason")
        self._reason.show_lines(2)
        self._reason.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._reason.edited.connect(self._clock.start)
        self._reason.installEventFilter(self)
        self._field = LabeledField("Reason", self._reason)
        self._act = Button("Decline", kind="primary", key="Ctrl+Enter")
        self._act.setObjectName("triage-form-act")
        self._act.clicked.connect(self.acted)
        cancel = Button("Cancel", kind="quiet")
        cancel.setObjectName("triage-form-cancel")
        cancel.clicked.connect(self._give_up)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._act)
        foot.addWidget(cancel)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        for part in (self._title, self._hint, self._twins, self._field):
            column.addWidget(part)
        column.addLayout(foot)

    def open(self, outcome: TriageOutcome, sheet: WaitingCase, *, take_focus: bool = True) -> None:
        """Ask what this outcome needs to know; what was typed for it before is there again."""
        self._case_id = sheet.case.id
        self.outcome = outcome
        self._title.setText(f"{OUTCOMES[outcome]}: {sheet.contact.full_name[:60] or NO_NAME}")
        self._act.set_words(OUTCOMES[outcome] if outcome is not TriageOutcome.DUPLICATE else "Close as duplicate")
        is_twin = outcome is TriageOutcome.DUPLICATE
        self._twins.setVisible(is_twin)
        self._field.show_problem("")
        self._hint.setText(_HINTS[outcome])
        self._known = [_pick(other) for other in (*sheet.alike, *sheet.earlier)]
        self._search.clear()
        self._show_twins("")
        self._bring_back(self._office.drafts.find(self._draft_key()))
        self.show()
        if take_focus:
            first: QWidget = self._search if is_twin else self._reason
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def reason(self) -> str:
        """Why, in the person's own words."""
        return self._reason.value()

    def duplicate_of(self) -> str:
        """The id of the case that this one is a duplicate of; empty where none is chosen or none is asked for."""
        if self.outcome is not TriageOutcome.DUPLICATE:
            return ""
        pick = self._model.pick_at(self._list.currentIndex())
        return pick.id if pick else ""

    def is_written_in(self) -> bool:
        """Whether something would be lost if the form went away by itself."""
        return not self.isHidden() and bool(self.reason())

    def show_problem(self, words: str) -> None:
        """Say what is missing, under the field."""
        self._field.show_problem(words)

    def lacks(self) -> bool:
        """Whether a reason is needed and not there yet; says so under the field."""
        is_missing = self.outcome in NEEDS_A_REASON and not self.reason()
        if is_missing:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
        return is_missing

    def done(self) -> None:
        """The decision was made: the form closes and its draft is not needed any more."""
        self._clock.stop()
        self._office.drafts.forget(self._draft_key())
        self._empty()

    def put_by(self) -> None:
        """Another case is looked at: the form closes, what was typed is kept."""
        if self._clock.isActive():
            self._clock.stop()
            self.keep_draft()
        self._empty()

    def keep_draft(self) -> None:
        """Keep what is typed now."""
        if self._case_id:
            typed = self._reason.toPlainText()
            said = {"reason": typed, "outcome": self.outcome.value, "at": datetime.now(UTC).isoformat()}
            self._office.drafts.keep(self._draft_key(), said if typed.strip() else {})
            self._field.show_kept(_kept_words(said) if typed.strip() else "")

    def drafted(self, case_id: str) -> TriageOutcome | None:
        """The outcome that somebody had begun to write about, if any."""
        found = self._office.drafts.find(f"triage/{case_id}").get("outcome", "")
        return TriageOutcome(found) if found else None

    def _build_twins(self) -> None:
        self._twins = QWidget()
        self._search = SearchField(name="Find the other case", placeholder="Name, number, postcode or phone")
        self._search.setObjectName("duplicate-search")
        self._search.searched.connect(self._show_twins)
        self._search.installEventFilter(self)
        self._model = PickModel()
        self._list = RowList(name="Cases that it may be a duplicate of", two_lines=False, lines=False)
        self._list.setObjectName("duplicate-list")
        self._list.setModel(self._model)
        self._none = Caption("No case found. Type a name, a number, a postcode or a phone number.")
        column = QVBoxLayout(self._twins)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._search, self._list, self._none):
            column.addWidget(part)

    def _show_twins(self, typed: str) -> None:
        picks = self._known
        if len(typed.strip()) >= SHORTEST:
            hits = self._office.ask(jump, typed).hits
            picks = [
                Pick(hit.case_id, hit.client or NO_NAME, f"{hit.number} · {hit.step_name} · {hit.postcode}", "person")
                for hit in hits
                if hit.case_id != self._case_id
            ]
        self._model.show_picks(picks[:20])
        self._list.setVisible(bool(picks))
        self._none.setVisible(not picks)
        self._list.setFixedHeight(theme.grown(20, 16) * min(3, max(1, len(picks))) + 2)
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _bring_back(self, draft: dict[str, str]) -> None:
        self._reason.setPlainText(draft.get("reason", ""))
        self._clock.stop()
        self._field.show_kept(_kept_words(draft) if draft.get("reason") else "")

    def _draft_key(self) -> str:
        return f"triage/{self._case_id}"

    def _give_up(self) -> None:
        """Close without deciding. What was typed comes back with the same button, but not by itself."""
        self.keep_draft()
        typed = self._office.drafts.find(self._draft_key())
        self._office.drafts.keep(self._draft_key(), {**typed, "outcome": ""} if typed else {})
        self.put_by()
        self.left.emit()

    def _empty(self) -> None:
        self.hide()
        self._case_id = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self.acted.emit()
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._clock.isActive():
            self._clock.stop()
            self.keep_draft()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.acted.emit()
        else:
            super().keyPressEvent(event)


def _kept_words(draft: dict[str, str]) -> str:
    at = draft.get("at", "")
    return kept_words(f"at {clock_words(datetime.fromisoformat(at))}" if at else "")


def _pick(other: OtherCase) -> Pick:
    where = STATUSES[other.status] if other.status is CaseStatus.CLOSED else other.step_name
    return Pick(other.id, other.client or NO_NAME, f"{other.number} · {where}")
