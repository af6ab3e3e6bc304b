"""The snapshot for laptops that start from nothing: what is on offer, and its bytes from any place on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from casework.snapshot import BLOCK, WantSnapshot
from casework.values import Person
from casework.wire import ALL
from server import scope
from server.asking import Served, Who, Words, answer, id_in_path, understand
from server.problem import Problem, not_found
from server.routes_documents import read_range
from server.snapshots import Made, Snapshots

router = APIRouter(prefix="/v1")


@router.post("/snapshot")
def offer(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """The snapshot that stands; where none does, or none is young, one is made for the next who asks.

    Raises Problem 403 for who does not hold `all`, 404 where there is none in the laptop's layout.
    """
    asked = understand(request, body, WantSnapshot)
    with parts.database.reading() as conn:
        person = parts.accounts.asker(who)(conn)
        parts.snapshots.make_soon(conn, person)
        made, now = snapshot_for(conn, parts.snapshots, person)
    return answer(request, made.reply(asked, now))


@router.get("/snapshot/{snapshot_id}")
def fetch(
    who: Who, parts: Served, snapshot_id: str, wanted: Annotated[str, Header(alias="range")] = ""
) -> StreamingResponse:
    """Its blocks one after the other, all or from a place on."""
    with parts.database.reading() as conn:
        made, _ = snapshot_for(conn, parts.snapshots, who.person)
    if made.id != id_in_path(snapshot_id):
        raise not_found()
    first, last = read_range(wanted)
    if first is None or last is not None or first >= made.length:
        raise Problem(416, "range-not-here")
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(made.length - first), "ETag": f'"{made.id}"'}
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{made.length - 1}/{made.length}"
    return StreamingResponse(
        bytes_of(parts.snapshots.path_of(made), first),
        status_code=206 if wanted else 200,
        media_type="application/octet-stream",
        headers=headers,
    )


def snapshot_for(conn: Connection, snapshots: Snapshots, person: Person) -> tuple[Made, tuple[str, ...]]:
    """The snapshot that stands, and the scopes of whoever asks for it. Raises Problem 403 and 404."""
    now = scope.scopes_of(conn, person)
    if ALL not in now:
        raise Problem(403, "not-allowed")
    made = snapshots.offered(conn)
    if made is None:
        raise not_found()
    return made, now


def bytes_of(path: Path, start: int) -> Iterator[bytes]:
    """A snapshot's blocks from a byte on, in pieces."""
    with path.open("rb") as file:
        file.seek(start)
        while piece := file.read(BLOCK):
            yield piece
