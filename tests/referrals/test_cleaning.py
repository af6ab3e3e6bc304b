"""One row becomes one person: every cell in a field, in the note or in both, and every cell in the letter."""

import csv
import io
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.referrals.columns import Mapping, guess_mapping
from casework.referrals.dry_run import DryRun, dry_run
from casework.referrals.fields import FIELDS
from casework.referrals.person import ReferredPerson
from casework.referrals.reading import read_table
from casework.referrals.table import RawRow, RawTable

TODAY = date(2026, 11, 21)
LIMIT = 200


def person_of(**cells: str) -> ReferredPerson:
    """The person that a file with these columns (underscores for spaces) and this one row gives."""
    out = io.StringIO()
    csv.writer(out).writerows([[name.replace("_", " ") for name in cells], list(cells.values())])
    table = read_table(out.getvalue().encode())
    mapping, _ = guess_mapping(table)
    (person,) = dry_run(table, mapping, (), TODAY).referrals
    return person


def test_that_an_impossible_birthday_is_kept_as_text_and_flagged() -> None:
    person = person_of(Surname="Öztürk", Date_of_birth="31/02/1950", Mobile="07700900100")
    assert (person.contact.birth_date, person.contact.birth_text) == (None, "31/02/1950")
    assert ("date_impossible", "Date of birth", "31/02/1950") in {
        (flag.code, flag.column, flag.value) for flag in person.flags
    }
    assert "Date of birth: 31/02/1950" in person.leftover


def test_that_an_age_in_words_still_tells_the_age() -> None:
    person = person_of(Surname="Khan", Date_of_birth="age 84")
    assert (person.contact.age, person.contact.birth_text) == (84, "age 84")


def test_that_a_formula_and_markup_stay_the_text_they_are() -> None:
    formula, markup = '=HYPERLINK("http://x","click")', "Smart PAYG <b>not</b> working"
    assert person_of(Surname="Khan", Reason=formula).reason == formula
    assert person_of(Surname="Khan", Reason=markup).reason == markup
    assert "formula_text" in person_of(Surname="Khan", Reason=formula).flag_codes


def test_that_line_breaks_stay_in_the_reason_and_go_from_a_name() -> None:
    person = person_of(Surname="Mac-\r\nDonald", Reason="Help to switch\r\nCall after 4pm")
    assert person.contact.last_name == "Mac- Donald"
    assert person.reason == "Help to switch\nCall after 4pm"


def test_that_a_right_to_left_override_goes_from_the_name_and_shows_in_the_note() -> None:
    person = person_of(Surname="nosliW\u202e", Postcode="TR1 8ZG")
    assert person.contact.last_name == "nosliW"
    assert person.leftover == "Surname: nosliW[U+202E]"
    assert "hidden_characters" in person.flag_codes
    assert ("Surname", "nosliW\u202e") in person.letter


def test_that_names_keep_their_marks_and_apostrophes() -> None:
    person = person_of(First_name="Llŷr", Surname="O'Brien <b>😟")
    assert (person.contact.first_name, person.contact.last_name) == ("Llŷr", "O'Brien <b>😟")


def test_that_a_name_of_ten_thousand_letters_fits_and_is_kept_whole_in_the_note() -> None:
    person = person_of(Surname="a" * 10_000, Mobile="07700900100")
    assert person.contact.last_name == "a" * LIMIT
    assert "a" * 10_000 in person.leftover
    assert "too_long" in person.flag_codes


def test_that_a_remark_on_a_phone_and_a_third_number_are_kept() -> None:
    person = person_of(Surname="Khan", Telephone="07700900431 (daughter); 01632960233; 01632960244")
    assert (person.contact.mobile, person.contact.phone) == ("07700 900431", "01632 960233")
    assert [phone.remark for phone in person.contact.phones] == ["daughter", "", ""]
    assert "01632960244" in person.leftover


def test_that_ex_directory_is_flagged_and_kept() -> None:
    person = person_of(Surname="Khan", Mobile="ex-directory")
    assert {"phone_withheld", "no_phone_or_email"} <= set(person.flag_codes)
    assert person.leftover == "Mobile: ex-directory"


def test_that_words_without_a_code_are_kept_as_words() -> None:
    person = person_of(Surname="Khan", Tenure="Lodger", Vulnerability="asthma; keeps bees")
    assert (person.home.tenure, person.contact.vulnerabilities) == ("", ("respiratory", "disability_or_long_term"))
    assert person.leftover == "Tenure: Lodger\nVulnerability: asthma; keeps bees"


def test_that_a_column_for_one_vulnerability_says_it_by_its_heading() -> None:
    person = person_of(Surname="Khan", Child_under_5="Y", Lives_alone="No")
    assert person.contact.vulnerabilities == ("under_5", "pregnant_or_young_children")


def test_that_no_heating_is_told_from_heating_unknown() -> None:
    assert person_of(Surname="Khan", Heating="none").home.heating_works == "no"
    assert person_of(Surname="Khan", Heating="don't know").home.heating_works == ""


def test_that_an_address_in_one_cell_is_taken_apart() -> None:
    home = person_of(Name="Ann Lee", Address="Flat 3, 9 Mill Hill\nTruro\ntr12hj").home
    assert (home.address_1, home.address_2, home.town, home.postcode) == ("Flat 3", "9 Mill Hill", "Truro", "TR1 2HJ")


def test_that_a_second_address_is_kept_in_the_note() -> None:
    table = read_table(b"Name,Address 1,Home address\nAnn Lee,9 Mill Hill,4 Canal Side\n")
    mapping = Mapping(fingerprint="", fields=("full_name", "address_1", "address"))
    (person,) = dry_run(table, mapping, (), TODAY).referrals
    assert (person.home.address_1, person.leftover) == ("9 Mill Hill", "Home address: 4 Canal Side")


def test_that_somebody_over_75_who_was_born_in_2004_is_doubted() -> None:
    assert "age_disagrees" in person_of(Surname="Khan", DOB="26/06/2004", Vulnerability="over 75").flag_codes
    assert "age_disagrees" not in person_of(Surname="Khan", DOB="26/06/1934", Vulnerability="over 75").flag_codes


def test_that_two_columns_for_one_field_are_joined_or_the_second_is_kept() -> None:
    table = read_table(b"Name,Why,Also,PC,PC2\nAnn Lee,cold,damp,TR1 8ZG,TR1 8ZH\n")
    mapping = Mapping(fingerprint="", fields=("full_name", "reason", "reason", "postcode", "postcode"))
    (person,) = dry_run(table, mapping, (), TODAY).referrals
    assert (person.reason, person.home.postcode, person.leftover) == ("cold\ndamp", "TR1 8ZG", "PC2: TR1 8ZH")


def test_that_cells_that_fit_nowhere_become_the_note_with_their_column_s_name() -> None:
    person = person_of(Surname="Khan", Favourite_colour="blue", Dog="bites\nsometimes")
    assert person.leftover == "Favourite colour: blue\nDog: bites\nsometimes"


def test_that_each_partner_s_date_order_is_its_own(housing: DryRun, food_bank: DryRun) -> None:
    assert housing.referrals[0].contact.birth_date == date(1944, 4, 3)
    assert food_bank.referrals[2].contact.birth_date == date(1952, 11, 2)
    assert food_bank.referrals[3].referred_on == date(2026, 8, 4)


CELL = st.text(max_size=30) | st.sampled_from(
    [
        "07700900100 (son)",
        "31/02/1950",
        "a@b",
        "N/A",
        "=1+1",
        "LL11 3RU",
        "asthma; bees",
        "Total",
        "\u202eabc",
        "x" * 300,
    ]
)
FIELD = st.sampled_from(FIELDS)


@settings(max_examples=200)
@given(rows=st.lists(st.tuples(*[CELL] * 6), min_size=1, max_size=4), fields=st.tuples(*[FIELD] * 6))
def test_that_under_any_mapping_no_cell_of_a_person_is_lost(
    rows: list[tuple[str, ...]], fields: tuple[str, ...]
) -> None:
    people = tuple(RawRow(line=number, cells=("Khan", *cells)) for number, cells in enumerate(rows, start=2))
    table = RawTable(columns=("Surname", *"abcdef"), rows=people, named=6)
    run = dry_run(table, Mapping(fingerprint="", fields=("last_name", *fields)), (), TODAY)
    for person, row in zip(run.referrals, people, strict=True):
        assert [value for _, value in person.letter] == [cell for cell in row.cells if cell.strip()]
        assert_fits(person)


def assert_fits(person: ReferredPerson) -> None:
    """No field is longer than a case can hold (200 letters, 20,000 for long text)."""
    texts = [value for part in (person.contact, person.home) for value in vars_of(part) if isinstance(value, str)]
    assert max(map(len, [*texts, person.reference, person.referred_by])) <= LIMIT
    assert len(person.reason) <= 20_000
    assert len(person.leftover) <= 20_000


def vars_of(part: object) -> list[object]:
    return [getattr(part, name) for name in getattr(part, "__struct_fields__", ())]


def test_that_every_cell_of_every_sample_is_in_a_letter_or_in_a_row_left_out(
    council: DryRun, council_table: RawTable
) -> None:
    told = {person.line: [value for _, value in person.letter] for person in council.referrals}
    told |= {row.line: [value for _, value in row.cells] for row in council.excluded}
    assert told == {row.line: [cell for cell in row.cells if cell.strip()] for row in council_table.rows}
