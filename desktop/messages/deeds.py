"""What a command does, in words: `moved the case to Home visit`. For waiting changes, receipts and decisions.

`wish` is what casework.questions.wishes makes of a command: names in place of ids.
"""

from collections.abc import Callable, Mapping

from casework.values import TriageOutcome
from desktop.messages.handing import assignment_deed, out_deed
from desktop.messages.labels import (
    CHANNELS,
    OUTCOMES_DONE,
    PRIORITIES,
    closed_reason_words,
    consent_scope_words,
    field_label,
)
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


def _consent(wish: Facts) -> str:
    verb = "gave" if wish.get("is_given") == "true" else "refused"
    return f"noted down that the client {verb} consent to {consent_scope_words(wish.get('scope', ''))}"


def _withdrawal(wish: Facts) -> str:
    return f"noted down that the client took back consent to {consent_scope_words(wish.get('scope', ''))}"


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
    "case.erase": lambda wish: "deleted the case for good",
    "case.join": lambda wish: f"joined the case to {wish.get('into') or 'another one'}",
    "case.apart": lambda wish: f"told the case apart from {wish.get('other') or 'another one'}",
    "consent.set": _consent,
    "consent.withdraw": _withdrawal,
    "referral.send": lambda wish: f"referred the client to {wish.get('organisation') or 'another organisation'}",
    "form.answer": lambda wish: f"filled in the form {wish.get('form', '')}".rstrip(),
    "form.publish": lambda wish: "published a form",
    "step.remove": lambda wish: f"took the step {wish.get('step', '')} out of its journey".replace("  ", " "),
    "kept.settle": _settled,
    "kept.later": lambda wish: "put a decision off",
    "kept.ask": lambda wish: "asked about a decision",
    "kept.undo": lambda wish: "took a decision back",
    "case.seen": lambda wish: "looked at the case",
    "notice.seen": lambda wish: "marked news as read",
    "offer.make": lambda wish: f"offered the case to {wish.get('to') or 'somebody'}",
    "offer.accept": lambda wish: "accepted the case",
    "offer.decline": lambda wish: "said no to the case",
    "offer.withdraw": lambda wish: "took back an offer of the case",
    "assignment.ask": lambda wish: f"asked {wish.get('team') or 'a team'} for help",
    "assignment.move": assignment_deed,
    "visit.out": out_deed,
    "queue.remove": lambda wish: f"took {wish.get('queue') or 'a queue'} out of use",
    "person.leave": lambda wish: f"ended the access of {wish.get('person') or 'somebody'}",
}
COMMANDS = frozenset(_DEEDS)
