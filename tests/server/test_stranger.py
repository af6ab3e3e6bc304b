"""docs/wire.md is enough: a client written from it alone does a day's work with the real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit_server import PASSWORD, RunningServer, running_server
from tests.server import stranger
from tests.server.stranger import Refused, Stranger

MOST_LINES = 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as started:
        yield started


def _signed_in(server: RunningServer, name: str) -> Stranger:
    client = Stranger(server.url)
    client.sign_in(name, PASSWORD)
    client.round()
    return client


def _open_case(client: Stranger) -> str:
    """A new client with a home and a case, as the page describes the command."""
    case_id, contact_id, home_id = (stranger.new_id() for _ in range(3))
    said = client.say(
        "case.open",
        case_id,
        contact_id=contact_id,
        property_id=home_id,
        project_id=min(client.tables["project"]),
        contact={"id": contact_id, "first_name": "Ines", "last_name": "Okoro"},
        home={"id": home_id, "address_1": "4 Mill Row", "postcode": "LL57 1QP"},
        description="No heating since Sunday",
    )
    client.round()
    assert client.outcomes[said]["st"] == "applied"
    return case_id


def test_that_a_client_written_from_the_page_pushes_a_note_and_reads_its_outcome(server: RunningServer) -> None:
    priya = _signed_in(server, "priya")
    case_id = _open_case(priya)
    said = priya.say("note.add", case_id, text="Rang, nobody in.")
    priya.round()

    assert priya.outcomes[said]["st"] == "applied"
    notes = [row["text"] for row in priya.tables["activity"].values() if row["case_id"] == case_id]
    assert "Rang, nobody in." in notes


def test_that_such_a_client_is_told_when_a_case_comes_and_when_it_goes(server: RunningServer) -> None:
    priya, amy = _signed_in(server, "priya"), _signed_in(server, "amy")
    case_id = _open_case(priya)
    for owner_id in (amy.person_id, priya.person_id):
        case = priya.tables["case_file"][case_id]
        base = {"owner": {"kind": case["owner_kind"], "id": case["owner_id"]}, "owner_cmd": case["owner_cmd"]}
        said = priya.say("case.owner", case_id, base=base, owner={"kind": "person", "id": owner_id}, reason="Hers")
        priya.round()
        assert priya.outcomes[said]["st"] == "applied"
        amy.round()
        assert (case_id in amy.tables.get("case_file", {})) is (owner_id == amy.person_id)


def test_that_a_wrong_password_is_told_by_its_code(server: RunningServer) -> None:
    with pytest.raises(Refused) as refused:
        Stranger(server.url).sign_in("amy", "not her password")
    assert refused.value.code == "sign-in-wrong"


def test_that_the_client_stays_one_that_can_be_written_in_an_afternoon() -> None:
    lines = Path(stranger.__file__).read_text("utf-8").splitlines()
    assert len(lines) < MOST_LINES
    assert not [
        line for line in lines if line.startswith(("from casework", "from sync", "from server", "from desktop"))
    ]
