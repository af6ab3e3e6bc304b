"""Taking back what was given away: exactly what was given goes back, and nothing that others did since (OC27)."""

from datetime import timedelta

import pytest

from casework.answers import Status
from casework.commands import ChangeOwner, GoOut, ReassignTask, SettleKept
from casework.ids import new_id
from casework.questions.reassign_preview import UndoPreview, reassign_commands, undo_preview
from casework.values import Owner, OwnerKind, OwnershipEvent, Task
from server.setting_up import WAITING_LIST
from tests.journeys import saying
from tests.journeys.saying import BACK_OFFICE_QUEUE, person
from tests.kit_near import Desk, NearWorld, person_id

WAITING = Owner(OwnerKind.QUEUE, WAITING_LIST)


def give_all(desk: Desk, ids: list[str], owner: Owner, *, with_tasks: bool) -> str:
    """Gives the cases away in one go; returns what they are taken back by."""
    batch = new_id()
    for command in desk.look(lambda conn: reassign_commands(conn, ids, owner, batch=batch, with_tasks=with_tasks)):
        desk.say(command)
    return batch


def undoing(desk: Desk, batch: str) -> UndoPreview:
    return desk.look(lambda conn: undo_preview(conn, batch, undo_batch=new_id(), reason="Undone"))


def take_back(desk: Desk, batch: str) -> UndoPreview:
    plan = undoing(desk, batch)
    for command in plan.commands:
        desk.say(command)
    return plan


def hand_task(desk: Desk, case_id: str, task_id: str, to: str) -> None:
    task = saying.look(desk, Task, task_id)
    assert task is not None
    desk.say(ReassignTask(case_id=case_id, task_id=task_id, assignee=(task.assignee_id, to)))


def assignees(desk: Desk, case_id: str) -> dict[str, str]:
    """{task id: whose it is}, as the server has it."""
    return {task.id: task.assignee_id for task in saying.on_server(desk, Task, case_id)}


def a_shared_case(amy: Desk, priya: Desk, *, unassigned: bool = False) -> tuple[str, str]:
    """A case of Amy's with a visit of hers and one of Ben's; returns its id and that of Ben's task."""
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.book_visit(amy, case_id, amy.clock.now + timedelta(hours=30))
    bens = saying.book_visit(priya, case_id, amy.clock.now + timedelta(hours=50))
    hand_task(priya, case_id, bens, "" if unassigned else person_id("ben"))
    amy.sync()
    priya.sync()
    return case_id, bens


@pytest.mark.covers("OC27")
def test_that_the_tasks_that_went_along_come_back_and_those_that_were_the_new_owner_s_stay(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id, bens = a_shared_case(amy, priya)
    before = assignees(priya, case_id)
    assert set(before.values()) == {person_id("amy"), person_id("ben")}

    batch = give_all(priya, [case_id], person("ben"), with_tasks=True)
    priya.sync()
    assert set(assignees(priya, case_id).values()) == {person_id("ben")}
    take_back(priya, batch)
    assert {ack.st for ack in priya.sync().acks} == {Status.APPLIED}

    assert saying.server_case(priya, case_id).owner == person("amy")
    assert assignees(priya, case_id) == before
    assert {task.id: task.assignee_id for task in saying.on_case(priya, Task, case_id)} == before


@pytest.mark.covers("OC27")
def test_that_a_case_from_a_queue_goes_back_to_it_with_the_tasks_that_lay_there(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id, _ = a_shared_case(amy, priya)
    saying.give(priya, case_id, BACK_OFFICE_QUEUE, with_tasks=True)
    priya.sync()
    before = assignees(priya, case_id)
    assert set(before.values()) == {"", person_id("ben")}

    batch = give_all(priya, [case_id], person("cara"), with_tasks=False)
    priya.sync()
    assert set(assignees(priya, case_id).values()) == {person_id("cara"), person_id("ben")}
    take_back(priya, batch)
    priya.sync()

    assert saying.server_case(priya, case_id).owner == BACK_OFFICE_QUEUE
    assert assignees(priya, case_id) == before


@pytest.mark.covers("OC27")
def test_that_a_case_taken_back_from_a_queue_brings_nobody_a_task_that_was_nobody_s(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id, _ = a_shared_case(amy, priya, unassigned=True)
    before = assignees(priya, case_id)
    assert set(before.values()) == {person_id("amy"), ""}

    batch = give_all(priya, [case_id], WAITING, with_tasks=True)
    priya.sync()
    assert set(assignees(priya, case_id).values()) == {""}
    take_back(priya, batch)
    priya.sync()

    assert assignees(priya, case_id) == before


def given_on_meanwhile(world: NearWorld, priya: Desk) -> tuple[str, str]:
    """A case that Priya gave to Ben and Jo then to Cara, of which Priya has not heard; and Priya's batch."""
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    batch = give_all(priya, [case_id], person("ben"), with_tasks=True)
    priya.sync()
    jo = world.desk("jo")
    jo.sync()
    saying.give(jo, case_id, person("cara"), reason="Ben is ill", with_tasks=False)
    jo.sync()
    return case_id, batch


@pytest.mark.covers("OC27")
def test_that_taking_back_leaves_a_case_with_whoever_got_it_since(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id, batch = given_on_meanwhile(world, priya)
    priya.sync()

    assert undoing(priya, batch) == UndoPreview(commands=(), touched=(case_id,))
    assert saying.server_case(priya, case_id).owner == person("cara")


@pytest.mark.covers("OC27")
def test_that_a_change_which_reaches_the_server_before_the_taking_back_wins(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id, batch = given_on_meanwhile(world, priya)
    before = assignees(priya, case_id)
    take_back(priya, batch)
    report = priya.sync()

    assert [ack.st for ack in report.acks] == [Status.CONFLICT_KEPT]
    assert saying.server_case(priya, case_id).owner == person("cara")
    assert saying.the_case(priya, case_id).owner == person("cara")
    assert assignees(priya, case_id) == before
    assert [card.code for card in saying.kept(priya, case_id)] == ["assigned-first"]


@pytest.mark.covers("OC27")
def test_that_what_is_taken_back_before_it_was_sent_ends_as_it_began(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id, _ = a_shared_case(amy, priya)
    before = assignees(priya, case_id)
    batch = give_all(priya, [case_id], person("cara"), with_tasks=True)
    plan = take_back(priya, batch)
    assert plan.touched == ()
    assert {ack.st for ack in priya.sync().acks} == {Status.APPLIED}

    assert saying.server_case(priya, case_id).owner == person("amy")
    assert assignees(priya, case_id) == before


@pytest.mark.covers("OC27")
def test_that_a_case_somebody_went_out_with_since_is_not_taken_back(world: NearWorld) -> None:
    priya, ben = world.desk("priya"), world.desk("ben")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    batch = give_all(priya, [case_id], person("ben"), with_tasks=True)
    priya.sync()
    ben.sync()
    ben.say(GoOut(case_id=case_id, until=ben.clock.now + timedelta(hours=2)))
    ben.sync()
    priya.sync()
    assert undoing(priya, batch).touched == (case_id,)


@pytest.mark.covers("OC27")
def test_that_a_task_which_was_done_or_handed_on_unseen_stays_where_it_is(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id, _ = a_shared_case(amy, priya)
    batch = give_all(priya, [case_id], person("ben"), with_tasks=True)
    priya.sync()
    (event,) = [one for one in saying.on_server(priya, OwnershipEvent, case_id) if one.batch == batch]
    done, handed = event.task_ids[:2]
    ben.sync()
    saying.finish(ben, case_id, done)
    hand_task(ben, case_id, handed, person_id("cara"))
    ben.sync()
    take_back(priya, batch)
    priya.sync()

    now = assignees(priya, case_id)
    assert saying.server_case(priya, case_id).owner == person("amy")
    assert (now[done], now[handed]) == (person_id("ben"), person_id("cara"))


@pytest.mark.covers("OC27")
def test_that_a_late_taking_back_that_is_used_all_the_same_moves_only_what_the_giving_moved(world: NearWorld) -> None:
    priya, jo, amy = world.desk("priya"), world.desk("jo"), world.desk("amy")
    case_id, bens = a_shared_case(amy, priya)
    batch = give_all(priya, [case_id], person("ben"), with_tasks=True)
    priya.sync()
    jo.sync()
    saying.give(jo, case_id, person("cara"), reason="Ben is ill", with_tasks=False)
    jo.sync()
    take_back(priya, batch)
    priya.sync()
    (card,) = saying.kept(priya, case_id)
    priya.say(SettleKept(case_id=case_id, kept_id=card.id, how="use"))
    priya.sync()

    assert saying.server_case(priya, case_id).owner == person("amy")
    now = assignees(priya, case_id)
    assert now.pop(bens) == person_id("ben")
    assert set(now.values()) == {person_id("amy")}


def test_that_nothing_goes_back_by_a_change_of_another_case(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    one, _ = a_shared_case(amy, priya)
    other, _ = a_shared_case(amy, priya)
    give_all(priya, [other], person("ben"), with_tasks=True)
    priya.sync()
    (plan,) = priya.look(lambda conn: reassign_commands(conn, [one], person("cara"), batch=""))
    event = saying.server_case(priya, other).owner_cmd
    before = assignees(priya, one)
    priya.say(ChangeOwner(case_id=one, base=plan.base, owner=person("cara"), takes_back=event))
    priya.sync()
    assert assignees(priya, one) == before
