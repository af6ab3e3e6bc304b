"""Text as people paste it: what is invisible in it, what is one line, what only looks like a formula."""

import re
import unicodedata

# What a field of a case holds at most (casework/rules/fields.py).
LINE_LIMIT = 200
TEXT_LIMIT = 20_000

# Controls and marks that change how text is shown without being seen. Joiners (200C, 200D) stay: emoji and several
# scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_FORMULA_START = frozenset("=@＝＠")
_FORMULA_SIGN = frozenset("+-＋－")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_NOTHING_SAID = frozenset(
    {
        "",
        "-",
        "--",
        "?",
        ".",
        "n/a",
        "na",
        "n.a.",
        "none",
        "nil",
        "null",
        "not known",
        "unknown",
        "unk",
        "not given",
        "not stated",
        "don't know",
        "dont know",
        "don’t know",
        "tbc",
        "#n/a",
    }
)


def has_hidden(text: str) -> bool:
    """Whether there is a mark in it that nobody sees: controls, right-to-left overrides, zero-width spaces."""
    return _HIDDEN.search(text.replace("\t", " ").replace("\r", "\n")) is not None


def one_line(text: str) -> str:
    """The text on one line, without hidden marks and doubled spaces, accents composed."""
    return " ".join(unicodedata.normalize("NFC", _HIDDEN.sub("", text.replace("\r", "\n"))).split())


def many_lines(text: str) -> str:
    """The text with its own line breaks; hidden marks become visible, e.g. `[U+202E]`, so that nothing is lost."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", plain).strip()


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run it instead of showing it (T10); a phone's `+44` or a `- list item` is not one."""
    first = text.lstrip()[:1]
    if first in _FORMULA_START and first:
        return True
    return first in _FORMULA_SIGN and any(mark in text for mark in "(!|") and bool(re.match(r"\s*\W[\w=+@(]", text))


def looks_like_markup(text: str) -> bool:
    """Whether there is something like `<b>` in it; it is text and stays text."""
    return _MARKUP.search(text) is not None


def says_nothing(text: str) -> bool:
    """Whether the cell is blank or says in words that nothing is known, e.g. `N/A`, `?`, `don't know`."""
    return " ".join(text.split()).casefold() in _NOTHING_SAID


def plain_letters(text: str) -> str:
    """Lower-case letters a to z only, for comparing names: `Llŷr O'Brien` -> `llyr obrien`."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    kept = "".join(
        mark if mark.isalpha() or mark == " " else ("" if mark in "'’`" else " ")
        for mark in folded
        if not unicodedata.combining(mark)
    )
    return " ".join(kept.split())


_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
