"""What the server takes from somebody of a case, a client and a home by what they see, saw, or never saw (I7)."""

import msgspec
import pytest

from casework.answers import Status
from casework.commands import (
    AnyCommand,
    EditCase,
    EditContact,
    JoinCase,
    KeepApart,
    PersonLeaves,
    SettleKept,
    UndoSettling,
)
from casework.ids import new_id
from casework.rows import of_case
from casework.values import Activity, Case, Contact, Property, Role, Source
from casework.wire import Reply
from server.parts import Parts
from server.routes_people import ChangePerson
from tests.server.kit_central import Central, SetClock, Visitor, a_new_case, a_note, given_to, said


def nonsense(case: Case) -> EditCase:
    """A correction of what never stood there: it is kept."""
    return EditCase(case_id=case.id, changes={"description": ("never stood there", new_id())})


def holds(visitor: Visitor, case: Case) -> bool:
    """Whether the case comes to a device of theirs that starts from nothing."""
    fresh = Visitor(visitor.line, visitor.name)
    fresh.sync()
    return case.id in fresh.store.cases


def answer_to(visitor: Visitor, command: AnyCommand) -> tuple[Status, str]:
    (ack,) = visitor.say(command)
    return ack.st, ack.code


def feed_of(central: Central, case: Case) -> list[str]:
    with central.database.reading() as conn:
        return [line.text for line in of_case(conn, Activity, case.id)]


def demote(central: Central, visitor: Visitor) -> None:
    change = ChangePerson(rid=new_id(), role=Role.ADVISOR)
    central.visitor("sam").ask(f"/v1/people/{visitor.id}", change, Reply)


@pytest.mark.covers("OC10")
def test_that_what_a_leaver_wrote_on_a_case_of_a_queue_lands(central: Central) -> None:
    case, amy = central.waiting(), central.visitor("amy")
    note = said(a_note(case, "No heating since Friday"), under=case.owner_cmd, epoch=1)
    assert answer_to(central.visitor("sam"), PersonLeaves(case_id="", person_id=amy.id))[0] is Status.APPLIED
    (ack,) = amy.push(note)
    assert ack.st is Status.APPLIED, ack
    assert "No heating since Friday" in feed_of(central, case)


@pytest.mark.covers("OC11")
def test_that_what_was_written_before_losing_the_role_lands_and_lets_nobody_in(central: Central) -> None:
    case, priya = central.owned_by("amy"), central.visitor("priya")
    demote(central, priya)
    claim = said(given_to(case, "priya", reason="she rang me"), under=case.owner_cmd, epoch=1)
    acks = priya.push(
        said(a_note(case, "She rang the office"), under=case.owner_cmd, epoch=1),
        claim,
        said(a_note(case, "She has a heater now"), under=claim.id, epoch=2),
        said(nonsense(case), under=case.owner_cmd, epoch=1),
    )
    assert [ack.st for ack in acks] == [
        Status.APPLIED,
        Status.REFUSED_KEPT,
        Status.APPLIED,
        Status.CONFLICT_KEPT,
    ]
    assert {"She rang the office", "She has a heater now"} <= set(feed_of(central, case))
    assert not holds(priya, case)


def test_that_an_ownership_of_another_case_opens_no_door(central: Central) -> None:
    case, theirs, ben = central.owned_by("amy"), central.owned_by("ben"), central.visitor("ben")
    refused = said(given_to(case, "ben"), under=theirs.owner_cmd)
    loop = new_id()
    for envelope in ("", theirs.owner_cmd, new_id(), refused.id, loop):
        ben.push(refused)
        (ack,) = ben.push(said(a_note(case), id=loop if envelope == loop else new_id(), under=envelope))
        assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "not-in-reach"), envelope
    assert not holds(ben, case)


def test_that_who_knows_the_id_of_a_hidden_case_changes_nothing_and_sees_nothing(central: Central) -> None:
    case, ben = central.owned_by("amy", client="Mrs Hidden"), central.visitor("ben")
    before = feed_of(central, case)
    note = said(a_note(case, "let me in"))
    opened = msgspec.structs.replace(a_new_case(), case_id=case.id)
    acks = ben.push(note, said(opened), said(nonsense(case)), said(given_to(case, "ben")))
    assert {(ack.st, ack.code) for ack in acks} == {(Status.REFUSED_KEPT, "not-in-reach")}
    assert answer_to(ben, SettleKept(case_id=case.id, kept_id=note.id, how="note"))[1] == "not-in-reach"
    assert feed_of(central, case) == before
    assert not holds(ben, case)


def test_that_a_new_case_does_not_bring_a_client_or_a_home_that_is_hidden(central: Central) -> None:
    hidden, ben = central.owned_by("amy", client="Mrs Hidden"), central.visitor("ben")
    fresh = a_new_case()
    client = {"contact_id": hidden.contact_id, "contact": None}
    home = {"property_id": hidden.property_id, "home": None}
    # with a client of its own under the id of the hidden one
    claimed = {"contact_id": hidden.contact_id, "contact": Contact(id=hidden.contact_id, last_name="Mine")}
    for theirs in (client, home, claimed):
        opening = msgspec.structs.replace(fresh, **theirs)
        assert answer_to(ben, opening) == (Status.REFUSED_KEPT, "client-missing")
    ben.sync()
    assert hidden.contact_id not in ben.store.ids(Contact)
    assert hidden.property_id not in ben.store.ids(Property)
    change = EditContact(case_id=fresh.case_id, contact_id=hidden.contact_id, changes={"last_name": ("", "Mine")})
    assert answer_to(ben, change)[0] is Status.REFUSED_KEPT


def test_that_a_client_of_a_case_in_reach_may_have_another_one(central: Central) -> None:
    amy = central.visitor("amy")
    first = a_new_case()
    second = msgspec.structs.replace(
        a_new_case(), contact_id=first.contact_id, contact=None, property_id=first.property_id, home=None
    )
    # in one go, as a laptop that was offline brings them
    assert [ack.st for ack in amy.say(first, second)] == [Status.APPLIED, Status.APPLIED]
    third = msgspec.structs.replace(second, case_id=new_id())
    assert answer_to(central.visitor("priya"), third)[0] is Status.APPLIED


def test_that_a_refused_case_of_a_hidden_client_is_opened_by_a_lead(central: Central) -> None:
    hidden, ben, jo = central.owned_by("amy"), central.visitor("ben"), central.visitor("jo")
    opening = said(
        msgspec.structs.replace(a_new_case(), contact_id=hidden.contact_id, contact=None, description="no heating")
    )
    assert ben.push(opening)[0].code == "client-missing"
    use = SettleKept(case_id=opening.say.case_id, kept_id=opening.id, how="use")
    assert answer_to(ben, use) == (Status.REFUSED_KEPT, "client-missing")
    assert answer_to(jo, use)[0] is Status.APPLIED
    case = central.case(opening.say.case_id)
    assert (case.owner_id, case.description) == (ben.id, "no heating")
    assert not case.number.endswith("*")


def test_that_two_cases_are_kept_apart_only_by_who_sees_both(central: Central) -> None:
    mine, theirs, ben = central.owned_by("ben"), central.owned_by("amy"), central.visitor("ben")
    apart = KeepApart(case_id=mine.id, other_id=theirs.id, reason="Two sisters")
    assert answer_to(ben, apart) == (Status.REFUSED_KEPT, "duplicate-of-what")
    assert "Two sisters" not in feed_of(central, theirs)
    assert central.case(theirs.id).apart_from == ()
    assert answer_to(central.visitor("jo"), apart)[0] is Status.APPLIED


def test_that_using_what_was_refused_writes_nothing_into_a_hidden_case(central: Central) -> None:
    mine, other, theirs = (central.owned_by(name) for name in ("ben", "ben", "amy"))
    ben, jo = central.visitor("ben"), central.visitor("jo")
    before = central.case(theirs.id)
    apart = said(KeepApart(case_id=mine.id, other_id=theirs.id, reason="Two sisters"))
    assert ben.push(apart)[0].code == "duplicate-of-what"
    use = said(SettleKept(case_id=mine.id, kept_id=apart.id, how="use"))
    again = SettleKept(case_id=mine.id, kept_id=use.id, how="use")
    assert ben.push(use)[0].code == "duplicate-of-what"
    assert answer_to(ben, again)[0] is Status.REFUSED_KEPT
    # nor where the case has been joined to another one meanwhile, and what was kept has gone there
    lines = len(feed_of(central, mine))
    assert answer_to(jo, JoinCase(case_id=mine.id, into=other.id, seen=lines, reason="same"))[0] is Status.APPLIED
    for case in (mine, other):
        answer_to(ben, SettleKept(case_id=case.id, kept_id=apart.id, how="use"))
    assert central.case(theirs.id) == before
    assert "Two sisters" not in feed_of(central, theirs)


@pytest.mark.covers("OC14")
def test_that_what_a_second_import_of_a_file_says_otherwise_is_kept(central: Central) -> None:
    priya, jo = central.visitor("priya"), central.visitor("jo")
    first = a_new_case(source=Source.IMPORT, description="no heating")
    other = msgspec.structs.replace(first, description="damp")
    assert answer_to(priya, first)[0] is Status.APPLIED
    assert answer_to(jo, first)[0] is Status.APPLIED
    assert answer_to(jo, other) == (Status.REFUSED_KEPT, "case-here-already")
    assert central.case(first.case_id).description == "no heating"


@pytest.mark.covers("OC7")
def test_that_who_lost_a_case_is_let_in_once_by_what_they_say_of_it(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    case = timed.opened(timed.visitor("ben"))

    def days_later(days: int) -> tuple[Visitor, Visitor]:
        clock.pass_time(days=days)
        with parts.database.writing() as conn:
            parts.journal.end_what_is_over(conn)
        return timed.visitor("ben"), timed.visitor("jo")

    ben, jo = days_later(0)
    jo.say(given_to(case, "amy", reason="On holiday"))
    assert not holds(ben, case)
    # what was said offline meanwhile is kept, and the case stays in sight for a fortnight
    assert answer_to(ben, nonsense(case))[0] is Status.CONFLICT_KEPT
    assert holds(ben, case)
    ben, jo = days_later(10)
    assert answer_to(ben, nonsense(case))[0] is Status.CONFLICT_KEPT
    assert holds(ben, case)
    ben, jo = days_later(5)
    assert not holds(ben, case), "more of the same gains no time"
    assert answer_to(ben, nonsense(case))[0] is Status.CONFLICT_KEPT
    assert not holds(ben, case), "nor does it let them in again"
    kept = said(EditCase(case_id=case.id, changes={"request_type": ("never stood there", "mine")}))
    gone = said(SettleKept(case_id=case.id, kept_id=kept.id, how="leave"))
    ben.push(kept, gone, said(UndoSettling(case_id=case.id, kept_id=kept.id, settling=gone.id)))
    assert not holds(ben, case), "nor does having it back"
    # who has had it again, and lost it again, has it in sight once more
    jo.say(given_to(timed.case(case.id), "ben", reason="Back"))
    jo.say(given_to(timed.case(case.id), "amy", reason="Gone"))
    assert not holds(ben, case)
    assert answer_to(ben, nonsense(case))[0] is Status.CONFLICT_KEPT
    assert holds(ben, case)


def test_that_who_owned_a_case_that_was_joined_to_another_is_not_let_into_that_one_again_and_again(
    parts: Parts, timed: Central, clock: SetClock
) -> None:
    ben, jo = timed.visitor("ben"), timed.visitor("jo")
    joined, stays = timed.opened(ben), timed.owned_by("amy")
    with timed.database.reading() as conn:
        seen = sum(line.by != jo.id for line in of_case(conn, Activity, joined.id))
    assert answer_to(jo, JoinCase(case_id=joined.id, into=stays.id, seen=seen))[0] is Status.APPLIED
    assert holds(ben, stays)
    clock.pass_time(days=15)
    with parts.database.writing() as conn:
        parts.journal.end_what_is_over(conn)
    ben = timed.visitor("ben")
    assert not holds(ben, stays)
    assert answer_to(ben, nonsense(joined))[0] is Status.CONFLICT_KEPT
    assert not holds(ben, stays)
