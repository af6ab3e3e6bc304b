"""What people say when work changes hands: offers, requests to teams, queues and people that go, being out."""

from datetime import date, datetime

from casework.command import Command, SeenOwner
from casework.values import AssignmentStatus


class OfferCase(Command, frozen=True, kw_only=True, tag="offer.make"):
    """Offer the case to somebody, who owns it only once they accept (domain.md 5.3).

    The offer's id is the command's. `instead_of` is the open offer that the author saw and takes back by this one.
    """

    base: SeenOwner
    to_id: str
    reason: str = ""
    with_tasks: bool = False
    instead_of: str = ""


class AcceptOffer(Command, frozen=True, kw_only=True, tag="offer.accept"):
    """Take the case that was offered to me. `evidence` are ids of my commands on it that speak for it (protocol 10)."""

    offer_id: str
    evidence: tuple[str, ...] = ()


class DeclineOffer(Command, frozen=True, kw_only=True, tag="offer.decline"):
    """Say no to an offer, with a reason."""

    offer_id: str
    reason: str


class WithdrawOffer(Command, frozen=True, kw_only=True, tag="offer.withdraw"):
    """Take an offer back that nobody has accepted."""

    offer_id: str
    reason: str = ""


class AskTeam(Command, frozen=True, kw_only=True, tag="assignment.ask"):
    """Ask another team for a piece of work on the case; the owner stays (S75, S76)."""

    assignment_id: str
    team_id: str
    reason: str
    comments: str = ""
    due_on: date | None = None


class MoveAssignment(Command, frozen=True, kw_only=True, tag="assignment.move"):
    """Answer a request to a team, or move it on; `status` is [what the author saw, what it is to be] (S92)."""

    assignment_id: str
    status: tuple[AssignmentStatus, AssignmentStatus]
    words: str = ""


class GoOut(Command, frozen=True, kw_only=True, tag="visit.out"):
    """Say that I am out on a visit with this case until a time, or, with None, that I am back (X5)."""

    until: datetime | None


class RemoveQueue(Command, frozen=True, kw_only=True, tag="queue.remove"):
    """Take a queue out of use; its cases go to their projects' default queues (OC30). About no case."""

    queue_id: str


class PersonLeaves(Command, frozen=True, kw_only=True, tag="person.leave"):
    """End somebody's access and their places in queues (X16). What they own is given away by commands of its own."""

    person_id: str
