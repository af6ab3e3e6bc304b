"""The people who work here: adding them, their one-time codes, their roles, and ending their access."""

from datetime import timedelta

import msgspec
from sqlalchemy import Connection, select

from casework.database import Database
from casework.ids import child_id, new_id
from casework.rows import all_of, find
from casework.values import Person, Role
from casework.wire import NewPerson, NewPersonReply
from server import passwords
from server.accounts import folded
from server.clock import Clock, as_text, utc_now
from server.facts import PEOPLE_SEED, fact, set_fact
from server.journal import Journal, Still, as_before
from server.problem import Problem, not_found
from server.tables import account

CODE_LASTS = timedelta(hours=24)
LONGEST_NAME = 100


class People:
    """What an admin does about people. Every change goes into the log, so that all laptops pull it (S8, S9)."""

    def __init__(self, database: Database, journal: Journal, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    def add(self, asked: NewPerson, *, still: Still = as_before) -> NewPersonReply:
        """Adds somebody and gives the one-time code for their first sign-in.

        Who was added after the backup that the server was put back to, and is added anew, is the same person: their
        laptop goes on where it was (FE1).

        An answer may get lost, and only it has the code: the same once more, of who has not come in yet, gives another
        one. Raises Problem: 400 `name-needed`, 409 `username-taken`.
        """
        asked_for = Person(
            id="",
            username=" ".join(asked.username.split()),
            display_name=" ".join(asked.display_name.split()),
            role=asked.role,
            email=asked.email.strip(),
        )
        with self._database.writing() as conn:
            still(conn)
            person = msgspec.structs.replace(asked_for, id=_id_for(conn, asked_for.username))
            known = self._still_to_come(conn, person)
            code = self._give_code(conn, known) if known else self.put(conn, person)
        return NewPersonReply(rid=asked.rid, person_id=known or person.id, code=code)

    def put(self, conn: Connection, person: Person, *, password_hash: str = "") -> str:
        """Writes a new person and their account in the caller's transaction; returns the one-time code."""
        longest = max(len(person.username), len(person.display_name), len(person.email))
        if not person.username or not person.display_name or longest > LONGEST_NAME:
            raise Problem(400, "name-needed", {"limit": str(LONGEST_NAME)})
        name = folded(person.username)
        if conn.execute(select(account.c.person_id).where(account.c.username == name)).first() is not None:
            raise Problem(409, "username-taken", {"username": person.username})
        self._journal.write_down(conn, (person,))
        nothing = {"password_hash": password_hash, "invite_hash": "", "invite_until": "", "ended_at": ""}
        conn.execute(account.insert().values(person_id=person.id, username=name, **nothing))
        return "" if password_hash else self._give_code(conn, person.id)

    def new_code(self, person_id: str, *, still: Still = as_before) -> str:
        """A new one-time code: for somebody who has forgotten their password, or never used the first code."""
        with self._database.writing() as conn:
            still(conn)
            person = find(conn, Person, person_id)
            if person is None or not person.is_active:
                raise not_found()
            return self._give_code(conn, person_id)

    def change(
        self, person_id: str, *, role: Role | None = None, is_active: bool | None = None, still: Still = as_before
    ) -> None:
        """Gives somebody another role, ends their access or lets them in again; what they may see follows at once.

        Raises Problem: 404, 409 `last-admin` where nobody would be left who can look after people.
        """
        with self._database.writing() as conn:
            still(conn)
            person = find(conn, Person, person_id)
            if person is None:
                raise not_found()
            changed = msgspec.structs.replace(
                person,
                role=person.role if role is None else role,
                is_active=person.is_active if is_active is None else is_active,
            )
            others = [one for one in all_of(conn, Person) if one.id != person_id]
            if not any(one.is_active and one.role is Role.ADMIN for one in (*others, changed)):
                raise Problem(409, "last-admin")
            self._journal.write_down(conn, (changed,))
            if changed.is_active != person.is_active:
                ended_at = "" if changed.is_active else as_text(self._clock())
                conn.execute(account.update().where(account.c.person_id == person_id).values(ended_at=ended_at))

    def all(self) -> tuple[Person, ...]:
        """Everybody, active or not."""
        with self._database.reading() as conn:
            return all_of(conn, Person)

    def by_username(self, username: str) -> Person | None:
        """The person who signs in under that name."""
        with self._database.reading() as conn:
            query = select(account.c.person_id).where(account.c.username == folded(username))
            person_id = conn.execute(query).scalar_one_or_none()
            return find(conn, Person, person_id) if person_id else None

    def never_signed_in(self) -> tuple[Person, ...]:
        """Those who have not set a password yet."""
        with self._database.reading() as conn:
            waiting = conn.execute(select(account.c.person_id).where(account.c.password_hash == "")).scalars()
            found = (find(conn, Person, person_id) for person_id in waiting)
            return tuple(person for person in found if person is not None)

    def _still_to_come(self, conn: Connection, person: Person) -> str:
        """The id of just such a person, added before, who has never set a password; "" where there is none."""
        waits = (account.c.username == folded(person.username), account.c.password_hash == "")
        known_id = conn.execute(select(account.c.person_id).where(*waits)).scalar_one_or_none()
        known = find(conn, Person, known_id) if known_id else None
        if known is None or known != msgspec.structs.replace(person, id=known.id, rev=known.rev):
            return ""
        return known.id

    def _give_code(self, conn: Connection, person_id: str) -> str:
        code = passwords.new_code()
        fresh = {"invite_hash": passwords.hash_code(code), "invite_until": as_text(self._clock() + CODE_LASTS)}
        conn.execute(account.update().where(account.c.person_id == person_id).values(fresh))
        return code


def lay_down_seed(conn: Connection) -> str:
    """What the ids of all people who are added here follow from; made where there is none, in the caller's transaction.

    It is to be older than any backup.
    """
    seed = fact(conn, PEOPLE_SEED)
    if not seed:
        seed = new_id()
        set_fact(conn, PEOPLE_SEED, seed)
    return seed


def _id_for(conn: Connection, username: str) -> str:
    """The same name gives the same id on this server for good: names are never given to somebody else."""
    return child_id(lay_down_seed(conn), f"person/{folded(username)}")
