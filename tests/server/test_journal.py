"""Every command ends in one outcome that is kept, and none is carried out twice."""

from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import func, select

from casework.answers import Status
from casework.commands import AddTask, ChangeOwner, EditCase, Said, SeeNotices
from casework.ids import new_id
from casework.rows import find, of_case
from casework.values import Activity, ActivityKind, Case, KeptKind, KeptWork, Notice, Owner, OwnerKind, Record, Task
from casework.wire import MEDIA_TYPE, PushReply
from server.tables import commit_log, outcome
from tests.kit_server import person_id
from tests.server.kit_central import (
    Central,
    a_new_case,
    a_note,
    given_to,
    said,
)


def spoil(central: Central, case: Case) -> None:
    """Leaves a row that no version of the server can have written: whatever reads the case or its client breaks."""
    with central.database.writing() as conn:
        conn.exec_driver_sql(f"UPDATE case_file SET status = 'spoilt' WHERE id = '{case.id}'")
        conn.exec_driver_sql(f"UPDATE contact SET vulnerabilities = 'spoilt' WHERE id = '{case.contact_id}'")


def kept(central: Central, command_id: str) -> KeptWork | None:
    with central.database.reading() as conn:
        return find(conn, KeptWork, command_id)


def on_case(central: Central, kind: type[Record], case_id: str) -> Sequence[Record]:
    with central.database.reading() as conn:
        return of_case(conn, kind, case_id)  # type: ignore[type-var]


def notes(central: Central, case_id: str) -> list[str]:
    with central.database.reading() as conn:
        lines = sorted(of_case(conn, Activity, case_id), key=lambda line: line.rev)
    return [line.text for line in lines if line.kind is ActivityKind.NOTE]


def test_that_a_command_taken_is_answered_with_its_number_and_its_rows_bear_it(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    (ack,) = amy.say(a_note(case, "Boiler is cold."))
    assert (ack.st, ack.code) == (Status.APPLIED, "")
    (line,) = [one for one in on_case(central, Activity, case.id) if isinstance(one, Activity) and one.text]
    assert line.rev == ack.rev > case.rev


@pytest.mark.covers("FB1", "OC23")
def test_that_the_same_push_five_times_makes_one_case_with_one_answer(central: Central) -> None:
    amy = central.visitor("amy")
    command = said(a_new_case())
    first = amy.push(command)
    again = [amy.push(msgspec.structs.replace(command, again=True)) for _ in range(4)]
    assert again == [first] * 4
    with central.database.reading() as conn:
        assert conn.execute(select(func.count()).select_from(outcome)).scalar_one() == 1
        found = conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one()
    assert found == 1


@pytest.mark.covers("FB1")
def test_that_a_command_twice_in_one_push_is_carried_out_once(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    command = said(a_note(case, "Only once."))
    first, second = amy.push(command, command)
    assert first == second
    assert notes(central, case.id) == ["Only once."]


def test_that_another_command_under_a_used_id_is_never_run_and_its_words_are_kept(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    first = said(a_note(case, "The true one."))
    forged = msgspec.structs.replace(first, say=a_note(case, "Another one."))
    amy.push(first)
    (ack,) = amy.push(forged)
    assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "id-used-twice")
    assert amy.push(forged)[0].code == "id-used-twice"
    assert notes(central, case.id) == ["The true one."]
    with central.database.reading() as conn:
        (whole,) = of_case(conn, KeptWork, case.id)
    assert "Another one." in whole.said


def test_that_somebody_elses_command_id_is_not_theirs_to_be_answered_for(central: Central) -> None:
    case = central.owned_by("amy")
    command = said(a_note(case))
    central.visitor("amy").push(command)
    (ack,) = central.visitor("priya").push(command)
    assert ack.code == "id-used-twice"


@pytest.mark.covers("FA2")
def test_that_a_refused_command_is_kept_whole_and_its_author_and_lead_get_it(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy)
    command = said(EditCase(case_id=case.id, changes={"number": ("", "26-1")}))
    (ack,) = amy.push(command)
    assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "no-such-field")
    amy.sync()
    jo.sync()
    for store in (amy.store, jo.store):
        row = store.rows["kept_work"][command.id]
        assert msgspec.json.decode(row["said"], type=Said) == command
        assert row["author_id"] == amy.id


@pytest.mark.covers("FA3", "OC25")
def test_that_one_command_that_breaks_the_server_holds_up_none_of_fifty(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt = central.opened(amy)
    spoil(central, spoilt)
    cases = [said(a_new_case(client=f"Client {number}")) for number in range(49)]
    broken = said(a_note(spoilt, "Nothing of this may get lost."))
    acks = amy.push(cases[0], broken, *cases[1:])
    by_id = {ack.id: ack for ack in acks}
    assert (by_id[broken.id].st, by_id[broken.id].code) == (Status.ERROR_KEPT, "server-could-not")
    assert [by_id[command.id].st for command in cases] == [Status.APPLIED] * 49
    whole = kept(central, broken.id)
    assert whole is not None
    assert whole.kind is KeptKind.BROKEN
    assert msgspec.json.decode(whole.said, type=Said) == broken
    assert notes(central, spoilt.id) == []


@pytest.mark.covers("FA3")
def test_that_a_broken_command_is_answered_the_same_when_it_comes_again(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt = central.opened(amy)
    spoil(central, spoilt)
    broken = said(a_note(spoilt))
    first = amy.push(broken)
    assert first[0].st is Status.ERROR_KEPT
    assert amy.push(broken) == first


def test_that_the_log_says_which_command_broke_and_nothing_of_what_it_said(
    central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    amy = central.visitor("amy")
    spoilt = central.opened(amy, client="Mrs Canary")
    spoil(central, spoilt)
    broken = said(a_note(spoilt, "canary in the boiler"))
    amy.push(broken)
    assert broken.id in caplog.text
    assert "canary" not in caplog.text.lower()


def test_that_every_processed_command_moves_the_number_even_a_refused_one(central: Central) -> None:
    amy = central.visitor("amy")
    before = amy.hello().head
    (ack,) = amy.say(a_note(central_case := central.owned_by("amy"), ""))
    assert ack.st is Status.REFUSED_KEPT
    assert amy.hello().head[0] > before[0]
    with central.database.reading() as conn:
        lines = conn.execute(select(commit_log.c.case_id).where(commit_log.c.cmd_id == ack.id)).scalars().all()
    assert set(lines) == {central_case.id}


@pytest.mark.covers("OC24")
def test_that_a_command_whose_earlier_one_is_unknown_is_held_and_those_after_it_too(central: Central) -> None:
    amy = central.visitor("amy")
    case, other = central.opened(amy), central.opened(amy)
    first = said(a_note(case, "first"))
    second = said(a_note(case, "second"), prev=first.id)
    third = said(a_note(case, "third"), prev=second.id)
    elsewhere = said(a_note(other, "elsewhere"))
    acks = amy.push(second, third, elsewhere)
    assert [ack.st for ack in acks] == [Status.HELD, Status.HELD, Status.APPLIED]
    assert notes(central, case.id) == []
    assert [ack.st for ack in amy.push(first, second, third)] == [Status.APPLIED] * 3
    assert notes(central, case.id) == ["first", "second", "third"]


@pytest.mark.covers("FA3")
def test_that_what_follows_a_broken_command_on_its_case_is_judged_and_not_held(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt = central.opened(amy)
    spoil(central, spoilt)
    broken = said(a_new_case(contact_id=spoilt.contact_id, contact=None))
    task = AddTask(case_id=broken.say.case_id, task_id=new_id(), task_type="phone_call", title="Call")
    after = said(task, prev=broken.id)
    acks = amy.push(broken, after)
    assert [ack.st for ack in acks] == [Status.ERROR_KEPT, Status.REFUSED_KEPT]
    assert kept(central, after.id) is not None


@pytest.mark.covers("FH4")
def test_that_a_command_of_a_newer_app_stays_in_its_outbox_and_the_others_go_on(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    good = said(a_note(case))
    newer = msgspec.to_builtins(said(a_note(case)))
    newer["say"] = {"type": "case.teleport", "case_id": case.id}
    body = {"rid": "r1", "cmds": [newer, msgspec.to_builtins(good)]}
    answer = amy.send_bytes("POST", "/v1/push", msgspec.json.encode(body), {"Content-Type": MEDIA_TYPE})
    acks = msgspec.json.decode(answer.body, type=PushReply).acks
    assert [(ack.id, ack.st) for ack in acks] == [(newer["id"], Status.LATER), (good.id, Status.APPLIED)]


@pytest.mark.covers("OC7", "S11")
def test_that_of_two_who_give_a_case_away_unseen_by_each_other_the_first_stands(central: Central) -> None:
    case = central.waiting()
    priya, jo = central.visitor("priya"), central.visitor("jo")
    assert priya.say(given_to(case, "amy"))[0].st is Status.APPLIED
    late = said(given_to(case, "ben"))
    (ack,) = jo.push(late)
    assert (ack.st, ack.code) == (Status.CONFLICT_KEPT, "assigned-first")
    assert central.case(case.id).owner_id == person_id("amy")
    whole = kept(central, late.id)
    assert whole is not None
    assert (whole.for_kind, whole.for_id) == (OwnerKind.PERSON, jo.id)


@pytest.mark.covers("OC22", "FI17")
def test_that_a_laptops_wrong_clock_is_shown_and_decides_nothing(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    ahead = msgspec.convert("2031-01-01T00:00:00Z", type=type(case.created_at))
    amy.hello(clock=ahead)
    (ack,) = amy.push(said(a_note(case, "From the future."), at=ahead))
    line = next(one for one in on_case(central, Activity, case.id) if isinstance(one, Activity) and one.id == ack.id)
    assert line.at == ahead
    assert line.clock_off > 100_000_000
    assert line.arrived_at is not None
    assert line.arrived_at < ahead


@pytest.mark.covers("S14", "S25", "R1")
def test_that_cases_are_numbered_by_the_server_one_after_the_other_within_the_year(central: Central) -> None:
    amy = central.visitor("amy")
    numbers = [central.opened(amy).number for _ in range(3)]
    first = int(numbers[0].split("-")[1])
    assert numbers == [f"{numbers[0][:2]}-{first + more:05}" for more in range(3)]


def test_that_a_broken_new_case_uses_up_no_number(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt = central.opened(amy)
    spoil(central, spoilt)
    assert amy.say(a_new_case(contact_id=spoilt.contact_id, contact=None))[0].st is Status.ERROR_KEPT
    assert int(central.opened(amy).number[3:]) == int(spoilt.number[3:]) + 1


def test_that_a_refused_command_neither_tells_of_a_case_nor_lets_its_author_in(central: Central) -> None:
    ben = central.visitor("ben")
    case = central.owned_by("amy", client="Mrs Private")
    (ack,) = ben.say(a_note(case, "Let me see."))
    assert ack.st is Status.REFUSED_KEPT
    ben.sync()
    assert case.id not in ben.store.cases
    with central.database.reading() as conn:
        assert [notice for notice in of_case(conn, Notice, case.id) if notice.person_id == ben.id] == []


def test_that_a_notice_is_marked_as_read_by_its_person_only(central: Central) -> None:
    case = central.waiting()
    priya, amy, ben = central.visitor("priya"), central.visitor("amy"), central.visitor("ben")
    priya.say(given_to(case, "amy"))
    amy.sync()
    (notice_id,) = amy.store.ids(Notice)
    seen = SeeNotices(case_id=case.id, notice_ids=(notice_id,))
    ben.say(seen)
    with central.database.reading() as conn:
        assert [notice.is_seen for notice in of_case(conn, Notice, case.id)] == [False]
    amy.say(seen)
    amy.sync()
    assert amy.store.rows["notice"][notice_id]["is_seen"] is True


def test_that_who_said_it_is_whoever_is_signed_in(central: Central) -> None:
    ben = central.visitor("ben")
    case = central.waiting()
    (ack,) = ben.say(
        ChangeOwner(case_id=case.id, base=given_to(case, "ben").base, owner=Owner(OwnerKind.PERSON, ben.id))
    )
    assert ack.st is Status.APPLIED
    assert central.case(case.id).owner_by == ben.id


def test_that_a_task_for_somebody_is_on_the_case_with_the_commands_number(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    task_id = new_id()
    (ack,) = amy.say(
        AddTask(case_id=case.id, task_id=task_id, task_type="home_visit", title="Visit", assignee_id=person_id("ben"))
    )
    (task,) = on_case(central, Task, case.id)
    assert (task.id, task.rev) == (task_id, ack.rev)


@pytest.mark.covers("OC25", "FA3")
@pytest.mark.parametrize("text", ["a \x00 in the middle", "\x00", "\ufffe\uffff", "🏠" * 1000, "\r\n\t\x01\x1f\x7f"])
def test_that_odd_signs_in_a_text_hold_up_nothing_and_are_not_lost(central: Central, text: str) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    odd, plain = said(a_note(case, text)), said(a_note(case, "plain"))
    acks = amy.push(odd, plain)
    assert all(ack.st.is_final for ack in acks)
    assert acks[1].st is Status.APPLIED
    if acks[0].st is Status.APPLIED:
        assert text in notes(central, case.id)
    else:
        whole = kept(central, odd.id)
        assert whole is not None
        assert msgspec.json.decode(whole.said, type=Said) == odd
