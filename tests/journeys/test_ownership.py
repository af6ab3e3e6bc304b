"""The ownership clashes of domain.md section 6, with real stores, a real server and nobody's work lost."""

from datetime import timedelta

import pytest

from casework.answers import Status
from casework.commands import AddTask, ChangeOwner, LogReview, SeenOwner, SettleKept
from casework.ids import new_id
from casework.values import (
    Activity,
    ActivityKind,
    CaseStatus,
    Contact,
    KeptKind,
    KeptState,
    OwnershipEvent,
    Person,
    Source,
    Standing,
    Task,
    TaskStatus,
)
from server.setting_up import WAITING_LIST
from tests.journeys import saying
from tests.journeys.saying import ACTION_PLAN, ASSESSMENT, BACK_OFFICE_QUEUE, person
from tests.kit_near import NINE, NearWorld, person_id


@pytest.mark.covers("OC1", "S69", "R15")
def test_that_a_case_claimed_twice_offline_has_one_owner_and_the_other_keeps_everything_else(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.referral(priya)
    for desk in (priya, amy, ben):
        desk.sync()
    saying.claim(amy, case_id)
    saying.note(amy, case_id, "Rang, she is in after four")
    visit = saying.book_visit(amy, case_id, NINE + timedelta(days=2))
    saying.claim(ben, case_id)
    ben.sync()
    amy.sync()
    ben.sync()

    assert saying.server_case(amy, case_id).owner == person("ben")
    assert saying.the_case(amy, case_id).owner == person("ben")
    assert "Rang, she is in after four" in saying.texts(ben, case_id)
    assert saying.tasks(ben, case_id)[visit].assignee_id == ""
    told = saying.notices(amy, case_id)["claimed-first"]
    assert told.facts["owner"] == person_id("ben")
    assert told.facts["since"]
    assert "late-change" in saying.notices(ben, case_id)
    (waiting,) = saying.kept(amy, case_id)
    assert (waiting.kind, waiting.code, waiting.author_id) == (KeptKind.PROPOSAL, "claimed-first", amy.person_id)


@pytest.mark.covers("OC2")
def test_that_a_case_reassigned_during_a_visit_takes_the_facts_and_proposes_the_step_move(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.a_case_of(priya, "amy")
    for desk in (priya, amy, ben):
        desk.sync()
    visit = saying.book_visit(amy, case_id, NINE)
    amy.sync()
    saying.give(priya, case_id, person("ben"), reason="Amy is on leave from Thursday")
    priya.sync()
    saying.finish(amy, case_id, visit, "Radiators cold upstairs")
    saying.note(amy, case_id, "Two children under five")
    saying.move(amy, case_id, ASSESSMENT)
    amy.sync()
    ben.sync()

    assert saying.tasks(ben, case_id)[visit].status is TaskStatus.DONE
    assert "Two children under five" in saying.texts(ben, case_id)
    standings = {line.kind: line.standing for line in saying.on_case(ben, Activity, case_id)}
    assert standings[ActivityKind.TASK_DONE] is Standing.FORMER_OWNER
    assert saying.the_case(ben, case_id).step_id == saying.ENGAGED
    (proposal,) = saying.kept(ben, case_id)
    assert (proposal.code, proposal.for_id) == ("owner-moved", ben.person_id)
    explained = saying.notices(amy, case_id)["owner-changed"]
    assert (explained.by, explained.facts["to"]) == (priya.person_id, ben.person_id)

    ben.say(SettleKept(case_id=case_id, kept_id=proposal.id, how="use"))
    ben.sync()
    left = amy.sync()
    assert saying.server_case(ben, case_id).step_id == ASSESSMENT
    assert left.gone == (case_id,)
    assert saying.notices(amy, case_id)["decision-made"].by == ben.person_id


@pytest.mark.covers("OC2", "FA1", "FF1")
def test_that_a_reassigned_case_leaves_the_laptop_only_after_what_was_written_on_it_was_sent(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.give(priya, case_id, person("ben"))
    priya.sync()
    saying.note(amy, case_id, "Needs a letter in large print")
    report = amy.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    assert report.gone == (case_id,)
    assert saying.texts(amy, case_id) == []
    assert "Needs a letter in large print" in [line.text for line in saying.on_server(amy, Activity, case_id)]
    assert "owner-changed" in saying.notices(amy, case_id)


@pytest.mark.covers("OC3", "S63", "S68")
def test_that_a_description_edited_while_the_case_went_to_a_queue_is_simply_there(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.give(priya, case_id, BACK_OFFICE_QUEUE)
    priya.sync()
    saying.describe(amy, case_id, "Boiler condemned on Tuesday")
    amy.sync()
    priya.sync()

    case = saying.the_case(priya, case_id)
    assert (case.owner, case.description) == (BACK_OFFICE_QUEUE, "Boiler condemned on Tuesday")
    assert saying.kept(priya, case_id) == []


@pytest.mark.covers("OC4", "FA13")
def test_that_a_phone_changed_by_two_keeps_the_first_and_shows_the_owner_both(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.change_phone(priya, case_id, "01248 000111")
    priya.sync()
    saying.change_phone(amy, case_id, "07700 900999", language=("", "Cymraeg"))
    amy.sync()

    contact = saying.look(amy, Contact, saying.the_case(amy, case_id).contact_id)
    assert contact is not None
    assert (contact.phone, contact.language) == ("01248 000111", "Cymraeg")
    (clash,) = saying.kept(amy, case_id)
    assert clash.kind is KeptKind.CLASH
    assert clash.fields == {"phone": (f'"{saying.PHONE}"', '"07700 900999"', '"01248 000111"')}
    assert clash.for_id == amy.person_id

    amy.say(SettleKept(case_id=case_id, kept_id=clash.id, how="fields", fields={"phone": "07700 900999"}))
    amy.sync()
    priya.sync()
    chosen = saying.look(priya, Contact, contact.id)
    assert chosen is not None
    assert chosen.phone == "07700 900999"
    assert saying.kept(priya, case_id)[0].state is KeptState.USED


@pytest.mark.covers("OC5")
def test_that_a_visit_on_a_case_closed_meanwhile_lands_and_the_owner_and_the_closer_are_asked(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.a_case_of(priya, "ben")
    saying.note(priya, case_id, "Please go along", "amy")
    for desk in (priya, amy, ben):
        desk.sync()
    visit = saying.book_visit(amy, case_id, NINE)
    amy.sync()
    priya.sync()
    saying.close(priya, case_id)
    priya.sync()
    saying.finish(amy, case_id, visit, "She was in after all")
    amy.sync()
    ben.sync()
    priya.sync()

    assert saying.server_case(amy, case_id).status is CaseStatus.CLOSED
    done = [line for line in saying.on_case(ben, Activity, case_id) if line.kind is ActivityKind.TASK_DONE]
    assert [line.text for line in done] == ["She was in after all"]
    assert "facts-on-closed" in saying.notices(ben, case_id)
    assert "facts-on-closed" in saying.notices(priya, case_id)


@pytest.mark.covers("OC7")
def test_that_the_second_of_two_coordinators_is_asked_whether_she_still_wants_cara(world: NearWorld) -> None:
    priya, jo = world.desk("priya"), world.desk("jo")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    jo.sync()
    saying.give(priya, case_id, person("ben"))
    saying.give(jo, case_id, person("cara"))
    priya.sync()
    jo.sync()

    assert saying.server_case(jo, case_id).owner == person("ben")
    (card,) = saying.kept(jo, case_id)
    assert (card.code, card.for_id, card.facts["wanted"]) == ("assigned-first", jo.person_id, person_id("cara"))

    jo.say(SettleKept(case_id=case_id, kept_id=card.id, how="use"))
    jo.sync()
    assert saying.server_case(jo, case_id).owner == person("cara")


@pytest.mark.covers("OC8")
def test_that_a_release_that_comes_after_a_new_owner_changes_nothing_and_says_so(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.give(priya, case_id, person("cara"))
    priya.sync()
    saying.note(amy, case_id, "Left a voicemail")
    saying.give(amy, case_id, BACK_OFFICE_QUEUE)
    amy.sync()

    assert saying.server_case(amy, case_id).owner == person("cara")
    assert saying.notices(amy, case_id)["release-came-late"].facts["owner"] == person_id("cara")
    assert "Left a voicemail" in [line.text for line in saying.on_server(amy, Activity, case_id)]


@pytest.mark.covers("OC12", "S105", "R16")
def test_that_a_former_owners_review_is_filed_and_leaves_the_newer_one_standing(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.a_case_of(priya, "amy")
    for desk in (priya, amy, ben):
        desk.sync()
    saying.review(amy, case_id, "Amy at nine")
    saying.give(priya, case_id, person("ben"))
    priya.sync()
    ben.sync()
    ben.clock.pass_time(hours=2)
    saying.review(ben, case_id, "Ben at eleven")
    ben.sync()
    amy.clock.pass_time(hours=3)
    amy.sync()
    ben.sync()

    case = saying.the_case(ben, case_id)
    assert (case.last_review_text, case.last_review_by) == ("Ben at eleven", ben.person_id)
    (filed,) = [line for line in saying.on_case(ben, Activity, case_id) if line.text == "Amy at nine"]
    assert (filed.kind, filed.standing, filed.at.hour) == (ActivityKind.REVIEW, Standing.FORMER_OWNER, 9)


@pytest.mark.covers("OC13")
def test_that_words_of_someone_who_was_not_the_owner_are_refused_as_a_review(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()

    assert priya.refused(LogReview(case_id=case_id, text="Not mine to say")).code == "review-is-the-owners"
    amy.sync()


@pytest.mark.covers("OC22", "FI17")
@pytest.mark.parametrize("days", [-3, 3])
def test_that_a_clock_three_days_wrong_changes_no_outcome_and_is_shown(world: NearWorld, days: int) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.referral(priya)
    for desk in (priya, amy, ben):
        desk.sync()
    amy.clock.pass_time(days=days)
    saying.claim(amy, case_id)
    saying.note(amy, case_id, "By my clock")
    saying.claim(ben, case_id)
    ben.sync()
    amy.sync()
    ben.sync()

    assert saying.server_case(amy, case_id).owner == person("ben")
    (line,) = [line for line in saying.on_case(ben, Activity, case_id) if line.text == "By my clock"]
    assert line.arrived_at is not None
    assert abs(line.clock_off - days * 86_400) < 3_600


@pytest.mark.covers("OC22", "FI17")
@pytest.mark.parametrize("days", [-400, 400])
def test_that_a_wrong_clock_sets_no_due_day_and_no_day_since_when(world: NearWorld, days: int) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.clock.pass_time(days=days)
    amy.sync()
    opened_id = saying.referral(amy, last_name="Doorstep", source=Source.PERSON)
    saying.move(amy, case_id, saying.ASSESSMENT)
    saying.review(amy, case_id, "All well")
    amy.sync()

    today = world.clock.now
    case, opened = saying.server_case(amy, case_id), saying.server_case(amy, opened_id)
    assert case.last_review_at is not None
    for when in (case.step_since, opened.step_since, case.last_review_at):
        assert abs(when - today) < timedelta(hours=1)
    due = [task.due_on for task in saying.on_server(amy, Task, case_id) if task.step_id == saying.ASSESSMENT]
    assert due
    for day in due:
        assert day is not None
        assert 0 <= (day - today.date()).days <= 30
    assert saying.the_case(amy, case_id) == case, "the laptop shows it so too"


@pytest.mark.covers("OC23", "FB1")
def test_that_words_whose_answer_was_lost_take_effect_once(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.note(amy, case_id, "Only once, please")
    for _ in range(5):
        amy.say_hello_and_lose_the_answer_to_a_push()
    report = amy.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    assert saying.texts(priya, case_id).count("Only once, please") == 0
    priya.sync()
    assert saying.texts(priya, case_id).count("Only once, please") == 1


@pytest.mark.covers("OC25")
def test_that_one_refused_change_is_kept_with_its_words_and_all_others_go_on(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.note(amy, case_id, "Before")
    refused = AddTask(
        case_id=case_id, task_id=new_id(), task_type="phone_call", title="Ring", assignee_id=person_id("cara")
    )
    amy.say(refused)
    saying.note(amy, case_id, "After")
    world.disable("cara")
    report = amy.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED, Status.REFUSED_KEPT, Status.APPLIED]
    assert {"Before", "After"} <= set(saying.texts(amy, case_id))
    (card,) = saying.kept(amy, case_id)
    assert (card.code, card.author_id, card.kind) == ("assignee-inactive", amy.person_id, KeptKind.REFUSED)

    amy.say(SettleKept(case_id=case_id, kept_id=card.id, how="note"))
    amy.sync()
    assert saying.kept(amy, case_id)[0].state is KeptState.NOTED
    assert any("Ring" in text for text in saying.texts(amy, case_id))


@pytest.mark.covers("S61", "S14", "R1")
def test_that_an_imported_case_belongs_to_the_waiting_list(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.referral(priya)
    priya.sync()

    assert saying.the_case(priya, case_id).owner.id == WAITING_LIST
    assert saying.the_case(priya, case_id).number == "26-00001"


def test_that_every_change_of_owner_has_its_cause_and_its_number(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.give(amy, case_id, BACK_OFFICE_QUEUE)
    amy.sync()
    priya.sync()
    saying.give(priya, case_id, person("cara"))
    priya.sync()

    story = saying.on_server(priya, OwnershipEvent, case_id)
    case = saying.server_case(priya, case_id)
    assert [event.epoch for event in story] == [1, 2, 3, 4]
    assert (case.owner_epoch, case.owner_cmd) == (4, story[-1].id)
    assert [event.to_id for event in story][-1] == case.owner_id


@pytest.mark.covers("S26")
def test_that_an_owner_who_left_cannot_be_chosen(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    world.disable("cara")
    priya.sync()
    case = saying.the_case(priya, case_id)

    wish = ChangeOwner(case_id=case_id, base=SeenOwner(case.owner, case.owner_cmd), owner=person("cara"))
    assert priya.refused(wish).code == "owner-inactive"
    cara = saying.look(priya, Person, person_id("cara"))
    assert cara is not None
    assert not cara.is_active


def test_that_a_step_moved_by_two_stays_where_the_first_put_it(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.move(priya, case_id, ACTION_PLAN)
    priya.sync()
    saying.move(amy, case_id, ASSESSMENT)
    amy.sync()

    assert saying.server_case(amy, case_id).step_id == ACTION_PLAN
    (proposal,) = saying.kept(amy, case_id)
    assert (proposal.code, proposal.for_id) == ("step-moved", amy.person_id)
