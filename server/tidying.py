"""Once a day, and at the start: throws away what has had its day and that nobody will ask for."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select

from casework.database import Database
from casework.store_faults import StoreFault
from casework.tables import TABLES
from casework.values import Document, Person
from server import RELEASE, put_by
from server.accounts import TOKEN_KEPT, TRIES_WITHIN
from server.blobs import BlobStore, BlobsUnreachable
from server.clock import Clock, as_text, utc_now
from server.config import DEVICES_LAST
from server.documents import UPLOADS_LAST
from server.facts import ERASED_DOCUMENT, set_fact
from server.horizon import move_horizon
from server.journal import Journal
from server.problem import OUR_MISTAKES
from server.retrying import retry_broken
from server.tables import account, meta, sign_in_failure, token, upload

DAY = timedelta(days=1)
# Told the time, throws away what has had its day elsewhere. Raises the stores' faults.
Sweep = Callable[[datetime], None]
log = logging.getLogger("doorstep.tidying")


def tidy(
    database: Database,
    blobs: BlobStore,
    *,
    devices_last: timedelta = DEVICES_LAST,
    clock: Clock = utc_now,
    sweeps: Sequence[Sweep] = (),
) -> None:
    """Forgets uploads without progress for 30 days, tokens that have ended, old wrong tries, documents of erased cases,
    the log below the cursors of all devices seen within `devices_last`, and what the `sweeps` are about. Raises the
    stores' faults.
    """
    for step in steps(database, blobs, devices_last=devices_last, clock=clock, sweeps=sweeps):
        step()


def steps(
    database: Database, blobs: BlobStore, *, devices_last: timedelta, clock: Clock, sweeps: Sequence[Sweep]
) -> tuple[Callable[[], object], ...]:
    """What `tidy` does, one after the other; none needs what another does."""
    now = clock()
    return (
        lambda: _forget_rows(database, now),
        lambda: _forget_documents(database, blobs),
        lambda: move_horizon(database, devices_last=devices_last, clock=clock),
        lambda: blobs.sweep(now - UPLOADS_LAST),
        *(partial(sweep, now) for sweep in sweeps),
    )


def _forget_rows(database: Database, now: datetime) -> None:
    with database.writing() as conn:
        conn.execute(delete(token).where(token.c.expires <= as_text(now - TOKEN_KEPT)))
        conn.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= as_text(now - TRIES_WITHIN)))
        conn.execute(delete(upload).where(upload.c.touched_at <= as_text(now - UPLOADS_LAST)))
        _note_who_has_left(conn, as_text(now))
        for sha256 in put_by.let_go(conn):
            set_fact(conn, f"{ERASED_DOCUMENT}{sha256}", "")


def _note_who_has_left(conn: Connection, now: str) -> None:
    """From when on those count as gone whose access was ended by other ways than an admin's."""
    people = TABLES[Person]
    gone = select(people.c.id).where(people.c.is_active.is_(False))
    conn.execute(account.update().where(account.c.ended_at == "", account.c.person_id.in_(gone)).values(ended_at=now))


def _forget_documents(database: Database, blobs: BlobStore) -> None:
    """Deletes the bytes of documents on cases that were deleted for good, unless another case has the same ones.

    Those that somebody has still to decide about stay, and are looked at again.
    """
    documents = TABLES[Document]
    with database.reading() as conn:
        keys = conn.execute(select(meta.c.key).where(meta.c.key.startswith(ERASED_DOCUMENT))).scalars().all()
    for key in keys:
        sha256 = key.removeprefix(ERASED_DOCUMENT)
        # within the turn to write: a row that is accepted meanwhile would count on the bytes
        with database.writing() as conn:
            if put_by.is_waited_for(conn, sha256):
                continue
            if conn.execute(select(documents.c.id).where(documents.c.sha256 == sha256).limit(1)).first() is None:
                put_by.forget(conn, sha256)
                blobs.delete(sha256)
            conn.execute(delete(meta).where(meta.c.key == key))


class Tidying:
    """Tidies in a thread of its own as long as the server runs; after an update, it first says again what broke."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        *,
        journal: Journal,
        devices_last: timedelta = DEVICES_LAST,
        sweeps: Sequence[Sweep] = (),
        release: str = RELEASE,
    ) -> None:
        self._database = database
        self._journal = journal
        self._release = release
        self._blobs = blobs
        self._devices_last = devices_last
        self._sweeps = sweeps
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tidying")

    def start(self) -> None:
        """Begins at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it, after what it is doing."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.is_set():
            for step in (self._retry, *self._steps()):
                if not self._is_over.is_set():
                    self._try(step)
            self._is_over.wait(DAY.total_seconds())

    def _retry(self) -> None:
        retry_broken(self._database, self._journal, release=self._release, is_over=self._is_over.is_set)

    def _steps(self) -> tuple[Callable[[], object], ...]:
        last = self._devices_last
        return steps(self._database, self._blobs, devices_last=last, clock=utc_now, sweeps=self._sweeps)

    def _try(self, step: Callable[[], object]) -> None:
        """What goes wrong with one step keeps no other one from being taken: tomorrow is soon enough for it."""
        try:
            step()
        except (StoreFault, BlobsUnreachable) as fault:
            log.warning("not tidied: %s", fault.code)
        except OUR_MISTAKES:
            log.exception("not tidied")
        except OSError:
            log.exception("not tidied")
