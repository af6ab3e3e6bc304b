"""How urgent a referral is, as a sum whose every part can be shown (domain.md 5.9, X11).

The weights are our default and no published standard.
"""

from collections.abc import Iterable

import msgspec

from casework.values import Priority

WEIGHTS: dict[str, int] = {
    "no_heating": 30,
    "off_supply": 30,
    "powered_medical_equipment": 25,
    "child_under_5_or_pregnant": 10,
    "over_75": 10,
    "aged_65_to_74": 5,
    "respiratory_or_cardiovascular": 10,
    "arrears_over_500": 10,
    "severe_damp": 10,
    "epc_f_or_g": 8,
    "epc_e": 5,
    "epc_d": 2,
    "prepayment": 5,
    "lives_alone": 3,
}
MOST_FOR_WAITING = 20
URGENT_FROM = 50
HIGH_FROM = 30
_EPC_REASONS = {"F": "epc_f_or_g", "G": "epc_f_or_g", "E": "epc_e", "D": "epc_d"}


class TriageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about somebody who waits; what is not known counts for nothing. Age in years."""

    no_heating: bool = False
    off_supply: bool = False
    powered_medical_equipment: bool = False
    child_under_5_or_pregnant: bool = False
    age: int | None = None
    respiratory_or_cardiovascular: bool = False
    arrears_pounds: int = 0
    severe_damp: bool = False
    epc_band: str = ""
    prepayment: bool = False
    lives_alone: bool = False


class Score(msgspec.Struct, frozen=True):
    """The sum and its parts, (code, points), the heaviest first."""

    total: int
    reasons: tuple[tuple[str, int], ...] = ()


def priority_of(total: int) -> Priority:
    """How soon somebody must act: urgent within 1 working day, high within 3, normal within 5."""
    if total >= URGENT_FROM:
        return Priority.URGENT
    return Priority.HIGH if total >= HIGH_FROM else Priority.NORMAL


def score(facts: TriageFacts) -> Score:
    """The score of what is known, without the days waited."""
    found = [
        code
        for code in (
            "no_heating",
            "off_supply",
            "powered_medical_equipment",
            "child_under_5_or_pregnant",
            "respiratory_or_cardiovascular",
            "severe_damp",
            "prepayment",
            "lives_alone",
        )
        if getattr(facts, code)
    ]
    if facts.age is not None and facts.age >= 65:
        found.append("over_75" if facts.age >= 75 else "aged_65_to_74")
    if facts.arrears_pounds > 500:
        found.append("arrears_over_500")
    if facts.epc_band in _EPC_REASONS:
        found.append(_EPC_REASONS[facts.epc_band])
    return _sum((code, WEIGHTS[code]) for code in found)


def with_waiting(base: Score, days: int) -> Score:
    """The score with 1 a day waited, MOST_FOR_WAITING at most; days before the referral count as none."""
    points = min(max(days, 0), MOST_FOR_WAITING)
    return _sum((*base.reasons, ("waited", points))) if points else base


def _sum(reasons: Iterable[tuple[str, int]]) -> Score:
    ordered = tuple(sorted(reasons, key=lambda reason: -reason[1]))
    return Score(sum(points for _, points in ordered), ordered)
