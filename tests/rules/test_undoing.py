"""A decision about kept work can be taken back for 30 days, where nobody has changed since what it had set (X3)."""

from datetime import timedelta

import pytest

from casework.answers import Done, Late, Refused
from casework.commands import (
    ChangeOwner,
    CloseCase,
    EditContact,
    MoveStep,
    SettleKept,
    UndoSettling,
)
from casework.values import Contact, KeptKind, KeptState, KeptWork, Task, TaskStatus
from tests.rules.kept import a_clash, a_proposal, a_server, code_of, kept_work, settle, state
from tests.rules.paper import CASE, CLIENT, WAITING, Laptop, Server, a_task, an_active_case, person


def undo(server: Server, kept_id: str = "kept") -> UndoSettling:
    kept = server.desk.one(KeptWork, kept_id)
    return UndoSettling(case_id=CASE, kept_id=kept_id, settling=kept.settled_cmd)


def phone(server: Server) -> str:
    return server.desk.one(Contact, CLIENT).phone


@pytest.mark.covers("FA13", "FA2")
def test_that_a_used_value_is_put_back_and_the_card_is_open_again() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    assert phone(server) == "1"
    server.done("amy", undo(server))
    kept = server.desk.one(KeptWork, "kept")
    assert phone(server) == "01642 1"
    assert (kept.state, kept.settled_by, kept.settled_at, kept.settled_cmd, kept.effect) == (
        KeptState.OPEN, "", None, "", "",
    )  # fmt: skip
    assert server.desk.feed().count("edited") == 2
    assert "decision-undone" in server.desk.told("ben")


def test_that_it_can_be_decided_anew_after_that() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    server.done("amy", undo(server))
    server.done("lena", settle("fields", fields={"phone": "01642 3"}))
    assert phone(server) == "01642 3"


@pytest.mark.parametrize("how", ["leave", "note"])
def test_that_what_was_let_go_is_open_again_and_a_note_stays(how: str) -> None:
    server = a_server(a_proposal())
    server.done("ben", settle(how))
    server.done("ben", undo(server))
    assert state(server) is KeptState.OPEN
    assert server.desk.feed().count("note") == (1 if how == "note" else 0)


@pytest.mark.covers("FA13")
def test_that_a_field_that_somebody_corrected_since_stands_and_a_new_card_asks() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    server.done("priya", EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("1", "7")}))
    verdict = server.hear("amy", undo(server))
    assert isinstance(verdict, Late)
    assert phone(server) == "7"
    assert state(server) is KeptState.USED
    (card,) = [one for one in server.desk.kept() if one.state is KeptState.OPEN]
    assert (card.command, card.fields) == ("kept.undo", {"phone": ('"1"', '"01642 1"', '"7"')})
    assert card.theirs_from["phone"][0] == "priya"
    server.done("amy", SettleKept(case_id=CASE, kept_id=card.id, how="use"))
    assert phone(server) == "01642 1"


def test_that_a_used_step_is_moved_back_with_the_tasks_that_it_brought() -> None:
    server = a_server(a_task())
    moved = MoveStep(case_id=CASE, step=("s3", "s2"))
    server.desk.put(kept_work(moved, "ben", kind=KeptKind.PROPOSAL, code="owner-moved", for_id="amy"))
    server.done("lena", MoveStep(case_id=CASE, step=("s2", "s3")))
    before = server.desk.case
    server.done("amy", settle("use"))
    assert server.desk.case.step_id == "s2"
    server.done("amy", undo(server))
    assert (server.desk.case.step_id, server.desk.case.step_since) == (before.step_id, before.step_since)
    brought = [task for task in server.desk.of_case(Task, CASE) if task.id != "visit"]
    assert {task.status for task in brought} <= {TaskStatus.CANCELLED}
    assert server.desk.tasks()["visit"].status is TaskStatus.OPEN


def test_that_a_used_closing_is_opened_again_with_its_tasks() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="moved")
    server = a_server(a_task(), kept_work(closing, "ben", kind=KeptKind.PROPOSAL, for_id="amy"))
    server.done("amy", settle("use"))
    assert server.desk.case.is_closed
    server.done("amy", undo(server))
    assert not server.desk.case.is_closed
    assert server.desk.case.closed_by == ""
    assert server.desk.tasks()["visit"].status is TaskStatus.OPEN


def test_that_a_case_that_was_handed_over_comes_back_with_an_epoch_more() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("cara"))
    server = a_server(kept_work(wish, "lena", kind=KeptKind.PROPOSAL))
    server.done("lena", settle("use"))
    assert server.desk.case.owner == person("cara")
    server.done("lena", undo(server))
    assert server.desk.case.owner == person("amy")
    assert server.desk.case.owner_epoch == 3


def test_that_a_case_that_moved_on_since_stays_where_it_is() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("cara"))
    server = a_server(kept_work(wish, "lena", kind=KeptKind.PROPOSAL))
    server.done("lena", settle("use"))
    server.given_to("dan")
    assert code_of(server.hear("lena", undo(server))) == "changed-since"
    assert server.desk.case.owner == person("dan")
    assert state(server) is KeptState.USED


def test_that_a_step_that_was_moved_on_since_stays() -> None:
    server = a_server(a_proposal())
    server.done("amy", settle("use"))
    server.done("amy", MoveStep(case_id=CASE, step=("s3", "s4")))
    assert server.hear("amy", undo(server)) == Refused("changed-since", {"field": "step_id"})
    assert server.desk.case.step_id == "s4"


@pytest.mark.parametrize(("name", "code"), [("cara", "not-yours-to-decide"), ("lena", "Done"), ("amy", "Done")])
def test_that_who_may_decide_may_take_back(name: str, code: str) -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    assert code_of(server.hear(name, undo(server))) == code


def test_that_whoever_has_the_case_no_more_does_not_move_it_back() -> None:
    server = a_server(a_proposal())
    server.done("amy", settle("use"))
    server.given_to("cara")
    assert code_of(server.hear("amy", undo(server))) == "not-yours-to-decide"


def test_that_it_can_be_taken_back_for_30_days_and_no_longer() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    server.now += timedelta(days=31)
    assert server.hear("amy", undo(server)) == Refused("too-late-to-undo", {"days": "30"})
    in_time = a_server(a_clash())
    in_time.done("amy", settle("use"))
    in_time.now += timedelta(days=29)
    in_time.done("amy", undo(in_time))


@pytest.mark.covers("OC23")
def test_that_what_two_take_back_is_taken_back_once() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("use"))
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(undo(server))
    lena.say(undo(server))
    amy.send()
    before = server.desk.rows()
    assert lena.send() == [Done()]
    assert server.desk.rows() == before


def test_that_an_undoing_of_a_decision_that_came_second_undoes_nobody_elses() -> None:
    server = a_server(a_clash())
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    said = amy.say(settle("leave"))
    amy.say(UndoSettling(case_id=CASE, kept_id="kept", settling=said.id))
    lena.say(settle("use"))
    lena.send()
    assert [code_of(verdict) for verdict in amy.send()] == ["decision-made-already", "Done"]
    assert phone(server) == "1"


def test_that_the_author_of_a_card_that_is_open_again_is_let_in_again() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    server.given_to("ben")
    amy.send()
    (kept,) = server.desk.kept()
    server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="leave"))
    assert server.desk.let_in(server.now) == set()
    server.done("ben", undo(server, kept.id))
    assert server.desk.let_in(server.now) == {"amy"}


def test_that_a_claim_that_was_granted_goes_back_to_whoever_granted_it() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(ChangeOwner(case_id=CASE, base=amy.desk.seen, owner=person("amy")))
    server.done("ben", ChangeOwner(case_id=CASE, base=server.desk.seen, owner=person("ben")))
    amy.send()
    (kept,) = server.desk.kept()
    server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert code_of(server.hear("ben", undo(server, kept.id))) == "not-yours-to-decide"
    server.done("amy", undo(server, kept.id))
    assert server.desk.case.owner == person("ben")
