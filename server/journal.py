"""Takes commands in: each is carried out once, ends in one outcome that is kept, and moves the running number."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import DBAPIError

from casework.answers import Done, Late, Refused, Status
from casework.carry_out import carry_out, write_all
from casework.commands import OpenCase, Said
from casework.database import Database
from casework.ids import child_id, new_id
from casework.rows import RowDesk, all_of, find
from casework.rules.access import queues_of
from casework.rules.moment import Moment, Side
from casework.rules.settling import keep
from casework.store_faults import fault_of
from casework.values import Case, KeptKind, KeptWork, OwnerKind, Person, Queue, Record
from casework.wire import Ack, Stamp
from server import scope
from server.clock import Clock, as_text, utc_now
from server.facts import peek_number, use_number
from server.ledger import Ledger, StampBook
from server.problem import OUR_MISTAKES
from server.tables import outcome

# How many commands share a commit: enough to spare the disk, few enough that nobody waits long for their turn.
BATCH = 32

log = logging.getLogger("doorstep.journal")


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """Who says something, on which device, and by how many seconds that device's clock is ahead: by the session."""

    person_id: str
    device_id: str
    clock_off: int = 0


class Journal:
    """Every processed command, its outcome, and the rows that came of it (architecture.md 3, step 9)."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def push(self, speaker: Speaker, saids: Iterable[Said]) -> tuple[Ack, ...]:
        """One ack per command, in order; what an ack says is on the disk by then. Raises StoreFaults.

        When a fault comes half-way, what was acknowledged in an earlier batch is answered from its outcome next time.
        """
        acks: list[Ack] = []
        rest = iter(saids)
        while batch := list(islice(rest, BATCH)):
            with self._database.writing() as conn:
                take = _Intake(conn, speaker, self._clock)
                taken = [take.one(said) for said in batch]
            acks += taken
        return tuple(acks)

    def write_down(self, conn: Connection, records: Sequence[Record], *, case_id: str | None = None) -> Stamp:
        """Writes rows that come of no command (people, settings, a verified document), so that every pull sees them.

        Inside the caller's write transaction.
        """
        ledger = Ledger(conn)
        book = StampBook(ledger, new_id(), case_id)
        write_all(conn, records, book)
        _note_scopes(conn, book, self._clock)
        return ledger.head

    def end_what_is_over(self) -> None:
        """Ends the reach of those who were let into a case until a day that has passed."""
        with self._database.reading() as conn:
            if not scope.over_by(conn, self._clock()):
                return
        with self._database.writing() as conn:
            ledger = Ledger(conn)
            for case_id in scope.over_by(conn, self._clock()):
                rev, _ = ledger.take("", case_id)
                scope.note_scopes(conn, case_id, rev, self._clock())


class _Intake:
    """One batch of one speaker's commands, inside one write transaction."""

    def __init__(self, conn: Connection, speaker: Speaker, clock: Clock) -> None:
        self._conn = conn
        self._speaker = speaker
        self._clock = clock
        self._ledger = Ledger(conn)
        who = find(conn, Person, speaker.person_id)
        if who is None:
            raise ValueError("a session of nobody")
        self._who = who
        self._queue_ids = queues_of(who, all_of(conn, Queue))

    def one(self, said: Said) -> Ack:
        """What becomes of one command (protocol 9)."""
        known = self._conn.execute(select(outcome).where(outcome.c.cmd_id == said.id)).first()
        if known is not None:
            same = (known.body_hash, known.person_id) == (hash_of(said), self._who.id)
            return ack_of(known) if same else self._id_used_twice(said)
        if said.prev and not self._has_outcome(said.prev):
            return Ack(id=said.id, st=Status.HELD, code="waits-for-earlier", facts={"prev": said.prev})
        head = self._ledger.head
        try:
            with self._conn.begin_nested():
                return self._carry_out(said)
        except OUR_MISTAKES as error:
            if isinstance(error, DBAPIError) and fault_of(error.orig, None) is not None:
                # the disk or the database itself: the whole batch goes back, and the laptop keeps what it said
                raise
            self._ledger.head = head
            _log_fault(said, error)
            return self._keep_broken(said, said.id, code="server-could-not", status=Status.ERROR_KEPT)

    def _carry_out(self, said: Said) -> Ack:
        book = StampBook(self._ledger, said.id, said.say.case_id or None)
        book.touch(said.say.case_id or None)
        moment = self._moment(said)
        verdict, _ = carry_out(self._conn, said, moment, book)
        case = find(self._conn, Case, said.say.case_id)
        if isinstance(said.say, OpenCase) and case is not None and case.number == moment.number:
            use_number(self._conn, moment.now.year)
        if not isinstance(verdict, Done):
            write_all(self._conn, keep(RowDesk(self._conn), said, verdict, case, moment), book)
        _note_scopes(self._conn, book, self._clock)
        if isinstance(verdict, Late):
            return self._conclude(said, Status.CONFLICT_KEPT, verdict)
        if isinstance(verdict, Refused):
            return self._conclude(said, Status.REFUSED_KEPT, verdict)
        return self._conclude(said, Status.APPLIED, None)

    def _moment(self, said: Said) -> Moment:
        now = self._clock()
        is_new = isinstance(said.say, OpenCase)
        return Moment(
            command_id=said.id,
            who=self._who,
            queue_ids=self._queue_ids,
            said_at=said.at,
            now=now,
            under=said.under,
            epoch=said.epoch,
            side=Side.DECIDING,
            could_see=is_new or scope.could_see(self._conn, self._who, said.say.case_id),
            number=peek_number(self._conn, now.year) if is_new else "",
            clock_off=self._speaker.clock_off,
        )

    def _conclude(self, said: Said, status: Status, verdict: Late | Refused | None) -> Ack:
        rev, chain = self._ledger.head
        code, facts = (verdict.code, verdict.facts) if verdict else ("", {})
        ack = Ack(id=said.id, st=status, rev=rev, chain=chain, code=code, facts=facts)
        self._conn.execute(
            outcome.insert().values(
                cmd_id=ack.id,
                status=ack.st,
                code=ack.code,
                facts=msgspec.json.encode(ack.facts).decode(),
                rev=ack.rev,
                chain=ack.chain,
                person_id=self._who.id,
                device_id=self._speaker.device_id,
                body_hash=hash_of(said),
                at=as_text(self._clock()),
            )
        )
        return ack

    def _keep_broken(self, said: Said, kept_id: str, *, code: str, status: Status) -> Ack:
        """Keeps a command whole that could not be judged at all; nothing else of it is written."""
        kept = KeptWork(
            id=kept_id,
            case_id=said.say.case_id,
            kind=KeptKind.BROKEN,
            code=code,
            said=msgspec.json.encode(said).decode(),
            command=str(said.say.__struct_config__.tag),
            author_id=self._who.id,
            said_at=said.at,
            kept_at=self._clock(),
            for_kind=OwnerKind.PERSON,
            for_id=self._who.id,
        )
        write_all(self._conn, (kept,), StampBook(self._ledger, said.id, said.say.case_id))
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
        return self._keep_broken(said, kept_id, code="id-used-twice", status=Status.REFUSED_KEPT)

    def _has_outcome(self, cmd_id: str) -> bool:
        return self._conn.execute(select(outcome.c.cmd_id).where(outcome.c.cmd_id == cmd_id)).first() is not None


def hash_of(said: Said) -> str:
    """What tells two commands under one id apart; that one is offered again is no difference.

    What is blank counts as not said, so that the hash stays the same when a later release knows more fields.
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(said, again=False))
    body = msgspec.json.encode(_without_blanks(plain), order="deterministic")
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _without_blanks(plain: dict[str, Any]) -> dict[str, Any]:
    kept = {name: _without_blanks(value) if isinstance(value, dict) else value for name, value in plain.items()}
    return {name: value for name, value in kept.items() if value not in ("", 0, None, (), [], {})}


def ack_of(row: Row[Any]) -> Ack:
    """The ack that a stored outcome stands for."""
    facts = msgspec.json.decode(row.facts, type=dict[str, str])
    return Ack(id=row.cmd_id, st=Status(row.status), rev=row.rev, chain=row.chain, code=row.code, facts=facts)


def _note_scopes(conn: Connection, book: StampBook, clock: Clock) -> None:
    for case_id in book.touched_cases:
        scope.note_scopes(conn, case_id, book.revs[case_id], clock())


def _log_fault(said: Said, error: BaseException) -> None:
    """Says where it broke and nothing of what was said: an error's own text may quote a client."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("command %s could not be carried out: %s at %s", said.id, type(error).__name__, where)
