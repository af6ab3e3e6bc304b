"""Dates in the styles people use; what cannot be a date stays text with a code."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.referrals.dates import age_on, order_of, read_birth, read_event

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("24/04/1997", "1997-04-24"),
        ("4/4/1997", "1997-04-04"),
        ("17.08.91", "1991-08-17"),
        ("1932-11-03", "1932-11-03"),
        ("1932-11-03 00:00:00", "1932-11-03"),
        ("1932-11-03T09:30:00Z", "1932-11-03"),
        ("1932/11/03", "1932-11-03"),
        ("28 Jul 1966", "1966-07-28"),
        ("28-Jul-66", "1966-07-28"),
        ("28July1966", "1966-07-28"),
        ("1st September 1950", "1950-09-01"),
        ("Sept 3, 1950", "1950-09-03"),
        ("Monday 3rd Sept. 1950", "1950-09-03"),
        ("3 Mawrth 1950", "1950-03-03"),
        ("12 Rhagfyr 1938", "1938-12-12"),
        (" 24 / 04 / 1997 ", "1997-04-24"),
        ("24 04 1997", "1997-04-24"),
        ("19970424", "1997-04-24"),
        ("24041997", "1997-04-24"),
        ("35544", "1997-04-24"),
        ("35544.5", "1997-04-24"),
        ("13.12.33", "1933-12-13"),
        ("20.02.02", "2002-02-20"),
        ("29/02/2000", "2000-02-29"),
    ],
)
def test_that_a_date_of_birth_is_read(cell: str, expected: str) -> None:
    read = read_birth(cell, "dmy", TODAY)
    assert (str(read.value), read.code) == (expected, "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/1950", "date_impossible"),
        ("29/02/1994", "date_impossible"),
        ("00/00/0000", "date_impossible"),
        ("32/01/1960", "date_impossible"),
        ("2050-01-01", "birth_impossible"),
        ("01/01/1890", "birth_impossible"),
        ("1850", "birth_impossible"),
        ("age 84", "birth_age_only"),
        ("Aged 84 yrs", "birth_age_only"),
        ("84", "birth_age_only"),
        ("1947", "birth_year_only"),
        ("c. 1947", "birth_year_only"),
        ("in her eighties", "date_unreadable"),
        ("31 Foo 1950", "date_unreadable"),
        ("12/1950", "date_unreadable"),
    ],
)
def test_that_what_is_no_date_of_birth_stays_text_with_a_code(cell: str, code: str) -> None:
    read = read_birth(cell, "dmy", TODAY)
    assert (read.value, read.code) == (None, code)


def test_that_a_child_s_two_figures_are_read_as_the_grandparent_s_unless_nobody_gets_that_old() -> None:
    assert read_birth("01/05/24", "dmy", TODAY).value == date(1924, 5, 1)
    assert read_birth("01/05/24", "dmy", TODAY).code == "year_guessed"
    assert read_birth("01/05/10", "dmy", TODAY).value == date(2010, 5, 1)


def test_that_age_and_year_are_told_where_the_day_is_not() -> None:
    assert read_birth("age 84", "dmy", TODAY).age == 84
    assert read_birth("1947", "dmy", TODAY).year == 1947


@pytest.mark.parametrize(
    ("cell", "expected", "code"),
    [
        ("02/01/2026", "2026-01-02", ""),
        ("16.04.26", "2026-04-16", ""),
        ("28 Jul 2026", "2026-07-28", ""),
        ("46231", "2026-07-28", ""),
        ("19.12.26", "2026-12-19", "date_in_future"),
        ("31/11/2026", "None", "date_impossible"),
        ("last week", "None", "date_unreadable"),
        ("320", "None", "date_unreadable"),
    ],
)
def test_that_the_date_of_a_referral_is_read(cell: str, expected: str, code: str) -> None:
    read = read_event(cell, "dmy", TODAY)
    assert (str(read.value), read.code) == (expected, code)


def test_that_the_column_decides_between_day_and_month() -> None:
    assert order_of(["03/04/2026", "28/07/2026"]) == "dmy"
    assert order_of(["3/4/2026", "7/28/2026 14:05:33"]) == "mdy"
    assert order_of(["03/04/2026"]) == "dmy"
    assert read_event("3/4/2026", "mdy", TODAY).value == date(2026, 3, 4)


def test_that_a_cell_against_its_column_is_read_the_only_way_it_can_be_and_said() -> None:
    read = read_event("07/28/2026", "dmy", TODAY)
    assert (read.value, read.code) == (date(2026, 7, 28), "date_order_guessed")


DAYS = st.dates(date(1930, 1, 1), date(2005, 12, 31))


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y", "%d %b %Y", "%d-%m-%Y", "%d %B %Y", "%Y%m%d"]))
def test_that_every_day_of_a_lifetime_is_read_in_every_style(day: date, style: str) -> None:
    assert read_birth(day.strftime(style), "dmy", TODAY).value == day


@given(DAYS)
def test_that_a_spreadsheet_s_day_number_is_that_day(day: date) -> None:
    assert read_birth(str((day - date(1899, 12, 30)) / timedelta(days=1)), "dmy", TODAY).value == day


@given(st.text(max_size=30), st.sampled_from(["dmy", "mdy"]))
def test_that_no_text_makes_reading_a_date_fall_over(cell: str, order: str) -> None:
    born, referred = read_birth(cell, order, TODAY), read_event(cell, order, TODAY)
    assert born.value is None or born.value <= TODAY
    assert referred.value is not None or referred.code


def test_that_age_counts_whole_years() -> None:
    assert (age_on(date(1950, 11, 21), TODAY), age_on(date(1950, 11, 22), TODAY)) == (76, 75)
