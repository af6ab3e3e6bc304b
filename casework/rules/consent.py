"""What a client has agreed to, and passing them on to others only under that agreement (OC21)."""

from datetime import date

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import SendReferral, SetConsent, WithdrawConsent
from casework.ids import child_id
from casework.rules import feed
from casework.rules.fields import LINE, TEXT, too_long
from casework.rules.moment import Desk, Moment
from casework.values import (
    ActivityKind,
    Case,
    Consent,
    ConsentScope,
    ConsentState,
    ExternalReferral,
    KeptKind,
)

CONSENT_METHODS = ("signature", "verbal", "email", "letter")
SENDING_METHODS = ("email", "letter", "call", "portal")


def consent_of(desk: Desk, case: Case, scope: ConsentScope) -> Consent | None:
    """How the client of this case stands to that scope, None where nobody has asked them."""
    return desk.find(Consent, consent_id(case.id, scope))


def consent_id(case_id: str, scope: ConsentScope) -> str:
    """The id of the one row for a case and scope, on every machine."""
    return child_id(case_id, f"consent/{scope}")


def is_good(consent: Consent | None, today: date) -> bool:
    """Whether something may be done under this consent on that day."""
    if consent is None or consent.state is not ConsentState.GIVEN:
        return False
    return consent.expires_on is None or today <= consent.expires_on


def set_consent(desk: Desk, command: SetConsent, case: Case, moment: Moment) -> Verdict:
    """Notes down a yes or a no; a no holds whatever was said meanwhile, a yes only over the answer that its author saw.

    So a consent that was withdrawn in the office is not given anew by an older yes that arrives later.
    """
    problem = _unclear(command.method, command.text_version)
    if problem is not None:
        return problem
    state = ConsentState.GIVEN if command.is_given else ConsentState.REFUSED
    stands = consent_of(desk, case, command.scope)
    consent = Consent(
        id=consent_id(case.id, command.scope),
        case_id=case.id,
        scope=command.scope,
        state=state,
        set_by_cmd=moment.command_id,
        method=command.method,
        text_version=command.text_version,
        evidence_document_id=command.evidence_document_id,
        expires_on=command.expires_on,
        at=moment.said_at,
        by=moment.who.id,
    )
    facts = {"scope": command.scope, "state": state, "method": command.method}
    line = feed.line(desk, case, moment, kind=ActivityKind.CONSENT, facts=facts)
    puts = (consent, line, *feed.new_facts_on_closed(desk, case, moment))
    unseen = stands is not None and stands.set_by_cmd != command.seen and stands.state is not ConsentState.GIVEN
    if command.is_given and stands is not None and unseen:
        return Late(
            code="consent-changed-meanwhile",
            kind=KeptKind.PROPOSAL,
            waits_for=case.owner,
            facts=_facts_of(stands),
            shown=puts,
        )
    return Done(puts)


def withdraw_consent(desk: Desk, command: WithdrawConsent, case: Case, moment: Moment) -> Verdict:
    """Takes a consent back at once, whoever says so and whatever they saw: it is the client's to take back."""
    problem = _unclear(command.method, command.words)
    if problem is not None:
        return problem
    stands = consent_of(desk, case, command.scope)
    if stands is not None and stands.state is ConsentState.WITHDRAWN:
        return Done()
    withdrawn = Consent(
        id=consent_id(case.id, command.scope),
        case_id=case.id,
        scope=command.scope,
        state=ConsentState.WITHDRAWN,
        set_by_cmd=moment.command_id,
        method=command.method,
        text_version=stands.text_version if stands else "",
        evidence_document_id=stands.evidence_document_id if stands else "",
        at=moment.said_at,
        by=moment.who.id,
    )
    facts = {"scope": command.scope, "state": withdrawn.state, "method": command.method}
    line = feed.line(desk, case, moment, kind=ActivityKind.CONSENT, text=command.words, facts=facts)
    told = feed.tell(case, moment, feed.owners_people(desk, case.owner), code="consent-taken-back", facts=facts)
    return Done((withdrawn, line, *told))


def send_referral(desk: Desk, command: SendReferral, case: Case, moment: Moment) -> Verdict:
    """Passes the client on to another organisation, under their consent to sharing as it stands when it is decided.

    Where that was taken back unseen by the author, the referral is held: not sent, kept whole for the case's owner
    (OC21, domain.md 5.3). Nothing leaves the house before the server has said yes.
    """
    if not (command.organisation.strip() and command.service.strip()):
        return Refused("referral-needs-whom")
    problem = too_long("organisation", command.organisation, LINE) or too_long("service", command.service, LINE)
    if problem is not None:
        return problem
    if command.method not in SENDING_METHODS:
        return Refused("channel-needed")
    known = desk.find(ExternalReferral, command.referral_id)
    if known is not None:
        return Done() if known.case_id == case.id else Refused("not-valid", {"field": "referral_id", "why": "taken"})
    consent = consent_of(desk, case, ConsentScope.SHARE_WITH_PARTNER)
    referral = ExternalReferral(
        id=command.referral_id,
        case_id=case.id,
        organisation=command.organisation,
        service=command.service,
        method=command.method,
        words=command.words,
        consent_cmd=consent.set_by_cmd if consent else "",
        chase_on=command.chase_on,
        sent_at=moment.said_at,
        sent_by=moment.who.id,
    )
    facts = {"referral": referral.id, "organisation": referral.organisation, "service": referral.service}
    line = feed.line(desk, case, moment, kind=ActivityKind.REFERRED, text=command.words, facts=facts)
    if consent is None:
        return Refused("consent-needed", {"scope": ConsentScope.SHARE_WITH_PARTNER})
    if not is_good(consent, moment.now.date()):
        return Late(
            code="consent-not-given",
            kind=KeptKind.PROPOSAL,
            waits_for=case.owner,
            facts={**_facts_of(consent), "organisation": command.organisation},
            shown=(referral, line),
        )
    return Done((referral, line))


def _facts_of(consent: Consent) -> dict[str, str]:
    return {
        "scope": consent.scope,
        "state": consent.state,
        "by": consent.by,
        "since": consent.at.isoformat(),
    }


def _unclear(method: str, words: str) -> Refused | None:
    if method not in CONSENT_METHODS:
        return Refused("how-did-they-say-so")
    return too_long("words", words, TEXT)
