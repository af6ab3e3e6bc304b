"""Lines of a case's feed in words: what happened and by whom, and the small marks beside it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from casework.values import ActivityKind, OwnerChange, Priority, Source, Standing, TriageOutcome
from desktop.messages.deeds import and_words, quoted
from desktop.messages.handing import assignment_line, offer_line
from desktop.messages.labels import (
    CHANNELS,
    CONSENT_METHODS,
    OUTCOMES_DONE,
    PRIORITIES,
    STANDINGS,
    closed_reason_words,
    consent_scope_words,
    field_label,
)
from desktop.messages.times import clock_off_words

if TYPE_CHECKING:
    from casework.questions.shown import FeedLine

KEPT_HERE = "Kept here, not sent yet"


def feed_sentence(line: "FeedLine") -> str:
    """What happened, with its author: `Ben took this case from Waiting list`. Words written are in `line.text`."""
    who = "You" if line.is_mine else line.by_name or "Somebody"
    return f"{who} {_LINES[line.kind](line)}"


def feed_marks(line: "FeedLine") -> tuple[str, ...]:
    """What to know about the line beside its words: whose it was then, a wrong clock, not sent yet."""
    marks = []
    if line.standing is Standing.FORMER_OWNER and line.kind in (ActivityKind.REVIEW, ActivityKind.NOTE):
        marks.append(STANDINGS[line.standing])
    if line.facts.get("not_a_review"):
        marks.append("Not counted as a review")
    if line.facts.get("was") == "cancelled" and line.kind is ActivityKind.TASK_DONE:
        marks.append("The task had been cancelled meanwhile")
    if line.facts.get("was") == "done" and line.kind in (ActivityKind.TASK_DONE, ActivityKind.TASK_CANCELLED):
        marks.append("The task had been done already")
    if line.facts.get("told_of"):
        marks.append(f"Written on case {line.facts['told_of']}")
    if line.facts.get("handed_in_by"):
        marks.append(f"Handed in by {line.named.get('handed_in_by') or 'an admin'} from a rescue copy")
    if line.has_clock_mark:
        marks.append(clock_off_words(line.clock_off))
    if line.is_unsent:
        marks.append(KEPT_HERE)
    return tuple(marks)


def _created(line: "FeedLine") -> str:
    if line.facts.get("source") != Source.IMPORT:
        return "opened this case"
    sender = line.facts.get("from", "")
    return f"took in this case from {sender}" if sender else "took in this case from a file"


def _note(line: "FeedLine") -> str:
    if line.facts.get("from_import"):
        return "kept what fitted nowhere else in the referral"
    if line.facts.get("kept_as_note"):
        return "had wanted this; it was kept as a note"
    return "wrote a note"


def _interaction(line: "FeedLine") -> str:
    channel = CHANNELS.get(line.facts.get("channel", ""), "contact")
    lasted = line.facts.get("minutes", "0")
    minutes = f" ({lasted} min)" if lasted.isdigit() and int(lasted) else ""
    article = "an" if channel[:1].lower() in "aeiou" else "a"
    came = " that came in" if line.facts.get("direction") == "in" else ""
    word = channel if channel == "E-mail" else channel.lower()
    if line.facts.get("channel") == "in_person":
        return f"talked to the client in person{minutes}"
    return f"noted down {article} {word}{came}{minutes}"


def _triaged(line: "FeedLine") -> str:
    outcome = TriageOutcome(line.facts.get("outcome", TriageOutcome.SUPPORTED))
    if outcome is not TriageOutcome.SUPPORTED:
        return f"closed this case from the waiting list: {OUTCOMES_DONE[outcome]}"
    step, owner = line.named.get("to_step", ""), line.named.get("to", "")
    at = f", at {step}" if step else ""
    return f"decided to support the client{at}, with {owner}" if owner else f"decided to support the client{at}"


def _owner(line: "FeedLine") -> str:
    before, after = line.named.get("from") or "nobody", line.named.get("to") or "somebody"
    how = {
        OwnerChange.CLAIM: f"took this case from {before}",
        OwnerChange.ASSIGN: f"gave this case to {after}, from {before}",
        OwnerChange.RELEASE: f"gave this case back to {after}",
        OwnerChange.QUEUE_MOVE: f"moved this case from {before} to {after}",
        OwnerChange.TAKEOVER: f"took this case over from {before}",
        OwnerChange.TRANSFER: f"accepted this case, which {before} had offered",
        OwnerChange.LEAVER: f"gave this case to {after}, for {before} has left",
        OwnerChange.QUEUE_REMOVED: f"took {before} out of use; this case went to {after}",
    }
    change = line.facts.get("how", "")
    known = how.get(OwnerChange(change)) if change in list(OwnerChange) else None
    return known or f"moved this case from {before} to {after}"


def _step(line: "FeedLine") -> str:
    before, after = line.named.get("from") or "a step", line.named.get("to") or "another step"
    if line.facts.get("because") == "step_removed":
        return f"took the step {before} out of the journey; the case is at {after} now"
    return f"moved the case from {before} to {after}"


def _edited(line: "FeedLine") -> str:
    if "priority" in line.facts:
        return f"set the priority from {_priority(line, 'priority_before')} to {_priority(line, 'priority')}"
    fields = [field_label(name) for name in line.facts if name != "handed_in_by"]
    return f"changed {and_words(fields)}" if fields else "changed the details"


def _priority(line: "FeedLine", fact: str) -> str:
    value = line.facts.get(fact, "")
    return PRIORITIES[Priority(value)] if value in list(Priority) else value


def _task(verb: str) -> Callable[["FeedLine"], str]:
    return lambda line: f"{verb} the task {quoted(line.facts.get('title', ''))}"


def _task_added(line: "FeedLine") -> str:
    to = line.named.get("to", "")
    return f"{_task('added')(line)} for {to}" if to else f"{_task('added')(line)}, for nobody yet"


def _task_moved(line: "FeedLine") -> str:
    return f"{_task('gave')(line)} to {line.named.get('to') or 'nobody'}"


def _closed(line: "FeedLine") -> str:
    return f"closed the case: {closed_reason_words(line.facts.get('reason', ''))}"


def _joined(line: "FeedLine") -> str:
    if line.facts.get("apart"):
        return f"told this case apart from {line.facts['apart']}"
    if line.facts.get("into"):
        return f"found this case to be {line.facts['into']}, and joined it to that one"
    return f"joined case {line.facts.get('joined', '')} to this one"


def _consent(line: "FeedLine") -> str:
    verb = {"given": "gave", "refused": "refused"}.get(line.facts.get("state", ""), "took back")
    how = CONSENT_METHODS.get(line.facts.get("method", ""), "")
    what = consent_scope_words(line.facts.get("scope", ""))
    return f"noted down that the client {verb} consent to {what}, {how}".removesuffix(", ")


def _referred(line: "FeedLine") -> str:
    return f"referred the client to {line.facts.get('organisation', '')} for {line.facts.get('service', '')}"


def _form(line: "FeedLine") -> str:
    version = f" (version {line.facts['version']}; {line.facts['newest']} is out)" if "newest" in line.facts else ""
    return f"filled in the form {line.facts.get('form', '')}{version}"


def _settled(line: "FeedLine") -> str:
    return {
        "use": "decided to use a change that had come too late",
        "leave": "decided to leave things as they are",
        "fields": "chose between two people’s values",
        "note": "kept a change as a note",
        "undo": "took back a decision about a change that had come too late",
    }.get(line.facts.get("how", ""), "decided about a change that had come too late")


_LINES: Mapping[ActivityKind, Callable[["FeedLine"], str]] = {
    ActivityKind.CREATED: _created,
    ActivityKind.NOTE: _note,
    ActivityKind.INTERACTION: _interaction,
    ActivityKind.REVIEW: lambda line: "reviewed the case",
    ActivityKind.TRIAGED: _triaged,
    ActivityKind.OWNER: _owner,
    ActivityKind.STEP: _step,
    ActivityKind.EDITED: _edited,
    ActivityKind.TASK_ADDED: _task_added,
    ActivityKind.TASK_DONE: _task("finished"),
    ActivityKind.TASK_MOVED: _task_moved,
    ActivityKind.TASK_CANCELLED: _task("cancelled"),
    ActivityKind.DOCUMENT: lambda line: f"added the document {line.facts.get('name', '')}",
    ActivityKind.CLOSED: _closed,
    ActivityKind.REOPENED: lambda line: "reopened the case",
    ActivityKind.KEPT: lambda line: "made a change that came too late; it waits for a decision",
    ActivityKind.SETTLED: _settled,
    ActivityKind.OFFER: offer_line,
    ActivityKind.ASSIGNMENT: assignment_line,
    ActivityKind.JOINED: _joined,
    ActivityKind.CONSENT: _consent,
    ActivityKind.REFERRED: _referred,
    ActivityKind.FORM: _form,
}
KINDS = frozenset(_LINES)
