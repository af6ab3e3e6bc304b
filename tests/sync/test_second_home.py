"""What was said to be saved is in the journal too, and comes back from there; trouble with it stops nobody's work."""

import shutil
import threading
from pathlib import Path

import msgspec
import pytest

from casework.commands import AddNote, Said
from casework.ids import new_id
from casework.sqlite_file import set_aside
from casework.store_faults import NoRoom
from casework.store_file import StoreFile
from casework.values import Activity
from sync import outbox
from sync.journal_file import JournalFile
from sync.laptop import JOURNAL, STORE, Laptop
from sync.second_home import SecondHome
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.kit_small_disk import run_on_a_small_disk

KEY = b"k" * 32


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, with a case of hers."""
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


def in_the_journal(desk: Desk) -> list[str]:
    frames = desk.laptop.journal.file.read_all().frames
    return [msgspec.json.decode(frame.body, type=Said).id for frame in frames if frame.body]


def put_away(desk: Desk) -> list[bytes]:
    return [path.read_bytes() for path in desk.folder.glob(f"{JOURNAL}.damaged-*")]


def waiting(desk: Desk) -> list[str]:
    return [one.said.id for one in desk.look(outbox.everything)]


def shows(desk: Desk, text: str) -> bool:
    return text in saying.texts(desk, case_of(desk))


def put_back(desk: Desk, copy: Path) -> None:
    """The store as it was when it was copied, beside the journal of today."""
    desk.laptop.close()
    for name in (STORE, f"{STORE}-wal", f"{STORE}-shm"):
        (desk.folder / name).unlink(missing_ok=True)
    for path in copy.iterdir():
        shutil.copy2(path, desk.folder / path.name)
    desk.reopen()


def copied(desk: Desk, folder: Path) -> Path:
    """A copy of the store alone, as a backup program takes it."""
    desk.restart()
    folder.mkdir()
    for path in desk.folder.glob(f"{STORE}*"):
        shutil.copy2(path, folder / path.name)
    return folder


@pytest.mark.covers("FA20")
def test_that_what_is_saved_is_in_both_homes(amy: Desk) -> None:
    for number in range(3):
        saying.note(amy, case_of(amy), f"note {number}")
    assert in_the_journal(amy) == waiting(amy)


@pytest.mark.covers("FA20")
def test_that_an_old_copy_of_the_store_gets_back_what_was_said_after_it(amy: Desk, tmp_path: Path) -> None:
    saying.note(amy, case_of(amy), "before the copy")
    copy = copied(amy, tmp_path / "copy")
    saying.note(amy, case_of(amy), "after the copy")
    said = waiting(amy)
    put_back(amy, copy)
    assert waiting(amy) == said
    assert shows(amy, "before the copy")
    assert shows(amy, "after the copy")
    saying.note(amy, case_of(amy), "and on")
    numbers = [one.seq for one in amy.look(outbox.everything)]
    assert numbers == sorted(numbers)
    amy.sync()
    assert [shows(amy, text) for text in ("before the copy", "after the copy", "and on")] == [True] * 3


def test_that_an_old_copy_sends_again_what_was_answered_and_nothing_happens_twice(amy: Desk, tmp_path: Path) -> None:
    case_id = case_of(amy)
    copy = copied(amy, tmp_path / "copy")
    saying.note(amy, case_id, "sent after the copy")
    journal = (amy.folder / JOURNAL).read_bytes()
    amy.sync()
    (copy / JOURNAL).write_bytes(journal)
    put_back(amy, copy)
    assert len(waiting(amy)) == 1
    amy.sync()
    amy.sync()
    assert waiting(amy) == []
    assert saying.texts(amy, case_id).count("sent after the copy") == 1
    texts = [line.text for line in saying.on_server(amy, Activity, case_id)]
    assert texts.count("sent after the copy") == 1


def test_that_a_new_store_after_damage_gets_back_what_was_not_sent(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "not sent")
    amy.laptop.close()
    set_aside(amy.folder / STORE)
    amy.reopen()
    assert amy.look(outbox.count) == 1
    amy.sync()
    amy.sync()
    assert amy.look(outbox.count) == 0
    assert "not sent" in saying.texts(amy, case_id)


@pytest.mark.parametrize("damage", [b"", b"not a journal at all, but longer than its head would be"])
def test_that_a_damaged_journal_is_put_away_whole_and_written_anew(amy: Desk, damage: bytes) -> None:
    saying.note(amy, case_of(amy), "still here")
    amy.laptop.close()
    (amy.folder / JOURNAL).write_bytes(damage)
    amy.reopen()
    assert in_the_journal(amy) == waiting(amy)
    assert put_away(amy) == [damage]


def test_that_damage_in_the_middle_of_the_journal_is_put_away_and_all_that_waits_written_anew(amy: Desk) -> None:
    ends = []
    for number in range(3):
        saying.note(amy, case_of(amy), f"note {number}")
        ends.append((amy.folder / JOURNAL).stat().st_size)
    amy.laptop.close()
    damaged = bytearray((amy.folder / JOURNAL).read_bytes())
    damaged[ends[1] - 5] ^= 1
    (amy.folder / JOURNAL).write_bytes(damaged)
    amy.reopen()
    assert in_the_journal(amy) == waiting(amy)
    assert len(waiting(amy)) == 3
    assert put_away(amy) == [bytes(damaged)]
    amy.restart()
    assert len(put_away(amy)) == 1


def test_that_a_journal_under_another_key_is_put_away_too(amy: Desk, tmp_path: Path) -> None:
    saying.note(amy, case_of(amy), "still here")
    other = Laptop(tmp_path / "other", bytes(32), person_id=amy.person_id, device=amy.device)
    other.close()
    amy.laptop.close()
    shutil.copy2(tmp_path / "other" / JOURNAL, amy.folder / JOURNAL)
    amy.reopen()
    assert in_the_journal(amy) == waiting(amy)
    assert len(put_away(amy)) == 1


def test_that_what_a_kill_kept_out_of_the_journal_is_written_down_at_the_next_start(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "in both")
    before = (amy.folder / JOURNAL).read_bytes()
    saying.note(amy, case_of(amy), "in the store alone")
    amy.laptop.close()
    (amy.folder / JOURNAL).write_bytes(before)
    amy.reopen()
    assert in_the_journal(amy) == waiting(amy)


class FullJournal(JournalFile):
    """A journal for which the disk has no room."""

    def append(self, seq: int, body: bytes) -> None:
        """Never fits."""
        raise NoRoom

    def trim(self, keep_from_seq: int) -> None:
        """Neither does a shorter one, which is written beside the old."""
        raise NoRoom


def test_that_trouble_with_the_journal_never_looks_like_a_failed_save(amy: Desk) -> None:
    journal = amy.laptop.journal
    journal.close()
    journal.file = FullJournal(amy.folder / JOURNAL, KEY)
    saying.note(amy, case_of(amy), "saved all the same")
    saying.note(amy, case_of(amy), "and this")
    assert journal.is_behind
    assert not journal.is_whole
    assert shows(amy, "and this")
    assert amy.try_to_sync().fault is None
    journal.close()
    journal.file = JournalFile.open(amy.folder / JOURNAL, KEY)
    saying.note(amy, case_of(amy), "the disk is well again")
    assert not journal.is_behind
    assert journal.is_whole
    assert in_the_journal(amy)[-1:] == waiting(amy)


def test_that_a_journal_that_fell_behind_is_brought_up_to_date_in_a_quiet_minute(amy: Desk) -> None:
    journal = amy.laptop.journal
    journal.close()
    journal.file = FullJournal(amy.folder / JOURNAL, KEY)
    saying.note(amy, case_of(amy), "in the store alone")
    journal.close()
    journal.file = JournalFile.open(amy.folder / JOURNAL, KEY)
    amy.laptop.tidy()
    assert in_the_journal(amy) == waiting(amy)


class Interrupted(SecondHome):
    """A second home beside which the sync thread tidies up just when something was saved and is to be written here."""

    laptop: Laptop

    def add(self, database: StoreFile, seq: int, said: Said) -> None:
        """It gets as far as it can until then."""
        chore = threading.Thread(target=self.laptop.tidy)
        chore.start()
        chore.join(0.5)
        super().add(database, seq, said)
        self.chore = chore


def test_that_tidying_up_never_gets_between_a_save_and_the_journal(amy: Desk) -> None:
    amy.laptop.journal.close()
    home = Interrupted(amy.folder / JOURNAL, KEY)
    home.laptop, home.is_behind = amy.laptop, True
    amy.laptop.journal = home
    saying.note(amy, case_of(amy), "saved once")
    home.chore.join()
    assert in_the_journal(amy) == waiting(amy)
    assert saying.texts(amy, case_of(amy)).count("saved once") == 1


def test_that_the_journal_forgets_what_was_answered_and_keeps_what_was_not(amy: Desk) -> None:
    case_id = case_of(amy)
    for number in range(5):
        saying.note(amy, case_id, f"note {number}")
    amy.sync()
    numbered = amy.laptop.journal.file.last_seq
    assert (in_the_journal(amy), numbered > 0) == ([], True), "the last one's number stays, and nobody's words"
    saying.note(amy, case_id, "a new one")
    assert waiting(amy) == in_the_journal(amy)
    amy.restart()
    assert len(waiting(amy)) == 1


def test_that_words_of_a_newer_app_stay_where_they_are(amy: Desk) -> None:
    case_id = case_of(amy)
    newer = msgspec.json.encode(Said(id=new_id(), at=amy.clock(), say=AddNote(case_id=case_id, text="x")))
    newer = newer.replace(b'"note.add"', b'"note.sing"')
    with amy.laptop.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO outbox (id, case_id, type, body, said_at, status, rev)"
            " VALUES ('n', ?, 'note.sing', ?, ?, '', 0)",
            (case_id, newer.decode(), amy.clock().isoformat()),
        )
    amy.laptop.journal.file.append(amy.laptop.journal.file.last_seq + 5, newer)
    amy.restart()
    saying.note(amy, case_id, "behind it")
    amy.sync()
    state = amy.engine.look()
    # what was said about the same case after it waits for it, as everywhere (FG4)
    assert (state.unsent, state.held, state.all_sent) == (2, 1, False)
    amy.restart()
    assert amy.look(outbox.count) == 2


@pytest.mark.covers("FI7")
def test_that_a_full_disk_stops_neither_saving_nor_syncing_while_there_is_ballast(tmp_path: Path) -> None:
    found = run_on_a_small_disk(tmp_path, "tests.sync.full_disk_work", megabytes=80)
    assert found == {
        "ballast": True,
        "saved": True,
        "ballast thrown off": True,
        "round": "",
        "answered": True,
        "cursor moved with its rows": True,
        "a fault when nothing is left": "no-room",
        "nothing lost by it": True,
        "findings": [],
    }
