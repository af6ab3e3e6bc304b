"""Kept work can wait for another day or for an answer; nothing of it is lost meanwhile (X3)."""

from datetime import date

import pytest

from casework.answers import Done, Refused
from casework.commands import AskAboutKept, EditContact, PutOffKept, SeeCase, SettleKept
from casework.values import Contact, KeptState, KeptWork, Notice, Sighting
from tests.rules.kept import a_clash, a_proposal, a_server, code_of, settle, state
from tests.rules.paper import CASE, CLIENT, Laptop, Server, an_active_case, person

TUESDAY = date(2026, 11, 10)
LATER = PutOffKept(case_id=CASE, kept_id="kept", until=TUESDAY)


def ask(person_id: str, text: str = "Which one is right?") -> AskAboutKept:
    return AskAboutKept(case_id=CASE, kept_id="kept", person_id=person_id, text=text)


def kept(server: Server) -> KeptWork:
    return server.desk.one(KeptWork, "kept")


@pytest.mark.parametrize(("name", "code"), [("amy", "Done"), ("ben", "Done"), ("cara", "not-yours-to-decide")])
def test_that_its_author_and_who_may_decide_may_put_it_off(name: str, code: str) -> None:
    server = a_server(a_clash())
    assert code_of(server.hear(name, LATER)) == code
    assert state(server) is KeptState.OPEN
    assert kept(server).later_until == (TUESDAY if code == "Done" else None)


@pytest.mark.parametrize(("name", "code"), [("lena", "Done"), ("ben", "Done"), ("amy", "not-yours-to-decide")])
def test_that_a_lead_may_put_off_what_is_about_no_case(name: str, code: str) -> None:
    server = Server(a_clash())
    assert code_of(server.hear(name, LATER)) == code


def test_that_what_was_decided_meanwhile_is_not_put_off() -> None:
    server = a_server(a_clash())
    amy = Laptop(server, "amy")
    amy.say(LATER)
    server.done("lena", settle("leave"))
    assert amy.send() == [Done()]
    assert kept(server).later_until is None


@pytest.mark.parametrize(("asker", "asked"), [("amy", "ben"), ("ben", "amy"), ("lena", "amy"), ("lena", "ben")])
def test_that_the_owner_and_the_author_can_be_asked_and_are_told(asker: str, asked: str) -> None:
    server = a_server(a_clash())
    server.done(asker, ask(asked))
    assert (kept(server).asked_id, kept(server).talk[0][0], kept(server).talk[0][3]) == (
        asked, asker, "Which one is right?",
    )  # fmt: skip
    (notice,) = [one for one in server.desk.of_case(Notice, CASE) if one.person_id == asked]
    assert (notice.code, notice.facts["text"]) == ("asked-about-decision", "Which one is right?")
    assert asked == "amy" or server.desk.let_in(server.now) == {asked}


def test_that_who_is_asked_answers_or_decides() -> None:
    server = a_server(a_clash())
    assert code_of(server.hear("ben", settle("use"))) == "not-yours-to-decide"
    server.done("amy", ask("ben"))
    server.done("ben", ask("amy", "Mine, she told me on the doorstep."))
    assert server.desk.told("amy") == ["answered-about-decision"]
    assert [words for _, _, _, words in kept(server).talk] == [
        "Which one is right?", "Mine, she told me on the doorstep.",
    ]  # fmt: skip
    server.done("amy", ask("ben", "You choose."))
    server.done("ben", settle("use"))
    assert server.desk.one(Contact, CLIENT).phone == "1"
    assert kept(server).asked_id == ""


@pytest.mark.parametrize(
    ("name", "command", "code"),
    [
        ("amy", ask("cara"), "not-to-be-asked"),
        ("amy", ask("amy"), "not-to-be-asked"),
        ("amy", ask("gone"), "not-to-be-asked"),
        ("amy", ask("ben", "  "), "question-is-empty"),
        ("amy", ask("ben", "x" * 1001), "too-long"),
        ("cara", ask("amy"), "not-yours-to-decide"),
    ],
)
def test_that_a_question_needs_words_and_somebody_who_has_to_do_with_it(
    name: str, command: AskAboutKept, code: str
) -> None:
    server = a_server(a_clash())
    assert code_of(server.hear(name, command)) == code
    assert kept(server).talk == ()


@pytest.mark.covers("FA2")
def test_that_a_question_about_what_is_decided_is_kept_with_its_words() -> None:
    server = a_server(a_clash())
    amy = Laptop(server, "amy")
    amy.say(ask("ben"))
    server.done("lena", settle("leave"))
    (verdict,) = amy.send()
    assert code_of(verdict) == "decision-made-already"
    (card,) = [one for one in server.desk.kept() if one.state is KeptState.OPEN]
    assert "Which one is right?" in card.said


def test_that_two_who_ask_at_once_are_both_heard() -> None:
    server = a_server(a_clash())
    amy, lena = Laptop(server, "amy"), Laptop(server, "lena")
    amy.say(ask("ben", "From Amy"))
    lena.say(ask("ben", "From Lena"))
    amy.send()
    lena.send()
    assert [words for _, _, _, words in kept(server).talk] == ["From Amy", "From Lena"]


@pytest.mark.parametrize("command", [LATER, ask("ben"), settle("leave")])
def test_that_kept_work_that_is_not_there_is_said_so(command: PutOffKept | AskAboutKept | SettleKept) -> None:
    server = Server(*an_active_case(person("amy")))
    assert server.hear("amy", command) == Refused("decision-gone")


def edit(new: str, **more: str) -> EditContact:
    changes: dict[str, tuple[object, object]] = {"phone": ("01642 1", new)}
    changes |= {name: ("", value) for name, value in more.items()}
    return EditContact(case_id=CASE, contact_id=CLIENT, changes=changes)


@pytest.mark.covers("OC4", "FA2", "FA13")
def test_that_a_later_edit_of_the_same_field_stands_on_the_card_of_the_first() -> None:
    server = Server(*an_active_case(person("amy")))
    ben = Laptop(server, "ben")
    first, second = ben.say(edit("2")), ben.say(EditContact(
        case_id=CASE, contact_id=CLIENT, changes={"phone": ("2", "3")}
    ))  # fmt: skip
    server.done("amy", edit("7"))
    ben.send()
    card, joined = server.desk.one(KeptWork, first.id), server.desk.one(KeptWork, second.id)
    assert (card.state, card.fields) == (KeptState.OPEN, {"phone": ('"01642 1"', '"3"', '"7"')})
    assert [(field, value) for field, value, _ in card.earlier] == [("phone", '"2"')]
    assert card.theirs_from["phone"][0] == "amy"
    assert (joined.state, joined.joined_to) == (KeptState.JOINED, card.id)
    server.done("amy", SettleKept(case_id=CASE, kept_id=second.id, how="use"))
    assert server.desk.one(Contact, CLIENT).phone == "3"
    assert server.desk.one(KeptWork, first.id).state is KeptState.USED


def test_that_as_a_note_both_values_are_kept() -> None:
    server = Server(*an_active_case(person("amy")))
    ben = Laptop(server, "ben")
    first = ben.say(edit("2"))
    ben.say(EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("2", "3")}))
    server.done("amy", edit("7"))
    ben.send()
    server.done("amy", SettleKept(case_id=CASE, kept_id=first.id, how="note"))
    assert server.desk.line("note").text == "phone: 2\n\nphone: 3"


def test_that_edits_of_two_people_or_of_two_fields_have_cards_of_their_own() -> None:
    server = Server(*an_active_case(person("amy")))
    ben, dan = Laptop(server, "ben"), Laptop(server, "dan")
    ben.say(edit("2"))
    ben.say(EditContact(case_id=CASE, contact_id=CLIENT, changes={"email": ("", "b@b")}))
    dan.say(edit("3"))
    server.done("amy", edit("7", email="a@a"))
    ben.send()
    dan.send()
    assert [one.state for one in server.desk.kept()] == [KeptState.OPEN] * 3


def test_that_a_late_edit_of_a_field_that_was_put_off_brings_it_back() -> None:
    server = a_server(a_clash(code="changed-meanwhile"))
    server.done("amy", LATER)
    ben = EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("5", "6")})
    server.hear("ben", ben)
    assert kept(server).later_until is None


def test_that_an_owner_who_looks_tells_everybody_who_wrote() -> None:
    server = a_server(a_proposal())
    lines = [(edit("2"), "ben"), (edit("2", email="x@y"), "dan")]
    for at, (command, name) in enumerate(lines):
        server.done(name, command if at == 0 else EditContact(
            case_id=CASE, contact_id=CLIENT, changes={"email": ("", "x@y")}
        ))  # fmt: skip
    server.number_lines()
    server.done("amy", SeeCase(case_id=CASE, upto=1))
    assert {one.author_id: one.upto for one in server.desk.of_case(Sighting, CASE)} == {"ben": 1}
    server.done("amy", SeeCase(case_id=CASE, upto=5))
    assert {one.author_id: one.upto for one in server.desk.of_case(Sighting, CASE)} == {"ben": 1, "dan": 2}
    assert server.hear("amy", SeeCase(case_id=CASE, upto=9)) == Done()
    assert server.hear("lena", SeeCase(case_id=CASE, upto=9)) == Done()
