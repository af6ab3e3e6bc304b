"""Many cases given away at once: seen before, done one by one, taken back where nobody touched them (OC27, OC30)."""

from datetime import timedelta

import pytest

from casework.answers import Status
from casework.commands import GoOut, PersonLeaves, RemoveQueue
from casework.ids import new_id
from casework.questions.leaving import LeavingPlan, in_hand, leaving_commands
from casework.questions.reassign_preview import reassign_commands, reassign_preview, undo_preview
from casework.questions.viewer import Viewer
from casework.values import Owner, OwnerChange, OwnerKind, OwnershipEvent, Person, Queue
from server.setting_up import WAITING_LIST
from sync.laptop import Drafts
from tests.journeys import saying
from tests.journeys.saying import BACK_OFFICE_QUEUE, person
from tests.kit_near import Desk, NearWorld, person_id

WAITING = Owner(OwnerKind.QUEUE, WAITING_LIST)


def viewer(desk: Desk) -> Viewer:
    who = saying.look(desk, Person, desk.person_id)
    assert who is not None
    now = desk.clock.now
    return Viewer(person=who, now=now, today=now.date())


def cases_of(desk: Desk, owner: str, count: int) -> list[str]:
    return [saying.a_case_of(desk, owner) for _ in range(count)]


def go_out(desk: Desk, case_id: str, hours: float = 6) -> None:
    desk.say(GoOut(case_id=case_id, until=desk.clock.now + timedelta(hours=hours)))


@pytest.mark.covers("OC27", "S27")
def test_that_a_bulk_change_shows_who_is_out_before_it_is_made_and_can_be_taken_back(world: NearWorld) -> None:
    priya = world.desk("priya")
    ids = cases_of(priya, "amy", 5)
    priya.sync()
    amy = world.desk("amy")
    for case_id in ids[:2]:
        saying.book_visit(amy, case_id, amy.clock.now + timedelta(hours=3))
        go_out(amy, case_id)
    amy.sync()
    priya.sync()

    look = priya.look(lambda conn: reassign_preview(conn, viewer(priya), ids, person("ben")))
    assert {case.id for case in look.out} == set(ids[:2])
    assert {case.out_with for case in look.out} == {"Amy Jones"}
    assert (look.visits, {case.problem for case in look.cases}) == (2, {""})
    gains, loses = look.loads
    assert (gains.name, gains.before, gains.after) == ("Ben Carter", 0, 5)
    assert (loses.name, loses.before, loses.after) == ("Amy Jones", 5, 0)
    assert loses.last_heard is not None

    batch = new_id()
    for command in priya.look(lambda conn: reassign_commands(conn, ids, person("ben"), batch=batch, with_tasks=True)):
        priya.say(command)
    report = priya.sync()
    assert {ack.st for ack in report.acks} == {Status.APPLIED}
    assert {saying.server_case(priya, case_id).owner_id for case_id in ids} == {person_id("ben")}

    ben = world.desk("ben")
    saying.note(ben, ids[4], "Rang, nobody in")
    ben.sync()
    priya.sync()
    back = priya.look(lambda conn: undo_preview(conn, batch, undo_batch=new_id(), reason="Too early"))
    assert back.touched == (ids[4],)
    for command in back.commands:
        priya.say(command)
    priya.sync()
    owners = [saying.server_case(priya, case_id).owner_id for case_id in ids]
    assert owners == [person_id("amy")] * 4 + [person_id("ben")]


@pytest.mark.covers("OC27")
def test_that_one_case_that_has_moved_on_holds_up_none_of_the_others(world: NearWorld) -> None:
    priya, jo = world.desk("priya"), world.desk("jo")
    ids = cases_of(priya, "amy", 3)
    priya.sync()
    jo.sync()
    batch = new_id()
    for command in priya.look(lambda conn: reassign_commands(conn, ids, person("ben"), batch=batch)):
        priya.say(command)
    saying.give(jo, ids[1], person("cara"))
    jo.sync()
    report = priya.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED, Status.CONFLICT_KEPT, Status.APPLIED]
    assert [saying.server_case(priya, case_id).owner for case_id in ids] == [
        person("ben"),
        person("cara"),
        person("ben"),
    ]
    assert [card.code for card in saying.kept(priya, ids[1])] == ["assigned-first"]


def test_that_the_mark_of_a_visit_ends_by_itself(world: NearWorld) -> None:
    priya = world.desk("priya")
    (case_id,) = cases_of(priya, "amy", 1)
    priya.sync()
    amy = world.desk("amy")
    go_out(amy, case_id)
    amy.sync()
    priya.sync()
    look = reassign_preview
    assert len(priya.look(lambda conn: look(conn, viewer(priya), [case_id], person("ben"))).out) == 1
    priya.clock.pass_time(hours=7)
    assert priya.look(lambda conn: look(conn, viewer(priya), [case_id], person("ben"))).out == ()


@pytest.mark.covers("OC30")
def test_that_a_removed_queue_s_cases_are_in_the_default_queue_on_every_laptop(world: NearWorld) -> None:
    priya, sam, cara = world.desk("priya"), world.desk("sam"), world.desk("cara")
    ids = cases_of(priya, "amy", 2)
    for case_id in ids:
        saying.give(priya, case_id, BACK_OFFICE_QUEUE)
    for desk in (priya, sam, cara):
        desk.sync()
    assert saying.the_case(cara, ids[0]).owner == BACK_OFFICE_QUEUE
    sam.say(RemoveQueue(case_id="", queue_id=BACK_OFFICE_QUEUE.id))
    assert saying.the_case(sam, ids[0]).owner == WAITING
    assert [ack.st for ack in sam.sync().acks] == [Status.APPLIED]
    cara.sync()
    priya.sync()

    queue = saying.look(cara, Queue, BACK_OFFICE_QUEUE.id)
    assert queue is not None
    assert not queue.is_active
    for desk in (priya, sam, cara):
        assert {saying.the_case(desk, case_id).owner for case_id in ids} == {WAITING}
    assert saying.notices(cara, "")["queue-removed"].facts["count"] == "2"
    (event,) = [one for one in saying.on_server(cara, OwnershipEvent, ids[0]) if one.kind is OwnerChange.QUEUE_REMOVED]
    assert event.id == saying.server_case(cara, ids[0]).owner_cmd


@pytest.mark.covers("OC30")
def test_that_a_claim_from_offline_beats_the_removal_of_its_queue(world: NearWorld) -> None:
    priya, sam, cara = world.desk("priya"), world.desk("sam"), world.desk("cara")
    (case_id,) = cases_of(priya, "amy", 1)
    saying.give(priya, case_id, BACK_OFFICE_QUEUE)
    for desk in (priya, sam, cara):
        desk.sync()
    saying.claim(cara, case_id)
    sam.say(RemoveQueue(case_id="", queue_id=BACK_OFFICE_QUEUE.id))
    sam.sync()
    report = cara.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    assert saying.the_case(cara, case_id).owner == person("cara")


def test_that_a_leaver_s_plan_is_carried_out_by_ordinary_commands(world: NearWorld) -> None:
    priya = world.desk("priya")
    ids = cases_of(priya, "amy", 2)
    bens = saying.a_case_of(priya, "ben")
    priya.sync()
    amy = world.desk("amy")
    sam = world.desk("sam")
    held = sam.look(lambda conn: in_hand(conn, viewer(sam), person_id("amy")))
    assert held is not None
    assert {case.id for case in held.cases} == set(ids)
    assert {queue.id for queue in held.queues} == {WAITING_LIST}
    tasks = {task.id: person_id("ben") for task in held.tasks}
    plan = LeavingPlan(
        person_id=amy.person_id,
        cases={ids[0]: person("ben"), ids[1]: BACK_OFFICE_QUEUE},
        tasks=tasks,
        reason="Amy has left us",
    )
    for command in sam.look(lambda conn: leaving_commands(conn, held, plan, batch=new_id())):
        sam.say(command)
    report = sam.sync()

    assert {ack.st for ack in report.acks} == {Status.APPLIED}
    assert [saying.server_case(sam, case_id).owner for case_id in ids] == [person("ben"), BACK_OFFICE_QUEUE]
    assert saying.server_case(sam, bens).owner == person("ben")
    kinds = {one.kind for one in saying.on_server(sam, OwnershipEvent, ids[0])}
    assert OwnerChange.LEAVER in kinds
    gone = saying.look(sam, Person, amy.person_id)
    assert gone is not None
    assert not gone.is_active
    assert {task.assignee_id for task in saying.tasks(sam, ids[0]).values()} == {person_id("ben")}


@pytest.mark.covers("OC28")
def test_that_two_laptops_of_one_person_go_by_the_same_rules(world: NearWorld) -> None:
    priya = world.desk("priya")
    (case_id,) = cases_of(priya, "amy", 1)
    priya.sync()
    office, bag = world.desk("amy"), world.desk("amy", number=2)
    saying.note(office, case_id, "From the office")
    saying.move(office, case_id, saying.ASSESSMENT)
    saying.note(bag, case_id, "From the bag")
    saying.move(bag, case_id, saying.ACTION_PLAN)
    saying.describe(bag, case_id, "Boiler condemned")
    office.sync()
    report = bag.sync()
    office.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED, Status.CONFLICT_KEPT, Status.APPLIED]
    assert {"From the office", "From the bag"} <= set(saying.texts(office, case_id)) & set(saying.texts(bag, case_id))
    assert saying.the_case(office, case_id) == saying.the_case(bag, case_id)
    assert saying.the_case(bag, case_id).step_id == saying.ASSESSMENT
    assert [card.code for card in saying.kept(office, case_id)] == ["step-moved"]


@pytest.mark.covers("OC28")
def test_that_what_is_typed_and_not_saved_stays_on_the_laptop_where_it_was_typed(world: NearWorld) -> None:
    priya = world.desk("priya")
    (case_id,) = cases_of(priya, "amy", 1)
    priya.sync()
    office, bag = world.desk("amy"), world.desk("amy", number=2)
    Drafts(office.laptop).keep(f"note/{case_id}", {"text": "half a sent"})
    office.sync()
    bag.sync()
    assert Drafts(bag.laptop).find(f"note/{case_id}") == {}
    assert Drafts(office.laptop).find(f"note/{case_id}") == {"text": "half a sent"}


@pytest.mark.covers("OC28")
def test_that_a_claim_from_one_s_other_laptop_is_no_clash_with_oneself(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.referral(priya)
    priya.sync()
    office, bag = world.desk("amy"), world.desk("amy", number=2)
    saying.claim(office, case_id)
    saying.claim(bag, case_id)
    saying.note(bag, case_id, "Hers already")
    office.sync()
    report = bag.sync()

    assert {ack.st for ack in report.acks} == {Status.APPLIED}
    assert saying.kept(bag, case_id) == []
    assert saying.server_case(bag, case_id).owner_epoch == 2


def test_that_ending_a_person_s_access_is_the_admin_s(world: NearWorld) -> None:
    priya = world.desk("priya")
    assert priya.refused(PersonLeaves(case_id="", person_id=person_id("amy"))).code == "for-admins-only"
