"""A hand-over on one page, what was known when, what a bulk change would do, and what a leaver has in hand."""

from datetime import timedelta
from typing import Any

import pytest

from casework.commands import ChangeOwner, SeenOwner
from casework.questions.brief import HandoverBrief, brief
from casework.questions.known_when import KnownThen, known_when
from casework.questions.leaving import LeavingPlan, in_hand, leaving_commands
from casework.questions.reassign_preview import reassign_commands, reassign_preview, undo_preview
from casework.rows import find
from casework.values import (
    ActivityKind,
    AssignmentStatus,
    Case,
    CaseAssignment,
    Consent,
    ConsentScope,
    ConsentState,
    Offer,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
)
from tests.office_kit import NOW, TODAY, CaseSketch, a_case, a_document, a_line, a_task, an_id, days_ago, done
from tests.questions.conftest import Asked

BEN = Owner(OwnerKind.PERSON, an_id("ben"))


def page_of(asked: Asked, case: CaseSketch, who: str = "ben") -> HandoverBrief:
    page = asked.ask(who, brief, case.id)
    assert page is not None
    return page


def a_request(case: CaseSketch, **more: Any) -> CaseAssignment:
    told: dict[str, Any] = {"team_id": an_id("Home visits"), "reason": "Fit draught strips", "status": "sent", **more}
    told["status"] = AssignmentStatus(told["status"])
    return CaseAssignment(
        id=an_id(f"request {told['status']}"),
        rev=3,
        case_id=case.id,
        asked_by=an_id("amy"),
        asked_at=days_ago(2),
        **told,
    )


def a_consent(case: CaseSketch, **more: Any) -> Consent:
    told: dict[str, Any] = {"scope": ConsentScope.CASE_WORK, "state": ConsentState.GIVEN, **more}
    return Consent(
        id=an_id(f"consent {told['scope']}"),
        rev=3,
        case_id=case.id,
        set_by_cmd=an_id("consent"),
        method="signature",
        at=days_ago(9),
        by=an_id("amy"),
        **told,
    )


def test_that_the_brief_holds_what_a_new_owner_needs_on_one_page(asked: Asked) -> None:
    case = a_case("Mrs Evans").living_at("3 Ffordd Penrhyn", "Wrexham", "LL11 3RU", access_notes="Dog")
    case = case.with_client(mobile="07700 900123", vulnerabilities=("asthma",)).referred(
        {"Reason": "cold"}, flags=(("odd_date", "Born", "31/02"),)
    )
    case = case.so(last_review_at=days_ago(3), last_review_by=an_id("amy"), last_review_text="Waiting for the grant")
    visit = a_task("Home visit", case, type="home_visit", due_in=2, start_at=NOW + timedelta(days=2))
    past = a_task("Old visit", case, type="home_visit", due_in=-2, start_at=days_ago(2))
    ring, over = a_task("Ring the supplier", case, due_in=1), done(a_task("Send pack", case))
    call = a_line("", case, kind=ActivityKind.INTERACTION, facts={"channel": "call", "happened_at": "2025-11-19T10:00"})
    letter = a_document("bill.pdf", case)
    consents = a_consent(case), a_consent(case, scope=ConsentScope.PHOTOS, expires_on=TODAY - timedelta(days=1))
    requests = a_request(case), a_request(case, status="completed"), a_request(case, status="returned")
    asked.has(case, visit, past, ring, over, call, letter, consents, requests)
    page = page_of(asked, case)
    assert (page.client, page.phone, page.owner_name, page.step_name) == (
        "Mrs Evans",
        "07700 900123",
        "Amy Jones",
        "Assessment",
    )
    assert page.review is not None
    assert page.review.text == "Waiting for the grant"
    assert page.last_contact is not None
    assert page.last_contact.facts["channel"] == "call"
    assert page.next_visit is not None
    assert page.next_visit.id == visit.id
    assert [task.id for task in page.promises] == [past.id, ring.id]
    assert (page.risks.vulnerabilities, page.risks.access_notes) == (("asthma",), "Dog")
    assert page.risks.flags == (("odd_date", "Born", "31/02"),)
    assert [(one.scope, one.is_over) for one in page.consents] == [
        (ConsentScope.CASE_WORK, False),
        (ConsentScope.PHOTOS, True),
    ]
    assert [document.name for document in page.documents] == ["bill.pdf"]
    assert {one.status for one in page.assignments} == {AssignmentStatus.SENT, AssignmentStatus.RETURNED}
    assert page.came_by is not None
    assert (page.came_by.by_name, page.missing) == ("Priya Shah", ())


def test_that_the_brief_says_what_is_not_on_file(asked: Asked) -> None:
    case = a_case("Mr Bare")
    asked.has(case)
    assert page_of(asked, case).missing == ("review", "consent", "contact", "next_step")
    assert asked.ask("ben", brief, "no-such") is None


def then(asked: Asked, case: CaseSketch, days: float) -> KnownThen:
    found = asked.ask("priya", known_when, case.id, days_ago(days))
    assert found is not None
    return found


def an_event(case: CaseSketch, to: str, *, ago: float, epoch: int) -> OwnershipEvent:
    return OwnershipEvent(
        id=an_id(f"event {epoch}"),
        rev=9,
        case_id=case.id,
        epoch=epoch,
        kind=OwnerChange.ASSIGN,
        from_kind=OwnerKind.PERSON,
        from_id=an_id("amy"),
        to_kind=OwnerKind.PERSON,
        to_id=an_id(to),
        by=an_id("priya"),
        at=days_ago(ago),
        arrived_at=days_ago(ago),
    )


def test_that_what_the_office_knew_is_told_apart_from_what_was_written_elsewhere(asked: Asked) -> None:
    case = a_case("Mrs Evans")
    early = a_line("Early", case, ago=6)
    carried = a_line("Written on Monday, sent on Thursday", case, ago=5, arrived_at=days_ago(2))
    unsent = a_line("Not sent yet", case, ago=4, arrived_at=None)
    fast = a_line("By a clock a day ahead", case, ago=2.5, arrived_at=days_ago(1), clock_off=86_400)
    asked.has(case, early, carried, unsent, fast, an_event(case, "ben", ago=4, epoch=2))
    monday = then(asked, case, 4.5)
    assert [line.text for line in monday.at_the_office] == ["Early"]
    assert [line.text for line in monday.elsewhere] == ["Written on Monday, sent on Thursday"]
    assert (monday.owner_name, monday.owned_since) == ("Amy Jones", days_ago(9))
    friday = then(asked, case, 3.2)
    assert [line.text for line in friday.elsewhere] == [
        "Written on Monday, sent on Thursday",
        "Not sent yet",
        "By a clock a day ahead",
    ]
    assert (friday.owner, friday.owner_name) == (BEN, "Ben Okafor")
    assert then(asked, case, 30).owner is None
    assert asked.ask("priya", known_when, "no-such", NOW) is None


def test_that_step_and_closing_are_told_by_the_feed_and_lost_values_are_named(asked: Asked) -> None:
    case = a_case("Mrs Evans")
    steps: dict[str, Any] = {
        "kind": ActivityKind.STEP,
        "facts": {"from": an_id("step Waiting list"), "to": an_id("step Assessment")},
    }
    triaged: dict[str, Any] = {
        "kind": ActivityKind.TRIAGED,
        "facts": {"outcome": "supported", "to_step": an_id("step Customer engaged")},
    }
    asked.has(
        case,
        a_line("t", case, ago=8, **triaged),
        a_line("s", case, ago=6, **steps),
        a_line("c", case, ago=4, kind=ActivityKind.CLOSED),
        a_line("r", case, ago=3, kind=ActivityKind.REOPENED),
        a_line(
            "e", case, ago=2, kind=ActivityKind.EDITED, facts={"phone": "", "priority": "high", "priority_before": "n"}
        ),
    )
    assert [(then(asked, case, days).step_name, then(asked, case, days).is_closed) for days in (9, 7, 5, 3.5, 1)] == [
        ("", False),
        ("Customer engaged", False),
        ("Assessment", False),
        ("Assessment", True),
        ("Assessment", False),
    ]
    assert then(asked, case, 3).changed_since == ("phone", "priority")
    assert then(asked, case, 1).changed_since == ()


@pytest.mark.covers("OC27")
def test_that_a_bulk_change_is_shown_before_it_is_made(asked: Asked) -> None:
    out = a_case("Out").so(out_until=NOW + timedelta(hours=2), out_with=an_id("amy"))
    back = a_case("Back").so(out_until=days_ago(1), out_with=an_id("amy"))
    closed = a_case("Closed").closed()
    bens = a_case("Bens").owned_by("ben")
    visit = a_task("Home visit", out, type="home_visit", start_at=NOW + timedelta(days=1))
    asked.has(out, back, closed, bens, visit, a_task("Ring", out, to="cara"), a_line("hm", back, ago=3))
    ids = [one.id for one in (out, back, closed, bens, out)]
    look = asked.ask("priya", reassign_preview, [*ids, "no-such"], BEN)
    assert [(case.client, case.problem) for case in look.cases] == [
        ("Out", ""),
        ("Back", ""),
        ("Closed", "closed-meanwhile"),
        ("Bens", ""),
    ]
    assert [(case.client, case.out_with) for case in look.out] == [("Out", "Amy Jones")]
    assert (look.tasks, look.visits, look.cases[0].owners_tasks) == (2, 1, 1)
    assert [(load.name, load.before, load.after, load.last_heard) for load in look.loads] == [
        ("Ben Okafor", 1, 3, None),
        ("Amy Jones", 2, 0, days_ago(3)),
    ]
    advisor = asked.ask("cara", reassign_preview, [out.id], BEN)
    assert advisor.cases[0].problem == "owner-only"


def test_that_queues_have_no_last_word(asked: Asked) -> None:
    case = a_case("Queued").owned_by("Back office")
    asked.has(case)
    look = asked.ask("priya", reassign_preview, [case.id], BEN)
    assert [(load.name, load.last_heard) for load in look.loads] == [("Ben Okafor", None), ("Back office", None)]


def test_that_only_cases_that_move_get_a_command(asked: Asked) -> None:
    mine, bens = a_case("Mine"), a_case("Bens").owned_by("ben")
    asked.has(mine, bens)
    with asked.store.reading() as conn:
        (command,) = reassign_commands(conn, [mine.id, bens.id, mine.id, "no-such"], BEN, batch="b", reason="Rota")
    base = SeenOwner(mine.case.owner, mine.case.owner_cmd)
    assert command == ChangeOwner(case_id=mine.id, base=base, owner=BEN, reason="Rota", batch="b")


def test_that_what_somebody_touched_since_is_not_taken_back(asked: Asked) -> None:
    kept, moved, noted = a_case("Kept"), a_case("Moved"), a_case("Noted")
    asked.has(kept, moved, noted)
    for case in (kept, moved, noted):
        asked.happened("priya", ChangeOwner(case_id=case.id, base=_seen(asked, case), owner=BEN, batch="b"))
    asked.happened(
        "priya", ChangeOwner(case_id=moved.id, base=_seen(asked, moved), owner=Owner(OwnerKind.PERSON, an_id("cara")))
    )
    asked.has(a_line("Rang", noted, by="ben", ago=0, rev=200))
    with asked.store.reading() as conn:
        look = undo_preview(conn, "b", undo_batch="u", reason="Too early")
    assert [command.case_id for command in look.commands] == [kept.id]
    assert (look.commands[0].owner.id, look.commands[0].batch) == (an_id("amy"), "u")
    assert set(look.touched) == {moved.id, noted.id}


def _seen(asked: Asked, case: CaseSketch) -> SeenOwner:
    with asked.store.reading() as conn:
        stands = find(conn, Case, case.id)
    assert stands is not None
    return SeenOwner(stands.owner, stands.owner_cmd)


def test_that_a_leaver_s_hands_are_looked_into(asked: Asked) -> None:
    mine, closed, bens, offered = a_case("Mine"), a_case("Closed").closed(), a_case("B").owned_by("ben"), a_case("O")
    task = a_task("Ring", bens, to="amy")
    to_amy = Offer(
        id=an_id("offer"),
        rev=2,
        case_id=bens.id,
        to_id=an_id("amy"),
        by=an_id("ben"),
        under="x",
        made_at=NOW,
        until=TODAY,
    )
    asked.has(mine, closed, bens, offered, task, to_amy, a_request(bens, status="accepted", assignee_id=an_id("amy")))
    held = asked.ask("sam", in_hand, an_id("amy"))
    assert held is not None
    assert {case.id for case in held.cases} == {mine.id, offered.id}
    assert [one.id for one in held.tasks] == [task.id]
    assert [queue.name for queue in held.queues] == ["Waiting list"]
    assert ([offer.id for offer in held.offers], len(held.requests)) == ([to_amy.id], 1)
    plan = LeavingPlan(person_id=an_id("amy"), cases={mine.id: BEN}, tasks={task.id: ""}, reason="Left")
    with asked.store.reading() as conn:
        said = leaving_commands(conn, held, plan, batch="b")
    assert [str(command.__struct_config__.tag) for command in said] == [
        "person.leave",
        "case.owner",
        "task.reassign",
        "offer.withdraw",
    ]
    assert asked.ask("sam", in_hand, "nobody") is None
