"""Clients and homes that several cases refer to: a clash on one of them concerns the owners of all (protocol 3)."""

from collections.abc import Mapping

import msgspec

from casework.commands import Command, EditContact, EditProperty
from casework.ids import child_id
from casework.rules import feed
from casework.rules.fields import plain_text
from casework.rules.moment import Desk, Moment
from casework.values import Case, Notice


def tell_sharers(
    desk: Desk, command: Command, case: Case, fields: Mapping[str, tuple[str, str, str]], moment: Moment
) -> list[Notice]:
    """A line for the owner of every other open case of the same client or home, with both values of a field.

    The clash itself is kept once, on the case that it was said about, and waits for that one's owner.
    """
    told: list[Notice] = []
    for name, (_, mine, theirs) in fields.items():
        facts = {"other": case.number, "field": name, "mine": plain_text(mine), "theirs": plain_text(theirs)}
        for other in others_sharing(desk, command, case):
            # one command, several cases and fields: each line has an id of its own
            here = msgspec.structs.replace(moment, command_id=child_id(moment.command_id, f"{other.id}/{name}"))
            people = [one for one in feed.owners_people(desk, other.owner) if one not in _asked(desk, case)]
            told += feed.tell(other, here, people, code="shared-clash", facts=facts)
    return told


def others_sharing(desk: Desk, command: Command, case: Case) -> tuple[Case, ...]:
    """The other open cases of the client or the home that the command corrects."""
    if isinstance(command, EditContact):
        found = desk.cases_with("contact_id", command.contact_id)
    elif isinstance(command, EditProperty):
        found = desk.cases_with("property_id", command.property_id)
    else:
        return ()
    return tuple(other for other in found if other.id != case.id and not other.is_closed)


def _asked(desk: Desk, case: Case) -> tuple[str, ...]:
    """Who has the card itself."""
    return feed.owners_people(desk, case.owner)
