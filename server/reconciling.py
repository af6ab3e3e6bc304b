"""Comparing a store with what is here: by sums, by a list of the cases in reach, by whole cases (protocol 5, 11)."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from casework.marks import bucket_of, whole_sum
from casework.row_sums import knows, row_sums
from casework.values import Person
from casework.wire import (
    MOST_BYTES,
    START,
    CaseMark,
    Page,
    Reconcile,
    ReconcileReply,
    Stamp,
    Sum,
    Trees,
    Verify,
    VerifyReply,
)
from casework.wire_rows import CheckedRows, CheckRows
from server import scope
from server.basket import Basket
from server.facts import HORIZON, number
from server.feed import CASES_AT_A_TIME, LEAST_BYTES, PLACE, put_personal, require_known, require_ours
from server.kept_left import buried
from server.ledger import head_of
from server.prepared import Prepared, given
from server.problem import Problem
from server.sums import EMPTY, buckets_of, stamps_of
from server.tables import commit_log
from server.trees import Reader

# Lines of the log, and cases, that are looked at for one answer.
_LINES = 1_000
_IDS_AT_A_TIME = 500
_MOST_IDS = 10_000
MOST_TREES = 1_000
_AFTER = select(commit_log.c.case_id).where(commit_log.c.rev > given("since"))
_TOUCHED = Prepared(_AFTER.order_by(commit_log.c.rev).limit(_LINES))


def verify(conn: Connection, person: Person, asked: Verify) -> VerifyReply:
    """Compares a store's sums with those that are kept here. Raises Problem 409 `diverged`, `too-far-back`."""
    _require_reach(conn, asked.at)
    now = scope.scopes_of(conn, person)
    if _has_moved(conn, now, asked.at[0]):
        return VerifyReply(rid=asked.rid, is_late=True)
    here = buckets_of(conn, [name for name in now if name in asked.sums or name in asked.buckets])
    return VerifyReply(
        rid=asked.rid,
        diff=tuple(name for name in now if name in asked.sums and _differ(asked.sums[name], here.get(name, {}))),
        buckets={name: _apart(asked.buckets[name], here.get(name, {})) for name in now if name in asked.buckets},
    )


def list_for(conn: Connection, person: Person, asked: Reconcile) -> ReconcileReply:
    """The next part of the list of all cases in reach. Raises Problem 409 `diverged`, `too-far-back`.

    A case that comes into reach while the list is being read, at an id that has been passed, is told by the changes
    after `at`; so is one that leaves.
    """
    if asked.at != START:
        _require_reach(conn, asked.at)
    require_known(conn, asked.known)
    now = scope.scopes_of(conn, person)
    wanted = frozenset(asked.buckets)
    marks: list[CaseMark] = []
    after, size, looked_at, more = asked.after, 0, 0, True
    while more and size < MOST_BYTES and looked_at < _MOST_IDS:
        ids = scope.cases_in(conn, now, after, _IDS_AT_A_TIME)
        fresh = _marks(conn, now, [case_id for case_id in ids if not wanted or bucket_of(case_id) in wanted])
        marks += fresh
        size += sum(len(msgspec.json.encode(mark)) + 1 for mark in fresh)
        looked_at += len(ids)
        more = len(ids) == _IDS_AT_A_TIME
        after = ids[-1] if ids else after
    return ReconcileReply(
        rid=asked.rid,
        now=now,
        at=head_of(conn) if asked.at == START else asked.at,
        cases=tuple(marks),
        after=after if more else "",
    )


def trees_for(conn: Connection, person: Person, asked: Trees) -> Page:
    """Whole cases by their ids, as many as fit; before them what everybody holds, and what is the person's own.

    Raises Problem 400 for a place among a person's own that can be none, 409 `diverged`.
    """
    require_known(conn, asked.known)
    now = scope.scopes_of(conn, person)
    basket = Basket(max(LEAST_BYTES, min(MOST_BYTES, asked.max_bytes)))
    reader = Reader(conn, person, now)
    is_first = asked.ref and not asked.after
    place = _put_ref(reader, basket, asked.after) if asked.ref else ""
    ids = list(dict.fromkeys(asked.ids))
    evict: list[str] = []
    done = 0
    for some in _pieces(() if place else ids[:MOST_TREES]):
        seen = scope.scopes_by_case(conn, now, some)
        trees = reader.trees(seen)
        taken = 0
        while taken < len(some) and (some[taken] not in seen or basket.takes(trees.get(some[taken], []))):
            if some[taken] in seen:
                basket.whole[some[taken]] = seen[some[taken]]
            else:
                evict.append(some[taken])
            taken += 1
        done += taken
        if taken < len(some):
            break
    return Page(
        rid=asked.rid,
        now=now,
        evict=tuple(evict),
        erase=buried(conn, person.id) if is_first else (),
        whole=basket.whole,
        stamps=stamps_of(conn, basket.whole),
        rows=basket.rows(),
        cur=head_of(conn),
        fill_after=place or (ids[done - 1] if 0 < done < len(ids) else ""),
        more=bool(place) or done < len(ids),
    )


def _put_ref(reader: Reader, basket: Basket, after: str) -> str:
    """Puts in what everybody holds, in one piece, and what is the person's own from a place on, as much as fits.

    Returns the place to go on from, empty where that was all.
    """
    if not after:
        basket.must_take(reader.ref())
    elif PLACE.fullmatch(after) is None:
        raise Problem(400, "not-understood")
    return put_personal(reader, basket, after)


def check_rows(conn: Connection, person: Person, asked: CheckRows) -> CheckedRows:
    """Compares rows. Raises Problem 409 `diverged`, `too-far-back`, 413.

    Only under the very stamp that a case has here its rows can be expected to be the same; and a client or a home may
    have been changed through another case, that counts from the store's cursor on.
    """
    _require_reach(conn, asked.at)
    if len(asked.cases) > MOST_TREES:
        raise Problem(413, "too-large", {"most": str(MOST_TREES)})
    if not knows(asked.columns):
        return CheckedRows(rid=asked.rid, is_older=True)
    seen = scope.visible(conn, scope.scopes_of(conn, person), [case.id for case in asked.cases])
    stamps = stamps_of(conn, seen)
    same = {case.id: case.digest for case in asked.cases if stamps.get(case.id) == (case.rev, case.chain)}
    here = row_sums(conn, same, asked.columns)
    differ = (
        case_id for case_id, (digest, newest) in here.items() if newest <= asked.at[0] and digest != same[case_id]
    )
    return CheckedRows(rid=asked.rid, differ=tuple(differ))


def _require_reach(conn: Connection, stamp: Stamp) -> None:
    if stamp[0] < number(conn, HORIZON):
        raise Problem(409, "too-far-back")
    require_ours(conn, stamp)


def _has_moved(conn: Connection, scopes: Sequence[str], since: int) -> bool:
    """Whether a case came into reach, left it or changed in it after that number; also where too much did to tell."""
    lines = _TOUCHED.column(conn, since=since)
    if len(lines) == _LINES:
        return True
    return scope.has_moved(conn, scopes, {case_id for case_id in lines if case_id}, since)


def _differ(mine: Sum, here: dict[str, Sum]) -> bool:
    return mine != whole_sum(here.values())


def _apart(mine: Mapping[str, Sum], here: Mapping[str, Sum]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*mine, *here}) if mine.get(name, EMPTY) != here.get(name, EMPTY))


def _marks(conn: Connection, scopes: Sequence[str], ids: Sequence[str]) -> list[CaseMark]:
    stamps, by_case = stamps_of(conn, ids), scope.scopes_by_case(conn, scopes, ids)
    return [
        CaseMark(id=case_id, rev=stamps[case_id][0], chain=stamps[case_id][1], scopes=by_case[case_id])
        for case_id in ids
    ]


def _pieces(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + CASES_AT_A_TIME] for start in range(0, len(ids), CASES_AT_A_TIME))
