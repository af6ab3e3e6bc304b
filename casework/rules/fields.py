"""Which fields may be edited, how long each may be, and what no store can hold."""

import json
import re
from datetime import datetime
from typing import Any

import msgspec

from casework.answers import Refused
from casework.commands import Change, Command
from casework.values.times import is_sound

LINE = 200
TEXT = 20_000
REVIEW = 1_000
MOST = 2**31 - 1
# How long a list may be: far beyond what any screen makes, and short enough that no rule is busy with it for long.
MANY = 2_000
# PostgreSQL holds no NUL, and half a surrogate pair is not text at all: no UTF-8 says it.
NOT_TEXT = re.compile("[\\x00\\ud800-\\udfff]")

CASE_FIELDS = {
    "description": TEXT,
    "request_type": LINE,
    "source_name": LINE,
    "source_reference": LINE,
    "consent": LINE,
}
CONTACT_FIELDS = {
    "title": LINE,
    "first_name": LINE,
    "last_name": LINE,
    "birth_date": LINE,
    "birth_text": LINE,
    "phone": LINE,
    "mobile": LINE,
    "email": LINE,
    "preferred_channel": LINE,
    "language": LINE,
    "vulnerabilities": TEXT,
}
PROPERTY_FIELDS = {
    "address_1": LINE,
    "address_2": LINE,
    "town": LINE,
    "postcode": LINE,
    "uprn": LINE,
    "tenure": LINE,
    "property_type": LINE,
    "epc": LINE,
    "heating": LINE,
    "prepayment": LINE,
    "access_notes": TEXT,
}


def problem_with(changes: dict[str, Change], allowed: dict[str, int]) -> Refused | None:
    """None where all fields may be edited and fit, else the first that does not."""
    for name, (_, new) in changes.items():
        if name not in allowed:
            return Refused("no-such-field", {"field": name})
        problem = too_long(name, new, allowed[name])
        if problem is not None:
            return problem
    return None


def plain(value: object) -> Any:
    """As JSON has it: lists for tuples, text for dates. What was just typed then compares with what came by wire."""
    return msgspec.json.decode(msgspec.json.encode(value))


def plain_text(value: str) -> str:
    """A value that lies as JSON text, to be read: text as it is, anything else as JSON has it."""
    found: object = json.loads(value)
    return found if isinstance(found, str) else value


def unfit(command: Command, epoch: int) -> Refused | None:
    """None where every store can hold what is said and every screen can show it, else why not.

    An old or a forged app may send what this one never would: it is refused and kept, and breaks nothing. Walks
    without recursion, for values from the wire may be nested as deep as their sender likes.
    """
    waiting: list[tuple[str, object]] = [("epoch", epoch), *msgspec.structs.asdict(command).items()]
    while waiting:
        name, value = waiting.pop()
        problem = _unfit_value(name, value)
        if problem is not None:
            return problem
        if isinstance(value, msgspec.Struct):
            waiting += msgspec.structs.asdict(value).items()
        elif isinstance(value, dict):
            waiting += [(name, part) for pair in value.items() for part in pair]
        elif isinstance(value, tuple | list):
            waiting += [(name, part) for part in value]
    return None


def _unfit_value(name: str, value: object) -> Refused | None:
    """Looks at a value alone, not at what is in it."""
    why = ""
    if isinstance(value, str):
        if not NOT_TEXT.search(value):
            return too_long(name, value, TEXT)
        why = "characters"
    elif isinstance(value, int) and not 0 <= value <= MOST:
        why = "number"
    elif isinstance(value, datetime) and not is_sound(value):
        why = "time"
    elif isinstance(value, dict | tuple | list) and len(value) > MANY:
        why = "many"
    return Refused("not-valid", {"field": name, "why": why}) if why else None


def too_long(name: str, value: object, limit: int) -> Refused | None:
    """Refuses a text over its limit, counted in characters, not bytes (S102)."""
    if isinstance(value, str) and len(value) > limit:
        return Refused("too-long", {"field": name, "limit": str(limit), "length": str(len(value))})
    return None
