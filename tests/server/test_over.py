"""What ends by itself ends with anybody's round, and where it cannot, nobody's round stands still for it."""

from datetime import date, timedelta

import msgspec
import pytest

from casework.ids import new_id
from casework.rows import find, row_of
from casework.tables import TABLES
from casework.values import Contributor, Offer, OfferState
from server import scope
from server.parts import Parts
from tests.kit_server import person_id
from tests.server.kit_central import Central, SetClock
from tests.server.test_verify import assert_right


def test_that_an_offer_which_cannot_be_read_stops_neither_a_round_nor_what_else_is_over(
    timed: Central, parts: Parts, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    amy, ben = timed.visitor("amy"), timed.visitor("ben")
    case = timed.opened(amy)
    offer = Offer(
        id=new_id(),
        case_id=case.id,
        to_id=ben.id,
        by=amy.id,
        under=case.owner_cmd,
        made_at=clock.now,
        until=date(2026, 1, 1),
    )
    let_in = Contributor(
        id=new_id(), case_id=case.id, person_id=ben.id, because=new_id(), until=clock.now + timedelta(days=2)
    )
    with timed.database.writing() as conn:
        parts.journal.write_down(conn, [let_in], case_id=case.id)
        conn.execute(TABLES[Offer].insert().values({**row_of(offer), "made_at": "some day", "rev": 1}))
        other = msgspec.structs.replace(offer, id=new_id())
        parts.journal.write_down(conn, [other], case_id=case.id)
    ben.sync()
    assert case.id in ben.store.cases

    caplog.clear()
    clock.pass_time(days=3)
    ben.renew()
    ben.sync()

    assert case.id not in ben.store.cases
    for _ in range(3):
        ben.hello()
    assert caplog.text.count(f"_end_offers of {offer.id}") == 1, "not with each hello of the day"
    assert f"ValidationError in _end_offers of {offer.id}" in caplog.text
    with timed.database.reading() as conn:
        ended = find(conn, Offer, other.id)
        assert ended is not None
        assert ended.state is not OfferState.OPEN
        assert find(conn, Contributor, let_in.id) is not None
        assert not scope.visible(conn, [scope.user_scope(person_id("ben"))], [case.id])
    assert_right(timed)
