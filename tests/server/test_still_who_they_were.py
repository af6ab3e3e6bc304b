"""A request is opened, then access ends or the device is reported lost, and only then its body comes: it is judged by
how its sender stands when it is answered.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.bundle import Bundle, Small, packed
from casework.commands import AttachDocument
from casework.handing_in import OpenRescue, RescuePart
from casework.ids import new_id
from casework.values import Role
from casework.wire import START, Fill, NewPerson, News, OpenUpload, Pull, Push, Reconcile, Trees, Verify
from casework.wire import Message as WireMessage
from casework.wire_rows import CheckRows
from server.app import create_app
from server.parts import Parts
from server.routes_people import ChangePerson
from server.tidying import tidy
from tests.kit_server import person_id
from tests.server.kit_central import Central, NextDoor, SetClock, Visitor, a_note, said

SHA = "a" * 64


class Slow:
    """In front of the server: a body's first bytes come, then something happens, then the rest comes."""

    def __init__(self, app: ASGIApp, meanwhile: Callable[[], object]) -> None:
        self._app = app
        self._meanwhile = meanwhile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole: bytes = (await receive())["body"]
        pieces = [whole[:5], whole[5:]]

        async def slowly() -> Message:
            if not pieces:
                return await receive()
            if len(pieces) == 1:
                await asyncio.to_thread(self._meanwhile)
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        await self._app(scope, slowly, send)


def slowed(visitor: Visitor, parts: Parts, meanwhile: Callable[[], object]) -> None:
    """From here on this happens within each request of the visitor's."""
    visitor.line = NextDoor(Slow(create_app(parts), meanwhile))


QUESTIONS: dict[str, WireMessage] = {
    "/v1/pull": Pull(rid="1", cur=START, held=(), fill=Fill(scopes=("all", "ref"))),
    "/v1/trees": Trees(rid="1", ids=(), ref=True),
    "/v1/reconcile": Reconcile(rid="1"),
    "/v1/verify": Verify(rid="1", at=START, sums={}),
    "/v1/rows": CheckRows(rid="1", at=START, columns={}, cases=()),
    "/v1/news": News(rid="1", cur=START, wait=0),
    "/v1/uploads": OpenUpload(rid="1", sha256=SHA, size=3, case_id=new_id()),
    "/v1/documents/wanted": Bundle(rid="1", documents=(Small(SHA, 3, "c" * 32),)),
}


@pytest.mark.parametrize("path", list(QUESTIONS))
def test_that_nothing_is_answered_to_who_lost_access_while_their_request_came(
    timed: Central, parts: Parts, path: str
) -> None:
    priya = timed.visitor("priya")
    timed.owned_by("amy")
    slowed(priya, parts, lambda: parts.people.change(person_id("priya"), is_active=False))

    answer = priya.send(path, QUESTIONS[path])

    assert (answer.status, answer.fault.code) == (403, "locked-out")


@pytest.mark.parametrize("path", list(QUESTIONS))
def test_that_a_device_lost_while_its_request_came_is_answered_nothing(timed: Central, parts: Parts, path: str) -> None:
    priya = timed.visitor("priya")
    slowed(priya, parts, lambda: parts.devices.lose(priya.device))

    answer = priya.send(path, QUESTIONS[path])

    assert (answer.status, answer.fault.code) == (403, "locked-out")


@pytest.mark.covers("FF3")
def test_that_nothing_is_carried_out_for_a_device_lost_while_its_changes_came(timed: Central, parts: Parts) -> None:
    amy = timed.visitor("amy")
    case = timed.owned_by("amy")
    command = said(a_note(case, "By whoever found the laptop."))
    slowed(amy, parts, lambda: parts.devices.lose(amy.device))

    answer = amy.send("/v1/push", Push(rid="1", cmds=(command,)))

    assert (answer.status, answer.fault.code) == (403, "locked-out")
    amy.line = timed.line
    deposit = amy.send("/v1/deposit", Push(rid="1", cmds=(command,)))
    assert b"from-lost-device" in deposit.body, "it is put by like all else, and was not carried out before"


def test_that_bytes_sent_while_access_ended_are_handed_over_by_the_door_that_is_left(
    timed: Central, parts: Parts
) -> None:
    amy = timed.visitor("amy")
    case = timed.owned_by("amy")
    content = b"one"
    small = Small(sha256(content).hexdigest(), 3, case.id)
    amy.say(
        AttachDocument(
            case_id=case.id, document_id=new_id(), name="a.txt", mime="text/plain", size=3, sha256=small.sha256
        )
    )
    body = packed(Bundle(rid="1", documents=(small,)), [content])
    kind = {"Content-Type": "application/octet-stream"}
    slowed(amy, parts, lambda: parts.people.change(person_id("amy"), is_active=False))

    first = amy.send_bytes("POST", "/v1/documents/batch", body, kind)
    amy.line = timed.line
    again = amy.send_bytes("POST", "/v1/documents/batch", body, kind)

    assert (first.status, again.status) == (403, 200)


@pytest.mark.parametrize("path", ["/v1/people", "/v1/people/me", "/v1/rescue", "/v1/rescue/open", "/v1/rescue/open?"])
def test_that_who_is_no_admin_any_more_changes_nobody(timed: Central, parts: Parts, path: str) -> None:
    sam = timed.visitor("sam")
    parts.people.change(person_id("priya"), role=Role.ADMIN)
    (copy := parts.rescue.path_of(SHA[:32])).parent.mkdir(exist_ok=True)
    copy.write_bytes(b"")
    before = parts.people.all()
    slowed(sam, parts, lambda: parts.people.change(person_id("sam"), role=Role.ADVISOR))
    asked: dict[str, WireMessage] = {
        "/v1/people": NewPerson(rid="1", username="x", display_name="X", role=Role.ADMIN),
        "/v1/people/me": ChangePerson(rid="1", role=Role.ADMIN),
        "/v1/rescue": RescuePart(rid="1", copy=SHA[:32], start=0, content=b"x"),
        "/v1/rescue/open": OpenRescue(rid="1", copy=SHA[:32], submit=True),
        "/v1/rescue/open?": OpenRescue(rid="1", copy=SHA[:32]),
    }

    answer = sam.send(path.replace("me", sam.id), asked[path])

    assert (answer.status, answer.fault.code) == (403, "not-allowed")
    assert copy.read_bytes() == b""
    assert {one.id: one.role for one in parts.people.all()} == {
        one.id: Role.ADVISOR if one.id == sam.id else one.role for one in before
    }


def test_that_another_role_counts_for_a_request_that_was_on_its_way(timed: Central, parts: Parts) -> None:
    theirs = timed.owned_by("amy")
    priya = timed.visitor("priya")
    slowed(priya, parts, lambda: parts.people.change(person_id("priya"), role=Role.ADVISOR))

    answer = priya.send("/v1/pull", Pull(rid="1", cur=START, held=(), fill=Fill(scopes=("all",))))

    assert answer.status == 200
    assert theirs.id.encode() not in answer.body


def test_that_a_request_that_came_in_time_is_answered_after_its_token_has_run_out(
    timed: Central, parts: Parts, clock: SetClock
) -> None:
    amy = timed.visitor("amy")
    slowed(amy, parts, lambda: clock.pass_time(minutes=11))

    assert amy.send("/v1/reconcile", Reconcile(rid="1")).status == 200


def test_that_a_request_that_came_in_time_is_answered_where_the_same_laptop_has_renewed_meanwhile(
    timed: Central, parts: Parts, clock: SetClock
) -> None:
    amy = timed.visitor("amy")
    other_lane = timed.visitor("amy", device=amy.device)

    def a_while_later() -> None:
        clock.pass_time(minutes=11)
        other_lane.renew()
        tidy(parts.database, parts.blobs, clock=clock)

    slowed(amy, parts, a_while_later)

    assert amy.send("/v1/reconcile", Reconcile(rid="1")).status == 200
