"""The triage score is the sum of its reasons, by the weights of domain.md 5.9, from what a referral tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.referrals.dry_run import DryRun
from casework.referrals.person import ReferredContact, ReferredHome, ReferredPerson
from casework.referrals.triage_facts import triage_facts
from casework.rules.triage_score import Score, TriageFacts, priority_of, score, with_waiting
from casework.values import Priority


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (TriageFacts(), ()),
        (TriageFacts(no_heating=True), (("no_heating", 30),)),
        (TriageFacts(off_supply=True), (("off_supply", 30),)),
        (TriageFacts(powered_medical_equipment=True), (("powered_medical_equipment", 25),)),
        (TriageFacts(child_under_5_or_pregnant=True), (("child_under_5_or_pregnant", 10),)),
        (TriageFacts(age=75), (("over_75", 10),)),
        (TriageFacts(age=74), (("aged_65_to_74", 5),)),
        (TriageFacts(age=64), ()),
        (TriageFacts(respiratory_or_cardiovascular=True), (("respiratory_or_cardiovascular", 10),)),
        (TriageFacts(arrears_pounds=501), (("arrears_over_500", 10),)),
        (TriageFacts(arrears_pounds=500), ()),
        (TriageFacts(severe_damp=True), (("severe_damp", 10),)),
        (TriageFacts(epc_band="G"), (("epc_f_or_g", 8),)),
        (TriageFacts(epc_band="E"), (("epc_e", 5),)),
        (TriageFacts(epc_band="D"), (("epc_d", 2),)),
        (TriageFacts(epc_band="C"), ()),
        (TriageFacts(prepayment=True), (("prepayment", 5),)),
        (TriageFacts(lives_alone=True), (("lives_alone", 3),)),
    ],
)
def test_that_each_fact_weighs_what_it_should(facts: TriageFacts, reasons: tuple[tuple[str, int], ...]) -> None:
    assert score(facts) == Score(sum(points for _, points in reasons), reasons)


@given(st.booleans(), st.booleans(), st.integers(0, 110), st.integers(-400, 400))
def test_that_a_score_is_always_the_sum_of_its_reasons(heat: bool, alone: bool, age: int, days: int) -> None:
    found = with_waiting(score(TriageFacts(no_heating=heat, lives_alone=alone, age=age)), days)
    assert found.total == sum(points for _, points in found.reasons)
    points = [points for _, points in found.reasons]
    assert points == sorted(points, reverse=True)


@pytest.mark.parametrize(("days", "total"), [(-3, 30), (0, 30), (1, 31), (20, 50), (90, 50)])
def test_that_waiting_adds_a_point_a_day_up_to_twenty(days: int, total: int) -> None:
    assert with_waiting(score(TriageFacts(no_heating=True)), days).total == total


@pytest.mark.parametrize(
    ("total", "priority"),
    [(0, Priority.NORMAL), (29, Priority.NORMAL), (30, Priority.HIGH), (49, Priority.HIGH), (50, Priority.URGENT)],
)
def test_that_the_sum_decides_the_priority(total: int, priority: Priority) -> None:
    assert priority_of(total) is priority


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Boiler condemned, no hot water", TriageFacts(no_heating=True)),
        ("The heating has stopped working", TriageFacts(no_heating=True)),
        ("Cannot afford to top up meter, off supply since Friday", TriageFacts(off_supply=True)),
        ("Self-disconnecting most weeks", TriageFacts(off_supply=True)),
        ("Debt letter from supplier £1,240", TriageFacts(arrears_pounds=1240)),
        ("Owes £120.50 to the supplier", TriageFacts(arrears_pounds=120)),
        ("Bill of £900", TriageFacts()),
        ("Damp & mould in child's bedroom", TriageFacts(severe_damp=True)),
        ("A little damp, no mould", TriageFacts()),
        ("EPC F, cold house", TriageFacts(epc_band="F")),
        ("Help to switch", TriageFacts()),
    ],
)
def test_that_the_reason_s_words_are_understood(words: str, expected: TriageFacts) -> None:
    assert triage_facts(ReferredPerson(line=1, reason=words)) == expected


def test_that_fields_tell_what_the_reason_does_not() -> None:
    told = triage_facts(
        ReferredPerson(
            line=1,
            contact=ReferredContact(vulnerabilities=("over_75", "lives_alone", "respiratory", "under_5")),
            home=ReferredHome(heating_works="no", epc_band="E", prepayment="smart_payg"),
            leftover="Arrears (£): 1,130",
        )
    )
    assert told == TriageFacts(
        no_heating=True,
        child_under_5_or_pregnant=True,
        age=75,
        respiratory_or_cardiovascular=True,
        arrears_pounds=1130,
        epc_band="E",
        prepayment=True,
        lives_alone=True,
    )


def test_that_the_council_s_people_are_spread_over_the_priorities(council: DryRun) -> None:
    totals = [score(triage_facts(person)).total for person in council.referrals]
    spread = [sum(priority_of(total) is priority for total in totals) for priority in Priority]
    assert spread == [153, 114, 53]
