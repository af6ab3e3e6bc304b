"""Who waits hears of what changes in their reach within moments, and of nothing else; waiting holds no thread."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from casework.ids import new_id
from casework.rows import find
from casework.values import Queue
from casework.wire import News, NewsReply
from server.app import create_app
from server.config import Config
from server.facts import HORIZON, set_fact
from server.parts import Parts, open_parts
from server.setting_up import WAITING_LIST
from tests.kit_server import PASSWORD, PEOPLE, running_server
from tests.kit_waiting import until
from tests.server.kit_central import Central, NextDoor, OverHttp, Visitor, a_new_case, a_note, given_to, said


def wait(visitor: Visitor, seconds: int = 20) -> bool:
    """Waits for news after the visitor's own cursor."""
    return visitor.ask("/v1/news", News(rid=new_id(), cur=visitor.store.cur, wait=seconds), NewsReply).is_news


def woken_by(visitor: Visitor, act: Callable[[], object]) -> float:
    """Seconds from an act until a device that waits has heard of it."""
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[bool] = pool.submit(wait, visitor)
        began = time.monotonic()
        act()
        assert waiting.result()
        return time.monotonic() - began


def test_that_a_change_in_reach_is_heard_of_within_two_seconds(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy)
    amy.sync()
    assert woken_by(amy, lambda: jo.say(a_note(case))) < 2
    amy.sync()
    assert not wait(amy, 0)


def test_that_a_case_that_is_given_or_taken_away_is_news(central: Central) -> None:
    priya, amy = central.visitor("priya"), central.visitor("amy")
    case = central.opened(priya)
    amy.sync()
    assert woken_by(amy, lambda: priya.say(given_to(case, "amy"))) < 2
    amy.sync()
    assert woken_by(amy, lambda: priya.say(given_to(central.case(case.id), "ben"))) < 2


def test_that_what_is_out_of_reach_is_no_news(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(ben)
    amy.sync()
    ben.say(a_note(case), a_new_case())
    assert not wait(amy, 1)


def test_that_kept_work_that_names_one_is_news_whatever_one_sees_of_the_case(central: Central) -> None:
    case = central.waiting()
    priya, amy = central.visitor("priya"), central.visitor("amy")
    priya.say(given_to(case, "ben"))
    amy.sync()
    late = said(given_to(case, "amy"), under=case.owner_cmd, epoch=case.owner_epoch)
    assert woken_by(amy, lambda: amy.push(late)) < 2


def test_that_what_everybody_holds_is_news_for_everybody(central: Central) -> None:
    amy = central.visitor("amy")
    amy.sync()

    def take_out_of_the_queue() -> None:
        with central.database.writing() as conn:
            queue = find(conn, Queue, WAITING_LIST)
            assert queue is not None
            central.journal().write_down(conn, (msgspec.structs.replace(queue, member_ids=()),))

    assert woken_by(amy, take_out_of_the_queue) < 2


@pytest.mark.parametrize("rev", [-1, 1_000_000])
def test_that_a_cursor_that_the_log_does_not_reach_is_sent_to_its_round_at_once(central: Central, rev: int) -> None:
    amy = central.visitor("amy")
    assert amy.ask("/v1/news", News(rid=new_id(), cur=(rev, ""), wait=20), NewsReply).is_news


def test_that_news_of_another_process_are_heard_too(tmp_path: Path) -> None:
    one, two = open_parts(Config(data=tmp_path)), open_parts(Config(data=tmp_path))
    one.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    try:
        amy, jo = Visitor(NextDoor(create_app(one)), "amy"), Visitor(NextDoor(create_app(two)), "jo")
        amy.sync()
        case = Central(line=jo.line, database=two.database).opened(amy)
        amy.sync()
        assert woken_by(amy, lambda: jo.say(a_note(case))) < 2
    finally:
        one.close()
        two.close()


def test_that_a_hundred_who_wait_leave_the_server_free_to_answer(tmp_path: Path) -> None:
    with running_server(tmp_path) as server, ThreadPoolExecutor(100) as pool:
        amy = Visitor(OverHttp(server.url), "amy")
        case = Central(line=amy.line, database=server.database).opened(amy)
        amy.sync()
        waiting = [pool.submit(wait, amy, 25) for _ in range(100)]
        until(lambda: server.parts.news.waiting == 100, "all wait")
        jo = Visitor(OverHttp(server.url), "jo")
        began = time.monotonic()
        jo.hello()
        assert time.monotonic() - began < 2
        jo.say(a_note(case))
        assert all(one.result() for one in waiting)
        until(lambda: server.parts.news.waiting == 0, "nobody waits")


def test_that_a_look_for_news_which_breaks_is_not_the_last_one(
    timed: Central, parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    amy, jo = timed.visitor("amy"), timed.visitor("jo")
    case = timed.opened(amy)
    amy.sync()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait, amy)
        until(lambda: parts.news.waiting == 1, "waits")
        with parts.database.writing() as conn:
            set_fact(conn, HORIZON, "no number at all")
        jo.say(a_note(case))
        until(lambda: "no news: ValueError" in caplog.text, "a look has broken")
        with parts.database.writing() as conn:
            set_fact(conn, HORIZON, "0")
        assert waiting.result()


def test_that_who_waits_is_let_go_when_the_server_stops(tmp_path: Path) -> None:
    parts = open_parts(Config(data=tmp_path))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    amy = Visitor(NextDoor(create_app(parts)), "amy")
    amy.sync()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait, amy)
        until(lambda: parts.news.waiting == 1, "waits")
        parts.close()
        assert waiting.result() is False
