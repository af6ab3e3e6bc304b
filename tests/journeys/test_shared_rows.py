"""One client with two cases of different owners, corrected through both (protocol 3: rows outside a case)."""

import pytest

from casework.answers import Status
from casework.commands import EditContact, OpenCase, SettleKept
from casework.ids import new_id
from casework.values import Contact, Source
from server.setting_up import WARM_HOMES
from tests.journeys import saying
from tests.journeys.saying import PHONE, person
from tests.kit_near import Desk, NearWorld


def one_client_two_cases(world: NearWorld) -> tuple[Desk, Desk, str, str, str]:
    """Amy and Ben, a case of each, and the client that both are about."""
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    first = saying.a_case_of(priya, "amy")
    known = saying.the_case(priya, first)
    second = new_id()
    priya.say(
        OpenCase(
            case_id=second,
            contact_id=known.contact_id,
            property_id=known.property_id,
            project_id=WARM_HOMES,
            source=Source.PERSON,
        )
    )
    saying.give(priya, second, person("ben"))
    for desk in (priya, amy, ben):
        desk.sync()
    return amy, ben, first, second, known.contact_id


def correct(desk: Desk, case_id: str, contact_id: str, **changes: tuple[str, str]) -> None:
    """Corrects the client through one of their cases."""
    desk.say(EditContact(case_id=case_id, contact_id=contact_id, changes=dict(changes)))


def client(desk: Desk, contact_id: str) -> Contact:
    """The client as a desk shows them."""
    found = saying.look(desk, Contact, contact_id)
    assert found is not None
    return found


def test_that_what_is_corrected_through_one_case_shows_on_the_other(world: NearWorld) -> None:
    amy, ben, first, second, contact_id = one_client_two_cases(world)
    correct(amy, first, contact_id, phone=(PHONE, "01248 111111"))
    correct(ben, second, contact_id, language=("", "Cymraeg"))
    for desk in (amy, ben, amy):
        desk.sync()

    assert client(amy, contact_id) == client(ben, contact_id)
    assert (client(amy, contact_id).phone, client(amy, contact_id).language) == ("01248 111111", "Cymraeg")
    assert saying.kept(amy, first) == saying.kept(ben, second) == []


@pytest.mark.covers("OC4")
def test_that_a_clash_through_two_cases_is_kept_once_and_both_owners_are_shown_it(world: NearWorld) -> None:
    amy, ben, first, second, contact_id = one_client_two_cases(world)
    correct(amy, first, contact_id, phone=(PHONE, "01248 111111"), email=("", "n@evans.example"))
    correct(ben, second, contact_id, phone=(PHONE, "01248 222222"), language=("", "Cymraeg"))
    amy.sync()
    report = ben.sync()
    amy.sync()

    assert [ack.st for ack in report.acks] == [Status.CONFLICT_KEPT]
    for desk in (amy, ben):
        contact = client(desk, contact_id)
        assert (contact.phone, contact.email, contact.language) == ("01248 111111", "n@evans.example", "Cymraeg")
    (card,) = saying.kept(ben, second)
    assert (card.for_id, list(card.fields)) == (ben.person_id, ["phone"])
    assert saying.kept(amy, first) == []
    shown = saying.notices(amy, first)["shared-clash"]
    assert (shown.facts["mine"], shown.facts["theirs"]) == ("01248 222222", "01248 111111")
    assert shown.by == ben.person_id

    ben.say(SettleKept(case_id=second, kept_id=card.id, how="use"))
    ben.sync()
    amy.sync()
    assert client(amy, contact_id).phone == "01248 222222"


def test_that_a_client_stays_on_a_laptop_for_as_long_as_one_of_their_cases_does(world: NearWorld) -> None:
    amy, ben, first, second, contact_id = one_client_two_cases(world)
    jo = world.desk("jo")
    saying.give(jo, first, person("ben"))
    jo.sync()
    amy.sync()
    ben.sync()

    assert saying.look(amy, Contact, contact_id) is None
    saying.give(jo, second, person("amy"))
    jo.sync()
    amy.sync()
    ben.sync()
    assert saying.look(amy, Contact, contact_id) is not None
    assert saying.look(ben, Contact, contact_id) is not None
