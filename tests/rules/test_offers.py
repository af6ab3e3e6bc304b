"""Offers of a case: made, accepted, declined, taken back, run out; and what comes of answers that came too late."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.answers import Done, Late, Refused
from casework.commands import (
    AcceptOffer,
    AddNote,
    DeclineOffer,
    EditContact,
    FinishTask,
    OfferCase,
    SettleKept,
    WithdrawOffer,
)
from casework.rules.standing_offers import last_day
from casework.values import (
    Activity,
    Contact,
    KeptKind,
    KeptState,
    Offer,
    OfferState,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
)
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    CLIENT,
    NINE,
    WAITING,
    CaseDesk,
    Laptop,
    Server,
    a_closed_case,
    a_task,
    an_active_case,
    give,
    person,
)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


def offer(desk: CaseDesk, to: str, **more: Any) -> OfferCase:
    return OfferCase(case_id=CASE, base=desk.seen, to_id=to, **more)


def offered(server: Server, to: str = "dan", **more: Any) -> str:
    """Amy offers her case; the offer's id."""
    server.done("amy", offer(server.desk, to, reason="You know the family", **more))
    return standing(server).id


def standing(server: Server) -> Offer:
    (found,) = [one for one in server.desk.of_case(Offer, CASE) if one.state is OfferState.OPEN]
    return found


def accept(offer_id: str, *evidence: str) -> AcceptOffer:
    return AcceptOffer(case_id=CASE, offer_id=offer_id, evidence=evidence)


def decline(offer_id: str, reason: str = "Too far for me") -> DeclineOffer:
    return DeclineOffer(case_id=CASE, offer_id=offer_id, reason=reason)


def withdraw(offer_id: str) -> WithdrawOffer:
    return WithdrawOffer(case_id=CASE, offer_id=offer_id)


def code_of(verdict: object) -> str:
    assert isinstance(verdict, Late | Refused), verdict
    return verdict.code


def test_that_an_offered_case_stays_with_its_owner_until_it_is_accepted(server: Server) -> None:
    offer_id = offered(server)
    assert server.desk.case.owner == person("amy")
    assert (server.desk.told("dan"), server.desk.let_in(server.now)) == (["offered-to-you"], {"dan"})
    server.done("dan", accept(offer_id))
    case = server.desk.case
    assert (case.owner, case.owner_epoch, case.owner_by) == (person("dan"), 2, "dan")
    event = server.desk.one(OwnershipEvent, case.owner_cmd)
    assert (event.kind, event.reason) == (OwnerChange.TRANSFER, "You know the family")
    assert server.desk.one(Offer, offer_id).state is OfferState.ACCEPTED
    assert server.desk.told("amy") == ["owner-changed"]
    assert server.desk.let_in(server.now) == set()


def test_that_the_old_owner_s_tasks_go_along_if_the_offer_says_so() -> None:
    server = Server(*an_active_case(person("amy")), a_task("hers", "amy"), a_task("his", "ben"))
    server.done("dan", accept(offered(server, with_tasks=True)))
    assert {name: task.assignee_id for name, task in server.desk.tasks().items()} == {"hers": "dan", "his": "ben"}


def test_that_a_declined_offer_tells_who_offered_and_why(server: Server) -> None:
    offer_id = offered(server)
    assert Laptop(server, "dan").try_to_say(decline(offer_id, " ")) == Refused("reason-needed")
    server.done("dan", decline(offer_id))
    assert server.desk.case.owner == person("amy")
    assert (server.desk.one(Offer, offer_id).state, server.desk.one(Offer, offer_id).answer) == (
        OfferState.DECLINED,
        "Too far for me",
    )
    assert server.desk.told("amy") == ["offer-declined"]
    assert server.desk.let_in(server.now) == set()


def test_that_only_whom_it_was_made_to_answers_an_offer(server: Server) -> None:
    offer_id = offered(server)
    assert server.hear("ben", accept(offer_id)) == Refused("offer-for-another", {"person": "dan"})
    assert server.hear("ben", decline(offer_id)) == Refused("offer-for-another", {"person": "dan"})
    for command in (accept("no-such"), decline("no-such"), withdraw("no-such")):
        assert server.hear("amy", command) == Refused("offer-gone")


@pytest.mark.parametrize(
    ("who", "owner", "code"),
    [
        ("ben", person("amy"), "owner-only"),
        ("amy", WAITING, "owner-only"),
        ("adam", person("amy"), "not-for-admins"),
        ("rhys", person("amy"), "read-only"),
    ],
)
def test_that_an_owner_or_the_office_offers_a_case(who: str, owner: Owner, code: str) -> None:
    server = Server(*an_active_case(owner))
    assert code_of(server.hear(who, offer(server.desk, "dan"))) == code
    server.done("priya", offer(server.desk, "dan"))


@pytest.mark.parametrize(
    ("to", "code"), [("gone", "owner-inactive"), ("rhys", "person-reads-only"), ("x", "owner-inactive")]
)
def test_that_a_case_is_offered_only_to_who_could_own_it(server: Server, to: str, code: str) -> None:
    assert code_of(server.hear("amy", offer(server.desk, to))) == code


def test_that_an_offer_to_the_owner_or_the_same_offer_again_changes_nothing(server: Server) -> None:
    assert server.hear("priya", offer(server.desk, "amy")) == Done()
    offered(server)
    assert server.hear("amy", offer(server.desk, "dan")) == Done()


def test_that_one_offer_stands_at_a_time_and_the_second_waits_for_its_author(server: Server) -> None:
    priya = Laptop(server, "priya")
    first = offered(server)
    priya.say(offer(priya.desk, "cara"))
    (late,) = priya.send()
    assert code_of(late) == "offered-first"
    (card,) = server.desk.kept()
    assert (card.kind, card.for_id, card.facts["to"]) == (KeptKind.PROPOSAL, "priya", "dan")
    assert standing(server).id == first
    server.done("priya", SettleKept(case_id=CASE, kept_id=card.id, how="use"))
    assert standing(server).to_id == "cara"
    assert server.desk.one(Offer, first).state is OfferState.WITHDRAWN
    assert server.desk.let_in(server.now) == {"cara"}
    assert "offer-taken-back" in server.desk.told("dan")


def test_that_an_offer_made_instead_of_the_one_seen_replaces_it(server: Server) -> None:
    first = offered(server)
    server.done("amy", offer(server.desk, "cara", instead_of=first))
    assert standing(server).to_id == "cara"


def test_that_an_offer_of_a_case_that_has_gone_waits_for_its_author(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(offer(amy.desk, "dan"))
    server.given_to("ben")
    (late,) = amy.send()
    assert code_of(late) == "assigned-first"
    assert server.desk.of_case(Offer, CASE) == ()


def test_that_a_closed_case_is_neither_offered_nor_accepted() -> None:
    server = Server(*a_closed_case(person("amy"), by="amy"))
    assert code_of(server.hear("amy", offer(server.desk, "dan"))) == "closed-meanwhile"
    offer_row = Offer(id="o", case_id=CASE, to_id="dan", by="amy", under="first", made_at=NINE, until=NINE.date())
    server.desk.put(offer_row)
    assert code_of(server.hear("dan", accept("o"))) == "closed-meanwhile"


@pytest.mark.covers("OC9")
def test_that_an_offer_accepted_after_it_was_withdrawn_makes_nobody_the_owner(server: Server) -> None:
    offer_id = offered(server)
    dan = Laptop(server, "dan")
    dan.say(AddNote(case_id=CASE, text="Rang her already"))
    dan.say(accept(offer_id))
    server.done("amy", withdraw(offer_id))
    verdicts = dan.send()
    assert [type(verdict) for verdict in verdicts] == [Done, Late]
    assert code_of(verdicts[1]) == "offer-withdrawn"
    assert server.desk.case.owner == person("amy")
    assert server.desk.line("note").by == "dan"
    assert "offer-withdrawn" in server.desk.told("dan")
    (card,) = server.desk.kept()
    assert (card.for_id, card.author_id) == ("amy", "dan")


@pytest.mark.covers("OC9")
def test_that_the_owner_may_hand_over_all_the_same(server: Server) -> None:
    offer_id = offered(server)
    dan = Laptop(server, "dan")
    said = dan.say(accept(offer_id))
    server.done("amy", withdraw(offer_id))
    dan.send()
    server.done("amy", SettleKept(case_id=CASE, kept_id=said.id, how="use"))
    assert server.desk.case.owner == person("dan")
    assert server.desk.one(type(server.desk.kept()[0]), said.id).state is KeptState.USED


def test_that_accepted_work_speaks_for_a_late_wish() -> None:
    server = Server(*an_active_case(person("amy")), a_task("visit", "dan"))
    offer_id = offered(server)
    dan = Laptop(server, "dan")
    visit = dan.say(FinishTask(case_id=CASE, task_id="visit", done_at=NINE))
    note = dan.say(AddNote(case_id=CASE, text="words alone prove nothing"))
    dan.say(accept(offer_id, visit.id, note.id, "no-such"))
    server.done("amy", withdraw(offer_id))
    dan.send()
    (card,) = server.desk.kept()
    assert card.facts["evidence"] == "1"


@pytest.mark.parametrize("days", [3, 4, 30])
def test_that_an_offer_runs_out_by_the_server_s_day_and_not_by_the_laptop_s(server: Server, days: int) -> None:
    offer_id = offered(server)
    assert server.desk.one(Offer, offer_id).until == date(2026, 11, 5)
    dan = Laptop(server, "dan", clock_off=-timedelta(days=60))
    dan.say(accept(offer_id))
    server.now = NINE + timedelta(days=days)
    (verdict,) = dan.send()
    if days == 3:
        assert isinstance(verdict, Done)
        return
    assert code_of(verdict) == "offer-expired"
    assert (server.desk.case.owner, server.desk.one(Offer, offer_id).state) == (person("amy"), OfferState.EXPIRED)


def test_that_an_offer_that_has_run_out_stands_in_nobody_s_way(server: Server) -> None:
    first = offered(server)
    server.now = NINE + timedelta(days=10)
    server.done("amy", offer(server.desk, "cara"))
    assert (standing(server).to_id, server.desk.one(Offer, first).state) == ("cara", OfferState.EXPIRED)


def test_that_working_days_leave_out_the_weekend() -> None:
    assert [last_day(date(2026, 11, day)).day for day in (2, 5, 6, 7, 8)] == [5, 10, 11, 11, 11]


@pytest.mark.parametrize("owner", [person("ben"), BACK_OFFICE])
def test_that_an_offer_lapses_when_the_case_goes_to_somebody_else(server: Server, owner: Owner) -> None:
    offer_id = offered(server)
    dan = Laptop(server, "dan")
    dan.say(accept(offer_id))
    server.done("lena", give(server.desk, owner))
    assert server.desk.one(Offer, offer_id).state is OfferState.LAPSED
    (late,) = dan.send()
    assert code_of(late) == "offer-over"
    assert server.desk.case.owner == owner


def test_that_taking_back_an_accepted_offer_waits_for_who_tried(server: Server) -> None:
    offer_id = offered(server)
    amy = Laptop(server, "amy")
    amy.say(withdraw(offer_id))
    server.done("dan", accept(offer_id))
    (late,) = amy.send()
    assert code_of(late) == "offer-accepted-first"
    (card,) = server.desk.kept()
    assert (card.for_id, server.desk.case.owner) == ("amy", person("dan"))
    assert code_of(server.hear("amy", SettleKept(case_id=CASE, kept_id=card.id, how="use"))) == "owner-only"
    server.done("lena", SettleKept(case_id=CASE, kept_id=card.id, how="use"))
    assert server.desk.case.owner == person("amy")


def test_that_what_is_over_can_be_declined_for_the_record_and_taken_back_for_nothing(server: Server) -> None:
    offer_id = offered(server)
    server.done("amy", withdraw(offer_id))
    assert server.hear("amy", withdraw(offer_id)) == Done()
    server.done("dan", decline(offer_id))
    assert server.desk.one(Offer, offer_id).state is OfferState.WITHDRAWN
    said = [line.facts["what"] for line in server.desk.of_case(Activity, CASE)]
    assert said == ["made", "withdrawn", "declined"]


def test_that_accepting_what_is_mine_already_changes_nothing(server: Server) -> None:
    offer_id = offered(server)
    server.given_to("dan")
    assert server.hear("dan", accept(offer_id)) == Done()


def test_that_an_offer_to_the_office_lets_nobody_in(server: Server) -> None:
    offered(server, to="priya")
    assert server.desk.let_in(server.now) == set()
    assert server.desk.told("priya") == ["offered-to-you"]


def test_that_what_waited_for_the_old_owner_is_the_new_one_s_to_decide(server: Server) -> None:
    server.desk.put(Offer(id="o", case_id=CASE, to_id="ben", by="amy", under="old", made_at=NINE, until=NINE.date()))
    assert code_of(server.hear("ben", accept("o"))) == "offer-over"
    (card,) = server.desk.kept()
    assert (card.for_kind, card.for_id, card.for_owner) == (OwnerKind.PERSON, "amy", True)
    server.given_to("dan")
    leave = SettleKept(case_id=CASE, kept_id=card.id, how="leave")
    assert code_of(server.hear("amy", leave)) == "not-yours-to-decide"
    server.done("dan", leave)


def test_that_a_clash_of_the_owner_s_own_goes_with_the_case(server: Server) -> None:
    amy = Laptop(server, "amy")
    said = amy.say(EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("01642 1", "01642 2")}))
    server.done("priya", EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("01642 1", "01642 3")}))
    amy.send()
    server.given_to("dan")
    mine = SettleKept(case_id=CASE, kept_id=said.id, how="fields", fields={"phone": "01642 2"})
    assert code_of(server.hear("amy", mine)) == "not-yours-to-decide"
    server.done("dan", mine)
    assert server.desk.one(Contact, CLIENT).phone == "01642 2"


@pytest.mark.covers("OC1")
def test_that_a_visit_made_under_a_lost_claim_speaks_for_it() -> None:
    server = Server(*an_active_case(WAITING), a_task("visit", "dan"))
    amy = Laptop(server, "amy")
    claim = amy.say(give(amy.desk, person("amy")))
    amy.say(FinishTask(case_id=CASE, task_id="visit", done_at=NINE))
    amy.say(AddNote(case_id=CASE, text="words alone prove nothing"))
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    (card,) = server.desk.kept()
    assert (card.id, card.code, card.facts["evidence"]) == (claim.id, "claimed-first", "1")
