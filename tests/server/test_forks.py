"""A store that was copied or put back is told apart from the one that went on, and both go on as themselves."""

import logging

import pytest

from casework.answers import Status
from casework.ids import new_id
from casework.wire import Fork, Hello, Reply, SignedIn
from server.tables import device
from tests.kit_server import PASSWORD
from tests.server.kit_central import Answer, Central, SetClock, Visitor, a_note, said


def copy_of(visitor: Visitor) -> Visitor:
    """The same device once more, as it is now: a cloned disk, or yesterday's backup of it."""
    copy = Visitor(visitor.line, visitor.name, password="", device=visitor.device)
    copy.id, copy.token, copy.renewal = visitor.id, visitor.token, visitor.renewal
    copy.nonce, copy.next_nonce, copy.epoch = visitor.nonce, new_id(), visitor.epoch
    copy.store.cur, copy.store.held = visitor.store.cur, visitor.store.held
    return copy


def greets(visitor: Visitor) -> str:
    answer = visitor.send("/v1/hello", visitor.greeting())
    return "ok" if answer.status == 200 else answer.fault.code


def forked(visitor: Visitor, new_device: str) -> Answer:
    return visitor.send(
        "/v1/session/fork",
        Fork(rid=new_id(), device=visitor.device, renewal=visitor.renewal, new_device=new_device),
    )


def become(visitor: Visitor, new_device: str = "") -> None:
    """Goes on as a device of its own."""
    fork = Fork(rid=new_id(), device=visitor.device, renewal=visitor.renewal, new_device=new_device or new_id())
    signed_in = visitor.ask("/v1/session/fork", fork, SignedIn)
    visitor.device, visitor.token, visitor.renewal = fork.new_device, signed_in.token, signed_in.renewal
    visitor.nonce, visitor.next_nonce = "", new_id()


def test_that_a_hello_whose_answer_was_lost_is_no_copy(central: Central) -> None:
    amy = central.visitor("amy")
    amy.hello()
    for _ in range(3):
        assert greets(amy) == "ok"
    amy.hello()
    amy.hello()
    assert greets(amy) == "ok"


@pytest.mark.covers("FE3")
def test_that_a_store_from_yesterday_goes_on_under_a_new_name_and_loses_nothing(
    central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    yesterday = copy_of(amy)
    unsent = said(a_note(case, "Typed yesterday."))
    amy.push(unsent)
    amy.sync()
    assert greets(yesterday) == "forked"
    with caplog.at_level(logging.WARNING, "doorstep"):
        become(yesterday)
    assert yesterday.device in caplog.text
    assert amy.device in caplog.text
    yesterday.hello()
    (ack,) = yesterday.push(unsent)
    assert ack.st is Status.APPLIED
    yesterday.say(a_note(case, "Typed today."))
    yesterday.sync()
    amy.sync()
    texts = sorted(row["text"] for row in amy.store.rows["activity"].values() if row["kind"] == "note")
    assert texts == ["Typed today.", "Typed yesterday."]
    assert greets(amy) == greets(yesterday) == "ok"


def test_that_of_two_copies_the_one_that_comes_second_is_the_copy(central: Central) -> None:
    amy = central.visitor("amy")
    amy.hello()
    copy = copy_of(amy)
    copy.hello()
    assert greets(amy) == "forked"
    become(amy)
    assert greets(amy) == greets(copy) == "ok"
    assert amy.renew()
    assert copy.renew()


def test_that_a_fork_may_be_asked_for_again_and_never_takes_another_device(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    copy, name = copy_of(amy), new_id()
    assert forked(copy, name).status == 200
    become(copy, name)
    copy.hello()
    assert forked(amy, name).fault.code == "device-of-another", "it has said hello by now"
    assert forked(amy, ben.device).fault.code == "device-of-another"
    assert forked(amy, "short").fault.code == "not-understood"


def test_that_a_fork_needs_a_renewal_that_is_good(central: Central) -> None:
    amy = central.visitor("amy")
    copy = copy_of(amy)
    copy.renewal = "made up"
    assert forked(copy, new_id()).fault.code == "signed-out"
    copy.renewal = ""
    assert forked(copy, new_id()).fault.code == "signed-out"
    ended = copy_of(amy)
    amy.send_bytes("POST", "/v1/session/end", b"")
    assert forked(ended, new_id()).fault.code == "signed-out"


@pytest.mark.parametrize(("days", "renewals"), [(31, 0), (20, 4)])
def test_that_a_copy_of_a_store_whose_session_has_ended_is_no_way_in(
    timed: Central, clock: SetClock, days: int, renewals: int
) -> None:
    amy = timed.visitor("amy")
    for _ in range(renewals):
        clock.pass_time(days=days)
        amy.renew()
    clock.pass_time(days=days)
    copy = copy_of(amy)
    assert forked(copy, new_id()).fault.code == "signed-out"
    copy.sign_in(PASSWORD)
    become(copy)
    assert copy.hello().access == "ok", "who gives the password goes on as a device of their own"


def test_that_a_copy_of_a_lost_device_is_as_lost(central: Central) -> None:
    amy = central.visitor("amy")
    amy.hello()
    copy = copy_of(amy)
    with central.database.writing() as conn:
        conn.execute(device.update().where(device.c.id == amy.device).values(fate="wipe"))
    become(copy)
    assert copy.hello().access == "wipe"


def test_that_a_client_without_nonces_is_not_told_apart(central: Central) -> None:
    amy = central.visitor("amy")
    amy.hello()
    for _ in range(2):
        plain = Hello(rid=new_id(), app="", device=amy.device, clock=amy.greeting().clock)
        assert isinstance(amy.ask("/v1/hello", plain, Reply), Reply)
    assert greets(amy) == "ok"
