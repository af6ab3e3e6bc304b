"""Takes commands in: each is carried out once, ends in one outcome that is kept, and moves the running number."""

import logging
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import date
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection

from casework.answers import Done, Late, Refused, Status
from casework.carry_out import carry_out, write_all
from casework.commands import Command, EraseCase, OpenCase, Said, SettleKept
from casework.database import Database
from casework.ids import child_id, new_id
from casework.rows import RowDesk, find
from casework.rules.keeping import keep, keep_whole, said_in
from casework.rules.moment import Moment, Side
from casework.rules.standing_offers import run_out
from casework.values import Case, KeptKind, KeptWork, Offer, OwnershipEvent, Person, Record
from casework.wire import Ack, Stamp
from server import put_by, scope
from server.clock import Clock, as_text, utc_now
from server.erasing import deaths, erase, joined_into, names_of
from server.facts import peek_number, use_number
from server.ledger import Ledger, StampBook
from server.offers import offers_over
from server.outcomes import ack_of, forget_outcome, hash_of, outcomes_of, put_outcomes
from server.prepared import savepoint
from server.problem import OUR_MISTAKES, raise_faults
from server.restores import are_returning, is_to_come, note_sent_again
from server.sums import Tally

# How many commands share a commit: enough to spare the disk, few enough that nobody waits long for their turn.
BATCH = 32

log = logging.getLogger("doorstep.journal")


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """Who says something, on which device, and by how many seconds that device's clock is ahead: by the session.

    `handed_in_by` is who brought it in another's name, out of a rescue copy.
    """

    person_id: str
    device_id: str
    clock_off: int = 0
    handed_in_by: str = ""


# Asked in a transaction that changes something: whether who asks for it still may (Accounts.asker). Raises Problem.
Still = Callable[[Connection], object]


def as_before(conn: Connection) -> None:
    """For what comes by no door: the author of a rescue copy, the command line, the server's own upkeep."""


class Journal:
    """Every processed command, its outcome, and the rows that came of it (architecture.md 3, step 9)."""

    def __init__(
        self, database: Database, *, clock: Clock = utc_now, committed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        # told after each commit, so that who waits for news in this process need not wait for the next look
        self._committed = committed
        self._no_offer_is_over: date | None = None

    def push(self, speaker: Speaker, saids: Iterable[Said], *, still: Still = as_before) -> tuple[Ack, ...]:
        """One ack per command, in order; what an ack says is on the disk by then. Raises StoreFaults.

        When a fault comes half-way, or `still` says no, what was acknowledged in an earlier batch is answered from its
        outcome next time.
        """
        acks: list[Ack] = []
        rest = iter(saids)
        while batch := list(islice(rest, BATCH)):
            with self._database.writing() as conn:
                still(conn)
                taken = self._take(conn, speaker, batch)
            self._committed()
            acks += taken
        return tuple(acks)

    def _take(self, conn: Connection, speaker: Speaker, batch: Sequence[Said]) -> list[Ack]:
        """One ack for each. A savepoint for each would be a third of the ways to the database: they share one, and
        only where one of them breaks they are all said again, each in its own.
        """
        try:
            with savepoint(conn):
                return _Intake(conn, speaker, self._clock, batch).all()
        except OUR_MISTAKES as error:
            raise_faults(error)
        return _Intake(conn, speaker, self._clock, batch).all(is_careful=True)

    def deposit(self, speaker: Speaker, saids: Iterable[Said], *, still: Still = as_before) -> tuple[Ack, ...]:
        """Keeps commands of a device that was reported lost, whole, for a lead to look at; none is carried out.

        One ack per command, as for `push` (protocol 13).
        """
        with self._database.writing() as conn:
            still(conn)
            acks = _Intake(conn, speaker, self._clock, tuple(saids)).all(is_trusted=False)
        self._committed()
        return tuple(acks)

    def judge_anew(self, conn: Connection, speaker: Speaker, said: Said) -> Ack:
        """Judges a command that has its outcome as if it came now for the first time: it gets another one.

        Inside a write transaction. Raises what breaks over it, and all that was written is the caller's to take back.
        """
        forget_outcome(conn, said.id)
        # what it waited for has come; and it is its author's device that sends again, not the server
        fresh = msgspec.structs.replace(said, prev="", again=False)
        return _Intake(conn, speaker, self._clock, (fresh,)).all(may_wait=False)[0]

    def write_down(self, conn: Connection, records: Sequence[Record], *, case_id: str | None = None) -> Stamp:
        """Writes rows that come of no command (people, settings, a verified document), so that every pull sees them.

        Inside the caller's write transaction.
        """
        ledger, tally = Ledger(conn), Tally(conn)
        book = StampBook(ledger, new_id(), case_id)
        write_all(conn, records, book)
        tally.note_book(scope.Whereabouts(conn), book, self._clock())
        tally.put_down()
        ledger.put_down()
        return ledger.head

    def end_what_is_over(self, conn: Connection) -> None:
        """Ends the reach of those who were let into a case until a day that has passed, and offers that ran out.

        Inside a write transaction, anybody's: what breaks over one of these rows is logged, and stops nobody's round.
        Raises StoreFaults.
        """
        now = self._clock()
        # once a day, for offers run out by the day: a round that has nothing to do pays nothing for it
        today = now.date()
        if self._no_offer_is_over != today and not _end(conn, self._end_offers, offers_over(conn, today)):
            # not where some are ended now: that may be taken back with what else is in the transaction
            self._no_offer_is_over = today
        _end(conn, self._end_stays, scope.over_by(conn, now))

    def _end_stays(self, conn: Connection, case_ids: Iterable[str]) -> None:
        ledger, tally = Ledger(conn), Tally(conn)
        stamps = {case_id: ledger.take("", case_id) for case_id in case_ids}
        tally.note_scopes(scope.Whereabouts(conn), stamps, self._clock(), decided=stamps.keys())
        tally.put_down()
        ledger.put_down()

    def _end_offers(self, conn: Connection, offer_ids: Iterable[str]) -> None:
        for offer_id in offer_ids:
            offer = find(conn, Offer, offer_id)
            case = find(conn, Case, offer.case_id) if offer is not None else None
            if offer is not None and case is not None:
                self.write_down(conn, run_out(offer, case, self._clock()), case_id=case.id)


class _Intake:
    """One batch of one speaker's commands, inside one write transaction."""

    def __init__(self, conn: Connection, speaker: Speaker, clock: Clock, saids: Sequence[Said]) -> None:
        self._conn = conn
        self._saids = saids
        self._named = {name for said in saids for name in names_of(said.say)}
        self._dead = self._deaths()
        links = {name for said in saids for name in (said.id, said.prev, said.under) if name}
        self._outcomes = outcomes_of(conn, links)
        self._fresh: list[dict[str, Any]] = []
        self._speaker = speaker
        self._clock = clock
        self._ledger = Ledger(conn)
        self._tally = Tally(conn)
        who = find(conn, Person, speaker.person_id)
        if who is None:
            raise ValueError("a session of nobody")
        self._who = who
        self._reach = scope.Reach(conn, who)
        cases = {said.say.case_id for said in saids if said.say.case_id}
        self._reach.look_up(cases)
        self._tally.look_up(cases)
        self._where = scope.Whereabouts(conn)
        self._where.look_up(cases)
        self._may_wait = False

    def all(self, *, is_trusted: bool = True, is_careful: bool = False, may_wait: bool = True) -> list[Ack]:
        """What becomes of each command (protocol 9), on the disk with the transaction.

        Where the device is not trusted, they are kept and no more. Where one breaks, the mistake is raised; unless
        `is_careful`: then that one alone is taken back, and kept. After a restore some wait, if they may, for what
        others bring back.
        """
        began = self._clock()
        self._may_wait = may_wait and are_returning(self._conn, began)
        acks = [self._one(said, is_trusted=is_trusted, is_careful=is_careful) for said in self._saids]
        put_outcomes(self._conn, self._fresh)
        again = {said.id for said in self._saids if said.again} & {one["cmd_id"] for one in self._fresh}
        note_sent_again(self._conn, self._speaker.device_id, len(again), began)
        self._ledger.put_down()
        self._tally.put_down()
        return acks

    def _one(self, said: Said, *, is_trusted: bool, is_careful: bool) -> Ack:
        known = self._outcomes.get(said.id)
        if known is not None:
            same = (known["body_hash"], known["person_id"]) == (hash_of(said), self._who.id)
            return ack_of(known) if same else self._id_used_twice(said)
        if not is_trusted:
            return self._keep_whole(said, Status.REFUSED_KEPT, code="from-lost-device")
        if not self._dead.isdisjoint(names_of(said.say)):
            return self._keep_whole(said, Status.DELETED_KEPT, code="case-deleted")
        if said.prev and said.prev not in self._outcomes:
            return Ack(id=said.id, st=Status.HELD, code="waits-for-earlier", facts={"prev": said.prev})
        if self._may_wait and self._is_unknown(said.under):
            return Ack(id=said.id, st=Status.HELD, code="waits-for-others", facts={"under": said.under})
        return self._guarded(said) if is_careful else self._carry_out(said)

    def _is_unknown(self, under: str) -> bool:
        """Whether it is an ownership that is not here, nor was turned down here."""
        return bool(under) and under not in self._outcomes and find(self._conn, OwnershipEvent, under) is None

    def _guarded(self, said: Said) -> Ack:
        head, noted = self._ledger.head, self._tally.length
        try:
            with savepoint(self._conn):
                return self._carry_out(said)
        except OUR_MISTAKES as error:
            raise_faults(error)
            self._ledger.back_to(head)
            self._tally.back_to(noted)
            self._where.forget()
            self._take_back(said.id)
            self._dead = self._deaths()
            _log_fault(said, error)
            return self._keep_whole(said, Status.ERROR_KEPT, code="server-could-not", kind=KeptKind.BROKEN)

    def _carry_out(self, said: Said) -> Ack:
        meant = self._meant(said.say)
        if meant is not said.say and deaths(self._conn, names_of(meant)):
            return self._keep_whole(said, Status.DELETED_KEPT, code="case-deleted")
        head = self._ledger.head
        book = StampBook(self._ledger, said.id, said.say.case_id or None)
        book.touch(said.say.case_id or None)
        moment = self._moment(said, meant)
        verdict, _ = carry_out(self._conn, said, moment, book)
        if self._may_wait and said.again and is_to_come(self._conn, said.say, verdict):
            self._ledger.back_to(head)
            return Ack(id=said.id, st=Status.HELD, code="waits-for-others")
        # most commands are done, and about a case that need not be looked at again
        is_plain = isinstance(verdict, Done) and not moment.number
        case = None if is_plain else find(self._conn, Case, said.say.case_id)
        if moment.number and case is not None and case.number == moment.number:
            use_number(self._conn, moment.now.year)
        if not isinstance(verdict, Done):
            if case is not None and case.joined_to:
                # it is kept about the case that stays, and that is the one to be seen
                until = self._reach.let_in_until(case.joined_to, moment.now)
                moment = msgspec.structs.replace(moment, let_in_until=until)
            write_all(self._conn, keep(RowDesk(self._conn), said, verdict, case, moment), book)
        elif isinstance(said.say, EraseCase):
            # what was joined to it is about the same client, and laptops may still have rows of it under its own id
            for case_id in (*joined_into(self._conn, said.say.case_id), said.say.case_id):
                erase(self._conn, case_id, book.touch(case_id))
                book.decided.add(case_id)
                self._blank_outcomes(case_id)
            self._dead = self._deaths()
        elif isinstance(said.say, SettleKept):
            write_all(self._conn, put_by.stored_now(self._conn, said.say.case_id), book)
        self._tally.note_book(self._where, book, moment.now)
        if isinstance(verdict, Late):
            return self._conclude(said, Status.CONFLICT_KEPT, verdict)
        if isinstance(verdict, Refused):
            return self._conclude(said, Status.REFUSED_KEPT, verdict)
        if said.missed:
            log.warning("command %s went on without %s, which its device has lost", said.id, said.missed)
            return self._conclude(said, Status.APPLIED_CHANGED, None)
        return self._conclude(said, Status.APPLIED, None)

    def _moment(self, said: Said, meant: Command) -> Moment:
        now = self._clock()
        could_see = self._reach.could_see(said)
        return Moment(
            command_id=said.id,
            who=self._who,
            queue_ids=self._reach.queue_ids,
            said_at=said.at,
            now=now,
            under=said.under,
            epoch=said.epoch,
            side=Side.DECIDING,
            could_see=could_see,
            could_see_named=self._reach.could_see_named(meant),
            let_in_until=self._reach.let_in_until(said.say.case_id, now) if could_see else now,
            number=peek_number(self._conn, now.year) if isinstance(meant, OpenCase) else "",
            clock_off=self._speaker.clock_off,
            handed_in_by=self._speaker.handed_in_by,
        )

    def _meant(self, say: Command) -> Command:
        """What this would carry out: what was kept before where it is to be used now, else what it says itself."""
        kept = find(self._conn, KeptWork, say.kept_id) if isinstance(say, SettleKept) and say.how == "use" else None
        said = said_in(kept) if kept is not None else None
        return said.say if said is not None else say

    def _conclude(self, said: Said, status: Status, verdict: Late | Refused | None) -> Ack:
        rev, chain = self._ledger.head
        code, facts = (verdict.code, verdict.facts) if verdict else ("", {})
        ack = Ack(id=said.id, st=status, rev=rev, chain=chain, code=code, facts=facts)
        self._fresh.append(
            {
                "cmd_id": ack.id,
                "status": ack.st,
                "code": ack.code,
                "facts": msgspec.json.encode(ack.facts).decode(),
                "rev": ack.rev,
                "chain": ack.chain,
                "person_id": self._who.id,
                "device_id": self._speaker.device_id,
                "body_hash": hash_of(said),
                "at": as_text(self._clock()),
            }
        )
        self._outcomes[ack.id] = self._fresh[-1]
        return ack

    def _blank_outcomes(self, case_id: str) -> None:
        """What `erase` does to outcomes, to those of this batch, which are not written yet."""
        about = {said.id for said in self._saids if said.say.case_id == case_id}
        for row in self._fresh:
            if row["cmd_id"] in about:
                row["facts"] = "{}"

    def _deaths(self) -> Set[str]:
        """What of all that the batch names was deleted for good."""
        return deaths(self._conn, self._named).keys()

    def _take_back(self, cmd_id: str) -> None:
        """An outcome that a savepoint has taken back."""
        if self._outcomes.pop(cmd_id, None) is not None:
            self._fresh.pop()

    def _keep_whole(
        self, said: Said, status: Status, *, code: str, kind: KeptKind = KeptKind.REFUSED, kept_id: str = ""
    ) -> Ack:
        """Keeps a command whole that is not, or could not be, judged; nothing else of it is written."""
        kept_id = kept_id or said.id
        desk, now = RowDesk(self._conn), self._clock()
        kept = keep_whole(desk, said, self._who, now, code=code, kind=kind, kept_id=kept_id)
        book = StampBook(self._ledger, said.id, said.say.case_id)
        write_all(self._conn, kept, book)
        # the case itself is left alone: reading it may be what broke
        for case_id in book.touched_cases:
            active = self._where.of(case_id)
            self._tally.note(case_id, book.stamps[case_id], active, active)
        if kept_id == said.id:
            return self._conclude(said, status, Refused(code))
        rev, chain = self._ledger.head
        return Ack(id=said.id, st=status, rev=rev, chain=chain, code=code)

    def _id_used_twice(self, said: Said) -> Ack:
        """Another command under an id that has its outcome: never run, yet nobody's words are thrown away (T6)."""
        log.warning("command %s came again with another body or from another person", said.id)
        kept_id = child_id(said.id, f"again/{self._who.id}/{hash_of(said)}")
        if find(self._conn, KeptWork, kept_id) is not None:
            rev, chain = self._ledger.head
            return Ack(id=said.id, st=Status.REFUSED_KEPT, rev=rev, chain=chain, code="id-used-twice")
        return self._keep_whole(said, Status.REFUSED_KEPT, code="id-used-twice", kind=KeptKind.BROKEN, kept_id=kept_id)


def _end(conn: Connection, end: Callable[[Connection, Sequence[str]], None], ids: Sequence[str]) -> bool:
    """Ends all of them in one savepoint; where one breaks, each in its own: that one is logged, and stays as it is.

    Whether any of them is ended.
    """
    if not ids:
        return False
    try:
        with savepoint(conn):
            end(conn, ids)
    except OUR_MISTAKES as error:
        raise_faults(error)
        if len(ids) == 1:
            log.error("%s in %s of %s", type(error).__name__, end.__name__, ids[0])
            return False
        return any([_end(conn, end, (one,)) for one in ids])
    return True


def _log_fault(said: Said, error: BaseException) -> None:
    """Says where it broke and nothing of what was said: an error's own text may quote a client."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("command %s could not be carried out: %s at %s", said.id, type(error).__name__, where)
