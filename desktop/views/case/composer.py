"""The place to write at the foot of the feed: a note, a call or visit, the owner's review (S38, S74, S98 to S106)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casework.commands import AddNote, AnyCommand, LogInteraction, LogReview
from casework.questions.picks import PersonChoice
from casework.questions.sheets import CaseSheet
from casework.questions.shown import ReviewShown
from casework.rules.fields import REVIEW, TEXT
from casework.rules.notes import CHANNELS as CHANNEL_CODES
from desktop.messages import CHANNELS, stamp_words, words_for
from desktop.messages.drafts import kept_words
from desktop.models.case_table import today_here
from desktop.models.feed import calm
from desktop.models.task_list import read_time
from desktop.office import Office
from desktop.views.case.add_task import DueField
from desktop.views.case.keeping import Keeper
from desktop.widgets.buttons import Button
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.fields import ChoiceField, MultiLineField, TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Label
from desktop.widgets.mention_edit import MentionEdit
from desktop.widgets.people_list import Pick
from desktop.widgets.surfaces import Divider

NOTE, CONTACT, REVIEWS = "note", "contact", "review"
KINDS = ((NOTE, "Note"), (CONTACT, "Call or visit"), (REVIEWS, "Review"))
# The three lines that a review begins with; the cursor stands at the end of the first (S100, L17).
TEMPLATE = ("Current status: ", "Pending action items: ", "Pending action owner: ")
SAVE_WORDS = {NOTE: "Add note", CONTACT: "Add", REVIEWS: "Log review"}
NOT_BEFORE = "That is still to come. Write down when it took place."


class Composer(QWidget):
    """Says `asked(command)`; keeps what was typed, for each case and kind, until `done(kind)`.

    `not_kept(Refused)` where the disk will not take what is typed.
    """

    asked = Signal(object)
    not_kept = Signal(object)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._case_id = ""
        self._seen_review = ""
        self._offers: frozenset[str] = frozenset()
        self._is_showing = False
        self._kinds = SegmentedControl(KINDS, name="What to write")
        self._kinds.setObjectName("composer-kinds")
        self._kinds.chosen.connect(self.turn_to)
        self.note = MentionEdit(name="Note", placeholder="Write a note. @ tells somebody.")
        self.note.setObjectName("composer-note")
        self.contact = MentionEdit(name="What was said", placeholder="What was said? @ tells somebody.")
        self.contact.setObjectName("composer-contact")
        self.review = MultiLineField(name="Review")
        self.review.setObjectName("composer-review")
        self._details = ContactDetails()
        self._count = Caption()
        self._count.setObjectName("composer-count")
        self._said = Caption(wrap=True)
        self._said.setObjectName("composer-kept")
        self._problem = Label(kind="error", wrap=True)
        self._problem.setObjectName("composer-problem")
        self._last_review = Caption(wrap=True)
        self._last_review.setObjectName("last-review")
        self.save = Button("Add note", kind="secondary", small=True, key="Ctrl+Enter")
        self.save.setObjectName("composer-save")
        self.save.clicked.connect(self.finish)
        self._keepers = {
            NOTE: Keeper(office, lambda: {"text": self.note.toPlainText()}, self),
            CONTACT: Keeper(office, self._contact_body, self),
            REVIEWS: Keeper(office, self._review_body, self),
        }
        self._build()
        self._connect()
        self.turn_to(NOTE)

    def _build(self) -> None:
        for edit in (self.note, self.contact):
            edit.show_lines(2)
        self.review.show_lines(5)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._kinds)
        head.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._said, 1)
        foot.addWidget(self._problem, 1)
        foot.addStretch(0)
        foot.addWidget(self._count)
        foot.addWidget(self.save)
        column = QVBoxLayout()
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self._last_review, self._details, self.note, self.contact, self.review):
            column.addWidget(part)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(Divider())
        whole.addLayout(column)
        self._problem.hide()

    def _connect(self) -> None:
        for kind, edit in self._edits().items():
            edit.edited.connect(lambda _, kind=kind: self._typed(kind))
        self._details.changed.connect(lambda: self._typed(CONTACT))
        for edit in (self.note, self.contact):
            edit.finished.connect(self.finish)
        for keeper in self._keepers.values():
            keeper.kept.connect(self._said.setText)
            keeper.failed.connect(self.not_kept)

    def _edits(self) -> dict[str, MultiLineField]:
        return {NOTE: self.note, CONTACT: self.contact, REVIEWS: self.review}

    def show_people(self, people: Sequence[PersonChoice]) -> None:
        """Whom a note may mention (S39)."""
        picks = [Pick(one.id, one.name) for one in people]
        for edit in (self.note, self.contact):
            edit.show_people(picks)

    def show_case(self, sheet: CaseSheet) -> None:
        """Turn to a case; what was typed for another is kept there, what was typed for this one comes back."""
        self._offers = sheet.offers
        may = {NOTE: "note.add", CONTACT: "interaction.log", REVIEWS: "review.log"}
        for kind, offer in may.items():
            option = self._kinds.findChild(QWidget, f"choice-{kind}")
            if option is not None:
                option.setVisible(offer in sheet.offers)
        self._kinds.updateGeometry()
        self._show_last_review(sheet.review)
        self._seen_review = sheet.review.id if sheet.review is not None else ""
        if sheet.case.id != self._case_id:
            self._case_id = sheet.case.id
            self._bring_back()
        elif may[self.kind()] not in sheet.offers and not self._edits()[self.kind()].toPlainText().strip():
            self.turn_to(NOTE)
        self.setVisible("note.add" in sheet.offers)
        self._fit()

    def kind(self) -> str:
        """What is being written: note, contact or review."""
        return self._kinds.current()

    def turn_to(self, kind: str) -> None:
        """Show the place for a note, a contact or a review; nothing typed elsewhere is lost."""
        self._kinds.choose(kind)
        for known, edit in self._edits().items():
            edit.setVisible(known == kind)
        self._details.setVisible(kind == CONTACT)
        self._last_review.setVisible(kind == REVIEWS and bool(self._last_review.text()))
        if kind == REVIEWS and not self.review.toPlainText().strip():
            self._begin_review()
        self.save.set_words(SAVE_WORDS[kind])
        self._said.setText("")
        self._show_problem("")
        self._fit()

    def begin(self, kind: str) -> None:
        """Turn to a kind and put the keyboard there."""
        self.turn_to(kind)
        self._edits()[kind].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def finish(self) -> None:
        """Say what was written, if it can be said."""
        problem = self._what_is_wrong()
        self._show_problem(problem)
        if not problem:
            self.asked.emit(self._command())

    def done(self, kind: str) -> None:
        """It is on the case: an empty place for the next."""
        self._keepers[kind].forget()
        self._is_showing = True
        self._edits()[kind].setPlainText("")
        if kind == CONTACT:
            self._details.begin()
        self._is_showing = False
        if kind == REVIEWS:
            self.turn_to(NOTE)
        self._said.setText("")
        self._fit()

    def flush(self) -> None:
        """Keep what is typed now."""
        for keeper in self._keepers.values():
            keeper.flush()

    def show_problem(self, words: str) -> None:
        """Say why it was not taken; what was typed stays."""
        self._show_problem(words)

    def _bring_back(self) -> None:
        self.flush()
        self._is_showing = True
        self._details.begin()
        whens = {}
        for kind, edit in self._edits().items():
            body, whens[kind] = self._keepers[kind].open(f"case/{self._case_id}/{kind}")
            edit.setPlainText(body.get("text", ""))
            if kind == CONTACT and body:
                self._details.restore(body)
        self._is_showing = False
        kept = next((kind for kind, edit in self._edits().items() if edit.toPlainText().strip()), NOTE)
        self.turn_to(kept)
        self._said.setText(kept_words(whens[kept]) if whens[kept] else "")

    def _typed(self, kind: str) -> None:
        if self._is_showing:
            return
        self._keepers[kind].touch()
        self._show_problem("")
        self._fit()

    def _begin_review(self) -> None:
        self._is_showing = True
        self.review.setPlainText("\n".join(TEMPLATE))
        cursor = self.review.textCursor()
        cursor.setPosition(len(TEMPLATE[0]))
        self.review.setTextCursor(cursor)
        self._is_showing = False

    def _fit(self) -> None:
        """The place grows with what is written, and says how much room is left."""
        kind = self.kind()
        edit = self._edits()[kind]
        lines = edit.document().blockCount()
        most = 8 if edit.hasFocus() else 5
        edit.show_lines(max(5 if kind == REVIEWS else 2, min(most, lines)))
        edit.setMaximumHeight(edit.sizeHint().height())
        length = len(self.review.toPlainText())
        is_review = kind == REVIEWS
        over = length - REVIEW
        self._count.setText("" if not is_review else f"{over} too many" if over > 0 else f"{length} of {REVIEW}")
        self._count.setVisible(is_review)
        text = edit.toPlainText().strip()
        is_begun = bool(text) and not (is_review and text == "\n".join(TEMPLATE).strip())
        self.save.setEnabled(kind == CONTACT or is_begun)
        self.save.set_kind("primary" if is_begun else "secondary")
        self.updateGeometry()

    def _what_is_wrong(self) -> str:
        kind = self.kind()
        text = self._edits()[kind].toPlainText()
        most = REVIEW if kind == REVIEWS else TEXT
        if len(text) > most:
            return words_for("too-long", {"field": "text", "limit": str(most), "length": str(len(text))}).whole
        if kind == NOTE and not text.strip():
            return words_for("note-is-empty").whole
        if kind == REVIEWS and text.strip() in ("", "\n".join(TEMPLATE).strip()):
            return words_for("review-is-empty").whole
        return self._details.problem() if kind == CONTACT else ""

    def _command(self) -> AnyCommand:
        kind = self.kind()
        if kind == REVIEWS:
            return LogReview(case_id=self._case_id, text=self.review.toPlainText(), seen=self._seen_review)
        if kind == CONTACT:
            return LogInteraction(
                case_id=self._case_id,
                channel=self._details.channel(),
                direction=self._details.direction(),
                happened_at=self._details.happened_at(),
                minutes=self._details.minutes(),
                text=self.contact.value(),
                mentions=tuple(self.contact.mentions()),
            )
        return AddNote(case_id=self._case_id, text=self.note.value(), mentions=tuple(self.note.mentions()))

    def _contact_body(self) -> dict[str, str]:
        text = self.contact.toPlainText()
        return {"text": text, **self._details.body()} if text.strip() else {}

    def _review_body(self) -> dict[str, str]:
        text = self.review.toPlainText()
        return {"text": text} if text.strip() != "\n".join(TEMPLATE).strip() else {}

    def _show_last_review(self, review: ReviewShown | None) -> None:
        words = ""
        if review is not None:
            text = " ".join(calm(review.text).split())
            words = (
                f"Last review {stamp_words(review.at)}, {review.by_name}: {text[:140]}{'…' if len(text) > 140 else ''}"
            )
        self._last_review.setText(words)

    def _show_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))


class ContactDetails(QWidget):
    """How, which way, when and how long: the particulars of a call or a visit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channel = ChoiceField([(code, CHANNELS[code]) for code in CHANNEL_CODES], name="How")
        self._channel.setObjectName("contact-channel")
        self._direction = ChoiceField([("out", "From us"), ("in", "From them")], name="Which way")
        self._direction.setObjectName("contact-direction")
        self._day = DueField(name="Day")
        self._day.setObjectName("contact-day")
        self._time = TextField(name="Time", placeholder="14:00", longest=10)
        self._time.setObjectName("contact-time")
        self._minutes = TextField(name="Minutes", placeholder="min", longest=4)
        self._minutes.setObjectName("contact-minutes")
        for field in (self._time, self._minutes):
            field.setMaximumWidth(74)
        self._day.setMaximumWidth(172)
        flow = FlowRow(self._channel, self._direction, self._day, self._time, self._minutes, spacing=6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(flow)
        self._channel.chosen.connect(self.changed)
        self._direction.chosen.connect(self.changed)
        self._day.chosen.connect(self.changed)
        self._time.textEdited.connect(self.changed)
        self._minutes.textEdited.connect(self.changed)
        self.begin()

    def begin(self) -> None:
        """A call from us, just now."""
        self._channel.choose("call")
        self._direction.choose("out")
        self._day.show_day(today_here())
        self._time.setText("")
        self._minutes.setText("")

    def channel(self) -> str:
        """The code of how it was."""
        return self._channel.value()

    def direction(self) -> str:
        """`out` or `in`."""
        return self._direction.value() or "out"

    def minutes(self) -> int:
        """How long it took, 0 where nobody says."""
        text = self._minutes.value()
        return int(text) if text.isdecimal() else 0

    def happened_at(self) -> datetime:
        """When it took place: the time entered; else now for today, and noon for another day."""
        day = self._day.value() or today_here()
        minutes = read_time(self._time.value())
        if minutes < 0 and day == today_here():
            return datetime.now(UTC)
        at = time(minutes // 60, minutes % 60) if minutes >= 0 else time(12)
        return datetime.combine(day, at).astimezone().astimezone(UTC)

    def problem(self) -> str:
        """What cannot be said as it stands, in words."""
        if self._day.is_problem():
            return "The day is no date. Write it like 14/3 or yesterday."
        if self._time.value() and read_time(self._time.value()) < 0:
            return "The time is no time. Write it like 14:00 or 2pm."
        if self._minutes.value() and not self._minutes.value().isdecimal():
            return "How long is a number of minutes."
        return NOT_BEFORE if self.happened_at() > datetime.now(UTC) + timedelta(minutes=5) else ""

    def body(self) -> dict[str, str]:
        """What to keep of it with a draft."""
        return {
            "channel": self.channel(),
            "direction": self.direction(),
            "day": self._day.text(),
            "time": self._time.text(),
            "minutes": self._minutes.text(),
        }

    def restore(self, kept: dict[str, str]) -> None:
        """Put a kept draft back."""
        self._channel.choose(kept.get("channel", "call"))
        self._direction.choose(kept.get("direction", "out"))
        self._day.setText(kept.get("day", ""))
        self._time.setText(kept.get("time", ""))
        self._minutes.setText(kept.get("minutes", ""))
