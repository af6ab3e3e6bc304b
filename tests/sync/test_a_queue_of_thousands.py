"""A queue or a step with thousands of cases is taken out of use: on every laptop, page by page, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.answers import Status
from casework.commands import RemoveQueue, RemoveStep
from casework.values import Owner, OwnerChange, OwnerKind, OwnershipEvent
from casework.wire import MOST_BYTES, Page, Pull, encode
from server.setting_up import BACK_OFFICE, WAITING_LIST
from tests.journeys import saying
from tests.journeys.saying import ACTION_PLAN, ASSESSMENT
from tests.kit_many_cases import case_id, rows_of_cases
from tests.kit_near import Desk, Makes, NearCentral, NearWorld
from tests.sync.alike import require_alike

MANY = 5_000
WAITING = Owner(OwnerKind.QUEUE, WAITING_LIST)


class Weighed(NearCentral):
    """A way to the server on which each page is weighed as it comes."""

    def pull(self, pull: Pull) -> Page:
        page = super().pull(pull)
        assert len(encode(page)) < 1.2 * MOST_BYTES, "a page is about as long as was asked for"
        return page


@pytest.fixture
def world(tmp_path: Path) -> Iterator[NearWorld]:
    """Five thousand cases in the back office's queue, at one step; only its people and the office have them."""
    made = NearWorld(tmp_path, makes=Makes(wire=Weighed))
    made.server.put(*rows_of_cases(MANY))
    made.staff(WAITING_LIST, "amy")
    yield made
    made.close()


@pytest.mark.covers("OC30", "FC8", "FD6")
def test_that_a_queue_of_thousands_is_empty_on_every_laptop_and_what_was_unsent_is_kept(world: NearWorld) -> None:
    priya, cara, sam = world.desk("priya"), world.desk("cara"), world.desk("sam")
    saying.note(cara, case_id(7), "She rang back: tomorrow at ten")
    sam.say(RemoveQueue(case_id="", queue_id=BACK_OFFICE))
    assert saying.the_case(sam, case_id(MANY - 1)).owner == WAITING
    (ack,) = sam.sync().acks
    assert ack.st is Status.APPLIED
    cara.wire.requests.clear()
    assert [ack.st for ack in cara.sync().acks] == [Status.APPLIED]
    assert "Reconcile" in cara.wire.requests, "so much goes from here only once the server's own list says the same"
    priya.sync()
    sam.sync()

    for desk in (priya, cara, sam):
        require_alike(desk)
    assert _owners(priya) == {(WAITING_LIST, MANY)}
    assert _owners(cara) == set()
    assert saying.notices(cara, "")["queue-removed"].facts["count"] == str(MANY)
    assert "She rang back: tomorrow at ten" in saying.texts(priya, case_id(7))
    moves = [one for one in saying.on_case(priya, OwnershipEvent, case_id(0)) if one.kind is OwnerChange.QUEUE_REMOVED]
    assert [move.id for move in moves] == [saying.the_case(priya, case_id(0)).owner_cmd]


@pytest.mark.covers("OC20", "FC8")
def test_that_a_step_of_thousands_is_empty_on_every_laptop(world: NearWorld) -> None:
    priya, sam = world.desk("priya"), world.desk("sam")
    sam.say(RemoveStep(case_id="", step_id=ASSESSMENT, to_id=ACTION_PLAN))
    assert [ack.st for ack in sam.sync().acks] == [Status.APPLIED]
    priya.sync()
    for desk in (priya, sam):
        require_alike(desk)
        steps = desk.look(lambda conn: conn.exec_driver_sql("SELECT DISTINCT step_id FROM case_file").all())
        assert steps == [(ACTION_PLAN,)]


def _owners(desk: Desk) -> set[tuple[str, int]]:
    query = "SELECT owner_id, count(*) FROM case_file GROUP BY owner_id"
    return set(desk.look(lambda conn: conn.exec_driver_sql(query).all()))
