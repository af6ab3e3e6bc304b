"""What every message is made of: a title, a sentence, a next step; and how facts get into them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from casework.values import AssignmentStatus
from desktop.messages.labels import ASSIGNMENT_STATUSES, field_label
from desktop.messages.times import date_words, moment_words, parsed

Facts = Mapping[str, str]

_ID = re.compile(r"[0-9a-f]{32}")
# What stands in where a fact is not there: somebody left, or an older app did not say.
_MISSING = {
    "owner": "Somebody else",
    "by": "somebody",
    "wanted": "somebody",
    "seen": "somebody",
    "person": "This person",
    "queue": "This queue",
    "closed_by": "somebody",
    "done_by": "somebody",
    "assignee": "somebody",
    "for": "somebody else",
    "to": "somebody",
    "team": "the team",
    "name": "This file",
    "title": "The task",
    "when": "meanwhile",
    "off": "wrong",
    "field_words": "This field",
}


class Words(NamedTuple):
    """A message: what happened, why, and what to do next. `next_step` is never empty for something that failed."""

    title: str
    sentence: str = ""
    next_step: str = ""

    @property
    def text(self) -> str:
        """Sentence and next step in one, for under the title."""
        return " ".join(part for part in (self.sentence, self.next_step) if part)

    @property
    def whole(self) -> str:
        """All of it in one line, for a status or a screen reader."""
        return " ".join(part for part in (f"{self.title}.", self.text) if part)


class _Filled(dict[str, str]):
    """Facts with stand-ins; `lacks` notes what was asked for and has neither."""

    lacks: bool = False

    def __missing__(self, key: str) -> str:
        self.lacks = self.lacks or key not in _MISSING
        return _MISSING.get(key, "")


def resolved(facts: Facts, names: Facts) -> dict[str, str]:
    """The facts with names in place of ids; an id that nobody knows (any more) is left out."""
    found = {key: names.get(value, value) for key, value in facts.items()}
    return {key: value for key, value in found.items() if not _ID.fullmatch(value)}


def fill(template: Words, facts: Facts, names: Facts | None = None) -> Words:
    """The message with its facts in place. Nothing in a fact is read as a template.

    A sentence that would have a hole in it, because an older or newer app did not say, is left out.
    """
    filled = _Filled(_spelled(resolved(facts, names or {})))
    parts = []
    for part in template:
        filled.lacks = False
        text = part.format_map(filled)
        parts.append("" if filled.lacks else _sentence(text))
    return Words(*parts)


def fill_text(template: str, facts: Facts) -> str:
    """One sentence with its facts in place; facts are names already."""
    return _sentence(template.format_map(_Filled(_spelled(dict(facts)))))


def size_words(size: int) -> str:
    """A file's size as people say it: `120 KB`, `8.4 MB`."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 999_500:
        return f"{round(size / 1_000)} KB"
    return f"{size / 1_000_000:.0f} MB" if size >= 9_950_000 else f"{size / 1_000_000:.1f} MB"


def count_words(count: int, one: str, many: str = "") -> str:
    """`1 change`, `3 changes`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _spelled(facts: dict[str, str]) -> dict[str, str]:
    """The facts with what is not yet words put into words: sizes, times, lengths, names of fields."""
    spelled = {key: value for key, value in facts.items() if value}
    for key in ("size", "limit", "free", "bytes"):
        if facts.get(key, "").isdigit():
            spelled[f"{key}_size"] = size_words(int(facts[key]))
    if facts.get("status", "") in list(AssignmentStatus):
        spelled["status_words"] = ASSIGNMENT_STATUSES[AssignmentStatus(facts["status"])].lower()
    until = parsed(facts.get("until", ""))
    if until is not None:
        spelled["until_day"] = date_words(until.date())
    for key in ("since", "closed_at"):
        moment = parsed(facts.get(key, ""))
        if moment is not None:
            spelled["when"] = moment_words(moment)
    if facts.get("seconds", "").isdigit():
        spelled["wait"] = _wait(int(facts["seconds"]))
    if facts.get("field"):
        spelled["field_words"] = field_label(facts["field"])
    return spelled


def _wait(seconds: int) -> str:
    return count_words(seconds, "second") if seconds < 90 else count_words(round(seconds / 60), "minute")


def _sentence(text: str) -> str:
    """A sentence that begins with a capital letter, whatever fact came first."""
    return text[:1].upper() + text[1:]
