"""People's names: kept as written, accents and apostrophes and all; a whole name in one cell is taken apart."""

import re

from casework.referrals.text import one_line

_TITLES = {
    title.casefold(): title
    for title in (
        "Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Rev", "Sir", "Lady", "Lord", "Master", "Fr", "Sr", "Cllr",
        "Capt",
    )
}  # fmt: skip
_COUPLE = re.compile(r"(?:mr|mrs|ms|dr)\.?\s*(?:&|and|\+)\s*(?:mr|mrs|ms|dr)\b\.?\s+", re.IGNORECASE)
# Words that begin a last name of several words: Anna van der Berg, Rhys ap Gwilym, Mary St John.
_JOINED = frozenset(
    {
        "van", "von", "der", "den", "de", "la", "le", "du", "da", "dos", "das", "di", "del", "della",
        "bin", "bint", "ibn", "al", "el", "ap", "ab", "ferch", "ver", "st", "st.", "mac", "mc", "o", "ó", "ní", "uí",
    }
)  # fmt: skip


def read_title(cell: str) -> str:
    """`MRS.` becomes `Mrs`; a title we do not know stays as it is written."""
    text = one_line(cell)
    return _TITLES.get(text.rstrip(".").casefold(), text)


def split_full_name(cell: str) -> tuple[str, str, str]:
    """Title, first and last name out of one cell: `Mrs Anna van der Berg`, `O'NEIL, Seán (Mr)`, `Eluned`."""
    text = one_line(cell)
    title = ""
    if found := re.search(r"\(\s*(\w+)\.?\s*\)\s*$", text):
        known = _TITLES.get(found.group(1).casefold())
        if known:
            title, text = known, text[: found.start()].strip()
    if "," in text:
        last, _, first = text.partition(",")
        words = first.split()
        if words and words[0].rstrip(".").casefold() in _TITLES:
            title, words = _TITLES[words[0].rstrip(".").casefold()], words[1:]
        return title, " ".join(words), last.strip()
    words = text.split()
    if couple := _COUPLE.match(text):
        title, words = couple.group().strip(), text[couple.end() :].split()
    elif len(words) > 1 and words[0].rstrip(".").casefold() in _TITLES:
        title, words = _TITLES[words[0].rstrip(".").casefold()], words[1:]
    if len(words) < 2:
        # One word after a title is the family's name; on its own it is what the person is called.
        return (title, "", words[0] if words else "") if title else ("", " ".join(words), "")
    at = len(words) - 1
    while at > 1 and words[at - 1].casefold() in _JOINED:
        at -= 1
    return title, " ".join(words[:at]), " ".join(words[at:])
