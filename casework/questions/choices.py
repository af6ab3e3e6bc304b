"""Who and what can be picked: owners, assignees, people to mention; projects and kinds of task (S10, S65, S66, R4)."""

from collections.abc import Iterable

from casework.connection import Connection
from casework.questions.around import open_cases
from casework.questions.picks import OwnerChoice, PersonChoice
from casework.questions.sheets import OwnerChoices
from casework.questions.viewer import Viewer
from casework.rows import all_of
from casework.values import OwnerKind, Person, Project, Queue, Role, Step, TaskType

_OPEN_TASKS = "SELECT assignee_id, count(*) FROM task WHERE status = 'open' GROUP BY assignee_id"


def owner_choices(conn: Connection, viewer: Viewer) -> OwnerChoices:
    """Active people and queues with the open cases that they have; I come first, then by name."""
    loads = open_cases(conn)
    people = [
        OwnerChoice(
            kind=OwnerKind.PERSON,
            id=person.id,
            name=person.display_name,
            role=person.role,
            open_cases=loads.get(person.id, 0),
            is_me=person.id == viewer.person.id,
            is_waiting_list=False,
        )
        for person in _active(conn)
        if person.role is not Role.READER
    ]
    queues = [
        OwnerChoice(
            kind=OwnerKind.QUEUE,
            id=queue.id,
            name=queue.name,
            role=None,
            open_cases=loads.get(queue.id, 0),
            is_me=False,
            is_waiting_list=queue.is_waiting_list,
        )
        for queue in all_of(conn, Queue)
        if queue.is_active
    ]
    return OwnerChoices(people=_sorted(people), queues=_sorted(queues))


def assignee_choices(conn: Connection, viewer: Viewer) -> tuple[PersonChoice, ...]:
    """Active people who can be given a task, with the open tasks that they have; I come first."""
    return _people(conn, viewer, (person for person in _active(conn) if person.role is not Role.READER))


def mention_choices(conn: Connection, viewer: Viewer) -> tuple[PersonChoice, ...]:
    """Active people who can be mentioned: everybody but me (S39)."""
    return _people(conn, viewer, (person for person in _active(conn) if person.id != viewer.person.id))


def project_choices(conn: Connection) -> tuple[Project, ...]:
    """The projects that take cases, by name (S25)."""
    active = (project for project in all_of(conn, Project) if project.is_active)
    return tuple(sorted(active, key=lambda project: project.name.casefold()))


def step_choices(conn: Connection, project_id: str = "") -> tuple[Step, ...]:
    """The steps of a project's journey in order; of all journeys where no project is named."""
    projects = [project for project in project_choices(conn) if project_id in ("", project.id)]
    journeys = {project.journey_id for project in projects}
    steps = (step for step in all_of(conn, Step) if step.journey_id in journeys and step.is_active)
    return tuple(sorted(steps, key=lambda step: (step.journey_id, step.position)))


def task_type_choices(conn: Connection) -> tuple[TaskType, ...]:
    """Kinds of task, the most used first (S31, L20)."""
    return tuple(sorted(all_of(conn, TaskType), key=lambda kind: (not kind.is_common, kind.position, kind.name)))


def _active(conn: Connection) -> list[Person]:
    return [person for person in all_of(conn, Person) if person.is_active]


def _people(conn: Connection, viewer: Viewer, people: Iterable[Person]) -> tuple[PersonChoice, ...]:
    loads = {person_id: int(count) for person_id, count in conn.exec_driver_sql(_OPEN_TASKS)}
    found = [
        PersonChoice(
            id=person.id,
            name=person.display_name,
            username=person.username,
            role=person.role,
            open_tasks=loads.get(person.id, 0),
            is_me=person.id == viewer.person.id,
        )
        for person in people
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_me, one.name.casefold())))


def _sorted(found: list[OwnerChoice]) -> tuple[OwnerChoice, ...]:
    return tuple(sorted(found, key=lambda one: (not one.is_me, one.name.casefold())))
