"""E-mail addresses: what could be written to, and what is kept as it came."""

import re

import msgspec

from casework.referrals.text import LINE_LIMIT, one_line, says_nothing

_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"]+@[^@\s<>()\[\],;:\".]+(?:\.[^@\s<>()\[\],;:\".]+)+")
_CUTS = re.compile(r"[;,\s]+")


class EmailsRead(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses in a cell; `code` is email_odd when some of the cell is none."""

    emails: tuple[str, ...] = ()
    code: str = ""


def read_emails(cell: str) -> EmailsRead:
    """Every address in the cell. `none` and the like are no fault."""
    text = one_line(cell)
    if says_nothing(text) or text.casefold() in ("no", "no email", "no e-mail", "dim"):
        return EmailsRead()
    pieces = [piece.strip("<>.'\"").removeprefix("mailto:") for piece in _CUTS.split(text)]
    good = tuple(piece for piece in pieces if len(piece) <= LINE_LIMIT and _ADDRESS.fullmatch(piece))
    return EmailsRead(emails=good, code="" if len(good) == len(pieces) else "email_odd")


def looks_like_email(cell: str) -> bool:
    """Whether the cell is one address."""
    return _ADDRESS.fullmatch(cell.strip()) is not None
