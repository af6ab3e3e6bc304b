"""A client whom two cases refer to, changed through both (protocol 3), on paper."""

from typing import Any

from casework.commands import EditContact, EditProperty
from casework.rules.sharing import others_sharing
from casework.values import CaseStatus, Contact, KeptWork, Notice
from tests.rules.paper import CASE, CLIENT, HOME, OTHER, Laptop, Server, an_active_case, another_case, person


def two_cases(**more: Any) -> Server:
    """One client and one home, a case of Amy's and one of Ben's."""
    return Server(*an_active_case(person("amy")), *another_case(contact_id=CLIENT, property_id=HOME, **more))


def edit(case_id: str, **changes: tuple[str, str]) -> EditContact:
    return EditContact(case_id=case_id, contact_id=CLIENT, changes=dict(changes))


def lines(server: Server, code: str) -> list[tuple[str, str]]:
    return [(row.person_id, row.case_id) for row in server.desk.all_of(Notice) if row.code == code]


def test_that_two_edits_through_two_cases_join_field_by_field() -> None:
    server = two_cases()
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(edit(CASE, phone=("01642 1", "01642 2")))
    ben.say(edit(OTHER, email=("", "joan@webb.example")))
    amy.send()
    ben.send()
    contact = server.desk.one(Contact, CLIENT)
    assert (contact.phone, contact.email) == ("01642 2", "joan@webb.example")
    assert server.desk.all_of(KeptWork) == ()


def test_that_a_clash_is_kept_once_and_the_other_case_s_owner_is_shown_both_values() -> None:
    server = two_cases()
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(edit(CASE, phone=("01642 1", "01642 2")))
    ben.say(edit(OTHER, phone=("01642 1", "01642 3")))
    amy.send()
    ben.send()
    (kept,) = server.desk.all_of(KeptWork)
    assert (kept.case_id, kept.for_id) == (OTHER, "ben")
    assert kept.fields == {"phone": ('"01642 1"', '"01642 3"', '"01642 2"')}
    assert lines(server, "shared-clash") == [("amy", CASE)]
    (line,) = [row for row in server.desk.all_of(Notice) if row.code == "shared-clash"]
    assert line.facts == {
        "number": "26-00042",
        "other": "26-other",
        "field": "phone",
        "mine": "01642 3",
        "theirs": "01642 2",
    }


def test_that_who_has_the_card_and_who_has_closed_their_case_is_not_told_besides() -> None:
    for records in (another_case(person("ben"), contact_id=CLIENT), another_case(status=CaseStatus.CLOSED)):
        server = Server(*an_active_case(person("ben")), *records)
        cara = Laptop(server, "cara")
        cara.say(edit(CASE, phone=("01642 1", "01642 3")))
        server.done("ben", edit(CASE, phone=("01642 1", "01642 2")))
        cara.send()
        assert len(server.desk.all_of(KeptWork)) == 1
        assert lines(server, "shared-clash") == []


def test_that_a_home_is_shared_as_a_client_is() -> None:
    server = two_cases()
    changes: dict[str, tuple[object, object]] = {"town": ("", "Thornaby")}
    command = EditProperty(case_id=CASE, property_id=HOME, changes=changes)
    assert [case.id for case in others_sharing(server.desk, command, server.desk.case)] == [OTHER]
