"""What every device has applied is dropped from the log; who comes from before it compares cases, and loses nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from casework.answers import Status
from casework.commands import EraseCase
from casework.database import Database
from casework.ids import new_id
from casework.rows import find, of_case
from casework.values import Activity, Case, KeptWork
from casework.wire import Fill, Hello, HelloReply, Pull
from server.app import create_app
from server.config import Config, Misconfigured, read_config
from server.facts import HORIZON, number
from server.horizon import move_horizon
from server.ledger import head_of
from server.parts import Parts, open_parts
from server.tables import case_scope, commit_log, device
from server.tidying import tidy
from tests.kit_server import PASSWORD
from tests.server.kit_central import (
    Central,
    NextDoor,
    SetClock,
    Visitor,
    a_new_case,
    a_note,
    given_to,
    said,
    to_a_queue,
)
from tests.server.test_verify import assert_right, assert_whole


def tidied(parts: Parts) -> int:
    """The horizon after a night."""
    tidy(parts.database, parts.blobs, clock=parts.clock)
    with parts.database.reading() as conn:
        assert conn.execute(select(func.min(commit_log.c.rev))).scalar_one() >= number(conn, HORIZON)
        return number(conn, HORIZON)


def back(visitor: Visitor, clock: SetClock, *, days: int) -> HelloReply:
    """After so many days without a network; the session is over by then."""
    clock.pass_time(days=days)
    visitor.sign_in(PASSWORD)
    return visitor.hello()


def test_that_the_log_is_dropped_below_the_slowest_device_in_use(parts: Parts, timed: Central) -> None:
    amy, ben = timed.visitor("amy"), timed.visitor("ben")
    case = timed.opened(amy)
    amy.sync()
    ben.sync()
    slowest = ben.store.cur[0]
    for _ in range(5):
        amy.say(a_note(case))
        amy.sync()
    ben.pull()
    assert tidied(parts) == slowest
    ben.sync()
    ben.pull()
    amy.pull()
    assert tidied(parts) == ben.store.cur[0] == amy.store.cur[0]
    assert_right(timed)


class Overtaken(Database):
    """A database in which another process does something before this one's first turn to write."""

    first: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        first, self.first = self.first, lambda: None
        first()
        with super().writing() as conn:
            yield conn


def test_that_a_process_that_was_overtaken_says_of_no_log_that_it_is_longer(
    parts: Parts, timed: Central, tmp_path: Path
) -> None:
    amy = timed.visitor("amy")
    amy.sync()
    slow = Overtaken.plain(tmp_path / "server.db")
    case = timed.opened(amy)
    amy.sync()

    def go_further() -> None:
        for _ in range(5):
            amy.say(a_note(case))
        amy.sync()
        amy.pull()
        tidied(parts)

    slow.first = go_further
    move_horizon(slow, clock=parts.clock)
    slow.close()
    with parts.database.reading() as conn:
        assert number(conn, HORIZON) == amy.store.cur[0]


def test_that_a_device_right_at_the_horizon_goes_on_as_ever(parts: Parts, timed: Central) -> None:
    amy = timed.visitor("amy")
    case = timed.opened(amy)
    amy.sync()
    amy.pull()
    assert tidied(parts) == amy.store.cur[0]
    assert amy.hello().pull == "ok"
    jo = timed.visitor("jo")
    jo.say(a_note(case, "Still there."))
    amy.sync()
    assert "Still there." in {row["text"] for row in amy.store.rows["activity"].values()}
    assert_whole(amy)


def test_that_a_device_that_has_never_pulled_and_one_long_gone_hold_nothing_back(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    gone, new, amy = timed.visitor("ben"), timed.visitor("cara"), timed.visitor("amy")
    gone.sync()
    assert new.token
    clock.pass_time(days=181)
    amy.sign_in(PASSWORD)
    timed.opened(amy)
    amy.sync()
    amy.pull()
    assert tidied(parts) == amy.store.cur[0] > gone.store.cur[0]


def test_that_a_quiet_round_writes_no_cursor(parts: Parts, timed: Central) -> None:
    amy = timed.visitor("amy")
    amy.sync()
    amy.pull()
    with parts.database.writing():
        # whoever wrote now would have to wait for this to end
        amy.pull()
    with parts.database.reading() as conn:
        row = conn.execute(select(device.c.cursor).where(device.c.id == amy.device)).one()
    assert row.cursor == amy.store.cur[0]


@pytest.mark.covers("FD1")
def test_that_a_device_200_days_away_brings_nothing_back_and_its_edit_is_kept(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    away, sam, jo = timed.visitor("amy"), timed.visitor("sam"), timed.visitor("jo")
    dead, alive = timed.opened(away), timed.opened(away)
    away.sync()
    offline = [said(a_note(dead, "Nobody was in.")), said(a_note(alive, "Boiler mended."))]
    sam.say(EraseCase(case_id=dead.id, reason="asked_by_client"))
    clock.pass_time(days=199)
    for visitor in (sam, jo):
        visitor.sign_in(PASSWORD)
        visitor.sync()
        visitor.pull()
    assert tidied(parts) > away.store.cur[0]
    assert back(away, clock, days=1).pull == "reconcile"
    acks = away.push(*offline)
    assert [(ack.st, ack.code) for ack in acks] == [(Status.DELETED_KEPT, "case-deleted"), (Status.APPLIED, "")]
    answer = away.send("/v1/pull", Pull(rid=new_id(), cur=away.store.cur, held=away.store.held))
    assert (answer.status, answer.fault.code) == (409, "too-far-back")
    away.reconcile()
    away.sync()
    assert set(away.store.cases) == {alive.id}
    assert_whole(away)
    jo.sign_in(PASSWORD)
    jo.sync()
    for store in (away.store, jo.store):
        assert "Nobody was in." in store.rows["kept_work"][offline[0].id]["said"]
    with timed.database.reading() as conn:
        assert find(conn, Case, dead.id) is None
        assert of_case(conn, Activity, dead.id) == ()


def test_that_facts_from_before_the_horizon_land_on_a_case_that_was_in_reach_then(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    away, priya = timed.visitor("amy"), timed.visitor("priya")
    case = timed.opened(away)
    for name in ("ben", "amy", "ben"):
        priya.say(given_to(timed.case(case.id), name))
    away.sync()
    clock.pass_time(days=200)
    priya.sign_in(PASSWORD)
    priya.sync()
    priya.pull()
    tidied(parts)
    with parts.database.reading() as conn:
        mine = case_scope.c.scope == f"user:{away.id}"
        assert conn.execute(select(func.count()).select_from(case_scope).where(mine)).scalar_one() == 1
    away.sign_in(PASSWORD)
    (ack,) = away.say(a_note(case, "As I found it."))
    assert ack.st is Status.APPLIED


def test_that_a_fill_broken_off_before_the_horizon_begins_anew(parts: Parts, timed: Central, clock: SetClock) -> None:
    away, priya = timed.visitor("amy"), timed.visitor("priya")
    timed.opened(priya)
    first = away.pull(fill=Fill(scopes=away.hello().now), most=1_000)
    clock.pass_time(days=200)
    priya.sign_in(PASSWORD)
    timed.opened(priya)
    priya.sync()
    priya.pull()
    tidied(parts)
    away.sign_in(PASSWORD)
    resumed = Pull(rid=new_id(), cur=first.cur, held=(), fill=Fill(scopes=first.now, after="0" * 32))
    answer = away.send("/v1/pull", resumed)
    assert (answer.status, answer.fault.code) == (409, "too-far-back")
    away.sync()
    assert_whole(away)


def test_that_a_stamp_below_the_horizon_is_believed_only_of_a_device_known_to_this_history(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    away, priya = timed.visitor("amy"), timed.visitor("priya")
    timed.opened(away)
    away.sync()
    away.pull()
    clock.pass_time(days=200)
    priya.sign_in(PASSWORD)
    timed.opened(priya)
    priya.sync()
    priya.pull()
    tidied(parts)
    away.sign_in(PASSWORD)
    stranger = timed.visitor("ben")

    def greeted(visitor: Visitor, epoch: str, *, known: int = 2) -> str:
        hello = Hello(
            rid=new_id(), app="", device=visitor.device, known=(known, "f" * 16), epoch=epoch, clock=clock(), nonce=""
        )
        answer = visitor.send("/v1/hello", hello)
        return "ok" if answer.status == 200 else answer.fault.code

    assert greeted(away, away.epoch) == "ok"
    assert greeted(away, away.epoch, known=away.store.cur[0] + 1) == "diverged", (
        "it was told more than this history has"
    )
    assert greeted(away, "") == "diverged"
    assert greeted(stranger, away.epoch) == "diverged"


@pytest.mark.covers("FC6")
def test_that_no_number_is_given_twice_when_the_log_was_dropped_and_the_server_started_anew(
    parts: Parts, timed: Central, tmp_path: Path
) -> None:
    amy = timed.visitor("amy")
    (ack,) = amy.say(a_new_case())
    amy.sync()
    amy.pull()
    assert tidied(parts) == ack.rev
    parts.close()
    again = open_parts(Config(data=tmp_path), clock=parts.clock)
    try:
        amy.line = NextDoor(create_app(again))
        amy.hello()
        (next_ack,) = amy.say(a_new_case())
        assert next_ack.rev > ack.rev
        with again.database.reading() as conn:
            assert head_of(conn) == (next_ack.rev, next_ack.chain)
    finally:
        again.close()


def test_that_how_long_a_device_counts_is_a_setting() -> None:
    assert timedelta(days=read_config({"DOORSTEP_DEVICE_DAYS": "30"}).device_days) == timedelta(days=30)
    with pytest.raises(Misconfigured):
        read_config({"DOORSTEP_DEVICE_DAYS": "0"})


def test_that_kept_work_of_a_case_out_of_reach_is_not_lost_by_comparing(timed: Central) -> None:
    amy, priya = timed.visitor("amy"), timed.visitor("priya")
    case = timed.waiting()
    priya.say(given_to(case, "ben"))
    late = said(given_to(case, "amy"), under=case.owner_cmd, epoch=case.owner_epoch)
    amy.push(late)
    priya.say(to_a_queue(timed.case(case.id)))
    amy.reconcile()
    assert late.id in amy.store.ids(KeptWork)
