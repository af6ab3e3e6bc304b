"""Which kinds of rows there are, what each is called in the store and on the wire, and who holds them."""

from casework.values import (
    Activity,
    Case,
    CaseAssignment,
    CaseRecord,
    Consent,
    Contact,
    Contributor,
    Document,
    ExternalReferral,
    FormAnswers,
    FormTemplate,
    KeptWork,
    Notice,
    Offer,
    OwnershipEvent,
    Person,
    Project,
    Property,
    Queue,
    Record,
    Referral,
    Sighting,
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
    FormTemplate: "form_template",
    Contact: "contact",
    Property: "property",
    Case: "case_file",
    Referral: "referral",
    OwnershipEvent: "ownership_event",
    Contributor: "contributor",
    Offer: "offer",
    CaseAssignment: "case_assignment",
    Task: "task",
    Activity: "activity",
    Document: "document",
    Consent: "consent",
    ExternalReferral: "external_referral",
    FormAnswers: "form_answers",
    KeptWork: "kept_work",
    Notice: "notice",
    Sighting: "sighting",
}

KINDS: dict[str, type[Record]] = {name: kind for kind, name in NAMES.items()}

# Everybody holds these whole (scope `ref`).
REF_KINDS: tuple[type[Record], ...] = (Person, Team, Queue, Project, Step, TaskType, FormTemplate)
# These travel with every case that refers to them.
SHARED_KINDS: tuple[type[Record], ...] = (Contact, Property)
# The tree of one case.
TREE_KINDS: tuple[type[Record], ...] = (
    Case,
    Referral,
    OwnershipEvent,
    Contributor,
    Offer,
    CaseAssignment,
    Task,
    Activity,
    Document,
    Consent,
    ExternalReferral,
    FormAnswers,
)
# These go to named people, whatever they may see of the case.
PERSONAL_KINDS: tuple[type[Record], ...] = (KeptWork, Notice, Sighting)


def case_of(record: Record) -> str | None:
    """The id of the case whose tree a value belongs to, None for what is nobody's or everybody's."""
    if isinstance(record, Case):
        return record.id
    return record.case_id if isinstance(record, CaseRecord) else None
