"""A server that is put back in the middle of a laptop's round, and nobody says so."""

import pytest

from sync import state
from sync.state import Comparing
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.alike import require_alike
from tests.sync.paper_kit import case_of


@pytest.mark.covers("FE1")
@pytest.mark.parametrize("behind", ["Push", "Reconcile", "Trees", "Pull"])
def test_that_what_was_taken_in_is_sent_again_by_a_laptop_that_was_between_two_requests(
    world: NearWorld, amy: Desk, priya: Desk, behind: str
) -> None:
    """Its lid was shut before one of them; meanwhile others have pushed the new history past the old one's end."""
    case_id = case_of(amy)
    amy.sync()
    backup = world.server.back_up()
    if behind != "Pull":
        saying.note(amy, case_id, "taken in")
        amy.sync()
        with amy.laptop.database.writing() as conn:
            state.put(conn, state.COMPARING, Comparing())
            conn.exec_driver_sql("UPDATE held_case SET chain = ''")
    saying.note(amy, case_id, "on its way")

    def put_back() -> None:
        if amy.wire.requests[-1] != behind:
            return
        amy.wire.meanwhile = None
        world.server.restore(backup, by_the_book=False)
        for text in "abcdef":
            saying.note(priya, case_id, text)
            priya.sync()

    amy.wire.meanwhile = put_back
    amy.try_to_sync()
    assert amy.wire.meanwhile is None, "it was over before that"
    for desk in (amy, amy, priya):
        desk.sync()
    assert "on its way" in saying.texts(priya, case_id)
    assert behind == "Pull" or "taken in" in saying.texts(priya, case_id)
    require_alike(amy)
