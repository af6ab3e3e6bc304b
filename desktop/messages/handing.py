"""Words for work that changes hands: offers, requests to teams, queues and people that go, being out on a visit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from casework.values import AssignmentStatus
from desktop.messages.labels import ASSIGNMENT_STATUSES
from desktop.messages.words import Facts, Words

if TYPE_CHECKING:
    from casework.questions.shown import FeedLine

REFUSALS: Mapping[str, Words] = {
    "offer-gone": Words("This offer is not there any more", "", "Look at the case as it is now."),
    "offer-for-another": Words("This case was offered to {person}", "", "Ask its owner if you would like to have it."),
    "offered-first": Words(
        "The case is offered to {to} already",
        "One offer can stand at a time.",
        "Wait for the answer, or take that offer back first.",
    ),
    "offer-withdrawn": Words(
        "The offer was taken back", "The case is still with {owner}.", "Ask {owner} if you would still like to have it."
    ),
    "offer-expired": Words(
        "The offer has run out", "The case is still with {owner}.", "Ask {owner} to offer it to you again."
    ),
    "offer-over": Words(
        "This offer does not stand any more",
        "The case is with {owner} now.",
        "Look at the case as it is now; a coordinator can still give it to you.",
    ),
    "offer-accepted-first": Words(
        "{to} has accepted the case already",
        "It is with {owner} now.",
        "Ask them to give it back, or a coordinator to move it.",
    ),
    "team-gone": Words("{team} takes no work any more", "", "Choose another team."),
    "assignment-gone": Words("This request is not there any more", "", "Look at the case as it is now."),
    "not-your-team": Words(
        "This was asked of {team}", "", "Leave it to them, or write a note that mentions one of them."
    ),
    "assignment-moved": Words(
        "The request to {team} has moved on meanwhile",
        "It says now: {status_words}.",
        "Look at it as it is now, then choose again.",
    ),
    "assignment-taken": Words("{assignee} has taken this on already", "", "Agree with them who does it."),
    "assignments-open": Words(
        "A team is still at work on this case",
        "It can be closed when they are done, or as Case Voided, which takes the request back.",
        "Wait for the team, take the request back, or choose Case Voided.",
    ),
    "void-needed": Words(
        "This case is to be closed as Case Voided",
        "The team that was asked turned the work down, and nothing else is open.",
        "Choose the reason Case Voided, or ask the team again.",
    ),
    "queue-is-default": Words(
        "{queue} is still needed",
        "{project} takes its cases in by it.",
        "Give the project another queue first.",
    ),
    "no-default-queue": Words(
        "There is nowhere for the cases of {queue} to go",
        "Case {number} belongs to a project without another queue.",
        "Give that project a default queue first.",
    ),
    "out-too-long": Words(
        "A visit does not last that long",
        "The mark holds for {hours} hours at most.",
        "Choose an earlier time; it can be set again tomorrow.",
    ),
}
NOTICES: Mapping[str, str] = {
    "offered-to-you": "{who} offers you this case, until {until_day}.",
    "offer-declined": "{who} said no to the case that you offered.",
    "offer-taken-back": "{who} took back the offer of this case.",
    "offer-ran-out": "{who} did not answer the offer of this case in time. It stays with its owner.",
    "team-asked": "{who} asks {team} for: {about}.",
    "team-not-needed": "{who} no longer needs {team} for: {about}.",
    "team-answered": "{who} answered for {team}: {status_words}.",
    "request-as-before": "{who} took back a decision: the request to {team} is as it was before: {about}.",
    "request-passed-on": "{assignee} does this for {team} now: {about}.",
    "queue-removed": "{who} took the queue {queue} out of use. Its {count} cases went to {to}.",
}
OWN: Mapping[str, str] = {
    "offered-first": "The case had been offered to {to} already. Still offer it to somebody else?",
    "offer-withdrawn": "The offer had been taken back before you accepted. What you wrote is on the case.",
    "offer-expired": "The offer had run out before you accepted. What you wrote is on the case.",
    "offer-over": "The offer no longer stood when you accepted. What you wrote is on the case.",
    "offer-accepted-first": "{to} had accepted the case before you took the offer back.",
    "assignment-moved": "The request to {team} had moved on meanwhile. Your answer waits for a decision.",
    "assignment-taken": "{assignee} had taken on the request to {team} already.",
    "assignments-open": "A team was still at work on the case, so it was not closed. It waits for a decision.",
    "void-needed": "A team had turned the work down, so the case can only be closed as Case Voided.",
    "person-inactive": "Your access had ended, so this waits for a lead.",
}
_ANSWERED: Mapping[str, str] = {
    AssignmentStatus.SENT: "asked {team} for {about}",
    AssignmentStatus.ACCEPTED: "took this on for {team}: {about}",
    AssignmentStatus.COMPLETED: "finished this for {team}: {about}",
    AssignmentStatus.RETURNED: "asked for more before {team} can do this: {about}",
    AssignmentStatus.REJECTED: "turned this down for {team}: {about}",
    AssignmentStatus.WITHDRAWN: "took back the request to {team}: {about}",
}


def offer_line(line: "FeedLine") -> str:
    """What became of an offer, to go after a name."""
    to = line.named.get("to") or "somebody"
    return {
        "made": f"offered this case to {to}",
        "declined": f"said no to the case that {to} offered",
        "withdrawn": f"took back the offer to {to}",
    }.get(line.facts.get("what", ""), f"spoke of an offer to {to}")


def assignment_line(line: "FeedLine") -> str:
    """What became of a request to a team, to go after a name."""
    team, about = line.named.get("team") or "a team", line.facts.get("about", "")
    template = _ANSWERED.get(line.facts.get("status", ""), "spoke of a request to {team}: {about}")
    return template.format(team=team, about=about)


def assignment_deed(wish: Facts) -> str:
    """What somebody wanted with a request to a team, to go after their name."""
    status = wish.get("status", "")
    known = ASSIGNMENT_STATUSES[AssignmentStatus(status)] if status in list(AssignmentStatus) else ""
    return f"answered a request to a team: {known.lower()}" if known else "answered a request to a team"


def out_deed(wish: Facts) -> str:
    """Out on a visit, or back."""
    return "went out on a visit" if wish.get("until") else "came back from a visit"


# Decisions about late words of this kind: title, what happened after `{did}`, what `use` and `leave` are called.
# {did} is what its author did and when, {how} how the owner came to have the case.
STORIES: Mapping[str, tuple[str, str, str, str]] = {
    "offer-withdrawn": (
        "{author} accepted after the offer was taken back",
        "{did} {owner} had taken the offer back by then.",
        "Give it to {author}",
        "Leave it with {owner}",
    ),
    "offer-expired": (
        "{author} accepted after the offer had run out",
        "{did} The offer had run out by then.",
        "Give it to {author}",
        "Leave it with {owner}",
    ),
    "offer-over": (
        "{author} accepted an offer that no longer stood",
        "{did} {how}",
        "Give it to {author}",
        "Leave it with {owner}",
    ),
    "offer-accepted-first": (
        "{to} had accepted the case already",
        "{did} {how}",
        "Give it back to {author}",
        "Leave it with {owner}",
    ),
    "offered-first": (
        "The case was offered to {to} already",
        "{did} Somebody else had offered it to {to} meanwhile.",
        "Offer it to {wish_to} instead",
        "Leave the offer to {to}",
    ),
    "assignment-moved": (
        "The request to {team} had moved on",
        "{did} By then it said: {status_words}.",
        "Use this answer",
        "Leave it as it is",
    ),
    "assignment-taken": (
        "{assignee} had taken this on already",
        "{did} {assignee} had taken on the request to {team} before.",
        "Give it to {taker}",
        "Leave it with {assignee}",
    ),
    "assignments-open": (
        "A team is still at work on this case",
        "{did} A team had been asked for something that was not done yet.",
        "Close it now",
        "Leave it open",
    ),
    "void-needed": (
        "The case can only be closed as Case Voided",
        "{did} A team had turned down what it was asked for, and nothing else was open.",
        "Close it now",
        "Leave it open",
    ),
    "person-inactive": (
        "{author} has left and wanted this done",
        "{did} Their access had ended by then.",
        "{use}",
        "Leave it as it is",
    ),
}
