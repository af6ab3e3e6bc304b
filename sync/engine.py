"""Drives the machine with a real server, store and clock: one call, one round."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import random

import msgspec

from casework.answers import Changes
from casework.connection import Connection
from casework.ids import new_id
from casework.store_faults import StoreFault
from casework.wire import START, Ack, Fill, Hello, Malformed, Page, Pull, Push, Stamp
from sync import outbox, paper_rows, state, status
from sync.apply import Applied, PageWork
from sync.carrying import carry_papers
from sync.central import Central
from sync.faults import (
    Diverged,
    OutOfDate,
    Rejected,
    ServerFault,
    Stopped,
    StoreTrouble,
    SyncFault,
    TooLarge,
)
from sync.laptop import Laptop
from sync.machine import (
    Called,
    Carried,
    Carry,
    Event,
    Failed,
    FetchedSome,
    FetchSome,
    Greet,
    Greeted,
    NotTaken,
    PushedSome,
    PushSome,
    Rest,
    SyncMachine,
)
from sync.state import Filling
from sync.status import SyncState

APP = "0.1.0"
MOST_BYTES = 900_000


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a round did; `rest` is how many seconds to wait for the next."""

    rest: float
    fault: SyncFault | None = None
    acks: tuple[Ack, ...] = ()
    changes: Changes = Changes()
    gone: tuple[str, ...] = ()

    @property
    def reached_the_end(self) -> bool:
        """Whether the round went all the way."""
        return self.fault is None


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the engine tells what, on the thread that it runs on."""

    changed: Callable[[Changes], None] = lambda changes: None
    answered: Callable[[tuple[Ack, ...]], None] = lambda acks: None
    state: Callable[[SyncState], None] = lambda now: None


class Engine:
    """Rounds of one laptop with one server; one thread at a time, `look` and `stop_early` from any."""

    def __init__(
        self, laptop: Laptop, central: Central, hooks: Hooks | None = None, *, pages: PageWork | None = None
    ) -> None:
        self.laptop = laptop
        self.central = central
        self.hooks = hooks or Hooks()
        self.machine = SyncMachine(random)
        self._pages = pages or PageWork(laptop.person_id)
        self._stop_early = False
        self._fault: SyncFault | None = None
        self._next_try: datetime | None = None
        self._begin()

    def _begin(self) -> None:
        self._acks: list[Ack] = []
        self._changes = Changes()
        self._gone: list[str] = []

    def sync_once(self) -> SyncReport:
        """One whole round. Faults of the world end it early and come back in the report; nothing is lost by them."""
        self._begin()
        step = self.machine.step(Called())
        while not isinstance(step, Rest):
            self._tell()
            step = self.machine.step(Failed(Stopped("the app is closing")) if self._stop_early else self._walk(step))
        self._fault, self._next_try = step.fault, self.laptop.clock() + timedelta(seconds=step.seconds)
        if step.fault is None:
            self._note_in_sync()
        self._tell()
        return SyncReport(
            rest=step.seconds,
            fault=self._fault,
            acks=tuple(self._acks),
            changes=self._changes,
            gone=tuple(self._gone),
        )

    def stop_early(self) -> None:
        """Ends the round under way before its next step, from any thread: the app is closing."""
        self._stop_early = True

    def start_afresh(self) -> None:
        """Forgets where in a round it stood, after a bug broke one off; what is on the disk says where to go on."""
        self.machine = SyncMachine(random)

    def look(self) -> SyncState:
        """Where the sync stands now; while a round is under way, the last one's trouble still stands."""
        with self.laptop.database.reading() as conn:
            return status.look(
                conn,
                self.laptop.person_id,
                phase=self.machine.phase,
                fault=self._fault,
                next_try=self._next_try,
            )

    def _tell(self) -> None:
        try:
            now = self.look()
        except StoreFault:
            # The disk is in trouble; what this round runs into next says so.
            return
        self.hooks.state(now)

    def _walk(self, step: Greet | PushSome | FetchSome | Carry) -> Event:
        try:
            if isinstance(step, Greet):
                return self._greet()
            if isinstance(step, PushSome):
                return self._push(step)
            if isinstance(step, FetchSome):
                return self._fetch(step.new_scopes)
            carry_papers(self.laptop, self.central, go_on=lambda: not self._stop_early)
            return Carried()
        except SyncFault as fault:
            return Failed(fault)
        except StoreFault as fault:
            return Failed(StoreTrouble(fault.code))

    def _greet(self) -> Greeted:
        """Says hello with a nonce that is on the disk before it is on the wire (protocol 8)."""
        hello = self.laptop.write(self._hello)
        with self.laptop.database.reading() as conn:
            epoch, newest = state.get(conn, state.EPOCH, str, ""), outbox.newest(conn)
            cursor, filling, held = _standing(conn)
            is_quiet = outbox.oldest(conn) is None and filling is None
        try:
            reply = self.central.hello(hello)
        except OutOfDate as fault:
            return Greeted(now=(), held=held, newest=newest, no_pages=fault)
        if epoch and reply.epoch != epoch:
            raise Diverged("the server's history is another one")

        def remember(conn: Connection) -> None:
            state.put(conn, state.EPOCH, reply.epoch)
            state.put(conn, state.CLOCK_OFF, (self.laptop.clock() - reply.server_time).total_seconds())

        self.laptop.write(remember)
        is_current = is_quiet and reply.head == cursor and set(reply.now) == set(held)
        return Greeted(now=reply.now, held=held, newest=newest, is_current=is_current)

    def _hello(self, conn: Connection) -> Hello:
        nonce = new_id()
        before = state.get(conn, state.NONCE, str, "")
        state.put(conn, state.NONCE, nonce)
        return Hello(
            rid=new_id(),
            app=APP,
            device=self.laptop.device,
            prev_nonce=before,
            nonce=nonce,
            known=state.get(conn, state.KNOWN, tuple[int, str], START),
            clock=self.laptop.clock(),
        )

    def _push(self, step: PushSome) -> PushedSome | NotTaken:
        with self.laptop.database.reading() as conn:
            batch = _fitting(outbox.waiting(conn, most=step.most, after=step.after))
        if not batch:
            return PushedSome(tried=0, last=step.after)
        tried, last = len(batch), batch[-1].seq
        try:
            reply = self.central.push(Push(rid=new_id(), cmds=tuple(one.said for one in batch)))
        except (TooLarge, Rejected) as fault:
            return NotTaken(fault=fault, tried=tried, last=last)
        sent = {one.said.id for one in batch}
        acks = tuple(ack for ack in reply.acks if ack.id in sent)
        if not acks:
            raise ServerFault("the server answered nothing about what was sent")
        new = self.laptop.write(lambda conn: outbox.answered(conn, acks, self.laptop.clock()))
        self._acks += new
        self.hooks.answered(new)
        return PushedSome(tried=tried, last=last)

    def _fetch(self, new_scopes: tuple[str, ...]) -> FetchedSome:
        with self.laptop.database.reading() as conn:
            filling = _filling(state.filling(conn), new_scopes)
            cursor, held = state.cursor(conn), state.held(conn)
        page = self.central.pull(
            Pull(
                rid=new_id(),
                cur=cursor,
                held=held,
                fill=Fill(scopes=filling.scopes, after=filling.after) if filling else None,
            )
        )
        try:
            return self._apply(page, filling)
        except Malformed as error:
            raise OutOfDate("a page that this version does not understand") from error

    def _apply(self, page: Page, filling: Filling | None) -> FetchedSome:
        def apply(conn: Connection) -> tuple[Applied, FetchedSome]:
            before = _standing(conn)
            applied = self._pages.apply(conn, page, filling)
            held, still_filling = state.held(conn), state.filling(conn) is not None
            more = page.more or filling is not None or still_filling or not set(page.now).issubset(held)
            return applied, FetchedSome(more=more, now=page.now, held=held, moved=_standing(conn) != before)

        applied, fetched = self.laptop.write(apply)
        self._changes |= applied.changes
        self._gone += applied.gone
        for paper in applied.unneeded:
            self.laptop.papers.forget(paper)
        if applied.changes:
            self.hooks.changed(applied.changes)
        return fetched

    def _note_in_sync(self) -> None:
        """Remembers when all was here and all was sent; what has been answered may go from the journal."""

        def note(conn: Connection) -> int:
            oldest = outbox.oldest(conn)
            if oldest is None and not paper_rows.unsent(conn)[0] and not paper_rows.stuck(conn):
                state.put(conn, state.LAST_IN_SYNC, self.laptop.clock())
            return outbox.last_number(conn) + 1 if oldest is None else oldest

        try:
            self.laptop.journal.shorten(self.laptop.write(note))
        except StoreFault as fault:
            self._fault = StoreTrouble(fault.code)


def _standing(conn: Connection) -> tuple[Stamp, Filling | None, tuple[str, ...]]:
    return state.cursor(conn), state.filling(conn), state.held(conn)


def _fitting(waiting: tuple[outbox.Waiting, ...]) -> tuple[outbox.Waiting, ...]:
    """As many commands as fit into one request, at least one (FI5, FI6)."""
    batch: list[outbox.Waiting] = []
    size = 0
    for one in waiting:
        size += len(msgspec.json.encode(one.said))
        if batch and size > MOST_BYTES:
            break
        batch.append(one)
    return tuple(batch)


def _filling(begun: Filling | None, new_scopes: tuple[str, ...]) -> Filling | None:
    """The back-fill to go on with: the one begun, as far as its scopes are still ours, else the new scopes' own."""
    if begun is not None and set(begun.scopes) & set(new_scopes):
        return begun
    return Filling(new_scopes, "") if new_scopes else None
