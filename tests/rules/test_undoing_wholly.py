"""Undoing takes back all that a decision brought about, and tells whom it concerns; what it cannot, it refuses (X3)."""

from datetime import timedelta

import msgspec
import pytest

from casework.answers import Refused
from casework.commands import (
    AcceptOffer,
    AddNote,
    AddTask,
    AskTeam,
    AttachDocument,
    CancelTask,
    ChangeOwner,
    CloseCase,
    Command,
    FinishTask,
    LogReview,
    MoveAssignment,
    OfferCase,
    ReassignTask,
    SendReferral,
    SetConsent,
    SettleKept,
    UndoSettling,
    WithdrawConsent,
)
from casework.rules.consent import consent_id
from casework.values import (
    AssignmentStatus,
    CaseAssignment,
    Consent,
    ConsentScope,
    ConsentState,
    ExternalReferral,
    KeptKind,
    KeptState,
    KeptWork,
    Notice,
    Offer,
    OfferState,
    TaskStatus,
)
from tests.rules.kept import a_clash, a_server, code_of, kept_work, settle, state
from tests.rules.paper import CASE, NINE, Laptop, Server, a_task, an_active_case, person

S = AssignmentStatus
SHARING = ConsentScope.SHARE_WITH_PARTNER
YES = SetConsent(case_id=CASE, scope=SHARING, is_given=True, method="verbal")
NO = WithdrawConsent(case_id=CASE, scope=SHARING, method="verbal")
REFERRAL = SendReferral(case_id=CASE, referral_id="r", organisation="Age UK", service="Visits", method="email")
ASKING = AskTeam(case_id=CASE, assignment_id="asked", team_id="grants", reason="A boiler")


def used(server: Server, who: str) -> UndoSettling:
    """The one card that waits is used by that person; this would take it back."""
    (kept,) = [one for one in server.desk.kept() if one.state is KeptState.OPEN]
    server.done(who, SettleKept(case_id=CASE, kept_id=kept.id, how="use"))
    return undoing(server, kept.id)


def undoing(server: Server, kept_id: str = "kept") -> UndoSettling:
    return UndoSettling(case_id=CASE, kept_id=kept_id, settling=server.desk.one(KeptWork, kept_id).settled_cmd)


def consent(server: Server) -> ConsentState:
    return server.desk.one(Consent, consent_id(CASE, SHARING)).state


def moving(before: AssignmentStatus, after: AssignmentStatus, words: str = "") -> MoveAssignment:
    """What somebody of the team, or who asked it, makes of the request."""
    return MoveAssignment(case_id=CASE, assignment_id="asked", status=(before, after), words=words)


def asked(server: Server) -> CaseAssignment:
    return server.desk.one(CaseAssignment, "asked")


def told_about(server: Server, name: str, code: str, fact: str) -> set[str]:
    """That fact of each notice of that code that somebody has."""
    told = [one for one in server.desk.of_case(Notice, CASE) if (one.person_id, one.code) == (name, code)]
    return {one.facts[fact] for one in told}


def a_late_yes(server: Server) -> None:
    """The client had told the office otherwise since; it waits for the owner."""
    server.done("amy", YES)
    amy = Laptop(server, "amy")
    seen = server.desk.one(Consent, consent_id(CASE, SHARING)).set_by_cmd
    server.done("priya", NO)
    amy.say(SetConsent(case_id=CASE, scope=SHARING, is_given=True, method="verbal", seen=seen))
    amy.send()


def a_late_answer(server: Server, status: AssignmentStatus, words: str) -> None:
    """Eve had accepted for the team, which Dan had not heard when he answered otherwise; his waits for the owner."""
    server.done("amy", ASKING)
    dan = Laptop(server, "dan")
    server.done("eve", moving(S.SENT, S.ACCEPTED))
    dan.say(moving(S.SENT, status, words))
    dan.send()


@pytest.mark.covers("OC21", "FA13")
def test_that_a_yes_that_is_taken_back_counts_no_more_and_whoever_acted_on_it_is_told() -> None:
    server = a_server()
    a_late_yes(server)
    undo = used(server, "lena")
    assert consent(server) is ConsentState.GIVEN
    server.done("amy", REFERRAL)
    server.done("lena", undo)
    assert consent(server) is ConsentState.WITHDRAWN
    assert "consent-as-before" in server.desk.told("amy")
    assert code_of(server.hear("amy", msgspec.structs.replace(REFERRAL, referral_id="s"))) == "Late"


@pytest.mark.covers("OC21")
def test_that_undoing_never_makes_a_yes_out_of_a_no() -> None:
    server = a_server(kept_work(NO, "amy"))
    server.done("amy", YES)
    server.done("amy", settle("use"))
    assert consent(server) is ConsentState.WITHDRAWN
    assert code_of(server.hear("amy", undoing(server))) == "consent-is-asked-anew"
    assert consent(server) is ConsentState.WITHDRAWN
    assert state(server) is KeptState.USED


def test_that_a_first_answer_is_not_unsaid() -> None:
    server = a_server(kept_work(YES, "amy"))
    server.done("amy", settle("use"))
    assert code_of(server.hear("amy", undoing(server))) == "first-answer-stays"
    assert consent(server) is ConsentState.GIVEN


def test_that_a_consent_that_was_asked_anew_since_stands() -> None:
    server = a_server()
    a_late_yes(server)
    undo = used(server, "lena")
    server.done("priya", NO)
    assert code_of(server.hear("lena", undo)) == "changed-since"


@pytest.mark.covers("OC21")
def test_that_a_referral_that_has_gone_out_cannot_be_taken_back() -> None:
    server = a_server(kept_work(REFERRAL, "amy", kind=KeptKind.PROPOSAL))
    server.done("amy", YES)
    server.done("amy", settle("use"))
    assert code_of(server.hear("amy", undoing(server))) == "sent-for-good"
    assert [one.id for one in server.desk.of_case(ExternalReferral, CASE)] == ["r"]
    assert state(server) is KeptState.USED


@pytest.mark.parametrize(
    "command",
    [
        AddNote(case_id=CASE, text="written before"),
        LogReview(case_id=CASE, text="All is well."),
        AttachDocument(
            case_id=CASE, document_id="d", name="bill.pdf", mime="application/pdf", size=1, sha256="0f" * 32
        ),
    ],
    ids=lambda command: str(command.__struct_config__.tag),
)
def test_that_words_that_were_taken_in_stay_and_the_card_stays_settled(command: Command) -> None:
    server = a_server(kept_work(command, "amy"))
    server.done("lena", settle("use"))
    before = server.desk.rows()
    assert code_of(server.hear("lena", undoing(server))) == "words-stay"
    assert {key: row for key, row in server.desk.rows().items() if key in before} == before


def test_that_where_nothing_was_changed_there_is_nothing_to_take_back() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("amy"))
    server = a_server(kept_work(wish, "amy", kind=KeptKind.PROPOSAL))
    server.done("amy", settle("use"))
    assert code_of(server.hear("amy", undoing(server))) == "nothing-to-take-back"


@pytest.mark.covers("OC6", "FA13")
def test_that_a_team_s_no_that_is_taken_back_leaves_the_request_as_it_was() -> None:
    server = a_server()
    a_late_answer(server, S.REJECTED, "no money")
    before = asked(server)
    undo = used(server, "amy")
    assert asked(server).status is S.REJECTED
    server.done("amy", undo)
    assert asked(server) == before
    assert "request-as-before" in server.desk.told("eve")
    assert "request-as-before" in server.desk.told("dan")


def test_that_a_request_that_moved_on_since_stays() -> None:
    server = a_server()
    a_late_answer(server, S.RETURNED, "more, please")
    undo = used(server, "amy")
    server.done("amy", moving(S.RETURNED, S.WITHDRAWN))
    assert code_of(server.hear("amy", undo)) == "changed-since"
    assert asked(server).status is S.WITHDRAWN


@pytest.mark.covers("OC6", "FA13")
def test_that_a_voiding_that_is_taken_back_gives_the_team_its_request_back_and_tells_them() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="case_voided")
    server = a_server(kept_work(closing, "ben", kind=KeptKind.PROPOSAL, for_id="amy"))
    server.done("amy", ASKING)
    server.done("dan", moving(S.SENT, S.ACCEPTED))
    before = asked(server)
    server.done("lena", settle("use"))
    assert (server.desk.case.is_closed, asked(server).status) == (True, S.WITHDRAWN)
    server.done("lena", undoing(server))
    assert not server.desk.case.is_closed
    assert asked(server) == before
    assert all("request-as-before" in server.desk.told(name) for name in ("dan", "eve"))
    assert {"case-reopened", "request-as-before", "decision-undone"} <= set(server.desk.told("amy"))


@pytest.mark.covers("OC6")
def test_that_a_team_gets_no_request_back_on_a_case_that_was_closed_since() -> None:
    server = a_server()
    a_late_answer(server, S.REJECTED, "no money")
    undo = used(server, "amy")
    server.done("amy", CloseCase(case_id=CASE, base=server.desk.seen, reason="moved"))
    assert server.hear("amy", undo) == Refused("changed-since", {"field": "status"})
    assert asked(server).status is S.REJECTED


def test_that_no_task_is_opened_again_on_a_case_that_was_closed_since() -> None:
    wish = CancelTask(case_id=CASE, task_id="visit", reason="moved")
    server = a_server(a_task(), kept_work(wish, "amy"))
    server.done("amy", settle("use"))
    server.done("amy", CloseCase(case_id=CASE, base=server.desk.seen, reason="moved"))
    assert server.hear("amy", undoing(server)) == Refused("changed-since", {"field": "status"})
    assert server.desk.tasks()["visit"].status is TaskStatus.CANCELLED


def test_that_a_team_hears_of_each_of_its_requests_that_go_and_come_back() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="case_voided")
    server = a_server(kept_work(closing, "ben", kind=KeptKind.PROPOSAL, for_id="amy"))
    for asked_for in ("A boiler", "A window"):
        server.done("amy", AskTeam(case_id=CASE, assignment_id=asked_for, team_id="grants", reason=asked_for))
    server.done("lena", settle("use"))
    server.done("lena", undoing(server))
    for code in ("team-not-needed", "request-as-before"):
        assert told_about(server, "dan", code, "about") == {"A boiler", "A window"}


def test_that_a_team_that_was_asked_by_a_decision_is_needed_no_more_once_that_is_taken_back() -> None:
    server = a_server(kept_work(ASKING, "ben"))
    server.done("ben", settle("use"))
    server.done("ben", undoing(server))
    assert asked(server).status is S.WITHDRAWN
    assert set(server.desk.told("dan")) == {"team-asked", "team-not-needed"}


def test_that_what_a_team_has_done_stays_done() -> None:
    server = a_server(kept_work(ASKING, "ben"))
    server.done("ben", settle("use"))
    server.done("dan", moving(S.SENT, S.COMPLETED))
    assert code_of(server.hear("ben", undoing(server))) == "changed-since"
    assert asked(server).status is S.COMPLETED
    assert state(server) is KeptState.USED
    withdrawn = a_server(kept_work(ASKING, "ben"))
    withdrawn.done("ben", settle("use"))
    withdrawn.done("amy", moving(S.SENT, S.WITHDRAWN))
    withdrawn.done("ben", undoing(withdrawn))
    assert state(withdrawn) is KeptState.OPEN


def test_that_a_task_that_somebody_has_done_since_is_not_taken_back() -> None:
    adding = AddTask(case_id=CASE, task_id="new", task_type="phone_call", title="Ring her", assignee_id="amy")
    server = a_server(kept_work(adding, "ben"))
    server.done("ben", settle("use"))
    done = FinishTask(case_id=CASE, task_id="new", done_at=server.now)
    server.done("amy", done)
    assert code_of(server.hear("ben", undoing(server))) == "changed-since"
    assert server.desk.tasks()["new"].status is TaskStatus.DONE


def an_offer(server: Server, to: str, *, instead_of: str = "") -> OfferCase:
    return OfferCase(case_id=CASE, base=server.desk.seen, to_id=to, instead_of=instead_of)


def offers(server: Server) -> dict[str, OfferState]:
    return {one.to_id: one.state for one in server.desk.of_case(Offer, CASE)}


@pytest.mark.covers("FA13")
def test_that_an_offer_that_took_the_place_of_another_gives_it_back_with_the_access() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(an_offer(server, "cara"))
    server.done("lena", an_offer(server, "ben"))
    amy.send()
    undo = used(server, "amy")
    assert offers(server) == {"ben": OfferState.WITHDRAWN, "cara": OfferState.OPEN}
    server.done("amy", undo)
    assert offers(server) == {"ben": OfferState.OPEN, "cara": OfferState.WITHDRAWN}
    assert server.desk.let_in(server.now) == {"ben"}
    assert set(server.desk.told("cara")) == {"offered-to-you", "offer-taken-back"}
    assert server.desk.told("ben").count("offered-to-you") == 2


def test_that_an_offer_that_was_accepted_since_is_not_taken_back() -> None:
    server = a_server(kept_work(an_offer(a_server(), "cara"), "amy"))
    server.done("amy", settle("use"))
    (offer,) = server.desk.of_case(Offer, CASE)
    server.done("cara", AcceptOffer(case_id=CASE, offer_id=offer.id))
    assert code_of(server.hear("lena", undoing(server))) == "changed-since"
    assert server.desk.case.owner == person("cara")


def test_that_a_closing_that_is_taken_back_leaves_no_two_offers_and_none_that_has_run_out() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="moved")
    for days, stands in ((0, OfferState.OPEN), (20, OfferState.LAPSED)):
        server = a_server(kept_work(closing, "ben", kind=KeptKind.PROPOSAL, for_id="amy"))
        server.done("amy", an_offer(server, "cara"))
        server.done("lena", settle("use"))
        assert offers(server) == {"cara": OfferState.LAPSED}
        server.now += timedelta(days=days)
        server.done("lena", undoing(server))
        assert offers(server) == {"cara": stands}
        assert ("cara" in server.desk.let_in(server.now)) is (stands is OfferState.OPEN)


def test_that_who_has_an_offer_again_is_told_once_when_the_decision_is_taken_back_twice() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="moved")
    server = a_server(kept_work(closing, "ben", kind=KeptKind.PROPOSAL, for_id="amy"))
    server.done("amy", an_offer(server, "cara"))
    server.done("lena", settle("use"))
    decided = server.desk.one(KeptWork, "kept")
    server.done("lena", undoing(server))
    # as after an undoing that left a field to be asked about: what was decided is still there to be taken back
    server.desk.put(decided)
    server.done("lena", undoing(server))
    assert offers(server) == {"cara": OfferState.OPEN}
    assert server.desk.told("cara").count("offered-to-you") == 2, "once when offered, once when given back"


def test_that_who_has_a_task_again_is_told() -> None:
    wish = ReassignTask(case_id=CASE, task_id="visit", assignee=("amy", "cara"))
    server = a_server(a_task(assignee="ben"), kept_work(wish, "priya", kind=KeptKind.PROPOSAL, for_id="amy"))
    server.done("amy", settle("use"))
    assert server.desk.tasks()["visit"].assignee_id == "cara"
    server.done("amy", undoing(server))
    assert server.desk.tasks()["visit"].assignee_id == "ben"
    assert sorted(server.desk.told("ben")) == ["task-for-you", "task-not-yours"]
    assert sorted(server.desk.told("cara")) == ["task-for-you", "task-not-yours"]


def test_that_who_has_several_tasks_again_is_told_of_each() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("cara"), reason="ill", with_tasks=True)
    tasks = [a_task(one, title=one) for one in ("one", "two", "three")]
    server = a_server(*tasks, kept_work(wish, "priya", kind=KeptKind.PROPOSAL, for_id="amy"))
    server.done("lena", settle("use"))
    server.done("lena", undoing(server))
    assert told_about(server, "amy", "task-for-you", "title") == {"one", "two", "three"}
    assert "owner-changed" in server.desk.told("cara")
    assert "task-not-yours" not in server.desk.told("cara"), "one line is enough"


def test_that_the_owner_hears_when_somebody_else_takes_back_what_was_decided() -> None:
    server = a_server(a_clash())
    server.done("lena", settle("use"))
    server.done("lena", undoing(server))
    assert "decision-undone" in server.desk.told("amy")


def test_that_a_reader_takes_back_nothing_that_changed_the_case() -> None:
    server = Server(*an_active_case(person("rhys")), a_clash(for_id="rhys"))
    server.done("lena", settle("use"))
    assert code_of(server.hear("rhys", undoing(server))) == "read-only"


def test_that_who_lets_go_and_takes_it_back_again_and_again_sees_the_case_no_longer() -> None:
    server = a_server()
    server.hear("ben", AddNote(case_id=CASE, text=" "))
    (kept,) = server.desk.kept()
    for days, let_in in ((0, {"ben"}), (10, {"ben"}), (5, set())):
        server.now += timedelta(days=days)
        server.done("ben", SettleKept(case_id=CASE, kept_id=kept.id, how="leave"))
        server.done("ben", undoing(server, kept.id))
        assert server.desk.let_in(server.now) == let_in
        assert server.desk.let_in(NINE + timedelta(days=14, hours=1)) == set()
