"""Yes, no, verbal: short answers in the words of whoever filled in the form, Welsh included."""

import re

from casework.referrals.text import one_line, says_nothing

_YES = frozenset(
    {"y", "yes", "true", "1", "x", "✓", "✔", "ie", "oes", "ydy", "ydw", "yes please", "given", "obtained", "ticked"}
)
_NO = frozenset({"n", "no", "false", "0", "✗", "nac oes", "na", "nage", "nac ydy", "not given", "refused", "declined"})
_VERBAL = re.compile(
    r"\b(verbal\w*|oral\w*|(?:by|over|on) the phone|by phone|said so|telephone|llafar)\b", re.IGNORECASE
)
_WRITTEN = re.compile(r"\b(signed|written|signature|form|in writing|e-?mail)\b", re.IGNORECASE)
_NOT_ASKED = re.compile(r"\b(?:not yet|not asked|to be asked|pending|awaiting|will ask|to follow)\b", re.IGNORECASE)
_STARTS_NO = re.compile(r"(no|not|refus\w*|declin\w*|withdr\w*|withheld)\b", re.IGNORECASE)


def yes_or_no(cell: str) -> bool | None:
    """True, False, or None where the cell says neither."""
    text = one_line(cell).casefold().rstrip(".!")
    if text in _YES:
        return True
    return False if text in _NO else None


def read_consent(cell: str) -> tuple[str, str]:
    """Consent to work on the case: `given`, `verbal`, `written`, `refused` or empty; and a code where it needs a look.

    Codes: consent_missing, consent_refused, consent_unclear.
    """
    text = one_line(cell)
    if _NOT_ASKED.search(text):
        return "", "consent_unclear"
    if yes_or_no(text) is False or _STARTS_NO.match(text):
        return "refused", "consent_refused"
    if says_nothing(text):
        return "", "consent_missing"
    if _VERBAL.search(text):
        return "verbal", ""
    if _WRITTEN.search(text):
        return "written", ""
    first = re.split(r"[\s,;:.-]", text, maxsplit=1)[0]
    if yes_or_no(text) or yes_or_no(first):
        return "given", ""
    return "", "consent_unclear"
