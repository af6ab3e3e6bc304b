"""The very first filling of a store: own cases first, indexes afterwards, and a kill in between costs nothing."""

import re
from itertools import count

import msgspec
import pytest

from casework.ids import new_id
from casework.rows import all_of
from casework.values import Case
from casework.wire import START, Fill, Page, Pull
from sync import bulk, state
from sync.ahead import LARGEST, SMALLEST, ReadingAhead
from sync.faults import Offline
from sync.laptop import NEW_STORE
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearCentral, NearWorld
from tests.sync.alike import require_alike

CASES = 12


class Noting(NearCentral):
    """Notes what it was asked for, in small pages."""

    asked: list[Pull]

    def pull(self, pull: Pull) -> Page:
        """Notes it."""
        self.page_bytes = 6_000
        self.asked = [*getattr(self, "asked", []), pull]
        return super().pull(pull)


@pytest.fixture
def office(world: NearWorld) -> NearWorld:
    """A dozen cases; two of them are the lead's own."""
    priya = world.desk("priya")
    for number in range(CASES):
        saying.a_case_of(priya, "jo" if number < 2 else "amy")
    priya.sync()
    world.makes = Makes(wire=Noting)
    return world


def indexes(desk: Desk) -> set[str]:
    found = desk.look(lambda conn: conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").all())
    return {str(name) for (name,) in found if not str(name).startswith("sqlite_")}


def all_indexes() -> set[str]:
    return set(re.findall(r"CREATE INDEX (\w+)", NEW_STORE.read_text("utf-8")))


def asked_of(desk: Desk) -> list[Pull]:
    assert isinstance(desk.wire, Noting)
    return desk.wire.asked


def fills(desk: Desk) -> list[Fill]:
    return [pull.fill for pull in asked_of(desk) if pull.fill is not None]


def test_that_what_everybody_holds_and_my_own_cases_come_before_all_others(office: NearWorld) -> None:
    asked = fills(office.desk("jo"))
    assert set(asked[0].scopes) == {"ref", f"user:{office.desk('jo', number=2).person_id}"}
    assert "all" in asked[-1].scopes
    assert len(asked) > 4


@pytest.mark.covers("FG1")
def test_that_a_kill_at_any_page_of_the_first_filling_costs_nothing(office: NearWorld) -> None:
    whole = office.desk("jo")
    pages = len(fills(whole))
    for number in range(1, pages + 1):
        desk = Desk(office, "jo", number=number + 10)
        desk.wire.spare_replies, desk.wire.lose_replies = number + 1, 1
        assert isinstance(desk.try_to_sync().fault, Offline)
        desk.crash()
        desk.sync()
        assert indexes(desk) == all_indexes()
        assert desk.look(lambda conn: all_of(conn, Case)) == whole.look(lambda conn: all_of(conn, Case))
        desk.laptop.close()


def test_that_indexes_which_a_kill_left_out_are_built_by_a_round_with_nothing_else_to_do(office: NearWorld) -> None:
    jo = office.desk("jo")
    with jo.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM sync_state WHERE key = 'last_in_sync'")
        bulk.drop_late_indexes(conn)
    assert indexes(jo) < all_indexes()
    jo.restart()
    jo.sync()
    assert indexes(jo) == all_indexes()


def test_that_a_store_that_has_been_in_sync_keeps_its_indexes(office: NearWorld) -> None:
    jo = office.desk("jo")
    with jo.laptop.database.writing() as conn:
        bulk.drop_late_indexes(conn)
    assert indexes(jo) == all_indexes()


def test_that_a_page_fetched_ahead_is_the_one_that_would_have_come(office: NearWorld) -> None:
    jo = office.desk("jo")
    desk = Desk(office, "jo", number=3)
    desk.engine.central = ahead = ReadingAhead(desk.wire)
    desk.sync()
    ahead.close()
    assert desk.look(lambda conn: all_of(conn, Case)) == jo.look(lambda conn: all_of(conn, Case))
    assert len(fills(desk)) == len(fills(jo))
    desk.laptop.close()


def test_that_pages_grow_on_a_quick_line_and_shrink_on_a_slow_one(office: NearWorld) -> None:
    jo = office.desk("jo")
    seconds = [0.0]
    times = count()
    ahead = ReadingAhead(jo.wire, clock=lambda: next(times) * seconds[0])
    nothing_left = Pull(rid=new_id(), cur=START, held=(), fill=Fill(scopes=("all",), after="f" * 32))
    for seconds[0] in (0.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0, 100.0):
        ahead.pull(nothing_left)
    ahead.close()
    sizes = [pull.max_bytes for pull in asked_of(jo)[-8:]]
    assert max(sizes) == LARGEST
    assert sizes[-1] == SMALLEST


class Hollow(NearCentral):
    """The first page of a new store comes empty, and well formed."""

    is_hollow = True

    def pull(self, pull: Pull) -> Page:
        """Nothing at all."""
        page = super().pull(pull)
        return msgspec.structs.replace(page, whole={}, rows={}, stamps={}) if self.is_hollow else page


@pytest.mark.covers("FD6")
def test_that_a_new_store_does_not_believe_that_there_are_no_people(world: NearWorld) -> None:
    """The sums are of cases: who has none yet would go on for ever without a colleague's name."""
    world.makes = Makes(wire=Hollow)
    desk = Desk(world, "ben")
    assert desk.try_to_sync().fault is not None
    assert desk.look(state.cursor) == START
    assert isinstance(desk.wire, Hollow)
    desk.wire.is_hollow = False
    desk.sync()
    require_alike(desk)
    desk.laptop.close()
