"""The pieces that sheets are made of: a task, a line of the feed, an owner, as a screen shows them.

Plain frozen values, no sentences: codes are for desktop/messages.py. Where `facts` hold ids, `named` is the same map
with people, queues and steps by their names.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from casework.values import (
    ActivityKind,
    CaseStatus,
    Owner,
    OwnerChange,
    OwnerKind,
    Priority,
    Source,
    Standing,
    StepKind,
    TaskStatus,
)

Facts = dict[str, str]


class DueBand(StrEnum):
    """When something is due, worked out on the day it is shown (domain.md 5.3); `OVER` once done or cancelled."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    SOMEDAY = "someday"
    OVER = "over"


class OwnerShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns a case, since when, and who made them so."""

    kind: OwnerKind
    id: str
    name: str
    is_me: bool
    is_my_queue: bool
    since: datetime
    by_id: str
    by_name: str

    @property
    def owner(self) -> Owner:
        """The owner as commands name it."""
        return Owner(self.kind, self.id)


class StepShown(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the case's journey."""

    id: str
    name: str
    position: int
    kind: StepKind
    target_days: int
    is_current: bool


class TaskShown(msgspec.Struct, frozen=True, kw_only=True):
    """A task with its case. `due` is the due date or the day of the visit; `days` how far off that is, below 0 late."""

    id: str
    case_id: str
    case_number: str
    client: str
    town: str
    postcode: str
    address: str
    phone: str
    type: str
    type_name: str
    is_visit: bool
    title: str
    step_id: str
    step_name: str
    due: date | None
    days: int | None
    band: DueBand
    start_at: datetime | None
    end_at: datetime | None
    place: str
    assignee_id: str
    assignee_name: str
    status: TaskStatus
    outcome: str
    completed_at: datetime | None
    completed_by_name: str
    created_by_name: str
    is_unsent: bool


class FeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the feed. `at` is when it happened by the author's clock, `arrived_at` when the server took it.

    `rev` is the server's number of it, 0 until it was accepted; of my own lines `seen_by_name` is the owner who has had
    it on the screen, and `seen_at` when (X2).

    `has_clock_mark` says that the author's clock was more than five minutes off (A12). `mentions` are (id, name).
    """

    id: str
    case_id: str
    kind: ActivityKind
    subject: str
    text: str
    facts: Facts
    named: Facts
    mentions: tuple[tuple[str, str], ...]
    by_id: str
    by_name: str
    is_mine: bool
    at: datetime
    arrived_at: datetime | None
    clock_off: int
    has_clock_mark: bool
    standing: Standing
    status: str
    is_unsent: bool
    rev: int = 0
    seen_by_name: str = ""
    seen_at: datetime | None = None


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the feed, oldest first; `before` fetches the stretch before it, None at the beginning."""

    lines: tuple[FeedLine, ...]
    before: tuple[str, str] | None
    total: int


class DocumentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A file on the case; `is_stored` once the server has verified the bytes. A preview has a hash of its own."""

    id: str
    case_id: str
    task_id: str
    name: str
    mime: str
    size: int
    sha256: str
    caption: str
    added_at: datetime
    added_by_name: str
    is_stored: bool
    is_unsent: bool
    preview_sha256: str = ""


class OwnershipLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change of owner in the story of the case, oldest first; the first one came from nobody."""

    epoch: int
    how: OwnerChange
    from_kind: OwnerKind | None
    from_id: str
    from_name: str
    to_kind: OwnerKind
    to_id: str
    to_name: str
    by_id: str
    by_name: str
    reason: str
    at: datetime
    arrived_at: datetime | None
    is_unsent: bool


class CreatedShown(msgspec.Struct, frozen=True, kw_only=True):
    """When, how and by whom the case was made (S60): device time, server time, and whether the clock was wrong."""

    at: datetime
    arrived_at: datetime | None
    clock_off: int
    has_clock_mark: bool
    by_id: str
    by_name: str
    source: Source
    source_name: str
    source_reference: str
    referred_on: date | None


class ReviewShown(msgspec.Struct, frozen=True, kw_only=True):
    """The newest review of the case (S105)."""

    id: str
    at: datetime
    by_id: str
    by_name: str
    text: str


class OtherCase(msgspec.Struct, frozen=True, kw_only=True):
    """Another case that may matter here. `because` are codes: what it has in common with this one.

    Codes: same_client, same_home, same_uprn, same_phone, same_email, same_name, same_birth_date, same_postcode,
    said_by_import.
    """

    id: str
    number: str
    client: str
    address: str
    status: CaseStatus
    step_name: str
    owner_kind: OwnerKind
    owner_id: str
    owner_name: str
    opened_at: datetime
    because: tuple[str, ...]


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """The referral as it came: (column, cell) in the order of the file, and flags (code, column, cell) about cells."""

    lines: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str, str], ...]


class ContributorShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may see the case without owning it, until then."""

    person_id: str
    name: str
    until: datetime


class SuggestedOwner(msgspec.Struct, frozen=True, kw_only=True):
    """An advisor who could take the case: open cases in all, and those near this home. Best first."""

    id: str
    name: str
    open_cases: int
    cases_in_area: int
    is_me: bool


class NoticeShown(msgspec.Struct, frozen=True, kw_only=True):
    """One line on Today about a case, which opens from here (S41) if `is_here`.

    `text` are the words in which I was mentioned, empty for other lines and once the case is not here.
    """

    id: str
    code: str
    text: str = ""
    facts: Facts
    named: Facts
    by_id: str
    by_name: str
    at: datetime
    is_seen: bool
    case_id: str
    case_number: str
    client: str
    is_here: bool


class CaseNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something that another person did on a case of mine (S21)."""

    case_number: str
    client: str
    line: FeedLine


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One case in a list or on the board. `next_*` is the open task that is due first."""

    id: str
    number: str
    client: str
    address: str
    town: str
    postcode: str
    project_id: str
    project_name: str
    step_id: str
    step_name: str
    step_since: datetime
    days_at_step: int
    status: CaseStatus
    priority: Priority
    owner_kind: OwnerKind
    owner_id: str
    owner_name: str
    owner_cmd: str
    is_mine: bool
    next_task: str
    next_due: date | None
    next_band: DueBand
    open_tasks: int
    open_decisions: int
    opened_at: datetime
    last_activity_at: datetime
    is_unsent: bool

    @property
    def owner(self) -> Owner:
        """The owner as commands name it."""
        return Owner(self.owner_kind, self.owner_id)


class WaitingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case on the waiting list. `score` is what the referral scored plus what the waiting adds (domain.md 5.9).

    `reasons` are (code, points), most points first, waiting among them as `waited`. `priority` follows that score,
    unless somebody has set another one by hand, which then holds. `flags` counts cells that need a person's eye,
    `alike` cases that may be about the same person.
    """

    id: str
    number: str
    client: str
    area: str
    town: str
    project_id: str
    project_name: str
    waiting_since: date
    days: int
    score: int
    reasons: tuple[tuple[str, int], ...]
    priority: Priority
    source: Source
    source_name: str
    request_type: str
    owner_kind: OwnerKind
    owner_id: str
    owner_name: str
    owner_cmd: str
    flags: int
    alike: int
    is_unsent: bool
