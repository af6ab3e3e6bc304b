"""A laptop's store as a whole: the database, the journal beside it and the folder of documents, for one person."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from casework.answers import Accepted, Answer, Changes, Done, Late, Refused
from casework.carry_out import carry_out
from casework.commands import AnyCommand, Said
from casework.database import Behind, Database
from casework.ids import new_id
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.rules.moment import Side
from casework.store_faults import NoRoom
from casework.tables import LATEST, metadata
from casework.values import Person, Queue
from sync import outbox, tables
from sync.journal_file import JournalFile
from sync.papers import Papers
from sync.shadow import ShadowBook

STORE = "store.db"
JOURNAL = "unsent.journal"
PAPERS = "papers"

assert tables.outbox.metadata is metadata


class Laptop:
    """One person's encrypted store on one laptop. Every method may raise the StoreFaults of casework/store_faults.py."""

    def __init__(
        self,
        folder: Path,
        key: bytes,
        *,
        person_id: str,
        device: str,
        clock: Callable[[], datetime] = outbox.utc_now,
    ) -> None:
        self.folder = folder
        self.person_id = person_id
        self.device = device
        self.clock = clock
        self.journal_is_behind = False
        # One command at a time from commit to journal, so that the journal has them in the outbox's order.
        self._saying = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = Database.encrypted(folder / STORE, key)
        self.journal = JournalFile.open(folder / JOURNAL, key)
        self.papers = Papers(folder / PAPERS)

    def prepare(self) -> Behind | None:
        """Makes a new store's tables; Behind where an older one must be brought up to date first."""
        ready = self.database.prepare(metadata, side="device", latest=LATEST)
        return ready if isinstance(ready, Behind) else None

    def close(self) -> None:
        """Lets go of the files."""
        self.journal.close()
        self.database.close()

    def say(self, command: AnyCommand, *, also: Callable[[Connection], None] | None = None) -> Answer:
        """Judges a command and, if the rules take it, keeps it: rows, before-images and outbox line in one commit.

        `also` writes what belongs into the same commit. When this returns Accepted the words are on the disk, twice:
        in the store and in the journal (promises 1). Refused means that nothing was written.
        """
        with self._saying:
            with self.database.writing() as conn:
                answer, said, seq = self._judge(conn, command)
                if said is not None and also is not None:
                    also(conn)
            if said is not None:
                self._write_journal(seq, said)
        return answer

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
        if isinstance(verdict, Done) and not verdict.puts:
            return Accepted(said.id, Changes()), None, 0
        return Accepted(said.id, changes), said, outbox.add(conn, said)

    def _write_journal(self, seq: int, said: Said) -> None:
        """The journal is the second home, not the first: without room for it the words are safe in the store."""
        try:
            self.journal.append(seq, msgspec.json.encode(said))
        except NoRoom:
            self.journal_is_behind = True


class Drafts:
    """What was typed and not yet saved, by a key that the screen chooses; kept across a crash (A13)."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop

    def keep(self, key: str, body: dict[str, str]) -> None:
        """Keeps a draft; an empty one is forgotten."""
        with self._laptop.database.writing() as conn:
            if not any(body.values()):
                conn.exec_driver_sql("DELETE FROM draft WHERE key = ?", (key,))
                return
            conn.exec_driver_sql(
                "INSERT INTO draft (key, body, kept_at) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET body = excluded.body, kept_at = excluded.kept_at",
                (key, msgspec.json.encode(body).decode(), self._laptop.clock().isoformat()),
            )

    def find(self, key: str) -> dict[str, str]:
        """The draft under a key, empty where there is none."""
        with self._laptop.database.reading() as conn:
            body = conn.exec_driver_sql("SELECT body FROM draft WHERE key = ?", (key,)).scalar()
        return {} if body is None else msgspec.json.decode(str(body), type=dict[str, str])

    def forget(self, key: str) -> None:
        """Forgets a draft: it was saved, or thrown away on purpose."""
        self.keep(key, {})


def new_device() -> str:
    """A fresh device id."""
    return new_id()
