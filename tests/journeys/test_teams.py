"""Another team is asked for a piece of work: it sees the case as long as it has that in hand, and no longer."""

import pytest

from casework.answers import Status
from casework.values import AssignmentStatus, CaseStatus, KeptKind
from tests.journeys import saying
from tests.journeys.saying import person
from tests.journeys.saying_handing import answer, ask_team, the_request
from tests.kit_near import Desk, NearWorld

S = AssignmentStatus


def asked(world: NearWorld) -> tuple[Desk, Desk, str, str]:
    """Amy, Cara of the team that Amy asked, the case and the request; Cara has seen it."""
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy, cara = world.desk("amy"), world.desk("cara")
    assert saying.look(cara, type(saying.the_case(amy, case_id)), case_id) is None
    assignment_id = ask_team(amy, case_id)
    amy.sync()
    cara.sync()
    return amy, cara, case_id, assignment_id


@pytest.mark.covers("S75", "S76", "S97", "FG1")
def test_that_a_team_sees_the_case_while_it_has_something_in_hand(world: NearWorld) -> None:
    amy, cara, case_id, assignment_id = asked(world)
    assert saying.the_case(cara, case_id).owner == person("amy")
    assert saying.notices(cara, case_id)["team-asked"].facts["about"] == "Ring the supplier"
    answer(cara, case_id, assignment_id, S.ACCEPTED)
    saying.note(cara, case_id, "Supplier rings back on Monday")
    cara.sync()
    amy.sync()
    assert "Supplier rings back on Monday" in saying.texts(amy, case_id)
    assert the_request(amy, assignment_id).assignee_id == cara.person_id
    answer(cara, case_id, assignment_id, S.COMPLETED, "Tariff changed")
    report = cara.sync()
    amy.sync()

    assert report.gone == (case_id,)
    assert the_request(amy, assignment_id).status is S.COMPLETED
    assert saying.notices(amy, case_id)["team-answered"].facts["status"] == "completed"


@pytest.mark.covers("OC6", "S94")
def test_that_voiding_stands_and_the_team_s_yes_from_offline_becomes_a_proposal(world: NearWorld) -> None:
    amy, cara, case_id, assignment_id = asked(world)
    saying.note(cara, case_id, "I know this supplier")
    late = answer(cara, case_id, assignment_id, S.ACCEPTED)
    saying.close(amy, case_id, "case_voided")
    amy.sync()
    report = cara.sync()
    amy.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED, Status.CONFLICT_KEPT]
    case = saying.server_case(amy, case_id)
    assert (case.status, case.closed_reason) == (CaseStatus.CLOSED, "case_voided")
    assert the_request(amy, assignment_id).status is S.WITHDRAWN
    (card,) = saying.kept(amy, case_id)
    assert (card.id, card.kind, card.code, card.for_id) == (late, KeptKind.PROPOSAL, "closed-meanwhile", amy.person_id)
    assert {"team-not-needed", "closed-meanwhile"} <= set(saying.notices(cara, case_id))
    assert "I know this supplier" in saying.texts(amy, case_id)


def test_that_a_team_that_turns_it_down_loses_the_case_and_gets_it_again_when_asked_again(world: NearWorld) -> None:
    amy, cara, case_id, assignment_id = asked(world)
    answer(cara, case_id, assignment_id, S.RETURNED, "Which supplier?")
    assert cara.sync().gone == (case_id,)
    amy.sync()
    answer(amy, case_id, assignment_id, S.SENT, "The one for gas")
    amy.sync()
    cara.sync()

    assert the_request(cara, assignment_id).answer == "The one for gas"


@pytest.mark.covers("OC29", "FF1", "FA1")
def test_that_facts_written_offline_land_after_access_has_ended_and_then_the_case_leaves(world: NearWorld) -> None:
    amy, cara, case_id, assignment_id = asked(world)
    saying.note(cara, case_id, "Written in the train")
    answer(amy, case_id, assignment_id, S.WITHDRAWN)
    amy.sync()
    report = cara.sync()
    amy.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    assert report.gone == (case_id,)
    assert saying.texts(cara, case_id) == []
    assert "Written in the train" in saying.texts(amy, case_id)


@pytest.mark.covers("OC29")
def test_that_a_mentioned_colleague_s_facts_land_after_their_fortnight_and_then_the_case_leaves(
    world: NearWorld,
) -> None:
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    saying.note(priya, case_id, "Have a look, please", "ben")
    priya.sync()
    ben = world.desk("ben")
    saying.note(ben, case_id, "It is the valve")
    world.clock.pass_time(days=15)
    report = ben.sync()
    priya.sync()

    assert report.gone == (case_id,)
    assert "It is the valve" in saying.texts(priya, case_id)
