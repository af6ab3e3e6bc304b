"""What the client of a case agreed to, and whom they were passed on to (OC21)."""

from datetime import date, datetime

import msgspec

from casework.connection import Connection
from casework.questions.names import Names
from casework.rows import of_case
from casework.values import Consent, ConsentScope, ConsentState, ExternalReferral
from casework.values.times import sound


class ConsentShown(msgspec.Struct, frozen=True, kw_only=True):
    """How the client stands to one scope, who noted that down, and whether it has run out by now.

    `set_by_cmd` is what a later answer has seen.
    """

    scope: ConsentScope
    state: ConsentState
    method: str
    at: datetime
    by_name: str
    expires_on: date | None
    evidence_document_id: str
    set_by_cmd: str
    is_unsent: bool
    is_over: bool


class ReferralShown(msgspec.Struct, frozen=True, kw_only=True):
    """One referral to another organisation. As long as it is unsent, nothing has left the house."""

    id: str
    organisation: str
    service: str
    method: str
    words: str
    sent_at: datetime
    sent_by_name: str
    chase_on: date | None
    is_unsent: bool


def consents_of_case(conn: Connection, case_id: str, known: Names, today: date) -> tuple[ConsentShown, ...]:
    """The scopes that the client was asked about, in the order of ConsentScope."""
    found = {consent.scope: consent for consent in of_case(conn, Consent, case_id)}
    return tuple(
        ConsentShown(
            scope=consent.scope,
            state=consent.state,
            method=consent.method,
            at=consent.at,
            by_name=known.person(consent.by),
            expires_on=consent.expires_on,
            evidence_document_id=consent.evidence_document_id,
            set_by_cmd=consent.set_by_cmd,
            is_unsent=consent.rev == 0,
            is_over=consent.expires_on is not None and consent.expires_on < today,
        )
        for consent in (found[scope] for scope in ConsentScope if scope in found)
    )


def referrals_of_case(conn: Connection, case_id: str, known: Names) -> tuple[ReferralShown, ...]:
    """Whom the client was passed on to, the newest first."""
    found = sorted(of_case(conn, ExternalReferral, case_id), key=lambda one: (sound(one.sent_at), one.id), reverse=True)
    return tuple(
        ReferralShown(
            id=one.id,
            organisation=one.organisation,
            service=one.service,
            method=one.method,
            words=one.words,
            sent_at=one.sent_at,
            sent_by_name=known.person(one.sent_by),
            chase_on=one.chase_on,
            is_unsent=one.rev == 0,
        )
        for one in found
    )
