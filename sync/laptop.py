"""A laptop's store as a whole: the database, the journal beside it and the folder of documents, for one person."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from casework.answers import Accepted, Answer, Changes, Done, Late, Refused
from casework.carry_out import carry_out
from casework.commands import AnyCommand, EraseCase, Said
from casework.connection import Connection
from casework.disk import Ballast, Disk
from casework.kinds import LATEST
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.rules.moment import Side
from casework.sqlite_file import Behind, Ready
from casework.store_file import StoreFile
from casework.values import Person, Queue
from sync import outbox, paper_needs, paper_rows, shadow, state, taking_in
from sync.opened_papers import OpenedPapers
from sync.paper_keys import PaperKeys
from sync.papers import Paper, Papers
from sync.second_home import SecondHome
from sync.shadow import ShadowBook
from sync.taking_in import KNOWN, Known

T = TypeVar("T")

STORE = "store.db"
JOURNAL = "unsent.journal"
PAPERS = "papers"
PAPER_KEYS = "paper-keys"
OPENED = "opened"
BALLAST = "ballast"

# What makes a new store; written from the tables by tests/store/test_new_store.py.
NEW_STORE = Path(__file__).parent / "schema" / "new_store.sql"


class Laptop:
    """One person's encrypted store on one laptop. Every method may raise a StoreFault (casework/store_faults.py)."""

    kind_of_store: type[StoreFile] = StoreFile
    # what this version of the app knows; a test makes it an older one
    known: Known = KNOWN

    def __init__(
        self,
        folder: Path,
        key: bytes,
        *,
        person_id: str,
        device: str,
        clock: Callable[[], datetime] = outbox.utc_now,
        disk: Disk | None = None,
    ) -> None:
        self.folder = folder
        self.person_id = person_id
        self.device = device
        self.clock = clock
        # told where this store becomes another device; who keeps its name outside the store listens
        self.renamed: Callable[[str], None] = lambda device: None
        # One command at a time from commit to journal, so that the journal has them in the outbox's order.
        self._saying = threading.Lock()
        # One download at a time: two threads on one half-fetched document would spoil it.
        self.fetching = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = self.kind_of_store(folder / STORE, key)
        try:
            self.journal = SecondHome(folder / JOURNAL, key)
            self.papers = Papers(folder / PAPERS, disk=disk)
            self.paper_keys = PaperKeys(folder / PAPER_KEYS, key)
        except BaseException:
            self.database.close()
            raise
        self._ballast = Ballast(folder / BALLAST)
        self.opened = OpenedPapers(folder / OPENED, self.papers)

    def prepare(self) -> Behind | None:
        """Makes a new store's tables; Behind where an older one must be brought up to date first, and then this again.

        Takes back what only the journal has, and sweeps up what a crash may have left among the documents.
        """
        self.database.settle_doubt()
        ready = prepare_store(self.database)
        if isinstance(ready, Behind):
            return ready
        with self.database.writing() as conn:
            self.journal.recover(conn, self.person_id)
            there = self.papers.names()
            unsent = (one for one in self.paper_keys.found() if one.paper.name in there)
            paper_rows.take_back(conn, unsent, self.clock())
            paper_rows.drop_missing(conn, there)
            known, only_here = paper_rows.papers_here(conn), paper_needs.names_only_here(conn)
        self.journal.put_right(self.database)
        self.papers.forget_strays({paper.name for paper in known})
        self.paper_keys.keep_only(only_here)
        self.opened.sweep()
        self.write(self._after_upgrade)
        # once more, for the journal follows as far as it can and says nothing of a store that it cannot read
        self.database.settle_doubt()
        return None

    def close(self) -> None:
        """Lets go of the files, and takes away the plain copies of documents that were opened."""
        self.opened.sweep()
        self.journal.close()
        self.database.close()

    def say(self, command: AnyCommand, *, also: Callable[[Connection], None] | None = None) -> Answer:
        """Judges a command and, if the rules take it, keeps it: rows, before-images and outbox line in one commit.

        `also` writes what belongs into the same commit. When this returns Accepted the words are on the disk, twice:
        in the store and, unless the disk is in trouble, in the journal (promises 1). Refused means that nothing was
        written.
        """

        def judge(conn: Connection) -> tuple[Answer, Said | None, int]:
            judged = self._judge(conn, command)
            if judged[1] is not None and also is not None:
                also(conn)
            return judged

        with self._saying:
            answer, said, seq = self.write(judge)
            if said is not None:
                self.journal.add(self.database, seq, said)
        return answer

    def write(self, work: Callable[[Connection], T], *, in_bulk: bool = False) -> T:
        """Does some work as one transaction; should the disk be full, once more in the room that the ballast took.

        `in_bulk`: see StoreFile.writing.
        """

        def once() -> T:
            with self.database.writing(in_bulk=in_bulk) as conn:
                return work(conn)

        return self._ballast.despite_full_disk(once)

    def rewrite_outbox(self, work: Callable[[Connection], T]) -> T:
        """The same for work that puts the outbox in another order: the journal follows before anything else is said."""
        with self._saying:
            done = self.write(work)
            self.journal.follow(self.database)
        return done

    def forget_papers(self, papers: Iterable[Paper]) -> None:
        """Takes away the files of documents that the store has forgotten, and the keys beside it."""
        for paper in papers:
            self.papers.forget(paper)
            self.paper_keys.forget(paper)

    def become(self, device: str, renewal: str) -> None:
        """Goes on as another device, with what it renews its session by; the server knows it as new (FE3)."""

        def note(conn: Connection) -> None:
            names = [name for name in state.get(conn, state.RENAMED, tuple[str, ...], ()) if name != self.device]
            state.put(conn, state.RENAMED, (*names, self.device, device))
            state.put(conn, state.RENEWAL, renewal)
            for key in (state.NEW_DEVICE, state.NONCE, state.PENDING_NONCE):
                state.forget(conn, key)

        self.write(note)
        self.device = device
        self.renamed(device)

    def tidy(self) -> None:
        """What can wait for a quiet minute: room put by for a full disk, the journal brought up to date."""
        self._ballast.take_on(self.papers.disk)
        if self.journal.is_behind:
            # nobody may be between commit and journal meanwhile: what they are about to append would be there already
            with self._saying:
                self.journal.follow(self.database)

    def _after_upgrade(self, conn: Connection) -> None:
        """Finds what another process may have left: the device's new name, and what an older app could not read."""
        names = state.get(conn, state.RENAMED, tuple[str, ...], ())
        if self.device in names:
            self.device = names[-1]
        if conn.exec_driver_sql("SELECT 1 FROM extra LIMIT 1").first() is not None:
            shadow.revert(conn)
            taking_in.promote(conn, self.known)
            outbox.replay(conn, self.person_id)

    def _judge(self, conn: Connection, command: AnyCommand) -> tuple[Answer, Said | None, int]:
        person = find(conn, Person, self.person_id)
        if person is None:
            return Refused("not-set-up-yet"), None, 0
        said = outbox.stamp(conn, command, self.clock())
        moment = outbox.moment_of(said, person, queues_of(person, all_of(conn, Queue)), Side.SAYING)
        verdict, changes = carry_out(conn, said, moment, ShadowBook())
        if isinstance(verdict, Late):
            return Refused(verdict.code, verdict.facts), None, 0
        if isinstance(verdict, Refused):
            return verdict, None, 0
        if isinstance(verdict, Done) and not verdict.puts and not isinstance(command, EraseCase):
            # it is so already; what is deleted for good only the server can delete
            return Accepted(said.id, Changes()), None, 0
        return Accepted(said.id, changes), said, outbox.add(conn, said)


class Drafts:
    """What was typed and not yet saved, by a key that the screen chooses; kept across a crash (A13)."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop

    def keep(self, key: str, body: dict[str, str]) -> None:
        """Keeps a draft; an empty one is forgotten."""

        def write(conn: Connection) -> None:
            if not any(body.values()):
                conn.exec_driver_sql("DELETE FROM draft WHERE key = ?", (key,))
                return
            conn.exec_driver_sql(
                "INSERT INTO draft (key, body, kept_at) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET body = excluded.body, kept_at = excluded.kept_at",
                (key, msgspec.json.encode(body).decode(), self._laptop.clock().isoformat()),
            )

        self._laptop.write(write)

    def find(self, key: str) -> dict[str, str]:
        """The draft under a key, empty where there is none."""
        with self._laptop.database.reading() as conn:
            body = conn.exec_driver_sql("SELECT body FROM draft WHERE key = ?", (key,)).scalar()
        return {} if body is None else msgspec.json.decode(str(body), type=dict[str, str])

    def forget(self, key: str) -> None:
        """Forgets a draft: it was saved, or thrown away on purpose."""
        self.keep(key, {})


def prepare_store(store: StoreFile) -> Ready | Behind:
    """Makes a new store's tables, or says whether an old one's are up to date. Raises StoreFromNewerApp."""
    return store.prepare(NEW_STORE.read_text("utf-8"), latest=LATEST)
