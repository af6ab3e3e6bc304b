"""Forms in versions (OC19), on paper: answers stay as they were given, and are read as the newest version asks."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done, Late, Refused
from casework.commands import AnswerForm, PublishForm
from casework.rules.forms import newest_version, read_answers
from casework.values import ActivityKind, AnswerKind, FormAnswers, FormQuestion, FormTemplate
from tests.rules.paper import CASE, NINE, Laptop, Server, a_closed_case, an_active_case, person

FIRST = FormTemplate(
    id="visit-1",
    code="home_visit",
    name="Home visit",
    questions=(
        FormQuestion(key="heating", label="What heats the home?"),
        FormQuestion(key="damp", label="Is there damp?", kind=AnswerKind.YES_NO),
        FormQuestion(key="radio", label="Which radio station?"),
    ),
)
SECOND = FormTemplate(
    id="visit-2",
    code="home_visit",
    name="Home visit",
    version=2,
    questions=(
        FormQuestion(key="main_fuel", label="Main fuel", was=("heating",)),
        FormQuestion(key="damp", label="Damp or mould?", kind=AnswerKind.ONE_OF, choices=("none", "some", "severe")),
        FormQuestion(key="rooms", label="Rooms"),
    ),
)
HEATING = FormQuestion(key="heating", label="What heats the home?")
GIVEN: dict[str, tuple[str, ...]] = {"heating": ("oil",), "damp": ("yes",), "radio": ("Radio Cymru",)}


def fill_in(answers: dict[str, tuple[str, ...]] | None = None, **more: Any) -> AnswerForm:
    told: dict[str, Any] = {"answers_id": "a1", "template_id": "visit-1", "answered_at": NINE}
    return AnswerForm(case_id=CASE, answers=GIVEN if answers is None else answers, **told | more)


def a_server(*templates: FormTemplate) -> Server:
    return Server(*an_active_case(person("amy")), *(templates or (FIRST,)))


def code_of(verdict: object) -> str:
    return verdict.code if isinstance(verdict, Refused | Late) else type(verdict).__name__


@pytest.mark.covers("OC19")
def test_that_answers_to_an_older_version_are_kept_under_it() -> None:
    server = a_server()
    amy = Laptop(server, "amy")
    amy.say(fill_in())
    server.done("adam", PublishForm(case_id="", template=SECOND))
    assert [type(verdict) for verdict in amy.send()] == [Done]
    kept = server.desk.one(FormAnswers, "a1")
    assert (kept.template_id, kept.version, kept.answers) == ("visit-1", 1, GIVEN)
    assert server.desk.line(ActivityKind.FORM).facts == {
        "answers": "a1",
        "form": "Home visit",
        "version": "1",
        "newest": "2",
    }


@pytest.mark.covers("OC19")
def test_that_they_are_read_under_the_newest_version_by_key_and_the_rest_is_shown_too() -> None:
    server = a_server(FIRST, SECOND)
    server.done("amy", fill_in())
    read = read_answers(server.desk.one(FormAnswers, "a1"), FIRST, SECOND)
    assert [(question.key, answer) for question, answer in read.answered] == [
        ("main_fuel", ("oil",)),
        ("damp", ("yes",)),
        ("rooms", ()),
    ]
    assert read.left == (("Which radio station?", "radio", ("Radio Cymru",)),)


def test_that_an_answer_under_the_new_key_counts_before_one_under_the_old() -> None:
    both: dict[str, tuple[str, ...]] = {"heating": ("oil",), "main_fuel": ("wood",)}
    given = FormAnswers(
        id="a",
        case_id=CASE,
        template_id="x",
        code="home_visit",
        version=9,
        answers=both,
        answered_at=NINE,
        answered_by="a",
    )
    read = read_answers(given, None, SECOND)
    assert read.answered[0][1] == ("wood",)
    assert read.left == (("heating", "heating", ("oil",)),)


def test_that_every_answer_is_either_under_a_question_or_left_over() -> None:
    for version in (FIRST, SECOND):
        server = a_server(FIRST, SECOND)
        server.done("amy", fill_in({**GIVEN, "unheard_of": ("kept all the same",)}))
        given = server.desk.one(FormAnswers, "a1")
        read = read_answers(given, FIRST, version)
        shown = [answer for _, answer in read.answered if answer] + [answer for _, _, answer in read.left]
        assert sorted(shown) == sorted(given.answers.values())


def test_that_a_form_filled_in_twice_under_one_id_is_one_and_never_another() -> None:
    server = a_server()
    server.done("amy", fill_in())
    assert server.hear("amy", fill_in()) == Done()
    assert code_of(server.hear("amy", fill_in({"damp": ("no",)}))) == "not-valid"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (fill_in({}), "form-is-empty"),
        (fill_in({"damp": (" ",)}), "form-is-empty"),
        (fill_in(template_id="no-such"), "form-gone"),
        (fill_in({"damp": ("x" * 20_001,)}), "too-long"),
    ],
)
def test_that_what_is_no_filled_in_form_is_refused(command: AnswerForm, code: str) -> None:
    assert code_of(a_server().hear("amy", command)) == code


def test_that_answers_are_facts_whoever_has_the_case_by_then() -> None:
    server = Server(*a_closed_case(person("ben"), by="priya"), FIRST)
    server.done("amy", fill_in())
    assert "facts-on-closed" in server.desk.told("ben")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "other-id"}, "form-version-taken"),
        ({"id": "visit-3", "version": 3}, "form-version-taken"),
        ({"id": "visit-1", "version": 2}, "form-is-out"),
        ({"id": "x", "version": 2, "questions": ()}, "form-is-empty"),
        ({"id": "x", "version": 2, "name": "x" * 201}, "too-long"),
        (
            {"id": "x", "version": 2, "questions": (*SECOND.questions, FormQuestion(key="heating", label="?"))},
            "form-asks-twice",
        ),
        ({"id": "x", "version": 2, "questions": (FormQuestion(key=" ", label="?"),)}, "form-asks-twice"),
        ({}, "Done"),
        ({"id": "visit-2", "version": 2}, "Done"),
        ({"id": "z", "code": "other", "version": 1}, "Done"),
    ],
)
def test_that_a_published_version_stays_and_the_next_one_is_one_up(change: dict[str, Any], code: str) -> None:
    template = msgspec.structs.replace(FIRST, **change)
    assert code_of(a_server().hear("adam", PublishForm(case_id="", template=template))) == code


def test_that_only_admins_publish() -> None:
    for name, code in (("lena", "set-up-is-for-admins"), ("rhys", "read-only"), ("gone", "person-inactive")):
        assert code_of(a_server().hear(name, PublishForm(case_id="", template=SECOND))) == code


def test_that_the_newest_version_is_the_one_to_fill_in() -> None:
    assert newest_version((SECOND, FIRST), "home_visit") == SECOND
    assert newest_version((FIRST,), "no-such") is None
