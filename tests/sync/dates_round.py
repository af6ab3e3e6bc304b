"""Says days of the calendar on a laptop, syncs, and prints them as both sides have them: `-m tests.sync.dates_round`.

Run in a process of its own, whose time zone the environment sets (tests/sync/test_dates.py).
"""

import sys
from datetime import date
from pathlib import Path

import msgspec

from casework.commands import AddTask, EditContact
from casework.ids import new_id
from casework.rows import find
from casework.values import Contact, Task
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld

ROUNDS = 5
BORN, DUE = date(1944, 2, 29), date(2027, 1, 1)


def days_of(desk: Desk, case_id: str) -> dict[str, list[str]]:
    """{what: the day at the server, the day on the laptop} of that case's client and task."""
    contact_id = saying.the_case(desk, case_id).contact_id
    with desk.world.server.database.reading() as conn:
        born = find(conn, Contact, contact_id)
    here = saying.look(desk, Contact, contact_id)
    assert born is not None
    assert here is not None
    tasks = (saying.on_server(desk, Task, case_id)[-1], saying.on_case(desk, Task, case_id)[-1])
    return {"born": [str(born.birth_date), str(here.birth_date)], "due": [str(task.due_on) for task in tasks]}


def main(folder: Path) -> None:
    """One round after the other, each with something about the same rows to say."""
    world = NearWorld(folder)
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy = world.desk("amy")
    contact_id = saying.the_case(amy, case_id).contact_id
    was = saying.look(amy, Contact, contact_id)
    assert was is not None
    amy.say(EditContact(case_id=case_id, contact_id=contact_id, changes={"birth_date": (was.birth_date, BORN)}))
    amy.say(AddTask(case_id=case_id, task_id=new_id(), task_type="phone_call", title="Ring her", due_on=DUE))
    for number in range(ROUNDS):
        saying.change_phone(amy, case_id, f"01642 55{number}")
        amy.sync()
        priya.sync()
        amy.restart()
    sys.stdout.write(msgspec.json.encode([days_of(amy, case_id), days_of(priya, case_id)]).decode())
    world.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
