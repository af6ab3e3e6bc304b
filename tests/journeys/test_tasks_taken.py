"""A task that is taken from somebody takes the case from their laptop too, and they are told why."""

from datetime import timedelta

import pytest

from casework.commands import AddTask, CancelTask, ReassignTask
from casework.ids import new_id
from casework.questions.day import my_day
from casework.questions.viewer import Viewer
from casework.values import Case, Person
from desktop.messages.notices import notice_sentence
from tests.journeys import saying
from tests.journeys.saying import person
from tests.kit_near import Desk, NearWorld, person_id
from tests.sync.alike import require_alike

GONE = "The case is not on this device any more."


def lines(desk: Desk) -> list[str]:
    """What stands on their Today, oldest first."""
    who = saying.look(desk, Person, desk.person_id)
    assert who is not None
    viewer = Viewer(person=who, now=desk.clock.now, today=desk.clock.now.date())
    day = desk.look(lambda conn: my_day(conn, viewer))
    return [notice_sentence(one) for one in sorted(day.notices, key=lambda one: (one.at, one.id))]


def a_visit_for(desk: Desk, case_id: str, name: str, title: str = "Home visit") -> str:
    task_id = new_id()
    due = (desk.clock.now + timedelta(days=2)).date()
    desk.say(
        AddTask(
            case_id=case_id,
            task_id=task_id,
            task_type="home_visit",
            title=title,
            due_on=due,
            assignee_id=person_id(name),
        )
    )
    return task_id


@pytest.fixture
def shared(world: NearWorld) -> tuple[Desk, Desk, Desk, str]:
    """Amy's case, on which Ben has a visit to do; jo leads."""
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("jo"), world.desk("amy"), world.desk("ben"), case_id


@pytest.mark.covers("S34")
def test_that_whose_visit_is_cancelled_or_passed_on_is_told_as_the_case_goes(
    shared: tuple[Desk, Desk, Desk, str],
) -> None:
    jo, amy, ben, case_id = shared
    first = a_visit_for(amy, case_id, "ben")
    second = a_visit_for(amy, case_id, "ben", "Second visit")
    for desk in (amy, ben, jo):
        desk.sync()
    assert saying.look(ben, Case, case_id) is not None
    jo.say(CancelTask(case_id=case_id, task_id=first))
    amy.say(ReassignTask(case_id=case_id, task_id=second, assignee=(person_id("ben"), person_id("jo"))))
    for desk in (jo, amy, ben):
        desk.sync()
    assert saying.look(ben, Case, case_id) is None
    assert lines(ben)[-2:] == [
        f"Jo Evans cancelled your task “Home visit”. {GONE}",
        f"Amy Jones gave your task “Second visit” to Jo Evans. {GONE}",
    ]
    require_alike(ben)


@pytest.mark.covers("OC5")
def test_that_a_visit_that_who_closed_the_case_never_saw_ends_with_a_line(
    shared: tuple[Desk, Desk, Desk, str],
) -> None:
    jo, amy, ben, case_id = shared
    saying.close(amy, case_id)
    a_visit_for(jo, case_id, "ben")
    for desk in (jo, ben, amy, ben):
        desk.sync()
    assert saying.look(ben, Case, case_id) is None
    assert lines(ben)[-1] == f"Amy Jones closed the case, and your task “Home visit” with it. {GONE}"


def test_that_a_case_moved_with_its_tasks_gives_its_old_owner_one_line(shared: tuple[Desk, Desk, Desk, str]) -> None:
    jo, amy, _, case_id = shared
    a_visit_for(amy, case_id, "amy")
    for desk in (amy, jo):
        desk.sync()
    before = len(lines(amy))
    saying.give(jo, case_id, person("ben"))
    for desk in (jo, amy):
        desk.sync()
    assert len(lines(amy)) == before + 1
