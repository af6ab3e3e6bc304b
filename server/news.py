"""Prompt news: devices that wait hear within moments that something in their reach has changed, and hold no thread.

One thread a process looks at the head of the log while anybody waits: at once after a commit of this process, and
twice a second for what other processes commit. It works out once which scopes the new lines touch, and wakes those who
see one of them. What a round then brings is the feed's business.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, or_, select

from casework.database import Database
from casework.store_faults import StoreFault
from casework.tables import TABLES
from casework.values import KeptWork, Notice, OwnerKind, Record, Sighting
from casework.wire import ALL
from server import scope
from server.facts import HORIZON, number
from server.ledger import head_of
from server.prepared import Prepared, among, given
from server.problem import OUR_MISTAKES, Problem
from server.tables import case_scope, commit_log

LOOK_EVERY = 0.5
LONGEST_WAIT = 25
MOST_WAITING = 500
# Lines of the log looked at; where more are new, everybody may as well come.
_LINES = 1_000
EVERYBODY: Final = "everybody"

_AFTER = select(commit_log.c.case_id).where(commit_log.c.rev > given("since"))
_NEWER = Prepared(_AFTER.order_by(commit_log.c.rev).limit(_LINES))
_IS_NEAR = or_(case_scope.c.until_rev.is_(None), case_scope.c.until_rev > given("since"))
_TOUCHED = Prepared(select(case_scope.c.scope).where(among(case_scope.c.case_id, "ids"), _IS_NEAR).distinct())


def _new_in(kind: type[Record], *names: str) -> Prepared:
    table = TABLES[kind]
    return Prepared(select(*(table.c[name] for name in names)).where(table.c.rev > given("since")))


_KEPT = _new_in(KeptWork, "author_id", "asked_id", "for_kind", "for_id")
_NOTICED = _new_in(Notice, "person_id")
_SIGHTED = _new_in(Sighting, "person_id", "author_id")
log = logging.getLogger("doorstep.news")


@dataclass(kw_only=True, eq=False)
class _Waiter:
    """One request that waits: for scopes, from a number of the log on."""

    scopes: frozenset[str]
    since: int
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """From any thread; a loop that has ended meanwhile has nobody left who waits."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.woken.set)


class Newsroom:
    """Who waits in this process, and the thread that looks for news while somebody does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._door = threading.Lock()
        self._waiting: set[_Waiter] = set()
        self._bell = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_over = False

    def look(self) -> None:
        """Something was committed here: look at once."""
        self._bell.set()

    async def wait(self, scopes: Iterable[str], since: int, seconds: float) -> bool:
        """Waits until something that is seen by these scopes has a number above `since`.

        False where nothing came in that time, or the server stops.

        Raises Problem 503 where too many wait already: they come again by themselves, with the next round.
        """
        waiter = _Waiter(scopes=frozenset(scopes), since=since, loop=asyncio.get_running_loop())
        with self._door:
            if len(self._waiting) >= MOST_WAITING or self._is_over:
                raise Problem(503, "too-many-waiting", retry_after=60)
            self._waiting.add(waiter)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="news", daemon=True)
                self._thread.start()
        self._bell.set()
        try:
            await asyncio.wait_for(waiter.woken.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            with self._door:
                self._waiting.discard(waiter)
        return not self._is_over

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        with self._door:
            return len(self._waiting)

    def close(self) -> None:
        """Lets everybody go, and ends the thread; may be called again."""
        with self._door:
            self._is_over = True
            waiting, thread = tuple(self._waiting), self._thread
        for waiter in waiting:
            waiter.wake()
        self._bell.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while True:
            self._bell.wait(LOOK_EVERY)
            self._bell.clear()
            with self._door:
                waiting = tuple(self._waiting)
                if self._is_over or not waiting:
                    self._thread = None
                    return
            try:
                self._tell(waiting)
            except StoreFault as fault:
                # it is looked again in half a second; who waits comes with a round of their own at the latest
                log.warning("no news: %s", fault.code)
            except OUR_MISTAKES as error:
                # must not end the news of this process for good
                log.error("no news: %s", type(error).__name__)

    def _tell(self, waiting: tuple[_Waiter, ...]) -> None:
        """Wakes who has news. Those who came since the last look are asked about from where they stand."""
        with self._database.reading() as conn:
            head = head_of(conn)[0]
            touched = {since: touched_since(conn, since) for since in {waiter.since for waiter in waiting} - {head}}
        for waiter in waiting:
            scopes = touched.get(waiter.since, frozenset())
            if EVERYBODY in scopes or scopes & waiter.scopes:
                waiter.wake()
            else:
                waiter.since = head


def touched_since(conn: Connection, since: int) -> frozenset[str]:
    """The scopes of which something has a number above `since`; EVERYBODY for what everybody holds, or too much.

    A cursor that this log does not reach, in either direction, has news: what they are, the round will tell.
    """
    lines = _NEWER.column(conn, since=since)
    if len(lines) == _LINES or since < number(conn, HORIZON) or not all(lines):
        return frozenset((EVERYBODY,))
    if not lines:
        return frozenset() if since <= head_of(conn)[0] else frozenset((EVERYBODY,))
    found = set(_TOUCHED.column(conn, ids=list(set(lines)), since=since))
    return frozenset(found | _named_since(conn, since))


def _named_since(conn: Connection, since: int) -> set[str]:
    """The scopes of those whom new kept work and notices name; the office sees all kept work."""
    found: set[str] = set()
    for author_id, asked_id, for_kind, for_id in _KEPT.rows(conn, since=since):
        named = scope.queue_scope if for_kind == OwnerKind.QUEUE else scope.user_scope
        found |= {ALL, scope.user_scope(author_id), scope.user_scope(asked_id), named(for_id)}
    found.update(map(scope.user_scope, _NOTICED.column(conn, since=since)))
    for pair in _SIGHTED.rows(conn, since=since):
        found.update(map(scope.user_scope, pair))
    return found
