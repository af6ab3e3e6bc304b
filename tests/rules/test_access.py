"""The table of roles (domain.md 5.5), cell by cell, and that what a screen offers is what the rules take."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.answers import Refused
from casework.commands import (
    AddNote,
    AddTask,
    AttachDocument,
    ChangeOwner,
    CloseCase,
    Command,
    EditCase,
    LogReview,
    MoveStep,
    OpenCase,
    ReopenCase,
    SeeNotices,
    SetPriority,
    TriageCase,
)
from casework.rules import CASE_RULES, judge
from casework.rules.access import OFFERED, may, offers, queues_of, sees_everything
from casework.rules.moment import Moment, Side
from casework.values import Case, KeptWork, Notice, Person, Priority, Queue, Record, Source, TriageOutcome
from tests.rules.commanding import NAMES, commands
from tests.rules.kept import a_clash, kept_work
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    NINE,
    OFFICE,
    WAITING,
    CaseDesk,
    Server,
    a_case,
    a_closed_case,
    an_active_case,
    person,
)

ROLES = {"advisor": "amy", "coordinator": "priya", "lead": "lena", "admin": "adam", "reader": "rhys"}
# who of advisor, coordinator, lead, admin, reader may: y or n
CASES: dict[str, tuple[Record, ...]] = {
    "own waiting": a_case(person("{me}")),
    "own": an_active_case(person("{me}")),
    "another's": an_active_case(person("ben")),
    "my queue's": a_case(WAITING),
    "another queue's": a_case(BACK_OFFICE),
    "own closed": a_closed_case(person("{me}"), by="ben"),
    "another's closed": a_closed_case(person("ben"), by="ben"),
}
TABLE = [
    # action, case, A C L A R
    ("open", "own", "yyyyn"),
    ("import", "own", "nyyyn"),
    ("note", "another's", "yyyyn"),
    ("task", "another's", "yyyyn"),
    ("file", "another's", "yyyyn"),
    ("edit", "another's", "yyyyn"),
    ("note", "another's closed", "yyyyn"),
    ("support for me", "my queue's", "yyyyn"),
    ("support", "own waiting", "yyyyn"),
    ("support", "my queue's", "nyyyn"),
    ("decline", "own waiting", "yyyyn"),
    ("decline", "my queue's", "nyyyn"),
    ("support for me", "another queue's", "nyyyn"),
    ("claim", "my queue's", "yyyyn"),
    ("claim", "another queue's", "nyyyn"),
    ("claim", "another's", "nyyyn"),
    ("give to a queue", "own", "yyyyn"),
    ("give to a queue", "another's", "nyyyn"),
    ("give to a person", "own", "nyyyn"),
    ("give to a person", "another's", "nyyyn"),
    ("step", "own", "yyynn"),
    ("step", "another's", "nyynn"),
    ("priority", "own", "yyynn"),
    ("priority", "another's", "nyynn"),
    ("close", "own", "yyynn"),
    ("close", "another's", "nyynn"),
    ("reopen", "own closed", "yyynn"),
    ("reopen", "another's closed", "nyynn"),
    ("review", "own", "yyynn"),
    ("review", "another's", "nnynn"),
]
CELLS = [
    (action, relation, role, cell == "y")
    for action, relation, row in TABLE
    for role, cell in zip(ROLES, row, strict=True)
]


def a_desk(relation: str, me: str) -> CaseDesk:
    desk = CaseDesk(OFFICE, CASES[relation])
    case = desk.case
    desk.put(msgspec.structs.replace(case, owner_id=case.owner_id.format(me=me)))
    return desk


def a_moment_of(desk: CaseDesk, name: str, **more: Any) -> Moment:
    who = desk.one(Person, name)
    queues = queues_of(who, desk.all_of(Queue))
    moment = Moment(
        command_id="now", who=who, queue_ids=queues, said_at=NINE, now=NINE, under=desk.case.owner_cmd, side=Side.SAYING
    )
    return msgspec.structs.replace(moment, **more)


def command_for(action: str, desk: CaseDesk, me: str) -> Command:
    seen, case = desk.seen, desk.case
    step = "s2" if case.step_id == "s1" else "s3"
    support = TriageCase(case_id=CASE, base=seen, outcome=TriageOutcome.SUPPORTED, step_id="s2")
    opening = OpenCase(case_id="new", contact_id="client", property_id="home", project_id="warm")
    made: dict[str, Command] = {
        "open": opening,
        "import": msgspec.structs.replace(opening, source=Source.IMPORT),
        "note": AddNote(case_id=CASE, text="hm"),
        "task": AddTask(case_id=CASE, task_id="t", task_type="phone_call", title="Ring"),
        "file": AttachDocument(case_id=CASE, document_id="d", name="n", mime="m", size=1, sha256="0" * 64),
        "edit": EditCase(case_id=CASE, changes={"description": ("", "x")}),
        "support": support,
        "support for me": msgspec.structs.replace(support, owner=person(me)),
        "decline": TriageCase(case_id=CASE, base=seen, outcome=TriageOutcome.DECLINED, reason="no"),
        "claim": ChangeOwner(case_id=CASE, base=seen, owner=person(me), reason="I am free"),
        "give to a queue": ChangeOwner(case_id=CASE, base=seen, owner=BACK_OFFICE),
        "give to a person": ChangeOwner(case_id=CASE, base=seen, owner=person("cara")),
        "step": MoveStep(case_id=CASE, step=(case.step_id, step)),
        "priority": SetPriority(case_id=CASE, priority=(case.priority, Priority.HIGH)),
        "close": CloseCase(case_id=CASE, base=seen, reason="moved"),
        "reopen": ReopenCase(case_id=CASE, reason="back"),
        "review": LogReview(case_id=CASE, text="fine"),
    }
    return made[action]


@pytest.mark.parametrize(("action", "relation", "role", "allowed"), CELLS)
@pytest.mark.covers("S9", "S99")
def test_that_each_role_may_say_what_the_table_grants(action: str, relation: str, role: str, allowed: bool) -> None:
    me = ROLES[role]
    desk = a_desk(relation, me)
    verdict = judge(desk, command_for(action, desk, me), a_moment_of(desk, me))
    assert isinstance(verdict, Refused) is not allowed, verdict


@pytest.mark.parametrize("action", ["note", "step", "claim", "review"])
def test_that_nobody_says_a_thing_about_a_case_out_of_reach(action: str) -> None:
    desk = a_desk("own", "amy")
    verdict = judge(desk, command_for(action, desk, "amy"), a_moment_of(desk, "amy", could_see=False))
    assert verdict == Refused("not-in-reach")


@given(data=st.data(), name=st.sampled_from([one for one in NAMES if one != "ben"]))
@settings(max_examples=300)
def test_that_whatever_is_said_about_a_hidden_case_nothing_of_it_changes(data: st.DataObject, name: str) -> None:
    """I7: but for what was kept of the author's own words."""
    mine = kept_work(AddNote(case_id=CASE, text="hm"), name, id="mine", code="not-in-reach")
    server = Server(*an_active_case(person("ben")), a_clash(for_id="ben"), mine)
    command = data.draw(commands(server.desk, ("kept", "mine")))
    if command.case_id != CASE:
        return
    before = server.desk.rows()
    server.hear(name, command, could_see=False)
    changed = [row for key, row in server.desk.rows().items() if before.get(key) != row]
    theirs = [row for row in changed if isinstance(row, KeptWork) and row.author_id == name]
    # a lead learns what somebody left unsent, wherever that was
    told = [row for row in changed if isinstance(row, Notice) and row.code == "left-unsent"]
    assert changed == [*theirs, *told]


def test_that_who_has_left_states_facts_and_decides_nothing() -> None:
    desk = a_desk("own", "gone")
    moment = a_moment_of(desk, "gone", side=Side.DECIDING)
    assert may(command_for("note", desk, "gone"), desk.case, moment) is None
    for action in ("open", "step", "claim", "close"):
        problem = may(command_for(action, desk, "gone"), desk.case, moment)
        assert problem == Refused("person-inactive", {"person": "gone"})


def test_that_a_fact_about_a_case_that_is_gone_is_not_a_matter_of_rights() -> None:
    desk = a_desk("own", "amy")
    assert may(command_for("note", desk, "amy"), None, a_moment_of(desk, "amy")) is None


def test_that_the_office_sees_everything_while_it_works_here() -> None:
    people = {one.id: one for one in OFFICE if isinstance(one, Person)}
    assert {name for name, one in people.items() if sees_everything(one)} == {"priya", "quinn", "lena", "adam"}
    assert not sees_everything(msgspec.structs.replace(people["lena"], is_active=False))


ACTION_OF = {
    "case.triage": "support for me",
    "case.owner": "give to a queue",
    "case.step": "step",
    "case.priority": "priority",
    "case.close": "close",
    "case.reopen": "reopen",
    "review.log": "review",
    "note.add": "note",
    "task.add": "task",
    "document.attach": "file",
    "case.edit": "edit",
}
RIGHTS = {"owner-only", "read-only", "not-for-admins", "not-in-reach", "person-inactive", "review-is-the-owners"}


@given(
    relation=st.sampled_from(sorted(CASES)),
    name=st.sampled_from([*ROLES.values(), "gone", "ben", "cara"]),
    could_see=st.booleans(),
    verb=st.sampled_from(sorted(ACTION_OF)),
)
def test_that_what_is_offered_is_taken_and_what_is_not_is_refused(
    relation: str, name: str, could_see: bool, verb: str
) -> None:
    desk = a_desk(relation, name)
    moment = a_moment_of(desk, name, could_see=could_see)
    action = ACTION_OF[verb]
    if verb == "case.owner" and desk.case.owner in (BACK_OFFICE, WAITING):
        action = "claim"
    verdict = judge(desk, command_for(action, desk, name), moment)
    is_offered = verb in offers(desk.case, moment)
    if is_offered:
        assert not (isinstance(verdict, Refused) and verdict.code in RIGHTS), verdict
        return
    if isinstance(verdict, Refused) and verdict.code in RIGHTS:
        return
    is_triaged = desk.case.triage_outcome is not None
    out_of_turn = {"case.reopen": not desk.case.is_closed, "case.triage": is_triaged, "case.step": not is_triaged}
    assert out_of_turn.get(verb, False) or desk.case.is_closed or name == "gone", verdict


def test_that_nothing_is_offered_that_has_no_rule() -> None:
    assert set(CASE_RULES) >= OFFERED


@pytest.mark.parametrize(
    ("relation", "name", "verbs"),
    [
        ("my queue's", "amy", {"case.triage", "case.owner"}),
        ("own", "amy", {"case.owner", "case.step", "case.priority", "case.close", "review.log"}),
        ("own closed", "amy", {"case.reopen", "review.log"}),
        ("another's", "amy", set()),
        ("another's", "lena", {"case.owner", "case.step", "case.priority", "case.close", "review.log"}),
        ("another's", "priya", {"case.owner", "case.step", "case.priority", "case.close"}),
        ("own", "adam", {"case.owner"}),
    ],
)
def test_that_a_screen_is_told_the_decisions_that_are_theirs(relation: str, name: str, verbs: set[str]) -> None:
    desk = a_desk(relation, name)
    decisions = {"case.triage", "case.owner", "case.step", "case.priority", "case.close", "case.reopen", "review.log"}
    assert offers(desk.case, a_moment_of(desk, name)) & decisions == verbs


def test_that_a_reader_and_who_has_left_are_offered_nothing() -> None:
    server = Server(*an_active_case(person("rhys")))
    assert offers(server.desk.one(Case, CASE), a_moment_of(server.desk, "rhys")) == frozenset()
    assert offers(server.desk.one(Case, CASE), a_moment_of(server.desk, "gone")) == frozenset()


def test_that_seeing_one_s_own_lines_needs_no_right() -> None:
    desk = a_desk("another's", "gone")
    moment = a_moment_of(desk, "gone", could_see=False)
    assert may(SeeNotices(case_id=CASE, notice_ids=()), desk.case, moment) is None
