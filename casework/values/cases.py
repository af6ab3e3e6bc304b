"""A case, the person and the home it is about, and the story of who owned it."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from casework.values.common import CaseRecord, Record


class OwnerKind(StrEnum):
    """A case is owned by a person or by a queue (S65, S68)."""

    PERSON = "person"
    QUEUE = "queue"


class Owner(msgspec.Struct, frozen=True):
    """Who is responsible overall (S3)."""

    kind: OwnerKind
    id: str


class CaseStatus(StrEnum):
    """Where a case stands (domain.md 5.3)."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Priority(StrEnum):
    """How soon somebody must act (domain.md 5.9)."""

    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TriageOutcome(StrEnum):
    """What was decided about a referral (A7). All but `supported` close the case with a reason; none deletes it."""

    SUPPORTED = "supported"
    SIGNPOSTED = "signposted"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    CANNOT_CONTACT = "cannot_contact"
    OUT_OF_AREA = "out_of_area"


class Source(StrEnum):
    """How a case came to be; it decides the first owner (A11, R1)."""

    PERSON = "person"
    IMPORT = "import"


class Case(Record, frozen=True, kw_only=True):
    """One piece of work for one client at one home, in one project (A6).

    `owner_cmd` is the id of the command that set the owner and `owner_epoch` grows by one each time (protocol 10):
    together they say under which ownership a change was written. Until `out_until` somebody is out on a visit with it.
    A case that turned out to be another one found twice is closed and `joined_to` it, which then answers to the
    `other_numbers` too; from those in `apart_from` somebody has told it apart (OC14).
    """

    number: str
    contact_id: str
    property_id: str
    project_id: str
    step_id: str
    status: CaseStatus = CaseStatus.NEW
    priority: Priority = Priority.NORMAL
    owner_kind: OwnerKind
    owner_id: str
    owner_cmd: str
    owner_epoch: int = 1
    owner_since: datetime
    owner_by: str
    triage_outcome: TriageOutcome | None = None
    triage_score: int = 0
    triage_reasons: tuple[tuple[str, int], ...] = ()
    request_type: str = ""
    description: str = ""
    source: Source = Source.PERSON
    source_name: str = ""
    source_reference: str = ""
    referred_on: date | None = None
    consent: str = ""
    created_at: datetime
    created_by: str
    arrived_at: datetime | None = None
    clock_off: int = 0
    step_since: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_reason: str = ""
    duplicate_of: str = ""
    joined_to: str = ""
    other_numbers: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    reopen_count: int = 0
    last_review_at: datetime | None = None
    last_review_by: str = ""
    last_review_text: str = ""
    last_review_epoch: int = 0
    last_review_id: str = ""
    out_until: datetime | None = None
    out_with: str = ""

    @property
    def owner(self) -> Owner:
        """The owner as one value."""
        return Owner(self.owner_kind, self.owner_id)

    @property
    def is_closed(self) -> bool:
        """Closed cases take facts but no decisions until they are reopened (domain.md 5.3)."""
        return self.status is CaseStatus.CLOSED


class Contact(Record, frozen=True, kw_only=True):
    """The client: a person, not a home (L18). `birth_text` keeps what was written where no date could be read."""

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    birth_text: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    preferred_channel: str = ""
    language: str = ""
    vulnerabilities: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """Title, first and last name as one would say them."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


class Property(Record, frozen=True, kw_only=True):
    """The home that the work is about."""

    address_1: str = ""
    address_2: str = ""
    town: str = ""
    postcode: str = ""
    uprn: str = ""
    tenure: str = ""
    property_type: str = ""
    epc: str = ""
    heating: str = ""
    prepayment: str = ""
    access_notes: str = ""


class Referral(CaseRecord, frozen=True, kw_only=True):
    """A referral as it came: every cell of the partner's row, so that nothing in it is lost.

    `letter` is (column, cell) in the file's order; `flags` is (code, column, cell) for what needs a person's eye;
    `alike` are cases that may be about the same person (offered, never merged).
    """

    letter: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str, str], ...] = ()
    alike: tuple[str, ...] = ()


class OwnerChange(StrEnum):
    """How an owner came to be the owner (domain.md 5.2, OwnershipEvent)."""

    CREATED = "default_creator"
    IMPORTED = "import"
    ASSIGN = "assign"
    CLAIM = "claim"
    RELEASE = "release"
    QUEUE_MOVE = "queue_move"
    TAKEOVER = "takeover"
    TRANSFER = "transfer_accept"
    LEAVER = "leaver"
    QUEUE_REMOVED = "queue_removed"


class OwnershipEvent(CaseRecord, frozen=True, kw_only=True):
    """One change of owner, kept for good; its id is the id of the command that made it, or follows from it.

    `batch` is shared by cases that were given away in one go; `task_ids` are the tasks that changed hands with it.
    """

    epoch: int
    kind: OwnerChange
    from_kind: OwnerKind | None = None
    from_id: str = ""
    to_kind: OwnerKind
    to_id: str
    by: str
    reason: str = ""
    batch: str = ""
    task_ids: tuple[str, ...] = ()
    at: datetime
    arrived_at: datetime | None = None


class Contributor(CaseRecord, frozen=True, kw_only=True):
    """Somebody who may see a case without owning it, until a day: mentioned, or waiting for a decision."""

    person_id: str
    because: str
    until: datetime
