"""How far a change has come, in words: kept here, sent, accepted under a number, seen by the owner (X2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from casework.answers import Status
from desktop.messages.deeds import deed_title
from desktop.messages.syncing import receipt_words
from desktop.messages.times import here, moment_words
from desktop.messages.words import count_words

if TYPE_CHECKING:
    from casework.questions.shown import FeedLine
    from sync.history import ChangeShown, History


def receipt_sentence(line: "FeedLine") -> str:
    """Of a line of the feed: `Reached the office at 9:12. Accepted as number 1,234. Seen by Ben Carter at 10:02.`"""
    if line.arrived_at is None:
        return ""
    parts = [f"Reached the office {here(line.arrived_at):%d %b %Y, %H:%M}."]
    if line.is_mine and line.rev:
        parts.append(f"Accepted as number {line.rev:,}.")
    if line.seen_by_name and line.seen_at is not None:
        parts.append(f"Seen by {line.seen_by_name}, the owner, {moment_words(line.seen_at)}.")
    elif line.is_mine and line.rev:
        parts.append("Not yet seen by another owner.")
    return " ".join(parts)


def about_words(change: "ChangeShown") -> str:
    """Whose case it is about."""
    gone = "A case that was deleted for good" if change.is_erased else "A case that is not here"
    return ", ".join(part for part in (change.client, change.number) if part) or gone


def chip_words(change: "ChangeShown") -> str:
    """The last step that a change has come to."""
    return f"Seen by {change.seen_by}" if change.seen_by and is_accepted(change) else receipt_words(change.status)


def is_accepted(change: "ChangeShown") -> bool:
    """Whether it took effect as it was said."""
    return change.status in (Status.APPLIED, Status.APPLIED_CHANGED)


def steps_of(change: "ChangeShown") -> tuple[str, ...]:
    """Every step with its time, the first first."""
    steps = [f"Kept on this device {_stamp(change.said_at)}"]
    if change.status in (Status.HELD, Status.LATER):
        steps.append(f"Sent. {receipt_words(change.status)}")
    if change.answered_at is not None:
        number = f", number {change.rev:,}" if change.rev else ""
        steps.append(f"{receipt_words(change.status)} {_stamp(change.answered_at)}{number}")
    if change.seen_by and change.seen_at is not None and is_accepted(change):
        steps.append(f"Seen by {change.seen_by} {_stamp(change.seen_at)}")
    return tuple(steps)


def history_text(history: "History", who: str, now: datetime) -> str:
    """All that waits and all receipts, as a plain text to keep or to send to somebody."""
    parts = [f"Changes by {who}, as of {_stamp(now)}", ""]
    parts += _section("Waiting to be sent", history.waiting, who)
    if history.papers:
        parts.append(f"Documents to send: {count_words(len(history.papers), 'document')}")
        parts += [f"  {paper.name}  {paper.size:,} bytes  {paper.number}".rstrip() for paper in history.papers]
        parts.append("")
    parts += _section("What became of the last changes", history.receipts, who)
    return "\n".join(parts)


def _section(title: str, changes: Iterable["ChangeShown"], who: str) -> list[str]:
    lines = [title]
    for change in changes:
        lines.append(f"  {deed_title(change.command, change.wish, who)} - {about_words(change)}")
        lines += [f"    {step}" for step in steps_of(change)]
        lines.append(f"    id {change.id}")
    if len(lines) == 1:
        lines.append("  Nothing.")
    return [*lines, ""]


def _stamp(moment: datetime) -> str:
    return f"{here(moment):%d %b %Y, %H:%M:%S}"
