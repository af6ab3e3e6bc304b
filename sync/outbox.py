"""Commands said here and not yet answered: how they get in, what waits, and how they are said again over new rows."""

import logging
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from casework.answers import Changes, Status
from casework.carry_out import carry_out
from casework.commands import AnyCommand, OpenCase, Said, SeeCase, SeeNotices
from casework.connection import Connection
from casework.ids import new_id
from casework.rows import all_of, fetch, find
from casework.rules.access import queues_of
from casework.rules.moment import Moment, Side
from casework.store_faults import OUR_MISTAKES, fault_of
from casework.values import Case, Person, Queue
from casework.wire import Ack, Stamp
from sync import state
from sync.shadow import ShadowBook

# What is left of a command in its receipt once its case was deleted for good.
ERASED = "{}"
IS_ANSWERED = "status NOT IN ('', 'held', 'later')"
_OPENING = str(OpenCase.__struct_config__.tag)
# The opening of a case whose rows are not here, with words about it that wait.
_CARRIES_WORDS = (
    "type = ? AND case_id NOT IN (SELECT case_id FROM held_case)"
    " AND case_id IN (SELECT case_id FROM outbox WHERE status IN ('', 'held', 'later'))"
)
# Of the way to where the code broke, so many places are told.
_STEPS_TOLD = 4
_READING = (str(SeeNotices.__struct_config__.tag), str(SeeCase.__struct_config__.tag))

log = logging.getLogger(__name__)


class Waiting(msgspec.Struct, frozen=True):
    """A command in the outbox; `status` is empty until the server has answered."""

    seq: int
    said: Said
    status: str = ""


def stamp(conn: Connection, command: AnyCommand, at: datetime) -> Said:
    """Puts a command in its envelope: a fresh id, what came before it, and the ownership that its author sees."""
    case = find(conn, Case, command.case_id)
    return Said(
        id=new_id(),
        at=at,
        say=command,
        prev="" if isinstance(command, SeeNotices | SeeCase) else previous(conn, command.case_id),
        under=case.owner_cmd if case else "",
        epoch=case.owner_epoch if case else 0,
    )


def previous(conn: Connection, case_id: str) -> str:
    """The id of this store's last command about a case that holds words, "" where there was none."""
    of_case = "case_id = ? AND type NOT IN (?, ?)"
    waiting = f"SELECT id FROM outbox WHERE {of_case} ORDER BY seq DESC LIMIT 1"
    # without a number: the server lost it, and it is not said again (sync/recovery.py)
    answered = f"SELECT id FROM receipt WHERE {of_case} AND rev > 0 ORDER BY rev DESC, id DESC LIMIT 1"
    values = (case_id, *_READING, case_id, *_READING)
    found = fetch(conn, f"SELECT coalesce(({waiting}), ({answered}), '') AS id", values)
    return str(found[0]["id"])


def add(conn: Connection, said: Said) -> int:
    """Puts a command at the end of the outbox; returns its running number, which was never given before."""
    kept = fetch(
        conn,
        "INSERT INTO outbox (id, case_id, type, body, said_at, status, rev)"
        " VALUES (?, ?, ?, ?, ?, '', 0) RETURNING seq",
        (
            said.id,
            said.say.case_id,
            str(said.say.__struct_config__.tag),
            msgspec.json.encode(said).decode(),
            said.at.isoformat(),
        ),
    )
    return int(kept[0]["seq"])


def last_number(conn: Connection) -> int:
    """The highest running number that was ever given here, 0 before the first."""
    return int(conn.exec_driver_sql("SELECT max(seq) FROM sqlite_sequence WHERE name = 'outbox'").scalar() or 0)


def number_above(conn: Connection, seq: int) -> None:
    """From now on running numbers are higher than `seq`: an old copy of a store must not give numbers again."""
    if last_number(conn) < seq:
        conn.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
        conn.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (seq,))


def waiting(conn: Connection, *, most: int = -1, after: int = 0) -> tuple[Waiting, ...]:
    """Unanswered commands in the order in which they were said, at most so many, after a running number.

    A command of a newer app's that this one cannot read is passed over: it stays where it is (FH4).
    """
    rows = conn.exec_driver_sql(
        "SELECT seq, body, status FROM outbox WHERE status IN ('', 'held', 'later') AND seq > ? ORDER BY seq LIMIT ?",
        (after, most),
    )
    return _readable(rows)


def everything(conn: Connection, *, after: int = 0) -> tuple[Waiting, ...]:
    """All that is in the outbox after a running number, answered or not, in order."""
    return _readable(conn.exec_driver_sql("SELECT seq, body, status FROM outbox WHERE seq > ? ORDER BY seq", (after,)))


def newest(conn: Connection) -> int:
    """The running number of the last command that waits for an answer, 0 where none does."""
    query = "SELECT coalesce(max(seq), 0) FROM outbox WHERE status IN ('', 'held', 'later')"
    return int(conn.exec_driver_sql(query).scalar_one())


def oldest(conn: Connection) -> int | None:
    """The running number of the first command in the outbox, answered or not; None where it is empty."""
    found = conn.exec_driver_sql("SELECT min(seq) FROM outbox").scalar()
    return None if found is None else int(found)


def knows(conn: Connection, command_id: str) -> bool:
    """Whether a command is in the outbox or has its receipt."""
    query = "SELECT 1 FROM outbox WHERE id = ? UNION ALL SELECT 1 FROM receipt WHERE id = ?"
    return conn.exec_driver_sql(query, (command_id, command_id)).first() is not None


def count(conn: Connection) -> int:
    """How many commands the server has not answered."""
    return int(conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE status IN ('', 'held', 'later')").scalar_one())


def count_words(conn: Connection) -> int:
    """How many of them hold something that a person wrote or decided: that they have read a line is no news to send."""
    waiting = "status IN ('', 'held', 'later') AND type NOT IN (?, ?)"
    return int(conn.exec_driver_sql(f"SELECT count(*) FROM outbox WHERE {waiting}", _READING).scalar_one())


def cases_with_words(conn: Connection) -> frozenset[str]:
    """Cases about which something that a person wrote or decided is still in the outbox."""
    found = conn.exec_driver_sql("SELECT DISTINCT case_id FROM outbox WHERE type NOT IN (?, ?)", _READING)
    return frozenset(str(row[0]) for row in found)


def busy_cases(conn: Connection) -> frozenset[str]:
    """Cases with something in the outbox."""
    return frozenset(str(row[0]) for row in conn.exec_driver_sql("SELECT DISTINCT case_id FROM outbox"))


def answered(conn: Connection, acks: tuple[Ack, ...], at: datetime) -> tuple[Ack, ...]:
    """Notes what became of commands; returns the acks that were new.

    A final one leaves a receipt. Its command stays, and stays on the author's screen, until the page that carries its
    outcome has been applied (I3). Acks for commands that are not ours are passed over.
    """
    new = []
    for ack in acks:
        row = conn.exec_driver_sql(
            "SELECT case_id, type, body, said_at, status FROM outbox WHERE id = ?", (ack.id,)
        ).first()
        if row is None or (row[4] and Status(row[4]).is_final):
            continue
        conn.exec_driver_sql("UPDATE outbox SET status = ?, rev = ? WHERE id = ?", (ack.st.value, ack.rev, ack.id))
        new.append(ack)
        if ack.st.is_final:
            state.saw(conn, (ack.rev, ack.chain))
            _leave_receipt(conn, ack, (str(row[0]), str(row[1]), str(row[2]), str(row[3])), at)
    return tuple(new)


def drop_up_to(conn: Connection, cursor: Stamp) -> frozenset[str]:
    """Takes out the answered commands whose outcome lies at or before the cursor; returns the cases they were about.

    A new case that went to somebody else, or was turned down, before its rows ever came stays until what was said about
    it since then is answered too: those words have nothing else to be shown on (I3).
    """
    dropped = conn.exec_driver_sql(
        f"DELETE FROM outbox WHERE {IS_ANSWERED} AND rev <= ? AND NOT ({_CARRIES_WORDS}) RETURNING case_id",
        (cursor[0], _OPENING),
    )
    return frozenset(str(row[0]) for row in dropped.all() if row[0])


def replay(conn: Connection, person_id: str) -> Changes:
    """Says everything in the outbox again over the rows as they are now (protocol 3); returns what it changed.

    Each at the time at which it was said, so that saying it again over the same rows shows the same (I12). One that
    our own code breaks over shows nothing; it waits and is sent like the others, and the status tells of it.
    """
    changes = Changes()
    pending = everything(conn)
    person = find(conn, Person, person_id)
    broken: dict[str, str] = {}
    if pending and person is not None:
        queue_ids = queues_of(person, all_of(conn, Queue))
        for one in pending:
            became = _say_again(conn, one.said, moment_of(one.said, person, queue_ids, Side.REPLAYING))
            if isinstance(became, Changes):
                changes |= became
            else:
                broken[one.said.id] = _where(became)
    _note_broken(conn, broken)
    return changes


def moment_of(said: Said, person: Person, queue_ids: frozenset[str], side: Side) -> Moment:
    """What the rules are told on a laptop."""
    return Moment(
        command_id=said.id,
        who=person,
        queue_ids=queue_ids,
        said_at=said.at,
        now=said.at,
        under=said.under,
        epoch=said.epoch,
        side=side,
    )


def utc_now() -> datetime:
    """The laptop's clock, to the millisecond; shown, never used to decide anything (FI17)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _readable(rows: Iterable[tuple[int, str, str]]) -> tuple[Waiting, ...]:
    found = []
    for seq, body, status in rows:
        with suppress(msgspec.ValidationError):
            found.append(Waiting(seq, msgspec.json.decode(body, type=Said), status))
    return tuple(found)


def _say_again(conn: Connection, said: Said, moment: Moment) -> Changes | Exception:
    """Lays one command over the rows; returns the mistake of ours over which it broke, and then has left nothing."""
    conn.exec_driver_sql("SAVEPOINT again")
    became: Changes | Exception
    try:
        became = carry_out(conn, said, moment, ShadowBook())[1]
    except OUR_MISTAKES as error:
        if fault_of(error, None) is not None:
            raise
        became = error
        conn.exec_driver_sql("ROLLBACK TO SAVEPOINT again")
    conn.exec_driver_sql("RELEASE SAVEPOINT again")
    return became


def _note_broken(conn: Connection, broken: dict[str, str]) -> None:
    """Remembers what cannot be shown and logs what is new: where it broke and no word of it (no case data in logs)."""
    before = state.get(conn, state.NOT_SHOWN, dict[str, str], {})
    for command_id, where in broken.items():
        if command_id not in before:
            log.error("command %s cannot be shown: %s", command_id, where)
    if broken != before:
        state.put(conn, state.NOT_SHOWN, broken)


def _where(error: Exception) -> str:
    """The kind of an error and the way to it through our code; its own text may quote a client."""
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    way = (f"{'/'.join(Path(name).parts[-2:])}:{line}" for name, line in steps[-_STEPS_TOLD:])
    return f"{type(error).__name__} at {', '.join(way)}"


def _leave_receipt(conn: Connection, ack: Ack, line: tuple[str, str, str, str], at: datetime) -> None:
    case_id, kind, body, said_at = line
    conn.exec_driver_sql(
        "INSERT INTO receipt (id, case_id, type, body, said_at, answered_at, status, code, facts, rev, chain)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            ack.id,
            case_id,
            kind,
            body,
            said_at,
            at.isoformat(),
            ack.st.value,
            ack.code,
            msgspec.json.encode(ack.facts).decode(),
            ack.rev,
            ack.chain,
        ),
    )
