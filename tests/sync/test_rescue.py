"""A rescue copy holds all unsent work; handed in twice, or before the laptop itself comes back, it doubles nothing."""

from pathlib import Path

import msgspec
import pytest

from casework.commands import AddNote, MoveStep, SettleKept
from casework.connection import Connection
from casework.rescue_copy import MAGIC
from casework.rescue_copy import open_copy as unsealed
from casework.rows import find, of_case
from casework.store_faults import DiskFault
from casework.values import Activity, Document, KeptWork, Person
from server.passwords import hash_secret
from server.problem import Problem
from server.rescue import HandedIn, Rescue
from server.rescue_keys import private_key
from server.tables import device
from sync import outbox, state
from sync.covered import is_all_safe
from sync.rescue import NotSaved, Saved, needs_passphrase, save_copy
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld, person_id
from tests.sync.paper_kit import case_of, put

PASSPHRASE = "correct horse battery staple"
RENEWAL = "a renewal of the laptop's"


@pytest.fixture
def rescue(world: NearWorld, tmp_path: Path) -> Rescue:
    return Rescue(world.server.database, world.server.journal, world.server.documents, tmp_path / "rescued")


def proved(world: NearWorld, desk: Desk) -> None:
    """The laptop has a session that the server knows."""
    desk.laptop.write(lambda conn: state.put(conn, state.RENEWAL, RENEWAL))
    with world.server.database.writing() as conn:
        row = device.update().where(device.c.id == desk.device)
        conn.execute(row.values(renewal_hash=hash_secret(RENEWAL), person_id=desk.person_id))


def saved(desk: Desk, path: Path, **more: str) -> Saved:
    found = save_copy(desk.laptop, path, **more)
    assert isinstance(found, Saved), found
    return found


def sam(world: NearWorld) -> Person:
    with world.server.database.reading() as conn:
        found = find(conn, Person, person_id("sam"))
    assert found is not None
    return found


def lines(world: NearWorld, case_id: str) -> list[Activity]:
    with world.server.database.reading() as conn:
        return list(of_case(conn, Activity, case_id))


def handed_in(world: NearWorld, rescue: Rescue, path: Path, **more: str) -> HandedIn:
    return rescue.submit(path, sam(world), even_unproved=True, **more)


@pytest.mark.covers("FA16", "FA1", "FA20")
def test_that_a_copy_is_handed_in_for_its_author_with_its_documents(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    proved(world, amy)
    case_id = case_of(amy)
    note = amy.say(AddNote(case_id=case_id, text="Said in the snow"))
    put(amy, tmp_path, b"x" * 3_000_000)
    copy = saved(amy, tmp_path / "amy.rescue")
    assert (copy.changes, copy.papers, copy.unreadable) == (2, 1, 0)
    found = rescue.look(tmp_path / "amy.rescue")
    assert (found.author.display_name, found.changes, found.papers, found.known, found.is_proved) == (
        "Amy Jones", 2, 1, 0, True,
    )  # fmt: skip
    done = rescue.submit(tmp_path / "amy.rescue", sam(world))
    assert (done.applied, done.kept, done.waiting, done.stored, done.loose) == (2, 0, 0, 1, 0)
    (line,) = [one for one in lines(world, case_id) if one.id == note.command_id]
    assert (line.by, line.text, line.facts["handed_in_by"]) == (
        person_id("amy"), "Said in the snow", person_id("sam"),
    )  # fmt: skip
    with world.server.database.reading() as conn:
        assert [one.is_stored for one in of_case(conn, Document, case_id)] == [True]


@pytest.mark.covers("FB1", "OC23")
def test_that_handing_it_in_twice_or_syncing_the_laptop_later_doubles_nothing(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    amy.say(AddNote(case_id=case_id, text="Once"))
    put(amy, tmp_path)
    saved(amy, tmp_path / "copy")
    handed_in(world, rescue, tmp_path / "copy")
    before = lines(world, case_id)
    again = handed_in(world, rescue, tmp_path / "copy")
    assert (again.found.known, again.applied) == (2, 2)
    amy.say(AddNote(case_id=case_id, text="Back at the office"))
    amy.sync()
    after = lines(world, case_id)
    assert [one for one in after if one.text != "Back at the office"] == before
    assert amy.look(outbox.count) == 0
    assert amy.engine.look().papers == 0


def test_that_what_came_too_late_waits_for_a_decision_as_if_sent(
    world: NearWorld, amy: Desk, priya: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    case = saying.the_case(amy, case_id)
    amy.say(MoveStep(case_id=case_id, step=(case.step_id, saying.ACTION_PLAN)))
    saved(amy, tmp_path / "copy")
    priya.say(MoveStep(case_id=case_id, step=(case.step_id, saying.ASSESSMENT)))
    priya.sync()
    done = handed_in(world, rescue, tmp_path / "copy")
    assert (done.applied, done.kept) == (0, 1)
    with world.server.database.reading() as conn:
        (kept,) = of_case(conn, KeptWork, case_id)
    assert kept.author_id == person_id("amy")


@pytest.mark.covers("FA1")
def test_that_the_bytes_of_a_document_that_waits_for_a_decision_come_with_the_copy(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    content = b"x" * 3_000_000
    put(amy, tmp_path, content)
    saved(amy, tmp_path / "copy")
    world.change_role("amy", "reader")
    done = handed_in(world, rescue, tmp_path / "copy")
    assert (done.applied, done.kept, done.stored, done.loose) == (0, 1, 1, 0)
    (kept,) = saying.on_server(amy, KeptWork, case_id)
    jo = world.desk("jo")
    jo.say(SettleKept(case_id=case_id, kept_id=kept.id, how="use"))
    jo.sync()
    (document,) = saying.on_server(amy, Document, case_id)
    assert (document.is_stored, b"".join(world.server.blobs.read(document.sha256))) == (True, content)


def test_that_a_document_whose_words_only_a_newer_server_reads_stays_in_the_copy(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    put(amy, tmp_path)

    def newer(conn: Connection) -> None:
        conn.exec_driver_sql("UPDATE outbox SET body = replace(body, 'document.attach', 'document.sing')")

    amy.laptop.write(newer)
    saved(amy, tmp_path / "copy")
    done = handed_in(world, rescue, tmp_path / "copy")
    assert (done.applied, done.unreadable, done.stored, done.loose) == (0, 1, 0, 1)


@pytest.mark.covers("OC10")
def test_that_it_can_be_handed_in_for_somebody_who_has_left(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    amy.say(AddNote(case_id=case_id, text="My last"))
    put(amy, tmp_path)
    saved(amy, tmp_path / "copy")
    world.disable("amy")
    done = handed_in(world, rescue, tmp_path / "copy")
    assert (done.applied, done.stored) == (2, 1)


def test_that_a_copy_that_may_come_from_elsewhere_needs_an_admin_s_word(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    amy.laptop.write(lambda conn: state.put(conn, state.RENEWAL, "not the server's"))
    amy.say(AddNote(case_id=case_of(amy), text="Is it me?"))
    saved(amy, tmp_path / "copy")
    assert not rescue.look(tmp_path / "copy").is_proved
    with pytest.raises(Problem) as refused:
        rescue.submit(tmp_path / "copy", sam(world))
    assert refused.value.code == "rescue-unproved"
    assert [one for one in lines(world, case_of(amy)) if one.text == "Is it me?"] == []


def broken(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "empty":
        content = bytearray()
    elif how == "not one":
        content = bytearray(b"PK\x03\x04 a photo of a cat")
    elif how == "head only":
        content = content[: len(MAGIC) + 2]
    elif how == "cut":
        content = content[:-20]
    elif how == "one bit in the head":
        content[len(MAGIC) + 20] ^= 1
    elif how == "one bit at the end":
        content[-3] ^= 1
    elif how == "longer":
        content += b"x"
    path.write_bytes(bytes(content))


@pytest.mark.covers("FI9")
@pytest.mark.parametrize(
    ("how", "codes"),
    [
        ("empty", {"rescue-not-one"}),
        ("not one", {"rescue-not-one"}),
        ("head only", {"rescue-broken"}),
        ("cut", {"rescue-broken"}),
        ("one bit in the head", {"rescue-broken", "rescue-not-for-us"}),
        ("one bit at the end", {"rescue-broken"}),
        ("longer", {"rescue-broken"}),
    ],
)
def test_that_a_damaged_file_is_said_to_be_so_and_nothing_of_it_is_done(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path, how: str, codes: set[str]
) -> None:
    amy.say(AddNote(case_id=case_of(amy), text="All or nothing"))
    put(amy, tmp_path, b"y" * 200_000)
    saved(amy, tmp_path / "copy")
    broken(tmp_path / "copy", how)
    with pytest.raises(Problem) as refused:
        handed_in(world, rescue, tmp_path / "copy")
    assert refused.value.code in codes
    assert [one for one in lines(world, case_of(amy)) if one.text == "All or nothing"] == []


def test_that_another_organisation_cannot_open_it(world: NearWorld, amy: Desk, tmp_path: Path) -> None:
    amy.say(AddNote(case_id=case_of(amy), text="Nobody else's"))
    saved(amy, tmp_path / "copy")
    assert b"Nobody else" not in (tmp_path / "copy").read_bytes()
    (tmp_path / "other").mkdir()
    other = NearWorld(tmp_path / "other")
    theirs = Rescue(other.server.database, other.server.journal, other.server.documents, tmp_path)
    try:
        with pytest.raises(Problem) as refused:
            theirs.look(tmp_path / "copy")
        assert refused.value.code == "rescue-not-for-us"
    finally:
        other.close()


def test_that_without_the_organisation_s_key_a_passphrase_seals_it(
    world: NearWorld, amy: Desk, rescue: Rescue, tmp_path: Path
) -> None:
    amy.laptop.write(lambda conn: state.forget(conn, state.RESCUE_KEY))
    assert amy.look(needs_passphrase)
    amy.say(AddNote(case_id=case_of(amy), text="Under a passphrase"))
    assert save_copy(amy.laptop, tmp_path / "copy") == NotSaved(code="rescue-passphrase-short")
    saved(amy, tmp_path / "copy", passphrase=PASSPHRASE)
    assert rescue.needs_passphrase(tmp_path / "copy")
    for given, code in (("", "rescue-needs-passphrase"), ("another one altogether", "rescue-broken")):
        with pytest.raises(Problem) as refused:
            rescue.look(tmp_path / "copy", passphrase=given)
        assert refused.value.code == code
    assert handed_in(world, rescue, tmp_path / "copy", passphrase=PASSPHRASE).applied == 1


@pytest.mark.covers("FA16")
def test_that_all_is_safe_once_it_is_sent_or_in_a_copy_and_no_more_after_the_next_word(
    amy: Desk, tmp_path: Path
) -> None:
    assert amy.look(is_all_safe)
    assert save_copy(amy.laptop, tmp_path / "copy") == NotSaved(code="rescue-nothing")
    amy.say(AddNote(case_id=case_of(amy), text="Unsent"))
    put(amy, tmp_path)
    assert not amy.look(is_all_safe)
    saved(amy, tmp_path / "copy")
    assert amy.look(is_all_safe)
    amy.say(AddNote(case_id=case_of(amy), text="One more"))
    assert not amy.look(is_all_safe)
    amy.sync()
    assert amy.look(is_all_safe)


@pytest.mark.covers("FI7", "FI9")
def test_that_where_it_cannot_be_written_nothing_half_is_left(amy: Desk, tmp_path: Path) -> None:
    amy.say(AddNote(case_id=case_of(amy), text="Unsent"))
    with pytest.raises(DiskFault):
        save_copy(amy.laptop, tmp_path / "no-such-folder" / "copy")
    assert not (tmp_path / "no-such-folder").exists()
    assert not amy.look(is_all_safe)


def test_that_words_of_a_newer_app_travel_as_they_are(world: NearWorld, amy: Desk, tmp_path: Path) -> None:
    amy.say(AddNote(case_id=case_of(amy), text="old"))

    def newer(conn: Connection) -> None:
        conn.exec_driver_sql("UPDATE outbox SET body = replace(body, 'note.add', 'note.sing')")

    amy.laptop.write(newer)
    saved(amy, tmp_path / "copy")
    with (tmp_path / "copy").open("rb") as file, world.server.database.reading() as conn:
        opened = unsealed(file, private=private_key(conn))
    (raw,) = opened.manifest.commands
    assert msgspec.json.decode(raw)["say"]["type"] == "note.sing"
