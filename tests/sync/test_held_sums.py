"""The sums that a laptop keeps with every change are those of its cases, and where they are not that is found."""

import logging
from datetime import timedelta

import pytest

from sync import held_sums, state
from sync.held_sums import Sums
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.alike import require_alike

COUNTING = "SELECT case_id, scopes, rev, chain FROM held_case WHERE is_leaving = 0"


@pytest.fixture
def priya(world: NearWorld) -> Desk:
    """Priya's laptop with cases of hers and of others, whose sums were counted."""
    desk = world.desk("priya")
    for owner in ("priya", "priya", "amy", "amy", "ben"):
        saying.a_case_of(desk, owner)
    desk.sync()
    desk.engine.check_soon()
    desk.sync()
    return desk


def kept(desk: Desk) -> Sums | None:
    return desk.look(lambda conn: held_sums.kept(conn, desk.clock.now))


def require_right(desk: Desk) -> None:
    sums = kept(desk)
    assert sums is not None, "they were given up"
    assert held_sums.is_same(sums, desk.look(held_sums.counted))


def cases_of(desk: Desk) -> list[str]:
    query = "SELECT case_id FROM held_case ORDER BY case_id"
    return desk.look(lambda conn: list(conn.exec_driver_sql(query).scalars()))


def a_check(desk: Desk) -> list[str]:
    """A round long after the last check, with a change to be checked; what was asked of the store meanwhile."""
    saying.note(desk, cases_of(desk)[0], "news")
    desk.clock.pass_time(hours=7)
    desk.wire.requests.clear()
    said: list[str] = []
    with desk.laptop.database.reading() as conn:
        raw = conn.raw
    raw.set_trace_callback(said.append)
    desk.sync()
    raw.set_trace_callback(None)
    assert said, "the round went by another connection"
    return said


def test_that_sums_follow_what_comes_changes_hands_and_goes(world: NearWorld, priya: Desk) -> None:
    require_right(priya)
    amy = world.desk("amy")
    amy.engine.check_soon()
    amy.sync()
    cases = cases_of(amy)
    saying.note(priya, cases[0], "rang")
    saying.give(priya, cases[0], saying.person("ben"))
    mine = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    assert cases[0] not in cases_of(amy)
    assert mine in cases_of(amy)
    for desk in (priya, amy):
        desk.sync()
        require_right(desk)
        require_alike(desk)


def test_that_a_check_reads_no_case_once_they_were_counted(priya: Desk) -> None:
    said = a_check(priya)
    assert priya.wire.requests.count("Verify") == 1
    assert COUNTING not in {" ".join(one.split()) for one in said}
    assert priya.engine.look().all_sent


def test_that_kept_sums_that_are_wrong_are_counted_anew_and_accuse_nobody(
    priya: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE held_sum SET total = 'ffffffffffffffff'")
    with caplog.at_level(logging.WARNING):
        a_check(priya)
    assert "were not those of the cases" in caplog.text
    assert priya.wire.requests.count("Verify") == 2
    assert "Reconcile" not in priya.wire.requests
    require_right(priya)


def test_that_a_case_lost_behind_the_sums_back_is_found_within_a_week(priya: Desk) -> None:
    lost = cases_of(priya)[-1]
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM held_case WHERE case_id = ?", (lost,))
    a_check(priya)
    assert lost not in cases_of(priya)
    priya.clock.pass_time(days=7)
    a_check(priya)
    assert lost in cases_of(priya)
    require_alike(priya)


def test_that_sums_are_counted_anew_after_a_comparison_case_by_case(priya: Desk) -> None:
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE held_case SET chain = 'ffffffffffffffff'")
    priya.engine.check_soon()
    priya.sync()
    require_right(priya)
    require_alike(priya)


def test_that_sums_that_nobody_counted_for_a_week_are_none(priya: Desk) -> None:
    assert kept(priya) is not None
    with priya.laptop.database.writing() as conn:
        state.put(conn, state.COUNTED_AT, priya.clock.now - timedelta(days=7))
    assert kept(priya) is None
