"""Sums over the cases that are held, compared with the server's: how a laptop knows that all is here (protocol 11)."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.connection import Connection
from casework.wire import REF, Sum
from sync import held_sums, state
from sync.held_sums import Sums
from sync.state import Comparing

# How long what came in by pages alone is trusted.
CHECK_EVERY = timedelta(hours=6)

log = logging.getLogger(__name__)


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether sums are to be compared: in doubt, or when something came in and the last time is long ago."""
    if state.get(conn, state.IS_DOUBTED, bool, False):
        return True
    last = state.find(conn, state.VERIFIED_AT, datetime)
    return state.get(conn, state.IS_CHANGED, bool, False) and (last is None or abs(now - last) >= CHECK_EVERY)


def kept(conn: Connection, now: datetime) -> Sums | None:
    """The sums as they were kept with every change; None where the cases are to be counted: in doubt, once a week."""
    return None if state.get(conn, state.IS_DOUBTED, bool, False) else held_sums.kept(conn, now)


def told(sums: Sums, now: Iterable[str]) -> dict[str, Sum]:
    """For each scope that is open to us, the sum over its cases; an empty scope counts too."""
    return {scope: held_sums.whole(sums, scope) for scope in now if scope != REF}


def note_agreed(conn: Connection, now: datetime) -> None:
    """All is here, and nothing else."""
    state.put(conn, state.VERIFIED_AT, now)
    for key in (state.IS_CHANGED, state.IS_DOUBTED, state.DIFFERS, state.GONE_UNCHECKED):
        state.forget(conn, key)


def note_differs(conn: Connection, scopes: Iterable[str], buckets: Iterable[str]) -> None:
    """Something differs: until sums agree nothing is called in step (I10); what differs is compared case by case."""
    state.put(conn, state.DIFFERS, True)
    state.put(conn, state.IS_DOUBTED, True)
    state.put(conn, state.MISMATCHES, state.get(conn, state.MISMATCHES, int, 0) + 1)
    named = tuple(sorted(set(buckets)))
    if state.comparing(conn) is None:
        conn.exec_driver_sql("DELETE FROM listed")
        state.put(conn, state.COMPARING, Comparing(buckets=named))
    log.warning("the sums of %s differ from the server's, in %d buckets", ", ".join(sorted(scopes)), len(named))
