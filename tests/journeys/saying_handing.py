"""What people say in the journeys when work changes hands: offers, requests to teams, leaving, being out."""

from casework.commands import AcceptOffer, AskTeam, MoveAssignment, OfferCase, SeenOwner, WithdrawOffer
from casework.ids import new_id
from casework.values import AssignmentStatus, CaseAssignment, Offer
from server.setting_up import default_id
from tests.journeys import saying
from tests.kit_near import Desk, person_id

GRANTS = default_id("team/grants")
# the one team of Cara's in the sample organisation
PHONE_TEAM = default_id("team/phone")


def offer(desk: Desk, case_id: str, to: str, *, instead_of: str = "") -> str:
    """Offers the case to somebody, tasks and all; returns the offer's id."""
    case = saying.the_case(desk, case_id)
    base = SeenOwner(case.owner, case.owner_cmd)
    return desk.say(
        OfferCase(
            case_id=case_id,
            base=base,
            to_id=person_id(to),
            reason="Nearer to you",
            with_tasks=True,
            instead_of=instead_of,
        )
    ).command_id


def accept(desk: Desk, case_id: str, offer_id: str) -> str:
    """Accepts an offer; returns the command's id."""
    return desk.say(AcceptOffer(case_id=case_id, offer_id=offer_id)).command_id


def take_back(desk: Desk, case_id: str, offer_id: str) -> None:
    """Takes an offer back."""
    desk.say(WithdrawOffer(case_id=case_id, offer_id=offer_id))


def the_offer(desk: Desk, offer_id: str) -> Offer:
    """An offer as that desk shows it."""
    found = saying.look(desk, Offer, offer_id)
    assert found is not None
    return found


def ask_team(desk: Desk, case_id: str, team_id: str = PHONE_TEAM) -> str:
    """Asks a team for something; returns the request's id."""
    assignment_id = new_id()
    desk.say(AskTeam(case_id=case_id, assignment_id=assignment_id, team_id=team_id, reason="Ring the supplier"))
    return assignment_id


def answer(desk: Desk, case_id: str, assignment_id: str, wanted: AssignmentStatus, words: str = "") -> str:
    """Moves a request on, from what this desk shows; returns the command's id."""
    seen = the_request(desk, assignment_id).status
    said = MoveAssignment(case_id=case_id, assignment_id=assignment_id, status=(seen, wanted), words=words)
    return desk.say(said).command_id


def the_request(desk: Desk, assignment_id: str) -> CaseAssignment:
    """A request to a team as that desk shows it."""
    found = saying.look(desk, CaseAssignment, assignment_id)
    assert found is not None
    return found
