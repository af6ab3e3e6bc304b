"""What the council's file would bring in, pinned; rows that are nobody are listed with the reason."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casework.referrals.columns import Mapping, guess_mapping
from casework.referrals.dry_run import Counts, DryRun, dry_run
from casework.referrals.flags import GOOD_TO_KNOW, NEEDS_AN_EYE
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "referrals-council.csv"


def test_that_the_council_s_320_people_come_in_and_the_totals_row_does_not(council: DryRun) -> None:
    assert council.counts == Counts(people=320, fresh=299, likely_duplicates=21, excluded=1, for_an_eye=105)
    assert [(row.line, row.reason, row.cells) for row in council.excluded] == [
        (350, "totals", (("Referral ref", "TOTAL"), ("Date of referral", "320")))
    ]
    assert [person.reference for person in council.referrals] == [f"R{10_000 + number}" for number in range(320)]


def test_that_what_is_odd_in_the_council_s_file_is_counted(council: DryRun) -> None:
    assert council.flags_by_code == {
        "consent_refused": 57,
        "consent_missing": 51,
        "phone_remark": 51,
        "email_odd": 48,
        "date_in_future": 33,
        "word_unknown": 31,
        "markup_text": 28,
        "formula_text": 21,
        "age_disagrees": 20,
        "phone_withheld": 15,
        "birth_age_only": 11,
        "postcode_missing": 11,
        "date_impossible": 8,
        "birth_year_only": 5,
        "no_phone_or_email": 5,
        "postcode_partial": 4,
        "phone_none": 4,
    }


def test_that_the_council_s_doubles_are_offered_and_none_is_merged(council: DryRun) -> None:
    reference = {person.line: person.reference for person in council.referrals}
    pairs = {(reference[alike.other_line or 0], reference[alike.line]) for alike in council.duplicates}
    assert pairs == {
        ("R10001", "R10145"), ("R10004", "R10275"), ("R10005", "R10028"), ("R10006", "R10119"), ("R10015", "R10155"),
        ("R10020", "R10035"), ("R10020", "R10110"), ("R10035", "R10110"), ("R10021", "R10161"), ("R10030", "R10096"),
        ("R10054", "R10266"), ("R10068", "R10296"), ("R10074", "R10117"), ("R10080", "R10084"), ("R10080", "R10120"),
        ("R10084", "R10120"), ("R10104", "R10315"), ("R10132", "R10141"), ("R10133", "R10235"), ("R10166", "R10232"),
        ("R10180", "R10298"), ("R10221", "R10263"), ("R10222", "R10305"),
    }  # fmt: skip


def test_that_impossible_dates_of_the_council_are_kept_as_text(council: DryRun) -> None:
    texts = {person.contact.birth_text for person in council.referrals if "date_impossible" in person.flag_codes}
    assert texts == {"31/02/1950"}


def test_that_every_row_for_an_eye_says_why(council: DryRun) -> None:
    assert len(council.needs_an_eye) == 105
    assert all(eye.flags and all(flag.needs_an_eye for flag in eye.flags) for eye in council.needs_an_eye)


def test_that_every_flag_is_a_listed_code(council: DryRun, housing: DryRun, food_bank: DryRun) -> None:
    raised = {code for run in (council, housing, food_bank) for code in run.flags_by_code}
    assert raised <= NEEDS_AN_EYE | GOOD_TO_KNOW


def test_that_page_furniture_of_a_printed_list_is_left_out_with_the_reason(housing: DryRun) -> None:
    assert [(row.line, row.reason) for row in housing.excluded] == [
        (11, "blank"),
        (12, "heading_again"),
        (13, "heading_again"),
        (17, "totals"),
        (18, "totals"),
    ]
    assert housing.counts.people == 8


def test_that_somebody_who_gave_no_name_is_still_somebody(food_bank: DryRun) -> None:
    nameless = [person for person in food_bank.referrals if "name_missing" in person.flag_codes]
    assert [person.home.address_1 for person in nameless] == ["no fixed address"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("TOTAL,12,,", "totals"),
        ("Grand total: 12,,,", "totals"),
        ("*** End of report ***,,,", "totals"),
        ("Ref,Surname,Postcode,Reason", "heading_again"),
        ("Produced by Northgate v8.2,,,", "not_a_person"),
        (",,,see sheet 2", "not_a_person"),
        ("R1,Total,TR1 8ZG,cold", ""),
        ("R1,Khan,,", ""),
        (",,TR1 8ZG,", ""),
    ],
)
def test_that_a_row_is_told_from_a_person(row: str, reason: str, run_of: Callable[[RawTable], DryRun]) -> None:
    run = run_of(read_table(f"Ref,Surname,Postcode,Reason\nR0,Jones,LL11 3RU,cold\n{row}\n".encode()))
    assert [excluded.reason for excluded in run.excluded] == ([reason] if reason else [])
    assert run.counts.people == (1 if reason else 2)


def test_that_a_mapping_for_another_file_is_refused(council_table: RawTable) -> None:
    with pytest.raises(ValueError, match="mapping"):
        dry_run(council_table, Mapping(fingerprint="", fields=("note",)), (), date(2026, 11, 21))


def test_that_nothing_is_decided_by_the_clock_of_this_machine(council_table: RawTable) -> None:
    mapping, _ = guess_mapping(council_table)
    later = dry_run(council_table, mapping, (), date(2028, 1, 1))
    assert "date_in_future" not in later.flags_by_code
    assert later.counts.people == 320


def test_that_the_council_s_file_is_read_mapped_and_dry_run_within_a_second() -> None:
    started = time.process_time()
    table = read_table(SAMPLE)
    mapping, _ = guess_mapping(table)
    dry_run(table, mapping, (), date(2026, 11, 21))
    assert time.process_time() - started < 1.0
