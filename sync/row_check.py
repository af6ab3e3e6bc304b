"""The rows of the cases that are held, compared with the server's in pieces: once a week of use, and on request.

Sums go by stamps, and a stamp says nothing about what a row became on this disk. The rows that count are the base:
what waits here is taken back for the look (protocol 11, I12). What differs is fetched whole, as any comparison does.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from casework.connection import Connection
from casework.ids import new_id
from casework.marks import bucket_of
from casework.row_sums import columns_of, row_sums
from casework.wire_rows import CheckedRows, CheckRows, RowsOf
from sync import shadow, state
from sync.laptop import Laptop
from sync.state import Comparing, RowCheck
from sync.taking_in import Known

# From one time through to the next, and from one piece to the next.
EVERY, APART = timedelta(days=7), timedelta(minutes=10)
CASES_AT_A_TIME = 500

T = TypeVar("T")
log = logging.getLogger(__name__)


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether a piece is to be compared now; never while whole cases are being compared anyway."""
    stands = standing(conn)
    if stands is None or state.comparing(conn) is not None:
        return False
    return stands.is_asked or abs(now - stands.at) >= (EVERY if stands.is_done else APART)


def ask(conn: Connection, now: datetime) -> None:
    """Has the next round compare sums and all rows from the beginning, whatever came in since the last time."""
    state.put(conn, state.IS_DOUBTED, True)
    state.put(conn, state.ROW_CHECK, RowCheck(at=now, is_asked=True))


def next_piece(laptop: Laptop, known: Known, most: int) -> CheckRows:
    """The next of the cases that are wholly here, `most` of them, in order of id."""

    def look(conn: Connection) -> CheckRows:
        query = (
            "SELECT case_id, rev, chain FROM held_case WHERE is_leaving = 0 AND chain <> '' AND case_id > ?"
            " ORDER BY case_id LIMIT ?"
        )
        stamps = conn.exec_driver_sql(query, (_stands(conn).after, most)).all()
        columns = columns_of(known)
        sums = row_sums(conn, [case_id for case_id, _, _ in stamps], columns)
        cases = tuple(RowsOf(case_id, rev, chain, sums[case_id][0]) for case_id, rev, chain in stamps)
        return CheckRows(rid=new_id(), at=state.cursor(conn), columns=columns, cases=cases)

    return _without_what_waits(laptop, look)


def note(conn: Connection, asked: CheckRows, reply: CheckedRows, *, most: int, now: datetime) -> tuple[bool, bool]:
    """Notes how far it has come. Returns whether the next piece follows at once, and whether cases are to be fetched.

    A server that cannot tell is asked again in a week.
    """
    stands, ids = _stands(conn), [case.id for case in asked.cases]
    differ = tuple(sorted({*stands.differ, *set(reply.differ).intersection(ids)}))
    is_done = reply.is_older or len(ids) < most
    more = stands.is_asked and not is_done
    found = _found(stands, reply, len(differ) - len(stands.differ))
    if differ and not more:
        _begin_fetching(conn, differ)
    after = RowCheck(at=now, is_done=True, found=found)
    if not is_done:
        after = RowCheck(at=now, after=ids[-1], is_asked=stands.is_asked, differ=differ if more else (), found=found)
    state.put(conn, state.ROW_CHECK, after)
    return more, bool(differ) and not more


def standing(conn: Connection) -> RowCheck | None:
    """How far the comparison has come, or what came of the last; None where there is no time to count a week from."""
    return state.find(conn, state.ROW_CHECK, RowCheck)


def begin(conn: Connection, now: datetime) -> None:
    """A store that never was compared counts as right for its first week: all of it came not long ago."""
    state.put(conn, state.ROW_CHECK, RowCheck(at=now, is_done=True))


def _found(before: RowCheck, reply: CheckedRows, new: int) -> int | None:
    """How many cases have differed this time through; what a server that cannot tell leaves open stays open."""
    so_far = None if before.is_done else before.found
    return so_far if reply.is_older else (so_far or 0) + new


def _stands(conn: Connection) -> RowCheck:
    stands = standing(conn)
    assert stands is not None, "a piece that was not due"
    return stands


def _begin_fetching(conn: Connection, case_ids: tuple[str, ...]) -> None:
    """Puts the cases on the list of what is to be fetched whole; until that is done nothing is called in step (I10)."""
    conn.exec_driver_sql("DELETE FROM listed")
    conn.exec_driver_sql(
        "INSERT INTO listed (case_id, scopes, rev, chain) SELECT case_id, scopes, rev, chain FROM held_case"
        " WHERE case_id IN (SELECT value FROM json_each(?))",
        (json.dumps(case_ids),),
    )
    buckets = tuple(sorted({bucket_of(case_id) for case_id in case_ids}))
    begun = Comparing(buckets=buckets, now=state.held(conn), is_listed=True, is_agreed=True)
    state.put(conn, state.COMPARING, begun)
    state.put(conn, state.IS_DOUBTED, True)
    state.put(conn, state.SPOILT, state.get(conn, state.SPOILT, int, 0) + len(case_ids))
    log.warning("rows differ from the server's in %d of the cases here: %s", len(case_ids), ", ".join(case_ids))


def _without_what_waits(laptop: Laptop, look: Callable[[Connection], T]) -> T:
    """What the base answers; what waits lies over it again when this returns."""
    with laptop.database.reading() as conn:
        if conn.exec_driver_sql("SELECT 1 FROM shadow LIMIT 1").first() is None:
            return look(conn)

    def take_back(conn: Connection) -> T:
        conn.exec_driver_sql("SAVEPOINT base")
        shadow.revert(conn)
        found = look(conn)
        conn.exec_driver_sql("ROLLBACK TO SAVEPOINT base")
        conn.exec_driver_sql("RELEASE SAVEPOINT base")
        return found

    return laptop.write(take_back)
