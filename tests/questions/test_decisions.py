"""Kept work is shown to whom it waits for, as a story with names, and with what the rules would take as an answer."""

from collections.abc import Callable

import msgspec
import pytest

from casework.commands import (
    AddNote,
    ChangeOwner,
    EditCase,
    EditContact,
    EditProperty,
    MoveStep,
    SeenOwner,
    SettleKept,
)
from casework.questions.case_rows import case_rows
from casework.questions.decisions import MOST_SETTLED, decisions
from casework.questions.one_case import case_sheet
from casework.questions.rail import rail_counts
from casework.questions.sheets import Decisions
from casework.questions.shown_kept import DecisionCard
from casework.values import KeptKind, KeptState, KeptWork, Owner, OwnerKind
from tests.office_kit import NOW, CaseSketch, a_case, a_step, an_id, days_ago
from tests.questions.conftest import Asked

WAITING_LIST = Owner(OwnerKind.QUEUE, an_id("Waiting list"))


def person(name: str) -> Owner:
    return Owner(OwnerKind.PERSON, an_id(name))


def desk_of(asked: Asked, who: str) -> Decisions:
    return asked.ask(who, decisions)


def claimed_late(asked: Asked) -> CaseSketch:
    """Ben claimed it from the waiting list; Amy, who did not know, claimed it later (OC1)."""
    case = a_case("Ann Price", number="25-00007").owned_by("Waiting list").waiting()
    asked.has(case)
    base = SeenOwner(case.case.owner, case.case.owner_cmd)
    asked.happened("ben", ChangeOwner(case_id=case.id, base=base, owner=person("ben")))
    asked.happened(
        "amy", ChangeOwner(case_id=case.id, base=base, owner=person("amy"), reason="I know her"), under=base.owner_cmd
    )
    return case


def phone_clash(asked: Asked, *, owner: str) -> CaseSketch:
    """Priya corrected the phone in the office; Amy had written another one on a visit (OC4)."""
    case = a_case("Ann Price").owned_by(owner).with_client(phone="01")
    asked.has(case)
    for who, new in (("priya", "02"), ("amy", "03")):
        change: dict[str, tuple[object, object]] = {"phone": ("01", new)}
        asked.happened(who, EditContact(case_id=case.id, contact_id=case.contact.id, changes=change))
    return case


@pytest.mark.covers("OC1")
def test_that_a_late_claim_waits_for_its_author_with_the_story_in_names(asked: Asked) -> None:
    claimed_late(asked)
    (card,) = desk_of(asked, "amy").for_me
    assert (card.kind, card.code, card.case_number, card.client) == (
        KeptKind.PROPOSAL,
        "claimed-first",
        "25-00007",
        "Ann Price",
    )
    assert (card.author_name, card.is_mine, card.named["owner"], card.named["seen"]) == (
        "Amy Jones",
        True,
        "Ben Okafor",
        "Waiting list",
    )
    assert card.wish == {"owner": "Amy Jones", "owner_kind": "person", "reason": "I know her"}


@pytest.mark.covers("OC1")
def test_that_the_loser_of_a_claim_may_let_go_but_not_take_it(asked: Asked) -> None:
    claimed_late(asked)
    (card,) = desk_of(asked, "amy").for_me
    assert {"leave", "note"} <= card.may
    assert not {"use", "fields"} & card.may
    (card,) = desk_of(asked, "jo").others
    assert "use" in card.may


@pytest.mark.covers("OC2")
def test_that_a_late_step_move_is_a_proposal_to_the_new_owner(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("amy").at("Assessment")
    asked.has(case)
    base = SeenOwner(case.case.owner, case.case.owner_cmd)
    asked.happened("priya", ChangeOwner(case_id=case.id, base=base, owner=person("ben")))
    asked.happened("priya", MoveStep(case_id=case.id, step=(a_step("Assessment"), a_step("Follow up"))))
    asked.happened(
        "amy", MoveStep(case_id=case.id, step=(a_step("Assessment"), a_step("Survey"))), under=base.owner_cmd
    )
    (card,) = desk_of(asked, "ben").for_me
    assert (card.command, card.author_name, card.waits_for_name) == ("case.step", "Amy Jones", "Ben Okafor")
    assert card.wish == {"step_before": "Assessment", "step": "Survey"}
    assert "use" in card.may
    (mine,) = desk_of(asked, "amy").mine
    assert (mine.for_me, "use" in mine.may, "leave" in mine.may) == (False, False, True)


@pytest.mark.covers("OC4")
def test_that_a_clash_shows_before_mine_and_theirs_and_who_changed_it(asked: Asked) -> None:
    phone_clash(asked, owner="ben")
    (card,) = desk_of(asked, "ben").for_me
    (field,) = card.fields
    assert (field.field, field.before, field.mine, field.theirs, field.stands) == ("phone", "01", "03", "02", "02")
    assert (field.theirs_by_name, field.theirs_at) == ("Priya Shah", NOW)
    assert card.may == {"use", "leave", "note", "fields"}


@pytest.mark.covers("OC4")
def test_that_a_clash_shows_what_stands_by_now(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    change: dict[str, tuple[object, object]] = {"phone": ("02", "04")}
    asked.happened("priya", EditContact(case_id=case.id, contact_id=case.contact.id, changes=change))
    (card,) = desk_of(asked, "ben").for_me
    assert (card.fields[0].theirs, card.fields[0].stands) == ("02", "04")


def test_that_clashes_about_the_case_and_the_home_show_what_stands_too(asked: Asked) -> None:
    case = a_case("Ann Price").owned_by("ben").living_at("1", "", "")
    asked.has(case)
    for who, new in (("priya", "2"), ("amy", "3")):
        asked.happened(who, EditCase(case_id=case.id, changes={"description": ("", new)}))
        address: dict[str, tuple[object, object]] = {"address_1": ("1", new)}
        asked.happened(who, EditProperty(case_id=case.id, property_id=case.home.id, changes=address))
    cards = desk_of(asked, "ben").for_me
    assert sorted((card.command, card.fields[0].field, card.fields[0].stands) for card in cards) == [
        ("case.edit", "description", "2"),
        ("property.edit", "address_1", "2"),
    ]


@pytest.mark.parametrize("happens", [claimed_late, lambda asked: phone_clash(asked, owner="ben")])
@pytest.mark.parametrize("who", ["amy", "ben", "cara", "priya", "jo", "sam"])
def test_that_the_rail_counts_the_decisions_that_wait_for_me(
    asked: Asked, happens: Callable[[Asked], CaseSketch], who: str
) -> None:
    happens(asked)
    assert asked.ask(who, rail_counts).decisions == len(desk_of(asked, who).for_me)


def test_that_a_clash_waits_for_whoever_owns_the_case_by_now(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    asked.has(case.owned_by("cara").case)
    assert [card.for_me for card in desk_of(asked, "cara").for_me] == [True]
    assert desk_of(asked, "ben").for_me == ()


def test_that_a_clash_on_a_case_in_a_queue_waits_for_the_coordinator(asked: Asked) -> None:
    phone_clash(asked, owner="Back office")
    assert len(desk_of(asked, "priya").for_me) == 1
    assert desk_of(asked, "cara").for_me == ()


def test_that_nobody_else_sees_it_as_theirs(asked: Asked) -> None:
    phone_clash(asked, owner="ben")
    cara = desk_of(asked, "cara")
    assert (cara.for_me, cara.mine, cara.others) == ((), (), ())
    assert len(desk_of(asked, "jo").others) == 1


def test_that_refused_words_wait_for_their_author_even_without_a_case(asked: Asked) -> None:
    asked.happened("amy", AddNote(case_id=an_id("gone"), text="She rang about the boiler"))
    (card,) = desk_of(asked, "amy").for_me
    assert (card.kind, card.is_here, card.client, card.code) == (KeptKind.REFUSED, False, "", "case-gone")
    assert card.wish == {"text": "She rang about the boiler"}
    assert card.may == {"leave"}


def test_that_settled_work_shows_who_settled_it_and_is_counted_no_more(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    (card,) = desk_of(asked, "ben").for_me
    asked.happened("ben", SettleKept(case_id=case.id, kept_id=card.id, how="use"))
    desk = desk_of(asked, "ben")
    assert (desk.for_me, asked.ask("ben", rail_counts).decisions) == ((), 0)
    (settled,) = desk.settled
    assert (settled.state, settled.settled_by_name, settled.settled_at, settled.may) == (
        KeptState.USED,
        "Ben Okafor",
        NOW,
        frozenset(),
    )


@pytest.mark.covers("FA13")
def test_that_ones_own_decisions_come_first_and_none_is_out_of_reach_for_thirty_days(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    (card,) = desk_of(asked, "ben").for_me
    kept = [kept_and_settled(card, case, "ben", days) for days in (29, 20, 31)]
    others = [kept_and_settled(card, case, "priya", days / 10) for days in range(30)]
    asked.has(kept, others)
    desk = desk_of(asked, "ben")
    assert (len(desk.settled), desk.settled_more) == (MOST_SETTLED, 32 - MOST_SETTLED)
    assert [one.id for one in desk.settled[:3]] == [kept[1].id, kept[0].id, others[0].id]
    every = asked.ask("ben", decisions, most_settled=2 * MOST_SETTLED)
    assert (len(every.settled), every.settled_more) == (32, 0)


def kept_and_settled(card: DecisionCard, case: CaseSketch, who: str, days: float) -> KeptWork:
    return msgspec.structs.replace(
        _of_a_newer_app(card, case),
        id=an_id(f"kept {who} {days}"),
        state=KeptState.LEFT,
        settled_by=an_id(who),
        settled_at=days_ago(days),
        settled_cmd=an_id(f"settling {who} {days}"),
    )


def test_that_words_of_a_newer_app_are_kept_and_may_be_let_go(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    (card,) = desk_of(asked, "ben").for_me
    asked.has(_of_a_newer_app(card, case))
    (card,) = desk_of(asked, "ben").for_me
    assert (card.say, card.wish, "leave" in card.may, "use" in card.may) == (None, {}, True, False)


def _of_a_newer_app(card: DecisionCard, case: CaseSketch) -> KeptWork:
    kept = KeptWork(
        id=card.id,
        case_id=case.id,
        kind=card.kind,
        code=card.code,
        said='{"say":{"type":"case.dance"}}',
        command="case.dance",
        author_id=card.author_id,
        said_at=card.said_at,
        kept_at=card.kept_at,
        for_kind=card.waits_for_kind,
        for_id=card.waits_for_id,
    )
    return msgspec.structs.replace(kept, rev=9)


def test_that_the_case_and_its_row_say_that_something_is_to_be_decided(asked: Asked) -> None:
    case = phone_clash(asked, owner="ben")
    sheet = asked.ask("ben", case_sheet, case.id)
    assert sheet is not None
    assert [card.code for card in sheet.kept] == ["changed-meanwhile"]
    (row,) = asked.ask("ben", case_rows, [case.id])
    assert row.open_decisions == 1
