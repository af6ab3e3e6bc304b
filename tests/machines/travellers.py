"""Real laptops over HTTP, at whichever real server is near, and what must hold once all of them are in step."""

import hashlib
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from casework.answers import Accepted, Answer
from casework.database import Database
from casework.ids import new_id
from casework.rows import all_of
from casework.values import Case, Document
from casework.wire import SignIn
from server.blobs import BlobStore
from server.sums import are_right
from sync import paper_rows
from sync.carrying import attach
from sync.engine import Engine, SyncReport
from sync.faults import SignedOut, SyncFault
from tests.kit_server import PASSWORD
from tests.machines.accounts import nothing_lost_and_nothing_twice, set_up
from tests.machines.kill_work import Person, central_of, open_laptop, say_something
from tests.machines.organisation import snapshot
from tests.sync.alike import require_same

# Bytes: one that goes in a bundle, one that fits in a chunk, one of two chunks.
SIZES = (2_000, 90_000, 1_100_000)
# No laptop needs more rounds than this once nobody says or breaks anything any more.
MOST_ROUNDS = 8
PEOPLE = ("amy", "ben", "cara", "priya", "jo")


class Traveller:
    """Somebody with a laptop of their own; `saved` and `papers` are what it called saved."""

    def __init__(self, folder: Path, name: str, url: str, *, dice: random.Random, person: Person | None = None) -> None:
        """A new laptop, signed in, with a few cases; or that of `person`, as it lies in `folder`/`name`."""
        self.name = name
        self.saved: set[str] = set()
        self.papers: set[str] = set()
        self.faults = 0
        self._dice = dice
        self._folder = folder
        self.person = person or set_up(url, folder, name)
        self.laptop = open_laptop(folder / name, self.person)
        # who is killed goes away at once; who is only slow, on a busy machine, is waited for as the app does
        self.central = central_of(url, self.laptop, self.person.device, read_seconds=60)
        self.engine = Engine(self.laptop, self.central)

    def go_to(self, url: str) -> None:
        """From now on this server answers, with the session that was begun at another: as behind one address."""
        self.central.close()
        self.central.url = url

    def say(self, things: int) -> None:
        """Says so many random things."""
        for _ in range(things):
            said = say_something(self.laptop, self._dice)
            self.saved |= {said[0]} if said else set()

    def note(self, answer: Answer) -> None:
        """Remembers what was called saved."""
        if isinstance(answer, Accepted) and answer.changes:
            self.saved.add(answer.command_id)

    def put_document(self) -> None:
        """Puts a file that nobody else has on one of the cases here."""
        with self.laptop.database.reading() as conn:
            cases = [case.id for case in all_of(conn, Case) if not case.is_closed]
        if not cases:
            return
        source = self._folder / f"{self.name}.bin"
        source.write_bytes(self._dice.randbytes(self._dice.choice(SIZES)))
        answer = attach(self.laptop, source, case_id=self._dice.choice(cases), mime="application/octet-stream")
        if isinstance(answer, Accepted):
            self.saved.add(answer.command_id)
            self.papers.add(hashlib.sha256(source.read_bytes()).hexdigest())

    def sync(self) -> SyncReport:
        """One round, wherever it ends; who was signed out by a server that forgot them signs in again."""
        report = self.engine.sync_once()
        assert report.fault is None or isinstance(report.fault, SyncFault)
        self.faults += report.fault is not None
        if isinstance(report.fault, SignedOut):
            self._sign_in()
        return report

    def settle(self) -> None:
        """Rounds until all is sent and all is here."""
        settle_all([self])

    def is_at_rest(self) -> bool:
        """Whether a round finds that all is sent and all is here."""
        report = self.sync()
        return report.fault is None and self.engine.look().all_sent and not report.acks

    def close(self) -> None:
        """Puts the laptop away."""
        self.central.close()
        self.laptop.close()

    def _sign_in(self) -> None:
        self.central.sign_in(
            SignIn(
                rid=new_id(),
                username=self.name,
                password=PASSWORD,
                device=self.laptop.device,
                device_name="a laptop",
                app="0.1.0",
            )
        )


def laptops_at(urls: Sequence[str], folder: Path, count: int) -> list[Traveller]:
    """So many people with a new laptop each, at the servers in turns, and with dice of their own."""
    return [
        Traveller(
            folder / f"laptop-{number}",
            PEOPLE[number % len(PEOPLE)],
            urls[number % len(urls)],
            dice=random.Random(number),
        )
        for number in range(count)
    ]


class Crew:
    """People who all work at the same time, each in a thread, until they are told that it is enough."""

    def __init__(self, people: Sequence[Traveller], work: Callable[[Traveller], object]) -> None:
        self._people = people
        self._work = work
        self._enough = threading.Event()
        self._broke: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(one,), name=one.name) for one in people]

    def __enter__(self) -> "Crew":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)
        assert not self._broke, self._broke

    def let_work(self, seconds: float) -> None:
        """Time passes that is nobody's choice: this is no waiting for a fact."""
        self._enough.wait(seconds)
        assert not self._broke, self._broke

    def _run(self, one: Traveller) -> None:
        try:
            while not self._enough.is_set():
                before = one.faults
                self._work(one)
                # a person's pause; where nobody answers, a longer one
                self._enough.wait(0.05 if one.faults == before else 0.2)
        except BaseException as error:
            self._broke.append(error)
            raise


def settle_all(people: Sequence[Traveller], then: Callable[[], None] = lambda: None) -> None:
    """Everybody sends what they have, in turns, until everybody has heard of all of it.

    Words may wait for those of others. `then` is what happens where some go on waiting.
    """
    for what_happens in (then, lambda: None):
        for _ in range(MOST_ROUNDS):
            if all([one.is_at_rest() for one in people]):
                return
        what_happens()
    raise AssertionError(f"no rest: {[(one.name, one.engine.look()) for one in people]}")


def hold_to_account(people: Sequence[Traveller], database: Database, blobs: BlobStore) -> None:
    """Nothing that was called saved is lost or ran twice, all sums are right, and every document is whole."""
    saved = {command_id for one in people for command_id in one.saved}
    nothing_lost_and_nothing_twice(database, [one.laptop for one in people], saved)
    with database.reading() as conn:
        assert are_right(conn), "the server's sums are not those of its cases"
        documents = all_of(conn, Document)
    for one in people:
        with one.laptop.database.reading() as conn:
            here = snapshot(conn)
        require_same(here, database, one.person.person_id, one.name)
        no_document_is_spoilt_here(one)
    all_documents_are_whole(documents, blobs)


def all_documents_are_whole(documents: Sequence[Document], blobs: BlobStore) -> None:
    """Every document that a row names is stored, byte for byte; rows come of commands, and none of those is lost."""
    for sha256 in {document.sha256 for document in documents}:
        content = b"".join(blobs.read(sha256))
        assert hashlib.sha256(content).hexdigest() == sha256, "a document was spoilt"
    assert all(document.is_stored for document in documents), "a document's bytes never came"


def no_document_is_spoilt_here(one: Traveller) -> None:
    """What a laptop takes for a whole document is one."""
    with one.laptop.database.reading() as conn:
        papers = paper_rows.papers_here(conn)
        whole = [paper for paper in papers if paper_rows.whole_paper(conn, paper.sha256) is not None]
    for paper in whole:
        assert one.laptop.papers.is_whole(paper), "a laptop's copy of a document was spoilt"
