"""What every route does around its own work: read the body within limits, see who asks, answer in bytes."""

import logging
import re
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from starlette.requests import ClientDisconnect

from casework import bundle
from casework.ids import is_id as is_id
from casework.packing import ACCEPTED, NAMES, WORTH_PACKING, NotPacked, TooMuch, best, packed, unpacked
from casework.wire import CHUNK, MEDIA_TYPE, MOST_BYTES, Malformed, Message, Reply, decode, encode
from server.accounts import Session
from server.parts import Parts
from server.problem import Problem, not_found, signed_out

# a body of words, packed and unpacked; a push may be a little over what was asked for
MOST_BODY = 4 * MOST_BYTES
MOST_CHUNKS = bundle.TOGETHER * CHUNK + 1024
MOST_BUNDLE = bundle.MOST_BYTES + 200 * bundle.MOST_DOCUMENTS
_LONGEST_RID = 64
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

M = TypeVar("M", bound=Message)
log = logging.getLogger("doorstep.requests")


async def read_words(request: Request) -> bytes:
    """A body of words, unpacked. Raises Problem 413 over the limit, 415 for another kind, 400 for a broken one."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != MEDIA_TYPE:
        raise Problem(415, "not-understood")
    body = await _read(request, MOST_BODY)
    packing = request.headers.get("content-encoding", "identity").lower()
    if packing == "identity":
        return body
    if packing not in NAMES:
        raise Problem(415, "not-understood")
    try:
        return unpacked(body, packing, MOST_BODY)
    except TooMuch as error:
        raise Problem(413, "too-large", {"most": str(MOST_BODY)}) from error
    except NotPacked as error:
        raise Problem(400, "not-understood") from error


async def read_chunk(request: Request) -> bytes:
    """One or more chunks of a document."""
    return await _read(request, MOST_CHUNKS)


async def read_bundle(request: Request) -> bytes:
    """Several small documents, with what they are."""
    return await _read(request, MOST_BUNDLE)


async def _read(request: Request, most: int) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise Problem(413, "too-large", {"most": str(most)})
    parts = bytearray()
    try:
        async for part in request.stream():
            parts += part
            if len(parts) > most:
                raise Problem(413, "too-large", {"most": str(most)})
    except ClientDisconnect as error:
        # nobody is there to read it; what came half is not looked at
        raise Problem(400, "not-understood") from error
    return bytes(parts)


def understand(request: Request, body: bytes, kind: type[M], *, with_nul: bool = False) -> M:
    """The message in a body; its request id is noted for whatever is answered. Raises Problem 400.

    No database takes the sign NUL; `with_nul` is for who looks at what is inside piece by piece.
    """
    if not with_nul and _NUL.search(body):
        raise Problem(400, "not-understood")
    try:
        message = decode(body, kind)
    except Malformed as error:
        raise Problem(400, "not-understood") from error
    note_rid(request, message)
    return message


def note_rid(request: Request, message: Message) -> None:
    """Keeps a request's id for whatever is answered. Raises Problem 400 for one that is too long."""
    if len(message.rid) > _LONGEST_RID:
        raise Problem(400, "not-understood")
    request.state.rid = message.rid


def answer(request: Request, reply: Reply, *, status: int = 200) -> Response:
    """A reply in bytes, packed where that pays and is understood."""
    body = encode(reply)
    # Accept-Encoding in an answer says what the next request may be packed in (RFC 7694).
    headers = {"Content-Type": MEDIA_TYPE, "Vary": "Accept-Encoding", "Accept-Encoding": ACCEPTED}
    packing = best(request.headers.get("accept-encoding", ""))
    if packing and len(body) >= WORTH_PACKING:
        body = packed(body, packing)
        headers["Content-Encoding"] = packing
    return Response(body, status, headers)


def id_in_path(text: str) -> str:
    """An id from an address. Raises Problem 404 for what can be none."""
    if not is_id(text):
        raise not_found()
    return text


async def parts_of(request: Request) -> Parts:
    """The parts that this process runs on. Like all here that waits for nothing, without a thread of its own."""
    parts: Parts = request.app.state.parts
    return parts


def session_of(request: Request, authorization: Annotated[str, Header()] = "") -> Session:
    """Who asks, whatever they may. Every route but the few public ones depends on this (FF8). Raises Problem 401."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise signed_out()
    parts: Parts = request.app.state.parts
    with parts.database.reading() as conn:
        return parts.accounts.session_of(conn, secret.strip())


async def worker_of(who: Annotated[Session, Depends(session_of)]) -> Session:
    """Who asks, if every door is open to them: what a route is for that says nothing else. Raises Problem 401, 403."""
    if who.access != "ok":
        raise Problem(403, "locked-out")
    return who


async def sender_of(who: Annotated[Session, Depends(session_of)]) -> Session:
    """Who asks, if what they send is judged: also those whose access has ended (OC10). Raises Problem 401, 403."""
    if who.access not in ("ok", "deposit"):
        raise Problem(403, "locked-out")
    return who


def rid_of(request: Request) -> str:
    """The id of a request without a body of words: from its X-Rid header, where it gives one."""
    rid: str = getattr(request.state, "rid", "") or request.headers.get("x-rid", "")
    return rid[:_LONGEST_RID]


Words = Annotated[bytes, Depends(read_words)]
Chunk = Annotated[bytes, Depends(read_chunk)]
BundleBytes = Annotated[bytes, Depends(read_bundle)]
Who = Annotated[Session, Depends(worker_of)]
Sender = Annotated[Session, Depends(sender_of)]
Anybody = Annotated[Session, Depends(session_of)]
Served = Annotated[Parts, Depends(parts_of)]
