"""What ids are called: people, queues, steps, projects, teams and kinds of task, read once for each answer."""

from collections.abc import Mapping

import msgspec

from casework.connection import Connection
from casework.questions.shown import Facts

_NAMES = """
SELECT 'person', id, display_name FROM person
UNION ALL SELECT 'queue', id, name FROM queue
UNION ALL SELECT 'step', id, name FROM step
UNION ALL SELECT 'project', id, name FROM project
UNION ALL SELECT 'team', id, name FROM team
UNION ALL SELECT 'task_type', id, name FROM task_type
"""

# The facts that hold the id of a person, a queue or a step; all others are values as they stand.
_IDS = frozenset(
    {
        "assignee",
        "by",
        "closed_by",
        "done_by",
        "for",
        "from",
        "handed_in_by",
        "owner",
        "person",
        "queue",
        "seen",
        "step",
        "team",
        "to",
        "to_step",
        "wanted",
    }
)


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """{id: name} of what everybody holds; `ids` are people, queues and steps together. Unknown ids have no name, ""."""

    people: dict[str, str]
    queues: dict[str, str]
    steps: dict[str, str]
    projects: dict[str, str]
    teams: dict[str, str]
    task_types: dict[str, str]
    ids: dict[str, str]

    def person(self, person_id: str) -> str:
        """The name of a person."""
        return self.people.get(person_id, "")

    def owner(self, owner_id: str) -> str:
        """The name of an owner, person or queue."""
        return self.people.get(owner_id) or self.queues.get(owner_id, "")

    def resolve(self, facts: Mapping[str, str]) -> Facts:
        """The facts with names in place of ids."""
        return {key: self.ids.get(value, value) if key in _IDS else value for key, value in facts.items()}


def names(conn: Connection) -> Names:
    """All names of this store, in one query."""
    found: dict[str, dict[str, str]] = {
        "person": {},
        "queue": {},
        "step": {},
        "project": {},
        "team": {},
        "task_type": {},
    }
    for kind, row_id, name in conn.exec_driver_sql(_NAMES):
        found[kind][row_id] = name
    return Names(
        people=found["person"],
        queues=found["queue"],
        steps=found["step"],
        projects=found["project"],
        teams=found["team"],
        task_types=found["task_type"],
        ids={**found["person"], **found["queue"], **found["step"], **found["team"]},
    )
