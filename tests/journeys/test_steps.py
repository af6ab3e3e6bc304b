"""A step taken out of the journey while somebody moved a case into it (OC20)."""

import pytest

from casework.answers import Status
from casework.commands import RemoveStep, SettleKept
from casework.questions.choices import step_choices
from casework.values import Step
from tests.journeys import saying
from tests.journeys.saying import ACTION_PLAN, ASSESSMENT, ENGAGED
from tests.kit_near import Desk, NearWorld


def take_out(desk: Desk, step_id: str, to: str = "") -> None:
    """Takes a step out of the journey."""
    desk.say(RemoveStep(case_id="", step_id=step_id, to_id=to))
    desk.sync()


@pytest.mark.covers("OC20")
def test_that_a_move_into_a_step_that_is_gone_is_a_proposal_with_the_nearest(world: NearWorld) -> None:
    priya, amy, sam = world.desk("priya"), world.desk("amy"), world.desk("sam")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.move(amy, case_id, ACTION_PLAN)
    saying.note(amy, case_id, "Plan agreed at the kitchen table")
    take_out(sam, ACTION_PLAN)
    report = amy.sync()

    assert [ack.st for ack in report.acks] == [Status.CONFLICT_KEPT, Status.APPLIED]
    assert saying.the_case(amy, case_id).step_id == ENGAGED
    assert "Plan agreed at the kitchen table" in saying.texts(amy, case_id)
    (card,) = saying.kept(amy, case_id)
    assert (card.code, card.for_id, card.facts["to_step"]) == ("step-removed", amy.person_id, ASSESSMENT)
    assert "step-removed" in saying.notices(amy, case_id)

    amy.say(SettleKept(case_id=case_id, kept_id=card.id, how="use"))
    amy.sync()
    assert saying.server_case(amy, case_id).step_id == ASSESSMENT


@pytest.mark.covers("OC20")
def test_that_the_cases_in_it_go_to_the_nearest_and_everybody_s_journey_is_shorter(world: NearWorld) -> None:
    priya, amy, sam = world.desk("priya"), world.desk("amy"), world.desk("sam")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    sam.sync()
    take_out(sam, ENGAGED)
    amy.sync()

    assert saying.the_case(amy, case_id).step_id == ASSESSMENT
    assert saying.notices(amy, case_id)["step-was-removed"].facts["step"] == ASSESSMENT
    assert ENGAGED not in {step.id for step in amy.look(step_choices)}
    step = saying.look(amy, Step, ENGAGED)
    assert step is not None
    assert not step.is_active


@pytest.mark.covers("OC20")
def test_that_cases_that_only_the_server_knows_are_in_it_go_along_too(world: NearWorld) -> None:
    priya, sam = world.desk("priya"), world.desk("sam")
    sam.say(RemoveStep(case_id="", step_id=ENGAGED, to_id=ACTION_PLAN))
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    sam.sync()
    priya.sync()

    assert saying.the_case(priya, case_id).step_id == ACTION_PLAN
