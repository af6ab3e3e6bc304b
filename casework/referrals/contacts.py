"""Who is referred: name, birth, numbers, risks, out of the cells of one row."""

import re
from datetime import date

import msgspec

from casework.referrals.answers import yes_or_no
from casework.referrals.dates import DateRead, age_on, read_birth
from casework.referrals.emails import read_emails
from casework.referrals.names import read_title, split_full_name
from casework.referrals.one_row import OneRow
from casework.referrals.person import ReferredContact
from casework.referrals.phones import Phone, read_phones
from casework.referrals.text import LINE_LIMIT, one_line, says_nothing
from casework.referrals.vulnerabilities import Vulnerability, codes_of, read_vulnerabilities

_CHANNELS = (
    (r"\bvia\b|through|daughter|\bson\b|carer|family|neighbour|support worker", "via_someone"),
    (r"e-?mail|ebost", "email"),
    (r"letter|post\b|llythyr", "letter"),
    (r"text|sms|whatsapp|neges", "text"),
    (r"mobile|symudol|\bcell", "mobile"),
    (r"home|landline|cartref", "home_phone"),
    (r"phone|call|\btel|\bring|ff[oô]n", "phone"),
    (r"visit|in person|face to face", "visit"),
)


class _Name(msgspec.Struct, frozen=True):
    title: str
    first: str
    last: str


class _Reach(msgspec.Struct, frozen=True):
    phone: str
    mobile: str
    phones: tuple[Phone, ...]
    email: str


def read_contact(one: OneRow, order: str, today: date) -> ReferredContact:
    """Who the row is about; what cannot be read is flagged and left for the note."""
    name = _name(one)
    birth, birth_text = _birth(one, order, today)
    age = age_on(birth.value, today) if birth.value else birth.age
    if age is None and birth.year is not None:
        age = today.year - birth.year
    reach = _reach(one)
    risks = _risks(one)
    _doubt_age(one, age, risks)
    return ReferredContact(
        title=name.title,
        first_name=name.first,
        last_name=name.last,
        birth_date=birth.value,
        birth_text=birth_text,
        age=age,
        phone=reach.phone,
        mobile=reach.mobile,
        phones=reach.phones,
        email=reach.email,
        preferred_channel=_channel(one),
        language=one.line_of("language"),
        vulnerabilities=risks,
    )


def _name(one: OneRow) -> _Name:
    title = read_title(one.line_of("title"))
    first = one.line_of("first_name", joined=" ")
    last = one.line_of("last_name", joined=" ")
    whole = one.line_of("full_name", joined=" ")
    if whole:
        said, given, family = split_full_name(whole)
        title, first, last = title or said, first or given, last or family
    if not (first or last):
        one.flag("name_missing", next((column for column, _ in one.cells("last_name", "full_name")), ""), "")
    return _Name(title, first, last)


def _birth(one: OneRow, order: str, today: date) -> tuple[DateRead, str]:
    column, cell = one.first("birth_date")
    if says_nothing(cell):
        return DateRead(), ""
    read = read_birth(cell, order, today)
    if read.code:
        one.flag(read.code, column, cell)
    if read.value:
        return read, ""
    one.leave(column, cell)
    return read, one_line(cell)[:LINE_LIMIT]


def _reach(one: OneRow) -> _Reach:
    found: list[tuple[str, Phone]] = []
    for field in ("phone_home", "phone_mobile", "phone_other"):
        for column, cell in one.filled(field):
            read = read_phones(cell)
            found += [(field, phone) for phone in read.phones]
            for code in read.codes:
                one.flag(code, column, cell)
            if read.codes or len(read.phones) != 1:
                one.leave(column, cell)
    email = _email(one)
    mobile = _pick(found, "phone_mobile", is_mobile=True)
    phone = _pick([(field, number) for field, number in found if number != mobile], "phone_home", is_mobile=False)
    phones = tuple(dict.fromkeys(number for _, number in found))
    _leave_unshown(one, phones, [mobile, phone])
    if not phones and not email:
        one.flag("no_phone_or_email", "", "")
    return _Reach(phone.shown if phone else "", mobile.shown if mobile else "", phones, email)


def _pick(found: list[tuple[str, Phone]], field: str, *, is_mobile: bool) -> Phone | None:
    """The number from the column that is meant for it, else one of its kind from a column for any number."""
    own = next((phone for column_field, phone in found if column_field == field), None)
    return own or next(
        (phone for column_field, phone in found if column_field == "phone_other" and phone.is_mobile is is_mobile), None
    )


def _leave_unshown(one: OneRow, phones: tuple[Phone, ...], shown: list[Phone | None]) -> None:
    """A third number has no field of its own: its cell goes to the note."""
    for phone in phones:
        if phone not in shown:
            for column, cell in one.filled("phone_home", "phone_mobile", "phone_other"):
                if phone in read_phones(cell).phones:
                    one.leave(column, cell)


def _email(one: OneRow) -> str:
    emails: list[str] = []
    for column, cell in one.filled("email"):
        read = read_emails(cell)
        emails += read.emails
        if read.code:
            one.flag(read.code, column, cell)
        if read.code or len(emails) > 1:
            one.leave(column, cell)
    return emails[0] if emails else ""


def _channel(one: OneRow) -> str:
    column, cell = one.first("preferred_channel")
    if says_nothing(cell):
        return ""
    text = one_line(cell).casefold()
    code = next((code for pattern, code in _CHANNELS if re.search(pattern, text)), "")
    if not code:
        one.flag("word_unknown", column, cell)
    if not code or code == "via_someone":
        one.leave(column, cell)
    return code


def _risks(one: OneRow) -> tuple[str, ...]:
    codes: list[str] = []
    for column, cell in one.filled("vulnerabilities"):
        for risk in _risks_in(column, cell):
            codes += risk.codes
            if not risk.codes:
                one.flag("vulnerability_unknown", column, risk.words)
                one.leave(column, cell)
    return tuple(dict.fromkeys(codes))


def _risks_in(column: str, cell: str) -> tuple[Vulnerability, ...]:
    """A column of its own for one risk (`Child under 5`: Y) says it by its heading."""
    answer = yes_or_no(cell)
    if answer is None:
        return read_vulnerabilities(cell)
    return (Vulnerability(words=f"{column}: {cell}", codes=codes_of(column)),) if answer else ()


def _doubt_age(one: OneRow, age: int | None, risks: tuple[str, ...]) -> None:
    """`over 75` beside a birthday in 2004: one of the two is wrong, and only a person can ask which."""
    least = 75 if "over_75" in risks else 65 if "over_65" in risks else 0
    if age is not None and least and age < least - 1:
        for column, cell in one.filled("birth_date"):
            one.flag("age_disagrees", column, cell)
