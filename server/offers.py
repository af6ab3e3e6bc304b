"""Offers of cases whose last day has passed without an answer."""

from datetime import date

from sqlalchemy import Connection, select

from casework.rows import find, record_of
from casework.tables import TABLES
from casework.values import Case, Offer, OfferState

_OFFERS = TABLES[Offer]


def offers_over(conn: Connection, today: date) -> list[tuple[Offer, Case]]:
    """The open offers that ran out before today (UTC), with their cases. Looks at every offer that was ever made."""
    query = select(_OFFERS).where(_OFFERS.c.state == OfferState.OPEN, _OFFERS.c.until < today.isoformat())
    found = []
    for row in conn.execute(query.order_by(_OFFERS.c.id)).mappings():
        offer = record_of(Offer, {str(name): row[name] for name in row})
        case = find(conn, Case, offer.case_id)
        if case is not None:
            found.append((offer, case))
    return found
