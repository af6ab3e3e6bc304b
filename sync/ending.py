"""When somebody's access ends: what may not be here any more goes, and what they still had to send never does."""

from datetime import datetime, timedelta

from casework.connection import Connection
from casework.kinds import NAMES
from casework.values import Person
from sync import leaving, outbox, paper_rows, shadow, state
from sync.papers import Paper

# How long a laptop may be worked on without a word from the server, unless the server says otherwise (FF5).
LEASE_DAYS = 30
# Receipts that are in a verified backup are kept for so long, and at least so many.
RECEIPTS_KEPT, RECEIPTS_LEAST = timedelta(days=90), 1_000

_NAMES_UNSENT = "EXISTS (SELECT 1 FROM paper p WHERE p.state = 'to_send' AND instr(receipt.body, p.sha256) > 0)"
_WHOSE = {"deposit": "access-ended", "wipe": "device-lost"}
_STANDS = (
    state.CURSOR,
    state.HELD,
    state.FILLING,
    state.COMPARING,
    state.VERIFIED_AT,
    state.IS_CHANGED,
    state.IS_DOUBTED,
    state.DIFFERS,
    state.LAST_IN_SYNC,
)


def lock_of(conn: Connection, now: datetime) -> str:
    """Why this desk is locked, "" where it is not: access has ended, the device was lost, the lease is over (FF5)."""
    access = state.get(conn, state.ACCESS, str, "ok")
    if access in _WHOSE:
        return _WHOSE[access]
    last = state.find(conn, state.LAST_HELLO, datetime)
    days = state.get(conn, state.LEASE_DAYS, int, LEASE_DAYS)
    return "lease-over" if last is not None and now - last >= timedelta(days=days) else ""


def purge(conn: Connection, person_id: str, *, is_lost: bool, backed_up_rev: int) -> tuple[Paper, ...]:
    """Takes off the laptop what its person may not have any more; returns documents whose files are to go.

    What waits for its outcome stays with its case, and so do documents that are still to be sent (FA1). On a lost
    device only words that are not put by yet stay. Receipts go as soon as a backup has what they say.
    """
    shadow.revert(conn)
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
        outbox.replay(conn, person_id)
    for table_name in ("extra", "listed", *(("draft",) if is_lost else ())):
        conn.exec_driver_sql(f"DELETE FROM {table_name}")
    conn.exec_driver_sql(
        f"DELETE FROM receipt WHERE (rev <= ? OR ?) AND NOT {_NAMES_UNSENT}", (backed_up_rev, int(is_lost))
    )
    for key in _STANDS:
        state.forget(conn, key)
    if not is_lost:
        return paper_rows.forget_unneeded(conn)
    papers = paper_rows.papers_here(conn)
    conn.exec_driver_sql("DELETE FROM paper")
    return papers


def thin_receipts(conn: Connection, backed_up_rev: int, now: datetime) -> None:
    """Forgets old receipts, of which a verified backup has what they say; no others (FE1)."""
    newest = "SELECT min(rev) FROM (SELECT rev FROM receipt ORDER BY rev DESC LIMIT ?)"
    conn.exec_driver_sql(
        f"DELETE FROM receipt WHERE rev <= ? AND answered_at < ? AND rev < ({newest}) AND NOT {_NAMES_UNSENT}",
        (backed_up_rev, (now - RECEIPTS_KEPT).isoformat(), RECEIPTS_LEAST),
    )
