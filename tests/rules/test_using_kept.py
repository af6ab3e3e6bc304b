"""What comes of a decision about kept work: used, chosen field by field, noted, or left."""

from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from casework.commands import (
    AddNote,
    AddTask,
    AnyCommand,
    ChangeOwner,
    CloseCase,
    Command,
    EditCase,
    EditContact,
    EditProperty,
    LogInteraction,
    LogReview,
    ReopenCase,
    Said,
    SettleKept,
    TriageCase,
)
from casework.rules.settling import NOT_WORDS, words_of
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contact,
    KeptKind,
    KeptState,
    Property,
    Source,
    TriageOutcome,
)
from tests.rules.kept import a_clash, a_proposal, a_server, code_of, kept_work, settle, state
from tests.rules.paper import (
    CASE,
    CLIENT,
    HOME,
    NINE,
    WAITING,
    Laptop,
    Server,
    a_case,
    an_active_case,
    an_opening,
    give,
    person,
)

# What of a command a reader of the note that keeps it wants to see.
WORDS = {
    "answered_at",
    "answers",
    "caption",
    "changes",
    "channel",
    "chase_on",
    "comments",
    "consent",
    "description",
    "direction",
    "done_at",
    "due_on",
    "end_at",
    "expires_on",
    "fields",
    "happened_at",
    "how",
    "is_given",
    "leftover",
    "method",
    "minutes",
    "name",
    "organisation",
    "outcome",
    "place",
    "reason",
    "referred_on",
    "request_type",
    "scope",
    "service",
    "source",
    "source_name",
    "source_reference",
    "start_at",
    "task_type",
    "text",
    "text_version",
    "title",
    "until",
    "words",
}


def test_that_a_used_decision_is_the_decision_of_whoever_settles() -> None:
    server = a_server(a_proposal())
    server.done("amy", settle("use"))
    assert server.desk.line("step").by == "amy"
    assert sorted(server.desk.feed()) == ["settled", "step"]
    assert state(server) is KeptState.USED


def test_that_a_used_fact_is_its_author_s_of_that_time() -> None:
    server = a_server(kept_work(AddNote(case_id=CASE, text="written before"), "rhys"))
    server.done("lena", settle("use"))
    line = server.desk.line("note")
    assert (line.text, line.by, line.at) == ("written before", "rhys", NINE - timedelta(hours=1))
    stranger = a_server(kept_work(AddNote(case_id=CASE, text="hm"), "nobody-known"))
    stranger.done("lena", settle("use"))
    assert stranger.desk.line("note").by == "lena"


def test_that_a_refused_edit_is_tried_again_as_it_was_said() -> None:
    edit = EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("01642 1", "01642 2")})
    server = a_server(kept_work(edit, "ben"))
    server.done("ben", settle("use"))
    assert server.desk.one(Contact, CLIENT).phone == "01642 2"
    other = a_server(kept_work(msgspec.structs.replace(edit, changes={"phone": ("0", "01642 2")}), "ben"))
    assert code_of(other.hear("ben", settle("use"))) == "changed-meanwhile"
    assert state(other) is KeptState.OPEN


@pytest.mark.covers("OC1")
def test_that_the_owner_hands_over_to_whoever_asked_for_the_case() -> None:
    server = Server(*an_active_case(WAITING))
    amy = Laptop(server, "amy")
    amy.say(give(amy.desk, person("amy")))
    server.done("ben", give(server.desk, person("ben")))
    amy.send()
    (kept,) = server.desk.kept()
    asked = SettleKept(case_id=CASE, kept_id=kept.id, how="use")
    assert code_of(server.hear("amy", asked)) == "owner-only"
    server.done("ben", asked)
    assert server.desk.case.owner == person("amy")
    assert server.desk.case.owner_epoch == 3


def test_that_an_owner_does_not_reach_a_colleague_by_a_wish_of_their_own() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("ben"))
    server = a_server(kept_work(wish, "amy"))
    assert code_of(server.hear("amy", settle("use"))) == "assign-is-for-office"


def test_that_a_case_is_not_handed_over_to_somebody_who_has_left() -> None:
    wish = ChangeOwner(case_id=CASE, base=a_server().desk.seen, owner=person("gone"))
    server = a_server(kept_work(wish, "gone", kind=KeptKind.PROPOSAL))
    assert code_of(server.hear("amy", settle("use"))) == "owner-inactive"


def test_that_a_decision_that_cannot_be_carried_out_stays_open() -> None:
    server = a_server(a_proposal())
    server.done("lena", CloseCase(case_id=CASE, base=server.desk.seen, reason="moved"))
    assert code_of(server.hear("amy", settle("use"))) == "closed-meanwhile"
    assert state(server) is KeptState.OPEN
    server.done("amy", ReopenCase(case_id=CASE, reason="not moved"))
    server.done("amy", settle("use"))


def test_that_a_used_closing_closes_under_the_present_owner() -> None:
    closing = CloseCase(case_id=CASE, base=a_server().desk.seen, reason="moved")
    server = a_server(kept_work(closing, "ben", kind=KeptKind.PROPOSAL))
    server.given_to("cara")
    server.done("cara", settle("use"))
    assert server.desk.case.is_closed


def test_that_field_by_field_only_clashing_fields_are_set() -> None:
    server = a_server(a_clash())
    server.done("amy", settle("fields", fields={"phone": "01642 9", "email": "z@z", "last_name": "X"}))
    contact = server.desk.one(Contact, CLIENT)
    assert (contact.phone, contact.email, contact.last_name) == ("01642 9", "", "Webb")
    assert state(server) is KeptState.USED


@pytest.mark.parametrize("fields", [{}, {"email": "z@z"}])
def test_that_choosing_nothing_settles_nothing(fields: dict[str, object]) -> None:
    server = a_server(a_clash())
    assert code_of(server.hear("amy", settle("fields", fields=fields))) == "not-valid"


@pytest.mark.covers("OC4")
def test_that_a_choice_made_over_an_older_value_does_not_overwrite_a_newer_one() -> None:
    server = a_server(a_clash())
    amy = Laptop(server, "amy")
    amy.say(settle("use", seen={"phone": "01642 1"}))
    server.done("priya", EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("01642 1", "01642 7")}))
    assert code_of(amy.send()[0]) == "changed-meanwhile"
    assert server.desk.one(Contact, CLIENT).phone == "01642 7"
    assert state(server) is KeptState.OPEN


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (EditCase(case_id=CASE, changes={"description": ("a", "b")}), "description"),
        (EditProperty(case_id=CASE, property_id=HOME, changes={"town": ("a", "b")}), "town"),
    ],
)
def test_that_clashes_of_case_and_home_are_settled_alike(edit: Command, field: str) -> None:
    server = a_server(kept_work(edit, "ben", kind=KeptKind.CLASH, fields={field: ('"a"', '"b"', '""')}))
    server.done("amy", settle("use"))
    record = server.desk.case if field == "description" else server.desk.one(Property, HOME)
    assert getattr(record, field) == "b"


@pytest.mark.parametrize(
    "command",
    [
        AddNote(case_id=CASE, text="no edit"),
        EditContact(case_id=CASE, contact_id="no-such", changes={"phone": ("", "1")}),
    ],
)
def test_that_only_an_edit_has_fields_to_choose(command: Command) -> None:
    server = a_server(kept_work(command, "ben"))
    assert code_of(server.hear("ben", settle("fields", fields={"phone": "1"}))) == "not-valid"


@pytest.mark.parametrize("how", ["", "delete"])
def test_that_there_are_four_ways_and_no_other(how: str) -> None:
    server = a_server(a_proposal())
    assert code_of(server.hear("amy", settle(how))) == "not-valid"


@pytest.mark.covers("OC25")
def test_that_what_was_refused_can_become_a_note_under_its_author_s_name() -> None:
    edit = EditContact(case_id=CASE, contact_id=CLIENT, changes={"birth_date": (None, "31/02/1950")})
    server = a_server()
    ben = Laptop(server, "ben")
    ben.outbox.append(Said(id="kept", at=NINE, say=edit, under="first", epoch=7))
    ben.send()
    server.done("ben", settle("note"))
    line = server.desk.line("note")
    assert (line.text, line.by, line.facts) == ("birth_date: 31/02/1950", "ben", {"kept_as_note": "kept"})
    assert line.epoch == 1


@pytest.mark.covers("FH4")
def test_that_what_a_newer_app_said_can_be_left_or_noted_but_not_used() -> None:
    newer = a_proposal(said='{"id":"said","say":{"type":"case.fly"}}')
    for name, how, code in (("amy", "use", "out-of-date"), ("amy", "fields", "out-of-date")):
        assert code_of(a_server(newer).hear(name, settle(how))) == code
    left, noted = a_server(newer), a_server(newer)
    left.done("amy", settle("leave"))
    noted.done("amy", settle("note"))
    assert "case.fly" in noted.desk.line("note").text


def test_that_kept_work_that_is_not_about_an_open_case_cannot_be_used() -> None:
    opening = an_opening(source=Source.IMPORT)
    server = a_server(kept_work(opening, "priya"))
    assert code_of(server.hear("priya", settle("use"))) == "not-valid"
    nested = a_server(kept_work(settle("leave"), "ben"))
    assert code_of(nested.hear("ben", settle("use"))) == "not-valid"


def test_that_using_it_needs_the_right_to_say_it() -> None:
    opening = an_opening(source=Source.IMPORT)
    server = a_server(kept_work(opening, "ben"))
    assert code_of(server.hear("ben", settle("use"))) == "import-is-for-office"
    admin = a_server(a_proposal())
    assert code_of(admin.hear("adam", settle("use"))) == "not-for-admins"


def test_that_kept_work_of_a_case_that_never_came_to_be_can_be_let_go() -> None:
    for name in ("ben", "lena", "adam"):
        server = Server(kept_work(AddNote(case_id=CASE, text="hm"), "ben", code="case-gone"))
        assert code_of(server.hear(name, settle("use"))) == "case-gone"
        server.done(name, settle("leave"))
        assert state(server) is KeptState.LEFT
    server = Server(kept_work(AddNote(case_id=CASE, text="hm"), "ben", code="case-gone"))
    assert code_of(server.hear("amy", settle("leave"))) == "case-gone"


@pytest.mark.covers("FD1")
def test_that_a_new_case_that_was_deleted_for_good_is_not_offered_to_be_taken_in() -> None:
    opening = an_opening(contact=Contact(id=CLIENT), home=Property(id=HOME))
    for code, said in (("case-deleted", "case-deleted"), ("server-could-not", "Done")):
        server = Server(kept_work(opening, "amy", code=code))
        assert code_of(server.hear("lena", settle("use"))) == said


def test_that_a_decision_that_is_not_there_is_said_to_be_gone() -> None:
    assert code_of(a_server().hear("amy", settle("leave"))) == "decision-gone"
    elsewhere = a_server(a_proposal(case_id="other"))
    assert code_of(elsewhere.hear("amy", settle("leave"))) == "decision-gone"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (AddNote(case_id=CASE, text="as is", mentions=("amy",)), "as is"),
        (LogReview(case_id=CASE, text="as is"), "as is"),
        (
            LogInteraction(case_id=CASE, channel="call", happened_at=NINE, text="rang"),
            "channel: call\ndirection: out\nhappened_at: 2026-11-02T09:00:00Z\ntext: rang",
        ),
        (
            LogInteraction(case_id=CASE, channel="call", happened_at=NINE, text="rang", mentions=("0f" * 16,)),
            "channel: call\ndirection: out\nhappened_at: 2026-11-02T09:00:00Z\ntext: rang",
        ),
        (EditCase(case_id=CASE, changes={"a": ("", "b"), "c": (None, ["d"])}), 'a: b\nc: ["d"]'),
        (AddTask(case_id=CASE, task_id="t", task_type="call", title="Ring"), "task_type: call\ntitle: Ring"),
    ],
)
def test_that_a_note_has_what_a_person_wrote_and_no_ids(command: Command, words: str) -> None:
    assert words_of(command) == words


def test_that_a_note_of_a_new_case_tells_whom_and_what_it_is_about() -> None:
    opening = an_opening(
        contact=Contact(id=CLIENT, last_name="Webb", vulnerabilities=("asthma",)),
        home=Property(id=HOME, town="Leeds"),
        description="No heating",
        letter=(("Gas meter", "yes"), ("customer_id", "4711")),
        alike=("0f" * 16,),
    )
    assert words_of(opening).split("\n") == [
        "last_name: Webb",
        'vulnerabilities: ["asthma"]',
        "town: Leeds",
        "Gas meter: yes",
        "customer_id: 4711",
        "source: person",
        "description: No heating",
    ]


def test_that_of_every_field_of_a_command_it_is_known_whether_a_reader_wants_it() -> None:
    fields = {field for kind in get_args(AnyCommand) for field in kind.__struct_fields__ if not field.endswith("_id")}
    assert fields - NOT_WORDS == WORDS
    assert fields | {"type"} >= NOT_WORDS


def test_that_a_triage_that_never_was_is_used_with_its_own_owner() -> None:
    triage = TriageCase(
        case_id=CASE,
        base=Server(*a_case()).desk.seen,
        outcome=TriageOutcome.SUPPORTED,
        step_id="s2",
        owner=person("cara"),
    )
    server = Server(*a_case(), kept_work(triage, "priya", kind=KeptKind.PROPOSAL))
    server.done("priya", settle("use"))
    assert server.desk.one(Case, CASE).owner == person("cara")
    assert [line.kind for line in server.desk.of_case(Activity, CASE)].count(ActivityKind.TRIAGED) == 1


def test_that_what_no_store_can_hold_is_not_used_and_is_noted_without_that() -> None:
    odd = AddNote(case_id=CASE, text="one\x00two")
    server = a_server(kept_work(odd, "ben", code="not-valid"))
    assert code_of(server.hear("ben", settle("use"))) == "not-valid"
    server.done("ben", settle("note"))
    assert server.desk.line("note").text == "one\ufffdtwo"
