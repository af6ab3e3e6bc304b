"""A server that goes back in time: nothing of what it lost stays on a laptop that has heard of it (protocol 8)."""

import pytest

from casework.command import Change
from casework.commands import EditCase, EditContact
from casework.values import Case, Contact
from sync import comparing
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import snapshot


def describe(desk: Desk, case_id: str, words: str) -> None:
    """Says something about a case, and has it judged."""
    case = saying.the_case(desk, case_id)
    desk.say(EditCase(case_id=case_id, changes={"description": (case.description, words)}))
    desk.sync()


@pytest.mark.covers("FE1")
def test_that_a_row_of_a_lost_history_that_came_with_a_comparison_does_not_stay(world: NearWorld) -> None:
    priya, other = world.desk("priya"), world.desk("priya", number=2)
    case_id, second = saying.referral(priya), saying.referral(priya, last_name="Other")
    priya.sync()
    other.sync()
    backup = world.server.back_up()

    def between_the_list_and_the_cases() -> None:
        if priya.wire.requests[-1] == "Trees" and priya.wire.requests.count("Trees") == 1:
            # the row's number is above the next one that the server gives out after its restore
            describe(other, second, "moves the log on")
            describe(other, case_id, "in the history that is lost")
            priya.wire.spare_replies, priya.wire.lose_replies = 1, 100

    priya.laptop.write(comparing.afresh)
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE held_case SET chain = '' WHERE case_id = ?", (case_id,))
    priya.wire.meanwhile = between_the_list_and_the_cases
    priya.try_to_sync()
    priya.wire.meanwhile, priya.wire.lose_replies = None, 0
    assert saying.the_case(priya, case_id).description == "in the history that is lost"

    world.server.restore(backup, by_the_book=False)
    third = world.desk("priya", number=3)
    describe(third, case_id, "as it is now")
    priya.sync()
    found = saying.look(priya, Case, case_id)
    assert found is not None
    assert found.description == "as it is now"
    with world.server.database.reading() as there:
        assert priya.look(snapshot)["case_file"] == snapshot(there)["case_file"]


@pytest.mark.covers("FE1")
def test_that_a_clients_number_from_a_lost_history_does_not_stay(world: NearWorld) -> None:
    priya, other = world.desk("priya"), world.desk("priya", number=2)
    case_id = saying.referral(priya)
    contact_id = saying.the_case(priya, case_id).contact_id
    priya.sync()
    saying.note(priya, case_id, "moves the log on beyond the client's own row")
    priya.sync()
    backup = world.server.back_up()
    other.sync()
    changes: dict[str, Change] = {"phone": (saying.PHONE, "07700 900999")}
    other.say(EditContact(case_id=case_id, contact_id=contact_id, changes=changes))
    other.sync()
    priya.sync()

    world.server.restore(backup)
    # the laptop that said so never comes back
    priya.sync()
    contact = saying.look(priya, Contact, contact_id)
    assert contact is not None
    assert contact.phone == saying.PHONE
