"""A named person's decision about kept work: who may make it, and that it is made once."""

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import (
    AddNote,
    MoveStep,
    Said,
    SettleKept,
    UndoSettling,
)
from casework.values import (
    Contact,
    Contributor,
    KeptState,
    KeptWork,
    OwnerKind,
)
from tests.rules.kept import a_clash, a_proposal, a_server, code_of, kept_work, settle, state
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    CLIENT,
    Laptop,
    Server,
    an_active_case,
    give,
    person,
)


@pytest.mark.parametrize("name", ["amy", "lena", "adam"])
def test_that_a_proposal_is_settled_by_the_owner_or_a_lead_or_an_admin(name: str) -> None:
    server = a_server(a_proposal())
    server.done(name, settle("leave"))
    kept = server.desk.one(KeptWork, "kept")
    assert (kept.state, kept.settled_by, kept.settled_at) == (KeptState.LEFT, name, server.now)
    assert server.desk.told("ben") == ["decision-made"]
    assert server.desk.line("settled").facts == {"how": "leave", "code": "owner-moved", "kept": "kept"}


@pytest.mark.parametrize("name", ["ben", "cara", "priya", "rhys"])
def test_that_nobody_else_uses_it(name: str) -> None:
    server = a_server(a_proposal())
    assert code_of(server.hear(name, settle("use"))) == "not-yours-to-decide"
    assert state(server) is KeptState.OPEN
    assert server.desk.case.step_id == "s2"


@pytest.mark.parametrize(("how", "left"), [("leave", KeptState.LEFT), ("note", KeptState.NOTED)])
def test_that_its_author_may_give_it_up(how: str, left: KeptState) -> None:
    server = a_server(a_proposal())
    server.done("ben", settle(how))
    assert state(server) is left


def test_that_a_proposal_follows_the_case_to_its_next_owner() -> None:
    server = a_server(a_proposal())
    server.given_to("cara")
    assert code_of(server.hear("amy", settle("use"))) == "not-yours-to-decide"
    server.done("cara", settle("use"))
    assert server.desk.case.step_id == "s3"


def test_that_a_queue_s_case_is_settled_by_a_coordinator_or_after_a_claim() -> None:
    server = Server(*an_active_case(BACK_OFFICE), a_proposal(for_kind=OwnerKind.QUEUE, for_id="back-office"))
    assert code_of(server.hear("cara", settle("use"))) == "not-yours-to-decide"
    server.done("cara", give(server.desk, person("cara")))
    server.done("cara", settle("use"))
    other = Server(*an_active_case(BACK_OFFICE), a_proposal(for_kind=OwnerKind.QUEUE, for_id="back-office"))
    other.done("priya", settle("use"))


def test_that_what_was_refused_is_its_author_s_own() -> None:
    server = a_server(kept_work(AddNote(case_id=CASE, text="hm"), "ben"))
    for name in ("amy", "priya"):
        assert code_of(server.hear(name, settle("leave"))) == "not-yours-to-decide"
    server.done("ben", settle("note"))
    assert state(server) is KeptState.NOTED


def test_that_a_reader_lets_go_of_what_they_wrote_before_and_no_more() -> None:
    server = a_server(kept_work(AddNote(case_id=CASE, text="hm"), "rhys"))
    for how in ("use", "note"):
        assert code_of(server.hear("rhys", settle(how))) == "read-only"
    assert server.desk.told("amy") == []
    server.done("rhys", settle("leave"))


def test_that_who_has_left_decides_nothing_any_more() -> None:
    server = a_server(a_proposal(author_id="gone"))
    assert code_of(server.hear("gone", settle("leave"))) == "person-inactive"


def test_that_the_first_decision_stands_and_the_second_one_s_author_is_told() -> None:
    server = a_server(a_proposal())
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(settle("use"))
    lena.say(settle("leave"))
    amy.send()
    (verdict,) = lena.send()
    assert verdict == Refused("decision-made-already", {"by": "amy", "how": "used"})
    assert server.desk.case.step_id == "s3"
    assert server.desk.told("lena") == ["decision-made-already"]


@pytest.mark.covers("OC23")
def test_that_the_same_decision_by_two_is_made_once() -> None:
    server = a_server(a_proposal())
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(settle("use"))
    lena.say(settle("use"))
    amy.send()
    before = server.desk.rows()
    assert lena.send() == [Done()]
    assert server.desk.rows() == before


@pytest.mark.parametrize(("chosen", "code"), [("01642 9", "Done"), ("01642 8", "decision-made-already")])
def test_that_of_two_choices_for_a_field_the_second_is_told_if_it_differs(chosen: str, code: str) -> None:
    server = a_server(a_clash())
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(settle("fields", fields={"phone": "01642 9"}))
    lena.say(settle("fields", fields={"phone": chosen}, seen={"phone": "01642 1"}))
    amy.send()
    assert code_of(lena.send()[0]) == code
    assert server.desk.one(Contact, CLIENT).phone == "01642 9"


def test_that_a_clash_of_a_newer_app_settled_before_is_settled() -> None:
    server = a_server(a_clash(said="{}", state=KeptState.USED, settled_by="lena"))
    assert code_of(server.hear("amy", settle("use"))) == "decision-made-already"
    gone = a_server(a_clash(state=KeptState.USED, settled_by="lena"))
    gone.desk.put(msgspec.structs.replace(gone.desk.one(Contact, CLIENT), id="other"))
    said = msgspec.json.decode(a_clash().said, type=Said)
    edit = msgspec.structs.replace(said, say=msgspec.structs.replace(said.say, contact_id="no-such"))
    gone.desk.put(a_clash(state=KeptState.USED, said=msgspec.json.encode(edit).decode()))
    assert code_of(gone.hear("amy", settle("use"))) == "decision-made-already"


def test_that_once_settled_its_author_is_let_in_no_longer() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(MoveStep(case_id=CASE, step=("s2", "s3")))
    amy.say(AddNote(case_id=CASE, text="@Dan", mentions=("dan",)))
    server.given_to("ben")
    amy.send()
    assert server.desk.let_in(server.now) == {"amy", "dan"}
    (kept,) = server.desk.kept()
    server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="leave"))
    assert server.desk.let_in(server.now) == {"dan"}
    assert len(server.desk.of_case(Contributor, CASE)) == 2


@pytest.mark.covers("FF10")
def test_that_whoever_cannot_see_the_case_only_lets_go_of_their_own_words_and_takes_that_back() -> None:
    server = a_server(kept_work(AddNote(case_id=CASE, text="hello?"), "dan", code="not-in-reach"))
    before = server.desk.rows()
    for how in ("use", "note", "fields"):
        assert code_of(server.hear("dan", settle(how), could_see=False)) == "not-in-reach"
    assert isinstance(server.hear("dan", settle("leave"), could_see=False), Done)
    settling = server.desk.one(KeptWork, "kept").settled_cmd
    undoing = UndoSettling(case_id=CASE, kept_id="kept", settling=settling)
    assert code_of(server.hear("cara", undoing, could_see=False)) == "not-in-reach"
    assert isinstance(server.hear("dan", undoing, could_see=False), Done)
    mine = {key: row for key, row in server.desk.rows().items() if not isinstance(row, KeptWork)}
    assert mine == {key: row for key, row in before.items() if not isinstance(row, KeptWork)}
    assert state(server) is KeptState.OPEN
