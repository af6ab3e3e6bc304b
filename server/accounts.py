"""Coming in: sign-in by password from a device, short tokens, renewals, and what ends them at once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, delete, select

from casework.database import Database
from casework.ids import is_id, new_id
from casework.rows import find
from casework.values import Person
from casework.wire import Fork, Renew, SignedIn, SignIn
from server import passwords
from server.clock import Clock, as_text, utc_now
from server.facts import EPOCH, ORGANISATION, RENEWAL_SEED, fact, set_fact
from server.journal import Speaker
from server.prepared import Prepared, given
from server.problem import Problem, locked_out, signed_out
from server.tables import account, device, sign_in_failure, token

TOKEN_LASTS = timedelta(minutes=10)
# So long after its end a token is kept: what came in with it may be on its way still (`Accounts.asker`).
TOKEN_KEPT = timedelta(hours=1)
IDLE_LASTS = timedelta(days=30)
SIGN_IN_LASTS = timedelta(days=90)
# So long after somebody's access has ended, what they did before is taken in (OC10).
DEPOSIT_LASTS = timedelta(days=30)
TRIES, TRIES_WITHIN = 10, timedelta(minutes=5)
log = logging.getLogger("doorstep.accounts")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is in: the person as they are now, and what the device said of itself at its last hello.

    `access` is what the session opens: "ok" every door, "deposit" only those by which what is unsent is handed over,
    "wipe" (on a device reported lost) only the one behind which nobody judges it. `cursor` is how far the device has
    applied what changed, `token` the hash of what they came in with.
    """

    person: Person
    device_id: str
    clock_off: int
    access: str = "ok"
    cursor: int = 0
    token: str = ""

    @property
    def speaker(self) -> Speaker:
        """Who commands that come in this session are said by."""
        return Speaker(person_id=self.person.id, device_id=self.device_id, clock_off=self.clock_off)


# Who asks, as they stand in the transaction that answers them: `Accounts.asker`. Raises Problem.
Asker = Callable[[Connection], Person]


class _Device(NamedTuple):
    """What of a device's row decides about what it opens."""

    id: str
    person_id: str
    is_revoked: bool
    fate: str
    clock_off: int
    cursor: int


_LET_IN = Prepared(
    select(*(device.c[name] for name in _Device._fields), token.c.expires)
    .join(device, device.c.id == token.c.device_id)
    .where(token.c.hash == given("hashed"), device.c.person_id == token.c.person_id)
)


class Accounts:
    """Who may come in, and who is in. Names, passwords, codes and tokens are never logged."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def sign_in(self, asked: SignIn) -> SignedIn:
        """Lets somebody in by name and password; the first time by one-time code, with the password to set.

        Raises Problem: 401 `sign-in-wrong` alike for a wrong name, password or code; 429 `too-many-tries`.
        """
        if not is_id(asked.device):
            raise Problem(400, "not-understood")
        name = folded(asked.username)
        self._refuse_guessing(name)
        with self._database.reading() as conn:
            known = conn.execute(select(account).where(account.c.username == name)).first()
        if asked.code:
            person_id = self._by_code(asked, name, known)
        elif passwords.fits(asked.password, known.password_hash if known else "") and known:
            person_id = known.person_id
        else:
            raise self._failed(name)
        kept = passwords.hash_password(asked.password) if asked.code else ""
        with self._database.writing() as conn:
            person = find(conn, Person, person_id)
            if person is None or not person.is_active:
                raise locked_out()
            if asked.code:
                _set_password(conn, person_id, asked.code, kept)
            elif known is None or _password_hash(conn, person_id) != known.password_hash:
                # it was reset while this one was being looked at
                raise Problem(401, "sign-in-wrong")
            conn.execute(delete(sign_in_failure).where(sign_in_failure.c.name_hash == _name_hash(name)))
            renewal = self._register(conn, person, asked)
            return self._let_in(conn, person, asked.device, asked.rid, renewal)

    def renew(self, asked: Renew) -> SignedIn:
        """A fresh token and the next renewal, for the device that the last one was given to.

        The renewal before the last is taken once more, for its answer may have been lost, and answered as it was: a
        network may bring one request twice (I4). Raises Problem 401.
        """
        with self._database.writing() as conn:
            session = self._proved(conn, asked.device, asked.renewal)
            renewal = passwords.secret_after(asked.renewal, _renewal_seed(conn))
            conn.execute(
                device.update()
                .where(device.c.id == asked.device)
                .values(
                    renewal_hash=passwords.hash_secret(renewal),
                    previous_hash=passwords.hash_secret(asked.renewal),
                    renew_until=as_text(self._clock() + IDLE_LASTS),
                )
            )
            return self._let_in(conn, session.person, asked.device, asked.rid, renewal)

    def fork(self, asked: Fork) -> SignedIn:
        """Makes a copy of a store a device of its own, with a token and a renewal of its own; the other copy goes on.

        It is as trusted as what it is a copy of, and signed in as long ago: a session that has ended makes no copy.
        Asked again with the same id, it is answered again, as long as that device has not said hello. Raises Problem
        401, 409 `device-of-another`.
        """
        if not is_id(asked.new_device):
            raise Problem(400, "not-understood")
        with self._database.writing() as conn:
            session = self._proved(conn, asked.device, asked.renewal)
            there = conn.execute(select(device).where(device.c.id == asked.new_device)).first()
            if there is not None and (there.person_id != session.person.id or there.last_nonce or there.cursor):
                raise Problem(409, "device-of-another")
            renewal = passwords.new_secret()
            own = {
                "id": asked.new_device,
                "renewal_hash": passwords.hash_secret(renewal),
                "previous_hash": "",
                "renew_until": as_text(self._clock() + IDLE_LASTS),
                "last_nonce": "",
                "cursor": 0,
                "known": 0,
            }
            copied = conn.execute(select(device).where(device.c.id == asked.device)).mappings().one()
            conn.execute(delete(device).where(device.c.id == asked.new_device))
            conn.execute(device.insert().values({**copied, **own}))
            log.warning("a copy of device %s goes on as device %s", asked.device, asked.new_device)
            return self._let_in(conn, session.person, asked.new_device, asked.rid, renewal)

    def sign_out(self, session: Session) -> None:
        """Ends this device's tokens and its renewal; nothing on the laptop is touched by that."""
        with self._database.writing() as conn:
            conn.execute(delete(token).where(token.c.device_id == session.device_id))
            nothing = {"renewal_hash": "", "previous_hash": ""}
            conn.execute(device.update().where(device.c.id == session.device_id).values(nothing))

    def session_of(self, conn: Connection, secret: str) -> Session:
        """Who is in with this token. Checked on every request, so that ending somebody's access works at once.

        Raises Problem 401 `signed-out` or `locked-out`.
        """
        hashed = passwords.hash_secret(secret)
        row = _LET_IN.first(conn, hashed=hashed)
        if row is None or row[-1] <= as_text(self._clock()):
            raise signed_out()
        return msgspec.structs.replace(self._of_device(conn, _Device(*row[:-1])), token=hashed)

    def asker(self, who: Session) -> Asker:
        """Whether who came in is still who they were: the one place that decides it, once more in each transaction
        that answers them.

        A request's body may take long to come. Meanwhile somebody's access may end, or their device be reported lost:
        then they are let in again by another door, or not at all. Another role or team counts from here on. That the
        token has run out counts for the next request. Raises Problem 401 `signed-out` or `locked-out`, 403
        `locked-out`.
        """

        def still(conn: Connection) -> Person:
            row = _LET_IN.first(conn, hashed=who.token)
            if row is None:
                raise signed_out()
            now = self._of_device(conn, _Device(*row[:-1]))
            if now.access != who.access:
                raise Problem(403, "locked-out")
            return now.person

        return still

    def _proved(self, conn: Connection, device_id: str, renewal: str) -> Session:
        """The session that a renewal goes on with: a device's last one, or the one before. Raises Problem 401."""
        row = conn.execute(select(device).where(device.c.id == device_id)).first()
        given, now = passwords.hash_secret(renewal), self._clock()
        if row is None or not given or given not in (row.renewal_hash, row.previous_hash):
            raise signed_out()
        session = self._of_device(conn, row)
        is_over = row.signed_in_at <= as_text(now - SIGN_IN_LASTS) or row.renew_until <= as_text(now)
        if session.access == "ok" and is_over:
            # who may not come in any more cannot give a password either, and may have work to hand over
            raise signed_out()
        return session

    def _of_device(self, conn: Connection, row: "_Device | Row[Any]") -> Session:
        """What a device's row opens at this moment. Raises Problem 401 `locked-out` where that is nothing."""
        person = find(conn, Person, row.person_id)
        if person is None or row.is_revoked:
            raise locked_out()
        access = row.fate or "ok"
        if access == "ok" and not person.is_active:
            query = select(account.c.ended_at).where(account.c.person_id == person.id)
            ended_at = conn.execute(query).scalar_one_or_none()
            if ended_at and ended_at <= as_text(self._clock() - DEPOSIT_LASTS):
                raise locked_out()
            access = "deposit"
        return Session(person=person, device_id=row.id, clock_off=row.clock_off, access=access, cursor=row.cursor)

    def _by_code(self, asked: SignIn, name: str, known: Row[Any] | None) -> str:
        """Whose one-time code this is. What is wrong with the new password is said only to who has the code."""
        if known is None or not known.invite_hash or known.invite_hash != passwords.hash_code(asked.code):
            raise self._failed(name)
        if known.invite_until <= as_text(self._clock()):
            raise Problem(401, "code-expired")
        problem = passwords.problem_with(asked.password, name)
        if problem is not None:
            raise Problem(400, problem, {"least": str(passwords.LEAST)})
        return str(known.person_id)

    def _register(self, conn: Connection, person: Person, asked: SignIn) -> str:
        now, renewal = self._clock(), passwords.new_secret()
        row = conn.execute(select(device).where(device.c.id == asked.device)).first()
        if row is not None and row.person_id != person.id:
            raise Problem(409, "device-of-another")
        if row is not None and row.is_revoked:
            raise locked_out()
        values = {
            "name": asked.device_name[:100],
            "app": asked.app[:40],
            "renewal_hash": passwords.hash_secret(renewal),
            "previous_hash": "",
            "signed_in_at": as_text(now),
            "renew_until": as_text(now + IDLE_LASTS),
            "last_seen": as_text(now),
        }
        if row is not None:
            conn.execute(device.update().where(device.c.id == asked.device).values(values))
        else:
            fresh = {"id": asked.device, "person_id": person.id, "last_nonce": "", "clock_off": 0, "is_revoked": False}
            fresh |= {"cursor": 0, "known": 0, "fate": ""}
            conn.execute(device.insert().values({**fresh, **values}))
        return renewal

    def _let_in(self, conn: Connection, person: Person, device_id: str, rid: str, renewal: str) -> SignedIn:
        now, secret = self._clock(), passwords.new_secret()
        conn.execute(delete(token).where(token.c.device_id == device_id, token.c.expires <= as_text(now - TOKEN_KEPT)))
        conn.execute(
            token.insert().values(
                hash=passwords.hash_secret(secret),
                person_id=person.id,
                device_id=device_id,
                expires=as_text(now + TOKEN_LASTS),
            )
        )
        return SignedIn(
            rid=rid,
            token=secret,
            lasts=int(TOKEN_LASTS.total_seconds()),
            renewal=renewal,
            person_id=person.id,
            display_name=person.display_name,
            role=person.role,
            organisation=fact(conn, ORGANISATION),
            epoch=fact(conn, EPOCH),
        )

    def _refuse_guessing(self, name: str) -> None:
        since = as_text(self._clock() - TRIES_WITHIN)
        with self._database.reading() as conn:
            tried = conn.execute(
                select(sign_in_failure.c.at)
                .where(sign_in_failure.c.name_hash == _name_hash(name), sign_in_failure.c.at > since)
                .order_by(sign_in_failure.c.at.desc())
                .limit(TRIES)
            ).scalars()
            times = list(tried)
        if len(times) == TRIES:
            free = datetime.fromisoformat(times[-1]) + TRIES_WITHIN
            wait = max(1, round((free - self._clock()).total_seconds()))
            raise Problem(429, "too-many-tries", {"seconds": str(wait)}, retry_after=wait)

    def _failed(self, name: str) -> Problem:
        now = self._clock()
        with self._database.writing() as conn:
            conn.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= as_text(now - TRIES_WITHIN)))
            row = {"id": new_id(), "name_hash": _name_hash(name), "at": as_text(now)}
            conn.execute(sign_in_failure.insert().values(row))
        return Problem(401, "sign-in-wrong")


def _renewal_seed(conn: Connection) -> str:
    """What every next renewal is made with: chance, drawn once for this server."""
    seed = fact(conn, RENEWAL_SEED)
    if not seed:
        seed = passwords.new_secret()
        set_fact(conn, RENEWAL_SEED, seed)
    return seed


def folded(username: str) -> str:
    """A user name as it is compared: people type capitals and blanks as they come."""
    return " ".join(username.casefold().split())


def end_access(conn: Connection, person_id: str) -> None:
    """Ends a person's tokens and renewals on every device, inside the caller's transaction."""
    conn.execute(delete(token).where(token.c.person_id == person_id))
    nothing = {"renewal_hash": "", "previous_hash": ""}
    conn.execute(device.update().where(device.c.person_id == person_id).values(nothing))


def _set_password(conn: Connection, person_id: str, code: str, kept: str) -> None:
    """Sets the password that a one-time code allows to set; the code is used up, and whoever was in is out."""
    end_access(conn, person_id)
    unused = (account.c.person_id == person_id, account.c.invite_hash == passwords.hash_code(code))
    fresh = {"password_hash": kept, "invite_hash": "", "invite_until": ""}
    if conn.execute(account.update().where(*unused).values(fresh)).rowcount == 0:
        raise Problem(401, "sign-in-wrong")


def _password_hash(conn: Connection, person_id: str) -> str:
    query = select(account.c.password_hash).where(account.c.person_id == person_id)
    return conn.execute(query).scalar_one_or_none() or ""


def _name_hash(name: str) -> str:
    return passwords.hash_secret(f"name/{name}")
