"""A case that a laptop has lost, and of which news comes: no half of it shows, and it comes back whole."""

import msgspec
import pytest

from casework.answers import Changes
from casework.rows import all_of
from casework.values import Case, Contact
from sync import leaving
from tests.journeys import saying
from tests.kit_near import NearWorld
from tests.sync.alike import require_alike


@pytest.mark.covers("FG1")
def test_that_news_of_a_lost_case_brings_the_whole_case_and_never_half_of_it(world: NearWorld) -> None:
    priya, elsewhere = world.desk("priya"), world.desk("priya", number=2)
    case_id = saying.referral(priya)
    priya.sync()
    elsewhere.sync()
    saying.describe(elsewhere, case_id, "Boiler condemned")
    elsewhere.sync()
    with priya.laptop.database.writing() as conn:
        leaving.delete_trees(conn, [case_id])
        conn.exec_driver_sql("DELETE FROM contact")
        conn.exec_driver_sql("DELETE FROM held_case")
    shown: list[int] = []

    def look(_: Changes) -> None:
        contacts = {contact.id for contact in priya.look(lambda conn: all_of(conn, Contact))}
        shown.append(sum(case.contact_id not in contacts for case in priya.look(lambda conn: all_of(conn, Case))))

    priya.hooks = msgspec.structs.replace(priya.hooks, changed=look)
    priya.restart()
    priya.sync()
    assert set(shown) == {0}
    require_alike(priya)
