"""How far back the log goes: what every device in use has applied is dropped each night (protocol 7).

A laptop whose cursor lies before the horizon compares its cases instead of reading the changes (server/reconciling.py).
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, select

from casework.database import Database
from server.clock import Clock, as_text, utc_now
from server.config import DEVICES_LAST
from server.facts import HORIZON, number, set_fact
from server.kept_left import forget_left
from server.tables import case_scope, commit_log, dead_id, device

# So many numbers are dropped in one transaction, for whoever writes meanwhile waits for it.
_AT_A_TIME = 5_000


def move_horizon(database: Database, *, devices_last: timedelta = DEVICES_LAST, clock: Clock = utc_now) -> int:
    """Drops what lies below the cursors of all devices seen within `devices_last`; returns the horizon. Raises faults.

    The line at the horizon stays, and with it its chain, by which a store that stands right there is known. So does the
    latest membership of each case in each scope: rights at writing are judged by it, however late the writing comes.
    """
    with database.reading() as conn:
        horizon = number(conn, HORIZON)
        seen = and_(device.c.last_seen > as_text(clock() - devices_last), device.c.cursor > 0)
        lowest = conn.execute(select(func.min(device.c.cursor)).where(seen)).scalar()
        oldest = conn.execute(select(func.min(commit_log.c.rev))).scalar()
    wanted = int(lowest or 0)
    if wanted <= horizon or oldest is None:
        return horizon
    reached = max(horizon, int(oldest))
    while reached < wanted:
        with database.writing() as conn:
            # another process may have come further meanwhile
            reached = max(min(wanted, reached + _AT_A_TIME), number(conn, HORIZON))
            # in one transaction: a log is never shorter than it says
            set_fact(conn, HORIZON, str(reached))
            conn.execute(delete(commit_log).where(commit_log.c.rev < reached))
            forget_left(conn, reached)
    with database.writing() as conn:
        conn.execute(delete(case_scope).where(case_scope.c.until_rev <= wanted, _is_outdone()))
        dead = select(dead_id.c.id)
        conn.execute(delete(case_scope).where(case_scope.c.until_rev <= wanted, case_scope.c.case_id.in_(dead)))
    return reached


def _is_outdone() -> ColumnElement[bool]:
    """That the case came into the same scope once more, later."""
    later = case_scope.alias()
    once_more = select(later.c.scope).where(
        later.c.case_id == case_scope.c.case_id,
        later.c.scope == case_scope.c.scope,
        later.c.since_rev > case_scope.c.since_rev,
    )
    return exists(once_more.correlate(case_scope))
