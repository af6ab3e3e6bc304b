"""A new laptop of the office starts from the server's snapshot; what came after it comes by pages (decisions/011).

What the store held by then, its person's own cases and everything said here, is brought over into the snapshot, which
then takes the store's place in one step. Wherever this does not go, rows do.
"""

import json
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from casework.connection import FileConnection
from casework.ids import new_id
from casework.kinds import KINDS, NAMES, TREE_KINDS
from casework.snapshot import LAID, REACH, SnapshotReply, WantSnapshot, layout_of, table_of
from casework.store_faults import NoRoom, StoreBusy, StoreDamaged
from casework.values import Case
from casework.wire import ALL, REF, START, Malformed
from sync import held_sums, state
from sync.central import Central
from sync.faults import AccessEnded, Busy, Locked, Offline, OutOfDate, SignedOut, Stopped, SyncFault
from sync.laptop import NEW_STORE, Laptop
from sync.snapshot_part import SnapshotPart, forget_parts

# of these a snapshot says which cases are in them
_GROUPS = ("queue:", "team:")
# After so many cuts in a row that brought nothing, rows are tried, of which each page is small.
_MOST_CUTS = 3
# What ends a round, and says nothing against the snapshot.
_NOT_NOW = (Offline, Busy, SignedOut, Locked, AccessEnded, OutOfDate, Stopped)
# The store's cases that do not stand in the snapshot as they stood here.
_CHANGED = (
    "SELECT b.case_id FROM before.held_case b LEFT JOIN main.held_case m ON m.case_id = b.case_id"
    " WHERE m.rev IS NOT b.rev OR m.chain IS NOT b.chain OR b.chain = ''"
)
_DIFFERS = (
    "NOT EXISTS (SELECT 1 FROM main.{name} AS m WHERE m.id = b.id AND m.rev = b.rev)"
    " OR b.id IN (SELECT row_id FROM before.shadow)"
)
log = logging.getLogger(__name__)


class SnapshotIn:
    """The way of one laptop's first sync over a snapshot, if there is one for it."""

    def __init__(self, laptop: Laptop, central: Callable[[], Central], go_on: Callable[[], bool]) -> None:
        self._laptop = laptop
        self._central = central
        self._go_on = go_on
        self._is_swept = self._is_given_up = False
        self._cuts = 0

    def take(self, new_scopes: tuple[str, ...]) -> tuple[str, ...] | None:
        """Takes in the snapshot on offer; returns the scopes that the person has now, None where rows are to come.

        Raises those sync.faults after which the next round goes on where this one stopped, and StoreFaults.
        """
        if self._is_given_up or not self._is_for(new_scopes):
            self.forget()
            return None
        try:
            return self._take()
        except _NOT_NOW:
            raise
        except (SyncFault, Malformed, StoreDamaged, StoreBusy, NoRoom) as fault:
            # without a word to anybody: rows lead to the same
            log.info("no snapshot: %s", type(fault).__name__)
        self._is_given_up, self._is_swept = True, False
        self.forget()
        return None

    def forget(self) -> None:
        """Leaves nothing of a snapshot that is not taken in. Raises StoreFaults."""
        if not self._is_swept:
            forget_parts(self._laptop.folder)
            self._is_swept = True

    def _is_for(self, new_scopes: tuple[str, ...]) -> bool:
        """Whether all cases are still to come to a store that was never in sync, and its person's own are in."""
        if ALL not in new_scopes:
            return False
        with self._laptop.database.reading() as conn:
            is_begun = state.filling(conn) is not None or state.comparing(conn) is not None
            is_new = state.find(conn, state.LAST_IN_SYNC, str) is None and state.cursor(conn) != START
            return is_new and not is_begun and REF in state.held(conn)

    def _take(self) -> tuple[str, ...]:
        offer = self._offer()
        self._is_swept = False
        part = SnapshotPart(self._laptop.folder, offer.id, self._laptop.database.key)
        before = part.blocks
        try:
            self._fetch(offer, part)
        except Offline:
            self._cuts = 0 if part.blocks > before else self._cuts + 1
            if self._cuts == _MOST_CUTS:
                raise Malformed("a snapshot that does not come through") from None
            raise
        finally:
            part.close()
        part.check()
        # minutes may have passed: it must still be theirs, and nothing deleted since
        latest = self._offer()
        if latest.id != offer.id:
            raise Malformed("another snapshot by now")
        self._put_in_place(latest, part)
        self._is_swept = True
        return latest.now

    def _offer(self) -> SnapshotReply:
        asked = WantSnapshot(rid=new_id(), layout=layout_of(_made_by_script()))
        return self._central().ask(asked, SnapshotReply)

    def _fetch(self, offer: SnapshotReply, part: SnapshotPart) -> None:
        """One block is sealed and written while the next one comes in."""
        if self._laptop.papers.disk.room_for(self._laptop.folder, offer.size) is not None:
            raise NoRoom("no room for a snapshot")
        with ThreadPoolExecutor(1) as hand:
            writing: Future[None] | None = None
            for pages in self._central().fetch_snapshot(offer, part.blocks):
                if writing is not None:
                    writing.result()
                if not self._go_on():
                    raise Stopped("the app is closing")
                writing = hand.submit(part.add, pages)
            if writing is not None:
                writing.result()
        part.flush()

    def _put_in_place(self, offer: SnapshotReply, part: SnapshotPart) -> None:
        part.settle()
        with part.writing() as conn:
            conn.exec_driver_sql("BEGIN")
            for statement in _made_by_script():
                if table_of(statement) not in LAID:
                    conn.exec_driver_sql(statement)
            _note_scopes(conn, offer.now)
            conn.exec_driver_sql("COMMIT")
        database = self._laptop.database

        def bring_over() -> None:
            with part.writing() as conn:
                conn.exec_driver_sql("ATTACH ? AS before KEY ?", (str(database.path), f"x'{database.key.hex()}'"))
                conn.exec_driver_sql("BEGIN")
                _bring_over(conn)
                _note_state(conn, offer)
                conn.exec_driver_sql("COMMIT")
                conn.exec_driver_sql("DETACH before")

        database.exchange(part.path, bring_over)


def _note_scopes(conn: FileConnection, now: tuple[str, ...]) -> None:
    """Which of the person's groups each case is in as well; other people's are not theirs to keep."""
    found = conn.exec_driver_sql(
        f"SELECT case_id, scope FROM {REACH} WHERE scope IN (SELECT value FROM json_each(?)) ORDER BY case_id, scope",
        (json.dumps(now),),
    ).all()
    scopes: dict[str, list[str]] = {}
    for case_id, scope in found:
        scopes.setdefault(case_id, [ALL]).append(scope)
    conn.exec_driver_sql(
        "UPDATE held_case SET scopes = ? WHERE case_id = ?",
        [(json.dumps(names), case_id) for case_id, names in scopes.items()],
    )
    conn.exec_driver_sql(f"DROP TABLE {REACH}")


def _bring_over(conn: FileConnection) -> None:
    """All that the store held wins over what the snapshot has: it is as new, and some of it is on this laptop alone.

    What is the same in both stays as it is: a row's id and number say so.
    """
    for kind in TREE_KINDS:
        column = "id" if kind is Case else "case_id"
        conn.exec_driver_sql(f"DELETE FROM main.{NAMES[kind]} WHERE {column} IN ({_CHANGED})")
    tables = "SELECT name FROM before.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    for (name,) in conn.exec_driver_sql(tables).all():
        names = ", ".join(f'"{row[1]}"' for row in conn.exec_driver_sql(f"PRAGMA before.table_info({name})").all())
        which = _DIFFERS.format(name=name) if name in KINDS else "1"
        conn.exec_driver_sql(
            f"INSERT OR REPLACE INTO main.{name} ({names}) SELECT {names} FROM before.{name} AS b WHERE {which}"
        )
    # the outbox never gives a number twice, not even one that nothing has any more
    conn.exec_driver_sql("DELETE FROM main.sqlite_sequence")
    conn.exec_driver_sql("INSERT INTO main.sqlite_sequence SELECT * FROM before.sqlite_sequence")


def _note_state(conn: FileConnection, offer: SnapshotReply) -> None:
    """Where the store stands now: whatever came after the older of both comes by pages, on to what has it already."""
    before = state.held(conn)
    state.put(conn, state.CURSOR, min(state.cursor(conn), offer.at))
    state.saw(conn, offer.at)
    groups = (scope for scope in offer.now if scope == ALL or scope.startswith(_GROUPS))
    held = dict.fromkeys((*before, *groups))
    state.put(conn, state.HELD, tuple(scope for scope in held if scope in offer.now))
    state.forget(conn, state.INDEXES_DUE)
    held_sums.forget(conn)
    state.put(conn, state.IS_CHANGED, True)


def _made_by_script() -> list[str]:
    """The statements that make a new store."""
    return [one.strip() for one in NEW_STORE.read_text("utf-8").split(";\n") if one.strip()]
