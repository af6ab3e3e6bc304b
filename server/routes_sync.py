"""The round: hello, push, pull; comparing what a store holds; waiting for news; what a lost device hands over."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from casework.answers import Status
from casework.commands import Said
from casework.values import Person
from casework.wire import (
    START,
    Ack,
    FromStore,
    Hello,
    Limits,
    Message,
    News,
    NewsReply,
    Pull,
    PushReply,
    Reconcile,
    Reply,
    Trees,
    Verify,
)
from casework.wire_rows import CheckRows
from server import feed, greeting, reconciling, scope
from server.accounts import Session
from server.asking import Anybody, Sender, Served, Who, Words, answer, understand
from server.devices import WIPE
from server.news import LONGEST_WAIT
from server.parts import Parts
from server.problem import Problem
from server.reading_said import id_in, read_said

M = TypeVar("M", bound=Message)
R = TypeVar("R", bound=Reply)
router = APIRouter(prefix="/v1")


class LoosePush(FromStore, frozen=True, kw_only=True):
    """A wire.Push whose commands are looked at one by one, so that one from a newer app does not stop the others."""

    cmds: tuple[msgspec.Raw, ...]


@router.post("/hello")
def hello(request: Request, who: Anybody, body: Words, parts: Served) -> Response:
    """Where the server stands, and what this person may see at this moment; to an app of any version. Raises 409."""
    asked = understand(request, body, Hello)
    if asked.device != who.device_id:
        raise Problem(409, "device-of-another")
    asker = parts.accounts.asker(who)
    reply = greeting.greet(parts.database, parts.journal, parts.clock, who=who, asker=asker, asked=asked)
    return answer(request, reply)


@router.post("/push")
def push(request: Request, who: Sender, body: Words, parts: Served) -> Response:
    """One ack per command; an app of any version may push (protocol 13)."""
    asker = parts.accounts.asker(who)

    def take(asked: LoosePush, saids: list[Said]) -> tuple[Ack, ...]:
        def still(conn: Connection) -> None:
            asker(conn)
            feed.require_known(conn, asked.known)

        return parts.journal.push(who.speaker, saids, still=still)

    return answer(request, _taken(request, body, take))


@router.post("/deposit")
def deposit(request: Request, who: Anybody, body: Words, parts: Served) -> Response:
    """What a lost device had not sent: kept whole for a lead, judged by nobody else (FF3). Raises Problem 403."""
    if who.access != WIPE:
        raise Problem(403, "not-allowed")
    still = parts.accounts.asker(who)
    return answer(
        request, _taken(request, body, lambda _, saids: parts.journal.deposit(who.speaker, saids, still=still))
    )


@router.post("/pull")
def pull(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """The next page for this store."""
    asked = understand(request, body, Pull)
    page = _looked_up(parts, who, asked, feed.page_for)
    is_new = asked.cur == START and not asked.held
    parts.devices.note_cursor(who, page.cur if is_new else asked.cur)
    return answer(request, page)


@router.post("/verify")
def verify(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Whether a store holds what it should, by sums."""
    asked = understand(request, body, Verify)
    return answer(request, _looked_up(parts, who, asked, reconciling.verify))


@router.post("/reconcile")
def reconcile(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """The list of all cases in reach."""
    asked = understand(request, body, Reconcile)
    return answer(request, _looked_up(parts, who, asked, reconciling.list_for))


@router.post("/trees")
def trees(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Whole cases by their ids."""
    asked = understand(request, body, Trees)
    return answer(request, _looked_up(parts, who, asked, reconciling.trees_for))


@router.post("/rows")
def rows(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Whether the rows of cases that a store holds are those that are here."""
    asked = understand(request, body, CheckRows)
    return answer(request, _looked_up(parts, who, asked, reconciling.check_rows))


@router.post("/news")
async def news(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Waits for something to fetch, without a thread. Raises Problem 503 where too many wait."""
    asked = understand(request, body, News)
    scopes = await run_in_threadpool(_scopes_of, parts, who)
    is_news = await parts.news.wait(scopes, asked.cur[0], max(0, min(LONGEST_WAIT, asked.wait)))
    return answer(request, NewsReply(rid=asked.rid, is_news=is_news))


def _looked_up(parts: Parts, who: Session, asked: M, look: Callable[[Connection, Person, M], R]) -> R:
    """The answer to a question that changes nothing, out of one snapshot."""
    with parts.database.reading() as conn:
        return look(conn, parts.accounts.asker(who)(conn), asked)


def _scopes_of(parts: Parts, who: Session) -> tuple[str, ...]:
    with parts.database.reading() as conn:
        return scope.scopes_of(conn, parts.accounts.asker(who)(conn))


def _taken(request: Request, body: bytes, take: Callable[[LoosePush, list[Said]], tuple[Ack, ...]]) -> PushReply:
    """Reads commands one by one and hands over those that can be read; one ack for each, in order."""
    asked = understand(request, body, LoosePush, with_nul=True)
    if len(asked.cmds) > Limits().push_commands:
        raise Problem(413, "too-large", {"most": str(Limits().push_commands)})
    read = [_read(raw) for raw in asked.cmds]
    acks = {ack.id: ack for ack in take(asked, [said for said in read if isinstance(said, Said)])}
    in_order = [acks[said.id] if isinstance(said, Said) else said for said in read if said is not None]
    return PushReply(rid=asked.rid, acks=tuple(in_order))


def _read(raw: msgspec.Raw) -> Said | Ack | None:
    """A command, or `later` for one that this version cannot read: it stays in the outbox until a newer server runs."""
    if (said := read_said(raw)) is not None:
        return said
    command_id = id_in(raw)
    return Ack(id=command_id, st=Status.LATER, code="not-understood") if command_id else None
