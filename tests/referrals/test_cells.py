"""Phones, postcodes, e-mails, names, answers and words about the home, as partners write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.referrals import homes
from casework.referrals.answers import read_consent, yes_or_no
from casework.referrals.emails import read_emails
from casework.referrals.names import read_title, split_full_name
from casework.referrals.phones import read_phones
from casework.referrals.postcodes import find_postcode, read_postcode
from casework.referrals.text import looks_like_formula, looks_like_markup, many_lines, one_line, plain_letters
from casework.referrals.vulnerabilities import CODES, read_vulnerabilities


@pytest.mark.parametrize(
    "cell",
    [
        "07700900218", "07700 900218", "0770-090-0218", "7700900218", "+44 7700900218", "00447700900218",
        "+44 (0)7700 900218", "447700900218", "07700 900 218", "(07700) 900218", "07700.900.218", "Mob: 07700 900218",
    ],
)  # fmt: skip
def test_that_one_mobile_is_the_same_number_in_every_style(cell: str) -> None:
    (phone,) = read_phones(cell).phones
    assert (phone.number, phone.shown, phone.is_mobile, phone.remark) == ("+447700900218", "07700 900218", True, "")


def test_that_whose_phone_it_is_becomes_a_remark() -> None:
    read = read_phones("01632 960277 (son, Ciarán)")
    assert [(phone.shown, phone.is_mobile, phone.remark) for phone in read.phones] == [
        ("01632 960277", False, "son, Ciarán")
    ]
    assert read.codes == ("phone_remark",)


@pytest.mark.parametrize(
    "cell", ["07700 900431 / 01632 960233", "07700900431; 01632960233", "07700900431 or 01632 960233"]
)
def test_that_two_numbers_in_a_cell_are_two(cell: str) -> None:
    assert [phone.number for phone in read_phones(cell).phones] == ["+447700900431", "+441632960233"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("ex-directory", "phone_withheld"),
        ("Ex Directory", "phone_withheld"),
        ("no phone", "phone_none"),
        ("0770O 900211", "phone_unreadable"),
        ("4.4770E+11", "phone_unreadable"),
        ("12", "phone_unreadable"),
        ("ask the warden", "phone_remark"),
    ],
)
def test_that_what_is_no_number_says_why(cell: str, code: str) -> None:
    assert (read_phones(cell).phones, read_phones(cell).codes) == ((), (code,))


@pytest.mark.parametrize("cell", ["", "n/a", "none", "-"])
def test_that_no_number_is_no_fault(cell: str) -> None:
    assert (read_phones(cell).phones, read_phones(cell).codes) == ((), ())


@pytest.mark.parametrize("cell", ["LL11 3RU", "ll113ru", "LL11  3RU ", "LL11-3RU", "Ll11 3rU"])
def test_that_a_postcode_is_the_same_in_every_style(cell: str) -> None:
    assert (read_postcode(cell).value, read_postcode(cell).code) == ("LL11 3RU", "")


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("N/A", "", "postcode_missing"),
        ("unknown", "", "postcode_missing"),
        ("", "", "postcode_missing"),
        ("NR2", "NR2", "postcode_partial"),
        ("ll11", "LL11", "postcode_partial"),
        ("Lives in Hull", "Lives in Hull", "postcode_odd"),
        ("LL11 OAA", "LL11 OAA", "postcode_odd"),
    ],
)
def test_that_half_an_odd_and_no_postcode_are_kept_and_flagged(cell: str, value: str, code: str) -> None:
    assert (read_postcode(cell).value, read_postcode(cell).code) == (value, code)


def test_that_a_postcode_is_found_inside_an_address() -> None:
    assert find_postcode("3 Lôn Goed, Truro, tr12hj") == ("TR1 2HJ", "3 Lôn Goed, Truro")
    assert find_postcode("3 Lôn Goed") == ("", "3 Lôn Goed")


@pytest.mark.parametrize(
    ("cell", "emails", "code"),
    [
        ("g.430@example.org", ("g.430@example.org",), ""),
        ("a@example.org; b@example.org", ("a@example.org", "b@example.org"), ""),
        ("mailto:a@example.org", ("a@example.org",), ""),
        ("none", (), ""),
        ("a@b", (), "email_odd"),
        ("a@example.org (work)", ("a@example.org",), "email_odd"),
        ("a@@example.org", (), "email_odd"),
    ],
)
def test_that_an_address_that_can_be_written_to_is_told_from_one_that_cannot(
    cell: str, emails: tuple[str, ...], code: str
) -> None:
    assert (read_emails(cell).emails, read_emails(cell).code) == (emails, code)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Mrs Eirlys Pritchard", ("Mrs", "Eirlys", "Pritchard")),
        ("ap GWILYM, Rhodri (Mr)", ("Mr", "Rhodri", "ap GWILYM")),
        ("Anna van der Berg", ("", "Anna", "van der Berg")),
        ("St.John, Llŷr", ("", "Llŷr", "St.John")),
        ("Smith, Ms Jo", ("Ms", "Jo", "Smith")),
        ("Mr & Mrs D. Ó Briain", ("Mr & Mrs", "D.", "Ó Briain")),
        ("Nguyễn D'Souza", ("", "Nguyễn", "D'Souza")),
        ("Mr Khan", ("Mr", "", "Khan")),
        ("Eluned", ("", "Eluned", "")),
        ("", ("", "", "")),
    ],
)
def test_that_a_whole_name_is_taken_apart(cell: str, expected: tuple[str, str, str]) -> None:
    assert split_full_name(cell) == expected


def test_that_a_title_is_tidied_only_where_it_is_known() -> None:
    assert (read_title("MRS."), read_title("Wing Cdr")) == ("Mrs", "Wing Cdr")


def test_that_names_in_one_alphabet_compare_alike() -> None:
    assert plain_letters("Łukasz O’Brien") == plain_letters("lukasz obrien")
    assert plain_letters("Llŷr Öztürk") == "llyr ozturk"
    assert plain_letters("Mac-Donald") == "mac donald"


@pytest.mark.parametrize(("cell", "said"), [("Y", True), ("ie", True), ("No.", False), ("maybe", None), ("", None)])
def test_that_yes_and_no_are_told_apart(cell: str, said: bool | None) -> None:
    assert yes_or_no(cell) is said


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Yes", ("given", "")),
        ("Y", ("given", "")),
        ("Yes, told by text", ("given", "")),
        ("Verbal", ("verbal", "")),
        ("Verbal 27/8", ("verbal", "")),
        ("Yes, he said so on the phone", ("verbal", "")),
        ("Yes - signed", ("written", "")),
        ("No", ("refused", "consent_refused")),
        ("not given", ("refused", "consent_refused")),
        ("Refused to sign", ("refused", "consent_refused")),
        ("", ("", "consent_missing")),
        ("Not yet asked", ("", "consent_unclear")),
        ("see form 12", ("written", "")),
        ("purple", ("", "consent_unclear")),
    ],
)
def test_that_consent_is_never_taken_for_more_than_was_said(cell: str, expected: tuple[str, str]) -> None:
    assert read_consent(cell) == expected


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("COPD", {"respiratory", "disability_or_long_term"}),
        ("powered medical equipment (oxygen)", {"powered_medical_equipment", "disability_or_long_term"}),
        ("child under 5", {"under_5", "pregnant_or_young_children"}),
        ("a kid aged 3", {"under_5", "pregnant_or_young_children"}),
        ("children under 16", set()),
        ("over 75", {"over_75", "over_65", "state_pension_age"}),
        ("over 65", {"over_65", "state_pension_age"}),
        ("hard of hearing", {"hearing_or_sight"}),
        ("lives alone", {"lives_alone"}),
        ("no asthma", set()),
        ("keeps bees", set()),
    ],
)
def test_that_a_vulnerability_is_understood(words: str, codes: set[str]) -> None:
    found = {code for risk in read_vulnerabilities(words) for code in risk.codes}
    assert found == codes
    assert found <= CODES


def test_that_several_vulnerabilities_in_a_cell_are_several_and_unknown_words_stay() -> None:
    read = read_vulnerabilities("asthma; keeps bees; pregnant")
    assert [risk.words for risk in read] == ["asthma", "keeps bees", "pregnant"]
    assert read[1].codes == ()


@pytest.mark.parametrize(
    ("cell", "category", "fuel", "works"),
    [
        ("Gas combi - broken", "boiler", "mains_gas", "no"),
        ("gas boiler", "boiler", "mains_gas", ""),
        ("Electric storage heaters", "electric_storage", "electricity", ""),
        ("portable electric heater", "room_heaters", "electricity", "partly"),
        ("coal fire only", "room_heaters", "house_coal", ""),
        ("heat pump", "heat_pump", "electricity", ""),
        ("oil", "boiler", "oil", ""),
        ("LPG", "boiler", "lpg", ""),
        ("none", "none", "", "no"),
        ("dragon", "", "", ""),
    ],
)
def test_that_heating_is_understood(cell: str, category: str, fuel: str, works: str) -> None:
    read = homes.read_heating(cell)
    assert (read.category, read.fuel, read.works) == (category, fuel, works)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("D", ("D", None)), ("61 D", ("D", 61)), ("C (71)", ("C", 71)), ("38 F", ("F", 38)), ("52", ("E", 52)),
     ("EPC: G", ("G", None)), ("?", ("", None)), ("0", ("", None)), ("250", ("", None)), ("H", ("", None))],
)  # fmt: skip
def test_that_an_energy_rating_is_understood(cell: str, expected: tuple[str, int | None]) -> None:
    assert homes.read_epc(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Owner occupier", "owner_occupied"), ("HA", "rented_social"), ("Council", "rented_social"), ("Lodger", ""),
     ("Rented (private)", "rented_private"), ("Private rent", "rented_private")],
)  # fmt: skip
def test_that_tenure_is_understood(cell: str, code: str) -> None:
    assert homes.tenure_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [("smart PAYG", "smart_payg"), ("Y", "prepayment"), ("PPM (key)", "prepayment"), ("N", "credit"),
     ("Direct debit", "credit"), ("dunno", "")],
)  # fmt: skip
def test_that_a_meter_is_understood(cell: str, code: str) -> None:
    assert homes.prepayment_code(cell) == code


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x","click")', "@SUM(A1)", "＝1+1", "+cmd|' /C calc'!A0", "-(1+1)"]
)
def test_that_a_formula_is_recognised(cell: str) -> None:
    assert looks_like_formula(cell)


@pytest.mark.parametrize("cell", ["+44 7700 900218", "- broken since May", "-5", "1=1", "", "a@b"])
def test_that_ordinary_text_is_no_formula(cell: str) -> None:
    assert not looks_like_formula(cell)


def test_that_markup_is_told_from_a_smaller_than_sign() -> None:
    assert looks_like_markup("Smart PAYG <b>not</b> working")
    assert not looks_like_markup("Usage <50 kWh a month, > all year")


def test_that_marks_nobody_sees_go_from_a_name_and_show_in_a_note() -> None:
    assert one_line("Ann\u202e\x07 \r\n Lee\u200b") == "Ann Lee"
    assert many_lines("a\u202eb\r\nc") == "a[U+202E]b\nc"


def test_that_joined_emoji_survive() -> None:
    assert one_line("👩‍👧 Zoë") == "👩‍👧 Zoë"


CLEANERS = (
    read_phones, read_postcode, read_emails, split_full_name, read_consent, read_vulnerabilities, homes.read_heating,
    homes.read_epc, homes.prepayment_code, looks_like_formula, many_lines,
)  # fmt: skip


@given(st.text(max_size=40))
def test_that_no_text_makes_a_cleaner_fall_over(cell: str) -> None:
    for clean in CLEANERS:
        clean(cell)
    assert "\n" not in one_line(cell)
