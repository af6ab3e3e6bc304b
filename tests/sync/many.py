"""Cases by the dozen, each with a client and a home of its own."""

from tests.kit_near import Desk
from tests.kit_new_case import an_opening


def take_in_many(desk: Desk, count: int, *, language: str = "") -> None:
    """Says them; nothing is sent."""
    for number in range(count):
        home = {"address_1": f"{number} Heol-y-Bryn"}
        desk.say(an_opening(f"Number {number}", client={"language": language}, home=home))
