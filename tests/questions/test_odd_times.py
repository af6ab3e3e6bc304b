"""A time that no clock shows, stored before the rules refused such, breaks no screen of anybody's."""

from datetime import datetime, timedelta, timezone

import pytest

from casework.questions.brief import brief
from casework.questions.consents import referrals_of_case
from casework.questions.day import my_day
from casework.questions.feed_lines import feed_page
from casework.questions.forms import forms_of_case
from casework.questions.known_when import known_when
from casework.questions.names import names
from casework.questions.one_case import case_sheet
from casework.questions.reassign_preview import reassign_preview
from casework.values import (
    ActivityKind,
    ExternalReferral,
    FormAnswers,
    FormTemplate,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    TaskStatus,
)
from casework.values.times import EARLIEST, LATEST
from tests.office_kit import NOW, CaseSketch, a_case, a_document, a_line, a_task, an_id
from tests.questions.conftest import Asked

ODD = {
    "no-zone": (NOW.replace(tzinfo=None), NOW),
    "year-one": (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), EARLIEST),
    "year-9999": (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))), LATEST),
}
FORM = FormTemplate(id=an_id("form"), code="visit", name="Visit")


def a_case_with(odd: datetime, asked: Asked) -> CaseSketch:
    """Rows of every kind with that time beside rows with an ordinary one."""
    case = a_case("Ann Price").so(out_until=odd, out_with=an_id("ben"))
    event = OwnershipEvent(
        id=an_id("event"),
        case_id=case.id,
        epoch=1,
        kind=OwnerChange.IMPORTED,
        to_kind=OwnerKind.PERSON,
        to_id=an_id("amy"),
        by=an_id("priya"),
        at=odd,
        arrived_at=NOW,
    )
    asked.has(case, event, FORM)
    for name, at in (("odd", odd), ("plain", NOW)):
        visit = a_task(f"Visit {name}", case, type="home_visit", start_at=at, end_at=at)
        over = a_task(f"Done {name}", case, status=TaskStatus.DONE, completed_at=at, completed_by=an_id("amy"))
        call = a_line(f"Call {name}", case, kind=ActivityKind.INTERACTION, facts={"happened_at": at.isoformat()})
        said = a_line(f"Note {name}", case, by="ben", at=at)
        answers = FormAnswers(
            id=an_id(f"answers {name}"),
            case_id=case.id,
            template_id=FORM.id,
            code=FORM.code,
            version=1,
            answers={"damp": ("yes",)},
            answered_at=at,
            answered_by=an_id("amy"),
        )
        sent = ExternalReferral(
            id=an_id(f"sent {name}"),
            case_id=case.id,
            organisation="Age UK",
            service="Benefits",
            method="email",
            consent_cmd="c",
            sent_at=at,
            sent_by=an_id("amy"),
        )
        asked.has(visit, over, call, said, answers, sent, a_document(f"{name}.pdf", case, added_at=at))
    return case


@pytest.mark.parametrize("which", ODD)
def test_that_every_look_at_a_case_shows_all_that_is_on_it(asked: Asked, which: str) -> None:
    odd, shown = ODD[which]
    case = a_case_with(odd, asked)
    lines = {line.text: line.at for line in asked.ask("amy", feed_page, case.id).lines}
    assert (lines["Note odd"], lines["Note plain"]) == (shown, NOW)
    page = asked.ask("amy", brief, case.id)
    assert page is not None
    assert {document.name for document in page.documents} == {"odd.pdf", "plain.pdf"}
    sheet = asked.ask("amy", case_sheet, case.id)
    assert sheet is not None
    assert {task.start_at for task in sheet.tasks} >= {shown, NOW}
    known = asked.ask("amy", known_when, case.id, NOW)
    assert known is not None
    assert "Note odd" in {line.text for line in known.at_the_office}
    with asked.store.reading() as conn:
        assert len(forms_of_case(conn, case.id, names(conn))) == 2
        assert len(referrals_of_case(conn, case.id, names(conn))) == 2
    assert asked.ask("amy", my_day).owned_count == 1


@pytest.mark.parametrize("which", ODD)
def test_that_many_cases_can_be_given_away_with_such_a_one_among_them(asked: Asked, which: str) -> None:
    odd, shown = ODD[which]
    case = a_case_with(odd, asked)
    look = asked.ask("priya", reassign_preview, [case.id], Owner(OwnerKind.PERSON, an_id("ben")))
    (moving,) = look.cases
    assert {when for when, _ in moving.visits} == {when for when in (shown, NOW) if when >= NOW}
    assert moving.out_with == ("Ben Okafor" if shown > NOW else "")
