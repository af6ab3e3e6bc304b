"""The round: hello, push, pull."""

import msgspec
from fastapi import APIRouter, Request, Response

from casework.answers import Status
from casework.commands import Said
from casework.wire import PROTOCOL, Ack, Hello, HelloReply, Limits, Message, Page, Pull, PushReply
from server import feed, scope
from server.asking import Served, Who, Words, answer, is_id, understand
from server.ledger import head_of
from server.problem import Problem

router = APIRouter(prefix="/v1")


class LoosePush(Message, frozen=True, kw_only=True):
    """A wire.Push whose commands are looked at one by one, so that one from a newer app does not stop the others."""

    cmds: tuple[msgspec.Raw, ...]


class _OnlyId(msgspec.Struct, frozen=True):
    id: str


@router.post("/hello")
def hello(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Where the server stands, and what this person may see at this moment. Raises Problem 409 and 426."""
    asked = understand(request, body, Hello)
    if asked.device != who.device_id:
        raise Problem(409, "device-of-another")
    if asked.proto != PROTOCOL:
        raise Problem(426, "out-of-date", {"speaks": str(PROTOCOL), "push": "ok"})
    parts.accounts.greet(who, asked)
    parts.journal.end_what_is_over()
    with parts.database.reading() as conn:
        epoch = parts.epoch(conn)
        feed.require_ours(conn, asked.known, epoch)
        reply = HelloReply(
            rid=asked.rid,
            epoch=epoch,
            head=head_of(conn),
            now=scope.scopes_of(conn, who.person),
            server_time=parts.clock(),
            limits=Limits(),
        )
    return answer(request, reply)


@router.post("/push")
def push(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """One ack per command; an app of any version may push (protocol 13)."""
    asked = understand(request, body, LoosePush, with_nul=True)
    if len(asked.cmds) > Limits().push_commands:
        raise Problem(413, "too-large", {"most": str(Limits().push_commands)})
    read = [_read(raw) for raw in asked.cmds]
    known = [said for said in read if isinstance(said, Said)]
    acks = {ack.id: ack for ack in parts.journal.push(who.speaker, known)}
    in_order = [acks[said.id] if isinstance(said, Said) else said for said in read if said is not None]
    return answer(request, PushReply(rid=asked.rid, acks=tuple(in_order)))


@router.post("/pull")
def pull(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """The next page for this store."""
    asked = understand(request, body, Pull)
    with parts.database.reading() as conn:
        page: Page = feed.page_for(conn, who.person, asked, parts.epoch(conn))
    return answer(request, page)


def _read(raw: msgspec.Raw) -> Said | Ack | None:
    """A command, or `later` for one that this version cannot read: it stays in the outbox until a newer server runs."""
    try:
        said = msgspec.json.decode(raw, type=Said)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return _not_read(raw)
    links = (said.prev, said.under, said.say.case_id)
    return said if is_id(said.id) and all(not link or is_id(link) for link in links) else _not_read(raw)


def _not_read(raw: msgspec.Raw) -> Ack | None:
    try:
        known = msgspec.json.decode(raw, type=_OnlyId)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
    return Ack(id=known.id, st=Status.LATER, code="not-understood")
