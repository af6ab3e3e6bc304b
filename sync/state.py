"""Single facts that a laptop's store remembers between rounds: where it stands and who it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from casework.connection import Connection
from casework.wire import START, Stamp

T = TypeVar("T")

CURSOR = "cursor"
KNOWN = "known"
HELD = "held_scopes"
FILLING = "filling"
EPOCH = "epoch"
# the nonce of the last hello that was answered, and the one that is sent until one is
NONCE = "nonce"
PENDING_NONCE = "pending_nonce"
# what this device was called, one after the other, and last what it is called now: the profile's own file may be behind
RENAMED = "renamed"
# since when commands are held back for one that this device has lost, by id
LEFT_BEHIND = "left_behind"
NEW_DEVICE = "new_device"
RENEWAL = "renewal"
# that this store stands in the place of a damaged one (sync/mending.py)
BEGUN_ANEW = "begun_anew"
LAST_IN_SYNC = "last_in_sync"
CLOCK_OFF = "clock_off"
STUCK = "stuck_papers"
# what waits or was answered just now and cannot be laid over the rows, by id: where the code broke over it
NOT_SHOWN = "not_shown"
# the organisation's key for rescue copies, and what the last copy holds
RESCUE_KEY = "rescue_key"
RESCUED = "rescued"
COMPARING = "comparing"
# set while a new store lacks the indexes that can wait (sync/bulk.py)
INDEXES_DUE = "indexes_due"
RESTORED = "restored"
# the head as the last hello was told it
TOLD = "told_rev"
ACCESS = "access"
LAST_HELLO = "last_hello"
# the latest that it has been here since, and when this device first heard that it was reported lost
SEEN_AT, LOST_AT = "seen_at", "lost_at"
LEASE_DAYS = "lease_days"
LIMITS = "limits"
TIDIED_ON = "tidied_on"
BACKED_UP = "backed_up_rev"
VERIFIED_AT = "verified_at"
# when the sums that are kept were last counted from the cases themselves (sync/held_sums.py)
COUNTED_AT = "sums_counted_at"
# how many cases went by pages alone since sums or a whole list agreed
GONE_UNCHECKED = "gone_unchecked"
# what a check by sums is due for, and what it found
IS_CHANGED, IS_DOUBTED, DIFFERS = "changed_since_check", "check_is_due", "differs"
MISMATCHES = "mismatches"
# how far the rows themselves have been compared, and of how many cases they ever differed (sync/row_check.py)
ROW_CHECK, SPOILT = "row_check", "spoilt_cases"


class Filling(msgspec.Struct, frozen=True):
    """A back-fill under way: which scopes, and the last case id that is in."""

    scopes: tuple[str, ...]
    after: str


class Comparing(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison with the server's list under way, of some buckets of cases or of all: how far it has come.

    The list is in up to the case id `after`; then `is_listed`. `is_agreed`: what is not on it has been marked as
    leaving. `has_ref`: what everybody holds and what is the person's own has been fetched anew, until then as far as
    `ref_after`. `at` is what the list's first part said, `now` are the scopes that were the person's at every answer.
    """

    at: Stamp = START
    after: str = ""
    buckets: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    is_listed: bool = False
    is_agreed: bool = False
    has_ref: bool = False
    ref_after: str = ""


class RowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """How far the rows have been compared with the server's: up to the case id `after`, or `is_done` for this week.

    `at` is when the last piece was. `is_asked`: all of it in one round; `differ` are the cases that did up to here.
    `found` is how many differed this time through, None where nothing has been compared yet.
    """

    at: datetime
    after: str = ""
    is_done: bool = False
    is_asked: bool = False
    differ: tuple[str, ...] = ()
    found: int | None = None


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """The server was found to have gone back in time: when, and how many changes of ours were sent once more."""

    at: datetime
    again: int


def get(conn: Connection, key: str, kind: type[T], default: T) -> T:
    """What is remembered under a key, or the default."""
    found = find(conn, key, kind)
    return default if found is None else found


def find(conn: Connection, key: str, kind: type[T]) -> T | None:
    """What is remembered under a key, None where nothing is."""
    value = conn.exec_driver_sql("SELECT value FROM sync_state WHERE key = ?", (key,)).scalar()
    return None if value is None else msgspec.json.decode(str(value), type=kind)


def put(conn: Connection, key: str, value: object) -> None:
    """Remembers a value under a key."""
    put_all(conn, {key: value})


def put_all(conn: Connection, values: Mapping[str, object]) -> None:
    """Remembers several values, each under its key."""
    conn.exec_driver_sql(
        "INSERT INTO sync_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [(key, msgspec.json.encode(value).decode()) for key, value in values.items()],
    )


def cursor(conn: Connection) -> Stamp:
    """The stamp of the last page applied; never ahead of the rows (I8)."""
    return get(conn, CURSOR, tuple[int, str], START)


def held(conn: Connection) -> tuple[str, ...]:
    """The scopes that are whole on this laptop."""
    return get(conn, HELD, tuple[str, ...], ())


def saw(conn: Connection, stamp: Stamp) -> None:
    """Remembers the newest stamp ever seen, from pages and acks alike; it only grows (protocol 8)."""
    if stamp[0] > get(conn, KNOWN, tuple[int, str], START)[0]:
        put(conn, KNOWN, stamp)


def forget(conn: Connection, key: str) -> None:
    """Remembers nothing under a key any more."""
    conn.exec_driver_sql("DELETE FROM sync_state WHERE key = ?", (key,))


def filling(conn: Connection) -> Filling | None:
    """The back-fill under way, None where there is none."""
    return find(conn, FILLING, Filling)


def comparing(conn: Connection) -> Comparing | None:
    """The comparison under way, None where there is none."""
    return find(conn, COMPARING, Comparing)
