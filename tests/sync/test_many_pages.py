"""A server that takes away little by little what it would not be believed to take away at once (FD6)."""

import msgspec
import pytest

from casework.wire import Message, Pull, Reply
from sync.apply import FEW_GO
from sync.faults import Offline
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.many import take_in_many
from tests.sync.test_comparing import CASES, bent, held


@pytest.mark.covers("FD6")
@pytest.mark.parametrize("rounds_broken_off", [False, True])
def test_that_many_small_pages_that_take_nearly_all_away_are_not_believed_either(
    priya: Desk, rounds_broken_off: bool
) -> None:
    take_in_many(priya, CASES)
    priya.sync()
    jo = priya.world.desk("jo")
    gone = list(priya.look(lambda conn: conn.exec_driver_sql("SELECT case_id FROM held_case").scalars().all()))
    assert held(priya) == len(gone) > FEW_GO
    pages = 0

    def evict_some(message: Message, reply: Reply) -> Reply:
        nonlocal pages
        if not isinstance(message, Pull):
            return reply
        pages += 1
        if rounds_broken_off and pages % 2 == 0:
            raise Offline("cut")
        return msgspec.structs.replace(reply, evict=(gone.pop(), gone.pop()) if gone else ())

    for number in range(CASES):
        saying.note(jo, gone[0], f"{number} " * 300)
    jo.sync()
    wire = bent(priya, evict_some)
    wire.page_bytes = 1_000
    for _ in range(CASES):
        if "Reconcile" not in wire.requests:
            priya.try_to_sync()
            assert held(priya) >= CASES - FEW_GO
    assert "Reconcile" in wire.requests, "the server has to say it twice"
