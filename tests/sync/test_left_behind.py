"""A command whose earlier one this laptop has lost: held back, and after five days it goes on alone (protocol 9)."""

import pytest

from casework.answers import Status
from casework.values import Activity
from sync import outbox
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld


@pytest.fixture
def two_notes(world: NearWorld) -> Desk:
    """Priya's laptop with two notes on a case that wait to be sent."""
    desk = world.desk("priya")
    desk.sync()
    case_id = saying.a_case_of(desk, "priya")
    desk.sync()
    saying.note(desk, case_id, "Before the damage")
    saying.note(desk, case_id, "After it")
    return desk


@pytest.fixture
def priya(two_notes: Desk) -> Desk:
    """The same laptop, after damage has taken the first of them."""
    desk = two_notes
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM outbox WHERE seq = (SELECT min(seq) FROM outbox)")
    desk.laptop.journal.shorten(outbox_end(desk))
    return desk


def outbox_end(desk: Desk) -> int:
    (left,) = desk.look(outbox.everything)
    return left.seq


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


@pytest.mark.covers("FA3")
def test_that_what_follows_a_lost_command_waits_for_it_and_then_goes_without_it(priya: Desk) -> None:
    assert [ack.st for ack in priya.sync().acks] == [Status.HELD]
    priya.clock.pass_time(days=4)
    assert [ack.st for ack in priya.sync().acks] == [Status.HELD]
    priya.clock.pass_time(days=1)
    priya.sync()
    assert [ack.st for ack in priya.sync().acks] == [Status.APPLIED_CHANGED]
    assert saying.texts(priya, case_of(priya)) == ["After it"]
    assert "After it" in {line.text for line in saying.on_server(priya, Activity, case_of(priya))}
    assert priya.engine.look().all_sent


@pytest.mark.covers("FA3")
def test_that_what_goes_on_without_an_earlier_one_is_no_other_command(priya: Desk) -> None:
    """An old copy of the store, put back, sends it as it was."""
    (as_it_was,) = priya.look(outbox.everything)
    for days in (0, 5, 0):
        priya.clock.pass_time(days=days)
        priya.sync()
    with priya.laptop.database.writing() as conn:
        outbox.add(conn, as_it_was.said)
    priya.sync()
    assert saying.kept(priya, case_of(priya)) == []


@pytest.mark.covers("FH4")
def test_that_a_held_command_of_a_newer_app_stops_no_push_of_an_older_one(priya: Desk) -> None:
    """The app was put back to the version before, and cannot read what its successor said here."""
    assert [ack.st for ack in priya.sync().acks] == [Status.HELD]
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE outbox SET body = json_set(body, '$.say.type', 'note.sing')")
    other = saying.a_case_of(priya, "priya")
    saying.note(priya, other, "said by the older app")
    assert {ack.st for ack in priya.sync().acks} == {Status.APPLIED}
    assert priya.look(outbox.count) == 1
    assert "said by the older app" in {line.text for line in saying.on_server(priya, Activity, other)}


def test_that_nobody_goes_on_without_what_is_still_here(two_notes: Desk) -> None:
    priya = two_notes
    first, _ = priya.look(outbox.everything)
    with priya.laptop.database.writing() as conn:
        # of a newer app's, which the server is too old for: it waits here
        conn.exec_driver_sql(
            "UPDATE outbox SET body = json_set(body, '$.say.type', 'note.sing') WHERE id = ?", (first.said.id,)
        )
    for _ in range(3):
        priya.clock.pass_time(days=5)
        priya.sync()
    (second,) = priya.look(outbox.waiting)
    assert (second.status, second.said.prev) == ("held", first.said.id)
