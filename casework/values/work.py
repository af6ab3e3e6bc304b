"""The work on a case: tasks, what was said and done, documents."""

from datetime import date, datetime
from enum import StrEnum

from casework.values.common import CaseRecord


class TaskStatus(StrEnum):
    """Done is a fact; overdue and today are worked out when they are shown (domain.md 5.3)."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(CaseRecord, frozen=True, kw_only=True):
    """Something one person is to do on a case (S4, S30 to S34); with `start_at` and `place` it is a visit."""

    type: str
    title: str
    step_id: str = ""
    due_on: date | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    place: str = ""
    assignee_id: str = ""
    status: TaskStatus = TaskStatus.OPEN
    outcome: str = ""
    completed_at: datetime | None = None
    completed_by: str = ""
    created_at: datetime
    created_by: str


class ActivityKind(StrEnum):
    """What a line of the feed is."""

    CREATED = "created"
    NOTE = "note"
    INTERACTION = "interaction"
    REVIEW = "review"
    TRIAGED = "triaged"
    OWNER = "owner"
    STEP = "step"
    EDITED = "edited"
    TASK_ADDED = "task_added"
    TASK_DONE = "task_done"
    TASK_MOVED = "task_moved"
    TASK_CANCELLED = "task_cancelled"
    DOCUMENT = "document"
    CLOSED = "closed"
    REOPENED = "reopened"
    KEPT = "kept"
    SETTLED = "settled"
    JOINED = "joined"
    CONSENT = "consent"
    REFERRED = "referred"
    FORM = "form"
    OFFER = "offer"
    ASSIGNMENT = "assignment"


class Standing(StrEnum):
    """What the author was to the case when writing (A2, OC2, OC12)."""

    OWNER = "owner"
    FORMER_OWNER = "former_owner"
    OTHER = "other"


class Activity(CaseRecord, frozen=True, kw_only=True):
    """One line of a case's feed, never changed afterwards; its id is the id of the command that made it.

    `at` is when it happened by the device's clock, `arrived_at` when the server took it, `clock_off` by how many
    seconds that device's clock was ahead of the server's (A12, OC22). `name`, `due_on` and `status` exist for reviews
    (S104) and stay empty elsewhere.
    """

    kind: ActivityKind
    subject: str = ""
    name: str = ""
    due_on: date | None = None
    status: str = ""
    text: str = ""
    facts: dict[str, str] = {}
    mentions: tuple[str, ...] = ()
    by: str
    at: datetime
    arrived_at: datetime | None = None
    clock_off: int = 0
    epoch: int = 0
    standing: Standing = Standing.OTHER


class Document(CaseRecord, frozen=True, kw_only=True):
    """A file on a case (S58). The bytes travel apart, by `sha256`; `is_stored` once the server has verified them.

    With `preview_of` it is no file of a person's but the small picture of the document with that id: by being small it
    travels first, and is there to be seen while the large one is on its way or was let go of.
    """

    task_id: str = ""
    name: str
    mime: str
    size: int
    sha256: str
    caption: str = ""
    added_at: datetime
    added_by: str
    is_stored: bool = False
    preview_of: str = ""
