"""Consent, scope by scope, and referrals that need it (OC21), on paper."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import SendReferral, SetConsent, SettleKept, WithdrawConsent
from casework.rules.consent import consent_id, is_good
from casework.values import (
    ActivityKind,
    Consent,
    ConsentScope,
    ConsentState,
    ExternalReferral,
    KeptState,
    KeptWork,
)
from tests.rules.paper import CASE, NINE, CaseDesk, Laptop, Server, a_closed_case, an_active_case, person

SHARING = ConsentScope.SHARE_WITH_PARTNER


def say_yes(desk: CaseDesk, scope: ConsentScope = SHARING, **more: Any) -> SetConsent:
    stands = desk.find(Consent, consent_id(CASE, scope))
    told: dict[str, Any] = {"method": "signature", "seen": stands.set_by_cmd if stands else ""}
    return SetConsent(case_id=CASE, scope=scope, is_given=True, **told | more)


def take_back(scope: ConsentScope = SHARING, words: str = "") -> WithdrawConsent:
    return WithdrawConsent(case_id=CASE, scope=scope, method="verbal", words=words)


def refer(referral_id: str = "r1", **more: Any) -> SendReferral:
    told: dict[str, Any] = {"organisation": "Warm Wales", "service": "Boiler grant", "method": "email"}
    return SendReferral(case_id=CASE, referral_id=referral_id, **told | more)


def state_of(server: Server, scope: ConsentScope = SHARING) -> ConsentState:
    return server.desk.one(Consent, consent_id(CASE, scope)).state


def a_server() -> Server:
    return Server(*an_active_case(person("amy")))


def code_of(verdict: object) -> str:
    return verdict.code if isinstance(verdict, Refused | Late) else type(verdict).__name__


@pytest.mark.covers("OC21")
def test_that_consent_says_who_noted_it_down_when_and_how() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk, text_version="2026-1", evidence_document_id="form"))
    consent = server.desk.one(Consent, consent_id(CASE, SHARING))
    assert (consent.by, consent.method, consent.text_version) == ("amy", "signature", "2026-1")
    assert consent.evidence_document_id == "form"
    assert server.desk.line(ActivityKind.CONSENT).facts == {
        "scope": "share_with_partner",
        "state": "given",
        "method": "signature",
    }


def test_that_each_scope_stands_for_itself() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    server.done("amy", say_yes(server.desk, ConsentScope.PHOTOS))
    server.done("amy", take_back(ConsentScope.PHOTOS))
    assert (state_of(server), state_of(server, ConsentScope.PHOTOS)) == (ConsentState.GIVEN, ConsentState.WITHDRAWN)


@pytest.mark.parametrize("command", [take_back(), refer()])
def test_that_how_something_was_said_must_be_clear(command: Any) -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    odd = msgspec.structs.replace(command, method="pigeon")
    assert code_of(server.hear("amy", odd)) in ("how-did-they-say-so", "channel-needed")


@pytest.mark.covers("OC21")
def test_that_a_referral_needs_a_yes_that_stands() -> None:
    server = a_server()
    assert server.hear("amy", refer()) == Refused("consent-needed", {"scope": "share_with_partner"})
    server.done("amy", say_yes(server.desk))
    server.done("amy", refer())
    sent = server.desk.one(ExternalReferral, "r1")
    assert sent.consent_cmd == server.desk.one(Consent, consent_id(CASE, SHARING)).set_by_cmd
    assert server.desk.line(ActivityKind.REFERRED).facts["organisation"] == "Warm Wales"
    assert server.hear("amy", refer()) == Done()


@pytest.mark.covers("OC21")
def test_that_a_referral_queued_before_the_consent_was_taken_back_is_held_for_the_owner() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    amy = Laptop(server, "amy")
    amy.say(refer())
    server.done("priya", take_back(words="She rang: share nothing"))
    (verdict,) = amy.send()
    assert code_of(verdict) == "consent-not-given"
    assert server.desk.of_case(ExternalReferral, CASE) == ()
    (kept,) = server.desk.kept()
    assert (kept.for_id, kept.facts["by"], kept.facts["state"]) == ("amy", "priya", "withdrawn")
    assert "consent-taken-back" in server.desk.told("amy")

    settle = SettleKept(case_id=CASE, kept_id=kept.id, how="use")
    assert code_of(server.hear("amy", settle)) == "consent-not-given"
    assert server.desk.one(KeptWork, kept.id).state is KeptState.OPEN
    server.done("amy", say_yes(server.desk))
    server.done("amy", settle)
    assert server.desk.one(ExternalReferral, "r1").sent_by == "amy"


def test_that_on_the_laptop_a_referral_without_consent_is_refused_before_it_is_said() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    server.done("amy", take_back())
    assert code_of(Laptop(server, "amy").try_to_say(refer())) == "consent-not-given"


@pytest.mark.covers("OC21")
def test_that_an_older_yes_does_not_give_anew_what_was_taken_back_unseen() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    amy = Laptop(server, "amy")
    amy.say(say_yes(amy.desk, method="verbal"))
    server.done("priya", take_back())
    (verdict,) = amy.send()
    assert code_of(verdict) == "consent-changed-meanwhile"
    assert state_of(server) is ConsentState.WITHDRAWN
    (kept,) = server.desk.kept()
    server.done("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert state_of(server) is ConsentState.GIVEN


def test_that_a_no_holds_over_a_yes_that_its_author_had_not_seen() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(msgspec.structs.replace(say_yes(amy.desk), is_given=False))
    server.done("priya", say_yes(server.desk))
    assert [type(verdict) for verdict in amy.send()] == [Done]
    assert state_of(server) is ConsentState.REFUSED


def test_that_taking_back_twice_is_once_and_needs_no_yes_before() -> None:
    server = a_server()
    server.done("amy", take_back())
    assert server.hear("priya", take_back()) == Done()
    assert state_of(server) is ConsentState.WITHDRAWN


def test_that_consent_that_has_run_out_is_none() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk, expires_on=date(2026, 11, 2)))
    server.done("amy", refer())
    server.now = NINE + timedelta(days=1)
    assert code_of(server.hear("amy", refer("r2"))) == "consent-not-given"
    assert not is_good(None, NINE.date())


def test_that_passing_a_client_on_is_the_owner_s_and_the_office_s() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    assert code_of(server.hear("ben", refer())) == "owner-only"
    assert code_of(server.hear("adam", refer())) == "not-for-admins"
    server.done("priya", refer())


def test_that_a_referral_says_to_whom_and_for_what_and_has_an_id_of_its_own() -> None:
    server = a_server()
    server.done("amy", say_yes(server.desk))
    assert code_of(server.hear("amy", refer(service=" "))) == "referral-needs-whom"
    assert code_of(server.hear("amy", refer(organisation="x" * 201))) == "too-long"
    sent = ExternalReferral(
        id="r1",
        case_id="elsewhere",
        organisation="a",
        service="b",
        method="email",
        consent_cmd="c",
        sent_at=NINE,
        sent_by="amy",
    )
    server.desk.put(sent)
    assert code_of(server.hear("amy", refer())) == "not-valid"


def test_that_consent_on_a_closed_case_is_noted_down_and_its_owner_told() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("cara", say_yes(server.desk))
    assert state_of(server) is ConsentState.GIVEN
    assert "facts-on-closed" in server.desk.told("amy")
