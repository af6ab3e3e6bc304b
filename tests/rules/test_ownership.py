"""Who owns a case, and what comes of two people who changed it unseen by each other."""

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import AddNote, AddTask, ChangeOwner, CloseCase, MoveStep, ReassignTask, SeenOwner, SettleKept
from casework.values import Owner, OwnerChange, OwnerKind, OwnershipEvent, TaskStatus
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    WAITING,
    Laptop,
    Server,
    a_case,
    a_closed_case,
    a_task,
    an_active_case,
    give,
    person,
)


@pytest.mark.covers("S11", "S26", "S67", "R14")
def test_that_a_lead_gives_a_case_to_a_person_one_epoch_on() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("lena", give(server.desk, person("ben"), reason="Amy is full"))
    case = server.desk.case
    assert (case.owner, case.owner_epoch, case.owner_by) == (person("ben"), 2, "lena")
    event = server.desk.one(OwnershipEvent, case.owner_cmd)
    assert (event.epoch, event.kind, event.reason) == (2, OwnerChange.ASSIGN, "Amy is full")
    assert (event.from_id, event.to_id, event.by) == ("amy", "ben", "lena")
    assert server.desk.line("owner").text == "Amy is full"
    assert server.desk.told("ben") == ["given-to-you"]
    assert server.desk.told("amy") == ["owner-changed"]
    assert server.desk.told("lena") == []


@pytest.mark.covers("S63", "S65", "S68")
def test_that_an_owner_hands_their_case_to_a_queue() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", give(server.desk, BACK_OFFICE))
    assert server.desk.case.owner == BACK_OFFICE
    assert server.desk.line("owner").facts["how"] == OwnerChange.RELEASE


def test_that_the_office_moves_a_case_into_a_queue() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("priya", give(server.desk, BACK_OFFICE))
    assert server.desk.line("owner").facts["how"] == OwnerChange.QUEUE_MOVE
    assert server.desk.told("amy") == ["owner-changed"]


@pytest.mark.covers("S69", "S70", "R15")
def test_that_a_queue_s_member_picks_a_case_up_with_the_tasks_that_were_nobody_s() -> None:
    tasks = a_task("loose", ""), a_task("held", "dan"), a_task("over", "", status=TaskStatus.CANCELLED)
    server = Server(*an_active_case(BACK_OFFICE), *tasks)
    server.done("cara", give(server.desk, person("cara")))
    assert server.desk.line("owner").facts["how"] == OwnerChange.CLAIM
    assert {name: task.assignee_id for name, task in server.desk.tasks().items()} == {
        "loose": "cara", "held": "dan", "over": "",
    }  # fmt: skip


def test_that_nobody_claims_from_a_queue_that_is_not_theirs() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    verdict = server.hear("amy", give(server.desk, person("amy")))
    assert isinstance(verdict, Refused)
    assert verdict.code == "owner-only"


@pytest.mark.covers("S4", "S28")
def test_that_tasks_stay_with_their_assignee_when_the_owner_changes() -> None:
    server = Server(*an_active_case(person("amy")), a_task(assignee="amy"))
    server.given_to("ben")
    assert server.desk.tasks()["visit"].assignee_id == "amy"


@pytest.mark.covers("S70")
@pytest.mark.parametrize(("owner", "assignee"), [(person("ben"), "ben"), (BACK_OFFICE, "")])
def test_that_the_owner_s_tasks_go_along_if_the_mover_says_so(owner: Owner, assignee: str) -> None:
    server = Server(*an_active_case(person("amy")), a_task("hers", "amy"), a_task("his", "dan"))
    server.done("lena", give(server.desk, owner, with_tasks=True))
    assert server.desk.tasks()["hers"].assignee_id == assignee
    assert server.desk.tasks()["his"].assignee_id == "dan"


@pytest.mark.covers("R4", "S10")
@pytest.mark.parametrize(
    ("owner", "code"),
    [
        (person("gone"), "owner-inactive"),
        (person("nobody"), "owner-inactive"),
        (person("rhys"), "person-reads-only"),
        (Owner(OwnerKind.QUEUE, "old-queue"), "queue-gone"),
        (Owner(OwnerKind.QUEUE, "no-such"), "queue-gone"),
    ],
)
def test_that_only_people_and_queues_at_work_can_own(owner: Owner, code: str) -> None:
    server = Server(*an_active_case(person("amy")))
    verdict = server.hear("lena", give(server.desk, owner))
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_that_an_advisor_gives_their_case_to_no_person() -> None:
    server = Server(*an_active_case(person("amy")))
    assert server.hear("amy", give(server.desk, person("ben"))) == Refused("assign-is-for-office")


def test_that_taking_over_from_a_person_is_the_office_s_and_needs_a_reason() -> None:
    server = Server(*an_active_case(person("amy")))
    assert isinstance(server.hear("ben", give(server.desk, person("ben"))), Refused)
    assert server.hear("lena", give(server.desk, person("lena"), reason=" ")) == Refused("reason-needed")
    server.done("lena", give(server.desk, person("lena"), reason="Amy is ill"))
    assert server.desk.line("owner").facts["how"] == OwnerChange.TAKEOVER


def test_that_naming_the_present_owner_changes_nothing_even_if_seen_late() -> None:
    server = Server(*a_case())
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    server.given_to("amy")
    before = server.desk.rows()
    assert amy.send() == [Done()]
    assert server.desk.rows() == before


def test_that_after_a_claim_that_was_so_already_the_owner_s_words_count_as_the_owner_s() -> None:
    server = Server(*an_active_case(WAITING), a_task("loose", ""))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(AddTask(case_id=CASE, task_id="mine", task_type="phone_call", title="Ring", assignee_id="amy"))
    amy.say(ReassignTask(case_id=CASE, task_id="loose", assignee=("amy", "")))
    amy.say(ReassignTask(case_id=CASE, task_id="loose", assignee=("", "amy")))
    amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    amy.say(give(amy.desk, BACK_OFFICE))
    server.given_to("amy")
    assert [type(verdict) for verdict in amy.send()] == [Done] * 6
    assert server.desk.tasks()["mine"].assignee_id == "amy"
    assert server.desk.case.owner == BACK_OFFICE


@pytest.mark.covers("OC1", "S69")
def test_that_of_two_who_claim_unseen_the_first_to_reach_the_server_owns_the_case() -> None:
    server = Server(*an_active_case(WAITING))
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(give(amy.desk, person("amy")))
    amy.say(AddNote(case_id=CASE, text="rang her"))
    amy.say(AddTask(case_id=CASE, task_id="visit", task_type="home_visit", title="Home visit", assignee_id="amy"))
    ben.say(give(ben.desk, person("ben")))
    assert [type(one) for one in ben.send()] == [Done]
    claim, note, visit = amy.send()
    assert isinstance(claim, Late)
    assert (claim.code, claim.facts["owner"]) == ("claimed-first", "ben")
    assert isinstance(note, Done)
    assert isinstance(visit, Done)
    assert server.desk.case.owner == person("ben")
    assert server.desk.case.owner_epoch == 2
    assert server.desk.tasks()["visit"].assignee_id == ""
    assert server.desk.line("note").text == "rang her"
    assert server.desk.told("amy") == ["claimed-first"]
    assert server.desk.told("ben") == ["late-change"]
    assert server.desk.let_in(server.now) == {"amy"}


@pytest.mark.covers("OC1")
def test_that_a_task_taken_under_a_lost_claim_is_asked_of_the_owner() -> None:
    server = Server(*an_active_case(WAITING), a_task("loose", ""))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(ReassignTask(case_id=CASE, task_id="loose", assignee=("amy", "")))
    amy.say(ReassignTask(case_id=CASE, task_id="loose", assignee=("", "amy")))
    server.done("ben", give(server.desk, person("ben")))
    *_, mine = amy.send()
    assert isinstance(mine, Late)
    assert (mine.code, mine.waits_for) == ("owner-moved", person("ben"))
    assert server.desk.tasks()["loose"].assignee_id != "amy"


@pytest.mark.covers("OC7")
def test_that_the_second_of_two_assignments_waits_for_its_own_author() -> None:
    server = Server(*a_case())
    priya = Laptop(server, "priya")
    priya.say(give(priya.desk, person("cara")))
    server.done("quinn", give(server.desk, person("ben")))
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("assigned-first", person("priya"))
    assert (late.facts["owner"], late.facts["by"], late.facts["wanted"]) == ("ben", "quinn", "cara")
    assert server.desk.case.owner == person("ben")
    assert server.desk.told("priya") == ["assigned-first"]
    assert "late-change" in server.desk.told("quinn")
    (kept,) = server.desk.kept()
    server.done("priya", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.owner == person("cara")


def test_that_a_late_move_into_a_queue_by_the_office_is_no_release() -> None:
    server = Server(*an_active_case(person("amy")))
    priya = Laptop(server, "priya")
    priya.say(give(priya.desk, BACK_OFFICE))
    server.given_to("ben")
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert late.code == "assigned-first"


def test_that_a_late_takeover_is_told_as_one() -> None:
    server = Server(*an_active_case(person("amy")))
    priya = Laptop(server, "priya")
    priya.say(give(priya.desk, person("priya")))
    server.given_to("ben")
    (late,) = priya.send()
    assert isinstance(late, Late)
    assert late.code == "takeover-came-late"
    (kept,) = server.desk.kept()
    server.done("priya", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert server.desk.case.owner == person("priya")


@pytest.mark.covers("OC8")
def test_that_a_release_after_the_case_was_given_away_is_passed_over_and_its_author_told() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(AddNote(case_id=CASE, text="last call"))
    amy.say(give(amy.desk, BACK_OFFICE))
    server.given_to("cara")
    note, late = amy.send()
    assert isinstance(note, Done)
    assert isinstance(late, Late)
    assert late.code == "release-came-late"
    assert server.desk.case.owner == person("cara")
    assert server.desk.told("amy") == ["owner-changed", "release-came-late"] or set(server.desk.told("amy")) == {
        "owner-changed", "release-came-late",
    }  # fmt: skip
    (kept,) = server.desk.kept()
    refused = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert isinstance(refused, Refused)
    assert refused.code == "owner-only"
    assert server.desk.case.owner == person("cara")


def test_that_a_release_from_an_ownership_since_lost_and_regained_does_not_count() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, BACK_OFFICE))
    server.given_to("ben")
    server.given_to("amy")
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert server.desk.case.owner == person("amy")


def test_that_a_forged_sight_of_an_older_owner_gives_no_right() -> None:
    server = Server(*an_active_case(person("amy")))
    forged = ChangeOwner(case_id=CASE, base=SeenOwner(WAITING, "never-was"), owner=person("ben"))
    verdict = server.hear("ben", forged)
    assert isinstance(verdict, Refused)
    assert verdict.code == "owner-only"


def test_that_an_advisor_does_not_take_from_a_person_by_claiming_to_have_seen_a_queue() -> None:
    server = Server(*an_active_case(WAITING))
    ben = Laptop(server, "ben")
    said = ben.say(give(ben.desk, person("ben")))
    server.given_to("amy")
    forged = msgspec.structs.replace(said, say=give(server.desk, person("ben")))
    assert server.take(forged, "ben") == Refused("takeover-is-for-leads")


def test_that_the_owner_of_a_closed_case_changes_once_it_is_open() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    verdict = server.hear("lena", give(server.desk, person("ben")))
    assert isinstance(verdict, Late)
    assert verdict.code == "closed-meanwhile"
    assert server.desk.case.owner == person("amy")


@pytest.mark.covers("OC1", "OC2")
def test_that_every_change_of_owner_has_its_event_and_one_owner_stands() -> None:
    server = Server(*an_active_case(WAITING))
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(give(amy.desk, person("amy")))
    ben.say(give(ben.desk, person("ben")))
    amy.send()
    ben.send()
    server.given_to("cara")
    events = sorted(server.desk.of_case(OwnershipEvent, CASE), key=lambda event: event.epoch)
    assert [(event.epoch, event.to_id) for event in events] == [(1, "waiting"), (2, "amy"), (3, "cara")]
    assert server.desk.case.owner_epoch == 3
    assert server.desk.case.owner_cmd == events[-1].id


@pytest.mark.covers("OC2")
def test_that_a_former_owner_s_closing_waits_for_the_present_one() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(CloseCase(case_id=CASE, base=amy.desk.seen, reason="advice_completed"))
    server.given_to("ben")
    (late,) = amy.send()
    assert isinstance(late, Late)
    assert (late.code, late.waits_for) == ("owner-moved", person("ben"))
    assert not server.desk.case.is_closed
