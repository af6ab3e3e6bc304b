"""What stands offered on a case, and how an offer ends: with it goes the access that it gave."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from casework.ids import child_id
from casework.rules.moment import Desk, Moment, Side
from casework.values import Case, Contributor, Notice, Offer, OfferState, OwnerKind, Record

WORKING_DAYS = 3
_SATURDAY = 5


def open_offer(desk: Desk, case: Case) -> Offer | None:
    """The one open offer of a case (domain.md 5.3), None where there is none."""
    return next((offer for offer in desk.of_case(Offer, case.id) if offer.state is OfferState.OPEN), None)


def has_run_out(offer: Offer, moment: Moment) -> bool:
    """Whether its last day has passed, by the server's day; a laptop's clock decides nothing (FI17)."""
    return moment.side is Side.DECIDING and moment.now.date() > offer.until


def last_day(start: date) -> date:
    """The third working day after a day."""
    day, left = start, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def ended(desk: Desk, offer: Offer, state: OfferState, moment: Moment, *, answer: str = "") -> list[Record]:
    """The offer, ended so; whoever it was made to sees the case only if something else lets them."""
    over = msgspec.structs.replace(offer, state=state, answered_by=moment.who.id, answered_at=moment.now, answer=answer)
    return [over, *let_out(desk, offer.case_id, (offer.id,), moment)]


def run_out(offer: Offer, case: Case, now: datetime) -> list[Record]:
    """An open offer whose last day has passed, ended by nobody's hand; who made it and the owner are told.

    The access that it gave ends by itself, on the same day.
    """
    told = [
        Notice(
            id=child_id(offer.id, f"ran-out/{person_id}"),
            case_id=offer.case_id,
            person_id=person_id,
            code="offer-ran-out",
            by=offer.to_id,
            at=now,
        )
        for person_id in dict.fromkeys((offer.by, case.owner_id if case.owner_kind is OwnerKind.PERSON else offer.by))
    ]
    return [msgspec.structs.replace(offer, state=OfferState.EXPIRED, answered_at=now), *told]


def let_out(desk: Desk, case_id: str, because: Iterable[str], moment: Moment) -> list[Contributor]:
    """Ends the access that these ids gave to anybody."""
    ids = frozenset(because)
    return [
        msgspec.structs.replace(contributor, until=moment.now)
        for contributor in desk.of_case(Contributor, case_id)
        if contributor.because in ids and contributor.until > moment.now
    ]


def lapsed(desk: Desk, case: Case, moment: Moment, *, but: str = "") -> list[Record]:
    """What stands offered comes to nothing, because the case went to somebody or was closed; `but` one offer's id."""
    offer = open_offer(desk, case)
    return [] if offer is None or offer.id == but else ended(desk, offer, OfferState.LAPSED, moment)
