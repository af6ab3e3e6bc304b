"""The server keeps each scope's sums with every change, so that a store can be held against them at any time."""

import random

import msgspec
import pytest

from casework.answers import Status
from casework.commands import AddTask, EditContact, EraseCase, FinishTask
from casework.ids import new_id
from casework.rows import find
from casework.values import Case, Person, Queue
from casework.wire import START, Verify, VerifyReply
from server.setting_up import BACK_OFFICE, WAITING_LIST
from server.sums import are_right, stamps_of
from server.tables import case_scope, commit_log
from tests.kit_server import person_id
from tests.server.kit_central import Central, Visitor, a_new_case, a_note, given_to, said, to_a_queue


def assert_right(central: Central) -> None:
    """The sums are those that the cases make, and each case's stamp is that of its last line in the log."""
    with central.database.reading() as conn:
        assert are_right(conn)
        last = {row.case_id: (row.rev, row.chain) for row in conn.execute(commit_log.select().order_by("rev"))}
        seen = conn.execute(case_scope.select().where(case_scope.c.until_rev.is_(None)))
        ids = {row.case_id for row in seen}
        assert stamps_of(conn, ids) == {case_id: last[case_id] for case_id in ids}


def assert_whole(visitor: Visitor) -> None:
    reply = visitor.verify()
    assert (reply.diff, reply.is_late) == ((), False)


def test_that_the_sums_hold_after_every_kind_of_change(central: Central) -> None:
    amy, priya, sam = (central.visitor(name) for name in ("amy", "priya", "sam"))
    mine, waiting = central.opened(amy), central.waiting()
    same_client = central.opened(amy, contact=None, contact_id=mine.contact_id)
    assert_right(central)
    task = AddTask(
        case_id=mine.id, task_id=new_id(), task_type="phone_call", title="Ring", assignee_id=person_id("ben")
    )
    amy.say(
        a_note(mine),
        task,
        EditContact(case_id=same_client.id, contact_id=mine.contact_id, changes={"phone": ("", "0113 496 0000")}),
        FinishTask(case_id=mine.id, task_id=task.task_id, done_at=said(task).at),
        to_a_queue(same_client),
    )
    priya.say(given_to(waiting, "cara"))
    assert_right(central)
    (late,) = central.visitor("ben").push(said(given_to(waiting, "ben"), under=waiting.owner_cmd, epoch=1))
    assert late.st is Status.CONFLICT_KEPT
    assert_right(central)
    sam.say(EraseCase(case_id=mine.id, reason="test_data"))
    with central.database.writing() as conn:
        queue = find(conn, Queue, WAITING_LIST)
        assert queue is not None
        central.journal().write_down(conn, (msgspec.structs.replace(queue, member_ids=()),))
    assert_right(central)


def test_that_a_command_that_breaks_the_server_leaves_the_sums_right(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt, well = central.opened(amy), central.opened(amy)
    with central.database.writing() as conn:
        conn.exec_driver_sql(f"UPDATE case_file SET status = 'spoilt' WHERE id = '{spoilt.id}'")
    acks = amy.say(a_note(well), a_note(spoilt), a_note(well))
    assert [ack.st for ack in acks] == [Status.APPLIED, Status.ERROR_KEPT, Status.APPLIED]
    assert_right(central)


def test_that_stores_that_follow_along_hold_what_they_should(central: Central) -> None:
    """Random changes by several people; each device pulls now and then, in small and large pages."""
    dice = random.Random(11)
    visitors = [central.visitor(name) for name in ("amy", "ben", "cara", "priya", "jo")]
    cases: list[Case] = []
    for _ in range(60):
        visitor = dice.choice(visitors)
        if len(cases) < 4 or dice.random() < 0.2:
            cases.append(central.opened(visitor))
        case = central.case(dice.choice(cases).id)
        moves = (
            a_note(case),
            given_to(case, dice.choice(("amy", "ben", "cara"))),
            to_a_queue(case, dice.choice((WAITING_LIST, BACK_OFFICE))),
        )
        dice.choice(visitors).say(dice.choice(moves))
        if dice.random() < 0.4:
            visitor.sync(most=dice.choice((1_000, 5_000, 1_000_000)))
    for visitor in visitors:
        visitor.sync(most=2_000)
        assert_whole(visitor)
        with central.database.reading() as conn:
            assert visitor.store.stamps == stamps_of(conn, visitor.store.cases)
    assert_right(central)


def test_that_a_case_that_is_missing_or_stale_in_a_store_is_found_by_its_bucket(central: Central) -> None:
    jo = central.visitor("jo")
    cases = [central.opened(jo, client=f"Client {number}") for number in range(8)]
    jo.sync()
    assert_whole(jo)
    lost, stale = cases[2], cases[5]
    jo.store.forget(lost.id)
    jo.store.stamps[stale.id] = (1, "0" * 16)
    assert set(jo.verify().diff) == {"all", f"user:{jo.id}"}
    asked = Verify(rid=new_id(), at=jo.store.cur, buckets={"all": jo.store.buckets("all")})
    reply = jo.ask("/v1/verify", asked, VerifyReply)
    assert reply.diff == ()
    assert set(reply.buckets["all"]) == {lost.id[-2:], stale.id[-2:]}
    listed = jo.reconcile(buckets=reply.buckets["all"])
    assert {lost.id, stale.id} <= {mark.id for mark in listed}
    assert_whole(jo)


def test_that_a_store_that_is_behind_is_told_so_and_nothing_is_compared(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(amy)
    amy.sync()
    amy.say(a_note(case))
    late = amy.verify()
    assert (late.is_late, late.diff) == (True, ())
    amy.sync()
    ben.say(a_new_case())
    assert_whole(amy)


def test_that_nobody_learns_the_sums_of_a_scope_that_is_not_theirs(central: Central) -> None:
    central.owned_by("ben")
    amy = central.visitor("amy")
    amy.sync()
    wrong = {scope: (7, "7" * 16) for scope in ("all", f"user:{person_id('ben')}", f"queue:{BACK_OFFICE}")}
    asked = Verify(rid=new_id(), at=amy.store.cur, sums=wrong, buckets={"all": {"00": (7, "7" * 16)}})
    reply = amy.ask("/v1/verify", asked, VerifyReply)
    assert (reply.diff, reply.buckets) == ((), {})


@pytest.mark.parametrize("at", [(10_000, "0" * 16), (1, "0" * 16)])
def test_that_a_store_of_another_history_is_told_so(central: Central, at: tuple[int, str]) -> None:
    answer = central.visitor("amy").send("/v1/verify", Verify(rid=new_id(), at=at))
    assert (answer.status, answer.fault.code) == (409, "diverged")


def test_that_an_empty_store_may_be_held_against_an_empty_server(central: Central) -> None:
    amy = central.visitor("amy")
    with central.database.reading() as conn:
        assert find(conn, Person, amy.id)
    amy.sync()
    assert amy.store.cur != START
    assert_whole(amy)
