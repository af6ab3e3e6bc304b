"""Each case's stamp and each scope's sums, kept with every change, so that a laptop can tell whether it has all (I10).

A change of one case takes its old mark out of the sums of the scopes that it was in and puts its new one in: the cost
of a command does not depend on how much there is (protocol 11).
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select, text

from casework.marks import Stamp, Sum, bucket_of, changed_sum, mark_of, sum_of
from server.ledger import StampBook
from server.prepared import Prepared, among
from server.scope import Whereabouts
from server.tables import case_scope, case_stamp, scope_sum

EMPTY: Sum = sum_of(())
_STAMPS = Prepared(
    select(case_stamp.c.case_id, case_stamp.c.rev, case_stamp.c.chain).where(among(case_stamp.c.case_id, "ids"))
)
_SUMS = select(scope_sum.c.scope, scope_sum.c.bucket, scope_sum.c.count, scope_sum.c.total).where(
    among(scope_sum.c.scope, "scopes")
)
_ALL_SUMS = Prepared(_SUMS)
_SOME_SUMS = Prepared(_SUMS.where(among(scope_sum.c.bucket, "buckets")))
_PUT_STAMP = Prepared(
    text(
        "INSERT INTO case_stamp (case_id, rev, chain) VALUES (:case_id, :rev, :chain)"
        " ON CONFLICT (case_id) DO UPDATE SET rev = excluded.rev, chain = excluded.chain"
    )
)
_PUT_SUM = Prepared(
    text(
        "INSERT INTO scope_sum (scope, bucket, count, total) VALUES (:scope, :bucket, :count, :total)"
        " ON CONFLICT (scope, bucket) DO UPDATE SET count = excluded.count, total = excluded.total"
    )
)


class Tally:
    """What one write transaction changes of the stamps and sums, gathered and put down once before its commit."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._steps: list[_Step] = []
        # where each case stands after the steps so far; None for one that is in no scope any more
        self._stamps: dict[str, Stamp | None] = {}
        # where cases stood when the transaction began, as far as that was looked up
        self._stood: dict[str, Stamp | None] = {}

    def look_up(self, case_ids: Iterable[str]) -> None:
        """Reads at once where cases stand that may change."""
        fresh = [case_id for case_id in case_ids if case_id not in self._stood]
        self._stood |= {**dict.fromkeys(fresh), **stamps_of(self._conn, fresh)}

    @property
    def length(self) -> int:
        """How far it has come, for `back_to`."""
        return len(self._steps)

    def back_to(self, length: int) -> None:
        """Takes back what was noted since, as a savepoint takes back the rows."""
        del self._steps[length:]
        self._stamps = {step.case_id: step.stamp for step in self._steps}

    def note(self, case_id: str, stamp: Stamp, before: Iterable[str], after: Iterable[str]) -> None:
        """A case has changed: it has this stamp now, was in the scopes `before`, and is in those of `after`."""
        if case_id not in self._stamps:
            self.look_up((case_id,))
            self._stamps[case_id] = self._stood[case_id]
        old = self._stamps[case_id]
        old_scopes = tuple(before) if old is not None else ()
        scopes = tuple(after)
        new = stamp if scopes else None
        step = _Step(case_id=case_id, old=old, old_scopes=old_scopes, stamp=new, scopes=scopes)
        self._steps.append(step)
        self._stamps[case_id] = step.stamp

    def note_scopes(
        self,
        where: Whereabouts,
        stamps: Mapping[str, Stamp],
        now: datetime,
        *,
        decided: Set[str],
        anew: Set[str] = frozenset(),
    ) -> None:
        """The cases have changed and have these stamps now; `where` works out who may see them (Whereabouts.note)."""
        revs = {case_id: stamp[0] for case_id, stamp in stamps.items()}
        self.look_up(stamps)
        for case_id, scopes in where.note(revs, now, decided=decided, anew=anew).items():
            self.note(case_id, stamps[case_id], *scopes)

    def note_book(self, where: Whereabouts, book: StampBook, now: datetime) -> None:
        """The same for all cases that one command, or one change of none, has touched."""
        touched = {case_id: stamp for case_id, stamp in book.stamps.items() if case_id}
        self.note_scopes(where, touched, now, decided=book.decided, anew=book.torn)

    def put_down(self) -> None:
        """Writes what was gathered, and begins anew."""
        by_scope: dict[str, dict[str, tuple[int, int]]] = {}
        for step in self._steps:
            for scope, cases, mark in step.changes():
                buckets = by_scope.setdefault(scope, {})
                so_far = buckets.get(bucket_of(step.case_id), (0, 0))
                buckets[bucket_of(step.case_id)] = (so_far[0] + cases, so_far[1] + mark)
        fresh = []
        stand = buckets_of(self._conn, by_scope, {bucket for buckets in by_scope.values() for bucket in buckets})
        for scope, buckets in by_scope.items():
            for bucket, (cases, mark) in buckets.items():
                count, total = changed_sum(stand.get(scope, {}).get(bucket, EMPTY), cases, mark)
                fresh.append({"scope": scope, "bucket": bucket, "count": count, "total": total})
        _PUT_SUM.run_each(self._conn, fresh)
        self._put_stamps()
        self._steps, self._stamps, self._stood = [], {}, {}

    def _put_stamps(self) -> None:
        stamps = {case_id: stamp for case_id, stamp in self._stamps.items() if stamp is not None}
        gone = self._stamps.keys() - stamps.keys()
        rows = [{"case_id": one, "rev": stamp[0], "chain": stamp[1]} for one, stamp in stamps.items()]
        _PUT_STAMP.run_each(self._conn, rows)
        if gone:
            self._conn.execute(delete(case_stamp).where(case_stamp.c.case_id.in_(gone)))


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """One case's move from a stamp in some scopes to another one in others."""

    case_id: str
    old: Stamp | None
    old_scopes: tuple[str, ...]
    stamp: Stamp | None
    scopes: tuple[str, ...]

    def changes(self) -> Iterator[tuple[str, int, int]]:
        """For each scope, how many cases more and how much mark more."""
        if self.old is not None:
            for scope in self.old_scopes:
                yield scope, -1, -mark_of(self.case_id, self.old)
        if self.stamp is not None:
            for scope in self.scopes:
                yield scope, 1, mark_of(self.case_id, self.stamp)


def stamps_of(conn: Connection, case_ids: Iterable[str]) -> dict[str, Stamp]:
    """The stamp of each case's last change; none for what is no case (any more)."""
    ids = list(case_ids)
    if not ids:
        return {}
    return {case_id: (rev, chain) for case_id, rev, chain in _STAMPS.rows(conn, ids=ids)}


def buckets_of(conn: Connection, scopes: Iterable[str], buckets: Iterable[str] = ()) -> dict[str, dict[str, Sum]]:
    """The sums of each scope by bucket, of all buckets or of those that are named; what is empty may be missing."""
    wanted, named = list(scopes), list(buckets)
    if not wanted:
        return {}
    rows = _SOME_SUMS.rows(conn, scopes=wanted, buckets=named) if named else _ALL_SUMS.rows(conn, scopes=wanted)
    found: dict[str, dict[str, Sum]] = {}
    for scope, bucket, count, total in rows:
        found.setdefault(scope, {})[bucket] = (count, total)
    return found


def worked_out(conn: Connection) -> dict[str, dict[str, Sum]]:
    """All sums anew from the cases' scopes and stamps, for looking whether what is kept is right; empty ones left out.

    Its cost grows with all that there is.
    """
    active = (
        select(case_scope.c.scope, case_stamp.c.case_id, case_stamp.c.rev, case_stamp.c.chain)
        .join(case_stamp, case_stamp.c.case_id == case_scope.c.case_id, isouter=True)
        .where(case_scope.c.until_rev.is_(None))
    )
    marks: dict[str, dict[str, list[int]]] = {}
    for row in conn.execute(active):
        # a case without a stamp makes the sums differ, as it should
        case_id, stamp = row.case_id or "??", (row.rev or 0, row.chain or "")
        marks.setdefault(row.scope, {}).setdefault(bucket_of(case_id), []).append(mark_of(case_id, stamp))
    return {scope: {bucket: sum_of(some) for bucket, some in buckets.items()} for scope, buckets in marks.items()}


def are_right(conn: Connection) -> bool:
    """Whether the sums that are kept are those that the cases make."""
    scopes = conn.execute(select(scope_sum.c.scope).distinct()).scalars()
    kept = {
        scope: {bucket: told for bucket, told in buckets.items() if told != EMPTY}
        for scope, buckets in buckets_of(conn, tuple(scopes)).items()
    }
    return {scope: buckets for scope, buckets in kept.items() if buckets} == worked_out(conn)
