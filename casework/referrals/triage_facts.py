"""What a referral tells the triage score (domain.md 5.9), read from its fields and from the words of the reason."""

import re

from casework.referrals.person import ReferredPerson
from casework.rules.triage_score import TriageFacts

_NO_HEATING = re.compile(
    r"(?:no|without) (?:heating|hot water|heat\b)|boiler (?:is |was |has been )?(?:condemned|broken|dead)|"
    r"(?:boiler|heating) (?:is |has |does )?(?:not|n't|stopped) work\w*|heating (?:is )?(?:broken|off)\b",
    re.IGNORECASE,
)
_OFF_SUPPLY = re.compile(
    r"off[\s-]supply|self[\s-]?disconnect\w*|no (?:gas|electric\w*|power|supply)\b|"
    r"r[ua]n(?:ning)? out of (?:credit|gas|electric\w*)",
    re.IGNORECASE,
)
_ARREARS = re.compile(r"arrears|debts?\b|owes?\b|owing", re.IGNORECASE)
_MONEY = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")
_POUNDS = re.compile(r"£\s*(\d{1,3}(?:,\d{3})+|\d+)")
_DAMP = re.compile(r"(?<!no )(?:mou?ld|(?:severe|bad|serious|black|running|rising) damp)", re.IGNORECASE)
_EPC = re.compile(r"\bEPC\s*(?:band|rating|is|of|:)?\s*([A-G])\b")


def triage_facts(person: ReferredPerson) -> TriageFacts:
    """Only what the referral says; what it is silent about counts as not so."""
    risks = frozenset(person.contact.vulnerabilities)
    words = f"{person.reason}\n{person.leftover}"
    home = person.home
    age = person.contact.age
    epc_said = _EPC.search(words)
    return TriageFacts(
        no_heating=home.heating_works == "no" or _NO_HEATING.search(words) is not None,
        off_supply=_OFF_SUPPLY.search(words) is not None,
        powered_medical_equipment="powered_medical_equipment" in risks,
        child_under_5_or_pregnant=bool(risks & {"under_5", "pregnant"}),
        age=age if age is not None else 75 if "over_75" in risks else 65 if "over_65" in risks else None,
        respiratory_or_cardiovascular=bool(risks & {"respiratory", "cardiovascular"}),
        arrears_pounds=_arrears(words),
        severe_damp=_DAMP.search(words) is not None,
        epc_band=home.epc_band or (epc_said.group(1) if epc_said else ""),
        prepayment=home.prepayment in ("prepayment", "smart_payg"),
        lives_alone="lives_alone" in risks,
    )


def _arrears(words: str) -> int:
    """Pounds owed as far as a line about debt says so, 0 where it names no sum."""
    owed = 0
    for line in words.splitlines():
        if _ARREARS.search(line):
            found = _POUNDS.findall(line) or (_MONEY.findall(line.partition(":")[2]) if ":" in line else [])
            owed = max([owed, *(int(sum_.replace(",", "")) for sum_ in found if len(sum_) < 12)])
    return owed
