"""How a round begins: hello, and what is done first where this store is a copy or the server went back in time."""

import logging
from collections.abc import Callable
from contextlib import suppress

import msgspec

from casework.connection import Connection
from casework.ids import new_id
from casework.store_faults import StoreFault
from casework.wire import Fork, Hello, HelloReply, Limits, SignedIn, Stamp
from sync import bulk, outbox, paper_needs, paper_rows, recovery, state
from sync.central import Central
from sync.ending import note_time
from sync.faults import Diverged, Locked, OutOfDate
from sync.laptop import Laptop
from sync.paper_keys import Unsent
from sync.papers import Paper
from sync.safeguards import Safeguards
from sync.steps import Greeted

APP = "0.1.0"
_WORDS_OF_ACCESS = ("ok", "deposit", "wipe")

log = logging.getLogger(__name__)


class _Papers(msgspec.Struct, frozen=True, kw_only=True):
    """Documents whose files are to go, those that a backup has by now, and those that the server asks for again."""

    gone: tuple[Paper, ...] = ()
    backed: tuple[Paper, ...] = ()
    again: tuple[Unsent, ...] = ()


class Greeting:
    """The beginning of one laptop's rounds. Every method raises sync.faults and StoreFaults."""

    def __init__(self, laptop: Laptop, central: Callable[[], Central], safeguards: Safeguards) -> None:
        self._laptop = laptop
        self._central = central
        self._safeguards = safeguards

    def say(self) -> Greeted:
        """Says hello, and notes down what the server says of itself and of us."""
        hello, newest = self._laptop.write(lambda conn: (self._hello(conn), outbox.newest(conn)))
        reply = self._central().hello(hello)
        if hello.epoch and reply.epoch != hello.epoch:
            raise Diverged("the server's history is another one", {"epoch": reply.epoch})
        if reply.access not in _WORDS_OF_ACCESS:
            raise Locked(reply.access)

        def note(conn: Connection) -> tuple[_Papers, Greeted]:
            return self._note(conn, hello, reply), self._greeted(conn, reply, newest)

        papers, greeted = self._laptop.write(note)
        self._laptop.forget_papers(papers.gone)
        for paper in papers.backed:
            self._laptop.paper_keys.forget(paper)
        for one in papers.again:
            self._laptop.paper_keys.keep(one.paper, one.case_id)
        return greeted

    def become_another(self) -> None:
        """Goes on as a device of its own; commands keep their ids, so the server takes none of them twice (FE3)."""
        device, before = self._laptop.write(_new_device)
        signed_in = self._central().ask(
            Fork(rid=new_id(), device=self._laptop.device, renewal="", new_device=device), SignedIn
        )
        log.warning("this store is a copy: device %s goes on as %s", self._laptop.device, device)
        try:
            self._laptop.become(device, signed_in.renewal)
        except StoreFault:
            if self._laptop.device != device:
                # the store goes on under the old name, and a session under the new one would be let in no more
                self._central().resume(self._laptop.device, before, self._keep_renewal)
            raise

    def recover(self) -> int:
        """Finds where the server's history and ours part, and has what it lost waiting again; returns how much."""
        self._safeguards.copy_store(self._laptop)
        with self._laptop.database.reading() as conn:
            found = recovery.stamps(conn)
        shared = self._safeguards.last_shared(found, self._is_shared)
        at = self._laptop.clock()
        again = self._laptop.rewrite_outbox(
            lambda conn: self._safeguards.go_back(conn, shared, self._laptop.person_id, at)
        )
        log.warning("the server went back to number %d: %d commands are sent again", shared[0], again)
        return again

    def _keep_renewal(self, renewal: str) -> None:
        with suppress(StoreFault):
            self._laptop.write(lambda conn: state.put(conn, state.RENEWAL, renewal))

    def _is_shared(self, stamp: Stamp) -> bool:
        """Asks as the hello does, so that it needs no verb of its own; the answer's nonce counts for the next hello."""
        hello = self._laptop.write(self._hello)
        try:
            self._central().hello(msgspec.structs.replace(hello, rid=new_id(), known=stamp, epoch=""))
        except Diverged:
            return False
        return True

    def _hello(self, conn: Connection) -> Hello:
        before, nonce = self._safeguards.nonces(conn)
        note_time(conn, self._laptop.clock())
        return Hello(
            rid=new_id(),
            app=APP,
            device=self._laptop.device,
            prev_nonce=before,
            nonce=nonce,
            known=recovery.known(conn),
            epoch=state.get(conn, state.EPOCH, str, ""),
            told=state.get(conn, state.TOLD, int, 0),
            clock=self._laptop.clock(),
        )

    def _note(self, conn: Connection, hello: Hello, reply: HelloReply) -> _Papers:
        """Remembers what the server said; returns what it means for documents' files and keys."""
        now = self._laptop.clock()
        state.forget(conn, state.PENDING_NONCE)
        told: dict[str, object] = {
            state.NONCE: hello.nonce,
            state.EPOCH: reply.epoch,
            state.CLOCK_OFF: (now - reply.server_time).total_seconds(),
            state.LAST_HELLO: now,
            state.SEEN_AT: now,
            state.ACCESS: reply.access,
            state.LIMITS: reply.limits,
            state.LEASE_DAYS: reply.limits.lease_days,
        }
        if reply.access == "ok":
            told[state.TOLD] = reply.head[0]
        if reply.rescue_key:
            told[state.RESCUE_KEY] = reply.rescue_key
        state.put_all(conn, told)
        is_told = paper_rows.note_head(conn, reply.head[0])
        again = paper_rows.send_lost_again(conn, reply.lost_documents) if reply.lost_documents else ()
        if reply.backed_up_rev == state.get(conn, state.BACKED_UP, int, 0) and not is_told:
            return _Papers(again=again)
        state.put(conn, state.BACKED_UP, reply.backed_up_rev)
        # before the receipts, which tell what no backup had until now
        gone = paper_needs.forget_unneeded(conn)
        self._safeguards.thin_receipts(conn, reply.backed_up_rev, now)
        return _Papers(gone=gone, backed=paper_needs.backed_up(conn), again=again)

    def _greeted(self, conn: Connection, reply: HelloReply, newest: int) -> Greeted:
        held, is_comparing = state.held(conn), state.comparing(conn) is not None
        is_half = state.filling(conn) is not None or is_comparing or bulk.is_due(conn)
        is_quiet = outbox.oldest(conn) is None and not is_half
        no_pages = None if reply.pull in ("ok", "reconcile") else OutOfDate(reply.pull, {"min_app": reply.min_app})
        return Greeted(
            now=reply.now,
            held=held,
            newest=newest if reply.push == "ok" else 0,
            is_current=is_quiet and reply.head == state.cursor(conn) and set(reply.now) == set(held),
            must_compare=is_comparing or reply.pull == "reconcile",
            no_pages=no_pages,
            access=reply.access,
        )


def limits(conn: Connection) -> Limits:
    """How much one request may carry, as the server last said."""
    return state.get(conn, state.LIMITS, Limits, Limits())


def _new_device(conn: Connection) -> tuple[str, str]:
    """The id to become, on the disk before it is on the wire: asked twice, the server makes one device of it.

    And what this device renews its session by until then.
    """
    device = state.get(conn, state.NEW_DEVICE, str, "") or new_id()
    state.put(conn, state.NEW_DEVICE, device)
    return device, state.get(conn, state.RENEWAL, str, "")
