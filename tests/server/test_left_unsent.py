"""A new case that lay unsent when its author lost their access, their device or their role is not lost (OC10, OC25)."""

import msgspec
import pytest

from casework.answers import Status
from casework.commands import AddNote, OpenCase, Said, SettleKept, UndoSettling
from casework.ids import new_id
from casework.rows import find, of_case
from casework.values import Activity, Case, KeptState, KeptWork, Notice, OwnershipEvent, Role, Source, Standing
from casework.wire import Push, PushReply
from server.parts import Parts
from tests.server.kit_central import Central, Visitor, a_new_case, given_to, said
from tests.server.test_deposit import let_go
from tests.server.test_verify import assert_whole


def a_doorstep(text: str = "She has no heating.") -> tuple[Said, Said]:
    """A new case and a note on it, as a laptop says them one behind the other."""
    opening = said(a_new_case(client="Mrs Doorstep"))
    note = said(AddNote(case_id=opening.say.case_id, text=text), prev=opening.id, under=opening.id, epoch=1)
    return opening, note


def left_unsent(central: Central, author: Visitor) -> tuple[Said, Said]:
    """Such a new case and its note, which came in when their author had left; they wait for a lead."""
    opening, note = a_doorstep()
    let_go(central, author)
    author.push(opening, note)
    return opening, note


def use(one: Said, how: str = "use") -> SettleKept:
    return SettleKept(case_id=one.say.case_id, kept_id=one.id, how=how)


def kept(central: Central, one: Said) -> KeptWork:
    with central.database.reading() as conn:
        found = find(conn, KeptWork, one.id)
    assert found is not None
    return found


def notes(central: Central, case_id: str) -> list[Activity]:
    with central.database.reading() as conn:
        return [line for line in of_case(conn, Activity, case_id) if line.kind == "note"]


def take_in(central: Central, lead: Visitor, opening: Said, note: Said) -> Case:
    for one in (opening, note):
        (ack,) = lead.say(use(one))
        assert ack.st is Status.APPLIED, ack
    return central.case(opening.say.case_id)


@pytest.mark.covers("OC10", "FF3")
def test_that_a_lead_takes_in_the_new_case_of_who_has_left_and_what_was_written_on_it(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    opening, note = a_doorstep()
    let_go(central, amy)
    assert [ack.st for ack in amy.push(opening, note)] == [Status.REFUSED_KEPT, Status.REFUSED_KEPT]
    jo.sync()
    assert {opening.id, note.id} <= jo.store.ids(KeptWork)
    told = [row for row in jo.store.rows["notice"].values() if row["code"] == "left-unsent"]
    assert [(row["case_id"], row["by"]) for row in told] == [(opening.say.case_id, amy.id)], "once for all of it"
    case = take_in(central, jo, opening, note)
    assert (case.owner_id, case.created_by, "*" in case.number) == (jo.id, amy.id, False)
    (line,) = notes(central, case.id)
    assert (line.text, line.by, line.at) == ("She has no heating.", amy.id, note.at)
    jo.sync()
    assert case.id in jo.store.cases
    assert_whole(jo)


@pytest.mark.covers("OC10", "OC25")
def test_that_a_lead_hears_of_an_intake_whose_client_went_out_of_its_authors_reach(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    first = central.opened(amy)
    jo.say(given_to(first, "ben", reason="On holiday"))
    opening, note = a_doorstep()
    opening = msgspec.structs.replace(
        opening, say=msgspec.structs.replace(opening.say, contact_id=first.contact_id, contact=None)
    )
    assert [ack.code for ack in amy.push(opening, note)] == ["client-missing", "case-gone"]
    jo.sync()
    told = [row for row in jo.store.rows["notice"].values() if row["case_id"] == opening.say.case_id]
    assert [(row["code"], row["by"]) for row in told] == [("new-case-stuck", amy.id)]
    assert jo.say(use(opening))[0].st is Status.APPLIED
    assert central.case(opening.say.case_id).owner_id == amy.id
    (ack,) = amy.say(use(note))
    assert ack.st is Status.APPLIED, "what she wrote on it is hers to use"


@pytest.mark.covers("OC10")
def test_that_what_is_written_on_it_lands_by_itself_once_it_is_taken_in(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    opening, note = a_doorstep()
    let_go(central, amy)
    amy.push(opening)
    jo.sync()
    assert jo.say(use(opening))[0].st is Status.APPLIED
    (ack,) = amy.push(note)
    assert ack.st is Status.APPLIED, ack
    assert [line.text for line in notes(central, note.say.case_id)] == ["She has no heating."]


@pytest.mark.covers("OC10")
def test_that_a_new_case_that_was_thrown_away_can_be_taken_back_and_taken_in(central: Central) -> None:
    amy, jo, sam = central.visitor("amy"), central.visitor("jo"), central.visitor("sam")
    opening, note = left_unsent(central, amy)
    leaving = said(use(opening, "leave"))
    assert jo.push(leaving)[0].st is Status.APPLIED
    assert kept(central, opening).state is KeptState.LEFT
    undoing = UndoSettling(case_id=opening.say.case_id, kept_id=opening.id, settling=leaving.id)
    assert sam.say(undoing)[0].st is Status.APPLIED
    assert kept(central, opening).state is KeptState.OPEN
    take_in(central, jo, opening, note)


def test_that_a_case_that_was_taken_in_is_not_taken_back_by_undoing_that(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    opening, note = left_unsent(central, amy)
    take_in(central, jo, opening, note)
    settling = kept(central, opening).settled_cmd
    (ack,) = jo.say(UndoSettling(case_id=opening.say.case_id, kept_id=opening.id, settling=settling))
    assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "opened-for-good")


def test_that_two_who_take_it_in_open_one_case(central: Central) -> None:
    amy, jo, sam = central.visitor("amy"), central.visitor("jo"), central.visitor("sam")
    opening, _ = a_doorstep()
    let_go(central, amy)
    amy.push(opening)
    assert [visitor.say(use(opening))[0].st for visitor in (jo, sam)] == [Status.APPLIED, Status.APPLIED]
    assert central.case(opening.say.case_id).owner_id == jo.id


@pytest.mark.covers("FF3")
def test_that_the_new_case_from_a_lost_device_is_taken_in_as_its_author_s(parts: Parts, timed: Central) -> None:
    amy, jo = timed.visitor("amy"), timed.visitor("jo")
    opening, note = a_doorstep()
    parts.devices.lose(amy.device)
    amy.ask("/v1/deposit", Push(rid=new_id(), cmds=(opening, note)), PushReply)
    case = take_in(timed, jo, opening, note)
    assert (case.owner_id, case.owner_cmd) == (amy.id, opening.id)
    (line,) = notes(timed, case.id)
    assert line.standing is Standing.OWNER
    with timed.database.reading() as conn:
        (event,) = of_case(conn, OwnershipEvent, case.id)
    assert (event.id, event.to_id, event.by) == (opening.id, amy.id, amy.id)
    again = timed.visitor("amy")
    again.sync()
    assert case.id in again.store.cases
    assert "decision-made" in {row["code"] for row in again.store.rows["notice"].values()}


@pytest.mark.covers("OC10", "FF3")
def test_that_a_lead_hears_once_of_what_a_lost_device_of_who_has_left_brings(parts: Parts, timed: Central) -> None:
    amy, jo = timed.visitor("amy"), timed.visitor("jo")
    opening, note = a_doorstep()
    let_go(timed, amy)
    parts.devices.lose(amy.device)
    amy.ask("/v1/deposit", Push(rid=new_id(), cmds=(opening, note)), PushReply)
    jo.sync()
    assert [row["code"] for row in jo.store.rows["notice"].values()] == ["left-unsent"]
    with timed.database.reading() as conn:
        kept = of_case(conn, KeptWork, opening.say.case_id)
    assert {(one.author_id, one.for_id) for one in kept} == {(amy.id, jo.id)}


@pytest.mark.covers("OC25")
def test_that_an_import_of_who_was_no_coordinator_by_then_is_taken_in(parts: Parts, timed: Central) -> None:
    priya, jo = timed.visitor("priya"), timed.visitor("jo")
    first, second = (said(a_new_case(client=name, source=Source.IMPORT)) for name in ("Mrs Evans", "Mr Khan"))
    parts.people.change(priya.id, role=Role.ADVISOR)
    assert [ack.code for ack in priya.push(first, second)] == ["import-is-for-office"] * 2
    assert priya.say(use(first))[0].code == "import-is-for-office"
    assert jo.say(use(first))[0].st is Status.APPLIED
    parts.people.change(priya.id, role=Role.COORDINATOR)
    assert priya.say(use(second))[0].st is Status.APPLIED
    for one in (first, second):
        case = timed.case(one.say.case_id)
        assert (case.owner_kind, case.created_by) == ("queue", priya.id)


def test_that_nobody_else_takes_it_in_or_throws_it_away(central: Central) -> None:
    amy, ben, priya = central.visitor("amy"), central.visitor("ben"), central.visitor("priya")
    opening, _ = a_doorstep()
    let_go(central, amy)
    amy.push(opening)
    for visitor in (ben, priya):
        assert [visitor.say(use(opening, how))[0].code for how in ("use", "leave")] == ["case-gone"] * 2
    assert kept(central, opening).state is KeptState.OPEN


def test_that_who_names_a_strangers_client_in_a_kept_new_case_does_not_get_to_them(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    theirs = central.opened(ben)
    taken = a_new_case()
    taken = msgspec.structs.replace(taken, contact_id=theirs.contact_id, contact=None)
    opening = said(taken)
    assert amy.push(opening)[0].code == "client-missing"
    assert amy.say(use(opening))[0].code == "client-missing"


def test_that_a_lead_who_decides_all_of_it_ends_with_nothing_open(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    opening, note = left_unsent(central, amy)
    take_in(central, jo, opening, note)
    with central.database.reading() as conn:
        assert {one.state for one in of_case(conn, KeptWork, opening.say.case_id)} == {KeptState.USED}
        told = [one.code for one in of_case(conn, Notice, opening.say.case_id)]
    assert told.count("left-unsent") == 1
    assert isinstance(opening.say, OpenCase)
