"""Notes with mentions, interactions, and what the feed says of who wrote them."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import AddNote, LogInteraction, SeeNotices
from casework.values import Contributor, Notice, Standing
from tests.rules.paper import (
    BACK_OFFICE,
    CASE,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_closed_case,
    a_task,
    an_active_case,
    give,
    person,
)


def note(text: str = "rang her", *mentions: str) -> AddNote:
    return AddNote(case_id=CASE, text=text, mentions=mentions)


def call(**more: Any) -> LogInteraction:
    command = LogInteraction(case_id=CASE, channel="call", happened_at=NINE, minutes=12, text="will ring back")
    return msgspec.structs.replace(command, **more)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")), a_task(assignee="dan"))


@pytest.mark.covers("S38", "OC22", "FI17")
def test_that_a_note_keeps_its_words_its_author_and_both_times(server: Server) -> None:
    amy = Laptop(server, "amy", clock_off=timedelta(days=-3))
    amy.say(note("she is at her sister's"))
    amy.send()
    line = server.desk.line("note")
    assert (line.text, line.by, line.standing) == ("she is at her sister's", "amy", Standing.OWNER)
    assert (line.at, line.arrived_at) == (NINE - timedelta(days=3), server.now)
    assert line.clock_off == -timedelta(days=3).total_seconds()


@pytest.mark.covers("OC22", "FI17")
def test_that_a_wrong_clock_decides_nothing(server: Server) -> None:
    amy = Laptop(server, "amy", clock_off=timedelta(days=3))
    amy.say(give(amy.desk, BACK_OFFICE))
    server.given_to("ben")
    amy.send()
    assert server.desk.case.owner == person("ben")


@pytest.mark.covers("S39", "S40", "S42", "S107", "R6")
def test_that_a_mention_tells_and_lets_in_and_changes_neither_owner_nor_tasks(server: Server) -> None:
    case, tasks = server.desk.case, server.desk.tasks()
    server.done("amy", note("@Cara, could you look?", "cara", "cara", "priya"))
    assert server.desk.told("cara") == server.desk.told("priya") == ["mentioned-you"]
    assert server.desk.let_in(server.now) == {"cara"}
    assert server.desk.let_in(server.now + timedelta(days=14)) == set()
    assert (server.desk.case, server.desk.tasks()) == (case, tasks)


@pytest.mark.parametrize("name", ["gone", "nobody", "amy"])
def test_that_nobody_is_told_who_is_not_at_work_or_wrote_it(server: Server, name: str) -> None:
    server.done("amy", note("hm", name))
    assert server.desk.told(name) == []
    assert server.desk.of_case(Contributor, CASE) == ()


def test_that_the_owner_who_is_mentioned_needs_no_letting_in(server: Server) -> None:
    server.done("dan", note("@Amy", "amy"))
    assert server.desk.told("amy") == ["mentioned-you"]
    assert server.desk.of_case(Contributor, CASE) == ()


def test_that_a_note_has_words(server: Server) -> None:
    assert server.hear("amy", note(" \n")) == Refused("note-is-empty")
    verdict = server.hear("amy", note("x" * 20_001))
    assert isinstance(verdict, Refused)
    assert verdict.code == "too-long"


@pytest.mark.covers("S74", "S39")
def test_that_an_interaction_keeps_channel_direction_time_and_length(server: Server) -> None:
    server.done("amy", call(mentions=("cara",)))
    line = server.desk.line("interaction")
    assert line.facts == {
        "channel": "call", "direction": "out", "happened_at": "2026-11-02T09:00:00+00:00", "minutes": "12",
    }  # fmt: skip
    assert server.desk.told("cara") == ["mentioned-you"]


def test_that_an_interaction_has_a_known_channel_and_fits(server: Server) -> None:
    assert server.hear("amy", call(channel="pigeon")) == Refused("channel-needed")
    verdict = server.hear("amy", call(text="x" * 20_001))
    assert isinstance(verdict, Refused)
    assert verdict.code == "too-long"
    verdict = server.hear("amy", call(minutes=-1))
    assert verdict == Refused("not-valid", {"field": "minutes", "why": "number"})


@pytest.mark.covers("OC2")
def test_that_the_feed_says_who_wrote_as_a_former_owner(server: Server) -> None:
    amy = Laptop(server, "amy")
    amy.say(note("done what I could"))
    server.given_to("ben")
    amy.send()
    line = server.desk.line("note")
    assert (line.standing, line.epoch) == (Standing.FORMER_OWNER, 1)


@pytest.mark.covers("OC1")
def test_that_a_note_under_a_lost_claim_is_one_colleague_s_among_others() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    amy.say(note())
    assert amy.desk.line("note").standing is Standing.OWNER
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    assert server.desk.line("note").standing is Standing.OTHER


@pytest.mark.covers("OC5")
@pytest.mark.parametrize("command", [note(), call()])
def test_that_words_on_a_closed_case_are_kept_and_asked_about(command: Any) -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("dan", command)
    assert server.desk.case.is_closed
    assert server.desk.told("amy") == server.desk.told("priya") == ["facts-on-closed"]


@pytest.mark.covers("OC5")
def test_that_an_owner_whose_case_was_closed_meanwhile_is_asked_about_their_own_words() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("amy", note())
    assert server.desk.told("amy") == ["facts-on-closed"]
    assert server.desk.of_case(Notice, CASE)[0].facts["closed_by"] == "priya"


def test_that_a_queue_s_members_are_asked_about_their_closed_case() -> None:
    server = Server(*a_closed_case(WAITING, by="priya", closed_at=None))
    server.done("ben", note())
    assert server.desk.told("amy") == ["facts-on-closed"]
    assert server.desk.told("ben") == []
    queue_less = Server(*a_closed_case(msgspec.structs.replace(WAITING, id="no-such"), by="priya"))
    queue_less.done("ben", note())
    assert queue_less.desk.told("priya") == ["facts-on-closed"]


@pytest.mark.covers("S40", "S41")
def test_that_seeing_touches_my_own_lines_only(server: Server) -> None:
    server.done("amy", note("@both", "cara", "dan"))
    ids = tuple(notice.id for notice in server.desk.of_case(Notice, CASE))
    server.done("cara", SeeNotices(case_id="", notice_ids=(*ids, "no-such")))
    assert {(notice.person_id, notice.is_seen) for notice in server.desk.of_case(Notice, CASE)} == {
        ("cara", True), ("dan", False),
    }  # fmt: skip
    assert server.hear("cara", SeeNotices(case_id=CASE, notice_ids=ids)) == Done()


@pytest.mark.parametrize("name", ["rhys", "gone", "amy"])
def test_that_anybody_may_see_their_lines_even_of_a_case_that_is_gone(server: Server, name: str) -> None:
    server.desk.put(Notice(id="n", case_id="no-such", person_id=name, code="mentioned-you", by="ben", at=NINE))
    server.done(name, SeeNotices(case_id="no-such", notice_ids=("n",)))
    assert server.desk.one(Notice, "n").is_seen
    assert server.desk.kept() == ()
