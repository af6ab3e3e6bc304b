"""A case that is offered changes hands only when the offer stands; and what was written meanwhile stays (OC9)."""

import pytest

from casework.commands import SettleKept
from casework.questions.decisions import decisions
from casework.questions.sheets import Decisions
from casework.questions.viewer import Viewer
from casework.rows import all_of
from casework.values import Case, OfferState, OwnerChange, OwnershipEvent, Person
from sync.machine import Phase
from sync.state import cursor
from sync.status import look
from tests.journeys import saying
from tests.journeys.saying import person
from tests.journeys.saying_handing import accept, offer, take_back, the_offer
from tests.kit_near import Desk, NearWorld


def offered(world: NearWorld) -> tuple[Desk, Desk, str, str]:
    """Amy, Ben, and Amy's case, which she has offered to him and he has seen."""
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy, ben = world.desk("amy"), world.desk("ben")
    offer_id = offer(amy, case_id, "ben")
    amy.sync()
    ben.sync()
    return amy, ben, case_id, offer_id


def test_that_an_accepted_offer_makes_the_other_the_owner_and_leaves_the_first_laptop(world: NearWorld) -> None:
    amy, ben, case_id, offer_id = offered(world)
    assert saying.the_case(ben, case_id).owner == person("amy")
    assert "offered-to-you" in saying.notices(ben, case_id)
    accept(ben, case_id, offer_id)
    assert saying.the_case(ben, case_id).owner == person("ben")
    ben.sync()
    left = amy.sync()

    assert left.gone == (case_id,)
    assert saying.notices(amy, case_id)["owner-changed"].facts["how"] == OwnerChange.TRANSFER
    assert the_offer(ben, offer_id).state is OfferState.ACCEPTED
    (event,) = [one for one in saying.on_case(ben, OwnershipEvent, case_id) if one.kind is OwnerChange.TRANSFER]
    assert (event.from_id, event.to_id) == (amy.person_id, ben.person_id)


@pytest.mark.covers("OC9")
def test_that_an_offer_accepted_offline_after_it_was_withdrawn_leaves_the_owner_and_keeps_the_facts(
    world: NearWorld,
) -> None:
    amy, ben, case_id, offer_id = offered(world)
    saying.note(ben, case_id, "Rang her, she expects me on Thursday")
    late = accept(ben, case_id, offer_id)
    take_back(amy, case_id, offer_id)
    amy.sync()
    ben.sync()
    amy.sync()

    assert saying.server_case(amy, case_id).owner == person("amy")
    assert saying.the_case(ben, case_id).owner == person("amy")
    assert "offer-withdrawn" in saying.notices(ben, case_id)
    assert "Rang her, she expects me on Thursday" in saying.texts(amy, case_id)
    (card,) = saying.kept(amy, case_id)
    assert (card.id, card.code, card.for_id) == (late, "offer-withdrawn", amy.person_id)

    amy.say(SettleKept(case_id=case_id, kept_id=card.id, how="use"))
    amy.sync()
    ben.sync()
    assert saying.the_case(ben, case_id).owner == person("ben")


@pytest.mark.covers("FF1")
def test_that_a_case_whose_offer_was_taken_back_leaves_the_laptop_of_whom_it_was_offered_to(world: NearWorld) -> None:
    amy, ben, case_id, offer_id = offered(world)
    take_back(amy, case_id, offer_id)
    amy.sync()
    report = ben.sync()

    assert report.gone == (case_id,)
    assert "offer-taken-back" in saying.notices(ben, case_id)


def test_that_an_offer_that_ran_out_makes_nobody_the_owner_whatever_the_laptop_s_clock_says(world: NearWorld) -> None:
    amy, ben, case_id, offer_id = offered(world)
    accept(ben, case_id, offer_id)
    world.clock.pass_time(days=8)
    ben.sync()
    amy.sync()

    assert saying.server_case(amy, case_id).owner == person("amy")
    assert the_offer(amy, offer_id).state is OfferState.EXPIRED
    assert "offer-expired" in saying.notices(ben, case_id)


def test_that_decisions_go_with_the_case_to_whoever_accepts_it(world: NearWorld) -> None:
    amy, ben, case_id, offer_id = offered(world)
    priya = world.desk("priya")
    saying.change_phone(priya, case_id, "01248 000111")
    priya.sync()
    saying.change_phone(amy, case_id, "07700 900999")
    amy.sync()
    (clash,) = saying.kept(amy, case_id)
    assert clash.for_id == amy.person_id
    ben.sync()
    accept(ben, case_id, offer_id)
    ben.sync()

    amy.sync()
    ben.sync()

    assert [card.id for card in decisions_of(ben).for_me] == [clash.id]
    assert decisions_of(ben).for_me[0].waits_for_name == "Ben Carter"
    assert decisions_of(amy).for_me == ()
    assert [count_of_decisions(desk) for desk in (ben, amy)] == [1, 0]


def count_of_decisions(desk: Desk) -> int:
    state = desk.look(lambda conn: look(conn, desk.person_id, now=desk.clock.now, phase=Phase.RESTING, fault=None))
    return state.decisions


def decisions_of(desk: Desk) -> Decisions:
    who = saying.look(desk, Person, desk.person_id)
    assert who is not None
    viewer = Viewer(person=who, now=desk.clock.now, today=desk.clock.now.date())
    return desk.look(lambda conn: decisions(conn, viewer))


@pytest.mark.covers("OC9")
def test_that_an_offer_that_nobody_answered_is_closed_by_the_server_and_its_maker_is_told_once(
    world: NearWorld,
) -> None:
    amy, ben, case_id, offer_id = offered(world)
    world.clock.pass_time(days=8)
    for _ in range(3):
        amy.sync()
    assert the_offer(amy, offer_id).state is OfferState.EXPIRED
    assert saying.server_case(amy, case_id).owner == person("amy")
    told = saying.notices(amy, case_id)["offer-ran-out"]
    assert (told.person_id, told.by) == (amy.person_id, ben.person_id)
    ben.sync()
    assert ben.look(lambda conn: all_of(conn, Case)) == ()
    world.clock.pass_time(days=1)
    head = amy.look(cursor)
    amy.sync()
    assert amy.look(cursor) == head


def test_that_an_offer_to_somebody_who_sees_everything_is_closed_too(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy = world.desk("amy")
    offer_id = offer(amy, case_id, "priya")
    amy.sync()
    world.clock.pass_time(days=8)
    amy.sync()
    assert the_offer(amy, offer_id).state is OfferState.EXPIRED
