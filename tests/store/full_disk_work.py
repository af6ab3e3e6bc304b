"""What a laptop does when its disk fills up, for the test on a small disk: prints what came of it."""

import hashlib
import json
import os
import sys
from pathlib import Path

from casework.database import Database
from casework.disk import Ballast, Disk
from casework.store_faults import NoRoom
from sync.downloads import Download, expect
from sync.journal_file import JournalFile
from sync.papers import Paper, Papers
from tests.store.notes import KEY, add, an_encrypted_store, bodies

NOTE = "The boiler has been cold since Tuesday. " * 200


def main(folder: Path) -> dict[str, object]:
    database = an_encrypted_store(folder)
    journal = JournalFile.open(folder / "outbox.journal", KEY)
    journal.append(1, b"the first command")
    papers = Papers(folder / "papers", disk=Disk(keep_free=0))
    ballast = Ballast(folder / "ballast", size=1_000_000)
    found: dict[str, object] = {"took on ballast": ballast.take_on(Disk(keep_free=0))}
    too_big_for_it = Path("/dev/shm") / f"{folder.name}.pdf"
    too_big_for_it.write_bytes(bytes(3_000_000))
    promised = expect(papers, size=3_000_000, sha256=hashlib.sha256(bytes(3_000_000)).hexdigest())
    assert isinstance(promised, Paper)

    saved = fill(database)
    found["the store told"] = True
    # what little is left is taken too, so that not even a small frame fits
    with (folder / "other program's").open("wb", buffering=0) as file:
        fill_up(file.fileno())
    found["the store told again"] = not saves(database, NOTE * 100)
    found["the journal told"] = not appends(journal, 2, bytes(100_000))
    found["the papers said"] = getattr(papers.take_in(too_big_for_it), "code", None)
    found["a paper in the middle said"] = getattr(
        Papers(folder / "papers", disk=Disk(measure=lambda _: 10**12)).take_in(too_big_for_it), "code", None
    )
    found["a download told"] = not downloads(papers, promised)
    found["left of papers"] = [path.suffix for path in (folder / "papers").iterdir()]
    too_big_for_it.unlink()

    found["saved despite it"] = ballast.despite_full_disk(lambda: saves_or_raises(database, NOTE * 100))
    found["journalled despite it"] = appends(journal, 2, b"the urgent one")
    database.close()
    database = an_encrypted_store(folder)
    kept = bodies(database)
    found["lost"] = [body for body in [*saved, NOTE * 100] if body not in kept]
    found["never said to be saved"] = len(kept) - len(saved) - 1
    found["findings"] = database.quick_check()
    found["journal"] = [frame.body.decode() for frame in journal.read_all().frames]
    journal.close()
    database.close()
    return found


def fill(database: Database) -> list[str]:
    """Save notes until the disk is full; those that were said to be saved."""
    saved: list[str] = []
    while saves(database, body := f"{len(saved)} {NOTE}"):
        saved.append(body)
    return saved


def saves(database: Database, body: str) -> bool:
    try:
        return saves_or_raises(database, body)
    except NoRoom:
        return False


def saves_or_raises(database: Database, body: str) -> bool:
    add(database, body)
    return True


def appends(journal: JournalFile, seq: int, body: bytes) -> bool:
    try:
        journal.append(seq, body)
    except NoRoom:
        return False
    return True


def downloads(papers: Papers, promised: Paper) -> bool:
    try:
        with Download(papers, promised) as download:
            download.append(bytes(3_000_000))
    except NoRoom:
        papers.forget(promised)
        return False
    return True


def fill_up(descriptor: int) -> None:
    size = 65_536
    while size:
        try:
            os.write(descriptor, bytes(size))
        except OSError:
            size //= 2


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
