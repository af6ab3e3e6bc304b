"""Offers of a case: made, accepted, declined, taken back; the owner stays until one is accepted (domain.md 5.3)."""

from datetime import UTC, datetime, time, timedelta

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import AcceptOffer, DeclineOffer, OfferCase, WithdrawOffer
from casework.rules import access, feed
from casework.rules.evidence import with_evidence
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import cannot_own, is_stale, moved_meanwhile, owner_puts
from casework.rules.standing_offers import ended, has_run_out, last_day, open_offer
from casework.rules.steps import proposal
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    KeptKind,
    Offer,
    OfferState,
    Owner,
    OwnerChange,
    OwnerKind,
    Person,
    Record,
)


def offer_case(desk: Desk, command: OfferCase, case: Case, moment: Moment) -> Verdict:
    """Offers the case to somebody, who sees it from now on; one offer at a time (domain.md 5.3).

    Made about an ownership that has passed, or while another offer stands that its author had not seen: it waits for
    its author. An offer whose last day has passed stands in nobody's way.
    """
    to = Owner(OwnerKind.PERSON, command.to_id)
    standing = open_offer(desk, case)
    if to == case.owner or (standing is not None and standing.to_id == command.to_id):
        return Done()
    problem = cannot_own(desk, to, moment)
    if problem is not None:
        return problem
    puts = _offer_puts(desk, command, case, moment, standing)
    if is_stale(desk, command.base, case):
        return moved_meanwhile(case, command.base, moment, wanted=to, shown=puts)
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    if standing is not None and standing.id != command.instead_of and not has_run_out(standing, moment):
        return _waits_for_author(proposal(case, moment, code="offered-first", shown=puts), moment, standing)
    return Done(puts)


def accept_offer(desk: Desk, command: AcceptOffer, case: Case, moment: Moment) -> Verdict:
    """Makes whoever the case was offered to its owner, if the offer still stands (OC9).

    Else the owner is asked whether to hand it over all the same, and what was written meanwhile stays.
    """
    offer = desk.find(Offer, command.offer_id)
    if offer is None or offer.case_id != case.id:
        return Refused("offer-gone")
    if offer.to_id != moment.who.id:
        return Refused("offer-for-another", {"person": offer.to_id})
    if access.is_owner(moment.who, case):
        return Done()
    owned = owner_puts(
        desk,
        case,
        Owner(OwnerKind.PERSON, moment.who.id),
        moment,
        reason=offer.reason,
        with_tasks=offer.with_tasks,
        how=OwnerChange.TRANSFER,
        accepted=offer.id,
    )
    puts = (*owned, *ended(desk, offer, OfferState.ACCEPTED, moment))
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    code = _late_code(offer, case, moment)
    if not code:
        return Done(puts)
    late = with_evidence(desk, proposal(case, moment, code=code, shown=puts), case, moment, command.evidence)
    if has_run_out(offer, moment) and offer.state is OfferState.OPEN:
        expired = ended(desk, offer, OfferState.EXPIRED, moment)
        return msgspec.structs.replace(late, puts=tuple(expired))
    return late


def decline_offer(desk: Desk, command: DeclineOffer, case: Case, moment: Moment) -> Verdict:
    """Says no, with a reason; whoever offered is told. Said too late, the reason still stands in the feed."""
    offer = desk.find(Offer, command.offer_id)
    if offer is None or offer.case_id != case.id:
        return Refused("offer-gone")
    if offer.to_id != moment.who.id:
        return Refused("offer-for-another", {"person": offer.to_id})
    if not command.reason.strip():
        return Refused("reason-needed")
    line = _line(desk, case, moment, "declined", offer.by, command.reason)
    if offer.state is not OfferState.OPEN:
        return Done((line,))
    told = feed.tell(
        case, moment, [offer.by, case.owner_id], code="offer-declined", facts={"reason": command.reason[:200]}
    )
    return Done((line, *ended(desk, offer, OfferState.DECLINED, moment, answer=command.reason), *told))


def withdraw_offer(desk: Desk, command: WithdrawOffer, case: Case, moment: Moment) -> Verdict:
    """Takes an offer back, if nobody has accepted it; what was accepted first stands (protocol 10)."""
    offer = desk.find(Offer, command.offer_id)
    if offer is None or offer.case_id != case.id:
        return Refused("offer-gone")
    if offer.state is OfferState.ACCEPTED:
        return _waits_for_author(proposal(case, moment, code="offer-accepted-first", shown=()), moment, offer)
    if offer.state is not OfferState.OPEN:
        return Done()
    return Done(
        (
            _line(desk, case, moment, "withdrawn", offer.to_id, command.reason),
            *ended(desk, offer, OfferState.WITHDRAWN, moment, answer=command.reason),
            *feed.tell(case, moment, [offer.to_id], code="offer-taken-back"),
        )
    )


def _offer_puts(
    desk: Desk, command: OfferCase, case: Case, moment: Moment, standing: Offer | None
) -> tuple[Record, ...]:
    offer = Offer(
        id=moment.command_id,
        case_id=case.id,
        to_id=command.to_id,
        by=moment.who.id,
        under=case.owner_cmd,
        reason=command.reason,
        with_tasks=command.with_tasks,
        made_at=moment.said_at,
        until=last_day(moment.now.date()),
    )
    told = feed.tell(case, moment, [offer.to_id], code="offered-to-you", facts={"until": offer.until.isoformat()})
    puts: list[Record] = [offer, _line(desk, case, moment, "made", offer.to_id, offer.reason), *told]
    to = desk.find(Person, offer.to_id)
    if to is not None and not access.sees_everything(to):
        over = datetime.combine(offer.until + timedelta(days=1), time(), UTC)
        puts.append(feed.let_in(case, moment, offer.to_id, because=offer.id, until=over))
    if standing is not None:
        state = OfferState.EXPIRED if has_run_out(standing, moment) else OfferState.WITHDRAWN
        puts += ended(desk, standing, state, moment)
        puts += feed.tell(case, moment, [standing.to_id], code="offer-taken-back")
    return tuple(puts)


def _late_code(offer: Offer, case: Case, moment: Moment) -> str:
    """Why an offer can no longer be accepted, "" where it can."""
    if offer.state is OfferState.WITHDRAWN:
        return "offer-withdrawn"
    if offer.state is OfferState.EXPIRED or has_run_out(offer, moment):
        return "offer-expired"
    return "" if offer.state is OfferState.OPEN and offer.under == case.owner_cmd else "offer-over"


def _waits_for_author(late: Late, moment: Moment, offer: Offer) -> Late:
    return msgspec.structs.replace(
        late,
        kind=KeptKind.PROPOSAL,
        waits_for=Owner(OwnerKind.PERSON, moment.who.id),
        facts={**late.facts, "to": offer.to_id},
    )


def _line(desk: Desk, case: Case, moment: Moment, what: str, to: str, text: str) -> Activity:
    return feed.line(desk, case, moment, kind=ActivityKind.OFFER, text=text, facts={"what": what, "to": to})
