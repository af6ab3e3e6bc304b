"""What a laptop is sent: pages of what changed, whole cases of what is new to it, and what it is to forget.

docs/wire.md says what a client may rely on; protocol 5 says why it is so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from casework.values import Person
from casework.wire import ALL, REF, START, Page, Pull, Stamp
from server import scope
from server.basket import Basket, Line
from server.erasing import deaths
from server.facts import EPOCH, HORIZON, fact, number
from server.kept_left import buried, left_since
from server.ledger import head_of, is_ours
from server.log_lines import LogLine, lines_for
from server.problem import Problem
from server.sums import stamps_of
from server.trees import Reader

# Lines of the log whose rows are read at once, to begin with.
_LINES_AT_FIRST = 64
CASES_AT_A_TIME = 50
LEAST_BYTES, MOST_BYTES = 1_000, 4_000_000
# from so many bytes on a page is worth reading cases by the hundred
BIG_PAGE = 2_000_000
# A place among a person's own rows (server/trees.py), and one in front of all of them; no case's id looks like it.
PLACE = re.compile(r"[0-2]/[0-9a-f]{0,32}")
_FIRST_PLACE = "0/"
_BEFORE_ALL = "0"
_OWN_AT_A_TIME = 500


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who asks: the person, the scopes that they may see now, and those that their store holds."""

    person: Person
    now: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def still_held(self) -> tuple[str, ...]:
        """What the store holds and may go on holding. Cases of any other scope it lets go of by itself, and is told of
        them only that they were deleted for good: it could name a scope that its person never had.
        """
        return tuple(name for name in self.held if name in self.now)


def page_for(conn: Connection, person: Person, asked: Pull) -> Page:
    """The next page, out of one snapshot.

    Raises Problem 409: `too-far-back` for a cursor that lies before what the log still has, and whose store therefore
    compares its cases (server/reconciling.py); `diverged` for a cursor of another history.
    """
    is_first = asked.fill is not None and asked.cur == START and not asked.held
    if not is_first and asked.cur[0] < number(conn, HORIZON):
        raise Problem(409, "too-far-back")
    require_ours(conn, asked.cur)
    require_known(conn, asked.known)
    asker = Viewer(person=person, now=scope.scopes_of(conn, person), held=asked.held)
    basket = Basket(max(LEAST_BYTES, min(MOST_BYTES, asked.max_bytes)))
    if asked.fill is not None:
        return _fill(conn, asker, asked, basket)
    return _changes(conn, asker, asked, basket)


def require_ours(conn: Connection, stamp: Stamp) -> None:
    """Refuses to go on with a laptop that has seen what this server never committed (protocol 8)."""
    if not is_ours(conn, stamp):
        raise Problem(409, "diverged", {"epoch": fact(conn, EPOCH)})


def require_known(conn: Connection, known: Stamp) -> None:
    """Refuses a request whose answer would have stamps of another history than the store has; see FromStore.

    Its hello has told the same, but the server may have been put back since, in the middle of the laptop's round.
    Below the log nobody can tell, and the hello's word stands.
    """
    if known != START and known[0] >= number(conn, HORIZON):
        require_ours(conn, known)


def _fill(conn: Connection, asker: Viewer, asked: Pull, basket: Basket) -> Page:
    """Whole cases of scopes that are new to the store, by id. The cursor stays; before the very first page it is
    the head as of now, so that what changes during the back-fill is made good by the changes after it.
    """
    assert asked.fill is not None
    head = head_of(conn)
    wanted = tuple(name for name in asker.now if name in asked.fill.scopes)
    reader = Reader(conn, asker.person, asker.now)
    after, more = asked.fill.after, True
    if REF in wanted and not after:
        # without these nothing can be shown at all, so they come first and in one piece
        basket.must_take(reader.ref())
    elif ALL in wanted and not after:
        # who comes into the office has had none of what waits there, and most of it comes along with its case
        basket.must_take(reader.kept_of_no_case())
    is_mine = REF in wanted and (not after or PLACE.fullmatch(after) is not None)
    place = put_personal(reader, basket, after) if is_mine else ""
    after = _BEFORE_ALL if is_mine else after
    more = not place
    most = CASES_AT_A_TIME if asked.max_bytes < BIG_PAGE else CASES_AT_A_TIME * 8
    while more:
        ids = scope.cases_in(conn, wanted, after, most)
        taken = _put_trees(conn, reader, asker, basket, ids)
        after = ids[taken - 1] if taken else after
        more = taken < len(ids) or len(ids) == most
        if taken < len(ids):
            break
    more = more or bool(place)
    is_first = asked.cur == START and not asked.held
    return Page(
        rid=asked.rid,
        now=asker.now,
        # who starts from nothing may still have receipts
        erase=buried(conn, asker.person.id) if is_mine and not asked.fill.after else (),
        whole=basket.whole,
        stamps=stamps_of(conn, basket.whole),
        rows=basket.rows(),
        cur=head if is_first and not asked.fill.after else asked.cur,
        fill_after=(place or after) if more else "",
        more=more,
    )


def put_personal(reader: Reader, basket: Basket, place: str) -> str:
    """Puts in what is the person's own, as much as fits; returns the place to go on from, empty where that was all."""
    while some := reader.personal_after(place, _OWN_AT_A_TIME):
        for behind, line in some:
            if not basket.takes([line]):
                return place or _FIRST_PLACE
            place = behind
    return ""


def _put_trees(conn: Connection, reader: Reader, asker: Viewer, basket: Basket, ids: Sequence[str]) -> int:
    """Puts whole cases in as long as they fit, half as many where they do not; returns how many did."""
    taken = basket.room(len(ids))
    while taken and not basket.takes_load(reader.load(ids[:taken], basket.shared), taken):
        taken //= 2
    basket.whole.update(scope.scopes_by_case(conn, asker.now, ids[:taken]))
    return taken


def _changes(conn: Connection, asker: Viewer, asked: Pull, basket: Basket) -> Page:
    """What was committed after the cursor, in the order of commits; never cut inside one number."""
    head = head_of(conn)
    lines, behind = lines_for(conn, (*asker.now, *asker.held), asked.cur, head)
    news = _News(conn, asker, [line.case_id for line in lines if line.case_id], asked.cur[0])
    reached: Stamp = asked.cur
    evict: dict[str, None] = {}
    erase: dict[str, None] = {}
    stamps: dict[str, Stamp] = {}
    for line, rows in _line_by_line(lines, news):
        # of a case that is in whole, this page has all that is there
        along = () if line.case_id in basket.whole else news.of_case(line.case_id)
        if not basket.takes([*rows, *along]):
            break
        if line.case_id in news.whole:
            basket.whole[line.case_id] = news.whole[line.case_id]
            stamps[line.case_id] = news.stamps[line.case_id]
        if line.case_id in news.in_part:
            stamps[line.case_id] = (line.rev, line.chain)
        if line.case_id in news.lost:
            evict[line.case_id] = None
        if news.dead.get(line.case_id) == line.rev:
            erase[line.case_id] = None
        reached = (line.rev, line.chain)
    else:
        reached = behind
    left, dead = news.gone_by(reached[0])
    return Page(
        rid=asked.rid,
        now=asker.now,
        evict=tuple(evict),
        erase=tuple(dict.fromkeys((*erase, *dead))),
        left=left,
        whole=basket.whole,
        stamps=stamps,
        rows=basket.rows(),
        cur=reached,
        more=reached[0] < head[0],
    )


def _line_by_line(lines: Sequence[LogLine], news: "_News") -> Iterator[tuple[LogLine, list[Line]]]:
    """Each line of the log with the rows that it changed; read in growing pieces, for a page may be full soon."""
    start, count = 0, _LINES_AT_FIRST
    while start < len(lines):
        some = lines[start : start + count]
        changed = news.changed_until(some[-1].rev)
        for line in some:
            yield line, changed.get(line.rev, [])
        start, count = start + count, count * 2


class _News:
    """What the touched cases mean to one store: sent whole, sent in part, to be forgotten, or nobody's business.

    A case is sent in part only where the store holds it complete: it was in a held scope at the cursor, and no scope
    of the asker's has gained or lost it since.
    """

    def __init__(self, conn: Connection, asker: Viewer, touched: Iterable[str], since: int) -> None:
        self._conn, self._asker = conn, asker
        self._since = self._read_until = since
        self._touched = list(dict.fromkeys(touched))
        self._reader = Reader(conn, asker.person, asker.now)
        stays = scope.stays_of(conn, {*asker.now, *asker.held}, self._touched)
        now, still_held = frozenset(asker.now), frozenset(asker.still_held)
        seen = {stay.case_id for stay in stays if stay.scope in now and stay.until is None}
        then = [stay for stay in stays if stay.since <= since and (stay.until is None or stay.until > since)]
        moved = {stay.case_id for stay in stays if stay.scope in now and max(stay.since, stay.until or 0) > since}
        held = {stay.case_id for stay in then if stay.scope in still_held}
        # whenever they came: an earlier page may have brought them as of a snapshot that is ahead of its cursor
        left = {stay.case_id for stay in stays if stay.scope in still_held and (stay.until or 0) > since}
        self.lost = left - seen
        self.in_part = (held & seen) - moved
        to_send = [case_id for case_id in self._touched if case_id in seen - self.in_part]
        self.whole = scope.scopes_by_case(conn, asker.now, to_send)
        self.stamps = stamps_of(conn, to_send)
        # what was deleted for good is in no scope any more
        self.dead = deaths(conn, {stay.case_id for stay in stays} - seen)
        self._to_send = to_send
        self._trees: dict[str, list[Line]] = {}
        self._kept = self._reader.kept_along(self.in_part, since)

    def changed_until(self, until: int) -> dict[int, list[Line]]:
        """Rows by number from where the last call ended: of the cases sent in part, and of no case."""
        since, self._read_until = self._read_until, until
        return self._reader.changed(sorted(self.in_part), since, until)

    def gone_by(self, until: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The asker's kept work that has passed on by that number, and dead cases that they had spoken about."""
        left = left_since(self._conn, self._asker.person.id, self._since, until)
        dead = deaths(self._conn, left)
        return self._reader.not_mine(left - dead.keys()), tuple(sorted(dead))

    def of_case(self, case_id: str) -> list[Line]:
        """What goes along with a line of the log about that case, whatever its rows' own numbers."""
        if case_id not in self.whole:
            return self._kept.get(case_id, [])
        if case_id not in self._trees:
            start = self._to_send.index(case_id)
            self._trees = self._reader.trees(self._to_send[start : start + CASES_AT_A_TIME])
        return self._trees.get(case_id, [])
