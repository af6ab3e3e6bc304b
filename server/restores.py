"""What came of it that the server went back in time: how much was sent again, and what of that waits (protocol 8)."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, func, select

from casework.answers import Refused, Verdict
from casework.commands import Command, SettleKept
from casework.rows import find
from casework.tables import TABLES
from casework.values import KeptState, KeptWork, Person
from server.clock import as_text
from server.facts import RESTORED_AT, RESTORED_TO, RETURNING_SINCE, SENT_AGAIN, fact, facts, number, set_fact
from server.outcomes import outcomes_of
from server.tables import meta, outcome

# For so long words wait for what somebody else said, on which they rest: their laptop may still bring it (OC24).
OTHERS_RETURN_WITHIN = timedelta(days=5)
# What the rules say where something is not here, or not theirs to see, that somebody else's words make or let them see.
_MADE_BY_OTHERS = frozenset({"not-in-reach", "task-gone", "offer-gone", "assignment-gone", "form-gone"})
_NAMES_SOMEBODY = frozenset({"owner-inactive", "assignee-inactive"})
_KEPT = TABLES[KeptWork]


class Restore(msgspec.Struct, frozen=True, kw_only=True):
    """The last restore: when it was told or noticed, and to what time, None where nobody told of it.

    `changes` from `devices` have been carried out once more since; `waiting` of them wait for a decision.
    """

    at: datetime
    to: datetime | None
    changes: int
    devices: int
    waiting: int


def begin_restore(conn: Connection, now: datetime) -> None:
    """The database was put back just now: what is sent again is counted from here on. Inside a write transaction."""
    conn.execute(delete(meta).where(meta.c.key.startswith(SENT_AGAIN, autoescape=True)))
    set_fact(conn, RESTORED_AT, as_text(now))
    set_fact(conn, RETURNING_SINCE, as_text(now))
    set_fact(conn, RESTORED_TO, conn.execute(select(func.max(outcome.c.at))).scalar() or "")


def note_unannounced(conn: Connection, now: datetime) -> None:
    """A store of this very history is ahead of it: the server was put back, and nobody said so.

    Inside a write transaction. An earlier restore may be known of, for which nobody has to be waited for any more.
    """
    if not are_returning(conn, now):
        set_fact(conn, RETURNING_SINCE, as_text(now))


def are_returning(conn: Connection, now: datetime) -> bool:
    """Whether the server went back in time so lately that laptops may still bring what it lost."""
    since = fact(conn, RETURNING_SINCE)
    return bool(since) and now - datetime.fromisoformat(since) < OTHERS_RETURN_WITHIN


def is_to_come(conn: Connection, command: Command, verdict: Verdict) -> bool:
    """Whether it is only refused for want of what may still come: with a laptop, or a person who is added anew."""
    if not isinstance(verdict, Refused):
        return False
    if verdict.code in _NAMES_SOMEBODY:
        return find(conn, Person, verdict.facts["person"]) is None
    if verdict.code == "decision-gone":
        # kept work has the id of its command: what has taken effect this time never comes as such
        return isinstance(command, SettleKept) and not outcomes_of(conn, (command.kept_id,))
    return verdict.code in _MADE_BY_OTHERS


def note_sent_again(conn: Connection, device_id: str, changes: int, now: datetime) -> None:
    """So many commands that a device was told are here were not, and came again. Inside a write transaction.

    Where nobody has told of a restore, that is how it is noticed.
    """
    if not changes:
        return
    if not fact(conn, RESTORED_AT):
        set_fact(conn, RESTORED_AT, as_text(now))
    key = f"{SENT_AGAIN}{device_id}"
    set_fact(conn, key, str(number(conn, key) + changes))


def last_restore(conn: Connection) -> Restore | None:
    """What came of the last restore so far; None where there never was one."""
    told = facts(conn, RESTORED_AT, RESTORED_TO)
    if not told[RESTORED_AT]:
        return None
    counted = select(meta.c.value).where(meta.c.key.startswith(SENT_AGAIN, autoescape=True))
    counts = [int(count) for count in conn.execute(counted).scalars()]
    return Restore(
        at=datetime.fromisoformat(told[RESTORED_AT]),
        to=datetime.fromisoformat(told[RESTORED_TO]) if told[RESTORED_TO] else None,
        changes=sum(counts),
        devices=len(counts),
        waiting=_waiting(conn, datetime.fromisoformat(told[RESTORED_AT])),
    )


def _waiting(conn: Connection, since: datetime) -> int:
    """How much of what was sent again is kept and undecided."""
    query = select(_KEPT.c.kept_at, _KEPT.c.said).where(_KEPT.c.state == KeptState.OPEN)
    kept = [said for at, said in conn.execute(query) if datetime.fromisoformat(at) >= since]
    return sum(msgspec.json.decode(said, type=_Envelope).again for said in kept)


class _Envelope(msgspec.Struct, frozen=True):
    """What is asked of a kept command, of whatever release."""

    again: bool = False
