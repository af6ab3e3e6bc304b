"""The words that open a new case, with a client and a home of its own; a test names only what matters to it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from casework.commands import OpenCase
from casework.ids import new_id
from casework.values import Contact, Property, Source
from server.setting_up import WARM_HOMES

PHONE = "07700 900123"
POSTCODE = "LL57 2HJ"
NOTHING_ELSE: Mapping[str, Any] = MappingProxyType({})


def an_opening(
    last_name: str = "Evans",
    *,
    client: Mapping[str, Any] = NOTHING_ELSE,
    home: Mapping[str, Any] = NOTHING_ELSE,
    **more: Any,
) -> OpenCase:
    """A case of Nerys somebody's, typed in; `client`, `home` and `more` say otherwise of the three, field by field."""
    case_id, contact_id, property_id = new_id(), new_id(), new_id()
    whole: dict[str, Any] = {
        "project_id": WARM_HOMES,
        "contact": Contact(**{"id": contact_id, "first_name": "Nerys", "last_name": last_name, **client}),
        "home": Property(**{"id": property_id, "address_1": "4 Heol-y-Bryn", **home}),
        "source": Source.PERSON,
        **more,
    }
    return OpenCase(case_id=case_id, contact_id=contact_id, property_id=property_id, **whole)


def a_council_opening(last_name: str = "Evans", *, source: Source = Source.IMPORT) -> OpenCase:
    """A case that the council referred, with its letter: taken in unless it was typed in from that."""
    return an_opening(
        last_name,
        client={"title": "Mrs", "phone": PHONE},
        home={"postcode": POSTCODE},
        source=source,
        source_name="Council",
        description="Boiler broken, no hot water",
        letter=(("Reason for referral", "Boiler broken, no hot water"),),
    )
