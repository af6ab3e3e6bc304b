"""The devices that people come from: how far each has come, whether one is a copy of another, and which were lost."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from casework.database import Database
from casework.wire import START, Hello, Stamp
from server.accounts import Session
from server.clock import Clock, as_text, utc_now
from server.facts import EPOCH, HORIZON, fact, number
from server.ledger import is_ours
from server.problem import Problem, not_found
from server.tables import device

# What a lost device is for: to hand over what is on it, and nothing else.
WIPE = "wipe"
log = logging.getLogger("doorstep.devices")


class KnownDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device as an admin sees it."""

    id: str
    name: str
    person_id: str
    last_seen: str
    is_lost: bool


class Devices:
    """What is known of each device, by its own id."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def greet(self, session: Session, hello: Hello) -> None:
        """Notes down what a device says of itself at the start of a round; its clock takes part in no decision.

        Raises Problem 409 `diverged` for a store of another history, `forked` for one of two copies (protocol 8). A
        history is looked at first: after a restore the server's own memory of nonces is as old as the backup, so one
        that proves that is not held against the device.
        """
        now = self._clock()
        off = round((_aware(hello.clock, now) - now).total_seconds())
        seen = {
            "clock_off": max(-(2**31), min(2**31 - 1, off)),
            "app": hello.app[:40],
            "last_seen": as_text(now),
        }
        with self._database.writing() as conn:
            this = device.update().where(device.c.id == session.device_id)
            row = conn.execute(select(device).where(device.c.id == session.device_id)).one()
            epoch = fact(conn, EPOCH)
            is_of_here = _is_of_here(conn, hello, epoch, was_here=row.cursor > 0)
            if not is_of_here:
                conn.execute(this.values(last_nonce=""))
            elif _is_copy(row.last_nonce, hello):
                log.warning("device %s is one of two copies of a store", session.device_id)
                raise Problem(409, "forked")
            else:
                conn.execute(this.values({**seen, "last_nonce": hello.nonce or row.last_nonce}))
        if not is_of_here:
            raise Problem(409, "diverged", {"epoch": epoch})

    def note_cursor(self, session: Session, cursor: Stamp) -> None:
        """Remembers how far a device has applied what changed: what lies before all cursors need not be kept."""
        if cursor[0] != session.cursor:
            with self._database.writing() as conn:
                conn.execute(device.update().where(device.c.id == session.device_id).values(cursor=cursor[0]))

    def lose(self, device_id: str) -> None:
        """Reports a device lost: from now on it may only hand over what is on it. Raises Problem 404.

        Its person signs in on another one; what is on the lost one waits for a lead (FF3).
        """
        with self._database.writing() as conn:
            if conn.execute(device.update().where(device.c.id == device_id).values(fate=WIPE)).rowcount == 0:
                raise not_found()
        log.warning("device %s was reported lost", device_id)

    def of_person(self, person_id: str) -> Sequence[KnownDevice]:
        """All devices that somebody ever signed in on, the latest first."""
        query = select(device).where(device.c.person_id == person_id).order_by(device.c.last_seen.desc(), device.c.id)
        with self._database.reading() as conn:
            return [
                KnownDevice(
                    id=row.id,
                    name=row.name,
                    person_id=row.person_id,
                    last_seen=row.last_seen,
                    is_lost=row.fate == WIPE,
                )
                for row in conn.execute(query)
            ]


def forget_nonces(conn: Connection) -> None:
    """Takes every device's next hello as it comes: after a restore those remembered here are older than theirs."""
    conn.execute(device.update().values(last_nonce=""))


def _is_of_here(conn: Connection, hello: Hello, epoch: str, *, was_here: bool) -> bool:
    """Whether the store that says hello follows the history that this server has.

    Its stamp is looked up in the log. Below the horizon the log is gone, and the stamp cannot be told from one of a
    history that a restore has ended. There the store is believed if its epoch is the present one, which an admin
    changes after a restore, and if this very database remembers that the device has pulled from it: a device that
    first came after the backup was made is unknown here, and does not hold the horizon back either. To take a store
    for a stranger is the safe mistake: it offers again what it was told is here, which is known by its ids, and
    compares its cases, which it has to do below the horizon anyway.
    """
    if hello.epoch and hello.epoch != epoch:
        return False
    if hello.known != START and hello.known[0] < number(conn, HORIZON):
        return was_here and hello.epoch == epoch
    return is_ours(conn, hello.known)


def _is_copy(last: str, hello: Hello) -> bool:
    """Whether another copy of this store has said hello since this one did; a retry comes with the last nonce itself.

    A client that sends no nonces is not told apart.
    """
    return bool(last and hello.nonce) and last not in (hello.prev_nonce, hello.nonce)


def _aware(clock: datetime, now: datetime) -> datetime:
    """A time without a zone cannot be compared; it is taken for UTC."""
    return clock if clock.tzinfo is not None else clock.replace(tzinfo=now.tzinfo)
