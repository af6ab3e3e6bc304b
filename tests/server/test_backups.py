"""After a restore the server gets back all that it had accepted; and it says what no laptop need keep any longer."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from casework.answers import Status
from casework.commands import AttachDocument, Said
from casework.database import Database
from casework.ids import new_id
from casework.rows import of_case
from casework.values import Activity, Case
from casework.wire import START, Ack, Hello
from server.__main__ import app
from server.app import create_app
from server.backups import BackupDamaged, back_up, note_backup, note_restore
from server.blobs_folder import place_of
from server.config import Config
from server.ledger import head_of
from server.parts import Parts, open_parts
from server.tidying import tidy
from tests.kit_server import PASSWORD, PEOPLE
from tests.server.kit_central import Central, NextDoor, Visitor, a_note, said
from tests.server.test_erasing import erased, store_document
from tests.server.test_forks import greets
from tests.server.test_put_by import PHOTO, put_by_from_a_lost_device
from tests.server.test_verify import assert_right, assert_whole


class Place:
    """A server's folder that can be set back to a backup of it."""

    def __init__(self, data: Path, backups: Path) -> None:
        self.data, self.backups = data, backups
        self.parts: Parts = open_parts(Config(data=data))
        self.parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))

    @property
    def central(self) -> Central:
        return Central(line=NextDoor(create_app(self.parts)), database=self.parts.database)

    def back_up(self) -> Path:
        return back_up(self.parts.database, self.backups, documents=self.parts.config.documents).path

    def restore(self, backup: Path, *visitors: Visitor, says_so: bool = True) -> None:
        """Puts a backup in the place of the database, as an admin does; the people go on with what they have."""
        self.parts.close()
        for left in self.data.glob("server.db*"):
            left.unlink()
        shutil.copy(backup, self.data / "server.db")
        self.parts = open_parts(Config(data=self.data))
        if says_so:
            note_restore(self.parts.database)
        for visitor in visitors:
            visitor.line = self.central.line
            visitor.sign_in(PASSWORD)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "data", tmp_path / "backups")
    yield place
    place.parts.close()


def recover(visitor: Visitor, acknowledged: list[Said]) -> tuple[Ack, ...]:
    """What a laptop does once it was told that history went back: offers all again, and compares."""
    answer = visitor.send("/v1/hello", visitor.greeting())
    assert (answer.status, answer.fault.code) == (409, "diverged")
    visitor.epoch, visitor.store.cur = answer.fault.facts["epoch"], START
    visitor.hello(known=START)
    acks = visitor.push(*(msgspec.structs.replace(one, again=True) for one in acknowledged))
    visitor.reconcile()
    visitor.sync()
    return acks


def texts(place: Place, case: Case) -> list[str]:
    with place.parts.database.reading() as conn:
        return sorted(line.text for line in of_case(conn, Activity, case.id) if line.text)


@pytest.mark.covers("FE1", "OC26")
@pytest.mark.parametrize("says_so", [True, False])
def test_that_a_restored_server_gets_back_what_it_had_accepted(place: Place, says_so: bool) -> None:
    amy, ben = place.central.visitor("amy"), place.central.visitor("ben")
    case, other = place.central.opened(amy), place.central.opened(ben)
    amy.sync()
    ben.sync()
    before = [said(a_note(case, f"Before {number}.")) for number in range(3)]
    amy.push(*before)
    backup = place.back_up()
    after = [said(a_note(case, f"After {number:02}.")) for number in range(40)]
    amy.push(*after)
    amy.sync()
    place.restore(backup, amy, ben, says_so=says_so)
    if says_so:
        recover(ben, [])
    else:
        ben.hello()
    # others go on meanwhile, beyond the number at which amy stands
    ben.say(*(a_note(other, f"Others {number}.") for number in range(60)))
    with place.parts.database.reading() as conn:
        assert head_of(conn)[0] > amy.store.cur[0]
    acks = recover(amy, [*before, *after])
    assert {ack.st for ack in acks} == {Status.APPLIED}
    assert texts(place, case) == sorted(one.say.text for one in (*before, *after))  # type: ignore[union-attr]
    ben.sync()
    for visitor in (amy, ben):
        visitor.sync()
        assert_whole(visitor)
    assert_right(place.central)


def test_that_a_restore_is_told_even_where_no_number_shows_it(place: Place) -> None:
    amy = place.central.visitor("amy")
    place.central.opened(amy)
    amy.sync()
    place.restore(place.back_up(), amy)
    assert greets(amy) == "diverged"
    new = place.central.visitor("amy")
    assert greets(new) == "ok"


def test_that_no_store_is_taken_for_a_copy_because_the_server_forgot_its_nonce(place: Place) -> None:
    amy, ben = place.central.visitor("amy"), place.central.visitor("ben")
    for visitor in (amy, ben):
        visitor.sync()
    backup = place.back_up()
    for visitor in (amy, ben):
        visitor.hello()
        visitor.hello()
    place.central.opened(amy)
    amy.sync()
    place.restore(backup, amy, ben)
    for visitor in (amy, ben):
        recover(visitor, [])
        assert greets(visitor) == "ok"


def test_that_a_proven_restore_that_nobody_told_of_makes_no_copies_either(place: Place) -> None:
    amy = place.central.visitor("amy")
    amy.sync()
    backup = place.back_up()
    place.central.opened(amy)
    amy.sync()
    place.restore(backup, amy, says_so=False)
    assert greets(amy) == "diverged"
    plain = Hello(
        rid=new_id(),
        app="",
        device=amy.device,
        prev_nonce=amy.nonce,
        nonce=amy.next_nonce,
        clock=amy.greeting().clock,
    )
    assert amy.send("/v1/hello", plain).status == 200


def test_that_a_verified_backup_is_what_laptops_are_told_of(place: Place) -> None:
    amy = place.central.visitor("amy")
    assert amy.hello().backed_up_rev == 0
    case = place.central.opened(amy)
    store_document(amy, case, b"a photo")
    done = back_up(place.parts.database, place.backups, documents=place.parts.config.documents)
    reply = amy.hello()
    assert reply.backed_up_rev == done.rev == reply.head[0]
    assert done.documents == 1
    amy.say(a_note(case))
    assert amy.hello().backed_up_rev == done.rev
    again = back_up(place.parts.database, place.backups, documents=place.parts.config.documents)
    assert (again.rev, again.documents) == (amy.hello().head[0], 0)
    assert len(list((place.backups / "documents").rglob("*"))) > 1


@pytest.mark.parametrize("is_gone", [True, False])
def test_that_no_laptop_lets_go_of_a_document_that_the_backup_lacks(place: Place, is_gone: bool) -> None:
    amy = place.central.visitor("amy")
    case = place.central.opened(amy)
    good, bad = store_document(amy, case, b"a photo"), store_document(amy, case, b"a letter")
    path = place_of(place.parts.config.documents / "whole", bad)
    if is_gone:
        path.unlink()
    else:
        path.write_bytes(b"a lettre")
    with pytest.raises(BackupDamaged, match=bad):
        place.back_up()
    assert amy.hello().backed_up_rev == 0
    copied = {one.name for one in (place.backups / "documents").rglob("*") if one.is_file()}
    assert copied == {good}, "all the others are, and nothing under another's name"
    amy.sync()
    assert said_to_be_here(amy) == {good: True, bad: False}, "who still has it is asked for it"


def said_to_be_here(visitor: Visitor) -> dict[str, bool]:
    """What the rows of documents in a visitor's store say, by hash."""
    return {row["sha256"]: bool(row["is_stored"]) for row in visitor.store.rows["document"].values()}


@pytest.mark.parametrize("comes_again", ["", "from a laptop", "from an older backup"])
def test_that_a_lost_document_is_told_once_and_ends_no_backup_after_that(place: Place, comes_again: str) -> None:
    amy = place.central.visitor("amy")
    case = place.central.opened(amy)
    sha256 = store_document(amy, case, b"a letter")
    path = place_of(place.parts.config.documents / "whole", sha256)
    path.write_bytes(b"a lettre")
    with pytest.raises(BackupDamaged, match=sha256):
        place.back_up()
    if comes_again == "from a laptop":
        store_document(amy, case, b"a letter")
    elif comes_again:
        path.write_bytes(b"a letter")
    done = back_up(place.parts.database, place.backups, documents=place.parts.config.documents)
    assert amy.hello().backed_up_rev == done.rev
    assert done.documents == (1 if comes_again else 0)
    amy.sync()
    assert set(said_to_be_here(amy).values()) == {bool(comes_again)}


def test_that_a_lost_document_that_only_kept_work_names_is_told_too(place: Place) -> None:
    put_by_from_a_lost_device(place.parts, place.central)
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    place_of(place.parts.config.documents / "whole", sha256).write_bytes(b"a foto.")
    with pytest.raises(BackupDamaged, match=sha256):
        place.back_up()
    place.back_up()


def test_that_a_backup_opens_no_document_to_who_knows_only_its_hash(place: Place) -> None:
    amy, ben = place.central.visitor("amy"), place.central.visitor("ben")
    sha256 = store_document(amy, place.central.opened(amy), b"a letter")
    theirs = place.central.opened(ben)
    ben.say(
        AttachDocument(case_id=theirs.id, document_id=new_id(), name="a.txt", mime="text/plain", size=8, sha256=sha256)
    )
    place.back_up()
    ben.sync()
    assert said_to_be_here(ben) == {sha256: False}


class Meanwhile(Database):
    """A database in which something happens as soon as it was copied."""

    then: Callable[[], object]

    def backup(self, to: Path) -> None:
        super().backup(to)
        self.then()


def test_that_a_document_deleted_for_good_during_a_backup_does_not_spoil_it(place: Place) -> None:
    amy = place.central.visitor("amy")
    case = place.central.opened(amy)
    store_document(amy, case, b"a photo")

    def delete_for_good() -> None:
        erased(place.central, case)
        tidy(place.parts.database, place.parts.blobs)

    copied = Meanwhile.plain(place.data / "server.db")
    copied.then = delete_for_good
    done = back_up(copied, place.backups, documents=place.parts.config.documents)
    copied.close()
    assert (done.documents, amy.hello().backed_up_rev) == (0, done.rev)


def test_that_no_backup_is_of_the_future(place: Place) -> None:
    with place.parts.database.reading() as conn:
        head = head_of(conn)[0]
    with pytest.raises(ValueError, match="number"):
        note_backup(place.parts.database, head + 1)
    note_backup(place.parts.database, head)
    note_backup(place.parts.database, 1)
    assert place.central.visitor("amy").hello().backed_up_rev == head


def test_that_an_admin_backs_up_restores_and_reports_devices_from_the_shell(place: Place, tmp_path: Path) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words, env={"DOORSTEP_DATA": str(place.data)})

    amy = place.central.visitor("amy")
    place.central.opened(amy)
    amy.sync()
    done = run("backup", str(tmp_path / "elsewhere"))
    assert done.exit_code == 0, done.output
    (copy,) = (tmp_path / "elsewhere").glob("*.db")
    assert str(copy) in done.output.replace("\n", "")
    head = run("backed-up").output.strip()
    assert run("backed-up", head).exit_code == 0
    assert run("backed-up", "1000000").exit_code == 1
    listed = run("user", "devices", "amy").output
    assert amy.device in listed
    assert run("lost-device", amy.device).exit_code == 0
    assert "lost" in run("user", "devices", "amy").output
    assert run("lost-device", "none").exit_code == 1
    told = run("restored")
    assert told.exit_code == 0
    assert all(f"doorstep-server {word}" in told.output for word in ("lost-device", "user devices", "user end"))
    assert greets(amy) == "diverged"
    assert run("check").exit_code == 0
    with place.parts.database.writing() as conn:
        conn.exec_driver_sql("UPDATE scope_sum SET total = '0000000000000001' WHERE scope = 'all'")
    assert "sums do not fit" in run("check").output.replace("\n", " ")
    assert run("backup", str(tmp_path / "third")).exit_code == 1
