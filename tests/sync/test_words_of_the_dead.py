"""What somebody said about a case that was deleted for good goes from their laptop, wherever that stood then (FD4)."""

from datetime import timedelta

import pytest

from casework.commands import EraseCase, MoveStep
from casework.rows import all_of
from casework.values import Case, KeptWork
from server.horizon import move_horizon
from server.setting_up import BACK_OFFICE
from sync.history import history
from sync.laptop import Drafts
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld

CANARY = "canary: the cellar is damp"


def holds_the_words(desk: Desk) -> bool:
    """Whether they are anywhere on this laptop: looked at, and said again out of its journal by a restart."""
    desk.restart()
    asked = "SELECT body || facts FROM receipt UNION ALL SELECT body FROM outbox UNION ALL SELECT body FROM draft"
    return any(CANARY in str(body) for body in desk.look(lambda conn: conn.exec_driver_sql(asked).scalars().all()))


def cut_the_log_past(world: NearWorld, *, sam: Desk) -> None:
    """All who were not there lately stand before what the log still has."""
    world.clock.pass_time(days=400)
    saying.referral(sam)
    sam.sync()
    sam.sync()
    assert move_horizon(world.server.database, devices_last=timedelta(days=1), clock=world.clock) > 0


def delete_for_good(world: NearWorld, case_id: str) -> None:
    sam = world.desk("sam")
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()


def a_case_that_cara_wrote_about(world: NearWorld) -> tuple[Desk, str]:
    """It lay in the back office, where she was; the server has her words."""
    cara, priya = world.desk("cara"), world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    saying.give(priya, case_id, saying.BACK_OFFICE_QUEUE)
    priya.sync()
    cara.sync()
    saying.note(cara, case_id, CANARY)
    cara.sync()
    assert holds_the_words(cara)
    return cara, case_id


@pytest.mark.covers("FD4")
def test_that_they_go_from_an_author_who_has_left_the_queue(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    world.staff(BACK_OFFICE)
    cara.sync()
    assert holds_the_words(cara)
    delete_for_good(world, case_id)
    cara.sync()
    assert not holds_the_words(cara)


@pytest.mark.covers("FD4")
def test_that_they_go_from_an_author_who_did_not_work_here_then(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    world.disable("cara")
    cara.try_to_sync()
    delete_for_good(world, case_id)
    cara.try_to_sync()
    world.employ("cara")
    world.staff(BACK_OFFICE)
    cara.sync()
    assert not holds_the_words(cara)


@pytest.mark.covers("FD1", "FD4")
def test_that_they_go_from_a_laptop_that_was_away_for_longer_than_the_log_goes_back(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    delete_for_good(world, case_id)
    cut_the_log_past(world, sam=world.desk("sam", number=2))
    cara.sync()
    assert not holds_the_words(cara)


@pytest.mark.covers("FD4", "FA20")
def test_that_the_journal_does_not_bring_them_back(world: NearWorld) -> None:
    """It is shortened only once nothing that was said before is left to send."""
    cara, priya = world.desk("cara"), world.desk("priya")
    case_id, other = saying.a_case_of(priya, "cara"), saying.a_case_of(priya, "cara")
    priya.sync()
    cara.sync()
    priya.say(MoveStep(case_id=other, step=(saying.ENGAGED, saying.ASSESSMENT)))
    cara.say(MoveStep(case_id=other, step=(saying.ENGAGED, saying.ACTION_PLAN)))
    with cara.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE outbox SET body = json_set(body, '$.prev', ?)", ("f" * 32,))
    saying.note(cara, case_id, CANARY)
    cara.sync()
    assert cara.look(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar()) == 1
    delete_for_good(world, case_id)
    cara.sync()
    assert not holds_the_words(cara)


@pytest.mark.covers("FD4")
def test_that_the_author_still_sees_that_they_had_said_something(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    delete_for_good(world, case_id)
    cara.sync()
    (told,) = cara.look(lambda conn: history(conn, cara.person_id)).receipts
    assert (told.command, told.status, told.is_erased) == ("note.add", "applied", True)
    assert (told.wish, told.facts, told.client, told.number) == ({}, {}, "", "")


@pytest.mark.covers("FD4")
def test_that_what_was_typed_and_not_yet_saved_goes_too(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    drafts = Drafts(cara.laptop)
    drafts.keep(f"case/{case_id}/note", {"text": CANARY})
    drafts.keep("case/new", {"first_name": "Nerys"})
    delete_for_good(world, case_id)
    cara.sync()
    assert drafts.find(f"case/{case_id}/note") == {}
    assert drafts.find("case/new") == {"first_name": "Nerys"}


@pytest.mark.covers("FD4", "FE1")
def test_that_no_restore_of_the_server_has_them_said_again(world: NearWorld) -> None:
    cara, priya = world.desk("cara"), world.desk("priya")
    case_id = saying.a_case_of(priya, "cara")
    priya.sync()
    cara.sync()
    backup = world.server.back_up()
    saying.note(cara, case_id, CANARY)
    cara.sync()
    sam = world.desk("sam")
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()
    cara.sync()
    world.server.restore(backup)
    cara.sync()
    assert not holds_the_words(cara)
    sam.sync()
    cara.sync()
    assert saying.look(cara, Case, case_id) is None
    assert cara.sync().fault is None


@pytest.mark.covers("FD1", "FE1")
def test_that_words_which_came_too_late_stay_and_are_kept_again_after_a_restore(world: NearWorld) -> None:
    cara, case_id = a_case_that_cara_wrote_about(world)
    delete_for_good(world, case_id)
    backup = world.server.back_up()
    saying.note(cara, case_id, "Said before I knew")
    cara.sync()
    (kept,) = cara.look(lambda conn: all_of(conn, KeptWork))
    cut_the_log_past(world, sam=world.desk("sam", number=2))
    cara.sync()
    assert not holds_the_words(cara)
    world.server.restore(backup)
    cara.sync()
    (again,) = cara.look(lambda conn: all_of(conn, KeptWork))
    assert (again.id, again.code) == (kept.id, "case-deleted")


@pytest.mark.covers("FD1")
def test_that_who_comes_into_the_office_sees_what_is_kept_of_the_dead(world: NearWorld) -> None:
    """It comes along with no case."""
    cara, case_id = a_case_that_cara_wrote_about(world)
    ben = world.desk("ben")
    delete_for_good(world, case_id)
    saying.note(cara, case_id, "Said before I knew")
    cara.sync()
    (kept,) = cara.look(lambda conn: all_of(conn, KeptWork))
    ben.sync()
    assert saying.look(ben, KeptWork, kept.id) is None
    world.change_role("ben", "lead")
    ben.sync()
    assert saying.look(ben, KeptWork, kept.id) == kept


def test_that_much_that_was_deleted_elsewhere_holds_nothing_up(world: NearWorld) -> None:
    """What is not here cannot go from here: no second look is asked for (FD6)."""
    cara, priya = world.desk("cara"), world.desk("priya")
    cases = [saying.a_case_of(priya, "amy") for _ in range(25)]
    for case_id in cases:
        saying.give(priya, case_id, saying.BACK_OFFICE_QUEUE)
    priya.sync()
    cara.sync()
    for case_id in cases:
        saying.note(cara, case_id, CANARY)
    cara.sync()
    world.staff(BACK_OFFICE)
    cara.engine.check_soon()
    cara.sync()
    sam = world.desk("sam")
    for case_id in cases:
        sam.say(EraseCase(case_id=case_id, reason="kept_long_enough"))
    sam.sync()
    assert cara.sync().fault is None
    assert not holds_the_words(cara)


@pytest.mark.covers("FD1")
def test_that_what_others_said_too_late_stays_with_the_office_when_the_deleted_case_goes(world: NearWorld) -> None:
    """Somebody of the office was away so long that all is compared; the case leaves once her own words are answered."""
    priya, amy, jo = world.desk("priya"), world.desk("amy"), world.desk("jo")
    case_id = saying.a_case_of(priya, "amy")
    for desk in (priya, amy, jo):
        desk.sync()
    saying.note(amy, case_id, "He has gone to his sister's")
    saying.note(jo, case_id, "Rang twice")
    delete_for_good(world, case_id)
    amy.sync()
    cut_the_log_past(world, sam=world.desk("sam", number=2))
    jo.sync()
    assert {kept.author_id for kept in jo.look(lambda conn: all_of(conn, KeptWork))} == {amy.person_id, jo.person_id}
