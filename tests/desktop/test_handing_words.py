"""What is said when work changes hands: whole sentences, by name, for every late word, notice and line of the feed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.questions.shown import FeedLine, NoticeShown
from casework.questions.shown_kept import DecisionCard
from casework.values import ActivityKind, AssignmentStatus, KeptKind, KeptState, OwnerChange, OwnerKind, Standing
from desktop import messages
from desktop.messages import handing

NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NAMED = {
    "owner": "Amy Jones",
    "owner_kind": "person",
    "by": "Priya Shah",
    "to": "Ben Carter",
    "team": "Phone advice",
    "assignee": "Cara Lewis",
    "status": "withdrawn",
    "about": "Ring the supplier",
    "until": "2026-11-06",
    "queue": "Back office",
    "count": "2",
}


def a_card(code: str, command: str = "offer.accept", **more: Any) -> DecisionCard:
    told: dict[str, Any] = {
        "id": "k",
        "kind": KeptKind.PROPOSAL,
        "code": code,
        "command": command,
        "state": KeptState.OPEN,
        "case_id": "c",
        "case_number": "26-00001",
        "client": "Mrs Evans",
        "is_here": True,
        "author_id": "b",
        "author_name": "Ben Carter",
        "is_mine": False,
        "said_at": NINE,
        "kept_at": NINE,
        "waits_for_kind": OwnerKind.PERSON,
        "waits_for_id": "a",
        "waits_for_name": "Amy Jones",
        "for_me": True,
        "facts": NAMED,
        "named": NAMED,
        "wish": {"to": "Dan", "status": "accepted"},
        "say": None,
        "fields": (),
        "may": frozenset({"use", "leave", "note"}),
        "settled_by_name": "",
        "settled_at": None,
        "is_unsent": False,
    }
    return DecisionCard(**{**told, **more})


def a_line(kind: ActivityKind, facts: dict[str, str]) -> FeedLine:
    return FeedLine(
        id="l",
        case_id="c",
        kind=kind,
        subject="",
        text="",
        facts=facts,
        named={**NAMED, **facts},
        mentions=(),
        by_id="a",
        by_name="Amy Jones",
        is_mine=False,
        at=NINE,
        arrived_at=NINE,
        clock_off=0,
        has_clock_mark=False,
        standing=Standing.OWNER,
        status="",
        is_unsent=False,
    )


def is_whole(text: str) -> bool:
    return bool(text) and text[0].isupper() and not any(hole in text for hole in ("{", "}", "  ", " .", "None"))


@pytest.mark.parametrize("code", sorted(handing.STORIES))
@pytest.mark.parametrize("is_mine", [True, False])
def test_that_every_late_word_is_told_as_a_story(code: str, is_mine: bool) -> None:
    told = messages.story(a_card(code, is_mine=is_mine))
    assert is_whole(told.title)
    assert is_whole(told.sentence)
    assert told.sentence.endswith(".")
    assert all(is_whole(words) for _, words in told.choices)
    assert "leave" in dict(told.choices)


def test_that_the_owner_reads_what_speaks_for_handing_over() -> None:
    card = a_card("offer-withdrawn", facts={**NAMED, "evidence": "2"})
    told = messages.story(card)
    assert told.title == "Ben Carter accepted after the offer was taken back"
    assert "2 finished tasks, calls and documents" in told.sentence
    assert dict(told.choices)["use"] == "Give it to Ben Carter"


@pytest.mark.parametrize("code", sorted({*handing.NOTICES, *handing.OWN}))
def test_that_every_notice_is_a_sentence(code: str) -> None:
    notice = NoticeShown(
        id="n",
        code=code,
        facts=NAMED,
        named=NAMED,
        by_id="a",
        by_name="Amy Jones",
        at=NINE,
        is_seen=False,
        case_id="c",
        case_number="26-00001",
        client="Mrs Evans",
        is_here=True,
    )
    assert is_whole(messages.notice_sentence(notice))


@pytest.mark.parametrize("what", ["made", "declined", "withdrawn", "from-the-future"])
def test_that_an_offer_s_lines_name_whom_it_was_made_to(what: str) -> None:
    assert "Ben Carter" in messages.feed_sentence(a_line(ActivityKind.OFFER, {"what": what}))


@pytest.mark.parametrize("status", [*AssignmentStatus, "from-the-future"])
def test_that_a_request_s_lines_name_the_team_and_what_it_is_about(status: str) -> None:
    said = messages.feed_sentence(a_line(ActivityKind.ASSIGNMENT, {"status": status, "about": "Ring the supplier"}))
    assert "Phone advice" in said
    assert "Ring the supplier" in said


@pytest.mark.parametrize("how", [OwnerChange.TRANSFER, OwnerChange.LEAVER, OwnerChange.QUEUE_REMOVED])
def test_that_new_ways_of_changing_hands_have_lines_of_their_own(how: OwnerChange) -> None:
    said = messages.feed_sentence(a_line(ActivityKind.OWNER, {"how": how, "from": "Back office"}))
    assert "moved this case from" not in said
    assert is_whole(said)
