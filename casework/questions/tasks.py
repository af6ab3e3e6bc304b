"""Tasks as screens show them: with their case, and in bands by when they are due (S4, S28, S36)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from casework.connection import Connection, Row
from casework.questions.names import Names
from casework.questions.reading import (
    DUE,
    address_of,
    band_of,
    day_or_none,
    full_name,
    read,
    time_or_none,
)
from casework.questions.shown import DueBand, TaskShown
from casework.questions.viewer import Viewer
from casework.values import TaskStatus

_TASKS = f"""
SELECT t.*, {DUE} AS due, y.is_visit, c.number, k.title AS called, k.first_name, k.last_name, k.phone, k.mobile,
    p.address_1, p.address_2, p.town, p.postcode
FROM task t LEFT JOIN task_type y ON y.id = t.type LEFT JOIN case_file c ON c.id = t.case_id
LEFT JOIN contact k ON k.id = c.contact_id LEFT JOIN property p ON p.id = c.property_id
"""


def tasks_of_case(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[TaskShown, ...]:
    """The case's tasks: open ones first, the soonest due at the top; then what is over, the latest first."""
    found = _tasks(conn, viewer, known, "WHERE t.case_id = ?", (case_id,))
    still_open = [task for task in found if task.status is TaskStatus.OPEN]
    over = [task for task in found if task.status is not TaskStatus.OPEN]
    over.sort(key=lambda task: (_stamp(task.completed_at), task.id), reverse=True)
    return (*sorted(still_open, key=when), *over)


def open_tasks_of(conn: Connection, viewer: Viewer, person_id: str, known: Names) -> tuple[TaskShown, ...]:
    """What a person still has to do on any case, the soonest due first (S36)."""
    found = _tasks(conn, viewer, known, "WHERE t.assignee_id = ? AND t.status = 'open'", (person_id,))
    return tuple(sorted(found, key=when))


def when(task: TaskShown) -> tuple[date, float, str]:
    """Sorts by day, then visits by their hour, then what has no hour; no day at all comes last."""
    return task.due or date.max, _stamp(task.start_at) or float("inf"), task.id


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _tasks(conn: Connection, viewer: Viewer, known: Names, where: str, values: Sequence[Any]) -> list[TaskShown]:
    return [_task(row, viewer, known) for row in read(conn, f"{_TASKS} {where}", values)]


def _task(row: Row, viewer: Viewer, known: Names) -> TaskShown:
    due = day_or_none(row["due"])
    status = TaskStatus(row["status"])
    return TaskShown(
        id=row["id"],
        case_id=row["case_id"],
        case_number=row["number"] or "",
        client=full_name(row["called"], row["first_name"], row["last_name"]),
        town=row["town"] or "",
        postcode=row["postcode"] or "",
        address=address_of(row["address_1"], row["address_2"]),
        phone=row["mobile"] or row["phone"] or "",
        type=row["type"],
        type_name=known.task_types.get(row["type"], ""),
        is_visit=bool(row["is_visit"]) or row["start_at"] is not None,
        title=row["title"],
        step_id=row["step_id"],
        step_name=known.steps.get(row["step_id"], ""),
        due=due,
        days=(due - viewer.today).days if due else None,
        band=band_of(due, viewer.today) if status is TaskStatus.OPEN else DueBand.OVER,
        start_at=time_or_none(row["start_at"]),
        end_at=time_or_none(row["end_at"]),
        place=row["place"],
        assignee_id=row["assignee_id"],
        assignee_name=known.person(row["assignee_id"]),
        status=status,
        outcome=row["outcome"],
        completed_at=time_or_none(row["completed_at"]),
        completed_by_name=known.person(row["completed_by"]),
        created_by_name=known.person(row["created_by"]),
        is_unsent=viewer.is_unsent(row["id"], row["rev"]),
    )
