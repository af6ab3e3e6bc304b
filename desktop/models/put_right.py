"""Where the words of a refused command go to be put right: a draft of the form that they came from (OC25)."""

import msgspec

from casework.commands import AddNote, EditCase, EditContact, EditProperty, LogInteraction, LogReview
from casework.questions.shown_kept import DecisionCard


def draft_of(card: DecisionCard) -> tuple[str, dict[str, str]]:
    """The key and body of the case page's draft that holds the words; what has no form of its own becomes a note."""
    say, case = card.say, f"case/{card.case_id}"
    if isinstance(say, LogReview):
        return f"{case}/review", {"text": say.text}
    if isinstance(say, LogInteraction):
        return f"{case}/contact", {"text": say.text}
    if isinstance(say, AddNote):
        return f"{case}/note", {"text": say.text}
    if isinstance(say, EditCase | EditContact | EditProperty):
        return f"{case}/details", {name: msgspec.json.encode(pair).decode() for name, pair in say.changes.items()}
    text = card.wish.get("words") or card.wish.get("text") or ""
    return f"{case}/note", {"text": text} if text else {}
