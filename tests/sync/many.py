"""Cases by the dozen, each with a client and a home of its own."""

from casework.commands import OpenCase
from casework.ids import new_id
from casework.values import Contact, Property, Source
from server.setting_up import WARM_HOMES
from tests.kit_near import Desk


def take_in_many(desk: Desk, count: int, *, language: str = "") -> None:
    """Says them; nothing is sent."""
    for number in range(count):
        case_id, contact_id, property_id = new_id(), new_id(), new_id()
        desk.say(
            OpenCase(
                case_id=case_id,
                contact_id=contact_id,
                property_id=property_id,
                project_id=WARM_HOMES,
                contact=Contact(id=contact_id, first_name="Nerys", last_name=f"Number {number}", language=language),
                home=Property(id=property_id, address_1=f"{number} Heol-y-Bryn"),
                source=Source.PERSON,
            )
        )
