"""What a laptop is sent: pages of what changed, whole cases of what is new to it, and what it is to forget.

docs/wire.md says what a client may rely on; protocol 5 says why it is so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from casework.values import Person
from casework.wire import START, Page, Pull, Stamp
from server import scope
from server.basket import Basket, Line
from server.ledger import head_of, is_ours
from server.problem import Problem
from server.tables import case_scope, commit_log
from server.trees import Reader

# Lines of the log looked at for one page; most are about cases that this person does not see.
_LINES = 1_000
CASES_AT_A_TIME = 50
LEAST_BYTES, MOST_BYTES = 1_000, 4_000_000


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks: the person, the scopes that they may see now, and those that their store holds."""

    person: Person
    now: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def still_held(self) -> tuple[str, ...]:
        """What the store holds and may go on holding; cases of any other scope it has let go of already."""
        return tuple(name for name in self.held if name in self.now)


def page_for(conn: Connection, person: Person, asked: Pull, epoch: str) -> Page:
    """The next page, out of one snapshot. Raises Problem 409 `diverged` for a cursor of another history."""
    require_ours(conn, asked.cur, epoch)
    asker = Asker(person=person, now=scope.scopes_of(conn, person), held=asked.held)
    basket = Basket(max(LEAST_BYTES, min(MOST_BYTES, asked.max_bytes)))
    if asked.fill is not None:
        return _fill(conn, asker, asked, basket)
    return _changes(conn, asker, asked, basket)


def require_ours(conn: Connection, stamp: Stamp, epoch: str) -> None:
    """Refuses to go on with a laptop that has seen what this server never committed (protocol 8)."""
    if not is_ours(conn, stamp):
        raise Problem(409, "diverged", {"epoch": epoch})


def _fill(conn: Connection, asker: Asker, asked: Pull, basket: Basket) -> Page:
    """Whole cases of scopes that are new to the store, by id. The cursor stays; before the very first page it is
    the head as of now, so that what changes during the back-fill is made good by the changes after it.
    """
    assert asked.fill is not None
    head = head_of(conn)
    wanted = tuple(name for name in asked.fill.scopes if name in asker.now)
    reader = Reader(conn, asker.person, asker.now)
    if scope.REF in wanted and not asked.fill.after:
        # without these nothing can be shown at all, so they come first and in one piece
        basket.must_take([*reader.ref(), *reader.personal()])
    after, more = asked.fill.after, True
    while more:
        ids = _cases_in(conn, wanted, after)
        taken = _put_trees(conn, reader, asker, basket, ids)
        after = ids[taken - 1] if taken else after
        more = taken < len(ids) or len(ids) == CASES_AT_A_TIME
        if taken < len(ids):
            break
    is_first = asked.cur == START and not asked.held
    return Page(
        rid=asked.rid,
        now=asker.now,
        whole=basket.whole,
        rows=basket.rows(),
        cur=head if is_first and not asked.fill.after else asked.cur,
        fill_after=after if more else "",
        more=more,
    )


def _put_trees(conn: Connection, reader: Reader, asker: Asker, basket: Basket, ids: Sequence[str]) -> int:
    """Puts whole cases in as long as they fit; returns how many did."""
    trees, scopes = reader.trees(ids), scope.scopes_by_case(conn, asker.now, ids)
    for taken, case_id in enumerate(ids):
        if not basket.takes(trees.get(case_id, [])):
            return taken
        basket.whole[case_id] = scopes[case_id]
    return len(ids)


def _cases_in(conn: Connection, scopes: Sequence[str], after: str) -> list[str]:
    table = case_scope
    query = (
        select(table.c.case_id)
        .where(table.c.scope.in_(scopes), table.c.until_rev.is_(None), table.c.case_id > after)
        .distinct()
        .order_by(table.c.case_id)
        .limit(CASES_AT_A_TIME)
    )
    return list(conn.execute(query).scalars())


def _changes(conn: Connection, asker: Asker, asked: Pull, basket: Basket) -> Page:
    """What was committed after the cursor, in the order of commits; never cut inside one number."""
    head = head_of(conn)
    lines = conn.execute(
        select(commit_log.c.rev, commit_log.c.chain, commit_log.c.case_id)
        .where(commit_log.c.rev > asked.cur[0])
        .order_by(commit_log.c.rev)
        .limit(_LINES)
    ).all()
    news = _News(conn, asker, [line.case_id for line in lines if line.case_id], asked.cur[0])
    changed = news.changed_until(lines[-1].rev) if lines else {}
    reached: Stamp = asked.cur
    evict: dict[str, None] = {}
    for line in lines:
        if not basket.takes([*changed.get(line.rev, ()), *news.of_case(line.case_id)]):
            break
        if line.case_id in news.whole:
            basket.whole[line.case_id] = news.whole[line.case_id]
        if line.case_id in news.lost:
            evict[line.case_id] = None
        reached = (line.rev, line.chain)
    return Page(
        rid=asked.rid,
        now=asker.now,
        evict=tuple(evict),
        whole=basket.whole,
        rows=basket.rows(),
        cur=reached,
        more=reached[0] < head[0],
    )


class _News:
    """What the touched cases mean to one store: sent whole, sent in part, to be forgotten, or nobody's business.

    A case is sent in part only where the store holds it complete: it was in a held scope at the cursor, and no scope
    of the asker's has gained or lost it since.
    """

    def __init__(self, conn: Connection, asker: Asker, touched: Iterable[str], since: int) -> None:
        self._since = since
        self._touched = list(dict.fromkeys(touched))
        self._reader = Reader(conn, asker.person, asker.now)
        seen = scope.visible(conn, asker.now, self._touched)
        held = scope.was_visible(conn, asker.still_held, self._touched, since)
        moved = scope.moved_since(conn, asker.now, self._touched, since)
        self.lost = scope.was_visible(conn, asker.held, self._touched, since) - seen
        self._in_part = (seen & held) - moved
        to_send = [case_id for case_id in self._touched if case_id in seen - self._in_part]
        self.whole = scope.scopes_by_case(conn, asker.now, to_send)
        self._to_send = to_send
        self._trees: dict[str, list[Line]] = {}
        self._kept = self._reader.open_kept(self._in_part)

    def changed_until(self, until: int) -> dict[int, list[Line]]:
        """Rows by number: of the cases sent in part, and of no case."""
        return self._reader.changed(sorted(self._in_part), self._since, until)

    def of_case(self, case_id: str | None) -> list[Line]:
        """What goes along with a line of the log about that case, whatever its rows' own numbers."""
        if case_id is None:
            return []
        if case_id not in self.whole:
            return self._kept.get(case_id, [])
        if case_id not in self._trees:
            start = self._to_send.index(case_id)
            self._trees = self._reader.trees(self._to_send[start : start + CASES_AT_A_TIME])
        return self._trees.get(case_id, [])
