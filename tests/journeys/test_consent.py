"""Consent taken back in the office while a referral waits on a laptop (OC21)."""

import pytest

from casework.answers import Status
from casework.commands import SendReferral, SetConsent, SettleKept, WithdrawConsent
from casework.ids import new_id
from casework.questions.consents import consents_of_case, referrals_of_case
from casework.questions.names import names
from casework.rows import RowDesk
from casework.rules.consent import consent_of
from casework.values import ConsentScope, ConsentState, ExternalReferral, KeptKind, KeptState
from tests.journeys import saying
from tests.journeys.saying import person
from tests.kit_near import Desk, NearWorld

SHARING = ConsentScope.SHARE_WITH_PARTNER


def agree(desk: Desk, case_id: str, scope: ConsentScope = SHARING) -> None:
    """Notes down the client's yes, seeing what this desk shows."""
    case = saying.the_case(desk, case_id)
    stands = desk.look(lambda conn: consent_of(RowDesk(conn), case, scope))
    seen = stands.set_by_cmd if stands else ""
    desk.say(SetConsent(case_id=case_id, scope=scope, is_given=True, method="signature", seen=seen))


def take_back(desk: Desk, case_id: str) -> None:
    """Notes down that the client takes their consent to sharing back."""
    desk.say(WithdrawConsent(case_id=case_id, scope=SHARING, method="verbal", words="Share nothing, please"))


def refer(desk: Desk, case_id: str) -> str:
    """Passes the client on; returns the referral's id."""
    referral_id = new_id()
    desk.say(
        SendReferral(
            case_id=case_id,
            referral_id=referral_id,
            organisation="Warm Wales",
            service="Boiler grant",
            method="email",
        )
    )
    return referral_id


def a_case_with_consent(world: NearWorld) -> tuple[Desk, Desk, str]:
    """Priya's office, Amy's laptop, and a case of Amy's whose client agreed to sharing; both in step."""
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    agree(priya, case_id)
    priya.sync()
    amy.sync()
    return priya, amy, case_id


@pytest.mark.covers("OC21")
def test_that_a_referral_queued_while_consent_was_taken_back_is_held_for_the_owner(world: NearWorld) -> None:
    priya, amy, case_id = a_case_with_consent(world)
    referral_id = refer(amy, case_id)
    assert saying.look(amy, ExternalReferral, referral_id) is not None
    take_back(priya, case_id)
    priya.sync()
    report = amy.sync()

    assert [ack.st for ack in report.acks] == [Status.CONFLICT_KEPT]
    assert saying.on_server(amy, ExternalReferral, case_id) == ()
    assert saying.look(amy, ExternalReferral, referral_id) is None
    (card,) = saying.kept(amy, case_id)
    assert (card.kind, card.code, card.for_id) == (KeptKind.PROPOSAL, "consent-not-given", amy.person_id)
    assert saying.notices(amy, case_id)["consent-not-given"].facts["by"] == priya.person_id
    assert "consent-taken-back" in saying.notices(amy, case_id)

    agree(amy, case_id)
    amy.say(SettleKept(case_id=case_id, kept_id=card.id, how="use"))
    amy.sync()
    (sent,) = saying.on_server(amy, ExternalReferral, case_id)
    assert (sent.id, sent.organisation) == (referral_id, "Warm Wales")
    assert saying.kept(amy, case_id)[0].state is KeptState.USED


@pytest.mark.covers("OC21")
def test_that_it_is_the_present_owner_who_decides_about_a_held_referral(world: NearWorld) -> None:
    priya, amy, case_id = a_case_with_consent(world)
    refer(amy, case_id)
    take_back(priya, case_id)
    saying.give(priya, case_id, person("ben"))
    priya.sync()
    amy.sync()
    ben = world.desk("ben")

    (card,) = saying.kept(ben, case_id)
    assert card.for_id == ben.person_id
    ben.say(SettleKept(case_id=case_id, kept_id=card.id, how="leave"))
    ben.sync()
    assert saying.on_server(ben, ExternalReferral, case_id) == ()


@pytest.mark.covers("OC21")
def test_that_an_older_yes_from_a_laptop_does_not_undo_what_was_taken_back(world: NearWorld) -> None:
    priya, amy, case_id = a_case_with_consent(world)
    agree(amy, case_id)
    take_back(priya, case_id)
    priya.sync()
    amy.sync()

    found = amy.look(lambda conn: consents_of_case(conn, case_id, names(conn), amy.clock().date()))
    (shown,) = found
    assert (shown.scope, shown.state, shown.by_name) == (SHARING, ConsentState.WITHDRAWN, "Priya Shah")
    (card,) = saying.kept(amy, case_id)
    assert card.code == "consent-changed-meanwhile"


def test_that_the_case_shows_whom_the_client_was_passed_on_to_and_under_what(world: NearWorld) -> None:
    priya, amy, case_id = a_case_with_consent(world)
    refer(amy, case_id)
    shown = amy.look(lambda conn: referrals_of_case(conn, case_id, names(conn)))
    assert [(one.organisation, one.sent_by_name, one.is_unsent) for one in shown] == [("Warm Wales", "Amy Jones", True)]
    amy.sync()
    priya.sync()
    (there,) = priya.look(lambda conn: referrals_of_case(conn, case_id, names(conn)))
    assert (there.service, there.is_unsent) == ("Boiler grant", False)
