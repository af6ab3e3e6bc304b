"""Queues and people that go, and people who are out on a visit: nothing is left where nobody looks."""

from datetime import timedelta

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import (
    AcceptOffer,
    AddNote,
    ChangeOwner,
    GoOut,
    MoveStep,
    OfferCase,
    PersonLeaves,
    RemoveQueue,
    SeenOwner,
    WithdrawOffer,
)
from casework.rules.access import queues_of
from casework.rules.keeping import keep
from casework.values import (
    Activity,
    Case,
    Contributor,
    Notice,
    Offer,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Person,
    Project,
    Queue,
    Role,
)
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_closed_case,
    a_moment,
    an_active_case,
    envelope,
    give,
    person,
)

REMOVE = RemoveQueue(case_id="", queue_id="back-office")


def code_of(verdict: object) -> str:
    assert isinstance(verdict, Late | Refused), verdict
    return verdict.code


@pytest.mark.covers("OC30")
def test_that_a_removed_queue_s_cases_go_to_the_default_queue_with_event_and_notice() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    server.done("adam", REMOVE)
    case = server.desk.case
    assert (case.owner, case.owner_epoch, case.owner_by) == (WAITING, 2, "adam")
    event = server.desk.one(OwnershipEvent, case.owner_cmd)
    assert (event.kind, event.from_id, event.to_id) == (OwnerChange.QUEUE_REMOVED, "back-office", "waiting")
    assert server.desk.line("owner").facts["how"] == OwnerChange.QUEUE_REMOVED
    told = {notice.person_id: notice.facts for notice in server.desk.all_of(Notice)}
    assert set(told) == {"amy", "ben", "cara"}
    assert told["cara"] == {"queue": "back-office", "to": "waiting", "count": "1"}
    assert not server.desk.one(Queue, "back-office").is_active
    assert server.hear("adam", REMOVE) == Done()


@pytest.mark.covers("OC30")
def test_that_closed_cases_go_along_and_stay_closed() -> None:
    server = Server(*a_closed_case(BACK_OFFICE, by="cara"))
    server.done("adam", REMOVE)
    assert (server.desk.case.owner, server.desk.case.is_closed) == (WAITING, True)


def test_that_a_project_s_own_default_queue_comes_before_its_waiting_list() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    server.desk.put(Queue(id="phone", name="Phone", code="P", member_ids=("dan",)))
    server.desk.put(msgspec.structs.replace(server.desk.one(Project, "warm"), default_queue_id="phone"))
    server.done("adam", REMOVE)
    assert server.desk.case.owner == Owner(OwnerKind.QUEUE, "phone")


def test_that_every_case_has_an_event_of_its_own() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    other = msgspec.structs.replace(server.desk.case, id="other")
    server.desk.put(other)
    server.done("adam", REMOVE)
    first, second = server.desk.case.owner_cmd, server.desk.one(Case, "other").owner_cmd
    assert first != second
    assert [server.desk.one(OwnershipEvent, one).case_id for one in (first, second)] == [CASE, "other"]
    assert len(server.desk.all_of(Activity)) == 2


@pytest.mark.covers("OC30")
def test_that_a_queue_goes_only_where_its_cases_have_somewhere_to_go() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    server.desk.put(msgspec.structs.replace(server.desk.one(Queue, "waiting"), is_active=False))
    assert code_of(server.hear("adam", REMOVE)) == "no-default-queue"
    assert server.desk.one(Queue, "back-office").is_active
    server.desk.put(msgspec.structs.replace(server.desk.case, project_id="no-such"))
    assert code_of(server.hear("adam", REMOVE)) == "no-default-queue"


@pytest.mark.parametrize(
    ("who", "queue", "code"),
    [
        ("priya", "back-office", "for-admins-only"),
        ("lena", "back-office", "for-admins-only"),
        ("amy", "back-office", "for-admins-only"),
        ("rhys", "back-office", "read-only"),
        ("adam", "no-such", "queue-gone"),
        ("adam", "waiting", "queue-is-default"),
    ],
)
def test_that_an_admin_removes_a_queue_that_no_project_depends_on(who: str, queue: str, code: str) -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    assert code_of(server.hear(who, RemoveQueue(case_id="", queue_id=queue))) == code


@pytest.mark.covers("OC30")
def test_that_a_claim_made_before_hearing_of_it_beats_the_move() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    cara = Laptop(server, "cara")
    cara.say(give(cara.desk, person("cara")))
    server.done("adam", REMOVE)
    (verdict,) = cara.send()
    assert isinstance(verdict, Done)
    assert server.desk.case.owner == person("cara")
    assert server.desk.kept() == ()


def test_that_who_never_worked_for_a_removed_queue_cannot_claim_its_cases_by_having_owned_them_once() -> None:
    server = Server(*an_active_case(person("dan")))
    before = server.desk.seen
    server.done("dan", give(server.desk, BACK_OFFICE))
    released = server.desk.seen
    server.done("adam", REMOVE)
    stands = server.desk.seen
    mine = ChangeOwner(case_id=CASE, base=released, owner=person("dan"))
    for base in (released, SeenOwner(BACK_OFFICE, before.owner_cmd), SeenOwner(stands.owner, released.owner_cmd)):
        for under in (before.owner_cmd, released.owner_cmd, stands.owner_cmd):
            said = envelope(server.desk, msgspec.structs.replace(mine, base=base), server.now)
            server.take(msgspec.structs.replace(said, under=under), "dan")
            assert server.desk.seen == stands, (base, under)


def test_that_a_person_s_choice_in_between_is_not_beaten() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    cara = Laptop(server, "cara")
    cara.say(give(cara.desk, person("cara")))
    server.done("adam", REMOVE)
    server.given_to("ben")
    (verdict,) = cara.send()
    assert code_of(verdict) == "claimed-first"
    assert server.desk.case.owner == person("ben")


@pytest.mark.covers("OC10")
def test_that_who_leaves_loses_access_and_queues_and_keeps_the_cases_until_they_are_given_away() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("adam", PersonLeaves(case_id="", person_id="amy"))
    amy = server.desk.one(Person, "amy")
    assert not amy.is_active
    assert queues_of(amy, server.desk.all_of(Queue)) == frozenset()
    assert server.desk.case.owner == person("amy")
    server.done("lena", give(server.desk, person("ben")))
    assert server.desk.line("owner").facts["how"] == OwnerChange.LEAVER
    assert server.hear("adam", PersonLeaves(case_id="", person_id="amy")) == Done()


def test_that_giving_a_leaver_s_case_to_a_queue_says_why_too() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("adam", PersonLeaves(case_id="", person_id="amy"))
    server.done("priya", give(server.desk, BACK_OFFICE))
    assert server.desk.line("owner").facts["how"] == OwnerChange.LEAVER


@pytest.mark.parametrize(
    ("who", "leaver", "code"),
    [
        ("lena", "amy", "for-admins-only"),
        ("amy", "amy", "for-admins-only"),
        ("adam", "no-such", "not-valid"),
        ("adam", "adam", "last-admin"),
    ],
)
def test_that_an_admin_ends_access_and_one_is_always_left(who: str, leaver: str, code: str) -> None:
    server = Server()
    assert code_of(server.hear(who, PersonLeaves(case_id="", person_id=leaver))) == code


@pytest.mark.covers("OC10")
def test_that_what_a_leaver_had_unsent_lands_as_facts_and_their_decisions_wait_for_a_lead() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(AddNote(case_id=CASE, text="She is in hospital until Friday"))
    step = amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    amy.say(ChangeOwner(case_id=CASE, base=amy.desk.seen, owner=BACK_OFFICE))
    server.done("adam", PersonLeaves(case_id="", person_id="amy"))
    server.given_to("ben")
    verdicts = amy.send()
    assert [type(verdict) for verdict in verdicts] == [Done, Late, Late]
    assert (server.desk.line("note").by, server.desk.case.step_id) == ("amy", "s2")
    assert server.desk.case.owner == person("ben")
    assert {(kept.code, kept.for_id) for kept in server.desk.kept()} == {("person-inactive", "lena")}
    assert {"late-change"} <= set(server.desk.told("lena")) & set(server.desk.told("ben"))
    assert step.id in {kept.id for kept in server.desk.kept()}
    assert server.desk.let_in(server.now) == set()


def test_that_a_lead_of_the_leaver_s_own_team_comes_before_any_other() -> None:
    server = Server(*an_active_case(person("ben")))
    server.desk.put(
        Person(id="zoe", username="zoe", display_name="Zoe", role=Role.LEAD, team_ids=("grants",)),
        msgspec.structs.replace(server.desk.one(Person, "dan"), is_active=False),
    )
    server.hear("dan", MoveStep(case_id=CASE, step=("s2", "s3")))
    assert server.desk.kept()[0].for_id == "zoe"


def test_that_where_no_lead_is_left_the_owner_is_asked() -> None:
    server = Server(*an_active_case(person("ben")))
    server.desk.put(msgspec.structs.replace(server.desk.one(Person, "lena"), is_active=False))
    server.hear("gone", MoveStep(case_id=CASE, step=("s2", "s3")))
    assert server.desk.kept()[0].for_id == "ben"


@pytest.mark.parametrize(("days", "lasts"), [(None, 14), (5, 5), (20, 14), (0, None), (-1, None)])
def test_that_being_refused_lets_nobody_stay_longer_than_they_may(days: int | None, lasts: int | None) -> None:
    server = Server(*an_active_case(person("amy")))
    said = envelope(server.desk, AddNote(case_id=CASE, text=" "), server.now)
    moment = a_moment(server.desk, "ben", said, now=server.now)
    until = None if days is None else moment.now + timedelta(days=days)
    moment = msgspec.structs.replace(moment, let_in_until=until)
    rows = keep(server.desk, said, Refused("note-is-empty"), server.desk.case, moment)
    found = [row.until - moment.now for row in rows if isinstance(row, Contributor)]
    assert found == ([] if lasts is None else [timedelta(days=lasts)])


def test_that_a_late_answer_to_an_offer_lets_its_author_see_once_what_became_of_it() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", OfferCase(case_id=CASE, base=server.desk.seen, to_id="ben"))
    (offer,) = server.desk.of_case(Offer, CASE)
    server.done("amy", WithdrawOffer(case_id=CASE, offer_id=offer.id))
    assert server.desk.let_in(server.now) == set()
    accepted = AcceptOffer(case_id=CASE, offer_id=offer.id)
    server.hear("ben", accepted, let_in_until=server.now)
    assert server.desk.let_in(server.now) == {"ben"}
    server.now += timedelta(days=15)
    server.hear("ben", accepted, let_in_until=server.now)
    assert server.desk.let_in(server.now) == set()


def out(hours: float | None) -> GoOut:
    return GoOut(case_id=CASE, until=None if hours is None else NINE + timedelta(hours=hours))


def test_that_being_out_is_a_mark_that_ends_with_the_visit_or_by_one_s_own_word() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", out(7))
    assert (server.desk.case.out_with, server.desk.case.out_until) == ("amy", NINE + timedelta(hours=7))
    assert server.hear("ben", out(None)) == Done()
    server.done("amy", out(None))
    assert (server.desk.case.out_with, server.desk.case.out_until) == ("", None)


def test_that_being_out_locks_nothing() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", out(7))
    server.given_to("ben")
    assert server.desk.case.owner == person("ben")
    assert server.desk.case.out_with == "amy"


def test_that_of_two_who_are_out_the_longer_is_shown() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", out(4))
    assert server.hear("ben", out(3)) == Done()
    server.done("ben", out(5))
    assert server.desk.case.out_with == "ben"


def test_that_a_mark_is_never_long_and_never_in_the_past() -> None:
    server = Server(*an_active_case(person("amy")))
    assert code_of(server.hear("amy", out(30))) == "out-too-long"
    assert server.hear("amy", out(-1)) == Done()
    assert server.desk.case.out_until is None


@pytest.mark.covers("FI17")
def test_that_a_wrong_clock_makes_no_long_mark() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy", clock_off=timedelta(days=3))
    amy.say(GoOut(case_id=CASE, until=NINE + timedelta(days=3, hours=6)))
    amy.send()
    assert server.desk.case.out_until == NINE + timedelta(hours=6)
