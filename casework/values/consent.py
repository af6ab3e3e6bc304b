"""What a client has agreed to, and what was passed on to other organisations under that agreement."""

from datetime import date, datetime
from enum import StrEnum

from casework.values.common import CaseRecord


class ConsentScope(StrEnum):
    """What somebody can agree to, each apart (domain.md 5.2)."""

    CASE_WORK = "case_work"
    SHARE_WITH_PARTNER = "share_with_partner"
    SHARE_WITH_FUNDER = "share_with_funder"
    PHOTOS = "photos"
    PSR_REGISTRATION = "psr_registration"
    RESEARCH = "research"
    MARKETING = "marketing"


class ConsentState(StrEnum):
    """How the client has decided."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Consent(CaseRecord, frozen=True, kw_only=True):
    """How the client of a case stands to one scope now; what they said before is in the feed.

    One row for each case and scope: its id follows from both, so that two laptops write the same row. `set_by_cmd` is
    the command that set it, by which a later one says what its author saw. `method` is how it was said.
    """

    scope: ConsentScope
    state: ConsentState
    set_by_cmd: str
    method: str
    text_version: str = ""
    evidence_document_id: str = ""
    expires_on: date | None = None
    at: datetime
    by: str


class ExternalReferral(CaseRecord, frozen=True, kw_only=True):
    """A client passed on to another organisation, under the consent that `consent_cmd` gave."""

    organisation: str
    service: str
    method: str
    words: str = ""
    consent_cmd: str
    chase_on: date | None = None
    sent_at: datetime
    sent_by: str
