"""What people say when work and clients go from hand to hand: offers, requests to teams, cases made one, consent."""

import random
from collections.abc import Callable

from casework.command import Change
from casework.commands import (
    AcceptOffer,
    AnswerForm,
    AnyCommand,
    AskTeam,
    DeclineOffer,
    EditContact,
    JoinCase,
    KeepApart,
    MoveAssignment,
    OfferCase,
    SeenOwner,
    SendReferral,
    SetConsent,
    WithdrawConsent,
    WithdrawOffer,
)
from casework.connection import Connection
from casework.ids import new_id
from casework.rows import all_of, find, of_case
from casework.rules.consent import consent_id
from casework.values import (
    Activity,
    AssignmentStatus,
    Case,
    CaseAssignment,
    Consent,
    ConsentScope,
    Contact,
    FormTemplate,
    Offer,
    OfferState,
    Team,
)
from sync.laptop import Laptop
from tests.kit_near import person_id

Verb = Callable[[Connection, Case, Laptop, random.Random], AnyCommand | None]

_SHARING = ConsentScope.SHARE_WITH_PARTNER
_PEOPLE = ("amy", "ben", "priya")


def _offer(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    standing = _standing(conn, case)
    return OfferCase(
        case_id=case.id,
        base=SeenOwner(case.owner, case.owner_cmd),
        to_id=person_id(pick.choice(_PEOPLE)),
        reason="Nearer to you",
        with_tasks=pick.random() < 0.5,
        instead_of=standing.id if standing and pick.random() < 0.5 else "",
    )


def _answer_offer(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    """About the case where something is offered to this person, if there is one: they look for it."""
    mine = [offer for offer in all_of(conn, Offer) if offer.to_id == laptop.person_id]
    if not mine:
        return None
    offer = pick.choice(mine)
    if pick.random() < 0.6:
        return AcceptOffer(case_id=offer.case_id, offer_id=offer.id)
    return DeclineOffer(case_id=offer.case_id, offer_id=offer.id, reason="Too much on")


def _take_offer_back(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    made = [offer for offer in all_of(conn, Offer) if offer.state is OfferState.OPEN]
    if not made:
        return None
    offer = pick.choice(made)
    return WithdrawOffer(case_id=offer.case_id, offer_id=offer.id, reason="Thought again")


def _ask_team(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    team = pick.choice([team.id for team in all_of(conn, Team)])
    return AskTeam(case_id=case.id, assignment_id=new_id(), team_id=team, reason="Measure the loft")


def _move_request(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    asked = all_of(conn, CaseAssignment)
    if not asked:
        return None
    one = pick.choice(asked)
    wanted = pick.choice(list(AssignmentStatus))
    return MoveAssignment(
        case_id=one.case_id, assignment_id=one.id, status=(one.status, wanted), words="Which of the lofts?"
    )


def _join(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    into = pick.choice([other.id for other in all_of(conn, Case)])
    seen = sum(1 for line in of_case(conn, Activity, case.id) if line.by != laptop.person_id)
    if pick.random() < 0.2:
        return KeepApart(case_id=case.id, other_id=into, reason="Mother and daughter")
    return JoinCase(case_id=case.id, into=into, seen=seen, reason="Taken in twice")


def _consent(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    stands = find(conn, Consent, consent_id(case.id, _SHARING))
    if stands is not None and pick.random() < 0.5:
        return WithdrawConsent(case_id=case.id, scope=_SHARING, method="verbal")
    seen = stands.set_by_cmd if stands else ""
    return SetConsent(case_id=case.id, scope=_SHARING, is_given=pick.random() < 0.8, method="verbal", seen=seen)


def _refer(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    return SendReferral(case_id=case.id, referral_id=new_id(), organisation="Council", service="Grants", method="email")


def _form(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    templates = all_of(conn, FormTemplate)
    if not templates:
        return None
    template = pick.choice(templates)
    return AnswerForm(
        case_id=case.id,
        answers_id=new_id(),
        template_id=template.id,
        answers={template.questions[0].key: (f"answer {pick.randrange(1 << 30)}",)},
        answered_at=laptop.clock(),
    )


def _language(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    contact = find(conn, Contact, case.contact_id)
    assert contact is not None
    changes: dict[str, Change] = {"language": (contact.language, pick.choice(("Cymraeg", "English", "Polski")))}
    return EditContact(case_id=case.id, contact_id=contact.id, changes=changes)


def _standing(conn: Connection, case: Case) -> Offer | None:
    return next((one for one in of_case(conn, Offer, case.id) if one.state is OfferState.OPEN), None)


HAND_VERBS: dict[str, Verb] = {
    "offer": _offer,
    "answer offer": _answer_offer,
    "take offer back": _take_offer_back,
    "ask team": _ask_team,
    "move request": _move_request,
    "join": _join,
    "consent": _consent,
    "refer": _refer,
    "form": _form,
    "language": _language,
}
# What an app of a version behind has no words for (sim/older.py).
UNKNOWN_TO_OLDER = ("form", "language")
