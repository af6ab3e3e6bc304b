"""The sums over the cases that are held, kept with every change of them, so that a check reads no case.

They are counted afresh where a check is in doubt, after a recovery, and once a week: what is kept could be wrong.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.connection import Connection
from casework.marks import Stamp, Sum, bucket_of, changed_sum, mark_of, sum_of, whole_sum
from casework.wire import Page
from sync import state

# How long sums that were only kept up are believed.
COUNT_EVERY = timedelta(days=7)
# Beyond so many cases in one transaction all are counted at the next check: that is not dearer.
_MANY = 5_000
EMPTY: Sum = sum_of(())

# (case, its scopes, the stamp of its last change)
Marked = tuple[str, tuple[str, ...], Stamp]
# {scope: {bucket: sum}}
Sums = dict[str, dict[str, Sum]]

_HERE = "SELECT case_id, scopes, rev, chain FROM held_case WHERE is_leaving = 0"


class Standing:
    """How the cases that a page is about stood before it, so that the sums can follow."""

    def __init__(self, conn: Connection, page: Page) -> None:
        self._ids = json.dumps(sorted({*page.whole, *page.stamps, *page.evict, *page.erase}))
        self._evicted = set(page.evict)
        self._before = set(_named(conn, self._ids))

    def follow(self, conn: Connection, marked: Iterable[str]) -> None:
        """Brings the sums to what is here now; `marked` began to leave."""
        if not self._evicted.issuperset(marked):
            # a whole scope went
            forget(conn)
            return
        after = set(_named(conn, self._ids))
        changes: dict[tuple[str, str], tuple[int, int]] = {}
        for way, cases in ((-1, self._before - after), (1, after - self._before)):
            for case_id, scopes, stamp in cases:
                mark = mark_of(case_id, stamp)
                for scope in scopes:
                    so_far = changes.get((scope, bucket_of(case_id)), (0, 0))
                    changes[scope, bucket_of(case_id)] = (so_far[0] + way, so_far[1] + way * mark)
        _add(conn, changes)


def standing(conn: Connection, page: Page) -> Standing | None:
    """To be asked before a page is put in; None where no sums are kept, or not for so much."""
    if state.find(conn, state.COUNTED_AT, datetime) is None:
        return None
    if len(page.whole) + len(page.stamps) + len(page.evict) > _MANY:
        forget(conn)
        return None
    return Standing(conn, page)


def kept(conn: Connection, now: datetime) -> Sums | None:
    """The sums as they were kept, by bucket; None where the cases are to be counted."""
    counted = state.find(conn, state.COUNTED_AT, datetime)
    if counted is None or abs(now - counted) >= COUNT_EVERY:
        return None
    sums: Sums = {}
    for scope, bucket, count, total in conn.exec_driver_sql("SELECT scope, bucket, count, total FROM held_sum"):
        sums.setdefault(scope, {})[bucket] = (count, total)
    return sums


def counted(conn: Connection) -> Sums:
    """The sums of all cases that are here and not about to leave. Its cost grows with them."""
    return sums_of(_marked(conn.exec_driver_sql(_HERE).all()))


def keep(conn: Connection, sums: Sums, now: datetime) -> None:
    """Goes on from sums that were counted; no case may have changed since."""
    conn.exec_driver_sql("DELETE FROM held_sum")
    conn.exec_driver_sql(
        "INSERT INTO held_sum (scope, bucket, count, total) VALUES (?, ?, ?, ?)",
        [(scope, bucket, *told) for scope, buckets in sums.items() for bucket, told in buckets.items()],
    )
    state.put(conn, state.COUNTED_AT, now)


def forget(conn: Connection) -> None:
    """The next check counts: more has changed than sums could follow."""
    state.forget(conn, state.COUNTED_AT)


def sums_of(cases: Iterable[Marked]) -> Sums:
    """The sums of those cases, by scope and bucket."""
    # few lists of scopes for many cases
    marks: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for case_id, scopes, stamp in cases:
        marks.setdefault(scopes, {}).setdefault(bucket_of(case_id), []).append(mark_of(case_id, stamp))
    parts: dict[str, dict[str, list[Sum]]] = {}
    for scopes, buckets in marks.items():
        for bucket, some in buckets.items():
            part = sum_of(some)
            for scope in scopes:
                parts.setdefault(scope, {}).setdefault(bucket, []).append(part)
    return {scope: {bucket: whole_sum(some) for bucket, some in buckets.items()} for scope, buckets in parts.items()}


def whole(sums: Sums, scope: str) -> Sum:
    """The sum of a whole scope; an empty one has one too."""
    return whole_sum(sums.get(scope, {}).values())


def is_same(one: Sums, other: Sums) -> bool:
    """Whether they say the same; what is empty may be missing."""
    return _without_empty(one) == _without_empty(other)


def _without_empty(sums: Sums) -> dict[tuple[str, str], Sum]:
    return {
        (scope, bucket): told for scope, buckets in sums.items() for bucket, told in buckets.items() if told != EMPTY
    }


def _named(conn: Connection, ids: str) -> list[Marked]:
    return _marked(conn.exec_driver_sql(f"{_HERE} AND case_id IN (SELECT value FROM json_each(?))", (ids,)).all())


def _marked(rows: Iterable[tuple[str, str, int, str]]) -> list[Marked]:
    lists: dict[str, tuple[str, ...]] = {}
    found = []
    for case_id, scopes, rev, chain in rows:
        if scopes not in lists:
            # few lists of scopes for many cases
            lists[scopes] = tuple(json.loads(scopes))
        found.append((case_id, lists[scopes], (rev, chain)))
    return found


def _add(conn: Connection, changes: dict[tuple[str, str], tuple[int, int]]) -> None:
    fresh = []
    for (scope, bucket), (cases, mark) in changes.items():
        query = "SELECT count, total FROM held_sum WHERE scope = ? AND bucket = ?"
        before = conn.exec_driver_sql(query, (scope, bucket)).first() or EMPTY
        fresh.append((scope, bucket, *changed_sum(before, cases, mark)))
    conn.exec_driver_sql(
        "INSERT INTO held_sum (scope, bucket, count, total) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (scope, bucket) DO UPDATE SET count = excluded.count, total = excluded.total",
        fresh,
    )
