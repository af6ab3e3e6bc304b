"""What is in a colleague's rescue copy, and what came of handing it in, in words."""

from typing import TYPE_CHECKING

from desktop.messages.times import stamp_words
from desktop.messages.words import count_words

if TYPE_CHECKING:
    from casework.handing_in import RescueReply

_LOST = "That device was reported lost: all of it waits for a decision, and nothing takes effect by itself."


def found_words(reply: "RescueReply") -> str:
    """Whose copy it is and what is in it, before it is handed in."""
    what = f"{count_words(reply.changes, 'change')} and {count_words(reply.papers, 'document')}"
    parts = [f"From {reply.name}, saved {stamp_words(reply.made_at)}: {what}."]
    if reply.known:
        parts.append(f"{reply.known} of the changes are here already.")
    if reply.is_lost:
        parts.append(_LOST)
    return " ".join(parts)


def came_of_words(reply: "RescueReply") -> str:
    """What came of it."""
    parts = [f"{count_words(reply.applied, 'change')} took effect"]
    if reply.kept:
        parts.append(f"{reply.kept} wait for a decision")
    if reply.waiting or reply.unreadable:
        parts.append(f"{reply.waiting + reply.unreadable} wait for something else and are kept")
    if reply.stored:
        parts.append(f"{count_words(reply.stored, 'document')} arrived")
    told = _LOST if reply.is_lost else "The feeds of the cases say that you handed it in."
    return f"{', '.join(parts)}. {told}"
