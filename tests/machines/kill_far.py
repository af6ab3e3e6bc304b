"""More that victims are at when they die: first syncs, evictions, documents both ways, upgrades, clearing, backups."""

import random
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from casework.answers import Accepted
from casework.bundle import Small
from casework.database import Database
from casework.migrate import MIGRATIONS, upgrade
from casework.rows import all_of
from casework.sqlite_file import Behind
from casework.values import Case
from casework.wire import Page, Pull
from server.backups import back_up
from sync import state
from sync.carrying import attach
from sync.clearing import close_and_clear
from sync.engine import Engine
from sync.faults import Busy, Offline
from sync.http import HttpCentral
from sync.keys import Keys
from sync.keyslots import KeyFile, mark_of, write_key_file
from sync.laptop import STORE, Laptop, prepare_store
from tests.kit_victims import serve
from tests.machines.kill_work import KEY, Person, Say, aloud, open_laptop, say_something

FULL = "full"
# so small that a first sync has many pages
PAGE_BYTES = 20_000
SIZES = (2_000, 90_000, 1_100_000)

OLDER = '''"""An older laptop."""
revision = "0000"
down_revision = None


def upgrade() -> None:
    """Nobody comes from further back."""
'''
NOW = '''"""What the older laptop lacked: a table has another name, and every row is written anew."""
from alembic import op

revision = "0001"
down_revision = "0000"


def upgrade() -> None:
    op.rename_table("answered", "receipt")
    op.rename_table("case_row", "case_file")
    for table in ("case_file", "activity", "receipt", "contact", "property"):
        op.execute(f"UPDATE {table} SET rev = rev + 0")
'''


class Telling(HttpCentral):
    """The way to the server that says each verb as it begins and ends, so that kills fall into its midst."""

    def __init__(self, url: str, say: Say) -> None:
        super().__init__(url, read_seconds=10)
        self._say = say

    def pull(self, pull: Pull) -> Page:
        """With small pages."""
        self._say("pull")
        page = super().pull(msgspec.structs.replace(pull, max_bytes=PAGE_BYTES))
        self._say("page")
        return page

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        self._say("chunk")
        super().send_chunk(upload_id, number, chunk)

    def finish_upload(self, upload_id: str) -> None:
        self._say("finish")
        super().finish_upload(upload_id)
        self._say("finished")

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        for piece in super().fetch(sha256, case_id, start):
            self._say("piece")
            yield piece

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        self._say("bundle")
        codes = super().send_small(documents)
        self._say("bundled")
        return codes

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        self._say("wanted")
        contents = super().fetch_small(documents)
        self._say("given")
        return contents


def _engine(laptop: Laptop, person: Person, url: str, say: Say) -> Engine:
    central = Telling(url, say)
    with laptop.database.reading() as conn:
        renewal = state.get(conn, state.RENEWAL, str, "")
    central.resume(person.device, renewal, lambda new: laptop.write(lambda conn: state.put(conn, state.RENEWAL, new)))
    return Engine(laptop, central)


def _round(engine: Engine) -> bool:
    fault = engine.sync_once().fault
    assert fault is None or isinstance(fault, Offline | Busy), fault
    return fault is None


def fill(folder: Path, url: str, people: list[Person]) -> Callable[[int, Say], None]:
    """One new laptop after the other fetches all that there is, and works on what is here already."""

    def work(worker: int, say: Say) -> None:
        pick = random.Random(worker)
        for number, person in enumerate(people):
            place = folder / str(number)
            if (place / FULL).exists() and number + 1 < len(people):
                continue
            laptop = open_laptop(place, person)
            engine = _engine(laptop, person, url, say)
            _talk(laptop, pick, say)
            while not _round(engine) or number + 1 == len(people):
                _talk(laptop, pick, say)
            (place / FULL).touch()
            laptop.close()

    return work


def roam(folder: Path, url: str, person: Person, *, with_documents: bool) -> Callable[[int, Say], None]:
    """Somebody who syncs again and again while others move cases to and away, and who may have documents to send."""

    def work(worker: int, say: Say) -> None:
        laptop, pick = open_laptop(folder, person), random.Random(worker)
        engine = _engine(laptop, person, url, say)
        while True:
            _talk(laptop, pick, say)
            if with_documents:
                _put_document(laptop, folder.with_name(f"{folder.name}.bin"), pick, say)
            _round(engine)

    return work


def _talk(laptop: Laptop, pick: random.Random, say: Say) -> None:
    for _ in range(pick.randint(0, 2)):
        said = say_something(laptop, pick)
        if said is not None:
            say(said[0])


def _put_document(laptop: Laptop, source: Path, pick: random.Random, say: Say) -> None:
    with laptop.database.reading() as conn:
        cases = [case.id for case in all_of(conn, Case) if not case.is_closed]
    if cases:
        source.write_bytes(pick.randbytes(pick.choice(SIZES)))
        answer = attach(laptop, source, case_id=pick.choice(cases), mime="application/octet-stream")
        if isinstance(answer, Accepted):
            say(answer.command_id)


def make_older(folder: Path) -> None:
    """Makes an up-to-date store one of an older app, with all that is in it."""
    database = Database.encrypted(folder / STORE, KEY)
    with database.writing() as conn:
        conn.exec_driver_sql("ALTER TABLE receipt RENAME TO answered")
        conn.exec_driver_sql("ALTER TABLE case_file RENAME TO case_row")
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    database.close()


def write_revisions(folder: Path) -> Path:
    """A folder of revisions that lead from the older app to this one."""
    (folder / "versions").mkdir(parents=True)
    shutil.copy(MIGRATIONS / "env.py", folder)
    (folder / "versions" / "0000_older.py").write_text(OLDER, encoding="utf-8")
    (folder / "versions" / "0001_now.py").write_text(NOW, encoding="utf-8")
    return folder


def bring_up_to_date(folder: Path, scripts: Path) -> None:
    """What the app does at its start with a store of an older app."""
    database = Database.encrypted(folder / STORE, KEY)
    try:
        upgrade(database, side="device", scripts=scripts)
    finally:
        database.close()


def update(folder: Path, scripts: Path, person: Person) -> Callable[[int, Say], None]:
    """One old store after the other is brought up to date, and gone on with."""

    def work(worker: int, say: Say) -> None:
        pick, worn = random.Random(worker), folder / "old"
        for number in range(1_000):
            place = folder / f"{worker}-{number}"
            shutil.copytree(worn, place)
            say(f"at {place}")
            laptop = Laptop(place, KEY, person_id=person.person_id, device=person.device)
            assert isinstance(prepare_store(laptop.database), Behind)
            laptop.close()
            bring_up_to_date(place, scripts)
            say("up to date")
            laptop = open_laptop(place, person)
            for _ in range(3):
                said = say_something(laptop, pick)
                if said is not None:
                    say(said[0])
            laptop.close()

    return work


def clear(folder: Path, person: Person) -> Callable[[int, Say], None]:
    """One profile after the other is cleared off this device; about every second has something that was not sent."""

    def work(worker: int, say: Say) -> None:
        pick = random.Random(worker)
        for number in range(1_000):
            place = folder / f"{worker}-{number}"
            shutil.copytree(folder / "settled", place)
            write_key_file(place, KeyFile(generation=1, mark=mark_of(KEY), in_keyring=False))
            say(f"at {place}")
            laptop = open_laptop(place, person)
            if pick.random() < 0.5:
                said = say_something(laptop, pick)
                if said is not None:
                    say(said[0])
            say("clears")
            stays = close_and_clear(laptop, place, Keys(place, profile="amy"))
            say("stayed" if stays else "cleared")

    return work


def copy_away(folder: Path, to: Path) -> Callable[[int, Say], None]:
    """An admin's backups of a server that goes on working, one after the other."""

    def work(worker: int, say: Say) -> None:
        database = Database.plain(folder / "server.db")
        while True:
            say("begin")
            done = back_up(database, to, documents=folder / "documents")
            say(f"done {done.rev}")

    return work


def main(what: str, *rest: str) -> None:
    """Serves as one of them."""
    place = Path(rest[0])
    if what == "fill":
        people = [Person(*pair.split("/")) for pair in rest[2:]]
        serve(aloud(fill(place, rest[1], people)))
    elif what in ("roam", "papers"):
        serve(aloud(roam(place, rest[1], Person(rest[2], rest[3]), with_documents=what == "papers")))
    elif what == "update":
        serve(aloud(update(place, Path(rest[1]), Person(rest[2], rest[3]))))
    elif what == "clear":
        serve(aloud(clear(place, Person(rest[1], rest[2]))))
    else:
        serve(aloud(copy_away(place, Path(rest[1]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
