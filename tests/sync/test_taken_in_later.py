"""What the server broke over, and its next release took in: how the author's own laptop hears of it."""

import pytest

from casework.commands import AddNote
from casework.questions.decisions import decisions
from casework.questions.viewer import Viewer
from casework.rows import find, of_case
from casework.values import Activity, KeptWork, Notice, Person
from desktop.messages.notices import notice_text
from desktop.messages.settled import settled_words
from server.retrying import retry_broken
from sync import outbox
from sync.history import history
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.sync.paper_kit import case_of


def set_status(world: NearWorld, case_id: str, status: str) -> None:
    """On the server; "spoilt" is one over which whatever reads the case breaks."""
    with world.server.database.writing() as conn:
        conn.exec_driver_sql(f"UPDATE case_file SET status = '{status}' WHERE id = '{case_id}'")


@pytest.mark.covers("FA3")
def test_that_its_author_gets_it_with_the_next_pull_and_reads_that_the_server_took_it_in(
    world: NearWorld, amy: Desk
) -> None:
    case_id = case_of(amy)
    stood = saying.the_case(amy, case_id).status
    set_status(world, case_id, "spoilt")
    note = amy.say(AddNote(case_id=case_id, text="The boiler is cold."))
    amy.sync()
    set_status(world, case_id, stood)
    assert amy.look(lambda conn: find(conn, Activity, note.command_id)) is None
    assert amy.look(lambda conn: find(conn, KeptWork, note.command_id)) is not None
    retry_broken(world.server.database, world.server.journal, release="next", clock=world.clock)
    report = amy.sync()
    assert report.fault is None
    line = amy.look(lambda conn: find(conn, Activity, note.command_id))
    assert line is not None
    assert (line.text, line.by) == ("The boiler is cold.", amy.person_id)
    assert amy.look(outbox.count_words) == 0
    assert [one.id for one in amy.look(lambda conn: history(conn, amy.person_id)).receipts].count(note.command_id) == 1
    me = amy.look(lambda conn: find(conn, Person, amy.person_id))
    assert me is not None
    now = world.clock()
    sheet = amy.look(lambda conn: decisions(conn, Viewer(person=me, now=now, today=now.date())))
    assert (sheet.for_me, [card.id for card in sheet.settled]) == ((), [note.command_id])
    assert settled_words(sheet.settled[0]).startswith("The server took it in after its update, ")
    assert not sheet.settled[0].can_undo
    (notice,) = [
        one
        for one in amy.look(lambda conn: of_case(conn, Notice, case_id))
        if one.code == "taken-in-after-update" and one.person_id == amy.person_id
    ]
    told = notice_text(notice.code, notice.facts, notice.facts, "Amy Jones")
    assert told == "The server could not take in a change of yours before; since its update it has."
