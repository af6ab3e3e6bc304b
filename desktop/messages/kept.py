"""The story of each decision that waits: who did what, what stood in its way, and what the answers are called."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from casework.values import KeptKind, KeptState
from desktop.messages import handing
from desktop.messages.deeds import and_words, deed
from desktop.messages.labels import PRIORITIES
from desktop.messages.refusals import REFUSALS
from desktop.messages.settled import settled_words
from desktop.messages.times import date_words, moment_words, parsed
from desktop.messages.troubles import TROUBLES
from desktop.messages.words import (
    Facts,
    Words,
    count_words,
    fill,
    fill_text,
)

if TYPE_CHECKING:
    from casework.questions.shown_kept import DecisionCard


class Story(NamedTuple):
    """A decision in words. `choices` are (how, button words) that this viewer may answer, the likeliest first."""

    title: str
    sentence: str
    next_step: str
    choices: tuple[tuple[str, str], ...]


class _Told(NamedTuple):
    """A story before it knows which answers the viewer may give: what `use` and `leave` are called."""

    title: str
    sentence: str
    use: str
    leave: str = "Leave it as it is"


def story(card: "DecisionCard") -> Story:
    """The story of a decision, told to whoever sees the card."""
    told = _told(card)
    names = {"use": told.use, "leave": told.leave, "fields": "Choose field by field", "note": "Keep it as a note"}
    order = ("leave", "use", "fields", "note") if card.code in _LEAVE_FIRST else ("use", "fields", "leave", "note")
    if card.kind is KeptKind.REFUSED or card.kind is KeptKind.BROKEN:
        # what was written on a new case can be put there as it was, once that is taken in
        order = ("use", "note", "leave", "fields") if card.code == "case-gone" else ("note", "use", "leave", "fields")
    choices = tuple((how, names[how]) for how in order if how in card.may and names[how])
    return Story(told.title, told.sentence, _next_step(card, choices), choices)


def author_words(card: "DecisionCard") -> str:
    """Whose words they were: `You`, or a name."""
    return "You" if card.is_mine else card.author_name or "Somebody"


def _next_step(card: "DecisionCard", choices: tuple[tuple[str, str], ...]) -> str:
    if card.state is not KeptState.OPEN:
        return settled_words(card)
    if card.asked_name and not card.asks_me:
        return f"{card.asked_name} was asked, and may decide too."
    if card.later_until is not None:
        return f"{card.later_by_name or 'Somebody'} put it off until {date_words(card.later_until)}. It still counts."
    if not card.is_here:
        return _without_case(card)
    if choices and card.for_me:
        stays = card.stays and any(how == "use" for how, _ in choices)
        before = "" if card.code == "case-gone" else "Everything else that was written is on the case. "
        after = "; once it is done, it cannot be taken back." if stays else ", and it can be changed later."
        return f"{before}You decide{after}"
    if choices:
        return f"It waits for {card.waits_for_name or 'somebody else'}; you may decide too."
    return f"It waits for {card.waits_for_name or 'somebody else'}. Nothing of it is lost."


def _without_case(card: "DecisionCard") -> str:
    if card.is_after_new_case and card.is_new_case_let_go:
        return "It belongs to a new case that was thrown away; it can be put on it only if that is taken back."
    if card.is_after_new_case:
        return "It belongs to a new case; once that is taken in, it can be put on it."
    if card.command != "case.open":
        return "The case is not on this device any more; whoever owns it can decide."
    owner = card.named.get("opens_for")
    if owner is None:
        return "It cannot be taken in as it stands. It is kept whole until somebody throws it away."
    goes = "is yours" if card.named.get("opens_for_me") else f"goes to {owner}"
    return f"Taken in, the case {goes} and stays. What was written on it since can be put on it then."


def _told(card: "DecisionCard") -> _Told:
    # of a case that is here without it there is nothing to take in, only other words
    if card.command == "case.open" and (not card.is_here or card.state is KeptState.USED):
        return _new_case(card)
    teller = _STORIES.get(card.code)
    if teller is not None and card.kind in (KeptKind.CLASH, KeptKind.PROPOSAL):
        return teller(card)
    return _not_accepted(card)


def _did(card: "DecisionCard") -> str:
    """`You moved the case to Home visit on Tue at 10:12.`"""
    return f"{author_words(card)} {deed(card.command, card.wish, card.author_name)} {moment_words(card.said_at)}."


def _owner_now(card: "DecisionCard") -> tuple[str, str]:
    """Whose the case had become, and how: (`Ben`, `Priya had given it to Ben at 10:10.`)."""
    named: Facts = card.named
    owner, by = named.get("owner") or "somebody else", named.get("by") or "somebody"
    since = parsed(card.facts.get("since", ""))
    when = f" {moment_words(since)}" if since else ""
    if card.facts.get("owner_kind") == "queue":
        return owner, f"{by} had moved it to {owner}{when}."
    if card.facts.get("by") == card.facts.get("owner"):
        return owner, f"{owner} had taken it{when}."
    return owner, f"{by} had given it to {owner}{when}."


def _claim(card: "DecisionCard") -> _Told:
    owner, how = _owner_now(card)
    who = "You" if card.is_mine else card.author_name
    again = "Take it over from them" if card.is_mine else f"Give it to {card.author_name}"
    sentence = f"{who} took this case {moment_words(card.said_at)}, before hearing that it was taken. {how}"
    sentence = f"{sentence} {_spoken_for(card)}".strip()
    return _Told(f"{owner} took this case first", sentence, again, f"Leave it with {owner}")


def _assignment(card: "DecisionCard") -> _Told:
    owner, how = _owner_now(card)
    wanted = card.named.get("wanted") or card.wish.get("owner") or "somebody"
    return _Told(
        f"The case is with {owner}: still want {wanted}?",
        f"{_did(card)} {how}",
        f"Give it to {wanted}",
        f"Leave it with {owner}",
    )


def _release(card: "DecisionCard") -> _Told:
    owner, how = _owner_now(card)
    wanted = card.named.get("wanted") or card.wish.get("owner") or "the queue"
    return _Told(
        f"The case is with {owner} already",
        f"{_did(card)} {how}",
        f"Move it to {wanted} all the same",
        f"Leave it with {owner}",
    )


def _takeover(card: "DecisionCard") -> _Told:
    owner, how = _owner_now(card)
    again = "Take it over all the same" if card.is_mine else f"Give it to {card.author_name}"
    return _Told(f"The case went to {owner} meanwhile", f"{_did(card)} {how}", again, f"Leave it with {owner}")


def _owner_moved(card: "DecisionCard") -> _Told:
    owner, how = _owner_now(card)
    return _Told(f"The case is with {owner} now", f"{_did(card)} {how}", _use_words(card))


def _step_moved(card: "DecisionCard") -> _Told:
    stands = card.named.get("step") or "another step"
    return _Told(
        f"The case has moved on to {stands}",
        f"{_did(card)} Meanwhile somebody had moved it to {stands}.",
        _use_words(card),
        f"Leave it at {stands}",
    )


def _triaged(card: "DecisionCard") -> _Told:
    owner, _ = _owner_now(card)
    return _Told(
        "Somebody decided about this case first",
        f"{_did(card)} By then it had been decided about, and it is with {owner}.",
        "Use this decision instead",
        "Leave it as decided first",
    )


def _closed(card: "DecisionCard") -> _Told:
    by = card.named.get("closed_by") or "Somebody"
    return _Told(
        "The case was closed meanwhile", f"{_did(card)} {by} had closed the case.", _use_words(card), "Leave it closed"
    )


def _clash(card: "DecisionCard") -> _Told:
    mine = "your words" if card.is_mine else f"{card.author_name}’s words"
    use = "Put it back all the same" if card.command == "kept.undo" else f"Use {mine}"
    others = and_words(list(dict.fromkeys(clash.theirs_by_name for clash in card.fields if clash.theirs_by_name)))
    when = moment_words(card.fields[0].theirs_at) if len(card.fields) == 1 and card.fields[0].theirs_at else ""
    did = f"{others or 'Somebody else'} had changed {'it' if len(card.fields) == 1 else 'them'} too"
    return _Told(
        "Two people changed the same field" if len(card.fields) == 1 else "Two people changed the same fields",
        f"{_did(card)} {' '.join(part for part in (did, when) if part)}; that stands until somebody decides.",
        use,
        "Keep what stands now",
    )


def _priority(card: "DecisionCard") -> _Told:
    return _Told(
        "Somebody changed the priority meanwhile",
        f"{_did(card)} By then it stood at something else, or the case was closed.",
        _use_words(card),
    )


def _task_moved(card: "DecisionCard") -> _Told:
    assignee = card.named.get("assignee") or "nobody"
    return _Told(
        f"The task is with {assignee} now",
        f"{_did(card)} Somebody had given it to {assignee} meanwhile.",
        f"Give it to {card.wish.get('assignee') or 'nobody'}",
        f"Leave it with {assignee}",
    )


def _task_done(card: "DecisionCard") -> _Told:
    by = card.named.get("done_by") or "Somebody"
    return _Told("The task is done already", f"{_did(card)} {by} had done it.", "", "Leave it done")


def _joined(card: "DecisionCard") -> _Told:
    number = card.facts.get("joined") or "another one"
    return _Told(
        f"The case was joined to {number}",
        f"{_did(card)} By then it had been found to be {number}.",
        f"Do it on {number}",
        "Leave it as it is",
    )


def _joining(card: "DecisionCard") -> _Told:
    return _Told(
        "Somebody changed the case before it was joined",
        f"{_did(card)} Others had written on it meanwhile; the two are still apart.",
        "Join them all the same",
        "Leave them apart",
    )


def _other_closed(card: "DecisionCard") -> _Told:
    by = card.named.get("closed_by") or "Somebody"
    return _Told(
        "The case that was to stay is closed",
        f"{_did(card)} {by} had closed the other one meanwhile; the two are still apart.",
        "Join them all the same",
        "Leave them apart",
    )


def _consent(card: "DecisionCard") -> _Told:
    by = card.named.get("by") or "somebody"
    return _Told(
        "The client has said otherwise since",
        f"{_did(card)} The client had told {by} otherwise, which {card.author_name or 'the author'} had not seen.",
        "They do agree: note it down",
        "Leave it as they told us last",
    )


def _held_referral(card: "DecisionCard") -> _Told:
    by, to = card.named.get("by") or "Somebody", card.facts.get("organisation") or "another organisation"
    return _Told(
        "A referral was held: the client does not agree",
        f"{_did(card)} {by} had noted down that the client took their consent back. Nothing was sent to {to}.",
        "Send it, now that they agree again",
        "Do not send it",
    )


def _step_removed(card: "DecisionCard") -> _Told:
    gone, instead = card.facts.get("removed") or "that step", card.named.get("to_step") or "the nearest step"
    return _Told(
        f"The step {gone} is gone",
        f"{_did(card)} By then it had been taken out of the journey; {instead} is the nearest.",
        f"Move it to {instead}",
    )


def _new_case(card: "DecisionCard") -> _Told:
    """A new case that the server did not open by itself (OC10, OC25)."""
    why = _why(card)
    reason = f"{why.title}. {why.sentence}".strip()
    if card.code == "person-inactive":
        reason = "Your access had ended by then." if card.is_mine else "Their access had ended by then."
    who = f" of {card.client}" if card.client else ""
    did = f"{author_words(card)} opened a new case{who} {moment_words(card.said_at)}."
    return _Told("A new case waits to be taken in", f"{did} {reason}", "Take the case in", "Throw it away")


def _why(card: "DecisionCard") -> Words:
    return fill(REFUSALS.get(card.code) or TROUBLES.get(card.code) or Words("The server gave no reason"), card.named)


def _not_accepted(card: "DecisionCard") -> _Told:
    """Refused for what it says: the server's reason, and ways not to lose what was written (OC25)."""
    if card.code == "case-gone" and (card.is_here or card.is_after_new_case):
        title = "Written on a new case, before that was taken in"
        return _Told(title, _did(card), "Put it on the case", "Throw it away")
    why = _why(card)
    reason = " ".join(part for part in (f"{why.title}.", why.sentence) if part)
    return _Told(
        f"Not accepted: {why.title[:1].lower()}{why.title[1:]}",
        f"{_did(card)} {reason}",
        "Try it once more",
        "Throw it away",
    )


def _handed(card: "DecisionCard") -> _Told:
    """Late words about offers, requests to teams and people who left, out of their table."""
    owner, how = _owner_now(card)
    facts = {
        **card.named,
        "author": author_words(card),
        "taker": "yourself" if card.is_mine else author_words(card),
        "did": _did(card),
        "how": how,
        "owner": owner,
        "use": _use_words(card),
        "wish_to": card.wish.get("to", "somebody else"),
    }
    title, sentence, use, leave = (fill_text(part, facts) for part in handing.STORIES[card.code])
    return _Told(title, f"{sentence} {_spoken_for(card)}".strip(), use, leave)


def _spoken_for(card: "DecisionCard") -> str:
    """How much of the author's accepted work speaks for handing the case over (protocol 10.3)."""
    count = card.facts.get("evidence", "")
    if not count.isdigit():
        return ""
    things = count_words(int(count), "finished task, call or document", "finished tasks, calls and documents")
    return f"Meanwhile {author_words(card)} had put {things} on the case, which speaks for handing it over."


def _use_words(card: "DecisionCard") -> str:
    wish = card.wish
    if card.command == "case.step":
        return f"Move it to {wish.get('step') or 'that step'}"
    if card.command == "case.priority":
        named = {priority.value: words for priority, words in PRIORITIES.items()}
        return f"Set it to {named.get(wish.get('priority', ''), 'that')}"
    known = {"case.close": "Close it", "case.reopen": "Reopen it", "case.triage": "Use this decision"}
    if card.command in known:
        return known[card.command]
    return f"Give it to {wish['owner']}" if wish.get("owner") else "Do it now"


# Where somebody else was first, leaving it with them is the likelier answer.
_LEAVE_FIRST = frozenset(
    {
        "consent-changed-meanwhile",
        "consent-not-given",
        "claimed-first",
        "release-came-late",
        "task-done-already",
        "triaged-first",
    }
)
_STORIES: Mapping[str, Callable[["DecisionCard"], _Told]] = {
    **dict.fromkeys(handing.STORIES, _handed),
    "claimed-first": _claim,
    "assigned-first": _assignment,
    "release-came-late": _release,
    "takeover-came-late": _takeover,
    "owner-moved": _owner_moved,
    "step-moved": _step_moved,
    "triaged-first": _triaged,
    "closed-meanwhile": _closed,
    "changed-meanwhile": _clash,
    "priority-moved": _priority,
    "task-moved": _task_moved,
    "task-done-already": _task_done,
    "joined-meanwhile": _joined,
    "changed-before-joining": _joining,
    "other-closed-meanwhile": _other_closed,
    "consent-changed-meanwhile": _consent,
    "consent-not-given": _held_referral,
    "step-removed": _step_removed,
}
STORIES = frozenset(_STORIES)
