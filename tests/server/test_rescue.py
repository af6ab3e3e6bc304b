"""An admin hands in a rescue copy over HTTP or from a shell; nobody else does, and a restart loses nothing."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from casework.commands import AddNote, OpenCase, Said
from casework.ids import new_id
from casework.rescue_copy import Manifest, signed, write_copy
from casework.rows import of_case
from casework.values import Activity, Contact, KeptWork, Property
from casework.wire import SignIn
from server.__main__ import app
from server.facts import EPOCH, fact
from server.rescue_keys import rescue_key
from server.setting_up import WARM_HOMES, default_id
from sync.faults import Rejected
from sync.http import HttpCentral
from sync.rescue import hand_in, open_copy
from tests.kit_server import PASSWORD, RunningServer, running_server

AMY, SAM = default_id("person/amy"), default_id("person/sam")


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def said(command: AddNote | OpenCase) -> Said:
    return Said(id=new_id(), at=datetime.now(UTC), say=command)


def signed_in(server: RunningServer, name: str, device: str = "") -> tuple[HttpCentral, str]:
    central = HttpCentral(server.url)
    asked = SignIn(rid=new_id(), username=name, password=PASSWORD, device=device or new_id(), device_name="x", app="1")
    return central, central.sign_in(asked).renewal


def a_copy(
    server: RunningServer,
    path: Path,
    *,
    renewal: str = "",
    device: str = "",
    text: str = "",
    after: str = "",
    mark: str = "",
) -> str:
    """Amy's rescue copy with one note, said `after` another, on a case of hers; returns the case's id."""
    contact, home = new_id(), new_id()
    case_id = new_id()
    opened = OpenCase(
        case_id=case_id,
        contact_id=contact,
        property_id=home,
        project_id=WARM_HOMES,
        contact=Contact(id=contact, last_name="Evans"),
        home=Property(id=home),
    )
    note = msgspec.structs.replace(said(AddNote(case_id=case_id, text=text or "From the copy")), prev=after)
    with server.database.reading() as conn:
        key, epoch = rescue_key(conn), fact(conn, EPOCH)
    manifest = Manifest(
        epoch=epoch,
        person_id=AMY,
        device=device,
        app="1",
        made_at=datetime.now(UTC),
        commands=tuple(msgspec.Raw(msgspec.json.encode(one)) for one in (said(opened), note)),
    )
    session = hashlib.sha256(renewal.encode()).hexdigest()
    manifest = msgspec.structs.replace(manifest, mark=mark) if mark else signed(manifest, session)
    with path.open("wb") as file:
        write_copy(file, manifest, (), key=key)
    return case_id


def feed(server: RunningServer, case_id: str) -> list[Activity]:
    with server.database.reading() as conn:
        return [line for line in of_case(conn, Activity, case_id) if line.text]


def test_that_an_admin_looks_into_a_copy_and_hands_it_in_over_http(server: RunningServer, tmp_path: Path) -> None:
    device = new_id()
    _, renewal = signed_in(server, "amy", device)
    case_id = a_copy(server, tmp_path / "copy", renewal=renewal, device=device)
    sam, _ = signed_in(server, "sam")
    copy_id = hand_in(sam, tmp_path / "copy")
    found = open_copy(sam, copy_id)
    assert (found.name, found.changes, found.known, found.is_proved, found.is_submitted) == (
        "Amy Jones", 2, 0, True, False,
    )  # fmt: skip
    assert feed(server, case_id) == []
    server.restart()
    done = open_copy(sam, copy_id, submit=True)
    assert (done.is_submitted, done.applied, done.kept) == (True, 2, 0)
    (line,) = feed(server, case_id)
    assert (line.by, line.facts["handed_in_by"]) == (AMY, SAM)
    assert open_copy(sam, copy_id, submit=True).known == 2
    assert len(feed(server, case_id)) == 1


def test_that_what_is_neither_here_nor_in_the_copy_is_not_waited_for(server: RunningServer, tmp_path: Path) -> None:
    """A copy has all that its laptop still had, and is thrown away some day: what waits in it would be lost."""
    case_id = a_copy(server, tmp_path / "copy", after=new_id())
    sam, _ = signed_in(server, "sam")
    done = open_copy(sam, hand_in(sam, tmp_path / "copy"), submit=True, even_unproved=True)
    assert (done.applied, done.kept) == (2, 0)
    assert len(feed(server, case_id)) == 1


@pytest.mark.parametrize("name", ["amy", "priya", "jo"])
def test_that_nobody_but_an_admin_hands_one_in(server: RunningServer, tmp_path: Path, name: str) -> None:
    case_id = a_copy(server, tmp_path / "copy")
    central, _ = signed_in(server, name)
    with pytest.raises(Rejected) as refused:
        hand_in(central, tmp_path / "copy")
    assert refused.value.code == "not-allowed"
    with pytest.raises(Rejected):
        open_copy(central, new_id(), submit=True, even_unproved=True)
    assert feed(server, case_id) == []


def test_that_a_forged_copy_is_not_taken_without_an_admin_s_word(server: RunningServer, tmp_path: Path) -> None:
    """Whoever has the public key can seal a file; only the laptop's own session can sign it."""
    device = new_id()
    signed_in(server, "amy", device)
    case_id = a_copy(server, tmp_path / "copy", renewal="guessed", device=device)
    sam, _ = signed_in(server, "sam")
    copy_id = hand_in(sam, tmp_path / "copy")
    with pytest.raises(Rejected) as refused:
        open_copy(sam, copy_id, submit=True)
    assert (refused.value.code, refused.value.facts) == ("rescue-unproved", {"person": "Amy Jones"})
    assert feed(server, case_id) == []
    assert open_copy(sam, copy_id, submit=True, even_unproved=True).applied == 2


def test_that_whatever_a_forged_copy_is_marked_with_is_no_proof(server: RunningServer, tmp_path: Path) -> None:
    device = new_id()
    signed_in(server, "amy", device)
    a_copy(server, tmp_path / "copy", device=device, mark="łódź")
    sam, _ = signed_in(server, "sam")
    assert not open_copy(sam, hand_in(sam, tmp_path / "copy")).is_proved


@pytest.mark.covers("FF3")
def test_that_a_copy_from_a_lost_device_is_kept_whole_like_what_the_device_hands_over_itself(
    server: RunningServer, tmp_path: Path
) -> None:
    """Whoever found the laptop may have said it, in a session that is its owner's."""
    device = new_id()
    _, renewal = signed_in(server, "amy", device)
    case_id = a_copy(server, tmp_path / "copy", renewal=renewal, device=device)
    server.parts.devices.lose(device)
    sam, _ = signed_in(server, "sam")
    copy_id = hand_in(sam, tmp_path / "copy")
    found = open_copy(sam, copy_id)
    assert (found.is_proved, found.is_lost) == (True, True)
    done = open_copy(sam, copy_id, submit=True)
    assert (done.applied, done.kept, done.is_lost) == (0, 2, True)
    assert feed(server, case_id) == []
    with server.database.reading() as conn:
        assert {one.code for one in of_case(conn, KeptWork, case_id)} == {"from-lost-device"}


@pytest.mark.parametrize(("content", "code"), [(b"", "rescue-not-one"), (b"a cat", "rescue-not-one")])
def test_that_another_file_is_said_to_be_none(server: RunningServer, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "copy").write_bytes(content)
    sam, _ = signed_in(server, "sam")
    with pytest.raises(Rejected) as refused:
        open_copy(sam, hand_in(sam, tmp_path / "copy"))
    assert refused.value.code == code


def test_that_it_is_handed_in_from_the_shell_by_a_named_admin(server: RunningServer, tmp_path: Path) -> None:
    case_id = a_copy(server, tmp_path / "copy", text="From the shell")
    server.stop()
    data = {"DOORSTEP_DATA": str(server.config.data)}

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ("submit-rescue", str(tmp_path / "copy"), *words), env=data)
        return result.exit_code, result.output

    assert run("--by", "jo") == (1, "jo is no admin.\n")
    code, output = run("--by", "sam", "--look")
    assert (code, "From Amy Jones, made " in output, "2 changes (0 here already), 0 documents." in output) == (
        0, True, True,
    )  # fmt: skip
    code, output = run("--by", "sam")
    assert (code, "not sure that the copy comes from" in output) == (1, True)
    code, output = run("--by", "sam", "--unproved")
    assert (code, "2 took effect, 0 wait for a decision" in output) == (0, True)
    server.restart()
    assert [line.text for line in feed(server, case_id)] == ["From the shell"]
