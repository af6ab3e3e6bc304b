"""How a round begins: whether a store follows this history or is one of two copies, and where the server stands."""

import logging
from base64 import b64decode
from datetime import datetime

from sqlalchemy import Connection, select

from casework.database import Database
from casework.values import Person
from casework.wire import OLDEST_APP, OLDEST_SCHEMA, PROTOCOL, START, Hello, HelloReply, Limits
from server import scope
from server.accounts import Asker, Session
from server.clock import Clock, as_text
from server.facts import BACKED_UP_REV, EPOCH, HORIZON, RESCUE_PUBLIC, facts
from server.journal import Journal
from server.ledger import head_of, is_ours
from server.lost_documents import LAST_LOST, lost_by
from server.prepared import Prepared, given
from server.problem import Problem
from server.restores import note_unannounced
from server.tables import device

_THIS = device.c.id == given("which")
_SEEN = ("clock_off", "app", "last_seen", "last_nonce", "known")
_STANDS = Prepared(select(device.c.last_nonce, device.c.known).where(_THIS))
_GREETED = Prepared(device.update().where(_THIS).values({name: given(name) for name in _SEEN}))
_FORGET_NONCE = Prepared(device.update().where(_THIS).values(last_nonce=""))
log = logging.getLogger("doorstep.devices")


def greet(
    database: Database, journal: Journal, clock: Clock, *, who: Session, asker: Asker, asked: Hello
) -> HelloReply:
    """Where the server stands, and what this person may see at this moment; all of it out of one transaction.

    Raises Problem 409 `diverged` for a store of another history, `forked` for one of two copies (protocol 8). A
    history is looked at first: after a restore the server's own memory of nonces is as old as the backup, so one
    that proves that is not held against the device.
    """
    now = clock()
    with database.writing() as conn:
        person = asker(conn)
        told = facts(conn, EPOCH, HORIZON, BACKED_UP_REV, RESCUE_PUBLIC, LAST_LOST)
        horizon = int(told[HORIZON] or 0)
        is_of_here = _noted(conn, who, asked, now, epoch=told[EPOCH], horizon=horizon)
        if is_of_here:
            journal.end_what_is_over(conn)
        reply = HelloReply(
            rid=asked.rid,
            epoch=told[EPOCH],
            head=head_of(conn),
            now=scope.scopes_of(conn, person) if who.access == "ok" else (),
            server_time=clock(),
            limits=Limits(),
            pull=_pages_for(asked, horizon),
            access=who.access,
            min_app=OLDEST_APP,
            backed_up_rev=int(told[BACKED_UP_REV] or 0),
            rescue_key=b64decode(told[RESCUE_PUBLIC]),
            lost_documents=_lost(conn, who, person, asked.told, told[LAST_LOST]),
        )
    if not is_of_here:
        raise Problem(409, "diverged", {"epoch": told[EPOCH]})
    return reply


def _lost(conn: Connection, who: Session, person: Person, told: int, last: str) -> tuple[str, ...]:
    """Of which documents the bytes are lost that this device may have; nothing is looked up where it knows."""
    return lost_by(conn, person.id, told) if who.access == "ok" and told < int(last or 0) else ()


def _pages_for(asked: Hello, horizon: int) -> str:
    """Whether the app can read the rows here, and whether the log goes back to its store. It may send in any case."""
    if asked.proto != PROTOCOL or asked.schema < OLDEST_SCHEMA:
        return "upgrade"
    return "reconcile" if asked.known != START and asked.known[0] < horizon else "ok"


def _noted(conn: Connection, who: Session, asked: Hello, now: datetime, *, epoch: str, horizon: int) -> bool:
    """Notes down what a device says of itself; its clock takes part in no decision. Whether it is of this history."""
    ((last_nonce, known),) = _STANDS.rows(conn, which=who.device_id)
    if not _is_of_here(conn, asked, epoch, horizon=horizon, known=known):
        _FORGET_NONCE.run(conn, which=who.device_id)
        if asked.epoch == epoch:
            note_unannounced(conn, now)
        return False
    if _is_copy(last_nonce, asked):
        log.warning("device %s is one of two copies of a store", who.device_id)
        raise Problem(409, "forked")
    off = round((_aware(asked.clock, now) - now).total_seconds())
    _GREETED.run(
        conn,
        which=who.device_id,
        clock_off=max(-(2**31), min(2**31 - 1, off)),
        app=asked.app[:40],
        last_seen=as_text(now),
        last_nonce=asked.nonce or last_nonce,
        known=max(known, asked.known[0]),
    )
    return True


def _is_of_here(conn: Connection, hello: Hello, epoch: str, *, horizon: int, known: int) -> bool:
    """Whether the store that says hello follows the history that this server has.

    Its stamp is looked up in the log. Below the horizon the log is gone, and the stamp cannot be told from one of a
    history that a restore has ended. There the store is believed if its epoch is the present one, which an admin
    changes after a restore, and if this very database remembers that the device knew of that number, or a later one,
    while the log still had it: what it heard after a backup was made, the backup does not remember. To take a store
    for a stranger is the safe mistake: it offers again what it was told is here, which is known by its ids, and
    compares its cases, which it has to do below the horizon anyway.
    """
    if hello.epoch and hello.epoch != epoch:
        return False
    if hello.known != START and hello.known[0] < horizon:
        return hello.known[0] <= known and hello.epoch == epoch
    return is_ours(conn, hello.known)


def _is_copy(last: str, hello: Hello) -> bool:
    """Whether another copy of this store has said hello since this one did; a retry comes with the last nonce itself.

    Nonces grow. A store that was answered one later than the last that is known here is ahead of this server, which
    was put back to a backup and nobody said so: that is no copy. A client that sends no nonces is not told apart.
    """
    return bool(last and hello.nonce) and last not in (hello.prev_nonce, hello.nonce) and hello.prev_nonce < last


def _aware(clock: datetime, now: datetime) -> datetime:
    """A time without a zone cannot be compared; it is taken for UTC."""
    return clock if clock.tzinfo is not None else clock.replace(tzinfo=now.tzinfo)
