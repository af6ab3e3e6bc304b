"""Single facts that a laptop's store remembers between rounds: where it stands and who it is."""

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
NONCE = "nonce"
RENEWAL = "renewal"
LAST_IN_SYNC = "last_in_sync"
CLOCK_OFF = "clock_off"
STUCK = "stuck_papers"


class Filling(msgspec.Struct, frozen=True):
    """A back-fill under way: which scopes, and the last case id that is in."""

    scopes: tuple[str, ...]
    after: str


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
    conn.exec_driver_sql(
        "INSERT INTO sync_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, msgspec.json.encode(value).decode()),
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
