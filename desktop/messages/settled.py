"""What came of a decision, in words, and why it stays where it cannot be taken back."""

from typing import TYPE_CHECKING

from casework.values import KeptKind, KeptState
from desktop.messages.refusals import REFUSALS
from desktop.messages.times import moment_words
from desktop.messages.words import fill

if TYPE_CHECKING:
    from casework.questions.shown_kept import DecisionCard

# Why what was used stays: of the codes that an undoing is refused with.
STAYS = frozenset(
    {
        "consent-is-asked-anew",
        "first-answer-stays",
        "joined-for-good",
        "opened-for-good",
        "sent-for-good",
        "words-stay",
    }
)


def settled_words(card: "DecisionCard") -> str:
    """What came of a decision: `Ben left it as it is, on Tue at 10:12.`"""
    who = card.settled_by_name or "Somebody"
    did = {
        KeptState.USED: f"{who} took the case in" if card.command == "case.open" else f"{who} used it",
        KeptState.LEFT: f"{who} left it as it is",
        KeptState.NOTED: f"{who} kept it as a note",
    }.get(card.state, "It waits for a decision")
    if card.kind is KeptKind.BROKEN and card.state is KeptState.USED and not card.settling:
        # nobody decided: the server itself could do it, with a later release
        did = "The server took it in after its update"
    made = f"{did}, {moment_words(card.settled_at)}." if card.settled_at else f"{did}."
    return f"{made} {_why_it_stays(card)}".strip()


def _why_it_stays(card: "DecisionCard") -> str:
    """Why a decision that was used is not to be taken back, where that lies in what it brought about."""
    words = REFUSALS.get(card.undo_problem) if card.undo_problem in STAYS else None
    return f"{fill(words, card.named).title}." if words and card.state is KeptState.USED else ""
