"""When somebody's access ends: what may not be here any more goes, and what they still had to send never does."""

import glob
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from casework.connection import Connection
from casework.disk import take_away
from casework.kinds import NAMES, PERSONAL_KINDS
from casework.store_faults import our_disk
from casework.values import Person
from sync import leaving, outbox, paper_needs, shadow, state
from sync.laptop import STORE
from sync.papers import Paper

# How long a laptop may be worked on without a word from the server, unless the server says otherwise (FF5).
LEASE_DAYS = 30
# How often it is noted down how late it is.
TIME_NOTED_EVERY = timedelta(minutes=15)
# How long a lost device goes on offering documents that it could not send when it heard of being lost (FA1, FF3).
LOST_PAPERS_KEPT = timedelta(days=3)
# Receipts that are in a verified backup are kept for so long, and at least so many.
RECEIPTS_KEPT, RECEIPTS_LEAST = timedelta(days=90), 1_000

_NAMES_UNSENT = (
    "(receipt.type = 'document.attach' AND EXISTS (SELECT 1 FROM paper p WHERE p.state IN ('to_send', 'recovered')"
    " AND p.sha256 = json_extract(receipt.body, '$.say.sha256')))"
)
_WHOSE = {"deposit": "access-ended", "wipe": "device-lost"}
_STANDS = (
    state.CURSOR,
    state.HELD,
    state.FILLING,
    state.COMPARING,
    state.VERIFIED_AT,
    state.COUNTED_AT,
    state.GONE_UNCHECKED,
    state.IS_CHANGED,
    state.IS_DOUBTED,
    state.DIFFERS,
    state.LAST_IN_SYNC,
    state.NOT_SHOWN,
)


def lock_of(conn: Connection, now: datetime) -> str:
    """Why this desk is locked, "" where it is not: access has ended, the device was lost, the lease is over (FF5)."""
    access = state.get(conn, state.ACCESS, str, "ok")
    if access in _WHOSE:
        return _WHOSE[access]
    days = state.get(conn, state.LEASE_DAYS, int, LEASE_DAYS)
    return "lease-over" if _since_hello(conn, now) >= timedelta(days=days) else ""


def note_time(conn: Connection, now: datetime) -> None:
    """Remembers how late it has been since the last hello: a clock that is set back gives no time back (FF5)."""
    seen = state.find(conn, state.SEEN_AT, datetime)
    if seen is None or now - seen >= TIME_NOTED_EVERY:
        state.put(conn, state.SEEN_AT, now)


def _since_hello(conn: Connection, now: datetime) -> timedelta:
    """For how long nothing was heard of the server; no time where nothing ever was.

    All by this laptop's clock, right or wrong, as long as it goes on; a hello begins anew, so a clock that was far
    ahead locks nobody out for longer than that. One that stands before the last hello was set back since, and is
    measured by the server's time then.
    """
    last = state.find(conn, state.LAST_HELLO, datetime)
    if last is None:
        return timedelta()
    passed = max(now, state.get(conn, state.SEEN_AT, datetime, last)) - last
    if now >= last:
        return passed
    return max(passed, now - last + timedelta(seconds=state.get(conn, state.CLOCK_OFF, float, 0.0)))


def purge(conn: Connection, person_id: str, *, is_lost: bool, now: datetime) -> tuple[Paper, ...]:
    """Takes off the laptop what its person may not have any more; returns documents whose files are to go.

    What waits for its outcome stays with its case, and so do documents that the server lacks (FA1): these are offered
    for the case that they were put on, whatever became of the words that did. On a lost device only words that are not
    put by yet stay, and such documents for LOST_PAPERS_KEPT, as nobody can read them here and nobody has them
    elsewhere. Receipts go as soon as a backup has what they say.
    """
    backed_up_rev = state.get(conn, state.BACKED_UP, int, 0)
    shadow.revert(conn)
    conn.exec_driver_sql("UPDATE paper SET state = 'recovered' WHERE state = 'to_send'")
    conn.exec_driver_sql("DELETE FROM outbox WHERE status NOT IN ('', 'held', 'later')")
    leaving.all_marked(conn)
    leaving.forget(conn, person_id)
    if is_lost or outbox.oldest(conn) is None:
        for table_name in (*NAMES.values(), "held_case"):
            if table_name != NAMES[Person]:
                conn.exec_driver_sql(f"DELETE FROM {table_name}")
        # whose device it is stays, so that the window can say so
        conn.exec_driver_sql(f"DELETE FROM {NAMES[Person]} WHERE id <> ?", (person_id,))
    else:
        # what waits stays on its case; what told of cases comes again with the first page, should access come back
        for kind in PERSONAL_KINDS:
            conn.exec_driver_sql(f"DELETE FROM {NAMES[kind]}")
        outbox.replay(conn, person_id)
    for table_name in ("extra", "listed", *(("draft",) if is_lost else ())):
        conn.exec_driver_sql(f"DELETE FROM {table_name}")
    conn.exec_driver_sql(
        f"DELETE FROM receipt WHERE (rev <= ? OR ?) AND NOT {_NAMES_UNSENT}", (backed_up_rev, int(is_lost))
    )
    for key in _STANDS:
        state.forget(conn, key)
    if not is_lost:
        return paper_needs.forget_unneeded(conn)
    since = state.get(conn, state.LOST_AT, datetime, now)
    state.put(conn, state.LOST_AT, since)
    return paper_needs.forget_all(conn, but_unsent=now - since < LOST_PAPERS_KEPT)


def forget_put_aside(folder: Path, *, is_lost: bool, is_whole: bool) -> None:
    """Removes the damaged stores in a profile's folder, with the cases that are in them.

    Unless not all that was unsent could be read (`is_whole`): the rest of it may be in there only. A lost device
    has nothing left of what lies damaged, nor of the profiles that were put aside for this one, whoever might still get
    their words out. What something holds open goes another time.
    """
    with our_disk():
        if is_lost:
            aside = [*folder.glob("*.damaged-*"), *folder.parent.glob(f"{glob.escape(folder.name)}.aside-*")]
        else:
            aside = list(folder.glob(f"{STORE}.damaged-*")) if is_whole else []
    for path in aside:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            take_away(path)


def thin_receipts(conn: Connection, backed_up_rev: int, now: datetime) -> None:
    """Forgets old receipts, of which a verified backup has what they say; no others (FE1)."""
    newest = "SELECT min(rev) FROM (SELECT rev FROM receipt ORDER BY rev DESC LIMIT ?)"
    conn.exec_driver_sql(
        f"DELETE FROM receipt WHERE rev <= ? AND answered_at < ? AND rev < ({newest}) AND NOT {_NAMES_UNSENT}",
        (backed_up_rev, (now - RECEIPTS_KEPT).isoformat(), RECEIPTS_LEAST),
    )
