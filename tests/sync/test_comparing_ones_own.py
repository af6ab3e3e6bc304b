"""What is a person's own comes in many pages where there is much of it, and nothing of it vanishes meanwhile."""

import pytest

from casework.ids import child_id
from casework.rows import all_of
from casework.values import KeptWork, Notice, Record
from sync import comparing
from sync.faults import Offline
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearWorld
from tests.sync.alike import require_alike
from tests.sync.test_kept_leaving import kept, kept_here

CARDS = 40


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop in step, with many decisions and notices of hers."""
    case_id = saying.a_case_of(world.desk("priya"), "amy")
    desk = world.desk("amy")
    rows: list[Record] = [kept(case_id, id=child_id(case_id, f"kept {number}")) for number in range(CARDS)]
    for number in range(CARDS):
        notice_id = child_id(case_id, f"notice {number}")
        rows.append(
            Notice(id=notice_id, case_id=case_id, person_id=desk.person_id, code="given", by=desk.person_id, at=NINE)
        )
    world.server.put(*rows)
    desk.sync()
    assert len(kept_here(desk)) == CARDS
    return desk


def compare_anew(desk: Desk) -> None:
    """From here on the next round compares all, in small pages."""
    desk.wire.page_bytes = 3_000
    desk.laptop.write(comparing.afresh)


@pytest.mark.parametrize("cut_after", [None, *range(2, 12)])
def test_that_nobodys_decisions_vanish_while_they_come_once_more_page_by_page(amy: Desk, cut_after: int | None) -> None:
    everything = kept_here(amy)
    seen: list[list[str]] = []

    def look() -> None:
        if amy.wire.requests[-1] == "Trees":
            seen.append(kept_here(amy))
            if len(seen) == cut_after:
                raise Offline("cut")

    compare_anew(amy)
    amy.wire.meanwhile = look
    amy.try_to_sync()
    amy.sync()

    assert len(seen) > 5
    assert seen == [everything] * len(seen)
    require_alike(amy)


def test_that_what_the_server_does_not_have_goes_from_wherever_it_lies_among_ones_own(amy: Desk) -> None:
    strangers = [f"{digit}{digit}" * 16 for digit in "0369cf"]
    with amy.laptop.database.writing() as conn:
        for table in ("kept_work", "notice", "sighting"):
            names = [row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({table})").all()]
            others = ", ".join(name for name in names if name != "id")
            for one in strangers:
                conn.exec_driver_sql(
                    f"INSERT INTO {table} (id, {others}) SELECT ?, {others} FROM {table} ORDER BY id LIMIT 1", (one,)
                )
        conn.exec_driver_sql("DELETE FROM kept_work WHERE id IN (SELECT id FROM kept_work ORDER BY rev LIMIT 7)")
    compare_anew(amy)
    amy.sync()
    require_alike(amy)
    assert not {one.id for one in amy.look(lambda conn: all_of(conn, KeptWork))} & set(strangers)
