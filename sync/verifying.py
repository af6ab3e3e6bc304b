"""Sums over the cases that are held, compared with the server's: how a laptop knows that all is here (protocol 11)."""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.connection import Connection
from casework.wire import Stamp, Sum, mark_of, sum_of
from sync import state
from sync.state import Comparing

# How long what came in by pages alone is trusted.
CHECK_EVERY = timedelta(hours=6)
REF = "ref"

log = logging.getLogger(__name__)

# (case, its scopes, the stamp of its last change)
Marked = tuple[str, tuple[str, ...], Stamp]


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether sums are to be compared: in doubt, or when something came in and the last time is long ago."""
    if state.get(conn, state.IS_DOUBTED, bool, False):
        return True
    last = state.find(conn, state.VERIFIED_AT, datetime)
    return state.get(conn, state.IS_CHANGED, bool, False) and (last is None or abs(now - last) >= CHECK_EVERY)


def held_cases(conn: Connection) -> list[Marked]:
    """The cases that are here and not about to leave."""
    rows = conn.exec_driver_sql("SELECT case_id, scopes, rev, chain FROM held_case WHERE is_leaving = 0").all()
    return [(case_id, tuple(json.loads(scopes)), (rev, chain)) for case_id, scopes, rev, chain in rows]


def sums_of(cases: Iterable[Marked], now: Iterable[str]) -> dict[str, Sum]:
    """For each scope that is open to us, the sum over its cases; an empty scope counts too."""
    marks: dict[str, list[int]] = {scope: [] for scope in now if scope != REF}
    for case_id, scopes, stamp in cases:
        mark = mark_of(case_id, stamp)
        for scope in scopes:
            if scope in marks:
                marks[scope].append(mark)
    return {scope: sum_of(found) for scope, found in marks.items()}


def buckets_of(cases: Iterable[Marked], scopes: Iterable[str]) -> dict[str, dict[str, Sum]]:
    """The sums of those scopes told apart by the last two digits of the cases' ids."""
    marks: dict[str, dict[str, list[int]]] = {scope: {} for scope in scopes}
    for case_id, names, stamp in cases:
        for scope in names:
            if scope in marks:
                marks[scope].setdefault(case_id[-2:], []).append(mark_of(case_id, stamp))
    return {
        scope: {bucket: sum_of(found) for bucket, found in sorted(by_bucket.items())}
        for scope, by_bucket in marks.items()
    }


def note_agreed(conn: Connection, now: datetime) -> None:
    """All is here, and nothing else."""
    state.put(conn, state.VERIFIED_AT, now)
    for key in (state.IS_CHANGED, state.IS_DOUBTED, state.DIFFERS):
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
