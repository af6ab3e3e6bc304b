"""Two cases that are one (OC14, OC15), on paper: what goes along, what is asked, and that there is never a ring."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import (
    AddNote,
    EditContact,
    EditProperty,
    KeepApart,
    LogReview,
    MoveStep,
    ReopenCase,
    SetPriority,
    SettleKept,
    TriageCase,
    UndoSettling,
    WithdrawConsent,
)
from casework.rules import judge
from casework.rules.consent import consent_id
from casework.rules.joined import repointed, standing_case
from casework.rules.merging import MOVING
from casework.values import (
    Activity,
    CaseAssignment,
    CaseStatus,
    Consent,
    ConsentScope,
    ConsentState,
    Contact,
    Contributor,
    KeptWork,
    Notice,
    Offer,
    OwnershipEvent,
    Priority,
    Property,
    Task,
    TriageOutcome,
)
from tests.rules.joining import a_server, case_of, code_of, join
from tests.rules.kept import kept_work
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    CLIENT,
    HOME,
    NINE,
    OTHER,
    OTHER_CLIENT,
    WAITING,
    Laptop,
    Server,
    a_moment,
    a_task,
    an_active_case,
    another_case,
    envelope,
    person,
)


@pytest.mark.covers("OC14")
@pytest.mark.parametrize(
    ("name", "code"),
    [("amy", "joining-is-for-leads"), ("priya", "joining-is-for-leads"), ("rhys", "read-only"), ("adam", "Done")],
)
def test_that_joining_is_for_leads_and_admins(name: str, code: str) -> None:
    server = a_server()
    assert code_of(server.hear(name, join(server, by=name))) == code


@pytest.mark.covers("OC14")
def test_that_the_case_that_stays_has_all_rows_and_what_only_the_other_one_knew() -> None:
    server = a_server(a_task("visit", "dan"), a_task("loose", ""))
    server.done("amy", AddNote(case_id=CASE, text="Amy's words", mentions=("cara",)))
    server.done("lena", join(server, reason="One Mrs Webb"))

    for kind in MOVING:
        assert server.desk.of_case(kind, CASE) == () or kind is Activity
    assert [line.kind for line in server.desk.of_case(Activity, CASE)] == ["joined"]
    assert {task.id for task in server.desk.of_case(Task, OTHER)} == {"visit", "loose"}
    assert {one.person_id for one in server.desk.of_case(Contributor, OTHER)} == {"cara", "amy"}
    contact = server.desk.one(Contact, OTHER_CLIENT)
    assert (contact.phone, contact.mobile) == ("01642 1", "07700 1")
    assert set(contact.vulnerabilities) == {"asthma", "over_75"}
    (line,) = [line for line in server.desk.of_case(Activity, OTHER) if line.kind == "joined"]
    assert line.text == "One Mrs Webb\npostcode: TS1 1AA"
    assert server.desk.one(Property, "other-home").postcode == "TS9 9ZZ"
    assert server.desk.one(Contact, CLIENT).phone == "01642 1"


@pytest.mark.covers("OC14")
def test_that_the_closed_case_keeps_its_owner_and_its_story() -> None:
    server = a_server()
    server.done("lena", join(server))
    closed, stays = case_of(server, CASE), case_of(server, OTHER)
    assert (closed.status, closed.closed_reason, closed.joined_to) == (CaseStatus.CLOSED, "duplicate", OTHER)
    assert closed.owner == person("amy")
    assert [event.id for event in server.desk.of_case(OwnershipEvent, CASE)] == ["first"]
    assert (stays.owner, stays.owner_epoch, stays.other_numbers) == (person("ben"), 1, (closed.number,))


def test_that_the_owners_and_who_has_something_to_do_are_told() -> None:
    server = a_server(a_task("visit", "dan"), owner=BACK_OFFICE)
    server.done("lena", join(server))
    told = {notice.person_id for notice in server.desk.all_of(Notice) if notice.code == "cases-joined"}
    assert told == {"ben", "cara", "dan"}


@pytest.mark.covers("OC14")
def test_that_what_another_one_changed_since_is_looked_at_first() -> None:
    server = a_server()
    stale = join(server)
    server.done("amy", AddNote(case_id=CASE, text="One thing more"))
    verdict = server.hear("lena", stale)
    assert code_of(verdict) == "changed-before-joining"
    assert case_of(server, CASE).joined_to == ""
    (kept,) = server.desk.kept()
    assert kept.for_id == "lena"
    server.done("lena", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert case_of(server, CASE).joined_to == OTHER


def test_that_the_author_s_own_words_are_no_change_by_somebody_else() -> None:
    server = a_server()
    lena = Laptop(server, "lena")
    lena.say(AddNote(case_id=CASE, text="I think these are one"))
    lena.say(join(server))
    assert [type(verdict) for verdict in lena.send()] == [Done, Done]


@pytest.mark.parametrize("into", [CASE, "no-such"])
def test_that_a_case_is_joined_to_another_one_that_is_there(into: str) -> None:
    server = a_server()
    assert server.hear("lena", join(server, into=into)) == Refused("duplicate-of-what")


def test_that_an_open_case_is_not_joined_to_a_closed_one_without_being_asked() -> None:
    server = Server(*an_active_case(person("amy")), *another_case(status=CaseStatus.CLOSED, closed_by="priya"))
    verdict = server.hear("lena", join(server))
    assert code_of(verdict) == "other-closed-meanwhile"
    assert isinstance(verdict, Late)
    assert verdict.facts["closed_by"] == "priya"


def test_that_two_closed_cases_can_be_joined() -> None:
    both: dict[str, Any] = {
        "status": CaseStatus.CLOSED,
        "closed_by": "priya",
        "closed_reason": "moved",
        "closed_at": NINE,
    }
    server = Server(*an_active_case(person("amy"), **both), *another_case(**both))
    server.done("lena", join(server))
    assert (case_of(server, CASE).closed_reason, case_of(server, CASE).joined_to) == ("moved", OTHER)


@pytest.mark.covers("OC14")
def test_that_joining_the_other_way_round_changes_nothing_and_says_so() -> None:
    server = a_server()
    back = join(server, OTHER, CASE)
    server.done("lena", join(server))
    assert server.hear("lena", join(server)) == Done()
    server.done("lena", back)
    assert (case_of(server, CASE).joined_to, case_of(server, OTHER).joined_to) == (OTHER, "")


@pytest.mark.covers("OC15")
def test_that_a_chain_has_one_end_and_is_never_longer_than_one_hop() -> None:
    server = a_server(*another_case(person("cara"), "third"))
    server.done("lena", join(server))
    server.done("lena", join(server, OTHER, "third"))
    assert case_of(server, CASE).joined_to == case_of(server, OTHER).joined_to == "third"
    assert set(case_of(server, "third").other_numbers) == {"26-00042", "26-other"}
    server.done("amy", AddNote(case_id=CASE, text="Follows twice"))
    assert "Follows twice" in [line.text for line in server.desk.of_case(Activity, "third")]


def test_that_a_case_joined_elsewhere_meanwhile_asks_the_author_whether_all_three_are_one() -> None:
    server = a_server(*another_case(person("cara"), "third"))
    late = join(server, CASE, "third")
    server.done("lena", join(server))
    assert code_of(server.hear("lena", late)) == "joined-meanwhile"
    (kept,) = server.desk.of_case(KeptWork, OTHER)
    server.done("lena", SettleKept(case_id=OTHER, kept_id=kept.id, how="use"))
    assert case_of(server, OTHER).joined_to == "third"


def test_that_even_a_ring_that_came_from_elsewhere_has_an_end() -> None:
    server = Server(*an_active_case(person("amy"), joined_to=OTHER), *another_case(joined_to=CASE))
    assert standing_case(server.desk, case_of(server, CASE)).id == OTHER


@pytest.mark.covers("OC15")
def test_that_the_former_owner_s_words_land_as_theirs_and_say_where_they_were_written() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(AddNote(case_id=CASE, text="Amy's words"))
    amy.say(LogReview(case_id=CASE, text="Amy's review"))
    server.done("lena", join(server))
    amy.send()
    lines = {line.text: line for line in server.desk.of_case(Activity, OTHER)}
    assert lines["Amy's words"].standing == "former_owner"
    assert lines["Amy's words"].facts == {"told_of": "26-00042"}
    assert lines["Amy's review"].kind == "review"


@pytest.mark.covers("OC15", "OC4")
def test_that_an_edit_of_the_client_goes_to_the_client_that_stays_field_by_field() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    changes: dict[str, Any] = {"phone": ("01642 1", "01642 2"), "mobile": ("", "07700 9")}
    amy.say(EditContact(case_id=CASE, contact_id=CLIENT, changes=changes))
    server.done("lena", join(server))
    (verdict,) = amy.send()
    assert isinstance(verdict, Late)
    assert server.desk.one(Contact, OTHER_CLIENT).phone == "01642 2"
    (kept,) = server.desk.of_case(KeptWork, OTHER)
    assert kept.fields == {"mobile": ('""', '"07700 9"', '"07700 1"')}
    server.done("ben", SettleKept(case_id=OTHER, kept_id=kept.id, how="use"))
    assert server.desk.one(Contact, OTHER_CLIENT).mobile == "07700 9"


@pytest.mark.covers("OC15")
@pytest.mark.parametrize(
    "command",
    [
        MoveStep(case_id=CASE, step=("s2", "s3")),
        SetPriority(case_id=CASE, priority=(Priority.NORMAL, Priority.HIGH)),
        ReopenCase(case_id=CASE, reason="Again"),
    ],
)
def test_that_a_decision_about_the_closed_case_waits_to_be_made_about_the_other(command: Any) -> None:
    server = a_server()
    server.done("lena", join(server))
    before = case_of(server, OTHER)
    assert code_of(server.hear("amy", command)) == "joined-meanwhile"
    assert case_of(server, OTHER) == before
    (kept,) = server.desk.of_case(KeptWork, OTHER)
    assert kept.for_id == "ben"
    if not isinstance(command, ReopenCase):
        server.done("ben", SettleKept(case_id=OTHER, kept_id=kept.id, how="use"))
        assert case_of(server, OTHER) != before


def test_that_who_had_no_right_to_decide_gets_none_by_the_joining() -> None:
    server = a_server()
    server.done("lena", join(server))
    assert code_of(server.hear("dan", MoveStep(case_id=CASE, step=("s2", "s3")))) == "owner-only"


def test_that_kept_work_goes_along_and_waits_for_the_owner_of_the_case_that_stays() -> None:
    server = a_server()
    server.done("amy", MoveStep(case_id=CASE, step=("s2", "s3")))
    amy = Laptop(server, "amy")
    amy.say(MoveStep(case_id=CASE, step=("s3", "s4")))
    server.done("lena", MoveStep(case_id=CASE, step=("s3", "s2")))
    amy.send()
    (kept,) = server.desk.kept()
    server.done("lena", join(server))
    moved = server.desk.one(KeptWork, kept.id)
    assert (moved.case_id, kept.case_id) == (OTHER, CASE)
    server.done("lena", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert case_of(server, OTHER).step_id == "s4"


@pytest.mark.parametrize(
    ("mine", "theirs", "stands"),
    [
        (ConsentState.WITHDRAWN, ConsentState.GIVEN, ConsentState.WITHDRAWN),
        (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REFUSED),
        (ConsentState.GIVEN, None, ConsentState.GIVEN),
    ],
)
@pytest.mark.covers("OC21")
def test_that_of_two_answers_about_consent_the_one_that_shares_less_stands(
    mine: ConsentState, theirs: ConsentState | None, stands: ConsentState
) -> None:
    server = a_server()
    for case_id, state in ((CASE, mine), (OTHER, theirs)):
        if state is not None:
            server.desk.put(a_consent(case_id, state))
    server.done("lena", join(server))
    (consent,) = server.desk.of_case(Consent, OTHER)
    assert consent.state is stands
    server.done("amy", WithdrawConsent(case_id=CASE, scope=ConsentScope.PHOTOS, method="verbal"))
    (consent,) = server.desk.of_case(Consent, OTHER)
    assert consent.state is ConsentState.WITHDRAWN


def a_consent(case_id: str, state: ConsentState) -> Consent:
    return Consent(
        id=consent_id(case_id, ConsentScope.PHOTOS),
        case_id=case_id,
        scope=ConsentScope.PHOTOS,
        state=state,
        set_by_cmd="x",
        method="verbal",
        at=NINE,
        by="amy",
    )


def test_that_a_laptop_without_the_case_that_stays_shows_words_on_the_closed_one() -> None:
    server = a_server()
    server.done("lena", join(server))
    amy = Laptop(server, "amy")
    desk = amy.desk
    amy.desk = type(desk)([row for (kind, row_id), row in desk.rows().items() if row_id != OTHER])
    amy.say(AddNote(case_id=CASE, text="Where is it?"))
    assert "Where is it?" in [line.text for line in amy.desk.of_case(Activity, CASE)]
    assert code_of(amy.try_to_say(ReopenCase(case_id=CASE, reason="x"))) == "joined-meanwhile"
    amy.send()
    assert "Where is it?" in [line.text for line in server.desk.of_case(Activity, OTHER)]


def test_that_only_the_closed_case_s_own_client_is_taken_for_the_other_one() -> None:
    server = a_server()
    closed, stays = case_of(server, CASE), case_of(server, OTHER)
    strange = EditContact(case_id=CASE, contact_id="somebody", changes={})
    assert repointed(strange, closed, stays) == msgspec.structs.replace(strange, case_id=OTHER)


def test_that_triage_s_duplicate_is_no_joining() -> None:
    server = Server(*another_case())
    server.desk.put(*an_active_case(WAITING, status=CaseStatus.NEW, step_id="s1", triage_outcome=None))
    command = TriageCase(case_id=CASE, base=server.desk.seen, outcome=TriageOutcome.DUPLICATE, duplicate_of=OTHER)
    server.done("lena", command)
    assert (case_of(server, CASE).duplicate_of, case_of(server, CASE).joined_to) == (OTHER, "")


@pytest.mark.covers("OC14")
def test_that_two_who_only_look_alike_are_told_apart_once_and_on_both_cases() -> None:
    server = a_server()
    server.done("amy", KeepApart(case_id=CASE, other_id=OTHER, reason="Mother and daughter"))
    assert (case_of(server, CASE).apart_from, case_of(server, OTHER).apart_from) == ((OTHER,), (CASE,))
    for case_id in (CASE, OTHER):
        (line,) = server.desk.of_case(Activity, case_id)
        assert line.text == "Mother and daughter"
    assert server.hear("ben", KeepApart(case_id=OTHER, other_id=CASE)) == Done()
    assert code_of(server.hear("amy", KeepApart(case_id=CASE, other_id=CASE))) == "duplicate-of-what"


def test_that_nothing_is_written_on_a_case_that_is_hidden_from_whoever_keeps_them_apart() -> None:
    server = Server(*an_active_case(person("amy")), *another_case(case_id="twin"))
    command = KeepApart(case_id=CASE, other_id="twin", reason="I looked")
    said = envelope(server.desk, command, server.now)
    moment = msgspec.structs.replace(a_moment(server.desk, "amy", said, now=server.now), could_see_named=False)
    assert code_of(judge(server.desk, command, moment)) == "duplicate-of-what"
    assert code_of(server.hear("dan", KeepApart(case_id=CASE, other_id=OTHER))) == "owner-only"


def test_that_a_joining_that_was_used_late_is_not_taken_back_in_part() -> None:
    server = a_server()
    stale = join(server)
    server.done("amy", AddNote(case_id=CASE, text="One thing more"))
    server.hear("lena", stale)
    (kept,) = server.desk.kept()
    settling = server.hear("lena", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert isinstance(settling, Done)
    settled = server.desk.one(KeptWork, kept.id)
    undo = UndoSettling(case_id=CASE, kept_id=kept.id, settling=settled.settled_cmd)
    assert code_of(server.hear("lena", undo)) in ("joined-for-good", "decision-gone")
    assert case_of(server, CASE).joined_to == OTHER


@pytest.mark.covers("OC15")
def test_that_an_edit_of_the_home_goes_to_the_home_that_stays() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(EditProperty(case_id=CASE, property_id=HOME, changes={"access_notes": ("", "Key with number 6")}))
    server.done("lena", join(server))
    amy.send()
    assert server.desk.one(Property, "other-home").access_notes == "Key with number 6"


def test_that_kept_work_of_a_newer_app_goes_along_word_for_word() -> None:
    kept = kept_work(MoveStep(case_id=CASE, step=("s2", "s3")), "ben", said='{"from": "the future"}')
    server = a_server(kept)
    server.done("lena", join(server))
    moved = server.desk.one(KeptWork, "kept")
    assert (moved.case_id, moved.said) == (OTHER, kept.said)


def test_that_an_offer_of_the_closed_case_is_over_and_a_request_to_a_team_goes_along() -> None:
    offer = Offer(id="standing", case_id=CASE, to_id="dan", by="amy", under="first", made_at=NINE, until=NINE.date())
    asked = CaseAssignment(id="asked", case_id=CASE, team_id="grants", reason="Boiler", asked_by="amy", asked_at=NINE)
    seen_by = Contributor(id="c", case_id=CASE, person_id="dan", because="standing", until=NINE + timedelta(days=9))
    server = a_server(offer, asked, seen_by)
    server.done("lena", join(server))
    assert server.desk.one(Offer, "standing").state == "lapsed"
    assert server.desk.one(CaseAssignment, "asked").case_id == OTHER
    assert server.desk.one(Contributor, "c").until < NINE + timedelta(days=1)
