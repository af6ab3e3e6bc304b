"""Which kinds of rows there are, what each is called in the store and on the wire, and who holds them."""

from casework.values import (
    Activity,
    Case,
    CaseRecord,
    Contact,
    Contributor,
    Document,
    KeptWork,
    Notice,
    OwnershipEvent,
    Person,
    Project,
    Property,
    Queue,
    Record,
    Referral,
    Step,
    Task,
    TaskType,
    Team,
)

# The version of the store that this code reads and writes: the newest revision in migrations/versions.
LATEST = "0001"

# In the order in which a page is applied: what others refer to comes first.
NAMES: dict[type[Record], str] = {
    Person: "person",
    Team: "team",
    Queue: "queue",
    Project: "project",
    Step: "step",
    TaskType: "task_type",
    Contact: "contact",
    Property: "property",
    Case: "case_file",
    Referral: "referral",
    OwnershipEvent: "ownership_event",
    Contributor: "contributor",
    Task: "task",
    Activity: "activity",
    Document: "document",
    KeptWork: "kept_work",
    Notice: "notice",
}

KINDS: dict[str, type[Record]] = {name: kind for kind, name in NAMES.items()}

# Everybody holds these whole (scope `ref`).
REF_KINDS: tuple[type[Record], ...] = (Person, Team, Queue, Project, Step, TaskType)
# These travel with every case that refers to them.
SHARED_KINDS: tuple[type[Record], ...] = (Contact, Property)
# The tree of one case.
TREE_KINDS: tuple[type[Record], ...] = (Case, Referral, OwnershipEvent, Contributor, Task, Activity, Document)
# These go to named people, whatever they may see of the case.
PERSONAL_KINDS: tuple[type[Record], ...] = (KeptWork, Notice)


def case_of(record: Record) -> str | None:
    """The id of the case whose tree a value belongs to, None for what is nobody's or everybody's."""
    if isinstance(record, Case):
        return record.id
    return record.case_id if isinstance(record, CaseRecord) else None
