"""Drives the machine with a real server, store and clock: one call, one round."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import random

import msgspec

from casework.answers import Changes
from casework.connection import Connection
from casework.ids import new_id
from casework.kinds import NAMES
from casework.store_faults import StoreFault
from casework.wire import Ack, Fill, Malformed, News, NewsReply, Page, Pull, Push, PushReply, Stamp
from sync import bulk, ending, left_behind, mending, outbox, paper_rows, recovery, row_check, state, status
from sync.apply import Applied, PageWork
from sync.carrying import carry_papers
from sync.central import Central, Deposit
from sync.comparison import Comparison
from sync.faults import (
    AccessEnded,
    OutOfDate,
    Rejected,
    ServerFault,
    Stopped,
    StoreTrouble,
    SyncFault,
    TooLarge,
    TooMuchGoes,
)
from sync.greeting import Greeting, limits
from sync.laptop import Laptop
from sync.machine import SyncMachine
from sync.papers import Paper
from sync.safeguards import Safeguards
from sync.snapshot_in import SnapshotIn
from sync.state import Filling
from sync.status import SyncState
from sync.steps import (
    Became,
    BecomeAnother,
    Called,
    Carried,
    Carry,
    CheckSums,
    CompareSome,
    Event,
    Failed,
    FetchedSome,
    FetchSome,
    Greet,
    HeldBack,
    NotTaken,
    Purge,
    Purged,
    PushedSome,
    PushSome,
    Recover,
    Recovered,
    Rest,
    Step,
)

MOST_BYTES = 900_000
# How long the server may keep a question for news waiting, in seconds.
NEWS_WAIT = 25


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a round did; `rest` is how many seconds to wait for the next.

    `again`: so many commands were found to be lost by a server that went back in time, and sent once more.
    """

    rest: float
    again: int = 0
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
    """Rounds of one laptop with one server; one thread at a time, `look`, `has_news` and `stop_early` from any."""

    def __init__(
        self,
        laptop: Laptop,
        central: Central,
        hooks: Hooks | None = None,
        *,
        pages: PageWork | None = None,
        safeguards: Safeguards | None = None,
    ) -> None:
        self.laptop = laptop
        self.central = central
        self.hooks = hooks or Hooks()
        self.machine = SyncMachine(random)
        self._pages = pages or PageWork(laptop.person_id)
        self._safeguards = safeguards or Safeguards()
        self._greeting = Greeting(laptop, lambda: self.central, self._safeguards)
        self._comparison = Comparison(
            laptop, lambda: self.central, pages=self._pages, safeguards=self._safeguards, tell=self._tell_applied
        )
        self._snapshot = SnapshotIn(laptop, lambda: self.central, lambda: not self._stop_early)
        self._stop_early = False
        self._fault: SyncFault | None = None
        self._next_try: datetime | None = None
        self._begin()

    def _begin(self) -> None:
        self._again = 0
        self._acks: list[Ack] = []
        self._changes: list[Changes] = []
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
            again=self._again,
            fault=self._fault,
            acks=tuple(self._acks),
            changes=Changes.of_all(self._changes),
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
                now=self.laptop.clock(),
                phase=self.machine.phase,
                fault=self._fault,
                next_try=self._next_try,
            )

    def has_news(self, wait: int = NEWS_WAIT) -> bool:
        """Waits up to so many seconds for something that a round would bring. Raises sync.faults and StoreFaults.

        What a round has brought while the server had the question is no news any more.
        """
        with self.laptop.database.reading() as conn:
            cursor = state.cursor(conn)
        is_news = self.central.ask(News(rid=new_id(), cur=cursor, wait=wait), NewsReply).is_news
        if not is_news or self._stop_early:
            return False
        with self.laptop.database.reading() as conn:
            return state.cursor(conn) == cursor

    def check_soon(self) -> None:
        """Has the next round compare sums and all rows, whatever came in since the last time. Raises StoreFaults."""
        self.laptop.write(lambda conn: row_check.ask(conn, self.laptop.clock()))

    def _tell(self) -> None:
        try:
            now = self.look()
        except StoreFault:
            # The disk is in trouble; what this round runs into next says so.
            return
        self.hooks.state(now)

    def _walk(self, step: Step) -> Event:
        try:
            return self._do(step)
        except TooMuchGoes as fault:
            return HeldBack(fault) if isinstance(step, FetchSome | CompareSome) else Failed(fault)
        except SyncFault as fault:
            return Failed(fault)
        except Malformed:
            return Failed(OutOfDate("an answer that this version does not understand"))
        except StoreFault as fault:
            return Failed(StoreTrouble(fault.code))

    def _do(self, step: Step) -> Event:
        match step:
            case Greet():
                return self._greeting.say()
            case BecomeAnother():
                self._greeting.become_another()
                return Became()
            case Recover():
                self._again += self._greeting.recover()
                return Recovered()
            case PushSome():
                return self._push(step)
            case CompareSome():
                return self._comparison.step(anew=step.anew)
            case FetchSome():
                return self._fetch(step.new_scopes)
            case CheckSums():
                return self._comparison.check()
            case Purge():
                return self._purge(is_lost=step.is_lost)
            case Carry():
                carry_papers(self.laptop, self.central, go_on=lambda: not self._stop_early)
                return Carried()
            case Rest():
                raise AssertionError("a rest is not walked")

    def _push(self, step: PushSome) -> PushedSome | NotTaken:
        with self.laptop.database.reading() as conn:
            allowed = limits(conn)
            most = max(1, min(step.most, allowed.push_commands))
            batch = _fitting(outbox.waiting(conn, most=most, after=step.after), min(MOST_BYTES, allowed.push_bytes))
            known = recovery.known(conn)
        if not batch:
            return PushedSome(tried=0, last=step.after)
        tried, last = len(batch), batch[-1].seq
        try:
            acks = self._hand_over(batch, known, to_deposit=step.to_deposit)
        except (TooLarge, Rejected) as fault:
            return NotTaken(fault=fault, tried=tried, last=last)

        def note(conn: Connection) -> tuple[Ack, ...]:
            now = self.laptop.clock()
            new = outbox.answered(conn, acks, now)
            left_behind.note(conn, acks, now)
            return new

        new = self.laptop.write(note)
        self._acks += new
        self.hooks.answered(new)
        return PushedSome(tried=tried, last=last)

    def _hand_over(self, batch: tuple[outbox.Waiting, ...], known: Stamp, *, to_deposit: bool) -> tuple[Ack, ...]:
        """What became of those commands; of a lost device's they are only put by."""
        saids = tuple(one.said for one in batch)
        if to_deposit:
            reply = self.central.ask(Deposit(rid=new_id(), cmds=saids), PushReply)
        else:
            reply = self.central.push(Push(rid=new_id(), known=known, cmds=saids))
        sent = {said.id for said in saids}
        acks = tuple(ack for ack in reply.acks if ack.id in sent)
        if not acks:
            raise ServerFault("the server answered nothing about what was sent")
        return acks

    def _purge(self, *, is_lost: bool) -> Purged:
        def purge(conn: Connection) -> tuple[tuple[Paper, ...], int, bool]:
            now = self.laptop.clock()
            gone = self._safeguards.purge(conn, self.laptop.person_id, is_lost=is_lost, now=now)
            oldest, begun = outbox.oldest(conn), mending.begun_anew(conn)
            keep_from = outbox.last_number(conn) + 1 if oldest is None else oldest
            return gone, keep_from, begun is None or (begun.is_whole and begun.was_whole)

        papers, keep_from, is_whole = self.laptop.write(purge)
        self.laptop.forget_papers(papers)
        self._snapshot.forget()
        recovery.forget_copies(self.laptop.folder)
        ending.forget_put_aside(self.laptop.folder, is_lost=is_lost, is_whole=is_whole)
        self.laptop.opened.sweep()
        self.laptop.journal.shorten(keep_from)
        self.hooks.changed(Changes(kinds=frozenset({"case_file"})))
        return Purged(AccessEnded("device-lost" if is_lost else "access-ended"))

    def _fetch(self, new_scopes: tuple[str, ...]) -> FetchedSome:
        now = self._snapshot.take(new_scopes)
        if now is not None:
            self._tell_applied(Applied(changes=Changes(kinds=frozenset(NAMES.values()))))
            with self.laptop.database.reading() as conn:
                return FetchedSome(more=True, now=now, held=state.held(conn), moved=True)
        with self.laptop.database.reading() as conn:
            filling = _filling(state.filling(conn), new_scopes)
            cursor, held, most = state.cursor(conn), state.held(conn), limits(conn).page_bytes
            known = recovery.known(conn)
        if filling is None:
            bulk.build_indexes(self.laptop)
        page = self.central.pull(
            Pull(
                rid=new_id(),
                known=known,
                cur=cursor,
                held=held,
                fill=Fill(scopes=filling.scopes, after=filling.after) if filling else None,
                max_bytes=most,
            )
        )
        return self._apply(page, filling)

    def _apply(self, page: Page, filling: Filling | None) -> FetchedSome:
        def apply(conn: Connection) -> tuple[Applied, FetchedSome]:
            before = _standing(conn)
            applied = self._pages.apply(conn, page, filling)
            held, still_filling = state.held(conn), state.filling(conn) is not None
            more = page.more or filling is not None or still_filling or not set(page.now).issubset(held)
            return applied, FetchedSome(more=more, now=page.now, held=held, moved=_standing(conn) != before)

        applied, fetched = self.laptop.write(apply, in_bulk=filling is not None)
        self._tell_applied(applied)
        return fetched

    def _tell_applied(self, applied: Applied) -> None:
        self._changes.append(applied.changes)
        self._gone += applied.gone
        self.laptop.forget_papers(applied.unneeded)
        if applied.changes:
            self.hooks.changed(applied.changes)

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


def _fitting(waiting: tuple[outbox.Waiting, ...], most_bytes: int) -> tuple[outbox.Waiting, ...]:
    """As many commands as fit into one request, at least one (FI5, FI6)."""
    batch: list[outbox.Waiting] = []
    size = 0
    for one in waiting:
        size += len(msgspec.json.encode(one.said))
        if batch and size > most_bytes:
            break
        batch.append(one)
    return tuple(batch)


def _filling(begun: Filling | None, new_scopes: tuple[str, ...]) -> Filling | None:
    """The back-fill to go on with: the one begun, as far as its scopes are still ours, else the new scopes' own."""
    if begun is not None and set(begun.scopes) & set(new_scopes):
        return begun
    return Filling(bulk.own_first(new_scopes), "") if new_scopes else None
