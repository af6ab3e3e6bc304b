"""Deleting a case for good: an admin's act with a reason; the rows themselves are the server's to delete."""

from casework.answers import Done, Refused, Verdict
from casework.commands import EraseCase

ERASING_REASONS = ("asked_by_client", "kept_long_enough", "made_by_mistake", "test_data")


def erase_case(command: EraseCase) -> Verdict:
    """Says yes to a reason of the list. A laptop goes on showing the case until the server has deleted it everywhere.

    The reason is a word of a list and no text, for nothing that was written about the client is to stay behind. A case
    that is gone already is no problem: it is so.
    """
    return Done() if command.reason in ERASING_REASONS else Refused("reason-needed")
