"""A case deleted for good: nothing of it stays on a laptop, and no backup brings it back (FD4)."""

import pytest

from casework.commands import CloseCase, EraseCase, JoinCase, OfferCase, SeenOwner, TriageCase
from casework.rows import all_of
from casework.values import Case, Contact, KeptWork, Notice, Offer, OfferState, TriageOutcome
from server.setting_up import BACK_OFFICE
from tests.journeys import saying
from tests.kit_near import NearWorld, person_id
from tests.machines.organisation import snapshot


@pytest.mark.covers("FD4")
def test_that_a_case_deleted_for_good_takes_its_client_and_home_along(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.referral(priya)
    contact_id = saying.the_case(priya, case_id).contact_id
    priya.sync()
    sam = world.desk("sam")
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()
    priya.sync()
    for desk in (sam, priya):
        assert saying.look(desk, Case, case_id) is None
        assert saying.look(desk, Contact, contact_id) is None


@pytest.mark.covers("FD4", "FE1")
def test_that_a_case_deleted_for_good_does_not_come_back_with_a_backup(world: NearWorld) -> None:
    priya, sam = world.desk("priya"), world.desk("sam")
    case_id = saying.referral(priya)
    priya.sync()
    sam.sync()
    backup = world.server.back_up()
    saying.note(sam, case_id, "Her son asked us to")
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()
    priya.sync()
    world.server.restore(backup)
    sam.sync()
    priya.sync()
    for desk in (sam, priya):
        desk.sync()
        assert saying.look(desk, Case, case_id) is None
    with world.server.database.reading() as there:
        assert case_id not in snapshot(there)["case_file"]


@pytest.mark.covers("FD4", "OC14")
def test_that_a_case_that_was_joined_to_a_deleted_one_goes_with_it(world: NearWorld) -> None:
    priya, sam, amy = world.desk("priya"), world.desk("sam"), world.desk("amy")
    stays, twice = saying.a_case_of(priya, "amy"), saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    assert any(notice.case_id == twice for notice in amy.look(lambda conn: all_of(conn, Notice)))
    world.change_role("priya", "lead")
    priya.sync()
    priya.say(JoinCase(case_id=twice, into=stays, seen=0))
    priya.sync()
    sam.sync()
    sam.say(EraseCase(case_id=stays, reason="asked_by_client"))
    sam.sync()
    # she hears of both at once
    amy.sync()
    assert amy.look(lambda conn: [one for one in all_of(conn, Notice) if one.case_id in (stays, twice)]) == []
    assert saying.look(amy, Case, twice) is None


@pytest.mark.covers("FD4", "OC14")
def test_that_what_told_of_a_deleted_case_goes_from_those_too_who_never_saw_it(world: NearWorld) -> None:
    priya, sam, cara = world.desk("priya"), world.desk("sam"), world.desk("cara")
    world.change_role("priya", "lead")
    priya.sync()
    stays, twice = saying.a_case_of(priya, "ben"), saying.a_case_of(priya, "amy")
    saying.give(priya, twice, saying.BACK_OFFICE_QUEUE)
    priya.sync()
    cara.sync()
    priya.say(JoinCase(case_id=twice, into=stays, seen=0))
    priya.sync()
    cara.sync()
    assert stays in [notice.case_id for notice in cara.look(lambda conn: all_of(conn, Notice))]
    assert saying.look(cara, Case, stays) is None
    world.staff(BACK_OFFICE)
    cara.sync()
    sam.sync()
    sam.say(EraseCase(case_id=stays, reason="asked_by_client"))
    sam.sync()
    cara.sync()
    assert stays not in [notice.case_id for notice in cara.look(lambda conn: all_of(conn, Notice))]


@pytest.mark.covers("FD4")
def test_that_kept_work_about_a_deleted_case_goes_even_where_the_case_is_out_of_reach(world: NearWorld) -> None:
    priya, sam, amy = world.desk("priya"), world.desk("sam"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    case = saying.the_case(amy, case_id)
    amy.say(CloseCase(case_id=case_id, base=SeenOwner(case.owner, case.owner_cmd), reason="advice_completed"))
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    amy.sync()
    assert len(amy.look(lambda conn: all_of(conn, KeptWork))) == 1
    sam.sync()
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()
    amy.sync()
    assert amy.look(lambda conn: all_of(conn, KeptWork)) == ()


@pytest.mark.covers("OC9")
def test_that_a_case_that_is_turned_down_stands_offered_to_nobody(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.referral(priya)
    case = saying.the_case(priya, case_id)
    base = SeenOwner(case.owner, case.owner_cmd)
    priya.say(OfferCase(case_id=case_id, base=base, to_id=person_id("ben")))
    priya.say(TriageCase(case_id=case_id, base=base, outcome=TriageOutcome.DECLINED, reason="Not for us"))
    (offer,) = saying.on_case(priya, Offer, case_id)
    assert offer.state is OfferState.LAPSED
