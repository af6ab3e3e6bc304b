"""The devices that people come from: how far each has come, and which were lost."""

import logging
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from casework.database import Database
from casework.wire import Stamp
from server.accounts import Session
from server.prepared import Prepared, given
from server.problem import not_found
from server.tables import device

# What a lost device is for: to hand over what is on it, and nothing else.
WIPE = "wipe"
_REACHED = Prepared(device.update().where(device.c.id == given("which")).values(cursor=given("cursor")))
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

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_cursor(self, session: Session, cursor: Stamp) -> None:
        """Remembers how far a device has applied what changed: what lies before all cursors need not be kept."""
        if cursor[0] != session.cursor:
            with self._database.writing() as conn:
                _REACHED.run(conn, which=session.device_id, cursor=cursor[0])

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


def clock_off_of(conn: Connection, device_id: str) -> int:
    """By how many seconds a device's clock was ahead at its last hello; 0 where it never said one."""
    return int(conn.execute(select(device.c.clock_off).where(device.c.id == device_id)).scalar() or 0)


def is_lost(conn: Connection, device_id: str) -> bool:
    """Whether a device was reported lost: what comes from it is kept whole, and nothing of it is carried out (FF3)."""
    return conn.execute(select(device.c.fate).where(device.c.id == device_id)).scalar() == WIPE


def forget_nonces(conn: Connection) -> None:
    """Takes every device's next hello as it comes: after a restore those remembered here are older than theirs."""
    conn.execute(device.update().values(last_nonce=""))
