"""Comparing with the server's list: what is missing comes, what is too much goes, and nothing that is only here."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import msgspec
import pytest

from casework.connection import Connection
from casework.values import Activity
from casework.wire import Message, Page, Pull, Reconcile, ReconcileReply, Reply, Trees, Verify, VerifyReply
from server.facts import HORIZON, set_fact
from sync import held_sums, outbox, state, verifying
from sync.apply import FEW_GO, PageWork
from sync.faults import NotInStep, Offline, TooMuchGoes
from sync.laptop import Drafts
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld
from tests.machines.organisation import snapshot
from tests.sync.alike import require_alike
from tests.sync.many import take_in_many

R = TypeVar("R", bound=Reply)
CASES = 30


@pytest.fixture
def priya(world: NearWorld) -> Desk:
    """Priya's laptop, with many cases, in step; and she said so in a round with nothing else to say."""
    desk = world.desk("priya")
    take_in_many(desk, CASES)
    desk.sync()
    desk.sync()
    return desk


def held(desk: Desk) -> int:
    return int(desk.look(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM held_case").scalar_one()))


def some_case(desk: Desk, place: int = 0) -> str:
    query = "SELECT case_id FROM held_case ORDER BY case_id LIMIT 1 OFFSET ?"
    return desk.look(lambda conn: str(conn.exec_driver_sql(query, (place,)).scalar_one()))


def forget_the_log(world: NearWorld) -> None:
    """The server's log reaches no further back than to now."""
    with world.server.database.writing() as conn:
        head = conn.exec_driver_sql("SELECT max(rev) FROM commit_log").scalar_one()
        conn.exec_driver_sql("DELETE FROM commit_log WHERE rev < ?", (head,))
        set_fact(conn, HORIZON, str(head))


def spoil(desk: Desk, work: str) -> None:
    """Breaks something on the laptop that no page would ever mend."""
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql(work)


class Bent(NearCentral):
    """A wire on which answers are bent on their way."""

    bend: Callable[[Message, Reply], Reply] = staticmethod(lambda asked, reply: reply)

    def pull(self, pull: Pull) -> Page:
        """As bent."""
        page = self.bend(pull, super().pull(pull))
        assert isinstance(page, Page)
        return page

    def ask(self, message: Message, kind: type[R]) -> R:
        """As bent."""
        reply = self.bend(message, super().ask(message, kind))
        assert isinstance(reply, kind)
        return reply


def bent(desk: Desk, how: Callable[[Message, Reply], Reply]) -> Bent:
    wire = Bent(desk.world.server, desk.person_id, desk.device)
    wire.bend = how
    desk.engine.central = wire
    return wire


@pytest.mark.covers("FA17", "FD1")
def test_that_a_store_from_before_the_log_begins_is_compared_and_nothing_said_here_is_lost(priya: Desk) -> None:
    world, case_id = priya.world, some_case(priya)
    other = world.desk("jo")
    take_in_many(other, 3)
    saying.note(other, case_id, "while you were away")
    other.sync()
    forget_the_log(world)
    saying.note(priya, case_id, "still to be sent")
    Drafts(priya.laptop).keep("note", {"text": "half a sen"})
    priya.sync()
    require_alike(priya)
    assert held(priya) == CASES + 3
    assert {"Reconcile", "Trees"} <= set(priya.wire.requests)
    texts = [line.text for line in saying.on_server(priya, Activity, case_id)]
    assert {"while you were away", "still to be sent"} <= set(texts)
    assert Drafts(priya.laptop).find("note") == {"text": "half a sen"}


@pytest.mark.covers("FA17")
@pytest.mark.parametrize("at", range(2, 14))
def test_that_a_comparison_goes_on_after_a_kill_at_any_request(priya: Desk, at: int) -> None:
    world, case_id = priya.world, some_case(priya)
    other = world.desk("jo")
    take_in_many(other, 4)
    other.sync()
    forget_the_log(world)
    saying.note(priya, case_id, "still to be sent")
    priya.wire.page_bytes = 4_000
    left = at

    def die() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Offline("killed")

    priya.wire.meanwhile = die
    priya.try_to_sync()
    priya.wire.meanwhile = None
    priya.crash()
    priya.sync()
    require_alike(priya)
    assert priya.look(outbox.count) == 0


def test_that_only_cases_that_differ_are_fetched_again(priya: Desk) -> None:
    other = priya.world.desk("jo")
    saying.note(other, some_case(priya, 5), "changed")
    other.sync()
    forget_the_log(priya.world)
    asked: list[int] = []

    def count(message: Message, reply: Reply) -> Reply:
        if isinstance(message, Trees):
            asked.append(len(message.ids))
        return reply

    bent(priya, count)
    priya.sync()
    assert asked == [1]
    require_alike(priya)


def test_that_a_quiet_round_is_one_request_and_a_busy_one_is_checked_once_in_six_hours(priya: Desk) -> None:
    priya.wire.requests.clear()
    priya.sync()
    assert priya.wire.requests == ["Hello"]
    saying.note(priya, some_case(priya), "news")
    priya.sync()
    assert priya.wire.requests == ["Hello", "Hello", "Push", "Pull"]
    priya.clock.pass_time(hours=7)
    priya.wire.requests.clear()
    saying.note(priya, some_case(priya), "more news")
    priya.sync()
    assert priya.wire.requests == ["Hello", "Push", "Pull", "Verify"]


def test_that_somebody_may_ask_for_a_check(priya: Desk) -> None:
    priya.engine.check_soon()
    priya.wire.requests.clear()
    priya.sync()
    assert priya.wire.requests == ["Hello", "Verify", "CheckRows"]


SPOILS = {
    "a case that went missing": "DELETE FROM held_case WHERE case_id = (SELECT min(case_id) FROM held_case)",
    "a stamp of another history": "UPDATE held_case SET chain = 'ffffffffffffffff' WHERE rev % 7 = 1",
    "a case too many": "INSERT INTO held_case (case_id, scopes, rev, chain, is_leaving)"
    " SELECT 'f' || substr(case_id, 2), scopes, rev, chain, 0 FROM held_case LIMIT 1",
}


@pytest.mark.parametrize("what", SPOILS)
def test_that_what_differs_is_found_told_and_made_good(
    priya: Desk, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(priya, SPOILS[what])
    priya.engine.check_soon()
    with caplog.at_level(logging.WARNING):
        priya.sync()
    assert "differ" in caplog.text
    assert "Nerys" not in caplog.text
    assert held(priya) == CASES
    require_alike(priya)
    assert priya.look(lambda conn: state.get(conn, state.MISMATCHES, int, 0)) == 1
    assert priya.engine.look().all_sent


def test_that_nothing_is_called_in_step_while_the_sums_differ(priya: Desk) -> None:
    """I10: where comparing does not help either, the person is told, and no screen says that all is well."""

    def contradict(message: Message, reply: Reply) -> Reply:
        if isinstance(reply, VerifyReply) and isinstance(message, Verify):
            named = tuple(message.sums) or tuple(message.buckets)
            return msgspec.structs.replace(reply, diff=named[:1], buckets={named[0]: ("00",)})
        return reply

    bent(priya, contradict)
    priya.engine.check_soon()
    assert isinstance(priya.try_to_sync().fault, NotInStep)
    assert not priya.engine.look().all_sent
    assert not priya.engine.look().in_step
    require_alike(priya)
    bent(priya, lambda message, reply: reply)
    priya.sync()
    assert priya.engine.look().all_sent


def leave_out_everything(message: Message, reply: Reply) -> Reply:
    """An answer that is empty and valid."""
    if isinstance(reply, ReconcileReply):
        return msgspec.structs.replace(reply, cases=())
    return reply


@pytest.mark.covers("FD6")
def test_that_an_empty_but_valid_list_takes_nothing_away_and_is_told(priya: Desk) -> None:
    before = priya.look(snapshot)
    forget_the_log(priya.world)
    with priya.laptop.database.writing() as conn:
        cursor = state.cursor(conn)
        state.put(conn, state.KNOWN, (cursor[0] - 1, "0" * 16))
        state.put(conn, state.CURSOR, (cursor[0] - 1, "0" * 16))
    bent(priya, leave_out_everything)
    report = priya.try_to_sync()
    assert isinstance(report.fault, TooMuchGoes)
    assert priya.look(snapshot) == before
    assert not priya.engine.look().all_sent
    bent(priya, lambda message, reply: reply)
    priya.sync()
    require_alike(priya)


@pytest.mark.covers("FD6")
def test_that_a_page_that_takes_nearly_all_away_is_not_believed_until_list_and_sums_say_so_too(priya: Desk) -> None:
    before = priya.look(snapshot)
    gone = tuple(priya.look(lambda conn: conn.exec_driver_sql("SELECT case_id FROM held_case").scalars().all()))
    saying.note(priya, gone[0], "something to fetch")

    def evict(message: Message, reply: Reply) -> Reply:
        return msgspec.structs.replace(reply, evict=gone) if isinstance(message, Pull) else reply

    bent(priya, evict)
    assert priya.try_to_sync().fault is not None
    assert held(priya) == len(gone) > FEW_GO
    assert len(priya.look(snapshot)["case_file"]) == len(before["case_file"])
    bent(priya, lambda message, reply: reply)
    priya.sync()
    require_alike(priya)


@pytest.mark.covers("FD6", "FF1")
def test_that_somebody_who_may_see_little_now_keeps_little_once_the_server_has_confirmed_it(priya: Desk) -> None:
    world, jo = priya.world, priya.world.desk("jo")
    take_in_many(jo, CASES)
    jo.sync()
    priya.sync()
    assert held(priya) == 2 * CASES
    world.change_role("priya", "advisor")
    priya.sync()
    require_alike(priya)
    assert held(priya) == CASES
    assert {"Reconcile", "Verify"} <= set(priya.wire.requests)


@pytest.mark.covers("FD6")
def test_that_a_list_of_no_scopes_at_all_is_never_believed(priya: Desk) -> None:
    def nothing(message: Message, reply: Reply) -> Reply:
        return msgspec.structs.replace(reply, now=()) if isinstance(reply, Page | ReconcileReply) else reply

    saying.note(priya, some_case(priya), "something to fetch")
    bent(priya, nothing)
    assert isinstance(priya.try_to_sync().fault, TooMuchGoes)
    assert held(priya) == CASES


def test_that_a_few_cases_go_without_a_second_look(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_ids = [saying.a_case_of(priya, "amy") for _ in range(3)]
    priya.sync()
    amy = world.desk("amy")
    for case_id in case_ids:
        saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    amy.wire.requests.clear()
    amy.sync()
    assert "Reconcile" not in amy.wire.requests
    require_alike(amy)


def test_that_a_case_with_unsent_words_outlives_a_comparison_that_does_not_list_it(world: NearWorld) -> None:
    """FA1: first what was said is answered, then the case goes."""
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy = world.desk("amy")
    saying.note(amy, case_id, "said while it was mine")
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    with amy.laptop.database.writing() as conn:
        applied = PageWork(amy.person_id).forget_unlisted(conn, ())
    assert applied.gone == ()
    assert "said while it was mine" in saying.texts(amy, case_id)
    amy.sync()
    require_alike(amy)
    assert "said while it was mine" in [line.text for line in saying.on_server(priya, Activity, case_id)]


def test_that_sums_count_each_case_in_each_of_its_scopes() -> None:
    one, other = ("a" * 32, ("all", "user:1"), (1, "x")), ("b" * 32, ("all",), (2, "y"))
    sums = held_sums.sums_of([one, other])
    told = verifying.told(sums, ("ref", "all", "user:1", "queue:9"))
    assert {scope: count for scope, (count, _) in told.items()} == {"all": 2, "user:1": 1, "queue:9": 0}
    assert told["queue:9"][1] == "0" * 16
    assert sorted(sums["all"]) == ["aa", "bb"]


@pytest.mark.parametrize(
    ("changed", "last", "is_due"),
    [(False, None, False), (True, None, True), (True, timedelta(hours=5), False), (True, timedelta(hours=6), True)],
)
def test_that_a_check_is_due_six_hours_after_the_last_where_something_came_in(
    priya: Desk, changed: bool, last: timedelta | None, is_due: bool
) -> None:
    now = priya.clock()

    def prepare(conn: Connection) -> bool:
        state.put(conn, state.IS_CHANGED, changed)
        state.forget(conn, state.VERIFIED_AT)
        if last is not None:
            state.put(conn, state.VERIFIED_AT, now - last)
        return verifying.is_due(conn, now)

    assert priya.laptop.write(prepare) is is_due


def test_that_the_list_is_asked_for_only_where_it_is_needed(priya: Desk) -> None:
    asked: list[tuple[str, ...]] = []

    def note(message: Message, reply: Reply) -> Reply:
        if isinstance(message, Reconcile):
            asked.append(message.buckets)
        return reply

    spoil(priya, SPOILS["a case that went missing"])
    bent(priya, note)
    priya.engine.check_soon()
    priya.sync()
    assert [len(buckets) for buckets in asked] == [1]


class Credulous(PageWork):
    """Whatever a page takes away goes."""

    def require_few_go(self, conn: Connection, going: int, now: tuple[str, ...]) -> None:
        """Any number."""


def test_that_without_the_brake_one_wrong_page_empties_a_laptop(priya: Desk) -> None:
    gone = tuple(priya.look(lambda conn: conn.exec_driver_sql("SELECT case_id FROM held_case").scalars().all()))
    page = Page(rid="", now=("all", "ref"), evict=gone, cur=priya.look(state.cursor))
    with priya.laptop.database.writing() as conn:
        Credulous(priya.person_id).apply(conn, page, None)
    assert held(priya) == 0
