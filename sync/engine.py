"""Drives the machine with a real server, store and clock: one call, one round."""

from collections.abc import Callable
from random import random

import msgspec

from casework.answers import Changes
from casework.commands import Said
from casework.ids import new_id
from casework.wire import Ack, Fill, Hello, Page, Pull, Push
from sync import outbox, state, status
from sync.apply import apply_page
from sync.carrying import carry_papers
from sync.central import Central
from sync.faults import Diverged, ServerFault, Stopped, SyncFault
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
    PushedSome,
    PushSome,
    Rest,
    Step,
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
    """Rounds of one laptop with one server; one thread at a time."""

    def __init__(self, laptop: Laptop, central: Central, hooks: Hooks | None = None) -> None:
        self.laptop = laptop
        self.central = central
        self.hooks = hooks or Hooks()
        self.machine = SyncMachine(random)
        self._stop_early = False
        self._acks: list[Ack] = []
        self._changes = Changes()
        self._gone: list[str] = []

    def sync_once(self) -> SyncReport:
        """One whole round. Faults of the world end it early and come back in the report; nothing is lost by them."""
        self._acks, self._changes, self._gone = [], Changes(), []
        step = self.machine.step(Called())
        while not isinstance(step, Rest):
            if self._stop_early:
                step = self.machine.step(Failed(Stopped("the app is closing")))
                break
            self.hooks.state(self.look())
            step = self.machine.step(self._walk(step))
        assert isinstance(step, Rest)
        if step.fault is None:
            self._note_in_sync()
        self.hooks.state(self.look(step.fault))
        return SyncReport(
            rest=step.seconds,
            fault=step.fault,
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

    def look(self, fault: SyncFault | None = None) -> SyncState:
        """Where the sync stands now."""
        with self.laptop.database.reading() as conn:
            return status.look(conn, self.laptop.person_id, phase=self.machine.phase, fault=fault)

    def _walk(self, step: Step) -> Event:
        try:
            if isinstance(step, Greet):
                return self._greet()
            if isinstance(step, PushSome):
                return self._push(step.most)
            if isinstance(step, FetchSome):
                return self._fetch(step.new_scopes)
            assert isinstance(step, Carry)
            carry_papers(self.laptop, self.central)
            return Carried()
        except SyncFault as fault:
            return Failed(fault)

    def _greet(self) -> Greeted:
        """Says hello with a nonce that is on the disk before it is on the wire (protocol 8)."""
        nonce = new_id()
        with self.laptop.database.writing() as conn:
            before = state.get(conn, state.NONCE, str, "")
            state.put(conn, state.NONCE, nonce)
            known = state.get(conn, state.KNOWN, tuple[int, str], (0, ""))
            epoch = state.get(conn, state.EPOCH, str, "")
            held, waiting = state.held(conn), outbox.count(conn)
        reply = self.central.hello(
            Hello(
                rid=new_id(),
                app=APP,
                device=self.laptop.device,
                prev_nonce=before,
                nonce=nonce,
                known=known,
                clock=self.laptop.clock(),
            )
        )
        if epoch and reply.epoch != epoch:
            raise Diverged("the server's history is another one")
        with self.laptop.database.writing() as conn:
            state.put(conn, state.EPOCH, reply.epoch)
            state.put(conn, state.CLOCK_OFF, (self.laptop.clock() - reply.server_time).total_seconds())
        return Greeted(now=reply.now, held=held, waiting=waiting)

    def _push(self, most: int) -> PushedSome:
        with self.laptop.database.reading() as conn:
            batch = _fitting(outbox.waiting(conn, most=most))
        reply = self.central.push(Push(rid=new_id(), cmds=batch))
        sent = {said.id for said in batch}
        acks = tuple(ack for ack in reply.acks if ack.id in sent)
        if batch and not acks:
            raise ServerFault("the server answered nothing about what was sent")
        with self.laptop.database.writing() as conn:
            new = outbox.answered(conn, acks, self.laptop.clock())
            left = outbox.count(conn)
        settled = sum(ack.st.is_final for ack in new)
        self._acks += new
        self.hooks.answered(new)
        return PushedSome(settled=settled, left=left)

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
        return self._apply(page, filling)

    def _apply(self, page: Page, filling: Filling | None) -> FetchedSome:
        with self.laptop.database.writing() as conn:
            applied = apply_page(conn, page, self.laptop.person_id, filling=filling)
            held, still_filling = state.held(conn), state.filling(conn) is not None
        self._changes |= applied.changes
        self._gone += applied.gone
        if applied.changes:
            self.hooks.changed(applied.changes)
        more = page.more or filling is not None or still_filling or set(page.now) - set(held) != set()
        return FetchedSome(more=more, now=page.now, held=held)

    def _note_in_sync(self) -> None:
        with self.laptop.database.writing() as conn:
            if not outbox.count(conn):
                state.put(conn, state.LAST_IN_SYNC, self.laptop.clock())
                last = conn.exec_driver_sql("SELECT max(seq) FROM outbox").scalar()
                if last is None:
                    self.laptop.journal.trim(self.laptop.journal.last_seq + 1)


def _fitting(waiting: tuple[outbox.Waiting, ...]) -> tuple[Said, ...]:
    """As many commands as fit into one request, at least one (FI5, FI6)."""
    batch: list[Said] = []
    size = 0
    for one in waiting:
        size += len(msgspec.json.encode(one.said))
        if batch and size > MOST_BYTES:
            break
        batch.append(one.said)
    return tuple(batch)


def _filling(begun: Filling | None, new_scopes: tuple[str, ...]) -> Filling | None:
    """The back-fill to go on with: the one begun, as far as its scopes are still ours, else the new scopes' own."""
    if begun is not None and set(begun.scopes) & set(new_scopes):
        return begun
    return Filling(new_scopes, "") if new_scopes else None
