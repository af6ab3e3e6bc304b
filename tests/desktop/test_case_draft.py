"""The draft of a case's details: only what was touched is said, with what was seen; nothing typed is lost."""

from collections.abc import Callable
from datetime import date

import pytest

from casework.commands import Change, EditCase, EditContact, EditProperty
from casework.questions.one_case import case_sheet
from casework.questions.sheets import CaseSheet
from desktop.models.case_draft import NO_DATE, NOT_YET, CaseDraft
from tests.kit_desktop import Desk

TODAY = date(2026, 11, 21)


def sheet_of(desk: Desk, handle: str = "evans") -> CaseSheet:
    found = desk.office.ask(case_sheet, desk.case(handle).id)
    assert found is not None
    return found


def draft_of(sheet: CaseSheet) -> CaseDraft:
    draft = CaseDraft(today=TODAY)
    draft.show(sheet)
    return draft


@pytest.mark.covers("S19")
def test_that_only_touched_fields_are_said_each_with_what_was_seen(desk: Desk) -> None:
    sheet = sheet_of(desk)
    draft = draft_of(sheet)
    draft.put("contact.mobile", "07700 900999")
    draft.put("home.postcode", "SA2 1AA")
    draft.put("case.description", "No heating at all.")
    assert draft.commands() == [
        EditCase(
            case_id=sheet.case.id,
            changes={"description": ("No heating since Friday. Uses an oil-filled radiator.", "No heating at all.")},
        ),
        EditContact(
            case_id=sheet.case.id,
            contact_id=sheet.contact.id,
            changes={"mobile": ("07700 900123", "07700 900999")},
        ),
        EditProperty(case_id=sheet.case.id, property_id=sheet.home.id, changes={"postcode": ("SA1 5PJ", "SA2 1AA")}),
    ]


def test_that_typing_the_old_value_again_takes_the_change_back(desk: Desk) -> None:
    draft = draft_of(sheet_of(desk))
    draft.put("contact.mobile", "07")
    draft.put("contact.mobile", "07700 900123 ")
    assert (draft.touched, draft.commands()) == (frozenset(), [])


def test_that_a_birth_date_is_read_as_people_write_it(desk: Desk) -> None:
    draft = draft_of(sheet_of(desk))
    draft.put("contact.birth_date", "3/11/1932")
    [command] = draft.commands()
    assert isinstance(command, EditContact)
    assert command.changes == {"birth_date": (None, "1932-11-03")}
    assert draft.problems == {}


@pytest.mark.parametrize(("text", "words"), [("31/02/1944", NO_DATE), ("in spring", NO_DATE), ("3/11/2032", NOT_YET)])
def test_that_what_is_no_birth_date_is_said_under_the_field_and_kept(desk: Desk, text: str, words: str) -> None:
    draft = draft_of(sheet_of(desk))
    draft.put("contact.birth_date", text)
    assert draft.problems == {"contact.birth_date": words}
    assert draft.value("contact.birth_date") == text


def test_that_words_too_long_for_a_field_are_said_in_words_and_kept(desk: Desk) -> None:
    draft = draft_of(sheet_of(desk))
    draft.put("contact.last_name", "x" * 10_000)
    assert "200 fit" in draft.problems["contact.last_name"]
    assert len(str(draft.value("contact.last_name"))) == 10_000


def test_that_vulnerabilities_chosen_in_another_order_change_nothing(desk: Desk) -> None:
    sheet = sheet_of(desk)
    draft = draft_of(sheet)
    draft.put("contact.vulnerabilities", ("over_75", "respiratory"))
    [command] = draft.commands()
    assert isinstance(command, EditContact)
    assert command.changes == {"vulnerabilities": ([], ["over_75", "respiratory"])}
    desk.say(command)
    again = draft_of(sheet_of(desk))
    again.put("contact.vulnerabilities", ("respiratory", "over_75"))
    assert again.commands() == []


@pytest.mark.covers("OC4")
def test_that_a_change_by_somebody_else_under_the_typing_is_said_and_typing_stays(desk: Desk) -> None:
    sheet = sheet_of(desk)
    draft = draft_of(sheet)
    draft.put("contact.mobile", "07700 900999")
    theirs: dict[str, Change] = {"mobile": ("07700 900123", "07700 900555"), "email": ("", "m.evans@example.org")}
    desk.happened("ben", EditContact(case_id=sheet.case.id, contact_id=sheet.contact.id, changes=theirs))
    draft.show(sheet_of(desk))
    assert draft.value("contact.mobile") == "07700 900999"
    assert draft.moved == {"contact.mobile": "07700 900555"}
    assert draft.value("contact.email") == "m.evans@example.org"
    [command] = draft.commands()
    assert isinstance(command, EditContact)
    assert command.changes == {"mobile": ("07700 900555", "07700 900999")}


def test_that_a_kept_draft_comes_back_with_what_its_author_had_seen(desk: Desk) -> None:
    sheet = sheet_of(desk)
    draft = draft_of(sheet)
    draft.put("contact.mobile", "07700 900999")
    draft.put("contact.vulnerabilities", ("over_75",))
    kept = draft.kept()
    again = draft_of(sheet)
    assert again.restore(kept)
    assert (again.touched, again.moved) == (draft.touched, {})
    assert again.commands() == draft.commands()


def test_that_a_kept_draft_of_an_unknown_field_is_left_out(desk: Desk) -> None:
    draft = draft_of(sheet_of(desk))
    assert not draft.restore({"contact.shoe_size": '["", "44"]'})
    assert draft.commands() == []


def test_that_another_case_brings_a_clean_draft(desks: Callable[..., Desk]) -> None:
    desk = desks("amy")
    draft = draft_of(sheet_of(desk, "evans"))
    draft.put("contact.mobile", "07700 900999")
    draft.show(sheet_of(desk, "khan"))
    assert draft.touched == frozenset()
    assert draft.value("contact.mobile") == "07700 900456"
