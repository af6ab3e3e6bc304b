"""Documents' bytes: offered, sent in chunks, verified, and fetched from any place on.

Anybody may send what words of theirs have named, from a device reported lost too (FF3); the bytes are what was named or
are thrown away.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from casework.bundle import (
    MOST_BYTES,
    MOST_DOCUMENTS,
    SMALL,
    Bundle,
    BundleGiven,
    BundleTaken,
    Small,
    divided,
    packed,
    unpacked,
)
from casework.wire import Malformed, OpenUpload, Reply
from server.asking import (
    Anybody,
    BundleBytes,
    Chunk,
    Served,
    Who,
    Words,
    answer,
    id_in_path,
    note_rid,
    rid_of,
    understand,
)
from server.problem import Problem, not_found

router = APIRouter(prefix="/v1")

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@router.post("/uploads")
def offer(request: Request, who: Anybody, body: Words, parts: Served) -> Response:
    """Offers the bytes of a document that is on a case."""
    asked = understand(request, body, OpenUpload)
    return answer(request, parts.documents.offer(parts.accounts.asker(who), asked))


@router.put("/uploads/{upload_id}/{number}")
def put_chunk(
    request: Request,
    who: Anybody,
    body: Chunk,
    parts: Served,
    upload_id: str,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
    x_chunk_sha256: Annotated[str, Header()] = "",
) -> Response:
    """One chunk, or some that follow each other, with the hash of what is sent."""
    parts.documents.put_chunk(parts.accounts.asker(who), id_in_path(upload_id), number, body, x_chunk_sha256.lower())
    return answer(request, Reply(rid=rid_of(request)))


@router.post("/uploads/{upload_id}/finish")
def finish(request: Request, who: Anybody, parts: Served, upload_id: str) -> Response:
    """Has the whole verified."""
    finished = parts.documents.finish(parts.accounts.asker(who), id_in_path(upload_id))
    reply = answer(request, Reply(rid=rid_of(request)))
    reply.background = BackgroundTask(parts.documents.forget_chunks, finished)
    return reply


@router.post("/documents/batch")
def take_in(request: Request, who: Anybody, body: BundleBytes, parts: Served) -> Response:
    """Several small documents, whole."""
    try:
        bundle, content = unpacked(body, Bundle)
        contents = divided(content, [one.size for one in bundle.documents])
    except Malformed as error:
        raise Problem(400, "not-understood") from error
    note_rid(request, bundle)
    codes = parts.documents.take_in(
        parts.accounts.asker(who), list(zip(_fit(bundle.documents, MOST_BYTES), contents, strict=True))
    )
    return answer(request, BundleTaken(rid=bundle.rid, codes=codes))


@router.post("/documents/wanted")
def give(request: Request, who: Who, body: Words, parts: Served) -> Response:
    """Several small documents back, whole."""
    asked = understand(request, body, Bundle)
    contents = parts.documents.give(parts.accounts.asker(who), _fit(asked.documents, SMALL))
    head = BundleGiven(rid=asked.rid, sizes=tuple(map(len, contents)))
    return Response(packed(head, contents), media_type="application/octet-stream")


def _fit(documents: tuple[Small, ...], largest: int) -> tuple[Small, ...]:
    """Those of a bundle. Raises Problem 400 for what does not belong in one, 413 for too many."""
    if len(documents) > MOST_DOCUMENTS:
        raise Problem(413, "too-large", {"most": str(MOST_DOCUMENTS)})
    if any(not 0 < one.size <= largest or not _SHA256.fullmatch(one.sha256) for one in documents):
        raise Problem(400, "not-understood")
    return documents


@router.get("/documents/{sha256}")
def fetch(
    who: Who,
    parts: Served,
    sha256: str,
    case: Annotated[str, Query()] = "",
    wanted: Annotated[str, Header(alias="range")] = "",
) -> Response:
    """The bytes, all or a range of them."""
    if not _SHA256.fullmatch(sha256):
        raise not_found()
    piece = parts.documents.read(parts.accounts.asker(who), sha256, id_in_path(case), read_range(wanted))
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(piece.length),
        "Content-Disposition": "attachment",
        "ETag": f'"{sha256}"',
    }
    if wanted:
        headers["Content-Range"] = f"bytes {piece.start}-{piece.start + piece.length - 1}/{piece.size}"
    return StreamingResponse(
        piece.content,
        status_code=206 if wanted else 200,
        media_type="application/octet-stream",
        headers=headers,
    )


def read_range(header: str) -> tuple[int | None, int | None]:
    """First and last byte of a Range header with one range; None for an open end. Raises Problem 416."""
    if not header:
        return (0, None)
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        raise Problem(416, "range-not-here")
    first, last = found.groups()
    return (int(first) if first else None, int(last) if last else None)
