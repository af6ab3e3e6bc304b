"""What the sync page lists, and what is said of a person's own work when its case has gone."""

import pytest

from sync import shadow
from sync.delivered import delivered
from sync.history import history
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearWorld


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, with a case of hers."""
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


def test_that_what_waits_is_listed_in_the_order_in_which_it_was_said_and_then_as_answered(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "first")
    saying.describe(amy, case_id, "second")
    listed = amy.look(lambda conn: history(conn, amy.person_id))
    assert [(one.command, one.status, one.client) for one in listed.waiting] == [
        ("note.add", "", "Mrs Nerys Evans"),
        ("case.edit", "", "Mrs Nerys Evans"),
    ]
    assert listed.receipts == ()
    amy.sync()
    listed = amy.look(lambda conn: history(conn, amy.person_id))
    assert listed.waiting == ()
    assert {(one.command, one.status) for one in listed.receipts} == {("note.add", "applied"), ("case.edit", "applied")}


def test_that_rows_that_waiting_words_changed_are_known(amy: Desk) -> None:
    case_id = case_of(amy)
    assert amy.look(shadow.changed_rows) == frozenset()
    saying.describe(amy, case_id, "changed here")
    assert case_id in amy.look(shadow.changed_rows)
    amy.sync()
    assert amy.look(shadow.changed_rows) == frozenset()


def test_that_what_was_delivered_about_a_case_is_known_after_it_has_gone(world: NearWorld, amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "one")
    saying.note(amy, case_id, "two")
    amy.sync()
    priya = Desk(world, "priya")
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    amy.sync()
    assert amy.look(lambda conn: delivered(conn, case_id, NINE)) == {"note.add": 2}
    assert amy.look(lambda conn: delivered(conn, case_id, NINE.replace(year=2030))) == {}
    priya.laptop.close()
