"""The home in a partner's words as the codes of the visit form (domain.md 5.8 B and C); unknown words get no code."""

import re

import msgspec

from casework.referrals.answers import yes_or_no
from casework.referrals.text import one_line

_TENURE = (
    (r"own|mortgage|leasehold|freehold|perchen", "owner_occupied"),
    (
        r"\bha\b|housing assoc|social|council|local authority|\bla\b|registered provider|\brsl\b|cyngor",
        "rented_social",
    ),
    (r"private|landlord|letting|\bprs\b|preifat", "rented_private"),
)
_PROPERTY = (
    (r"park home|caravan|mobile home", "park_home"),
    (r"bungalow|byngalo", "bungalow"),
    (r"maison", "maisonette"),
    (r"flat|apartment|bedsit|studio|fflat", "flat"),
    (r"house|terrace|semi|detached|cottage|tŷ", "house"),
)
_BUILT = (
    (r"end[\s-]?(?:of[\s-])?terrace", "end_terrace"),
    (r"mid[\s-]?terrace", "mid_terrace"),
    (r"semi", "semi_detached"),
    (r"detached", "detached"),
)
_HEATING = (
    (r"^(?:none|no heating|no central heating|nothing|no)\b", "none", ""),
    (r"heat ?pump|\bashp\b|\bgshp\b", "heat_pump", "electricity"),
    (r"storage", "electric_storage", "electricity"),
    (r"portable|plug[\s-]?in|fan heater|oil[\s-]filled", "room_heaters", "electricity"),
    (r"district|communal|community|heat network", "community", "heat_network"),
    (r"coal|solid fuel", "room_heaters", "house_coal"),
    (r"wood|log|pellet|biomass", "room_heaters", "wood"),
    (r"\blpg\b|bottled gas|calor", "boiler", "lpg"),
    (r"\boil\b", "boiler", "oil"),
    (r"gas fire", "room_heaters", "mains_gas"),
    (r"gas|combi|\bboiler\b", "boiler", "mains_gas"),
    (r"electric", "room_heaters", "electricity"),
)
_BROKEN = re.compile(
    r"broken|condemned|not work|isn't working|doesn'?t work|faulty|off\b|failed|capped|disconnected|no hot water",
    re.IGNORECASE,
)
_PORTABLE = re.compile(r"portable|plug[\s-]?in|fan heater", re.IGNORECASE)
_EPC = re.compile(
    r"(?:(\d{1,3})\s*[,/(-]?\s*([A-G])\b\)?|([A-G])(?:\s*[,/(-]?\s*(\d{1,3}))?\)?|(\d{1,3}))", re.IGNORECASE
)
_BANDS = ((92, "A"), (81, "B"), (69, "C"), (55, "D"), (39, "E"), (21, "F"), (1, "G"))


class HeatingRead(msgspec.Struct, frozen=True, kw_only=True):
    """`works` is `no` where the words say it is broken or there is none; empty where they say nothing about it."""

    category: str = ""
    fuel: str = ""
    works: str = ""


def tenure_code(cell: str) -> str:
    """`owner_occupied`, `rented_social`, `rented_private` or empty."""
    return _first(_TENURE, cell)


def property_code(cell: str) -> str:
    """`house`, `bungalow`, `flat`, `maisonette`, `park_home` or empty."""
    return _first(_PROPERTY, cell)


def built_form_code(cell: str) -> str:
    """`detached`, `semi_detached`, `end_terrace`, `mid_terrace` or empty; plain `terrace` does not say which."""
    return _first(_BUILT, cell)


def read_heating(cell: str) -> HeatingRead:
    """What heats the home and whether it works."""
    text = one_line(cell).casefold()
    for pattern, category, fuel in _HEATING:
        if re.search(pattern, text):
            works = "no" if category == "none" or _BROKEN.search(text) else "partly" if _PORTABLE.search(text) else ""
            return HeatingRead(category=category, fuel=fuel, works=works)
    return HeatingRead(works="no" if _BROKEN.search(text) else "")


def read_epc(cell: str) -> tuple[str, int | None]:
    """Band A to G and score 1 to 100, either of which may be missing: `D`, `61 D`, `D (61)`, `61`."""
    text = re.sub(r"^(?:epc|band|rating)[\s:]*", "", one_line(cell), flags=re.IGNORECASE)
    found = _EPC.fullmatch(text)
    if found is None:
        return "", None
    score = next((int(group) for group in (found.group(1), found.group(4), found.group(5)) if group), None)
    band = (found.group(2) or found.group(3) or "").upper()
    if score is not None and not 1 <= score <= 100:
        return ("", None) if not band else (band, None)
    return band or next((letter for least, letter in _BANDS if score and score >= least), ""), score


def prepayment_code(cell: str) -> str:
    """`smart_payg`, `prepayment`, `credit` (asked and answered no) or empty."""
    text = one_line(cell).casefold()
    if re.search(r"smart\b.*(?:payg|prepay|pay as you go|pre-pay)", text):
        return "smart_payg"
    if re.search(r"prepay|pre-pay|payg|pay as you go|\bppm\b|\bkey\b|\bcard\b|token|\bboth\b", text):
        return "" if text.startswith(("no ", "not ")) else "prepayment"
    if re.search(r"credit|direct debit|\bdd\b|quarterly|monthly|on receipt", text):
        return "credit"
    answer = yes_or_no(cell)
    return "" if answer is None else "prepayment" if answer else "credit"


def _first(table: tuple[tuple[str, str], ...], cell: str) -> str:
    text = one_line(cell).casefold()
    return next((code for pattern, code in table if re.search(pattern, text)), "")
