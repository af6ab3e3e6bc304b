"""The central server without a socket, and one device's way to it: the real server code over the wire's bytes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy import Connection as ServerConnection
from sqlalchemy import select

from casework.bundle import Small
from casework.database import Database
from casework.ids import new_id
from casework.kinds import LATEST
from casework.rows import find
from casework.snapshot import SnapshotReply, WantSnapshot
from casework.snapshot_blocks import opened
from casework.tables import metadata
from casework.values import Person, Record
from casework.wire import (
    MOST_BYTES,
    START,
    Ack,
    Fork,
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
    Reconcile,
    Reply,
    SignedIn,
    SignIn,
    Trees,
    UploadReply,
    Verify,
    decode,
    encode,
)
from casework.wire_rows import CheckRows
from server import reconciling
from server.accounts import Asker, Session
from server.blobs_folder import BlobFolder
from server.clock import Clock
from server.devices import Devices, forget_nonces
from server.documents import Documents
from server.facts import BACKED_UP_REV, EPOCH, fact, set_fact
from server.feed import page_for, require_known
from server.greeting import greet
from server.journal import Journal
from server.ledger import head_of
from server.people import People
from server.prepared import Prepared, given
from server.problem import Problem
from server.restores import begin_restore
from server.routes_snapshot import bytes_of, snapshot_for
from server.setting_up import SettingUp
from server.snapshots import Snapshots
from server.tables import device
from sync.central import Deposit, Remember
from sync.faults import Diverged, Forked, Locked, Offline, OutOfDate, Rejected, SyncFault, TooFarBack

_DEVICE = Prepared(select(device.c.fate, device.c.clock_off, device.c.cursor).where(device.c.id == given("which")))

M = TypeVar("M", bound=Message)
R = TypeVar("R", bound=Reply)


class NearServer:
    """The central server without a socket."""

    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self.clock = clock
        self._folder = folder
        self._backups = 0
        self.papers = folder / "documents"
        self.blobs = BlobFolder(self.papers)
        self.heard: dict[str, list[Ack]] = {}
        self.reopen(database)
        database.prepare(metadata, side="server", latest=LATEST)
        people = People(database, self.journal)
        SettingUp(database, self.journal, people, clock=clock).start_sample({})

    def reopen(self, database: Database) -> None:
        """Goes on with a store opened anew, as after a restart."""
        self.database = database
        self.snapshots = Snapshots(database, self._folder / "snapshots", clock=self.clock)
        self.journal = Journal(database, clock=self.clock, committed=self.snapshots.look)
        self.documents = Documents(database, self.journal, self.blobs, clock=self.clock)
        self.devices = Devices(database)

    def put(self, *records: Record) -> None:
        """Writes rows that come of no command, as an admin's settings do."""
        with self.database.writing() as conn:
            self.journal.write_down(conn, records)

    def back_up(self) -> Path:
        """Makes a copy of the database; everything up to it is said to be in a verified backup."""
        self._backups += 1
        copy = self._folder / f"backup-{self._backups}.db"
        with self.database.writing() as conn:
            set_fact(conn, BACKED_UP_REV, str(head_of(conn)[0]))
        self.database.backup(copy)
        return copy

    def restore(self, copy: Path, *, by_the_book: bool = True) -> None:
        """Goes back to a copy, as an admin does (with another epoch) or as somebody who only knows the database."""
        self.database.close()
        path = self._folder / "server.db"
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(copy, path)
        self.heard.clear()
        self.reopen(Database.plain(path))
        if by_the_book:
            with self.database.writing() as conn:
                set_fact(conn, EPOCH, new_id())
                forget_nonces(conn)
                begin_restore(conn, self.clock())

    def epoch(self) -> str:
        """The identity of this server's history."""
        with self.database.reading() as conn:
            return fact(conn, EPOCH)


class NearCentral:
    """One device's way to the near server; a Central.

    `lose_replies`, after `spare_replies` more, and `lose_pushes` make answers vanish after the work was done; with
    `twice` each request arrives two times; `meanwhile` happens on the laptop while a request is on its way, and may
    raise. Pages hold at most `page_bytes`. `written` is how this device's app writes what it asks.
    """

    def __init__(self, server: NearServer, person_id: str, device_id: str) -> None:
        self.server = server
        self.person_id = person_id
        self._device = device_id
        self.lose_replies = 0
        self.spare_replies = 0
        self.lose_pushes = 0
        self.twice = False
        self.page_bytes = MOST_BYTES
        self.written: Callable[[Message], bytes] = encode
        self.requests: list[str] = []
        self.meanwhile: Callable[[], object] | None = None

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        raise Rejected("sign-in-refused")

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        self._device = device

    def hello(self, hello: Hello) -> HelloReply:
        asked = self._over_the_wire(hello)
        who = self._session()
        with problems_named():
            reply = greet(
                self.server.database,
                self.server.journal,
                self.server.clock,
                who=who,
                asker=lambda _: who.person,
                asked=asked,
            )
        return self._back(reply)

    def push(self, push: Push) -> PushReply:
        asked = self._over_the_wire(push)
        who = self._session("ok", "deposit")
        for _ in range(2 if self.twice else 1):
            with problems_named():
                acks = self.server.journal.push(
                    who.speaker, asked.cmds, still=lambda conn: require_known(conn, asked.known)
                )
            for ack in acks:
                self.server.heard.setdefault(ack.id, []).append(ack)
        if self.lose_pushes:
            self.lose_pushes -= 1
            raise Offline("the answer was lost")
        return self._back(PushReply(rid=asked.rid, acks=acks))

    def pull(self, pull: Pull) -> Page:
        asked = self._over_the_wire(pull)
        who = self._session("ok")
        with self.server.database.reading() as conn, problems_named():
            asked = msgspec.structs.replace(asked, max_bytes=self.page_bytes)
            page = page_for(conn, who.person, asked)
        self.server.devices.note_cursor(who, page.cur if asked.cur == START and not asked.held else asked.cur)
        return self._back(page)

    def ask(self, message: Message, kind: type[R]) -> R:
        asked = self._over_the_wire(message)
        with problems_named():
            reply = self._answer(asked)
        assert isinstance(reply, kind)
        return self._back(reply)

    def _answer(self, asked: Message) -> Reply:
        if isinstance(asked, Fork):
            return self._fork(asked)
        if isinstance(asked, Deposit):
            return PushReply(rid=asked.rid, acks=self.server.journal.deposit(self._session("wipe").speaker, asked.cmds))
        who = self._session("ok")
        with self.server.database.reading() as conn:
            if isinstance(asked, Verify):
                return reconciling.verify(conn, who.person, asked)
            if isinstance(asked, Reconcile):
                return reconciling.list_for(conn, who.person, asked)
            if isinstance(asked, Trees):
                small = msgspec.structs.replace(asked, max_bytes=self.page_bytes)
                return reconciling.trees_for(conn, who.person, small)
            if isinstance(asked, CheckRows):
                return reconciling.check_rows(conn, who.person, asked)
            if isinstance(asked, WantSnapshot):
                made, now = snapshot_for(conn, self.server.snapshots, who.person)
                return made.reply(asked, now)
        # there is no thread here that news could come from
        raise Rejected("not-found")

    def _fork(self, asked: Fork) -> SignedIn:
        """As the server does for a session that it knows; here the device is all that tells one from another."""
        who = self._session()
        self._device = asked.new_device
        return SignedIn(
            rid=asked.rid,
            token="",
            lasts=0,
            renewal=f"renewal of {asked.new_device}",
            person_id=who.person.id,
            display_name=who.person.display_name,
            role=who.person.role,
            organisation="",
            epoch=self.server.epoch(),
        )

    @property
    def lanes(self) -> int:
        return 1

    @property
    def stride(self) -> int:
        return 1

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        asked = self._over_the_wire(offer)
        with problems_named():
            return self._back(self.server.documents.offer(self._who(), asked))

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        self._note("chunk")
        with problems_named():
            self.server.documents.put_chunk(self._who(), upload_id, number, chunk, sha256(chunk).hexdigest())
        self._lose()

    def finish_upload(self, upload_id: str) -> None:
        self._note("finish")
        with problems_named():
            self.server.documents.finish(self._who(), upload_id)
        self._lose()

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        self._note("fetch")
        with problems_named():
            yield from self.server.documents.read(self._who("ok"), sha256, case_id, (start, None)).content

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        self._note("bundle")
        codes = self.server.documents.take_in(self._who(), documents)
        self._lose()
        return codes

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        self._note("wanted")
        return self.server.documents.give(self._who("ok"), documents)

    def fetch_snapshot(self, offer: SnapshotReply, first: int) -> Iterator[bytes]:
        self._note("snapshot")
        who = self._session("ok")
        with self.server.database.reading() as conn, problems_named():
            made, _ = snapshot_for(conn, self.server.snapshots, who.person)
        path, start = self.server.snapshots.path_of(made), sum(block.size for block in offer.blocks[:first])
        for pages in opened(bytes_of(path, start), offer.blocks[first:]):
            self._note("block")
            self._lose()
            yield pages

    def add_person(self, person: NewPerson) -> NewPersonReply:
        raise Rejected("not-here")

    def _who(self, *allowed: str) -> Asker:
        person = self._session(*allowed).person
        return lambda _: person

    def _session(self, *allowed: str) -> Session:
        """Who asks at this moment; of a device that nobody signed in on, as if somebody had. Raises Locked."""
        with self.server.database.reading() as conn:
            row = _DEVICE.first(conn, which=self._device)
            person = find(conn, Person, self.person_id)
        if person is None:
            raise Locked("locked-out")
        if row is None:
            with self.server.database.writing() as conn:
                _sign_in(conn, self._device, self.person_id)
            return self._session(*allowed)
        fate, clock_off, cursor = row
        access = fate or ("ok" if person.is_active else "deposit")
        if allowed and access not in allowed:
            raise Locked("locked-out")
        return Session(person=person, device_id=self._device, clock_off=clock_off, access=access, cursor=cursor)

    def _note(self, request: str) -> None:
        self.requests.append(request)
        if self.meanwhile is not None:
            self.meanwhile()

    def _over_the_wire(self, message: M) -> M:
        self._note(type(message).__name__)
        return decode(self.written(message), type(message))

    def _lose(self) -> None:
        if self.spare_replies:
            self.spare_replies -= 1
        elif self.lose_replies:
            self.lose_replies -= 1
            raise Offline("the answer was lost")

    def _back(self, reply: M) -> M:
        self._lose()
        return decode(encode(reply), type(reply))


def _sign_in(conn: ServerConnection, device_id: str, person_id: str) -> None:
    blank = {column.name: "" for column in device.columns}
    numbers = {"cursor": 0, "known": 0, "clock_off": 0, "is_revoked": False}
    conn.execute(device.insert().values({**blank, **numbers, "id": device_id, "person_id": person_id}))


_KINDS: dict[str, type[SyncFault]] = {kind.code: kind for kind in (Diverged, Forked, TooFarBack, Locked, OutOfDate)}


@contextmanager
def problems_named() -> Iterator[None]:
    """The faults that sync/http.py makes of the server's refusals."""
    try:
        yield
    except Problem as problem:
        if problem.code in _KINDS:
            raise _KINDS[problem.code](problem.code, problem.facts) from problem
        raise Rejected(problem.code, problem.facts) from problem


__all__ = ["NearCentral", "NearServer", "problems_named"]
