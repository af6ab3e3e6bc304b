"""Log Review, exactly: the owner's, by who owned the case when it was written."""

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import LogReview
from casework.rules import judge
from casework.rules.moment import Side
from casework.values import Activity, ActivityKind, OwnershipEvent, Standing
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    WAITING,
    CaseDesk,
    Laptop,
    Server,
    a_closed_case,
    a_moment,
    an_active_case,
    envelope,
    give,
    person,
)


def review(text: str = "Current Status: warm") -> LogReview:
    return LogReview(case_id=CASE, text=text)


@pytest.mark.covers("S98", "S103", "S104", "S105", "R16")
def test_that_a_review_makes_the_prescribed_activity_and_shows_on_the_case() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", review("Current Status: warm"))
    line = server.desk.line("review")
    assert (line.subject, line.name, line.due_on, line.status) == ("Case Review", "", None, "completed")
    assert line.text == "Current Status: warm"
    case = server.desk.case
    assert (case.last_review_by, case.last_review_text) == ("amy", "Current Status: warm")
    assert (case.last_review_at, case.last_review_epoch) == (line.at, 1)


@pytest.mark.covers("S105", "S106")
def test_that_only_the_newest_review_shows_and_each_stays_in_the_feed() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", review("first"))
    server.given_to("ben")
    server.done("ben", review("second"))
    assert server.desk.case.last_review_text == "second"
    kinds = [line.text for line in server.desk.of_case(Activity, CASE) if line.kind is ActivityKind.REVIEW]
    assert kinds == ["first", "second"]


@pytest.mark.covers("S102", "R16")
def test_that_a_review_has_at_most_1000_characters_counted_in_characters() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("amy", review("ŵ€🙂 " * 250))
    assert server.hear("amy", review("ŵ" * 1001)) == Refused(
        "too-long", {"field": "text", "limit": "1000", "length": "1001"}
    )
    assert server.hear("amy", review(" ")) == Refused("review-is-empty")


@pytest.mark.covers("S99", "OC13")
@pytest.mark.parametrize("name", ["ben", "priya", "adam"])
def test_that_nobody_but_the_owner_logs_a_review(name: str) -> None:
    server = Server(*an_active_case(person("amy")))
    assert isinstance(Laptop(server, name).try_to_say(review()), Refused)


@pytest.mark.covers("S99")
def test_that_a_queue_s_member_claims_before_logging_a_review() -> None:
    server = Server(*an_active_case(BACK_OFFICE))
    cara = Laptop(server, "cara")
    assert isinstance(cara.try_to_say(review()), Refused)
    cara.say(give(cara.desk, person("cara")))
    cara.say(review())
    cara.send()
    assert server.desk.case.last_review_by == "cara"


def test_that_a_lead_may_log_one_on_behalf() -> None:
    server = Server(*an_active_case(person("amy")))
    server.done("lena", review("on behalf"))
    assert server.desk.case.last_review_by == "lena"
    assert server.desk.line("review").standing is Standing.OTHER


@pytest.mark.covers("OC13")
def test_that_a_review_that_an_old_app_sends_for_somebody_else_is_kept_as_a_note() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("ben", review("I think"))
    note = server.desk.line("note")
    assert (note.text, note.facts) == ("I think", {"not_a_review": "yes"})
    assert server.desk.case.last_review_text == ""
    assert server.desk.told("amy") == ["facts-on-closed"]


@pytest.mark.covers("OC12", "S105")
def test_that_an_older_review_that_comes_later_is_filed_and_shows_nowhere_else() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(review("nine o'clock"))
    server.given_to("ben")
    server.done("ben", review("eleven o'clock"))
    assert isinstance(amy.send()[0], Done)
    assert server.desk.case.last_review_text == "eleven o'clock"
    hers = next(line for line in server.desk.of_case(Activity, CASE) if line.text == "nine o'clock")
    assert (hers.kind, hers.standing, hers.by) == (ActivityKind.REVIEW, Standing.FORMER_OWNER, "amy")


@pytest.mark.covers("OC12")
def test_that_a_former_owner_s_review_counts_while_there_is_no_newer_one() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(review("nine o'clock"))
    server.given_to("ben")
    amy.send()
    assert server.desk.case.last_review_text == "nine o'clock"
    assert server.desk.case.last_review_epoch == 1


@pytest.mark.covers("OC12")
def test_that_who_lost_the_case_and_has_it_again_does_not_overwrite_with_a_review_of_before() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(review("first time"))
    server.given_to("ben")
    server.done("ben", review("Ben's"))
    server.given_to("amy")
    amy.send()
    assert server.desk.case.last_review_text == "Ben's"


def test_that_a_laptop_cannot_lift_its_review_by_the_epoch_it_tells() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    said = amy.say(review("forged"))
    server.given_to("ben")
    server.done("ben", review("Ben's"))
    said_forged = type(said)(id=said.id, at=said.at, say=said.say, under=said.under, epoch=99)
    assert isinstance(server.take(said_forged, "amy"), Done)
    assert server.desk.case.last_review_text == "Ben's"


@pytest.mark.covers("OC1", "OC13")
def test_that_a_review_under_a_lost_claim_is_a_note() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(review("as I found it"))
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    assert server.desk.line("note").text == "as I found it"
    assert server.desk.case.last_review_text == ""


def test_that_after_a_claim_that_was_so_already_a_review_counts() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(review())
    server.given_to("amy")
    amy.send()
    assert server.desk.case.last_review_by == "amy"
    assert server.desk.case.last_review_epoch == 2


def test_that_a_lead_s_review_under_a_claim_of_theirs_that_was_lost_overwrites_none() -> None:
    server = Server(*an_active_case(WAITING))
    lena = Laptop(server, "lena")
    lena.say(give(lena.desk, person("lena")))
    lena.say(review("Lena's"))
    server.done("ben", give(server.desk, person("ben")))
    server.done("ben", review("Ben's"))
    lena.send()
    assert server.desk.case.last_review_text == "Ben's"


def test_that_an_ownership_of_another_case_makes_nobody_a_former_owner() -> None:
    server = Server(*an_active_case(person("amy")))
    said = envelope(server.desk, review(), server.now)
    elsewhere = type(said)(id=said.id, at=said.at, say=said.say, under="elsewhere", epoch=1)
    event = server.desk.one(OwnershipEvent, "first")
    server.desk.put(msgspec.structs.replace(event, id="elsewhere", case_id="other", to_id="ben"))
    moment = a_moment(server.desk, "ben", elsewhere, now=server.now, side=Side.SAYING)
    assert isinstance(judge(server.desk, review(), moment), Refused)
    lead = a_moment(server.desk, "lena", elsewhere, now=server.now)
    assert isinstance(judge(server.desk, review(), lead), Done)


def seeing(desk: CaseDesk, text: str) -> LogReview:
    """A review as the app says it: with the one in sight that stands."""
    return LogReview(case_id=CASE, text=text, seen=desk.case.last_review_id)


@pytest.mark.covers("OC12", "OC28")
@pytest.mark.parametrize("other", ["lena", "amy"], ids=["a lead on behalf", "the owner on a second laptop"])
def test_that_a_review_written_unseen_of_a_newer_one_of_the_same_ownership_is_filed(other: str) -> None:
    server = Server(*an_active_case(person("amy")))
    amy, second = Laptop(server, "amy"), Laptop(server, other)
    amy.say(seeing(amy.desk, "nine o'clock"))
    amy.say(seeing(amy.desk, "ten o'clock"))
    second.say(seeing(second.desk, "eleven o'clock"))
    second.send()
    assert [type(one) for one in amy.send()] == [Done, Done]
    assert server.desk.case.last_review_text == "eleven o'clock"
    filed = [line.text for line in server.desk.of_case(Activity, CASE) if line.kind is ActivityKind.REVIEW]
    assert sorted(filed) == ["eleven o'clock", "nine o'clock", "ten o'clock"]
    amy.pull()
    server.done("amy", seeing(server.desk, "noon"))
    assert server.desk.case.last_review_text == "noon"


def test_that_each_of_several_reviews_written_one_after_the_other_shows_in_its_turn() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    for text in ("nine o'clock", "ten o'clock"):
        amy.say(seeing(amy.desk, text))
    amy.send()
    assert server.desk.case.last_review_text == "ten o'clock"


@pytest.mark.covers("OC12")
def test_that_a_later_owners_review_shows_though_it_saw_nothing_of_a_former_owners() -> None:
    server = Server(*an_active_case(person("amy")))
    amy = Laptop(server, "amy")
    amy.say(seeing(amy.desk, "nine o'clock"))
    server.given_to("ben")
    ben = Laptop(server, "ben")
    ben.say(seeing(ben.desk, "eleven o'clock"))
    amy.send()
    ben.send()
    assert server.desk.case.last_review_text == "eleven o'clock"
