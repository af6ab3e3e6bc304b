"""What makes the cold dangerous for somebody, in a partner's words, as the codes of domain.md 5.8 F.

PSR groups and NICE cold-risk groups in one list; three more codes carry what the triage score asks (5.9).
"""

import re

import msgspec

from casework.referrals.text import one_line, says_nothing

CODES = frozenset(
    {
        "state_pension_age", "disability_or_long_term", "recovering_from_injury", "hearing_or_sight",
        "mental_health", "pregnant_or_young_children", "communication_needs",
        "powered_medical_equipment", "poor_sense_of_smell", "cannot_reach_door", "temporary",
        "cardiovascular", "respiratory", "under_5", "over_65", "pregnant", "low_income", "over_75",
        "lives_alone", "already_on_psr",
    }
)  # fmt: skip

_CUTS = re.compile(r"[;\n•|]+|,\s*(?![^()]*\))|\s+[&+]\s+")
_NEGATED = re.compile(r"(?:no(?! recourse)|not|none|nil|without|denies)\b", re.IGNORECASE)
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"copd|asthma\w*|emphysema|bronchi\w*|respirat\w*|lung|breathing|pulmonary",
        ("respiratory", "disability_or_long_term"),
    ),
    (
        r"heart|cardi\w*|angina|stroke|blood pressure|hypertens\w*|circulat\w*|vascular",
        ("cardiovascular", "disability_or_long_term"),
    ),
    (
        r"powered medical|oxygen|concentrator|nebuli[sz]er|dialysis|stair ?lift|hoist|ventilator|cpap|"
        r"electric bed|medical equipment",
        ("powered_medical_equipment", "disability_or_long_term"),
    ),
    (r"mental health|depress\w*|anxi\w*|bipolar|schizo\w*|ptsd|psychosis|iechyd meddwl", ("mental_health",)),
    (r"pregnan\w*|expecting|beichiog", ("pregnant", "pregnant_or_young_children")),
    (
        r"(?:child\w*|kids?|bab(?:y|ies)|infant|toddler)\b.*\b(?:under|below|<|aged?)\s*(?:[0-5]|five)\b|"
        r"under[\s-]?(?:5|five)s?\b|newborn|\bbab(?:y|ies)\b|infant|toddler",
        ("under_5", "pregnant_or_young_children"),
    ),
    (
        r"(?:over|above|>|aged?)\s*(?:7[5-9]|[89]\d)|(?:7[5-9]|[89]\d)\s*\+|(?:7[5-9]|[89]\d) (?:and|" r"or) over",
        ("over_75", "over_65", "state_pension_age"),
    ),
    (
        r"(?:over|above|>|aged?)\s*(?:6[5-9]|7[0-4])|(?:6[5-9]|7[0-4])\s*\+|(?:6[5-9]|7[0-4]) (?:and|" r"or) over",
        ("over_65", "state_pension_age"),
    ),
    (r"pension\w*|elderly|older person", ("state_pension_age",)),
    (
        r"wheelchair|disab\w*|arthrit\w*|mobility|parkinson\w*|multiple sclerosis|\bms\b|epilep\w*|"
        r"diabet\w*|cancer|long[\s-]term|fibromyalgia|dementia|alzheimer\w*|chronic|sickle cell|learning",
        ("disability_or_long_term",),
    ),
    (r"hearing|deaf\w*|blind\w*|sight|vision|visual\w*|cataract\w*|hard of hearing|glaucoma", ("hearing_or_sight",)),
    (r"lives? alone|living alone|lone (?:occupant|pensioner)|byw ar (?:ei|eu|fy) (?:ben|phen|pen)", ("lives_alone",)),
    (
        r"interpret\w*|speech|dementia|alzheimer\w*|non[\s-]english|communication|learning|autis\w*",
        ("communication_needs",),
    ),
    (r"smell|anosmi\w*", ("poor_sense_of_smell",)),
    (
        r"(?:cannot|can't|unable to|slow to) (?:reach|answer|get to|come to)\b.*door|housebound|" r"bed\s?bound",
        ("cannot_reach_door",),
    ),
    (r"recover\w*|broken (?:hip|leg|arm)|after (?:an )?operation|surgery|injur\w*", ("recovering_from_injury",)),
    (r"bereave\w*|hospital|discharge\w*|recently (?:widowed|unemployed)|redundan\w*|widow\w*", ("temporary",)),
    (r"low income|benefits?\b|universal credit|pension credit|\bUC\b|free school meals|no recourse", ("low_income",)),
    (r"(?:already |is )?on (?:the )?(?:psr|priority services)", ("already_on_psr",)),
)
_PATTERNS = tuple((re.compile(rf"(?:^|\b)(?:{words})", re.IGNORECASE), codes) for words, codes in _WORDS)


class Vulnerability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the partner said, and the codes it stands for; none where we do not know the words."""

    words: str
    codes: tuple[str, ...] = ()


def read_vulnerabilities(cell: str) -> tuple[Vulnerability, ...]:
    """Each thing named in the cell, in its order; unknown words, and "no ..." of anything, are kept with no code."""
    pieces = (one_line(piece) for piece in _CUTS.split(cell))
    return tuple(
        Vulnerability(words=piece, codes=() if _NEGATED.match(piece) else codes_of(piece))
        for piece in pieces
        if not says_nothing(piece) and piece.casefold() not in ("no", "n", "dim")
    )


def codes_of(words: str) -> tuple[str, ...]:
    """Every code these words stand for."""
    found = [code for pattern, codes in _PATTERNS if pattern.search(words) for code in codes]
    return tuple(dict.fromkeys(found))
