"""What to know before anything else: decisions that wait, a case that moved on, closed, doubled and other cases."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from casework.questions.sheets import CaseSheet
from casework.questions.shown import OwnershipLine
from casework.values import OwnerKind
from desktop.messages import closed_reason_words, flag_words, moment_words, story
from desktop.models.feed import calm
from desktop.widgets.notice_bar import NoticeBar, NoticeKind

# A change of owner is news for so long.
NEWS = timedelta(days=14)
MOST = 3


class Panel(NamedTuple):
    """A notice over the case: `actions` are (key, words): `decide ID`, `open ID`, `reopen`, `triage`, `letter`."""

    key: str
    title: str
    text: str
    kind: NoticeKind
    actions: tuple[tuple[str, str], ...] = ()

    def bar(self) -> NoticeBar:
        """The notice as a widget."""
        return NoticeBar(self.title, text=self.text, kind=self.kind, actions=self.actions)


def panels_of(sheet: CaseSheet, me: str, now: datetime | None = None) -> list[Panel]:
    """What to say over the case, the most pressing first; at most three."""
    now = now or datetime.now(UTC)
    found = [*_decisions(sheet), *_moved(sheet, me, now), *_closed(sheet), *_waiting(sheet), *_others(sheet)]
    return found[:MOST]


def _decisions(sheet: CaseSheet) -> list[Panel]:
    found = []
    for card in sheet.kept:
        told = story(card)
        words = "Decide" if card.for_me or card.may else "Look at it"
        kind: NoticeKind = "warning" if card.for_me else "info"
        found.append(
            Panel(f"decide {card.id}", calm(told.title), calm(told.sentence), kind, ((f"decide {card.id}", words),))
        )
    return found


def _moved(sheet: CaseSheet, me: str, now: datetime) -> list[Panel]:
    """Somebody else took the case away from the viewer lately; a decision that waits tells of it already."""
    last = sheet.ownership[-1] if sheet.ownership and not sheet.kept else None
    if last is None or last.from_id != me or last.by_id == me or now - last.at > NEWS:
        return []
    return [Panel(f"moved {last.epoch}", f"This case is now with {calm(last.to_name)}", _how(last), "info")]


def _how(last: OwnershipLine) -> str:
    by = last.by_name or "Somebody"
    verb = "took it over" if last.by_id == last.to_id else "moved it"
    reason = f": {' '.join(calm(last.reason).split())}" if last.reason else ""
    where = "in the queue" if last.to_kind is OwnerKind.QUEUE else "with them"
    return f"{by} {verb} {moment_words(last.at)}{reason}. What you wrote stays on the case, {where}."


def _closed(sheet: CaseSheet) -> list[Panel]:
    case = sheet.case
    if not case.is_closed:
        return []
    by = f" by {sheet.closed_by_name}" if sheet.closed_by_name else ""
    when = f" {moment_words(case.closed_at)}" if case.closed_at else ""
    actions = []
    if "case.reopen" in sheet.offers:
        actions.append(("reopen", "Reopen"))
    if sheet.duplicate_of is not None:
        actions.append((f"open {sheet.duplicate_of.id}", f"Open {sheet.duplicate_of.number}"))
    text = "Notes, documents and finished tasks still reach it."
    if sheet.duplicate_of is not None:
        text = f"It doubles {sheet.duplicate_of.number} of {calm(sheet.duplicate_of.client)}."
    title = f"Closed{by}{when}: {closed_reason_words(case.closed_reason)}"
    return [Panel("closed", title, text, "warning", tuple(actions))]


def _waiting(sheet: CaseSheet) -> list[Panel]:
    found = []
    if "case.triage" in sheet.offers:
        text = "Support the client, or say why not; the case then leaves the waiting list."
        found.append(Panel("triage", "This case waits to be triaged", text, "info", (("triage", "Decide about it"),)))
    if sheet.letter is not None and sheet.letter.flags and sheet.case.triage_outcome is None:
        first = flag_words(sheet.letter.flags[0][0])
        count = len(sheet.letter.flags)
        more = f" and {count - 1} more" if count > 1 else ""
        text = f"{first}{more}. The letter has the words as they came."
        found.append(
            Panel("letter", "Something in the referral needs an eye", text, "warning", (("letter", "Read it"),))
        )
    return found


def _others(sheet: CaseSheet) -> list[Panel]:
    if not sheet.others:
        return []
    first = sheet.others[0]
    more = f" and {len(sheet.others) - 1} more" if len(sheet.others) > 1 else ""
    whose = "This client has" if "same_client" in first.because else "This home has"
    text = f"{first.number}, {calm(first.client)}, at {first.step_name}, with {first.owner_name or 'nobody'}{more}."
    return [Panel("others", f"{whose} another open case", text, "info", ((f"open {first.id}", "Open it"),))]
