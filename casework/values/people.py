"""People who work here, and how their work is arranged: teams, queues, projects, journeys."""

from enum import StrEnum

from casework.values.common import Record


class Role(StrEnum):
    """The five roles of domain.md 5.5 (S9, A16); `advisor` is what the user calls staff."""

    ADVISOR = "advisor"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    ADMIN = "admin"
    READER = "reader"


OFFICE_ROLES = frozenset({Role.COORDINATOR, Role.LEAD, Role.ADMIN})


class Person(Record, frozen=True, kw_only=True):
    """Somebody with a login (S6)."""

    username: str
    display_name: str
    role: Role = Role.ADVISOR
    email: str = ""
    team_ids: tuple[str, ...] = ()
    is_active: bool = True
    weekly_capacity: int = 0


class Team(Record, frozen=True, kw_only=True):
    """A department that does one kind of work, and can be asked for it (S77).

    With `voids_when_returned` a case whose request it turned down or returned is closed as Case Voided (S92 to S94).
    """

    name: str
    code: str
    purpose: str = ""
    is_active: bool = True
    voids_when_returned: bool = False


class Queue(Record, frozen=True, kw_only=True):
    """A pile of cases that its members pick up from (S63, S69)."""

    name: str
    code: str
    member_ids: tuple[str, ...] = ()
    is_waiting_list: bool = False
    is_active: bool = True


class Project(Record, frozen=True, kw_only=True):
    """A funding strand; every case belongs to one (S25).

    `default_queue_id` is where its cases go when their queue is removed; the waiting list where it is empty (OC30).
    """

    name: str
    funder: str = ""
    journey_id: str
    waiting_queue_id: str
    default_queue_id: str = ""
    is_active: bool = True


class StepKind(StrEnum):
    """What being at a step means for the case."""

    WAITING = "waiting"
    ACTIVE = "active"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


class Step(Record, frozen=True, kw_only=True):
    """One step of a journey (S17). `entry_tasks` are (task type code, due after days) made on entering it.

    One that was taken out of the journey stays as a row, for what was said about it (OC20).
    """

    journey_id: str
    name: str
    position: int
    kind: StepKind = StepKind.ACTIVE
    target_days: int = 0
    entry_tasks: tuple[tuple[str, int], ...] = ()
    is_active: bool = True


class TaskType(Record, frozen=True, kw_only=True):
    """A kind of task that may be picked (S31); its id is a plain word. `is_common` ones come first (L20)."""

    name: str
    is_visit: bool = False
    is_common: bool = False
    position: int = 0
