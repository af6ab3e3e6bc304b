"""The server went back in time: a copy of the store is made, and what the server lost waits to be sent once more (FE1).

The server has our history up to some stamp and another one, or none, behind it. Which stamp is the last that both
know is found by asking; all that was acknowledged after it is offered again under its own ids, so that the server
does what it lost and nothing twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from casework.commands import SeeCase
from casework.connection import Connection
from casework.disk import take_away
from casework.kinds import NAMES
from casework.store_faults import our_disk
from casework.wire import START, Stamp
from sync import held_sums, outbox, paper_rows, shadow, state
from sync.laptop import STORE, Laptop
from sync.state import Comparing, Restored

COPIES_KEPT = 2
COPY = "before-restore-"
_COPIES = (f"{COPY}*.db", f".{COPY}*.half", f"{STORE}.before-*", f".{STORE}.before-*.half")


def copy_store(laptop: Laptop) -> Path:
    """Makes a copy of the store as it is before a recovery, once for each; keeps the newest two. Raises StoreFaults."""
    with laptop.database.reading() as conn:
        rev, chain = known(conn)
        epoch = state.get(conn, state.EPOCH, str, "")
    copy = laptop.folder / f"{COPY}{rev:012}-{chain or 'none'}-{epoch[:8] or 'none'}.db"
    if not copy.exists():
        laptop.database.backup(copy)
    with our_disk():
        copies = sorted(copies_of(laptop.folder), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in copies[COPIES_KEPT:]:
        take_away(old)
    return copy


def copies_of(folder: Path) -> list[Path]:
    """The copies that recoveries have left in a profile's folder."""
    return sorted(folder.glob(f"{COPY}*.db"))


def forget_copies(folder: Path, *, before: datetime | None = None) -> None:
    """Takes them away, those of upgrades and what a kill left half written too, with the cases that are in them.

    Those made before a time, or all; what something holds open goes another time. Raises DiskFault.
    """
    with our_disk():
        for pattern in _COPIES:
            for copy in folder.glob(pattern):
                if before is None or copy.stat().st_mtime < before.timestamp():
                    take_away(copy)


def known(conn: Connection) -> Stamp:
    """The newest stamp that this store ever saw."""
    return state.get(conn, state.KNOWN, tuple[int, str], START)


def stamps(conn: Connection) -> tuple[Stamp, ...]:
    """The stamps that this store can ask the server about, oldest first: of receipts, of the cursor, and the newest."""
    rows = conn.exec_driver_sql("SELECT DISTINCT rev, chain FROM receipt WHERE chain <> ''").all()
    found = {(int(rev), str(chain)) for rev, chain in rows} | {state.cursor(conn), known(conn)}
    return tuple(sorted(found - {START}))


def last_shared(found: Sequence[Stamp], is_shared: Callable[[Stamp], bool]) -> Stamp:
    """The newest of the stamps that the server knows too; START where it knows none.

    A server that knows one knows all before it, so a few questions find it.
    """
    if not found or is_shared(found[-1]):
        return found[-1] if found else START
    low, high = 0, len(found) - 1
    while low < high:
        middle = (low + high) // 2
        if is_shared(found[middle]):
            low = middle + 1
        else:
            high = middle
    return found[low - 1] if low else START


def go_back(conn: Connection, shared: Stamp, person_id: str, at: datetime) -> int:
    """Goes on from the last shared stamp as if what came after it had never been answered; returns how many commands.

    Rows keep what they say until the comparison brings what the server has; none of them counts as newer than that.
    """
    shadow.revert(conn)
    _date_back(conn, shared)
    again = offer_again(conn, shared)
    outbox.replay(conn, person_id)
    # a receipt's stamp may lie above what has been applied, and the cursor never does (I8)
    state.put(conn, state.CURSOR, min(shared, state.cursor(conn)))
    state.put(conn, state.KNOWN, shared)
    state.put(conn, state.EPOCH, "")
    state.forget(conn, state.TOLD)
    state.forget(conn, state.FILLING)
    conn.exec_driver_sql("DELETE FROM listed")
    state.put(conn, state.COMPARING, Comparing())
    before = state.find(conn, state.RESTORED, Restored)
    is_same = before is not None and at.date() == before.at.date()
    state.put(conn, state.RESTORED, Restored(at=at, again=again + (before.again if before and is_same else 0)))
    return again


def _date_back(conn: Connection, shared: Stamp) -> None:
    """Numbers come again after a restore: a row from after the parting must not pass for newer than the server's.

    Nor for as old as the parting: the server's own may be from long before it.
    """
    for table_name in NAMES.values():
        conn.exec_driver_sql(f"UPDATE {table_name} SET rev = 1 WHERE rev > ?", (shared[0],))
    held_sums.forget(conn)
    conn.exec_driver_sql("UPDATE held_case SET rev = 0, chain = '' WHERE rev > ?", (shared[0],))
    paper_rows.send_all_again(conn)


def offer_again(conn: Connection, shared: Stamp) -> int:
    """Puts what was answered after a stamp back into the outbox, in order and before all else; returns how many.

    But that somebody had a case on the screen is told by numbers of the history that is lost: their laptop says it
    anew when they look again.
    """
    seen = str(SeeCase.__struct_config__.tag)
    conn.exec_driver_sql("DELETE FROM outbox WHERE type = ?", (seen,))
    conn.exec_driver_sql("DELETE FROM receipt WHERE rev > ? AND type = ?", (shared[0], seen))
    # what was deleted for good is not said again, whether the server still knows that it was or not
    buried = "UPDATE receipt SET rev = 0, chain = '' WHERE rev > ? AND body = ?"
    conn.exec_driver_sql(buried, (shared[0], outbox.ERASED))
    answered = "SELECT id, case_id, type, body, said_at, '', 0 FROM receipt WHERE rev > ? ORDER BY rev, id"
    lost = _lines(conn, answered, shared)
    if not lost:
        return 0
    waiting = _lines(
        conn,
        "SELECT id, case_id, type, body, said_at, status, rev FROM outbox"
        " WHERE id NOT IN (SELECT id FROM receipt WHERE rev > ?) ORDER BY seq",
        shared,
    )
    conn.exec_driver_sql("DELETE FROM outbox")
    conn.exec_driver_sql("DELETE FROM receipt WHERE rev > ?", (shared[0],))
    conn.exec_driver_sql(
        "INSERT INTO outbox (id, case_id, type, body, said_at, status, rev) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [*([*line[:3], _again(line[3]), *line[4:]] for line in lost), *waiting],
    )
    return len(lost)


def _lines(conn: Connection, query: str, shared: Stamp) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.exec_driver_sql(query, (shared[0],)).all()]


def _again(body: str) -> str:
    """The command as it was said, marked; read without its meaning, for it may be of a newer app's."""
    plain = msgspec.json.decode(body, type=dict[str, Any])
    return msgspec.json.encode({**plain, "again": True}).decode()
