"""The lines of the log that can mean anything to one person: most of a busy day's are about cases of others."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, or_, select, union_all

from casework.kinds import PERSONAL_KINDS, SHARED_KINDS
from casework.tables import TABLES
from casework.wire import ALL, Stamp
from server.prepared import Prepared, among, given
from server.tables import case_scope, commit_log

# So many lines make one page at most, out of so many numbers of the log.
_LINES = 1_000
_NUMBERS = 10_000


class LogLine(NamedTuple):
    """One committed change to one case; `case_id` is empty where it was to what is no case's."""

    rev: int
    chain: str
    case_id: str


_WINDOW = and_(commit_log.c.rev > given("since"), commit_log.c.rev <= given("until"))
_LINE = select(commit_log.c.rev, commit_log.c.chain, commit_log.c.case_id).where(_WINDOW)
_IS_NEAR = exists().where(case_scope.c.case_id == commit_log.c.case_id, among(case_scope.c.scope, "scopes"))
# A client or home, or what is one's own, may have the number of a case that one never saw.
_LOOSE = union_all(
    *(
        select(table.c.rev).where(table.c.rev > given("since"), table.c.rev <= given("until"))
        for table in (TABLES[kind] for kind in (*SHARED_KINDS, *PERSONAL_KINDS))
    )
)
_IS_FOR_ME = or_(commit_log.c.case_id.is_(None), _IS_NEAR, commit_log.c.rev.in_(_LOOSE))
_ALL = Prepared(_LINE.order_by(commit_log.c.rev).limit(_LINES))
_NEAR = Prepared(_LINE.where(_IS_FOR_ME).order_by(commit_log.c.rev).limit(_LINES))
_LAST = Prepared(
    select(commit_log.c.rev, commit_log.c.chain)
    .where(commit_log.c.rev <= given("until"))
    .order_by(commit_log.c.rev.desc())
    .limit(1)
)


def lines_for(conn: Connection, scopes: Iterable[str], since: Stamp, head: Stamp) -> tuple[list[LogLine], Stamp]:
    """The next lines after a stamp that may be about what these scopes see or saw, and how far that looks.

    At most 1,000, out of 10,000 numbers.
    """
    named = set(scopes)
    until = min(head[0], since[0] + _NUMBERS)
    query = _ALL if ALL in named else _NEAR
    lines = [
        LogLine(rev, chain, case_id or "")
        for rev, chain, case_id in query.rows(conn, since=since[0], until=until, scopes=list(named))
    ]
    if len(lines) == _LINES:
        return lines, (lines[-1].rev, lines[-1].chain)
    if until == head[0]:
        return lines, head
    last = _LAST.first(conn, until=until)
    return lines, since if last is None else (last[0], last[1])
