"""British postcodes, typed with no space, two spaces or small letters; half ones and odd ones are kept and flagged."""

import re

import msgspec

from casework.referrals.text import one_line, says_nothing

_OUTWARD = r"(?:[A-Z]{1,2}[0-9][0-9A-Z]?|GIR)"
_WHOLE = re.compile(rf"({_OUTWARD})([0-9][A-Z]{{2}})")
_PARTIAL = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?(?:[0-9])?")
_INSIDE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?)\s*([0-9][A-Z]{2})\b", re.IGNORECASE)


class PostcodeRead(msgspec.Struct, frozen=True, kw_only=True):
    """`value` goes on the home: `LL11 3RU`, only `NR2`, or the text as it came; `code` says that it is not whole."""

    value: str = ""
    code: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it names one postcode."""
        return bool(self.value) and not self.code


def read_postcode(cell: str) -> PostcodeRead:
    """Codes: postcode_missing, postcode_partial (outward half only), postcode_odd (kept as it came)."""
    text = one_line(cell)
    if says_nothing(text):
        return PostcodeRead(code="postcode_missing")
    tight = re.sub(r"[\s.\-]", "", text).upper()
    whole = _WHOLE.fullmatch(tight)
    if whole:
        return PostcodeRead(value=f"{whole.group(1)} {whole.group(2)}")
    if _PARTIAL.fullmatch(tight):
        return PostcodeRead(value=text.upper(), code="postcode_partial")
    return PostcodeRead(value=text, code="postcode_odd")


def find_postcode(text: str) -> tuple[str, str]:
    """The last whole postcode inside an address and the address without it; empty when there is none."""
    found = list(_INSIDE.finditer(text))
    if not found:
        return "", text
    last = found[-1]
    rest = (text[: last.start()] + text[last.end() :]).strip(" ,\n\t")
    return f"{last.group(1)} {last.group(2)}".upper(), rest


def looks_like_postcode(cell: str) -> bool:
    """Whether the cell is a whole postcode."""
    return read_postcode(cell).is_whole
