"""A form that got a new version while somebody filled in the old one (OC19)."""

import msgspec
import pytest

from casework.answers import Status
from casework.commands import AnswerForm, PublishForm
from casework.ids import new_id
from casework.questions.forms import filled_in, forms_of_case, forms_to_fill_in
from casework.questions.names import names
from casework.values import FormAnswers, FormQuestion, FormTemplate, KeptKind
from tests.journeys import saying
from tests.journeys.saying import person
from tests.kit_near import NINE, Desk, NearWorld

FIRST = FormTemplate(
    id="f" * 31 + "1",
    code="warmth_check",
    name="Warmth check",
    questions=(
        FormQuestion(key="heating", label="What heats the home?"),
        FormQuestion(key="radio", label="Which radio station do they hear us on?"),
    ),
)
SECOND = msgspec.structs.replace(
    FIRST,
    id="f" * 31 + "2",
    version=2,
    questions=(
        FormQuestion(key="main_fuel", label="Main fuel", was=("heating",)),
        FormQuestion(key="damp", label="Damp or mould?"),
    ),
)


def fill_in(desk: Desk, case_id: str, template: FormTemplate, **answers: str) -> str:
    """Hands a form in; returns the id of its answers."""
    answers_id = new_id()
    desk.say(
        AnswerForm(
            case_id=case_id,
            answers_id=answers_id,
            template_id=template.id,
            answers={key: (text,) for key, text in answers.items()},
            answered_at=NINE,
        )
    )
    return answers_id


def publish(desk: Desk, template: FormTemplate) -> None:
    """Gives everybody a version of a form."""
    desk.say(PublishForm(case_id="", template=template))
    desk.sync()


@pytest.mark.covers("OC19")
def test_that_answers_to_the_old_version_are_kept_under_it_and_read_under_the_new_one(world: NearWorld) -> None:
    priya, amy, sam = world.desk("priya"), world.desk("amy"), world.desk("sam")
    publish(sam, FIRST)
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    answers_id = fill_in(amy, case_id, FIRST, heating="oil", radio="Radio Cymru")
    publish(sam, SECOND)
    report = amy.sync()
    priya.sync()

    assert [ack.st for ack in report.acks] == [Status.APPLIED]
    (kept,) = saying.on_server(amy, FormAnswers, case_id)
    assert (kept.template_id, kept.version, kept.answers["heating"]) == (FIRST.id, 1, ("oil",))
    shown = priya.look(lambda conn: filled_in(conn, answers_id, names(conn)))
    assert shown is not None
    assert [(one.label, one.texts) for one in shown.answers] == [("Main fuel", ("oil",)), ("Damp or mould?", ())]
    assert [(one.label, one.texts) for one in shown.left] == [(FIRST.questions[1].label, ("Radio Cymru",))]
    assert (shown.version, shown.newest, shown.answered_by_name) == (1, 2, "Amy Jones")
    forms = {one.code: one.version for one in amy.look(forms_to_fill_in)}
    assert forms["warmth_check"] == 2


@pytest.mark.covers("OC19")
def test_that_a_form_filled_in_by_two_is_two_and_lands_whoever_has_the_case(world: NearWorld) -> None:
    priya, amy, sam = world.desk("priya"), world.desk("amy"), world.desk("sam")
    publish(sam, FIRST)
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    fill_in(amy, case_id, FIRST, heating="oil")
    saying.give(priya, case_id, person("ben"))
    fill_in(priya, case_id, FIRST, heating="gas")
    priya.sync()
    amy.sync()
    ben = world.desk("ben")

    shown = ben.look(lambda conn: forms_of_case(conn, case_id, names(conn)))
    assert sorted(one.left[0].texts if one.left else one.answers[0].texts for one in shown) == [("gas",), ("oil",)]
    assert saying.kept(ben, case_id) == []


@pytest.mark.covers("OC19")
def test_that_of_two_next_versions_the_first_is_out_and_the_other_is_kept_for_its_author(world: NearWorld) -> None:
    sam, other = world.desk("sam"), world.desk("sam", number=2)
    publish(sam, FIRST)
    other.sync()
    sam.say(PublishForm(case_id="", template=SECOND))
    other.say(PublishForm(case_id="", template=msgspec.structs.replace(SECOND, id="f" * 31 + "3", name="Mine")))
    sam.sync()
    report = other.sync()

    assert [(ack.st, ack.code) for ack in report.acks] == [(Status.REFUSED_KEPT, "form-version-taken")]
    (card,) = saying.kept(other, "")
    assert (card.kind, card.author_id) == (KeptKind.REFUSED, other.person_id)
    assert {one.id for one in other.look(forms_to_fill_in) if one.code == FIRST.code} == {SECOND.id}
