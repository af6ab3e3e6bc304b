"""A whole organisation in one process: the real server code and real laptops, with a cable that can be cut.

What the laptops send and get goes through the wire's bytes both ways, but through no socket: for tests of what sync
does, by the thousand. tests/kit_server.py has the real HTTP server.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from casework.answers import Accepted, Answer, Refused
from casework.commands import AnyCommand
from casework.connection import Connection
from casework.database import Database
from casework.disk import Disk
from casework.ids import child_id
from casework.rows import find
from casework.values import Person, Queue, Record, Role
from server.setting_up import default_id
from sync.apply import PageWork
from sync.central import Cable
from sync.engine import Engine, Hooks, SyncReport
from sync.faults import Offline
from sync.laptop import Laptop
from sync.safeguards import Safeguards
from tests.kit_near_server import NearCentral, NearServer

T = TypeVar("T")
R = TypeVar("R", bound=Record)
NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that goes on by itself, a second a look, and can be set forward."""

    def __init__(self, start: datetime = NINE) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def pass_time(self, **amount: float) -> None:
        """Goes forward (or back) by a timedelta's arguments."""
        self.now += timedelta(**amount)


@dataclass(frozen=True, kw_only=True)
class Makes:
    """What laptops are made of; a test that leaves out a safeguard hands in another part."""

    pages: Callable[[str], PageWork] = PageWork
    safeguards: Callable[[], Safeguards] = Safeguards
    wire: Callable[[NearServer, str, str], NearCentral] = NearCentral


class Desk:
    """One person's laptop in the near organisation."""

    def __init__(self, world: "NearWorld", name: str, *, number: int = 1) -> None:
        self.world = world
        self.name = name
        self.person_id = person_id(name)
        self.device = child_id(self.person_id, f"device/{number}")
        self.folder = world.folder / f"{name}-{number}"
        self.clock = Clock(world.clock.now)
        self.wire = world.makes.wire(world.server, self.person_id, self.device)
        self.hooks = Hooks()
        self.cable = Cable(self.wire)
        self._open()

    def _open(self) -> None:
        self.laptop = Laptop(
            self.folder,
            b"k" * 32,
            person_id=self.person_id,
            device=self.device,
            clock=self.clock,
            disk=Disk(keep_free=0),
        )
        self.laptop.prepare()
        self.device = self.laptop.device
        makes = self.world.makes
        self.engine = Engine(
            self.laptop, self.cable, self.hooks, pages=makes.pages(self.person_id), safeguards=makes.safeguards()
        )

    def reopen(self) -> None:
        """Opens the store again, whatever was done to its files."""
        self._open()

    def restart(self) -> None:
        """Closes the store and opens it again."""
        self.laptop.close()
        self._open()

    def crash(self) -> None:
        """Opens the store again as a kill leaves it: with the log not folded into the file, and nothing closed."""
        left = self.folder.with_name(f"{self.folder.name}-left")
        shutil.copytree(self.folder, left, ignore=shutil.ignore_patterns("*-shm"))
        self.laptop.close()
        shutil.rmtree(self.folder)
        left.rename(self.folder)
        self._open()

    def look(self, question: Callable[[Connection], T]) -> T:
        """Asks this laptop's store."""
        with self.laptop.database.reading() as conn:
            return question(conn)

    def say(self, command: AnyCommand) -> Accepted:
        """Says something that the rules take."""
        answer = self.laptop.say(command)
        assert isinstance(answer, Accepted), answer
        return answer

    def try_to_say(self, command: AnyCommand) -> Answer:
        """Says something that may be refused."""
        return self.laptop.say(command)

    def refused(self, command: AnyCommand) -> Refused:
        """Says something that the rules turn down."""
        answer = self.laptop.say(command)
        assert isinstance(answer, Refused), answer
        return answer

    def sync(self) -> SyncReport:
        """One round that must reach its end."""
        report = self.engine.sync_once()
        if report.fault is not None:
            raise report.fault
        return report

    def say_hello_and_lose_the_answer_to_a_push(self) -> None:
        """A round in which the server does its work and nothing of it gets back."""
        self.wire.lose_pushes = 1
        assert isinstance(self.engine.sync_once().fault, Offline)

    def try_to_sync(self) -> SyncReport:
        """One round, wherever it ends."""
        return self.engine.sync_once()


class NearWorld:
    """The sample organisation: a server and as many laptops as a test asks for."""

    def __init__(self, folder: Path, database: Database | None = None, *, makes: Makes | None = None) -> None:
        self.folder = folder
        self.clock = Clock()
        self.makes = makes or Makes()
        self.server = NearServer(database or Database.plain(folder / "server.db"), self.clock, folder)
        self._desks: list[Desk] = []

    def desk(self, name: str, *, number: int = 1) -> Desk:
        """A laptop of that person, synced once."""
        desk = Desk(self, name, number=number)
        self._desks.append(desk)
        desk.sync()
        return desk

    def disable(self, name: str) -> None:
        """Ends somebody's employment, on the server."""
        self.employ(name, False)

    def employ(self, name: str, is_active: bool = True) -> None:
        """Takes somebody back, or ends their employment."""
        self.server.put(msgspec.structs.replace(self._found(Person, person_id(name)), is_active=is_active))

    def change_role(self, name: str, role: str) -> None:
        """Gives somebody another role, on the server."""
        self.server.put(msgspec.structs.replace(self._found(Person, person_id(name)), role=Role(role)))

    def staff(self, queue_id: str, *names: str) -> None:
        """Says who is at work in a queue, on the server."""
        queue = self._found(Queue, queue_id)
        self.server.put(msgspec.structs.replace(queue, member_ids=tuple(person_id(name) for name in names)))

    def _found(self, kind: type[R], record_id: str) -> R:
        with self.server.database.reading() as conn:
            found = find(conn, kind, record_id)
        assert found is not None
        return found

    def close(self) -> None:
        """Closes every store."""
        for desk in self._desks:
            desk.laptop.close()
        self.server.database.close()


def person_id(name: str) -> str:
    """The id of somebody of the sample organisation, by user name."""
    return default_id(f"person/{name}")


__all__ = ["Clock", "Desk", "Makes", "NearCentral", "NearServer", "NearWorld", "person_id"]
