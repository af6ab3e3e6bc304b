"""Columns find their field by heading and by contents; what fits nowhere is kept as a note; a mapping is remembered."""

import msgspec
import pytest

from casework.referrals.columns import Mapping, fingerprint, guess_mapping
from casework.referrals.dry_run import DryRun
from casework.referrals.fields import NOTE
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable


def fields_of(text: str) -> dict[str, str]:
    table = read_table(text.encode())
    mapping, _ = guess_mapping(table)
    return dict(zip(table.columns, mapping.fields, strict=True))


def test_that_every_column_of_the_council_finds_its_field(council_table: RawTable) -> None:
    mapping, guesses = guess_mapping(council_table)
    assert mapping.fields == (
        "reference", "referred_on", "title", "first_name", "last_name", "birth_date", "address_1", "address_2", "town",
        "postcode", "phone_home", "phone_mobile", "email", "preferred_channel", "language", "tenure", "property_type",
        "epc", "heating", "prepayment", "vulnerabilities", "reason", "referred_by", "consent",
    )  # fmt: skip
    assert min(guess.confidence for guess in guesses) == 1.0


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Surname", "last_name"),
        ("FORENAME(S)", "first_name"),
        ("D.O.B.", "birth_date"),
        ("Date of birth (dd/mm/yyyy)", "birth_date"),
        ("Post Code *", "postcode"),
        ("Cod post", "postcode"),
        ("Cyfenw", "last_name"),
        ("Dyddiad geni", "birth_date"),
        ("Ffôn symudol", "phone_mobile"),
        ("Mobile (if any)", "phone_mobile"),
        ("Vulnerabilty", "vulnerabilities"),
        ("Reason for referral / comments", "reason"),
        ("Has consent been given?", "consent"),
        ("Referrer's phone", NOTE),
        ("GP surgery", NOTE),
        ("Next of kin telephone", NOTE),
        ("Favourite colour", NOTE),
    ],
)
def test_that_a_heading_is_understood(heading: str, field: str) -> None:
    assert fields_of(f'"{heading}",Town\nx,Truro\ny,York\n')[heading] == field


def test_that_contents_speak_where_the_heading_does_not() -> None:
    rows = "".join(
        f"LS{number} 7GP,a{number}@example.org,0770090010{number},1{number}/02/19{number}5,2{number}/09/2026\n"
        for number in range(1, 6)
    )
    assert list(fields_of("q1,q2,q3,q4,q5\n" + rows).values()) == [
        "postcode",
        "email",
        "phone_mobile",
        "birth_date",
        "referred_on",
    ]


def test_that_one_name_column_is_the_whole_name_and_beside_a_surname_it_is_the_first() -> None:
    assert fields_of("Name,Postcode\nAnn Lee,TR1 8ZG\n")["Name"] == "full_name"
    assert fields_of("Name,Surname,Postcode\nAnn,Lee,TR1 8ZG\n")["Name"] == "first_name"


def test_that_of_two_dates_of_birth_one_is_used_and_the_other_kept_as_a_note() -> None:
    assert list(fields_of("Name,DOB,Age\nAnn,1/2/1950,76\n").values()) == ["full_name", "birth_date", NOTE]


def test_that_a_remembered_mapping_is_used_for_the_same_headings_only() -> None:
    table = read_table(b"Name,Colour\nAnn,red\n")
    remembered = Mapping(fingerprint=fingerprint(("NAME:", "colour")), fields=("full_name", "reason"))
    mapping, guesses = guess_mapping(table, remembered)
    assert mapping == remembered
    assert {guess.because for guess in guesses} == {"remembered"}
    other = read_table(b"Name,Color\nAnn,red\n")
    assert guess_mapping(other, remembered)[0].fields == ("full_name", NOTE)


def test_that_a_mapping_survives_being_written_down() -> None:
    mapping = Mapping(fingerprint="ab", fields=("full_name", NOTE))
    assert msgspec.json.decode(msgspec.json.encode(mapping), type=Mapping) == mapping


def test_that_sending_a_column_to_a_taken_field_frees_the_other_unless_they_can_be_joined() -> None:
    mapping = Mapping(fingerprint="", fields=("postcode", "reason", NOTE))
    assert mapping.with_field(2, "postcode").fields == (NOTE, "reason", "postcode")
    assert mapping.with_field(2, "reason").fields == ("postcode", "reason", "reason")


def test_that_a_mapping_without_names_or_a_way_to_reach_anybody_says_so() -> None:
    assert Mapping(fingerprint="", fields=("reference",)).problems() == ("no_name_column", "no_reach_column")


def test_that_the_officer_s_phone_does_not_become_the_tenant_s(housing: DryRun) -> None:
    assert "01632 960500" not in {phone.shown for person in housing.referrals for phone in person.contact.phones}
    assert "Officer tel: 01632 960500" in housing.referrals[0].leftover


def test_that_questions_of_a_web_form_are_understood(food_bank: DryRun) -> None:
    marta = food_bank.referrals[0]
    assert (marta.home.address_1, marta.home.town, marta.home.heating) == ("Flat 6", "Hull", "Gas boiler")
    assert (str(marta.contact.birth_date), marta.consent) == ("1987-03-14", "given")
    assert "under_5" in marta.contact.vulnerabilities
