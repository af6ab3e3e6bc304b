"""Likenesses are offered for what people share, and a shared household or a common name alone is none."""

import time
from datetime import date, timedelta

import pytest

from casework.referrals.dry_run import DryRun
from casework.referrals.likeness import KnownPerson, Likeness, find_likenesses, soundex
from casework.referrals.person import ReferredContact, ReferredHome, ReferredPerson
from casework.referrals.phones import Phone

BORN = date(1950, 3, 4)


def person(
    name: str = "Ann Griffiths",
    born: date | None = BORN,
    postcode: str = "TR1 8ZG",
    phone: str = "+447700900100",
    *,
    line: int = 2,
) -> ReferredPerson:
    first, _, last = name.rpartition(" ")
    numbers = (Phone(number=phone, shown=phone),) if phone else ()
    return ReferredPerson(
        line=line,
        contact=ReferredContact(first_name=first, last_name=last, birth_date=born, phones=numbers),
        home=ReferredHome(postcode=postcode, has_whole_postcode=bool(postcode)),
    )


def known(
    name: str = "Ann Griffiths", born: date | None = BORN, postcode: str = "TR1 8ZG", phone: str = ""
) -> KnownPerson:
    return KnownPerson(
        id="k1", case_id="c1", name=name, birth_date=born, postcode=postcode, phones=(phone,) if phone else ()
    )


@pytest.mark.parametrize(
    ("newcomer", "reasons"),
    [
        (person(), ("name", "birth_date", "postcode")),
        (person("Anne Griffiths"), ("name", "birth_date", "postcode")),
        (person("Griffiths Ann"), ("name", "birth_date", "postcode")),
        (person("ann GRIFFITHS", born=None), ("name", "postcode")),
        (person(postcode="LL11 3RU"), ("name", "birth_date")),
        (person(born=date(1950, 4, 3), postcode="LL11 3RU"), ("name", "birth_date_near")),
        (person("Ann Gryffydd"), ("birth_date", "postcode")),
    ],
)
def test_that_likely_doubles_are_offered_with_their_reasons(newcomer: ReferredPerson, reasons: tuple[str, ...]) -> None:
    found = find_likenesses([newcomer], [known()])
    if "name" not in reasons:
        assert all(alike.score < 80 for alike in found)
    else:
        assert [(alike.known_id, alike.known_case_id, alike.reasons) for alike in found] == [("k1", "c1", reasons)]


@pytest.mark.parametrize(
    "newcomer",
    [
        person("Bob Griffiths", date(1948, 1, 1)),
        person("Ann Griffiths", date(1981, 9, 30), "LL11 3RU"),
        person("Ann Griffiths", None, "", ""),
        person("Zoë Khan", None, "TR1 8ZG"),
    ],
)
def test_that_a_housemate_or_a_namesake_is_not_offered(newcomer: ReferredPerson) -> None:
    assert find_likenesses([newcomer], [known(phone="+447700900100")]) == ()


def test_that_the_later_of_two_rows_is_offered_as_the_earlier() -> None:
    (alike,) = find_likenesses([person(line=2), person(line=9)])
    assert (alike.line, alike.other_line, alike.known_id) == (9, 2, "")


def test_that_the_best_likeness_comes_first() -> None:
    weak = KnownPerson(id="weak", case_id="c2", name="Ann Griffiths", postcode="TR1 8ZG")
    assert [alike.known_id for alike in find_likenesses([person()], [weak, known()])] == ["k1", "weak"]


@pytest.mark.parametrize(
    ("one", "other"), [("robert", "rupert"), ("griffiths", "gryffyths"), ("wojcik", "wojcick"), ("smith", "smyth")]
)
def test_that_names_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert soundex(one) == soundex(other)


def test_that_320_people_are_compared_with_20_000_known_within_a_second(council: DryRun) -> None:
    names = [person.contact.name for person in council.referrals]
    codes = [person.home.postcode for person in council.referrals]
    crowd = [
        KnownPerson(
            id=str(number),
            case_id=str(number),
            name=names[number * 7 % 320],
            birth_date=date(1930, 1, 1) + timedelta(days=number * 37 % 27_000),
            postcode=codes[number * 11 % 320],
            phones=(f"+4477009{number:05d}",),
        )
        for number in range(20_000)
    ]
    started = time.process_time()
    find_likenesses(council.referrals, crowd)
    assert time.process_time() - started < 1.0


def test_that_a_file_sent_twice_is_all_likely_doubles(council: DryRun) -> None:
    before = [
        KnownPerson(
            id=str(person.line),
            case_id=str(person.line),
            name=person.contact.name,
            birth_date=person.contact.birth_date,
            postcode=person.home.postcode if person.home.has_whole_postcode else "",
            phones=tuple(phone.number for phone in person.contact.phones),
            reference=person.reference,
        )
        for person in council.referrals
    ]
    best: dict[int, Likeness] = {}
    for alike in find_likenesses(council.referrals, before):
        if alike.known_id == str(alike.line):
            best.setdefault(alike.line, alike)
    assert len(best) == 320
