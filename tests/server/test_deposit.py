"""Whose access has ended, and what was lost: what is unsent on a device is taken in, and nothing is given any more."""

from datetime import timedelta

import msgspec
import pytest

from casework.answers import Status
from casework.commands import MoveStep, Said
from casework.ids import new_id
from casework.rows import find, of_case
from casework.values import Activity, Case, KeptState, KeptWork, OwnerKind, Person
from casework.wire import (
    START,
    Fill,
    News,
    OpenUpload,
    Pull,
    Push,
    PushReply,
    Reconcile,
    Reply,
    Trees,
    Verify,
)
from casework.wire import Message as WireMessage
from server.parts import Parts
from server.problem import Problem
from server.routes_people import ChangePerson
from server.setting_up import default_id
from server.tidying import tidy
from tests.kit_server import PASSWORD
from tests.server.kit_central import Answer, Central, SetClock, Visitor, a_note, said
from tests.server.test_erasing import store_document


def let_go(central: Central, visitor: Visitor, *, is_active: bool = False) -> None:
    change = ChangePerson(rid=new_id(), is_active=is_active)
    central.visitor("sam").ask(f"/v1/people/{visitor.id}", change, Reply)


def what_would_give(visitor: Visitor) -> list[tuple[str, WireMessage]]:
    """Every request that would be answered with something of a case."""
    fill = Fill(scopes=("ref", "all"))
    return [
        ("/v1/pull", Pull(rid=new_id(), cur=START, held=())),
        ("/v1/pull", Pull(rid=new_id(), cur=START, held=(), fill=fill)),
        ("/v1/verify", Verify(rid=new_id(), at=START)),
        ("/v1/reconcile", Reconcile(rid=new_id())),
        ("/v1/trees", Trees(rid=new_id(), ids=(), ref=True)),
        ("/v1/news", News(rid=new_id(), cur=START, wait=0)),
    ]


def is_locked_out(answer: Answer) -> bool:
    return (answer.status, answer.fault.code) == (403, "locked-out")


@pytest.mark.covers("FF3", "OC10")
def test_that_who_has_left_hands_over_what_is_unsent_and_is_given_nothing(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy)
    amy.sync()
    let_go(central, amy)
    reply = amy.hello()
    assert (reply.access, reply.now) == ("deposit", ())
    fact = said(a_note(case, "Seen on Friday."), under=case.owner_cmd, epoch=1)
    decision = said(MoveStep(case_id=case.id, step=(case.step_id, default_id("step/3"))), under=case.owner_cmd, epoch=1)
    acks = amy.push(fact, decision)
    assert acks[0].st is Status.APPLIED
    assert acks[1].st in (Status.REFUSED_KEPT, Status.CONFLICT_KEPT)
    jo.sync()
    assert decision.id in jo.store.ids(KeptWork)
    with central.database.reading() as conn:
        assert "Seen on Friday." in {line.text for line in of_case(conn, Activity, case.id)}
        unmoved = find(conn, Case, case.id)
        assert unmoved is not None
        assert unmoved.step_id == case.step_id
    for path, message in what_would_give(amy):
        assert is_locked_out(amy.send(path, message)), path
    assert is_locked_out(amy.send_bytes("GET", f"/v1/documents/{'0' * 64}?case={case.id}", b""))
    deposit = amy.send("/v1/deposit", Push(rid=new_id(), cmds=()))
    assert (deposit.status, deposit.fault.code) == (403, "not-allowed")


def test_that_a_document_of_who_has_left_still_arrives(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    let_go(central, amy)
    store_document(amy, case, b"a photo")
    unknown = OpenUpload(rid=new_id(), sha256="1" * 64, size=1, case_id=case.id)
    assert amy.send("/v1/uploads", unknown).status == 404


def test_that_who_has_left_has_thirty_days_however_long_the_device_was_away(timed: Central, clock: SetClock) -> None:
    amy = timed.visitor("amy")
    case = timed.opened(amy)
    clock.pass_time(days=40)
    let_go(timed, amy)
    clock.pass_time(days=29)
    amy.renew()
    assert amy.hello().access == "deposit"
    assert amy.say(a_note(case))[0].st is Status.APPLIED
    clock.pass_time(days=2)
    answer = amy.send("/v1/session/renew", amy.renewing())
    assert (answer.status, answer.fault.code) == (401, "locked-out")


def test_that_the_thirty_days_also_run_for_who_was_let_go_in_another_way(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    amy = timed.visitor("amy")
    with timed.database.writing() as conn:
        person = find(conn, Person, amy.id)
        assert person is not None
        timed.journal().write_down(conn, (msgspec.structs.replace(person, is_active=False),))
    tidy(parts.database, parts.blobs, clock=clock)
    clock.pass_time(days=29)
    amy.renew()
    clock.pass_time(days=2)
    answer = amy.send("/v1/session/renew", amy.renewing())
    assert (answer.status, answer.fault.code) == (401, "locked-out")


def test_that_who_comes_back_has_every_door_open_again(timed: Central, clock: SetClock) -> None:
    amy = timed.visitor("amy")
    amy.sync()
    let_go(timed, amy)
    clock.pass_time(days=40)
    let_go(timed, amy, is_active=True)
    amy.sign_in(PASSWORD)
    amy.sync()
    assert amy.hello().access == "ok"


@pytest.mark.covers("FF3")
def test_that_a_lost_device_hands_over_whole_what_nobody_but_a_person_judges(parts: Parts, timed: Central) -> None:
    amy, jo = timed.visitor("amy"), timed.visitor("jo")
    case = timed.opened(amy)
    amy.sync()
    parts.devices.lose(amy.device)
    reply = amy.hello()
    assert (reply.access, reply.now) == ("wipe", ())
    note, step = said(a_note(case, "Who typed this?")), said(MoveStep(case_id=case.id, step=(case.step_id, "")))
    assert is_locked_out(amy.send("/v1/push", Push(rid=new_id(), cmds=(note,))))
    for _ in range(2):
        acks = amy.ask("/v1/deposit", Push(rid=new_id(), cmds=(note, step)), PushReply).acks
        assert [(ack.id, ack.st, ack.code) for ack in acks] == [
            (one.id, Status.REFUSED_KEPT, "from-lost-device") for one in (note, step)
        ]
    jo.sync()
    for one in (note, step):
        row = jo.store.rows["kept_work"][one.id]
        assert msgspec.json.decode(row["said"], type=Said) == one
        assert (row["state"], row["for_kind"]) == (KeptState.OPEN, OwnerKind.PERSON)
    with timed.database.reading() as conn:
        assert "Who typed this?" not in {line.text for line in of_case(conn, Activity, case.id)}
    for path, message in what_would_give(amy):
        assert is_locked_out(amy.send(path, message)), path
    unnamed = amy.send("/v1/uploads", OpenUpload(rid=new_id(), sha256="1" * 64, size=1, case_id=case.id))
    assert (unnamed.status, unnamed.fault.code) == (404, "not-found"), "it sends what its words have named, no more"


def test_that_the_persons_other_devices_go_on(parts: Parts, timed: Central) -> None:
    lost, new = timed.visitor("amy"), timed.visitor("amy")
    parts.devices.lose(lost.device)
    new.sync()
    assert new.hello().access == "ok"
    assert lost.renew()
    assert lost.hello().access == "wipe"
    assert [one.is_lost for one in parts.devices.of_person(new.id)].count(True) == 1


def test_that_a_device_that_is_not_known_cannot_be_reported_lost(parts: Parts) -> None:
    with pytest.raises(Problem, match="not-found"):
        parts.devices.lose(new_id())


@pytest.mark.covers("FF5")
def test_that_a_session_unused_for_thirty_days_opens_nothing(timed: Central, clock: SetClock) -> None:
    amy = timed.visitor("amy")
    clock.now += timedelta(days=31)
    answer = amy.send("/v1/session/renew", amy.renewing())
    assert (answer.status, answer.fault.code) == (401, "signed-out")
