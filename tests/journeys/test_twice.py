"""Two people at the same thing: done and cancelled, done by both, reviewed by who does not own (OC13, OC16, OC17)."""

import pytest

from casework.answers import Status
from casework.commands import CancelTask, LogReview, ReassignTask, Said
from casework.ids import new_id
from casework.values import Activity, ActivityKind, TaskStatus
from server.journal import Speaker
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearWorld, person_id


def a_visit_of_amy(world: NearWorld) -> tuple[Desk, Desk, str, str]:
    """Priya's office, Amy's laptop, a case of Amy's and her visit on it; both in step."""
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    visit = saying.book_visit(amy, case_id, NINE)
    amy.sync()
    priya.sync()
    return priya, amy, case_id, visit


def lines(desk: Desk, case_id: str, kind: ActivityKind) -> list[Activity]:
    """The feed's lines of one kind, at that desk."""
    return [line for line in saying.on_case(desk, Activity, case_id) if line.kind is kind]


@pytest.mark.covers("OC16")
def test_that_a_visit_done_offline_and_cancelled_in_the_office_is_done(world: NearWorld) -> None:
    priya, amy, case_id, visit = a_visit_of_amy(world)
    saying.finish(amy, case_id, visit, "Boiler lit again")
    priya.say(CancelTask(case_id=case_id, task_id=visit, reason="She rang to put it off"))
    priya.sync()
    report = amy.sync()
    priya.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    task = saying.tasks(priya, case_id)[visit]
    assert (task.status, task.outcome, task.completed_by) == (TaskStatus.DONE, "Boiler lit again", amy.person_id)
    (done,) = lines(priya, case_id, ActivityKind.TASK_DONE)
    assert done.facts["was"] == "cancelled"
    assert len(lines(priya, case_id, ActivityKind.TASK_CANCELLED)) == 1


@pytest.mark.covers("OC17")
def test_that_a_visit_given_to_another_and_made_by_both_is_kept_twice_and_the_first_counts(world: NearWorld) -> None:
    priya, amy, case_id, visit = a_visit_of_amy(world)
    saying.finish(amy, case_id, visit, "Amy was there at ten")
    priya.say(ReassignTask(case_id=case_id, task_id=visit, assignee=(amy.person_id, person_id("ben"))))
    priya.sync()
    ben = world.desk("ben")
    saying.finish(ben, case_id, visit, "Ben was there at eleven")
    ben.sync()
    amy.sync()
    priya.sync()

    task = saying.tasks(priya, case_id)[visit]
    assert (task.status, task.completed_by, task.outcome) == (TaskStatus.DONE, ben.person_id, "Ben was there at eleven")
    both = {line.text: line.facts["was"] for line in lines(priya, case_id, ActivityKind.TASK_DONE)}
    assert both == {"Ben was there at eleven": "open", "Amy was there at ten": "done"}
    assert saying.kept(priya, case_id) == []


@pytest.mark.covers("OC13")
def test_that_a_review_forced_by_an_old_app_is_a_note_and_no_review(world: NearWorld) -> None:
    priya, amy, case_id, _ = a_visit_of_amy(world)
    case = saying.the_case(priya, case_id)
    review = LogReview(case_id=case_id, text="All well, I hear")
    said = Said(id=new_id(), at=NINE, say=review, under=case.owner_cmd, epoch=case.owner_epoch)
    (ack,) = world.server.journal.push(Speaker(person_id=priya.person_id, device_id=priya.device), [said])
    amy.sync()

    assert ack.st is Status.APPLIED
    assert lines(amy, case_id, ActivityKind.REVIEW) == []
    (note,) = [line for line in lines(amy, case_id, ActivityKind.NOTE) if line.text == "All well, I hear"]
    assert note.facts["not_a_review"] == "yes"
    assert saying.the_case(amy, case_id).last_review_text == ""
