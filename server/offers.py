"""Offers of cases whose last day has passed without an answer."""

from datetime import date

from sqlalchemy import Connection, select

from casework.tables import TABLES
from casework.values import Case, Offer, OfferState

_OFFERS, _CASES = TABLES[Offer], TABLES[Case]
_OPEN = select(_OFFERS.c.id).join(_CASES, _CASES.c.id == _OFFERS.c.case_id).where(_OFFERS.c.state == OfferState.OPEN)


def offers_over(conn: Connection, today: date) -> list[str]:
    """The ids of open offers that ran out before today (UTC). Looks at every offer that was ever made.

    Not the offers themselves: one that cannot be read is to be no other one's trouble.
    """
    return list(conn.execute(_OPEN.where(_OFFERS.c.until < today.isoformat()).order_by(_OFFERS.c.id)).scalars())
