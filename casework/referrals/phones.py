"""Phone numbers as people write them: several in a cell, whose they are in brackets, the leading 0 eaten by Excel."""

import re

import msgspec
import phonenumbers

from casework.referrals.text import one_line, says_nothing

REGION = "GB"

_NUMBER = re.compile(r"[+(]?\d[\d\s().\-–]{4,}\d(?:\s*(?:ext\.?|x)\s*\d{1,6})?", re.IGNORECASE)
_CUTS = re.compile(r"[;\n|]|,(?![^()]*\))|\s+(?:or|and|neu)\s+|(?<=\d)\s*/\s*(?=[+0(])", re.IGNORECASE)
_WITHHELD = re.compile(r"\b(?:ex[\s-]?dir\w*|withheld|do not (?:call|ring|phone)|confidential)", re.IGNORECASE)
_NO_PHONE = re.compile(r"\b(?:no|hasn'?t|without)\b.*\b(?:phone|mobile|tel|landline|number)", re.IGNORECASE)
_MOBILE_STARTS = ("71", "72", "73", "74", "75", "77", "78", "79", "7624")


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """One number. `number` is +44 form for comparing, `shown` as people dial it, `remark` e.g. `daughter`."""

    number: str
    shown: str
    is_mobile: bool = False
    remark: str = ""


class PhonesRead(msgspec.Struct, frozen=True, kw_only=True):
    """Every number in the cell, and codes: phone_withheld, phone_none, phone_unreadable, phone_remark."""

    phones: tuple[Phone, ...] = ()
    codes: tuple[str, ...] = ()


def read_phones(cell: str) -> PhonesRead:
    """Every number in the cell; what is no number becomes a remark or a code, and the caller keeps the cell."""
    text = "\n".join(one_line(line) for line in cell.replace("\r", "\n").split("\n") if line.strip())
    if says_nothing(text):
        return PhonesRead()
    phones: list[Phone] = []
    codes: list[str] = []
    for piece in _CUTS.split(text):
        if not piece.strip():
            continue
        phone = _read_one(piece)
        if phone is not None:
            phones.append(phone)
            codes += ["phone_remark"] if phone.remark else []
        else:
            codes.append(_why_not(piece))
    return PhonesRead(phones=tuple(phones), codes=tuple(dict.fromkeys(codes)))


def looks_like_phone(cell: str) -> bool:
    """Whether the cell holds a number that could be dialled and is written like one."""
    return re.match(r"\s*(?:\+|00?|\(0|7\d{9}\b)", cell) is not None and bool(read_phones(cell).phones)


def _why_not(piece: str) -> str:
    if _WITHHELD.search(piece):
        return "phone_withheld"
    if _NO_PHONE.search(piece):
        return "phone_none"
    return "phone_unreadable" if any(mark.isdigit() for mark in piece) else "phone_remark"


def _read_one(piece: str) -> Phone | None:
    found = _NUMBER.search(piece)
    if found is None:
        return None
    written = re.sub(r"\(0\)", "", found.group()) if "+" in piece or piece.strip().startswith("00") else found.group()
    number = _parsed(written)
    if number is None:
        return None
    outside = f"{piece[: found.start()]} {piece[found.end() :]}"
    remark = " ".join(re.sub(r"[()\[\]:*]", " ", outside).split()).strip(" -–,.")
    national = str(number.national_number)
    return Phone(
        number=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        shown=_shown(number),
        is_mobile=number.country_code == 44 and len(national) == 10 and national.startswith(_MOBILE_STARTS),
        remark="" if remark.casefold() in _LABELS else remark,
    )


_LABELS = frozenset({"", "tel", "t", "m", "mob", "mobile", "home", "h", "phone", "landline", "no", "number", "ffôn"})


def _parsed(written: str) -> phonenumbers.PhoneNumber | None:
    """The number if it has a length that can be dialled. Ofcom's numbers for drama count: they are never `valid`."""
    digits = re.sub(r"[^\d+]", "", written)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif len(digits) in (9, 10) and digits[0] in "12378":
        digits = "0" + digits
    elif digits.startswith("44") and len(digits) == 12:
        digits = "+" + digits
    extension = re.search(r"(?:ext\.?|x)\s*(\d{1,6})\s*$", written, re.IGNORECASE)
    if extension:
        digits = digits[: -len(extension.group(1))]
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    if extension:
        number.extension = extension.group(1)
    possible = phonenumbers.is_possible_number(number)
    long_enough = number.country_code != 44 or len(str(number.national_number)) >= 9
    return number if possible and long_enough else None


def _shown(number: phonenumbers.PhoneNumber) -> str:
    home = number.country_code == 44
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
