"""How a coordinator shares out work: whole cases by their owner, single actions by their tasks."""

from datetime import timedelta

import pytest

from casework.commands import AddTask
from casework.ids import new_id
from casework.questions.day import my_day
from casework.questions.sheets import MyDay
from casework.questions.viewer import Viewer
from casework.values import Person
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld


def today_of(desk: Desk) -> MyDay:
    person = saying.look(desk, Person, desk.person_id)
    assert person is not None
    now = desk.clock.now
    with desk.laptop.database.reading() as conn:
        return my_day(conn, Viewer(person=person, now=now, today=now.date()))


@pytest.mark.covers("S1", "S2", "S3", "S4", "S5", "S28")
def test_that_a_case_and_a_task_given_to_an_advisor_both_show_on_her_today(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    hers = saying.a_case_of(priya, "amy")
    bens = saying.a_case_of(priya, "ben")
    priya.say(
        AddTask(
            case_id=bens,
            task_id=new_id(),
            task_type="home_visit",
            title="Look at the boiler together",
            due_on=(priya.clock.now + timedelta(days=1)).date(),
            assignee_id=amy.person_id,
        )
    )
    priya.sync()
    amy.sync()

    today = today_of(amy)
    assert [row.id for row in today.owned] == [hers]
    planned = [(task.title, task.case_id) for day in today.agenda for task in day.tasks]
    assert ("Look at the boiler together", bens) in planned
    assert saying.the_case(amy, bens).owner == saying.person("ben")
