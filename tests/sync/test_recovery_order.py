"""After a restore laptops come back in any order: what rests on somebody else's words waits until theirs are here."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from casework.answers import Status
from casework.ids import child_id
from casework.values import Activity, Case, KeptWork, Notice, Owner, OwnerKind, Person, Role, Source, Task, TaskStatus
from sync import outbox
from tests.journeys import saying
from tests.journeys.saying import person
from tests.kit_near import Desk, NearWorld, person_id
from tests.sync.alike import require_alike
from tests.sync.paper_kit import LARGE, put, stored

PEOPLE = ("priya", "jo", "ben")


@pytest.fixture
def desks(world: NearWorld) -> dict[str, Desk]:
    return {name: world.desk(name) for name in PEOPLE}


def a_case_from_hand_to_hand(desks: dict[str, Desk]) -> str:
    """Priya opens it for Amy, Jo gives it to Ben, who visits; each writes on it. All of it is accepted."""
    priya, jo, ben = (desks[name] for name in PEOPLE)
    case_id = saying.a_case_of(priya, "amy")
    saying.note(priya, case_id, "priya")
    priya.sync()
    jo.sync()
    saying.note(jo, case_id, "jo")
    saying.give(jo, case_id, person("ben"))
    jo.sync()
    ben.sync()
    task_id = saying.book_visit(ben, case_id, ben.clock.now + timedelta(hours=3))
    saying.note(ben, case_id, "ben")
    saying.finish(ben, case_id, task_id, "the boiler is dead")
    ben.sync()
    return case_id


def outcomes(world: NearWorld) -> dict[str, str]:
    """What became of every command, as the server has it."""
    with world.server.database.reading() as conn:
        return dict(map(tuple, conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all()))


def notes(desk: Desk, case_id: str) -> list[str]:
    return sorted(line.text for line in saying.on_server(desk, Activity, case_id) if line.text)


def come_back(desks: Iterable[Desk], *, rounds: int = 3) -> None:
    """So many rounds of each, in this order."""
    for _ in range(rounds):
        for desk in desks:
            desk.sync()


@pytest.mark.covers("FE1", "OC24", "OC26", "FG4")
@pytest.mark.parametrize("by_the_book", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("order", list(permutations(PEOPLE)), ids="-".join)
def test_that_a_case_opened_after_the_backup_is_as_it_was_whoever_comes_back_first(
    world: NearWorld, desks: dict[str, Desk], order: tuple[str, ...], by_the_book: bool
) -> None:
    backup = world.server.back_up()
    case_id = a_case_from_hand_to_hand(desks)
    before = outcomes(world)
    assert set(before.values()) == {"applied"}
    world.server.restore(backup, by_the_book=by_the_book)
    come_back([desks[name] for name in order])
    assert outcomes(world) == before, "what was accepted is accepted again"
    ben = desks["ben"]
    assert saying.server_case(ben, case_id).owner_id == person_id("ben")
    assert notes(ben, case_id) == ["ben", "jo", "priya", "the boiler is dead"]
    assert saying.on_server(ben, KeptWork, case_id) == ()
    assert {one.person_id for one in saying.on_server(ben, Notice, case_id)} >= {person_id("ben")}
    assert saying.look(ben, Case, case_id) is not None
    for desk in desks.values():
        require_alike(desk)
        assert desk.engine.look().all_sent


@pytest.mark.covers("FE1", "OC24")
@pytest.mark.parametrize("by_the_book", [True, False], ids=["told", "untold"])
def test_that_the_work_of_who_got_a_case_after_the_backup_waits_for_who_gave_it_to_them(
    world: NearWorld, desks: dict[str, Desk], by_the_book: bool
) -> None:
    priya, _, ben = (desks[name] for name in PEOPLE)
    case_id = saying.a_case_of(priya, "amy")
    come_back((priya,), rounds=1)
    backup = world.server.back_up()
    saying.give(priya, case_id, person("ben"))
    come_back((priya, ben), rounds=1)
    task_id = saying.book_visit(ben, case_id, ben.clock.now + timedelta(hours=3))
    saying.finish(ben, case_id, task_id, "done")
    saying.close(ben, case_id)
    ben.sync()
    world.server.restore(backup, by_the_book=by_the_book)
    assert {ack.st for ack in ben.sync().acks} == {Status.HELD}
    assert saying.texts(ben, case_id) == ["done"], "what waits stays on the screen"
    now = ben.engine.look()
    assert (now.unsent, now.held, now.all_sent) == (3, 3, False)
    # what has nothing to wait for does not wait behind it
    other = saying.referral(ben, source=Source.PERSON)
    assert [ack.st for ack in ben.sync().acks if ack.st is not Status.HELD] == [Status.APPLIED]
    assert saying.server_case(ben, other).id == other
    priya.sync()
    assert {ack.st for ack in ben.sync().acks} == {Status.APPLIED}
    assert saying.server_case(ben, case_id).is_closed
    (task,) = (one for one in saying.on_server(ben, Task, case_id) if one.id == task_id)
    assert task.status is TaskStatus.DONE
    assert saying.on_server(ben, KeptWork, case_id) == ()


@pytest.mark.covers("FE1", "OC24")
@pytest.mark.parametrize("by_the_book", [True, False], ids=["told", "untold"])
def test_that_words_that_were_never_sent_wait_for_others_too(
    world: NearWorld, desks: dict[str, Desk], by_the_book: bool
) -> None:
    """Ben had not got round to sending a note on a case that came to him after the backup."""
    priya, _, ben = (desks[name] for name in PEOPLE)
    backup = world.server.back_up()
    case_id = saying.a_case_of(priya, "ben")
    come_back((priya, ben), rounds=1)
    saying.note(ben, case_id, "not sent yet")
    world.server.restore(backup, by_the_book=by_the_book)
    assert {ack.st for ack in ben.sync().acks} == {Status.HELD}
    come_back((priya, ben))
    assert notes(ben, case_id) == ["not sent yet"]
    assert saying.on_server(ben, KeptWork, case_id) == ()


@pytest.mark.covers("FE1")
@pytest.mark.parametrize("how", ["task", "mention"])
def test_that_words_wait_for_those_that_they_answer(world: NearWorld, desks: dict[str, Desk], how: str) -> None:
    """The case has the owner whom the backup knows; what Ben did rests on what Jo wrote in it after that."""
    priya, jo, ben = (desks[name] for name in PEOPLE)
    case_id = saying.a_case_of(priya, "ben" if how == "task" else "amy")
    come_back((priya, jo, ben), rounds=1)
    backup = world.server.back_up()
    if how == "task":
        task_id = saying.book_visit(jo, case_id, jo.clock.now + timedelta(hours=3))
        come_back((jo, ben), rounds=1)
        saying.finish(ben, case_id, task_id, "done")
    else:
        saying.note(jo, case_id, "Can you help here?", "ben")
        come_back((jo, ben), rounds=1)
        saying.note(ben, case_id, "done")
    ben.sync()
    before = outcomes(world)
    assert set(before.values()) == {"applied"}
    world.server.restore(backup)
    come_back((ben, jo, priya))
    assert outcomes(world) == before
    assert "done" in notes(ben, case_id)


@pytest.mark.covers("FE1")
def test_that_a_case_given_to_who_was_added_after_the_backup_waits_until_they_are_added_again(
    world: NearWorld, desks: dict[str, Desk]
) -> None:
    priya, jo, _ = (desks[name] for name in PEOPLE)
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    backup = world.server.back_up()
    nina = Person(id=child_id(case_id, "nina"), username="nina", display_name="Nina Brook", role=Role.ADVISOR)
    world.server.put(nina)
    come_back((jo,), rounds=1)
    saying.give(jo, case_id, Owner(OwnerKind.PERSON, nina.id))
    jo.sync()
    world.server.restore(backup)
    assert {ack.st for ack in jo.sync().acks} == {Status.HELD}
    world.server.put(nina)
    assert {ack.st for ack in jo.sync().acks} == {Status.APPLIED}
    assert saying.server_case(jo, case_id).owner_id == nina.id


@pytest.mark.covers("FE1", "OC24")
@pytest.mark.parametrize("is_told_sent", [True, False], ids=["sent", "not-sent"])
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
def test_that_a_document_on_a_case_that_came_after_the_backup_waits_with_its_words(
    world: NearWorld, desks: dict[str, Desk], tmp_path: Path, content: bytes, is_told_sent: bool
) -> None:
    priya, _, ben = (desks[name] for name in PEOPLE)
    backup = world.server.back_up()
    case_id = saying.a_case_of(priya, "ben")
    come_back((priya, ben), rounds=1)
    put(ben, tmp_path, content, case_id=case_id)
    if is_told_sent:
        ben.sync()
        assert stored(ben, case_id) == [True]
    world.server.restore(backup)
    for path in [*world.server.papers.rglob("*")]:
        if path.is_file():
            path.unlink()
    for _ in range(3):
        ben.sync()
    assert not ben.engine.look().stuck, "nothing is tried for which it is too soon"
    come_back((priya, ben))
    assert stored(ben, case_id) == [True]
    assert saying.on_server(ben, KeptWork, case_id) == ()
    assert ben.engine.look().all_sent


@pytest.mark.covers("FE1")
def test_that_nobody_waits_for_good_for_a_laptop_that_never_comes_back(
    world: NearWorld, desks: dict[str, Desk]
) -> None:
    """After five days what rests on its words is judged without them: kept whole, for a person to decide about."""
    backup = world.server.back_up()
    case_id = a_case_from_hand_to_hand(desks)
    world.server.restore(backup)
    _, jo, ben = (desks[name] for name in PEOPLE)
    come_back((ben, jo), rounds=2)
    waiting = {one.said.id for desk in (jo, ben) for one in desk.look(outbox.waiting)}
    assert waiting
    assert waiting.isdisjoint(outcomes(world))
    world.clock.pass_time(days=5)
    come_back((jo, ben), rounds=2)
    assert waiting <= {one.id for one in saying.on_server(ben, KeptWork, case_id)}
    assert {ben.look(outbox.count), jo.look(outbox.count)} == {0}


@pytest.mark.covers("FE1")
def test_that_who_waits_for_others_is_not_said_to_have_lost_anything(world: NearWorld, desks: dict[str, Desk]) -> None:
    """The receipt of what came before may be gone by now, for a backup has it."""
    priya, _, ben = (desks[name] for name in PEOPLE)
    case_id = saying.a_case_of(priya, "ben")
    come_back((priya, ben), rounds=1)
    saying.note(ben, case_id, "in the backup")
    ben.sync()
    backup = world.server.back_up()
    saying.give(priya, case_id, person("amy"))
    saying.give(priya, case_id, person("ben"))
    come_back((priya, ben), rounds=1)
    saying.note(ben, case_id, "after it")
    ben.sync()
    with ben.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM receipt WHERE json_extract(body, '$.say.text') = 'in the backup'")
    world.server.restore(backup)
    for _ in range(3):
        assert {ack.st for ack in ben.sync().acks} == {Status.HELD}
        ben.clock.pass_time(days=5)
    priya.sync()
    assert {ack.st for ack in ben.sync().acks} == {Status.APPLIED}


@pytest.mark.covers("FE1", "OC24")
def test_that_others_are_waited_for_although_an_earlier_restore_is_long_over(
    world: NearWorld, desks: dict[str, Desk]
) -> None:
    world.server.restore(world.server.back_up())
    come_back(desks.values(), rounds=1)
    world.clock.pass_time(days=30)
    backup = world.server.back_up()
    case_id = a_case_from_hand_to_hand(desks)
    world.server.restore(backup, by_the_book=False)
    come_back([desks[name] for name in ("ben", "jo", "priya")])
    assert notes(desks["ben"], case_id) == ["ben", "jo", "priya", "the boiler is dead"]
    assert saying.on_server(desks["ben"], KeptWork, case_id) == ()


def test_that_nobody_waits_where_the_server_never_went_back(world: NearWorld, desks: dict[str, Desk]) -> None:
    """An ownership that was never known here is no reason to hold anything back in an ordinary week."""
    priya = desks["priya"]
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    saying.note(priya, case_id, "as always")
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE outbox SET body = json_set(body, '$.under', ?)", ("e" * 32,))
    assert [ack.st for ack in priya.sync().acks] == [Status.APPLIED]
