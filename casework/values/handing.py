"""Work on its way from one to another: offers of a case, and requests to a team for a piece of work on it."""

from datetime import date, datetime
from enum import StrEnum

from casework.values.common import CaseRecord


class OfferState(StrEnum):
    """What became of an offer. `lapsed`: the case went to somebody else, or was closed, before it was answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class Offer(CaseRecord, frozen=True, kw_only=True):
    """A case offered to somebody; its id is the id of the command that offered it.

    It holds to the end of the day `until` (UTC), judged by the server's time when it decides. `under` is the command
    that had set the owner who offers.
    """

    to_id: str
    by: str
    under: str
    reason: str = ""
    with_tasks: bool = False
    made_at: datetime
    until: date
    state: OfferState = OfferState.OPEN
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""


class AssignmentStatus(StrEnum):
    """Where a request to a team stands (domain.md 5.3). Returned: the team needs to know more first (A9)."""

    SENT = "sent"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# The team has it in hand, and its members see the case.
OPEN_ASSIGNMENTS = frozenset({AssignmentStatus.SENT, AssignmentStatus.ACCEPTED})


class CaseAssignment(CaseRecord, frozen=True, kw_only=True):
    """A piece of work on a case that another team is asked for; the owner stays (S75, S76, S92, S97)."""

    team_id: str
    reason: str
    comments: str = ""
    due_on: date | None = None
    status: AssignmentStatus = AssignmentStatus.SENT
    assignee_id: str = ""
    asked_by: str
    asked_at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the team has it in hand."""
        return self.status in OPEN_ASSIGNMENTS
