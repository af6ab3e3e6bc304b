"""Files on a case: their row at once, one file for the same bytes."""

from typing import Any

import msgspec
import pytest

from casework.answers import Done, Refused
from casework.commands import AttachDocument
from casework.rules.documents import LARGEST, MOST
from casework.values import Document
from tests.rules.paper import CASE, Laptop, Server, a_closed_case, an_active_case, person

HASH = "ab" * 32


def attach(document_id: str = "photo", **more: Any) -> AttachDocument:
    command = AttachDocument(
        case_id=CASE, document_id=document_id, name="boiler.jpg", mime="image/jpeg", size=10, sha256=HASH
    )
    return msgspec.structs.replace(command, **more)


@pytest.fixture
def server() -> Server:
    return Server(*an_active_case(person("amy")))


@pytest.mark.covers("S58", "S59")
def test_that_a_document_is_on_the_case_at_once_and_its_bytes_follow(server: Server) -> None:
    server.done("amy", attach(caption="the plate", task_id="visit"))
    document = server.desk.one(Document, "photo")
    assert (document.case_id, document.sha256, document.size, document.task_id) == (CASE, HASH, 10, "visit")
    assert (document.added_by, document.is_stored) == ("amy", False)
    line = server.desk.line("document")
    assert (line.text, line.facts) == ("the plate", {"document": "photo", "name": "boiler.jpg"})


@pytest.mark.covers("OC18")
def test_that_the_same_bytes_added_by_two_are_one_file_with_two_captions(server: Server) -> None:
    amy, ben = Laptop(server, "amy"), Laptop(server, "ben")
    amy.say(attach("hers", caption="the plate"))
    ben.say(attach("his", caption="the boiler"))
    amy.send()
    server.desk.put(msgspec.structs.replace(server.desk.one(Document, "hers"), is_stored=True))
    ben.send()
    documents = server.desk.of_case(Document, CASE)
    assert {(one.caption, one.added_by) for one in documents} == {("the plate", "amy"), ("the boiler", "ben")}
    assert {one.sha256 for one in documents} == {HASH}
    assert all(one.is_stored for one in documents)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "document-needs-name"),
        ({"name": "x" * 201}, "too-long"),
        ({"caption": "x" * 201}, "too-long"),
        ({"sha256": "AB" * 32}, "not-valid"),
        ({"sha256": HASH + "0"}, "not-valid"),
        ({"sha256": HASH + "\n"}, "not-valid"),
        ({"size": 0}, "document-is-empty"),
        ({"size": 300_000_000}, "document-too-big"),
        ({"size": LARGEST + 1}, "document-too-big"),
        ({"size": -1}, "not-valid"),
    ],
)
def test_that_a_file_that_cannot_be_taken_says_why(server: Server, change: dict[str, Any], code: str) -> None:
    verdict = server.hear("amy", attach(**change))
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_that_a_file_at_the_limit_is_taken(server: Server) -> None:
    server.done("amy", attach(size=LARGEST))


def test_that_a_document_is_attached_once_and_never_over_another(server: Server) -> None:
    server.done("amy", attach())
    assert server.hear("amy", attach()) == Done()
    verdict = server.hear("amy", attach(sha256="cd" * 32))
    assert verdict == Refused("not-valid", {"field": "document_id", "why": "taken"})


@pytest.mark.covers("OC5")
def test_that_a_photo_reaches_a_closed_case() -> None:
    server = Server(*a_closed_case(person("amy"), by="priya"))
    server.done("amy", attach())
    assert server.desk.case.is_closed
    assert server.desk.told("priya") == ["facts-on-closed"]


def test_that_a_case_holds_so_many_documents_and_no_more(server: Server) -> None:
    server.done("amy", attach("first"))
    first = server.desk.one(Document, "first")
    for number in range(MOST - 2):
        server.desk.put(msgspec.structs.replace(first, id=f"more-{number}"))
    server.done("amy", attach("last", sha256="cd" * 32))
    refused = server.hear("amy", attach("beyond", sha256="ef" * 32))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.facts["limit"]) == ("document-too-many", str(MOST))
    server.done("amy", attach("last", sha256="cd" * 32))
