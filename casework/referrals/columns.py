"""What each column means: guessed from its heading and its cells, remembered by the partner's own set of headings."""

import hashlib
import re
from collections.abc import Callable
from statistics import median

import msgspec
from rapidfuzz import fuzz, process

from casework.referrals.dates import looks_like_date
from casework.referrals.emails import looks_like_email
from casework.referrals.fields import FIELD_OF_HEADING, FIELDS, JOINABLE, NOTE, OTHERS_WORDS, heading_letters
from casework.referrals.phones import looks_like_phone, read_phones
from casework.referrals.postcodes import looks_like_postcode
from casework.referrals.table import RawTable
from casework.referrals.text import says_nothing

_SAMPLE = 200
_CLOSE_ENOUGH = 88.0
_BY_CONTENTS = 0.6
# Single words that say what a longer heading is about, e.g. `Mobile (if any)`.
_TELLING = frozenset(
    {
        "postcode", "surname", "forename", "mobile", "email", "landline", "telephone", "consent",
        "tenure", "dob", "uprn", "heating", "vulnerability", "vulnerabilities", "epc", "language",
        "prepayment", "town",
    }
)  # fmt: skip


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """Field of each column, in the columns' order; keep it under its fingerprint and the next file needs no mapping."""

    fingerprint: str
    fields: tuple[str, ...]

    def with_field(self, column: int, field: str) -> "Mapping":
        """The same with one column sent elsewhere; a field that takes one column is taken from the other."""
        if field not in FIELDS:
            raise ValueError(field)
        fields = [
            NOTE if other == field and field not in JOINABLE and position != column else other
            for position, other in enumerate(self.fields)
        ]
        fields[column] = field
        return Mapping(fingerprint=self.fingerprint, fields=tuple(fields))

    def problems(self) -> tuple[str, ...]:
        """Codes for what an import cannot do without or would be poor without: no_name_column, no_reach_column."""
        fields = set(self.fields)
        found = []
        if not fields & {"first_name", "last_name", "full_name"}:
            found.append("no_name_column")
        if not fields & {"phone_home", "phone_mobile", "phone_other", "email", "address_1", "address"}:
            found.append("no_reach_column")
        return tuple(found)


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What one column seems to be. `confidence` is 0 to 1; `because` is heading, contents, remembered or nothing."""

    column: str
    field: str
    confidence: float
    because: str
    examples: tuple[str, ...] = ()


def fingerprint(columns: tuple[str, ...]) -> str:
    """The same for two files with the same headings in the same order, whatever their capitals and brackets."""
    letters = "\x1f".join(heading_letters(column) for column in columns)
    return hashlib.sha256(letters.encode()).hexdigest()[:32]


def guess_mapping(table: RawTable, remembered: Mapping | None = None) -> tuple[Mapping, tuple[Guess, ...]]:
    """The likeliest meaning of every column; one that means nothing known is kept as a note.

    `remembered` is used as it is when it belongs to these headings.
    """
    mark = fingerprint(table.columns)
    samples = [_sample(table, position) for position in range(len(table.columns))]
    if remembered and remembered.fingerprint == mark and len(remembered.fields) == len(table.columns):
        guesses = [
            Guess(column=column, field=field, confidence=1.0, because="remembered", examples=sample[:3])
            for column, field, sample in zip(table.columns, remembered.fields, samples, strict=True)
        ]
        return remembered, tuple(guesses)
    guesses = [_guess(column, sample) for column, sample in zip(table.columns, samples, strict=True)]
    guesses = _one_column_each(_settle(guesses))
    return Mapping(fingerprint=mark, fields=tuple(guess.field for guess in guesses)), tuple(guesses)


def _sample(table: RawTable, position: int) -> tuple[str, ...]:
    cells = (row.cells[position] for row in table.rows[:_SAMPLE])
    return tuple(cell for cell in cells if not says_nothing(cell))


def _guess(column: str, sample: tuple[str, ...]) -> Guess:
    field, confidence = _by_heading(column)
    because = "heading"
    likely = _by_contents(sample)
    if field == NOTE and likely and confidence < 0.9:
        field, confidence, because = likely, _BY_CONTENTS, "contents"
    elif field in _LOOKS and sample and _share(_LOOKS[field], sample) < 0.2:
        # The heading says so and the cells say otherwise: a `Postcode` column without a postcode in it.
        confidence *= 0.5
    return Guess(
        column=column,
        field=field,
        confidence=confidence,
        because=because if field != NOTE else "nothing",
        examples=sample[:3],
    )


def _by_heading(column: str) -> tuple[str, float]:
    letters = re.sub(r" \d+$", "", heading_letters(column)) if column.endswith(")") else heading_letters(column)
    if letters in FIELD_OF_HEADING:
        return FIELD_OF_HEADING[letters], 1.0
    words = set(letters.split())
    if words & OTHERS_WORDS:
        return NOTE, 0.9
    if len(letters) < 3:
        return NOTE, 0.0
    for known in sorted(FIELD_OF_HEADING, key=len, reverse=True):
        if (" " in known or known in _TELLING) and len(words) <= 8 and f" {known} " in f" {letters} ":
            return FIELD_OF_HEADING[known], 0.8
    close = process.extractOne(letters, FIELD_OF_HEADING.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
    return (FIELD_OF_HEADING[close[0]], 0.7) if close and len(letters) > 4 else (NOTE, 0.0)


_LOOKS: dict[str, Callable[[str], bool]] = {
    "postcode": looks_like_postcode,
    "email": lambda cell: "@" in cell,
    "phone_home": lambda cell: bool(read_phones(cell).codes or read_phones(cell).phones),
    "phone_mobile": lambda cell: bool(read_phones(cell).codes or read_phones(cell).phones),
    "birth_date": lambda cell: any(mark.isdigit() for mark in cell),
    "referred_on": lambda cell: any(mark.isdigit() for mark in cell),
}


def _share(looks: Callable[[str], bool], sample: tuple[str, ...]) -> float:
    return sum(1 for cell in sample if looks(cell)) / len(sample)


def _by_contents(sample: tuple[str, ...]) -> str:
    if not sample:
        return ""
    if _share(looks_like_postcode, sample) > 0.5:
        return "postcode"
    if _share(looks_like_email, sample) > 0.5:
        return "email"
    if _share(looks_like_date, sample) > 0.5:
        return _which_date(sample)
    if _share(looks_like_phone, sample) > 0.5:
        mobile = sum(1 for cell in sample if any(phone.is_mobile for phone in read_phones(cell).phones))
        return "phone_mobile" if mobile > 0.8 * len(sample) else "phone_other"
    return ""


def _which_date(sample: tuple[str, ...]) -> str:
    """Birthdays spread over a lifetime, referrals over the last months; the newest day there is stands for today."""
    years = [int(found.group()) for cell in sample if (found := re.search(r"(?:19|20)\d\d", cell))]
    if not years:
        return ""
    newest = max(years)
    return "birth_date" if newest - median(years) > 12 else "referred_on"


def _settle(guesses: list[Guess]) -> list[Guess]:
    """A plain `Name` is the whole name only where no column has the last name; likewise for `Address`."""
    fields = {guess.field for guess in guesses}
    swaps = {}
    if "last_name" in fields and "first_name" not in fields:
        swaps["full_name"] = "first_name"
    elif "last_name" in fields:
        swaps["full_name"] = NOTE
    elif "first_name" in fields and "full_name" in fields:
        swaps["first_name"] = NOTE
    if "address" in fields and "address_1" not in fields and "address_2" in fields:
        swaps["address"] = "address_1"
    return [msgspec.structs.replace(guess, field=swaps.get(guess.field, guess.field)) for guess in guesses]


def _one_column_each(guesses: list[Guess]) -> list[Guess]:
    """Of two columns for a field that takes one, the surer keeps it and the other is kept as a note."""
    best: dict[str, int] = {}
    for position, guess in enumerate(guesses):
        held = best.get(guess.field)
        if held is None or guess.confidence > guesses[held].confidence:
            best[guess.field] = position
    return [
        guess
        if guess.field in JOINABLE or best[guess.field] == position
        else msgspec.structs.replace(guess, field=NOTE, confidence=0.3)
        for position, guess in enumerate(guesses)
    ]
