"""Of the log only that is gone through for somebody which may be about what they see; nothing of theirs is missed."""

from casework.commands import EditContact
from casework.ids import new_id
from casework.values import Activity, ActivityKind
from server.ledger import head_of
from tests.server.kit_central import Central, a_note
from tests.server.test_verify import assert_whole


def test_that_a_long_log_about_others_is_passed_in_one_page(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    own, others = central.opened(amy), central.opened(ben)
    amy.sync()
    note = Activity(id=new_id(), case_id=others.id, kind=ActivityKind.NOTE, at=others.created_at, by=ben.id)
    with central.database.writing() as conn:
        for number in range(1_200):
            central.journal().write_down(conn, [_again(note, number)])
    page = amy.pull()
    assert (page.rows, page.more) == ({}, False)
    with central.database.reading() as conn:
        assert page.cur == head_of(conn)
    amy.say(a_note(own))
    amy.sync()
    assert_whole(amy)


def test_that_a_clients_correction_under_the_number_of_a_case_out_of_reach_arrives(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy, client="Mrs Two-Cases")
    central.opened(priya, contact_id=case.contact_id, contact=None)
    amy.sync()
    (ack,) = amy.say(EditContact(case_id=case.id, contact_id=case.contact_id, changes={"phone": ("", "0113 496 0000")}))
    amy.sync()
    row = amy.store.rows["contact"][case.contact_id]
    assert row["phone"] == "0113 496 0000"
    # both cases are touched, and the other one last
    assert row["rev"] == amy.store.cur[0] > 0
    assert ack.rev == row["rev"]
    assert_whole(amy)


def _again(note: Activity, number: int) -> Activity:
    return Activity(
        id=note.id, case_id=note.case_id, kind=note.kind, at=note.at, by=note.by, text=f"Rang {number} times."
    )
