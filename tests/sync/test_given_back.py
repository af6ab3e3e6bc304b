"""What is taken from somebody and given back while other cases come in is whole again when the round calls it so."""

from collections.abc import Callable

import pytest

from casework.connection import Connection
from casework.rows import all_of
from casework.values import Case, Owner, OwnerKind
from casework.wire import REF, ReconcileReply
from server.setting_up import BACK_OFFICE, WAITING_LIST
from sync import comparing, state
from sync.state import Comparing
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.alike import require_alike

SMALL = 4_000


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, in step, with small pages; two queues, that she is not in, have eight cases each."""
    priya = world.desk("priya")
    for number in range(16):
        case_id = saying.referral(priya, last_name=f"Client {number}")
        if number % 2:
            saying.give(priya, case_id, Owner(OwnerKind.QUEUE, BACK_OFFICE))
    priya.sync()
    for queue_id in (WAITING_LIST, BACK_OFFICE):
        world.staff(queue_id)
    desk = world.desk("amy")
    desk.wire.page_bytes = SMALL
    return desk


def sync_while(desk: Desk, happens: dict[int, Callable[[], None]]) -> None:
    """A round in which things happen while its pulls, by their numbers, are on their way."""

    def meanwhile() -> None:
        if desk.wire.requests[-1] == "Pull":
            happens.get(desk.wire.requests.count("Pull"), lambda: None)()

    desk.wire.requests.clear()
    desk.wire.meanwhile = meanwhile
    desk.sync()
    desk.wire.meanwhile = None
    assert desk.wire.requests.count("Pull") > max(happens), "it was over before that happened"


def cases_of(desk: Desk) -> set[str]:
    return {case.id for case in desk.look(lambda conn: all_of(conn, Case))}


@pytest.mark.covers("FF7")
def test_that_a_queue_taken_away_and_given_back_within_one_back_fill_is_whole(world: NearWorld, amy: Desk) -> None:
    for queue_id in (WAITING_LIST, BACK_OFFICE):
        world.staff(queue_id, "amy")
    here: list[set[str]] = []

    def take_away() -> None:
        here.append(cases_of(amy))
        world.staff(BACK_OFFICE)

    def give_back() -> None:
        here.append(cases_of(amy))
        world.staff(BACK_OFFICE, "amy")

    sync_while(amy, {4: take_away, 6: give_back})
    assert here[0] - here[1], "nothing was taken away in between"
    assert amy.engine.look().all_sent
    require_alike(amy)
    assert len(cases_of(amy)) == 16


@pytest.mark.covers("FF7")
def test_that_a_queue_that_was_whole_and_went_during_the_back_fill_of_another_is_whole_again(
    world: NearWorld, amy: Desk
) -> None:
    world.staff(BACK_OFFICE, "amy")
    amy.sync()
    assert len(cases_of(amy)) == 8
    world.staff(WAITING_LIST, "amy")
    sync_while(amy, {2: lambda: world.staff(BACK_OFFICE), 4: lambda: world.staff(BACK_OFFICE, "amy")})
    assert amy.engine.look().all_sent
    require_alike(amy)
    assert len(cases_of(amy)) == 16


def test_that_a_back_fill_of_which_nothing_is_left_is_over(world: NearWorld, amy: Desk) -> None:
    world.staff(WAITING_LIST, "amy")
    sync_while(amy, {3: lambda: world.staff(WAITING_LIST)})
    assert len(cases_of(amy)) == 0
    assert amy.look(state.filling) is None
    assert amy.engine.look().all_sent


@pytest.mark.covers("FF7")
@pytest.mark.parametrize("taken_away_at", ["Reconcile", "Trees"])
@pytest.mark.parametrize("is_all", [True, False], ids=["of all", "of some"])
def test_that_a_queue_taken_away_and_given_back_within_one_comparison_is_whole(
    world: NearWorld, amy: Desk, taken_away_at: str, is_all: bool
) -> None:
    """The sums do not tell: she is away from the queue once more while they are compared."""
    for queue_id in (WAITING_LIST, BACK_OFFICE):
        world.staff(queue_id, "amy")
    amy.sync()
    every_bucket = tuple(sorted({case_id[-2:] for case_id in cases_of(amy)}))
    begun = Comparing(buckets=() if is_all else every_bucket)
    with amy.laptop.database.writing() as conn:
        state.put(conn, state.COMPARING, begun)
        # so that there is something to fetch
        conn.exec_driver_sql("UPDATE held_case SET chain = '' WHERE case_id = (SELECT min(case_id) FROM held_case)")
    turns = {
        taken_away_at: lambda: world.staff(BACK_OFFICE),
        "Pull": lambda: world.staff(BACK_OFFICE, "amy"),
        "Verify": lambda: world.staff(BACK_OFFICE),
    }

    def meanwhile() -> None:
        turns.pop(amy.wire.requests[-1], lambda: None)()

    amy.wire.meanwhile = meanwhile
    amy.sync()
    amy.wire.meanwhile = None
    assert not turns, "it was over before that happened"
    world.staff(BACK_OFFICE, "amy")
    amy.sync()
    require_alike(amy)
    assert len(cases_of(amy)) == 16


@pytest.mark.parametrize("missing_from", [0, 1])
def test_that_a_queue_that_was_not_theirs_for_a_part_of_the_list_is_not_called_whole(
    amy: Desk, missing_from: int
) -> None:
    mine, queue = f"user:{amy.person_id}", f"queue:{BACK_OFFICE}"
    parts: list[tuple[str, ...]] = [(REF, mine, queue), (REF, mine, queue)]
    parts[missing_from] = (REF, mine)
    amy.sync()
    at = amy.look(state.cursor)

    def compare(conn: Connection) -> None:
        under_way = comparing.afresh(conn)
        for now, after in zip(parts, ("8" * 32, ""), strict=True):
            comparing.take_list(conn, under_way, ReconcileReply(rid="", now=now, at=at, cases=(), after=after))
            under_way = state.get(conn, state.COMPARING, Comparing, under_way)
        comparing.finish(conn, under_way)

    amy.laptop.write(compare)
    assert amy.look(state.held) == (REF, mine)
