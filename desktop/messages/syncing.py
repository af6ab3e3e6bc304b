"""Where one's work is, in words: the chip, the sentence over the sync page, and the receipts (experience.md 1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from casework.answers import Status
from desktop.messages.times import ago_words, clock_words, moment_words, stamp_words
from desktop.messages.troubles import TROUBLES
from desktop.messages.words import count_words, fill, size_words

if TYPE_CHECKING:
    from sync.status import SyncState

LATE_AFTER = timedelta(days=2)
# How long the sync page tells of a server that was restored.
RESTORED_SHOWN = timedelta(days=7)

# Where somebody has to do something before anything can be sent.
_STOPPED: Mapping[str, tuple[str, str]] = {
    "signed-out": ("late", "Sign in to send"),
    "sign-in-needed": ("late", "Sign in to send"),
    "locked-out": ("error", "Ask your admin"),
    "access-ended": ("error", "Ask your admin"),
    "out-of-date": ("late", "Update for news"),
    "device-lost": ("error", "Ask your admin"),
    "lease-over": ("late", "Connect to open"),
    "too-much-goes": ("error", "Ask your admin"),
    "sync-broke": ("error", "Sending stopped"),
    "store-damaged": ("error", "Open Doorstep again"),
}
NO_WAY = frozenset({"offline", "not-our-server", "server-busy", "server-fault", "sync-fault"})


STOPPED = frozenset(_STOPPED)


class Chip(NamedTuple):
    """What the chip says; `kind` is sent, sending, offline, slow, late, decision or error."""

    kind: str
    words: str
    detail: str
    time: str = ""


def chip(state: "SyncState", now: datetime) -> Chip:
    """The chip for a moment of the sync. Offline is never alarming; only what needs a person is."""
    stopped = state.lock or state.fault
    if stopped in _STOPPED:
        kind, words = _STOPPED[stopped]
        return Chip(kind, words, where_things_stand(state, now))
    late = state.oldest_unsent is not None and now - state.oldest_unsent >= LATE_AFTER
    if late and state.oldest_unsent is not None:
        return Chip("late", f"Not sent for {ago_words(now - state.oldest_unsent)}", where_things_stand(state, now))
    if state.fault in NO_WAY:
        kept = f"{state.unsent} kept here" if state.unsent else ""
        return Chip("offline", "Offline", where_things_stand(state, now), kept)
    if state.unsent or (state.papers and state.in_sync_at is not None):
        return _to_send(state, now)
    if state.in_sync_at is None or state.filling:
        return Chip("sending", "Getting your cases", "They appear as they arrive; you can start now.")
    if state.decisions:
        words = f"{state.decisions} {'needs' if state.decisions == 1 else 'need'} your decision"
        return Chip("decision", words, "Something you or a colleague did waits for you to decide.")
    return Chip("sent", "All sent", where_things_stand(state, now), stamp_words(state.in_sync_at, now))


def _to_send(state: "SyncState", now: datetime) -> Chip:
    if state.unsent:
        return Chip("sending", f"{state.unsent} to send", where_things_stand(state, now))
    size = size_words(state.paper_bytes)
    return Chip("slow", count_words(state.papers, "document"), where_things_stand(state, now), f"{size} to send")


def where_things_stand(state: "SyncState", now: datetime) -> str:
    """One or two sentences about where one's work is."""
    waiting = _what_waits(state)
    stopped = state.lock or state.fault
    if stopped in _STOPPED:
        trouble = fill(TROUBLES[stopped], state.facts)
        return " ".join(
            part for part in (trouble.sentence, waiting and f"{waiting} kept here.", trouble.next_step) if part
        )
    late = state.oldest_unsent is not None and now - state.oldest_unsent >= LATE_AFTER
    if late and state.unsent:
        return f"The office cannot see your last {count_words(state.unsent, 'change')}. Connect to send."
    if state.fault == "offline":
        return f"You can carry on. {_will_be_sent(waiting)}"
    if state.fault:
        trouble = fill(TROUBLES.get(state.fault, TROUBLES["sync-fault"]), state.facts)
        return f"{trouble.title}. You can carry on. {_will_be_sent(waiting)}"
    if waiting:
        return f"Sending now: {waiting}."
    if state.in_sync_at is None:
        return "Getting your cases for the first time. They appear as they arrive; you can start now."
    if not state.in_step:
        return "Your cases are being compared with the server's."
    everything = "Everything on this device is also on the server."
    return f"{everything} {restored_words(state)}" if _is_fresh(state, now) else everything


def restored_words(state: "SyncState") -> str:
    """What this laptop did about a server that went back in time (OC26); empty where none did."""
    if state.restored_at is None:
        return ""
    was = "was" if state.sent_again == 1 else "were"
    again = f"{count_words(state.sent_again, 'change')} of yours {was} sent again"
    lost = again if state.sent_again else "nothing was lost"
    return f"The server was found restored {moment_words(state.restored_at)}; {lost}."


def trouble_step(state: "SyncState") -> str:
    """What to do about what stopped the last round; empty where nothing did, or nothing needs doing."""
    if state.fault in ("", "offline"):
        return ""
    return fill(TROUBLES.get(state.fault, TROUBLES["sync-fault"]), state.facts).next_step


def last_in_sync_words(state: "SyncState") -> str:
    """`Everything was in step at 14:02.`, or that it never was."""
    if state.in_sync_at is None:
        return "This device has not fetched everything yet."
    return f"Last in step with the server {moment_words(state.in_sync_at)}."


def next_try_words(state: "SyncState") -> str:
    """When it is tried again by itself."""
    return f"Next try at {clock_words(state.next_try)}." if state.next_try else ""


def receipt_words(status: str) -> str:
    """What became of one change: its status, empty while it is only here."""
    return _RECEIPTS[Status(status)] if status else "Kept here"


def receipt_ticks(status: str) -> tuple[bool, bool, bool]:
    """Kept here, sent, accepted: which of the three ticks are on (X2)."""
    if not status:
        return True, False, False
    return True, True, Status(status) in (Status.APPLIED, Status.APPLIED_CHANGED)


def is_in_decisions(status: str) -> bool:
    """Whether what became of the change waits, or waited, under Decisions (OC25)."""
    return bool(status) and Status(status) in _UNDER_DECISIONS


def paper_words(count: int, size: int) -> str:
    """`2 documents (8.4 MB)`."""
    return f"{count_words(count, 'document')} ({size_words(size)})"


def _is_fresh(state: "SyncState", now: datetime) -> bool:
    return state.restored_at is not None and now - state.restored_at < RESTORED_SHOWN


def _what_waits(state: "SyncState") -> str:
    parts = []
    if state.unsent:
        parts.append(count_words(state.unsent, "change"))
    if state.papers:
        parts.append(count_words(state.papers, "document"))
    return " and ".join(parts)


def _will_be_sent(waiting: str) -> str:
    if not waiting:
        return "Everything that you do is kept on this device."
    return f"{waiting[:1].upper()}{waiting[1:]} will be sent when you are back online."


_UNDER_DECISIONS = frozenset({Status.CONFLICT_KEPT, Status.REFUSED_KEPT, Status.DELETED_KEPT, Status.ERROR_KEPT})
_RECEIPTS: Mapping[Status, str] = {
    Status.APPLIED: "Accepted",
    Status.APPLIED_CHANGED: "Accepted, without an earlier change that is lost",
    Status.CONFLICT_KEPT: "Waits for a decision",
    Status.REFUSED_KEPT: "Not accepted",
    Status.DELETED_KEPT: "Kept: the case is gone",
    Status.ERROR_KEPT: "The server could not take it in",
    Status.HELD: "Waits for an earlier change",
    Status.LATER: "Sent, to be taken later",
}
