"""Which fields may be edited, and how long each may be."""

from casework.answers import Refused
from casework.commands import Change

LINE = 200
TEXT = 20_000
REVIEW = 1_000

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


def too_long(name: str, value: object, limit: int) -> Refused | None:
    """Refuses a text over its limit, counted in characters, not bytes (S102)."""
    if isinstance(value, str) and len(value) > limit:
        return Refused("too-long", {"field": name, "limit": str(limit), "length": str(len(value))})
    return None
