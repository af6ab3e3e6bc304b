"""Nothing that a person entered can be read on the disk of a laptop that was switched off."""

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.database import Database
from casework.disk import Disk
from casework.store_faults import StoreFault
from sync.journal_file import JournalFile
from sync.papers import Paper, Papers
from tests.store.notes import KEY, VERSION, add, metadata

CANARIES = [f"Abernathy-{number:03}-Mill-Lane" for number in range(40)]


def forms(canary: str) -> Iterator[bytes]:
    """The shapes in which a text may lie on a disk; base64 at each of its three alignments, without its ends."""
    plain = canary.encode()
    yield from (plain, canary.encode("utf-16-le"), canary.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode(), zlib.compress(plain))
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + plain)[4:-4]


def leaks(folder: Path) -> set[str]:
    """The names of the files in which a canary can be read."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {path.name for canary in CANARIES for form in forms(canary) if form in content}
    return found


def live(database: Database, folder: Path) -> None:
    """A day's work with every canary in it: saved, searched, changed, deleted, journalled, attached, refused."""
    papers = Papers(folder / "papers", disk=Disk(keep_free=0))
    with JournalFile.open(folder / "outbox.journal", KEY) as journal:
        for number, canary in enumerate(CANARIES, start=1):
            add(database, canary)
            journal.append(number, canary.encode())
            source = folder.parent / "source.pdf"
            source.write_bytes(canary.encode() * 3000)
            assert isinstance(papers.take_in(source), Paper)
            source.unlink()
        journal.trim(20)
    with database.writing() as conn:
        conn.execute(text("CREATE VIRTUAL TABLE found USING fts5(body, prefix='1 2 3')"))
        conn.execute(text("INSERT INTO found SELECT body FROM notes"))
        conn.execute(text("DELETE FROM notes WHERE id % 2 = 0"))
        conn.execute(text("UPDATE notes SET body = body || ' again'"))
    with database.reading() as conn:
        # big enough a sort to need temporary room
        conn.execute(text("SELECT a.body || b.body FROM notes a, notes b, notes c ORDER BY 1 DESC")).all()


def test_that_no_file_of_a_running_or_killed_or_closed_store_holds_a_word_of_it(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    database = Database.encrypted(profile / "store.db", KEY)
    database.prepare(metadata, side="device", latest=VERSION)
    live(database, profile)
    assert (profile / "store.db-wal").stat().st_size > 0
    assert leaks(tmp_path) == set()
    database.backup(profile / "copy.db")
    database.close()
    assert leaks(tmp_path) == set()
    with pytest.raises(StoreFault):
        Database.plain(profile / "copy.db")


def test_that_the_search_would_have_found_them(tmp_path: Path) -> None:
    database = Database.plain(tmp_path / "store.db")
    database.prepare(metadata, side="device", latest=VERSION)
    add(database, *CANARIES)
    assert leaks(tmp_path) == {"store.db-wal"}
    database.close()
    assert leaks(tmp_path) == {"store.db"}
    for shape in (CANARIES[0].encode("utf-16-le"), base64.b64encode(b"xx" + CANARIES[0].encode() + b"yy")):
        (tmp_path / "planted").write_bytes(shape)
        assert "planted" in leaks(tmp_path)
