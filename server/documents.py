"""Documents on their way in and out: who may send or fetch which bytes, and who learns that they are here."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from sqlalchemy import Connection, select

from casework.database import Database
from casework.ids import new_id
from casework.rows import of_case
from casework.values import Document, Person
from casework.wire import OpenUpload, UploadReply
from server import scope
from server.blobs import BlobGone, BlobStore, ChunkRefused, ChunksMissing, Mismatch, Upload
from server.clock import Clock, as_text, utc_now
from server.journal import Journal
from server.problem import Problem, not_found
from server.tables import upload

UPLOADS_LAST = timedelta(days=30)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a document: which bytes of how many, and an iterator over them."""

    start: int
    length: int
    size: int
    content: Iterator[bytes]


class Documents:
    """The bytes behind the rows. A row on a case that the person may see is the only key to them."""

    def __init__(self, database: Database, journal: Journal, blobs: BlobStore, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._journal = journal
        self._blobs = blobs
        self._clock = clock

    def offer(self, person: Person, asked: OpenUpload) -> UploadReply:
        """Opens an upload, or goes on with the one that this person began. Raises Problem 404.

        `have` is said only where that case's own row is verified already: who merely knows a hash must send the bytes,
        else a hash would be enough to learn, and then to fetch, what lies on somebody else's case (promises 5.5).
        """
        with self._database.writing() as conn:
            found = _sendable(conn, person, asked.case_id, asked.sha256)
            if not found or found[0].size != asked.size:
                raise not_found()
            if any(document.is_stored for document in found):
                return UploadReply(rid=asked.rid, have=True)
            coming = self._begin_or_go_on(conn, person, asked)
        got = tuple(sorted(self._blobs.chunks_here(coming)))
        return UploadReply(rid=asked.rid, upload_id=coming.id, got=got)

    def put_chunk(self, person: Person, upload_id: str, number: int, content: bytes, sha256: str) -> None:
        """Takes one chunk in. Raises Problem 404, 409 `chunk-damaged` or `chunk-not-ours`."""
        with self._database.reading() as conn:
            coming, _ = _of_person(conn, person, upload_id)
        refused = self._blobs.put_chunk(coming, number, content, sha256)
        if isinstance(refused, ChunkRefused):
            raise Problem(409, refused.code, {"number": str(number)})

    def finish(self, person: Person, upload_id: str) -> None:
        """Verifies the whole; from then on its rows on that case say that it is stored. May be asked again.

        Raises Problem 404, 409 `chunks-missing` or `document-mismatch`.
        """
        with self._database.reading() as conn:
            coming, case_id = _of_person(conn, person, upload_id)
        done = self._blobs.finish(coming)
        if isinstance(done, ChunksMissing):
            raise Problem(409, done.code, {"numbers": " ".join(map(str, done.numbers[:100]))})
        if isinstance(done, Mismatch):
            raise Problem(409, done.code)
        with self._database.writing() as conn:
            stored = [
                msgspec.structs.replace(document, is_stored=True)
                for document in of_case(conn, Document, case_id)
                if document.sha256 == coming.sha256 and not document.is_stored
            ]
            if stored:
                self._journal.write_down(conn, stored, case_id=case_id)

    def read(self, person: Person, sha256: str, case_id: str, wanted: tuple[int | None, int | None]) -> Piece:
        """A document's bytes from a place on, both ends counted in; None for an open end. Raises Problem 404, 416."""
        with self._database.reading() as conn:
            if not any(document.is_stored for document in _on_case(conn, person, case_id, sha256)):
                raise not_found()
        try:
            size = self._blobs.size_of(sha256)
            start, end = within(wanted, size)
            return Piece(
                start=start,
                length=end - start + 1,
                size=size,
                content=self._blobs.read(sha256, start=start, length=end - start + 1),
            )
        except BlobGone as error:
            raise not_found() from error

    def _begin_or_go_on(self, conn: Connection, person: Person, asked: OpenUpload) -> Upload:
        now = self._clock()
        begun = conn.execute(
            select(upload.c.id).where(
                upload.c.sha256 == asked.sha256,
                upload.c.case_id == asked.case_id,
                upload.c.person_id == person.id,
                upload.c.size == asked.size,
                upload.c.touched_at > as_text(now - UPLOADS_LAST),
            )
        ).scalar()
        coming = Upload(id=begun or new_id(), sha256=asked.sha256, size=asked.size)
        if begun:
            conn.execute(upload.update().where(upload.c.id == begun).values(touched_at=as_text(now)))
        else:
            row = {"case_id": asked.case_id, "person_id": person.id, "touched_at": as_text(now)}
            conn.execute(upload.insert().values(id=coming.id, sha256=coming.sha256, size=coming.size, **row))
        return coming


def within(wanted: tuple[int | None, int | None], size: int) -> tuple[int, int]:
    """The first and last byte of a range in a document of `size` bytes. Raises Problem 416 where there are none."""
    first, last = wanted
    if first is None:
        start, end = (0, size - 1) if last is None else (max(0, size - last), size - 1)
    else:
        start, end = first, size - 1 if last is None else min(last, size - 1)
    if start > end or start >= size:
        raise Problem(416, "range-not-here", {"size": str(size)})
    return start, end


def _on_case(conn: Connection, person: Person, case_id: str, sha256: str) -> list[Document]:
    """The rows of that document on a case, none where the person may not see the case."""
    if not scope.visible(conn, scope.scopes_of(conn, person), (case_id,)):
        return []
    return [document for document in of_case(conn, Document, case_id) if document.sha256 == sha256]


def _sendable(conn: Connection, person: Person, case_id: str, sha256: str) -> list[Document]:
    """The rows of that document whose bytes the person may send: on a case in reach, and their own on any.

    Who added it while the case was theirs is the only one who has the bytes, wherever the case is by now (FA1).
    """
    found = _on_case(conn, person, case_id, sha256)
    if found or not person.is_active:
        return found
    rows = of_case(conn, Document, case_id)
    return [document for document in rows if document.sha256 == sha256 and document.added_by == person.id]


def _of_person(conn: Connection, person: Person, upload_id: str) -> tuple[Upload, str]:
    """An upload that this person began, and the case that it is for."""
    row = conn.execute(select(upload).where(upload.c.id == upload_id)).first()
    if row is None or row.person_id != person.id:
        raise not_found()
    if not _sendable(conn, person, row.case_id, row.sha256):
        raise not_found()
    return Upload(id=row.id, sha256=row.sha256, size=row.size), row.case_id
