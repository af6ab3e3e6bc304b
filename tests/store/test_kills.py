"""What was said to be saved is there, whenever the process dies."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

from casework.database import Database
from sync.journal_file import JournalFile
from tests.kit_victims import Victims, serve
from tests.store.notes import KEY, VERSION, bodies, metadata, notes

KILLS = 40


def test_that_no_kill_loses_what_was_said_to_be_saved(tmp_path: Path) -> None:
    chance = random.Random(2025)
    saved: list[str] = []
    with Victims("tests.store.test_kills", str(tmp_path)) as victims:
        for _ in range(KILLS):
            saved += victims.kill_one(chance)
    assert len(saved) > KILLS
    database = Database.encrypted(tmp_path / "store.db", KEY)
    found = bodies(database)
    assert database.quick_check() == ()
    assert [body for body in saved if body not in found] == []
    assert len(found) == len(set(found))
    database.close()
    with JournalFile.open(tmp_path / "outbox.journal", KEY) as journal:
        reading = journal.read_all()
    journalled = {frame.body.decode() for frame in reading.frames}
    assert [body for body in saved if body not in journalled] == []
    assert reading.damage == ()


def work(folder: Path) -> Callable[[int, Callable[[str], None]], None]:
    """Someone who saves note after note: in the store, in the journal, and only then said to be saved."""

    def save_for_ever(worker: int, say: Callable[[str], None]) -> None:
        database = Database.encrypted(folder / "store.db", KEY)
        database.prepare(metadata, side="device", latest=VERSION)
        with JournalFile.open(folder / "outbox.journal", KEY) as journal:
            for number in range(100_000):
                body = f"worker {worker} note {number}"
                with database.writing() as conn:
                    conn.execute(notes.insert().values(body=body))
                journal.append(journal.last_seq + 1, body.encode())
                say(body)

    return save_for_ever


if __name__ == "__main__":
    serve(work(Path(sys.argv[1])))
