"""A row that differs under a stamp that agrees is found within a week of use, and made good; what waits stays."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.database import Database
from casework.row_sums import columns_of, knows
from casework.rows import all_of
from casework.values import Case
from casework.wire import Message
from sync import outbox, row_check, state
from sync.apply import PageWork
from sync.carrying import attach
from sync.faults import Rejected
from sync.safeguards import Safeguards
from sync.taking_in import KNOWN
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearCentral, NearWorld
from tests.machines.sim.ablations import NoRowsCompared
from tests.machines.sim.older import OLDER, make_older
from tests.sync.alike import require_alike
from tests.sync.many import take_in_many
from tests.sync.test_comparing import R

CASES = 9
FEW = 3


class Few(Safeguards):
    """So few at once that the cases of these tests are several pieces."""

    rows_of = FEW


def in_step(world: NearWorld) -> Desk:
    """Priya's laptop with many cases, one of them with a task, and nothing to be fetched or checked."""
    desk = world.desk("priya")
    take_in_many(desk, CASES)
    for case in desk.look(lambda conn: all_of(conn, Case)):
        saying.note(desk, case.id, "a line of the feed")
    case_id, letter = saying.a_case_of(desk, "priya"), world.folder / "letter.txt"
    letter.write_text("Dear Nerys", encoding="utf-8")
    attach(desk.laptop, letter, case_id=case_id, mime="text/plain")
    for _ in range(2):
        desk.sync()
    desk.engine.check_soon()
    desk.sync()
    desk.wire.requests.clear()
    return desk


@pytest.fixture
def priya(world: NearWorld) -> Desk:
    return in_step(world)


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The same on either of the server's databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""
    world = NearWorld(tmp_path, Database.at(url) if url else None)
    yield in_step(world)
    world.close()


def found_last(desk: Desk) -> int | None:
    """How many cases differed the last time that all were compared."""
    stands = desk.look(row_check.standing)
    assert stands is not None
    assert stands.is_done
    return stands.found


def spoil(desk: Desk, work: str) -> None:
    """Changes a row behind everybody's back."""
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql(work)


def a_week_of_days(desk: Desk) -> list[list[str]]:
    """A round a day, for eight of them; what each asked for."""
    days = []
    for _ in range(8):
        desk.clock.pass_time(days=1)
        desk.wire.requests.clear()
        desk.sync()
        days.append(desk.wire.requests[:])
    return days


def cases_of(desk: Desk) -> list[str]:
    query = "SELECT case_id FROM held_case ORDER BY case_id"
    return desk.look(lambda conn: [str(case_id) for case_id in conn.exec_driver_sql(query).scalars()])


def spoilt_so_far(desk: Desk) -> int:
    return desk.look(lambda conn: state.get(conn, state.SPOILT, int, 0))


_LAST = "(SELECT max(case_id) FROM held_case)"
SPOILS = {
    "a line says something else": f"UPDATE activity SET text = 'Nerys owes us' WHERE case_id = {_LAST}",
    "a line is gone": f"DELETE FROM activity WHERE id = (SELECT min(id) FROM activity WHERE case_id = {_LAST})",
    "a case says something else": f"UPDATE case_file SET description = 'Nerys' WHERE id = {_LAST}",
    "a case's own row is gone": f"DELETE FROM case_file WHERE id = {_LAST}",
    "a task went to another case": "UPDATE task SET case_id = (SELECT min(case_id) FROM held_case)",
    "a truth was turned round": "UPDATE document SET is_stored = 1 - is_stored",
    "a client has another name": "UPDATE contact SET last_name = 'Nobody'",
    "a client looks newer than it is": "UPDATE contact SET last_name = 'Nobody', rev = rev + 1000",
    "a home is gone": "DELETE FROM property WHERE id = (SELECT max(id) FROM property)",
}


@pytest.mark.parametrize("what", SPOILS)
def test_that_a_spoilt_row_is_found_told_and_made_good_within_a_week_of_use(
    either: Desk, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(either, SPOILS[what])
    with caplog.at_level(logging.WARNING):
        a_week_of_days(either)
    require_alike(either)
    assert "rows differ" in caplog.text
    assert "Nerys" not in caplog.text
    assert spoilt_so_far(either)
    assert either.engine.look().all_sent


def test_that_only_what_differs_is_fetched(priya: Desk) -> None:
    spoil(priya, SPOILS["a line says something else"])
    days = a_week_of_days(priya)
    assert days[:6] == [["Hello"]] * 6
    assert days[6] == ["Hello", "CheckRows", "Trees", "Pull", "Verify"]
    assert days[7] == ["Hello"]
    assert spoilt_so_far(priya) == 1


def test_that_a_week_of_quiet_days_costs_one_request_more_and_finds_nothing(either: Desk) -> None:
    days = a_week_of_days(either)
    assert days == [["Hello"]] * 6 + [["Hello", "CheckRows"], ["Hello"]]
    assert spoilt_so_far(either) == 0


def test_that_many_cases_are_compared_in_pieces_with_a_while_between_them(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(safeguards=Few))
    desk = in_step(world)
    desk.clock.pass_time(days=7)
    rounds = []
    for _ in range(9):
        desk.wire.requests.clear()
        desk.sync()
        rounds.append(desk.wire.requests[:])
        desk.clock.pass_time(minutes=6)
    world.close()
    assert rounds == [["Hello", "CheckRows"], ["Hello"]] * 3 + [["Hello", "CheckRows"]] + [["Hello"]] * 2


def test_that_whoever_asks_for_a_check_has_all_pieces_in_one_round_and_all_that_differs_at_once(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(safeguards=Few))
    desk = in_step(world)
    spoil(desk, SPOILS["a client has another name"])
    desk.engine.check_soon()
    desk.sync()
    asked = ["Hello", "Verify", *["CheckRows"] * 4, "Trees", "Pull", "Verify"]
    assert desk.wire.requests == asked
    require_alike(desk)
    assert spoilt_so_far(desk) == CASES + 1
    assert found_last(desk) == CASES + 1
    desk.engine.check_soon()
    desk.sync()
    assert found_last(desk) == 0
    world.close()


@pytest.mark.covers("FA1")
@pytest.mark.parametrize("during", ["Hello", "CheckRows", "Trees"])
def test_that_what_is_said_meanwhile_is_neither_lost_nor_a_difference(priya: Desk, during: str) -> None:
    """The rows that count are those without what waits (I12)."""
    case_id = cases_of(priya)[-1]
    spoil(priya, SPOILS["a line says something else"])

    def speak() -> None:
        if priya.wire.requests[-1] == during:
            priya.wire.meanwhile = None
            saying.note(priya, case_id, "said meanwhile")
            saying.note(priya, cases_of(priya)[0], "said elsewhere")

    priya.engine.check_soon()
    priya.wire.meanwhile = speak
    priya.sync()
    assert spoilt_so_far(priya) == 1
    assert priya.look(outbox.count) == 2
    assert "said meanwhile" in saying.texts(priya, case_id)
    priya.sync()
    require_alike(priya)


@pytest.mark.parametrize("at", range(2, 7))
def test_that_a_check_goes_on_after_a_kill_at_any_request(tmp_path: Path, at: int) -> None:
    world = NearWorld(tmp_path, makes=Makes(safeguards=Few))
    desk = in_step(world)
    spoil(desk, SPOILS["a client has another name"])
    desk.engine.check_soon()
    desk.wire.spare_replies, desk.wire.lose_replies = at, 1
    assert desk.try_to_sync().fault is not None
    desk.crash()
    desk.sync()
    require_alike(desk)
    world.close()


def test_that_what_changed_on_the_server_meanwhile_is_passed_over(priya: Desk) -> None:
    """Also a client that somebody changed through another case: it differs, and comes with the next page."""
    first, other = cases_of(priya)[:2]
    with priya.world.server.database.writing() as conn:
        of_first = conn.exec_driver_sql("SELECT contact_id FROM case_file WHERE id = ?", (first,)).scalar_one()
        conn.exec_driver_sql("UPDATE case_file SET contact_id = ? WHERE id = ?", (of_first, other))
    spoil(priya, f"UPDATE case_file SET contact_id = '{of_first}' WHERE id = '{other}'")
    jo = priya.world.desk("jo")

    def change() -> None:
        if priya.wire.requests[-1] == "CheckRows":
            priya.wire.meanwhile = None
            saying.change_phone(jo, first, "01970 000000")
            jo.sync()

    priya.engine.check_soon()
    priya.wire.meanwhile = change
    priya.sync()
    assert spoilt_so_far(priya) == 0
    priya.engine.check_soon()
    priya.sync()
    assert spoilt_so_far(priya) == 0


class OlderPages(PageWork):
    """Of an app that does not know a language yet, nor forms."""

    known = OLDER


def languages_put_aside(desk: Desk) -> list[str]:
    bodies = desk.look(lambda conn: list(conn.exec_driver_sql("SELECT body FROM extra").scalars()))
    return [told for body in bodies if (told := json.loads(body)["language"])]


def test_that_what_an_older_app_does_not_know_is_no_difference(priya: Desk) -> None:
    take_in_many(priya, 2, language="cy")
    priya.sync()
    priya.world.makes = Makes(pages=OlderPages)
    jo = Desk(priya.world, "jo")
    with jo.laptop.database.writing() as conn:
        make_older(conn)
    jo.sync()
    assert languages_put_aside(jo) == ["cy", "cy"]
    jo.engine.check_soon()
    jo.sync()
    assert jo.wire.requests[-1] == "CheckRows"
    assert spoilt_so_far(jo) == 0
    spoil(jo, SPOILS["a client has another name"])
    jo.engine.check_soon()
    jo.sync()
    assert spoilt_so_far(jo) == CASES + 3
    assert languages_put_aside(jo) == ["cy", "cy"]
    jo.laptop.close()


def test_that_a_server_that_cannot_tell_is_asked_again_in_a_week(priya: Desk) -> None:
    class Older(NearCentral):
        """A server without that door."""

        def ask(self, message: Message, kind: type[R]) -> R:
            """As it answers."""
            if type(message).__name__ == "CheckRows":
                self.requests.append("CheckRows")
                raise Rejected("not-found")
            return super().ask(message, kind)

    wire = Older(priya.world.server, priya.person_id, priya.device)
    priya.engine.central = wire
    priya.engine.check_soon()
    priya.sync()
    priya.sync()
    assert wire.requests == ["Hello", "Verify", "CheckRows", "Hello"]
    assert priya.engine.look().all_sent


def test_that_names_this_version_does_not_have_are_known_to_be_strange() -> None:
    assert knows(columns_of(KNOWN))
    assert not knows({**columns_of(KNOWN), "weather": ("id",)})
    assert not knows({"task": ("id", "id FROM account; --")})
    assert "person" not in columns_of(KNOWN)


def test_that_without_the_check_a_spoilt_row_stays_as_it_is(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(safeguards=NoRowsCompared))
    desk = in_step(world)
    spoil(desk, SPOILS["a client has another name"])
    a_week_of_days(desk)
    with pytest.raises(AssertionError, match="contact differ"):
        require_alike(desk)
    world.close()
