"""Who may be the same person: found by shared keys, weighed by name, birth, place and phone; never merged (OC14)."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from rapidfuzz import fuzz

from casework.referrals.person import ReferredPerson
from casework.referrals.text import plain_letters

OFFERED_FROM = 50
_MOST_PER_KEY = 200
_SAME_NAME = 92.0
_NEAR_NAME = 84.0


class KnownPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody we have a case for. `phones` are in +44 form; `reference` is the partner's own for the referral."""

    id: str
    case_id: str
    name: str
    birth_date: date | None = None
    postcode: str = ""
    phones: tuple[str, ...] = ()
    uprn: str = ""
    reference: str = ""
    address_1: str = ""


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """An offer: the row at `line` may be about the same person as an earlier row, or as somebody known.

    Either `other_line` is set or `known_id` and `known_case_id` are. `score` is 0 to 100, `reasons` say what is alike:
    reference, name, name_near, birth_date, birth_date_near, postcode, address, phone, uprn; `birth_date_differs` speaks
    against.
    """

    line: int
    score: int
    reasons: tuple[str, ...]
    other_line: int | None = None
    known_id: str = ""
    known_case_id: str = ""


class _Face(msgspec.Struct, frozen=True):
    """What two people are compared by."""

    name: str
    birth: date | None
    postcode: str
    phones: frozenset[str]
    uprn: str
    reference: str
    address: str


def find_likenesses(people: Sequence[ReferredPerson], known: Iterable[KnownPerson] = ()) -> tuple[Likeness, ...]:
    """Every offer, best first for each row: against earlier rows of the file, and against people known already."""
    faces = [_face_of(person) for person in people]
    index: dict[str, list[int]] = {}
    for position, face in enumerate(faces):
        for key in _keys(face):
            index.setdefault(key, []).append(position)
    found = [*_within(people, faces, index), *_against(people, faces, index, known)]
    return tuple(sorted(found, key=lambda alike: (alike.line, -alike.score, alike.other_line or 0, alike.known_id)))


def _within(people: Sequence[ReferredPerson], faces: list[_Face], index: dict[str, list[int]]) -> Iterable[Likeness]:
    pairs = {
        (first, second)
        for positions in index.values()
        if len(positions) <= _MOST_PER_KEY
        for at, first in enumerate(positions)
        for second in positions[at + 1 :]
    }
    for first, second in pairs:
        score, reasons = _compare(faces[first], faces[second])
        if score >= OFFERED_FROM:
            yield Likeness(line=people[second].line, other_line=people[first].line, score=score, reasons=reasons)


def _against(
    people: Sequence[ReferredPerson], faces: list[_Face], index: dict[str, list[int]], known: Iterable[KnownPerson]
) -> Iterable[Likeness]:
    for person in known:
        face = _face_of_known(person)
        for position in {position for key in _keys(face) for position in index.get(key, ())}:
            score, reasons = _compare(faces[position], face)
            if score >= OFFERED_FROM:
                yield Likeness(
                    line=people[position].line,
                    score=score,
                    reasons=reasons,
                    known_id=person.id,
                    known_case_id=person.case_id,
                )


def _face_of(person: ReferredPerson) -> _Face:
    contact, home = person.contact, person.home
    return _Face(
        name=plain_letters(contact.name),
        birth=contact.birth_date,
        postcode=home.postcode if home.has_whole_postcode else "",
        phones=frozenset(phone.number for phone in contact.phones),
        uprn=home.uprn,
        reference=person.reference,
        address=home.address_1.casefold(),
    )


def _face_of_known(person: KnownPerson) -> _Face:
    return _Face(
        name=plain_letters(person.name),
        birth=person.birth_date,
        postcode=person.postcode,
        phones=frozenset(person.phones),
        uprn=person.uprn,
        reference=person.reference,
        address=person.address_1.casefold(),
    )


def _keys(face: _Face) -> list[str]:
    """Two people who share none of these are not compared at all."""
    keys = [f"t{phone}" for phone in face.phones]
    for mark, value in (("p", face.postcode), ("u", face.uprn), ("r", face.reference)):
        if value:
            keys.append(mark + value)
    if face.birth:
        keys.append(f"b{face.birth.toordinal()}")
    words = face.name.split()
    if words:
        # First letter of each end, either way round: first and last name change places in some files.
        ends = sorted((words[0][:1] + soundex(words[0])[1:], words[-1][:1] + soundex(words[-1])[1:]))
        keys.append("n" + "".join(ends))
    return keys


_SOUNDS = str.maketrans("bfpvcgjkqsxzdtlmnraeiouyhw", "11112222222233455600000099")


def soundex(word: str) -> str:
    """The classic four-sign sound of a name in plain letters, e.g. `wojcik` -> `w222`; empty for no letters."""
    if not word:
        return ""
    codes = word.translate(_SOUNDS).replace("9", "")
    kept = [code for before, code in zip("0" + codes, codes, strict=False) if code != before and code != "0"]
    if kept and codes[:1] == kept[0] and codes[:1] != "0":
        kept = kept[1:]
    return (word[0] + "".join(kept) + "000")[:4]


def _compare(one: _Face, other: _Face) -> tuple[int, tuple[str, ...]]:
    """How alike, 0 to 100, and why. Name and birth weigh most; a shared household alone is not a likeness."""
    score = 0
    reasons: list[str] = []
    for points, reason in (*_by_name(one, other), *_by_birth(one, other), *_by_place(one, other)):
        score += points
        reasons.append(reason)
    return max(0, min(100, score)), tuple(reasons)


def _by_name(one: _Face, other: _Face) -> Iterable[tuple[int, str]]:
    if one.reference and one.reference == other.reference:
        yield 25, "reference"
    if not (one.name and other.name):
        return
    alike = max(fuzz.ratio(one.name, other.name), fuzz.token_sort_ratio(one.name, other.name))
    if alike >= _SAME_NAME:
        yield 40, "name"
    elif alike >= _NEAR_NAME:
        yield 25, "name_near"


def _by_birth(one: _Face, other: _Face) -> Iterable[tuple[int, str]]:
    if one.birth is None or other.birth is None:
        return
    if one.birth == other.birth:
        yield 30, "birth_date"
    elif _near(one.birth, other.birth):
        yield 15, "birth_date_near"
    else:
        yield -30, "birth_date_differs"


def _near(one: date, other: date) -> bool:
    """Day and month changed places, or one figure mistyped."""
    swapped = one.year == other.year and (one.month, one.day) == (other.day, other.month)
    return swapped or sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def _by_place(one: _Face, other: _Face) -> Iterable[tuple[int, str]]:
    if one.postcode and one.postcode == other.postcode:
        yield 15, "postcode"
    if one.address and one.address == other.address:
        yield 10, "address"
    if one.uprn and one.uprn == other.uprn:
        yield 20, "uprn"
    if one.phones & other.phones:
        yield 20, "phone"
