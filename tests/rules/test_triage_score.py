"""The score of a referral: a sum whose parts are shown, capped for waiting, turned into three priorities."""

import pytest

from casework.rules.triage_score import (
    HIGH_FROM,
    MOST_FOR_WAITING,
    URGENT_FROM,
    WEIGHTS,
    TriageFacts,
    priority_of,
    score,
    with_waiting,
)
from casework.values import Priority


@pytest.mark.parametrize(
    ("total", "priority"),
    [
        (0, Priority.NORMAL),
        (HIGH_FROM - 1, Priority.NORMAL),
        (HIGH_FROM, Priority.HIGH),
        (URGENT_FROM - 1, Priority.HIGH),
        (URGENT_FROM, Priority.URGENT),
    ],
)
def test_that_the_sum_says_how_soon(total: int, priority: Priority) -> None:
    assert priority_of(total) is priority


def test_that_what_is_not_known_counts_for_nothing() -> None:
    assert score(TriageFacts()).total == 0
    assert score(TriageFacts()).reasons == ()


@pytest.mark.covers("R2")
def test_that_the_parts_are_named_heaviest_first_and_add_up() -> None:
    found = score(TriageFacts(no_heating=True, prepayment=True, age=80, arrears_pounds=501, epc_band="G"))
    assert found.reasons == (
        ("no_heating", 30), ("over_75", 10), ("arrears_over_500", 10), ("epc_f_or_g", 8), ("prepayment", 5),
    )  # fmt: skip
    assert found.total == sum(points for _, points in found.reasons) == 63


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (TriageFacts(age=65), "aged_65_to_74"),
        (TriageFacts(age=74), "aged_65_to_74"),
        (TriageFacts(age=75), "over_75"),
        (TriageFacts(epc_band="D"), "epc_d"),
        (TriageFacts(epc_band="E"), "epc_e"),
    ],
)
def test_that_a_fact_counts_in_its_band(facts: TriageFacts, reason: str) -> None:
    assert score(facts).reasons == ((reason, WEIGHTS[reason]),)


@pytest.mark.parametrize("facts", [TriageFacts(age=64), TriageFacts(arrears_pounds=500), TriageFacts(epc_band="C")])
def test_that_what_lies_below_a_band_counts_for_nothing(facts: TriageFacts) -> None:
    assert score(facts).total == 0


@pytest.mark.covers("R2")
@pytest.mark.parametrize(("days", "points"), [(-3, 0), (0, 0), (1, 1), (20, 20), (400, MOST_FOR_WAITING)])
def test_that_waiting_counts_a_point_a_day_up_to_its_cap(days: int, points: int) -> None:
    base = score(TriageFacts(no_heating=True))
    assert with_waiting(base, days).total == base.total + points
    assert (("waited", points) in with_waiting(base, days).reasons) is (points > 0)
