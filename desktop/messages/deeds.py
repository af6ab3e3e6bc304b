"""What a command does, in words: `moved the case to Home visit`. For waiting changes, receipts and decisions.

`wish` is what casework.questions.wishes makes of a command: names in place of ids.
"""

from collections.abc import Callable, Mapping

from casework.values import TriageOutcome
from desktop.messages.labels import CHANNELS, OUTCOMES_DONE, PRIORITIES, closed_reason_words, field_label
from desktop.messages.words import Facts


def deed(command: str, wish: Facts, author: str = "") -> str:
    """What somebody did, to go after their name: `wrote a note`. `command` is the command's name on the wire.

    With the `author`'s name a case that they gave to themselves is one that they took.
    """
    if command == "case.owner" and author and wish.get("owner") == author:
        return "took the case"
    words = _DEEDS.get(command)
    return words(wish) if words else "made a change that this version of Doorstep does not know"


def deed_title(command: str, wish: Facts, author: str = "") -> str:
    """The same as the head of a line: `Wrote a note`."""
    words = deed(command, wish, author)
    return words[:1].upper() + words[1:]


def and_words(parts: list[str]) -> str:
    """`Town`, `Town and Phone`, `Town, Phone and Mobile`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def quoted(text: str, most: int = 80) -> str:
    """A piece of what somebody wrote, cut where it is long."""
    flat = " ".join(text.split())
    return f"“{flat[: most - 1]}…”" if len(flat) > most else f"“{flat}”"


def _triage(wish: Facts) -> str:
    if wish.get("outcome") != TriageOutcome.SUPPORTED:
        outcome = wish.get("outcome", "")
        known = OUTCOMES_DONE[TriageOutcome(outcome)] if outcome in list(TriageOutcome) else outcome
        return f"took the case off the waiting list: {known}"
    to = f" and gave the case to {wish['owner']}" if wish.get("owner") else ""
    at = f" at {wish['step']}" if wish.get("step") else ""
    return f"decided to support the client{at}{to}"


def _owner(wish: Facts) -> str:
    if wish.get("owner_kind") == "queue":
        return f"moved the case to {wish.get('owner') or 'a queue'}"
    return f"gave the case to {wish.get('owner') or 'somebody'}"


def _priority(wish: Facts) -> str:
    named = {priority.value: words for priority, words in PRIORITIES.items()}
    return f"set the priority to {named.get(wish.get('priority', ''), '')}"


def _edited(wish: Facts) -> str:
    return f"changed {and_words([field_label(name) for name in wish])}" if wish else "changed nothing"


def _task(verb: str) -> Callable[[Facts], str]:
    def words(wish: Facts) -> str:
        title = wish.get("title") or wish.get("task") or ""
        return f"{verb} the task {quoted(title)}" if title else f"{verb} a task"

    return words


def _reassigned(wish: Facts) -> str:
    return f"{_task('gave')(wish)} to {wish.get('assignee') or 'nobody'}"


def _interaction(wish: Facts) -> str:
    return f"noted down: {CHANNELS.get(wish.get('channel', ''), 'a contact').lower()}"


def _settled(wish: Facts) -> str:
    return _SETTLED.get(wish.get("how", ""), "decided about a change that came too late")


_SETTLED: Mapping[str, str] = {
    "use": "decided to use a change that came too late",
    "leave": "decided to leave things as they are",
    "fields": "chose between two people's values",
    "note": "kept a change as a note",
}
_DEEDS: Mapping[str, Callable[[Facts], str]] = {
    "case.open": lambda wish: "opened a new case",
    "case.triage": _triage,
    "case.owner": _owner,
    "case.step": lambda wish: f"moved the case to {wish.get('step') or 'another step'}",
    "case.priority": _priority,
    "case.edit": _edited,
    "contact.edit": _edited,
    "property.edit": _edited,
    "task.add": _task("added"),
    "task.finish": _task("finished"),
    "task.reassign": _reassigned,
    "task.cancel": _task("cancelled"),
    "note.add": lambda wish: "wrote a note",
    "interaction.log": _interaction,
    "review.log": lambda wish: "logged a review",
    "document.attach": lambda wish: f"added the document {wish.get('name', '')}".rstrip(),
    "case.close": lambda wish: f"closed the case: {closed_reason_words(wish.get('reason', ''))}",
    "case.reopen": lambda wish: "reopened the case",
    "kept.settle": _settled,
    "notice.seen": lambda wish: "marked news as read",
}
COMMANDS = frozenset(_DEEDS)
