"""Once a day, and at the start: throws away what has had its day and that nobody will ask for."""

import logging
import threading
from datetime import timedelta

from sqlalchemy import delete

from casework.database import Database
from casework.store_faults import StoreFault
from server.accounts import TRIES_WITHIN
from server.blobs import BlobStore, BlobsUnreachable
from server.clock import Clock, as_text, utc_now
from server.documents import UPLOADS_LAST
from server.tables import sign_in_failure, token, upload

DAY = timedelta(days=1)
log = logging.getLogger("doorstep.tidying")


def tidy(database: Database, blobs: BlobStore, *, clock: Clock = utc_now) -> None:
    """Forgets uploads without progress for 30 days, tokens that have ended and old wrong tries. Raises their faults."""
    now = clock()
    with database.writing() as conn:
        conn.execute(delete(token).where(token.c.expires <= as_text(now)))
        conn.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= as_text(now - TRIES_WITHIN)))
        conn.execute(delete(upload).where(upload.c.touched_at <= as_text(now - UPLOADS_LAST)))
    blobs.sweep(now - UPLOADS_LAST)


class Tidying:
    """Tidies in a thread of its own as long as the server runs."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self._database = database
        self._blobs = blobs
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
            try:
                tidy(self._database, self._blobs)
            except (StoreFault, BlobsUnreachable) as fault:
                # tomorrow is soon enough: nothing depends on it
                log.warning("not tidied: %s", fault.code)
            self._is_over.wait(DAY.total_seconds())
