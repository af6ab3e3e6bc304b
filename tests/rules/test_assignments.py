"""Requests to another team: asked, taken on, done, turned down; what closing the case does to them, and they to it."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import AddNote, AskTeam, CloseCase, MoveAssignment, ReopenCase, SettleKept
from casework.values import (
    Activity,
    AssignmentStatus,
    CaseAssignment,
    CaseStatus,
    KeptKind,
    KeptState,
    KeptWork,
    Notice,
    Person,
)
from tests.rules.paper import CASE, NINE, CaseDesk, Laptop, Server, a_closed_case, a_task, an_active_case, person

S = AssignmentStatus


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


def ask(team: str = "grants", assignment_id: str = "asked", **more: Any) -> AskTeam:
    told: dict[str, Any] = {"reason": "A new boiler", **more}
    return AskTeam(case_id=CASE, assignment_id=assignment_id, team_id=team, **told)


def move(seen: AssignmentStatus, wanted: AssignmentStatus, words: str = "") -> MoveAssignment:
    return MoveAssignment(case_id=CASE, assignment_id="asked", status=(seen, wanted), words=words)


def close(desk: CaseDesk, reason: str) -> CloseCase:
    return CloseCase(case_id=CASE, base=desk.seen, reason=reason)


def asked(server: Server) -> CaseAssignment:
    return server.desk.one(CaseAssignment, "asked")


def code_of(verdict: object) -> str:
    assert isinstance(verdict, Late | Refused), verdict
    return verdict.code


@pytest.mark.covers("S75", "S76", "S97")
def test_that_a_team_is_asked_and_the_owner_stays(server: Server) -> None:
    server.done("amy", ask(comments="She can be rung after four"))
    assert server.desk.case.owner == person("amy")
    assert (asked(server).team_id, asked(server).status, asked(server).asked_by) == ("grants", S.SENT, "amy")
    assert (server.desk.told("dan"), server.desk.told("eve"), server.desk.told("ben")) == (
        ["team-asked"],
        ["team-asked"],
        [],
    )
    assert server.desk.line("assignment").facts["team"] == "grants"
    assert server.hear("amy", ask()) == Done()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ask("no-such"), "team-gone"),
        (ask("old-team"), "team-gone"),
        (ask(reason=" "), "reason-needed"),
        (ask(reason="x" * 201), "too-long"),
    ],
)
def test_that_a_team_at_work_is_asked_for_something(server: Server, command: AskTeam, code: str) -> None:
    assert code_of(server.hear("amy", command)) == code


def test_that_an_id_of_another_case_s_request_is_refused(server: Server) -> None:
    server.desk.put(
        CaseAssignment(id="asked", case_id="another", team_id="grants", reason="x", asked_by="amy", asked_at=NINE)
    )
    assert code_of(server.hear("amy", ask())) == "not-valid"
    assert code_of(server.hear("dan", move(S.SENT, S.ACCEPTED))) == "assignment-gone"


def test_that_admins_and_readers_ask_no_team(server: Server) -> None:
    assert [code_of(server.hear(name, ask())) for name in ("adam", "rhys")] == ["not-for-admins", "read-only"]


def test_that_a_team_takes_it_on_and_does_it(server: Server) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.ACCEPTED))
    assert (asked(server).status, asked(server).assignee_id) == (S.ACCEPTED, "dan")
    server.done("dan", move(S.ACCEPTED, S.COMPLETED, "Grant applied for"))
    assert (asked(server).status, asked(server).assignee_id, asked(server).answer) == (
        S.COMPLETED,
        "dan",
        "Grant applied for",
    )
    assert server.desk.told("amy") == ["team-answered", "team-answered"]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("ben", (S.SENT, S.ACCEPTED), "not-your-team"),
        ("amy", (S.SENT, S.ACCEPTED), "not-your-team"),
        ("dan", (S.SENT, S.WITHDRAWN), "owner-only"),
        ("dan", (S.COMPLETED, S.SENT), "not-valid"),
        ("adam", (S.SENT, S.ACCEPTED), "not-for-admins"),
    ],
)
def test_that_the_team_answers_and_the_asker_takes_back(
    server: Server, who: str, status: tuple[AssignmentStatus, AssignmentStatus], code: str
) -> None:
    server.done("amy", ask())
    assert code_of(server.hear(who, move(*status))) == code


def test_that_the_office_may_do_both(server: Server) -> None:
    server.done("amy", ask())
    server.done("priya", move(S.SENT, S.ACCEPTED))
    server.done("lena", move(S.ACCEPTED, S.WITHDRAWN))
    assert "team-not-needed" in server.desk.told("dan")


@pytest.mark.covers("S92")
@pytest.mark.parametrize("wanted", [S.RETURNED, S.REJECTED])
def test_that_a_no_has_its_reason_and_reaches_the_owner(server: Server, wanted: AssignmentStatus) -> None:
    server.done("priya", ask())
    assert Laptop(server, "dan").try_to_say(move(S.SENT, wanted)) == Refused("reason-needed")
    server.done("dan", move(S.SENT, wanted, "No EPC"))
    assert (server.desk.told("amy"), server.desk.told("priya")) == (["team-answered"], ["team-answered"])


def test_that_what_came_back_can_be_asked_again(server: Server) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.RETURNED, "Which boiler?"))
    server.done("amy", move(S.RETURNED, S.SENT, "The old one"))
    assert asked(server).status is S.SENT
    assert server.desk.told("dan").count("team-asked") == 2


def test_that_the_first_of_two_takers_has_it_and_the_second_is_told(server: Server) -> None:
    server.done("amy", ask())
    eve = Laptop(server, "eve")
    eve.say(move(S.SENT, S.ACCEPTED))
    server.done("dan", move(S.SENT, S.ACCEPTED))
    assert server.hear("dan", move(S.SENT, S.ACCEPTED)) == Done()
    (late,) = eve.send()
    assert code_of(late) == "assignment-taken"
    assert (asked(server).assignee_id, server.desk.kept()[0].for_id) == ("dan", "eve")


@pytest.mark.covers("OC6")
def test_that_whoever_asked_may_give_the_work_to_the_one_who_came_second(server: Server) -> None:
    server.done("amy", ask())
    eve = Laptop(server, "eve")
    eve.say(move(S.SENT, S.ACCEPTED))
    server.done("dan", move(S.SENT, S.ACCEPTED))
    eve.send()
    (kept,) = server.desk.kept()
    assert code_of(server.hear("eve", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))) == "not-yours-to-decide"
    server.done("lena", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert (asked(server).status, asked(server).assignee_id) == (S.ACCEPTED, "eve")
    assert "request-passed-on" in server.desk.told("dan")


@pytest.mark.covers("OC6")
def test_that_work_that_was_done_meanwhile_is_given_to_nobody(server: Server) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.ACCEPTED))
    server.hear("eve", move(S.ACCEPTED, S.ACCEPTED))
    server.done("dan", move(S.ACCEPTED, S.COMPLETED, "Applied"))
    (kept,) = server.desk.kept()
    used = server.hear("amy", SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    assert used == Refused("changed-since", {"field": "request"})
    assert (asked(server).status, asked(server).assignee_id) == (S.COMPLETED, "dan")


@pytest.mark.parametrize("seen", [S.ACCEPTED, S.SENT])
def test_that_what_somebody_took_on_who_has_left_is_anybody_s_of_the_team(server: Server, seen: S) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.ACCEPTED))
    assert code_of(server.hear("eve", move(S.ACCEPTED, S.ACCEPTED))) == "assignment-taken"
    server.desk.put(msgspec.structs.replace(server.desk.one(Person, "dan"), is_active=False))
    server.done("eve", move(seen, S.ACCEPTED))
    assert asked(server).assignee_id == "eve"
    assert "team-answered" in server.desk.told("amy")
    assert code_of(server.hear("ben", move(seen, S.ACCEPTED))) == "not-your-team"


def test_that_the_words_of_a_second_answer_stay_in_the_feed(server: Server) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.REJECTED, "No money left"))
    server.done("eve", move(S.SENT, S.REJECTED, "Not our area either"))
    assert [line.text for line in server.desk.of_case(Activity, CASE)][-1] == "Not our area either"
    assert asked(server).answer == "No money left"


def test_that_a_late_answer_waits_for_the_owner_and_can_be_used(server: Server) -> None:
    server.done("amy", ask())
    dan = Laptop(server, "dan")
    said = dan.say(move(S.SENT, S.ACCEPTED))
    server.done("amy", move(S.SENT, S.WITHDRAWN))
    (late,) = dan.send()
    assert code_of(late) == "assignment-moved"
    card = server.desk.one(KeptWork, said.id)
    assert (card.kind, card.for_id, card.facts["status"]) == (KeptKind.PROPOSAL, "amy", "withdrawn")
    server.done("amy", SettleKept(case_id=CASE, kept_id=said.id, how="use"))
    assert (asked(server).status, asked(server).assignee_id) == (S.ACCEPTED, "dan")


def test_that_another_advisor_uses_no_late_answer(server: Server) -> None:
    server.done("amy", ask())
    dan = Laptop(server, "dan")
    said = dan.say(move(S.SENT, S.ACCEPTED))
    server.done("amy", move(S.SENT, S.WITHDRAWN))
    dan.send()
    assert code_of(server.hear("ben", SettleKept(case_id=CASE, kept_id=said.id, how="use"))) == "not-yours-to-decide"


def test_that_work_done_for_a_withdrawn_request_counts_as_done(server: Server) -> None:
    server.done("amy", ask())
    server.done("dan", move(S.SENT, S.ACCEPTED))
    dan = Laptop(server, "dan")
    dan.say(move(S.ACCEPTED, S.COMPLETED, "Applied"))
    server.done("amy", move(S.ACCEPTED, S.WITHDRAWN))
    (verdict,) = dan.send()
    assert isinstance(verdict, Done)
    assert asked(server).status is S.COMPLETED


@pytest.mark.parametrize("reason", ["advice_completed", "moved"])
def test_that_a_case_is_not_closed_over_a_team_s_head(server: Server, reason: str) -> None:
    server.done("amy", ask())
    assert code_of(server.hear("amy", close(server.desk, reason))) == "assignments-open"
    server.done("dan", move(S.SENT, S.COMPLETED))
    server.done("amy", close(server.desk, reason))


@pytest.mark.covers("OC6", "S94")
def test_that_voiding_stands_and_a_team_s_late_yes_becomes_a_proposal(server: Server) -> None:
    server.done("amy", ask())
    dan = Laptop(server, "dan")
    dan.say(AddNote(case_id=CASE, text="Looked at the boiler"))
    said = dan.say(move(S.SENT, S.ACCEPTED))
    server.done("amy", close(server.desk, "case_voided"))
    verdicts = dan.send()
    assert [type(verdict) for verdict in verdicts] == [Done, Late]
    assert code_of(verdicts[1]) == "closed-meanwhile"
    case = server.desk.case
    assert (case.status, case.closed_reason, asked(server).status) == (CaseStatus.CLOSED, "case_voided", S.WITHDRAWN)
    assert {"team-not-needed", "closed-meanwhile"} <= set(server.desk.told("dan"))
    assert "team-not-needed" in server.desk.told("eve")
    card = server.desk.one(KeptWork, said.id)
    assert (card.state, card.for_id) == (KeptState.OPEN, "amy")


@pytest.mark.covers("OC6")
def test_that_the_proposal_can_be_used_once_the_case_is_open_again(server: Server) -> None:
    server.done("amy", ask())
    dan = Laptop(server, "dan")
    said = dan.say(move(S.SENT, S.ACCEPTED))
    server.done("amy", close(server.desk, "case_voided"))
    dan.send()
    use = SettleKept(case_id=CASE, kept_id=said.id, how="use")
    assert code_of(server.hear("amy", use)) == "closed-meanwhile"
    server.done("amy", ReopenCase(case_id=CASE, reason="They can do it after all"))
    server.done("amy", use)
    assert (asked(server).status, asked(server).assignee_id) == (S.ACCEPTED, "dan")


@pytest.mark.covers("S92", "S93", "S94")
@pytest.mark.parametrize("wanted", [S.RETURNED, S.REJECTED])
def test_that_a_resolution_team_s_no_leaves_only_case_voided(server: Server, wanted: AssignmentStatus) -> None:
    server.done("amy", ask("resolution"))
    server.done("eve", move(S.SENT, wanted, "Cancelled by the client"))
    assert code_of(server.hear("amy", close(server.desk, "moved"))) == "void-needed"
    server.done("amy", close(server.desk, "case_voided"))
    assert server.desk.case.closed_reason == "case_voided"


def test_that_the_reason_is_free_where_something_else_is_open_or_the_team_has_no_such_rule() -> None:
    busy = Server(*an_active_case(person("amy")), a_task("ring", "amy"))
    busy.done("amy", ask("resolution"))
    busy.done("eve", move(S.SENT, S.REJECTED, "no"))
    busy.done("amy", close(busy.desk, "moved"))
    plain = Server(*an_active_case(person("amy")))
    plain.done("amy", ask("grants"))
    plain.done("dan", move(S.SENT, S.REJECTED, "no"))
    plain.done("amy", close(plain.desk, "moved"))


def test_that_a_closed_case_takes_no_new_request() -> None:
    server = Server(*a_closed_case(person("amy"), by="amy"))
    assert code_of(server.hear("amy", ask())) == "closed-meanwhile"


def test_that_voiding_tells_a_team_of_each_request_that_it_had_in_hand(server: Server) -> None:
    server.done("amy", ask(reason="A boiler"))
    server.done("amy", ask(assignment_id="another", reason="A window"))
    server.done("amy", close(server.desk, "case_voided"))
    told = [one for one in server.desk.of_case(Notice, CASE) if (one.person_id, one.code) == ("dan", "team-not-needed")]
    assert sorted(one.facts["about"] for one in told) == ["A boiler", "A window"]
