"""Asking the central server as a stranger would: bytes over a line, and a store kept by docs/wire.md alone."""

import asyncio
import http.client
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.types import ASGIApp, Message

from casework.commands import AddNote, AnyCommand, ChangeOwner, OpenCase, Said, SeenOwner
from casework.database import Database
from casework.ids import new_id
from casework.packing import unpacked
from casework.rows import find
from casework.values import Case, Contact, Owner, OwnerKind, Property, Source
from casework.wire import (
    MEDIA_TYPE,
    START,
    Ack,
    CaseMark,
    Fault,
    Fill,
    Hello,
    HelloReply,
    Page,
    Pull,
    Push,
    PushReply,
    Reconcile,
    ReconcileReply,
    Renew,
    Reply,
    SignedIn,
    SignIn,
    Stamp,
    Trees,
    Verify,
    VerifyReply,
    check_reply,
    decode,
    encode,
)
from casework.wire import Message as WireMessage
from server.journal import Journal
from server.setting_up import WAITING_LIST, WARM_HOMES
from tests.kit_server import PASSWORD, person_id
from tests.server.kit_store import Store as Store

R = TypeVar("R", bound=Reply)


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        """So much later."""
        self.now += timedelta(**amount)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def fault(self) -> Fault:
        """The fault in it."""
        assert self.status >= 400, self
        return decode(self.body, Fault)


class Line(Protocol):
    """A way to the server."""

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """One request and its answer."""
        ...


class NextDoor:
    """The server in this process, asked without a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """See Line."""
        parts = urlsplit(path)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "server": ("next-door", 80),
            "client": ("next-door", 1),
        }
        sent: list[Message] = []

        to_read = [body]

        async def receive() -> Message:
            if not to_read:
                # the body comes once; after it, a server may wait for the asker to go away, which never happens here
                await asyncio.Event().wait()
            return {"type": "http.request", "body": to_read.pop(), "more_body": False}

        async def take(message: Message) -> None:
            sent.append(message)

        asyncio.run(self._app(scope, receive, take))  # type: ignore[arg-type]
        start = next(message for message in sent if message["type"] == "http.response.start")
        content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return _answer(start["status"], found, content)


class OverHttp:
    """The server at an address; a connection for each request."""

    def __init__(self, url: str) -> None:
        self._where = urlsplit(url)

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """See Line."""
        connection = http.client.HTTPConnection(self._where.hostname or "", self._where.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return _answer(answer.status, found, answer.read())
        finally:
            connection.close()


def _answer(status: int, headers: dict[str, str], body: bytes) -> Answer:
    packing = headers.get("content-encoding", "")
    plain = unpacked(body, packing, 100_000_000) if packing else body
    return Answer(status=status, headers=headers, body=plain)


class Visitor:
    """One person's device, with a store of its own."""

    def __init__(self, line: Line, name: str, *, password: str = PASSWORD, device: str = "") -> None:
        self.line = line
        self.name = name
        self.id = person_id(name)
        self.device = device or new_id()
        self.store = Store()
        self.token = self.renewal = self.epoch = ""
        self.nonce, self.next_nonce = "", new_id()
        if password:
            self.sign_in(password)

    def sign_in(self, password: str, *, code: str = "") -> SignedIn:
        """Comes in by password or code."""
        signed_in = self.ask("/v1/session", self.offer(password, code=code), SignedIn)
        self.id, self.token, self.renewal = signed_in.person_id, signed_in.token, signed_in.renewal
        return signed_in

    def offer(self, password: str, *, code: str = "") -> SignIn:
        """What a sign-in says."""
        return SignIn(
            rid=new_id(),
            username=self.name,
            password=password,
            code=code,
            device=self.device,
            device_name=f"{self.name}'s laptop",
            app="0.1.0",
        )

    def renew(self) -> SignedIn:
        """A fresh token."""
        signed_in = self.ask("/v1/session/renew", self.renewing(), SignedIn)
        self.token, self.renewal = signed_in.token, signed_in.renewal
        return signed_in

    def renewing(self) -> Renew:
        """What a renewal says."""
        return Renew(rid=new_id(), device=self.device, renewal=self.renewal)

    def hello(self, *, clock: datetime | None = None, known: Stamp | None = None, told: int = 0) -> HelloReply:
        """Opens a round."""
        greeting = msgspec.structs.replace(self.greeting(clock=clock, known=known), told=told)
        reply = self.ask("/v1/hello", greeting, HelloReply)
        self.nonce, self.next_nonce, self.epoch = self.next_nonce, new_id(), reply.epoch
        return reply

    def greeting(self, *, clock: datetime | None = None, known: Stamp | None = None, proto: int = 1) -> Hello:
        """What a hello says."""
        return Hello(
            rid=new_id(),
            proto=proto,
            app="0.1.0",
            device=self.device,
            prev_nonce=self.nonce,
            nonce=self.next_nonce,
            epoch=self.epoch,
            known=self.store.cur if known is None else known,
            clock=clock or datetime.now(UTC),
        )

    def push(self, *saids: Said) -> tuple[Ack, ...]:
        """Hands commands over."""
        return self.ask("/v1/push", Push(rid=new_id(), cmds=saids), PushReply).acks

    def say(self, *commands: AnyCommand) -> tuple[Ack, ...]:
        """Hands commands over as said just now."""
        return self.push(*(said(command) for command in commands))

    def pull(self, *, fill: Fill | None = None, most: int = 1_000_000) -> Page:
        """One page, not applied."""
        pull = Pull(rid=new_id(), cur=self.store.cur, held=self.store.held, fill=fill, max_bytes=most)
        return self.ask("/v1/pull", pull, Page)

    def sync(self, *, most: int = 1_000_000) -> int:
        """Pulls until all is here, first of new scopes and then of changes; returns how many pages that took."""
        pages = 0
        now = self.hello().now
        while added := tuple(name for name in now if name not in self.store.held):
            pages += self._fill(added, most)
            self.store.held = tuple(dict.fromkeys((*self.store.held, *added)))
            now = self.hello().now
        more = True
        while more:
            page = self.pull(most=most)
            self.store.apply(page)
            self.store.held = tuple(name for name in self.store.held if name in page.now)
            self.store.cur, more, pages = page.cur, page.more, pages + 1
        return pages

    def verify(self) -> VerifyReply:
        """Holds what the store has against what it should."""
        sums = self.store.sums(name for name in self.store.held if name != "ref")
        return self.ask("/v1/verify", Verify(rid=new_id(), at=self.store.cur, sums=sums), VerifyReply)

    def reconcile(self, *, buckets: tuple[str, ...] = ()) -> list[CaseMark]:
        """Compares case by case, and makes good what differs; returns the list."""
        marks: list[CaseMark] = []
        part = self.ask("/v1/reconcile", Reconcile(rid=new_id(), buckets=buckets), ReconcileReply)
        while True:
            marks += part.cases
            if not part.after:
                break
            part = self.ask(
                "/v1/reconcile",
                Reconcile(rid=new_id(), after=part.after, at=part.at, buckets=buckets),
                ReconcileReply,
            )
        elsewhere = [one for one in self.store.cases if buckets and one[-2:] not in buckets]
        self.store.forget_all_but([*elsewhere, *(mark.id for mark in marks)])
        lacking = [mark.id for mark in marks if self.store.stamps.get(mark.id) != (mark.rev, mark.chain)]
        self.fetch_trees(lacking, ref=True)
        self.store.held = part.now
        if not buckets:
            self.store.cur = part.at
        return marks

    def fetch_trees(self, ids: Sequence[str], *, ref: bool = False, most: int = 1_000_000) -> int:
        """Whole cases by id; returns in how many pages they came."""
        pages, left, after = 0, tuple(ids), ""
        while left or ref:
            page = self.ask("/v1/trees", Trees(rid=new_id(), ids=left, ref=ref, after=after, max_bytes=most), Page)
            self.store.apply(page)
            after = page.fill_after if "/" in page.fill_after else ""
            if not after:
                left = left[left.index(page.fill_after) + 1 :] if page.fill_after else left if page.more else ()
            ref, pages = bool(after), pages + 1
        return pages

    def _fill(self, scopes: tuple[str, ...], most: int) -> int:
        after, more, pages = "", True, 0
        while more:
            page = self.pull(fill=Fill(scopes=scopes, after=after), most=most)
            self.store.apply(page)
            if self.store.cur == START:
                self.store.cur = page.cur
            after, more, pages = page.fill_after, page.more, pages + 1
        return pages

    def ask(self, path: str, message: WireMessage, kind: type[R]) -> R:
        """A request that must be answered as asked."""
        answer = self.send(path, message)
        assert answer.status == 200, decode(answer.body, Fault)
        assert answer.headers["content-type"] == MEDIA_TYPE
        reply = decode(answer.body, kind)
        check_reply(reply, message.rid)
        return reply

    def send(self, path: str, message: WireMessage) -> Answer:
        """A request, however it is answered."""
        return self.send_bytes("POST", path, encode(message), {"Content-Type": MEDIA_TYPE})

    def send_bytes(self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        """Any request, with this visitor's token."""
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.line.send(method, path, {**token, **(headers or {})}, body)


class Central(msgspec.Struct, frozen=True, kw_only=True):
    """A server under test and the way to it."""

    line: Line
    database: Database

    def visitor(self, name: str, *, device: str = "") -> Visitor:
        """Somebody of the sample organisation on a device, signed in."""
        return Visitor(self.line, name, device=device)

    def stranger(self, name: str = "nobody") -> Visitor:
        """A device that has not signed in."""
        return Visitor(self.line, name, password="")

    def case(self, case_id: str) -> Case:
        """A case as the server has it."""
        with self.database.reading() as conn:
            case = find(conn, Case, case_id)
        assert case is not None
        return case

    def journal(self) -> Journal:
        """What writes down changes that no command makes."""
        return Journal(self.database)

    def owned_by(self, name: str, *, client: str = "Mrs Evans") -> Case:
        """A fresh case that a person made, and so owns."""
        return self.opened(self.visitor(name), client=client)

    def waiting(self, *, client: str = "Mr Khan") -> Case:
        """A fresh case on the waiting list, taken in by the coordinator."""
        return self.opened(self.visitor("priya"), client=client, source=Source.IMPORT)

    def opened(self, visitor: Visitor, **about: Any) -> Case:
        """A fresh case that somebody opens on an open connection."""
        command = a_new_case(**about)
        (ack,) = visitor.say(command)
        assert ack.st == "applied", ack
        return self.case(command.case_id)


def said(command: AnyCommand, **envelope: Any) -> Said:
    """A command as said just now, under a fresh id."""
    return Said(**{"id": new_id(), "at": datetime.now(UTC), "say": command, **envelope})


def a_new_case(*, client: str = "Mrs Evans", source: Source = Source.PERSON, **more: Any) -> OpenCase:
    """A new case with a client and a home of its own."""
    case_id, contact_id, home_id = new_id(), new_id(), new_id()
    about = {
        "contact_id": contact_id,
        "contact": Contact(id=contact_id, last_name=client),
        "home": Property(id=home_id, address_1="1 Kettle Row", postcode="LS1 1AA"),
        **more,
    }
    return OpenCase(case_id=case_id, property_id=home_id, project_id=WARM_HOMES, source=source, **about)


def a_note(case: Case, text: str = "Called, no answer.", *, mentions: Iterable[str] = ()) -> AddNote:
    """A note on the case."""
    return AddNote(case_id=case.id, text=text, mentions=tuple(mentions))


def given_to(case: Case, name: str, *, reason: str = "") -> ChangeOwner:
    """The case goes to somebody, seen as it stands in `case`."""
    base = SeenOwner(case.owner, case.owner_cmd)
    return ChangeOwner(case_id=case.id, base=base, owner=Owner(OwnerKind.PERSON, person_id(name)), reason=reason)


def to_a_queue(case: Case, queue_id: str = WAITING_LIST) -> ChangeOwner:
    """The case goes to a queue, back to the waiting list unless another is named."""
    base = SeenOwner(case.owner, case.owner_cmd)
    return ChangeOwner(case_id=case.id, base=base, owner=Owner(OwnerKind.QUEUE, queue_id))
