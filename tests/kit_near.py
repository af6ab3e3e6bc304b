"""A whole organisation in one process: the real server code and real laptops, with a cable that can be cut.

What the laptops send and get goes through the wire's bytes both ways, but through no socket: for tests of what sync
does, by the thousand. tests/kit_server.py has the real HTTP server.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from casework.answers import Accepted, Answer, Refused
from casework.commands import AnyCommand
from casework.connection import Connection
from casework.database import Database
from casework.disk import Disk
from casework.ids import child_id
from casework.kinds import LATEST
from casework.rows import find
from casework.tables import metadata
from casework.values import Person, Queue, Record
from casework.wire import (
    MOST_BYTES,
    Ack,
    Hello,
    HelloReply,
    Message,
    NewPerson,
    NewPersonReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    SignedIn,
    SignIn,
    UploadReply,
    decode,
    encode,
)
from server import scope
from server.blobs_folder import BlobFolder
from server.documents import Documents
from server.facts import EPOCH, fact
from server.feed import page_for, require_ours
from server.journal import Journal, Speaker
from server.ledger import head_of
from server.people import People
from server.problem import Problem
from server.setting_up import SettingUp, default_id
from sync.apply import PageWork
from sync.central import Cable, Remember
from sync.engine import Engine, Hooks, SyncReport
from sync.faults import Diverged, Locked, Offline, Rejected
from sync.laptop import Laptop

M = TypeVar("M", bound=Message)
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


class NearServer:
    """The central server without a socket."""

    def __init__(self, database: Database, clock: Callable[[], datetime], folder: Path) -> None:
        self.clock = clock
        self.blobs = BlobFolder(folder / "documents")
        self.heard: dict[str, list[Ack]] = {}
        self.reopen(database)
        database.prepare(metadata, side="server", latest=LATEST)
        people = People(database, self.journal)
        SettingUp(database, self.journal, people, clock=clock).start_sample({})

    def reopen(self, database: Database) -> None:
        """Goes on with a store opened anew, as after a restart."""
        self.database = database
        self.journal = Journal(database, clock=self.clock)
        self.documents = Documents(database, self.journal, self.blobs, clock=self.clock)

    def put(self, *records: Record) -> None:
        """Writes rows that come of no command, as an admin's settings do."""
        with self.database.writing() as conn:
            self.journal.write_down(conn, records)

    def epoch(self) -> str:
        """The identity of this server's history."""
        with self.database.reading() as conn:
            return fact(conn, EPOCH)


class NearCentral:
    """One device's way to the near server; a Central.

    `lose_replies`, after `spare_replies` more, and `lose_pushes` make answers vanish after the work was done; with
    `twice` each request arrives two times; `meanwhile` happens on the laptop while a request is on its way, and may
    raise. Pages hold at most `page_bytes`.
    """

    def __init__(self, server: NearServer, person_id: str, device: str) -> None:
        self.server = server
        self.person_id = person_id
        self._device = device
        self._clock_off = 0
        self.lose_replies = 0
        self.spare_replies = 0
        self.lose_pushes = 0
        self.twice = False
        self.page_bytes = MOST_BYTES
        self.requests: list[str] = []
        self.meanwhile: Callable[[], object] | None = None

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        raise Rejected("sign-in-refused")

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        self._device = device

    def hello(self, hello: Hello) -> HelloReply:
        asked = self._over_the_wire(hello)
        now = self.server.clock()
        self._clock_off = round((asked.clock - now).total_seconds())
        self.server.journal.end_what_is_over()
        with self.server.database.reading() as conn, _problems_named():
            require_ours(conn, asked.known, fact(conn, EPOCH))
            reply = HelloReply(
                rid=asked.rid,
                epoch=fact(conn, EPOCH),
                head=head_of(conn),
                now=scope.scopes_of(conn, self._person(conn)),
                server_time=now,
            )
        return self._back(reply)

    def push(self, push: Push) -> PushReply:
        asked = self._over_the_wire(push)
        speaker = Speaker(person_id=self.person_id, device_id=self._device, clock_off=self._clock_off)
        for _ in range(2 if self.twice else 1):
            acks = self.server.journal.push(speaker, asked.cmds)
            for ack in acks:
                self.server.heard.setdefault(ack.id, []).append(ack)
        if self.lose_pushes:
            self.lose_pushes -= 1
            raise Offline("the answer was lost")
        return self._back(PushReply(rid=asked.rid, acks=acks))

    def pull(self, pull: Pull) -> Page:
        asked = self._over_the_wire(pull)
        with self.server.database.reading() as conn, _problems_named():
            asked = msgspec.structs.replace(asked, max_bytes=self.page_bytes)
            page = page_for(conn, self._person(conn), asked, fact(conn, EPOCH))
        return self._back(page)

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        asked = self._over_the_wire(offer)
        with _problems_named():
            return self._back(self.server.documents.offer(self._who(), asked))

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        self._note("chunk")
        with _problems_named():
            self.server.documents.put_chunk(self._who(), upload_id, number, chunk, sha256(chunk).hexdigest())
        self._lose()

    def finish_upload(self, upload_id: str) -> None:
        self._note("finish")
        with _problems_named():
            self.server.documents.finish(self._who(), upload_id)
        self._lose()

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        self._note("fetch")
        with _problems_named():
            yield from self.server.documents.read(self._who(), sha256, case_id, (start, None)).content

    def add_person(self, person: NewPerson) -> NewPersonReply:
        raise Rejected("not-here")

    def _who(self) -> Person:
        with self.server.database.reading() as conn:
            return self._person(conn)

    def _person(self, conn: Connection) -> Person:
        person = find(conn, Person, self.person_id)
        if person is None or not person.is_active:
            raise Locked("locked-out")
        return person

    def _note(self, request: str) -> None:
        self.requests.append(request)
        if self.meanwhile is not None:
            self.meanwhile()
        self._who()

    def _over_the_wire(self, message: M) -> M:
        self._note(type(message).__name__)
        return decode(encode(message), type(message))

    def _lose(self) -> None:
        if self.spare_replies:
            self.spare_replies -= 1
        elif self.lose_replies:
            self.lose_replies -= 1
            raise Offline("the answer was lost")

    def _back(self, reply: M) -> M:
        self._lose()
        return decode(encode(reply), type(reply))


@dataclass(frozen=True, kw_only=True)
class Makes:
    """What laptops are made of; a test that leaves out a safeguard hands in another part."""

    pages: Callable[[str], PageWork] = PageWork
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
        self.engine = Engine(self.laptop, self.cable, self.hooks, pages=self.world.makes.pages(self.person_id))

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


@contextmanager
def _problems_named() -> Iterator[None]:
    """The faults that sync/http.py makes of the server's refusals."""
    try:
        yield
    except Problem as problem:
        if problem.code == "diverged":
            raise Diverged(problem.code) from problem
        raise Rejected(problem.code) from problem


__all__ = ["Clock", "Desk", "Makes", "NearCentral", "NearServer", "NearWorld", "person_id"]
