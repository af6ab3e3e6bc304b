"""Documents on their way in and out: who may send or fetch which bytes, and who learns that they are here."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
from sqlalchemy import Connection, select

from casework.bundle import MOST_BYTES, SMALL, TOGETHER, Small
from casework.database import Database
from casework.ids import new_id
from casework.rows import record_of
from casework.rules.documents import SHA256
from casework.tables import TABLES
from casework.values import Document, Person
from casework.wire import OpenUpload, UploadReply
from server import put_by, scope
from server.accounts import Asker
from server.blobs import BlobGone, BlobStore, ChunkRefused, ChunksMissing, Mismatch, Upload
from server.clock import Clock, as_text, utc_now
from server.journal import Journal
from server.lost_documents import back_with
from server.problem import Problem, not_found
from server.tables import upload

UPLOADS_LAST = timedelta(days=30)
# Small documents that are fetched from their store at a time: over a network it is the waiting that takes long.
_AT_ONCE = 8
_ROWS = TABLES[Document]

# A document on a case: the case's id and the hash.
Key = tuple[str, str]
Found = dict[Key, list[Document]]


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

    def offer(self, asker: Asker, asked: OpenUpload) -> UploadReply:
        """Opens an upload, or goes on with the one that this person began. Raises Problem 404.

        `have` is said only where the person may read that case's own row and its bytes are verified already: who merely
        knows a hash must send the bytes, else a hash would be enough to learn, and then to fetch, what lies on somebody
        else's case (promises 5.5). Nor where the bytes are not there, whatever the row says: who puts a server back may
        have a copy of the documents that is older than that of the database.
        """
        if not SHA256.fullmatch(asked.sha256):
            raise not_found()
        is_kept = self._blobs.has(asked.sha256)
        with self._database.writing() as conn:
            person = asker(conn)
            key = asked.case_id, asked.sha256
            found = _sendable(conn, person, (key,)).get(key, [])
            if not any(document.size == asked.size for document in found):
                raise not_found()
            if is_kept and _is_here(conn, person, key):
                return UploadReply(rid=asked.rid, have=True)
            coming = self._begin_or_go_on(conn, person, asked)
        got = tuple(sorted(self._blobs.chunks_here(coming)))
        return UploadReply(rid=asked.rid, upload_id=coming.id, got=got, together=TOGETHER)

    def put_chunk(self, asker: Asker, upload_id: str, number: int, content: bytes, sha256: str) -> None:
        """Takes one chunk in, or some that follow each other.

        Raises Problem 404, 409 `chunk-damaged` or `chunk-not-ours`.
        """
        with self._database.reading() as conn:
            # Whether the document may still be sent is asked at the end, once.
            coming, _ = _begun(conn, asker(conn), upload_id)
        refused = self._blobs.put_chunk(coming, number, content, sha256)
        if isinstance(refused, ChunkRefused):
            raise Problem(409, refused.code, {"number": str(number)})

    def finish(self, asker: Asker, upload_id: str) -> Upload:
        """Verifies the whole; from then on its rows on that case say that it is stored.

        What is left to do is `forget_chunks`. May be asked again by who may read the rows. Raises Problem 404, 409
        `chunks-missing` or `document-mismatch`.
        """
        with self._database.reading() as conn:
            person = asker(conn)
            coming, case_id = _begun(conn, person, upload_id)
            key = case_id, coming.sha256
            if not _sendable(conn, person, (key,)).get(key):
                raise not_found()
        done = self._blobs.finish(coming)
        if isinstance(done, Mismatch):
            raise Problem(409, done.code)
        if isinstance(done, ChunksMissing):
            with self._database.reading() as conn:
                # The answer to an earlier finish was lost, or another process was quicker.
                if _is_here(conn, person, key):
                    return coming
            raise Problem(409, done.code, {"numbers": " ".join(map(str, done.numbers[:100]))})
        self._note_stored((Small(coming.sha256, coming.size, case_id),))
        return coming

    def forget_chunks(self, finished: Upload) -> None:
        """Clears away what an upload came in, after its rows were written: a kill before that needs it once more.

        Nobody need wait for it.
        """
        self._blobs.abandon(finished)

    def take_in(self, asker: Asker, sent: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        """Verifies and keeps small documents that came whole; for each "", or the code of why not, in order.

        "not-found" for one that is on no case where this person may send it, "document-mismatch" for other bytes.
        """
        with self._database.reading() as conn:
            expected = _sendable(conn, asker(conn), [_key(one) for one, _ in sent])
        codes = tuple(_why_not(one, content, expected.get(_key(one), [])) for one, content in sent)
        good = [both for both, code in zip(sent, codes, strict=True) if not code]
        if good:
            self._blobs.put_whole([(one.sha256, content) for one, content in good])
            self._note_stored([one for one, _ in good])
        return codes

    def give(self, asker: Asker, asked: Sequence[Small]) -> list[bytes]:
        """Small documents whole, in order; empty for one that is not there for this person, or beyond MOST_BYTES."""
        with self._database.reading() as conn:
            found = _readable(conn, asker(conn), [_key(one) for one in asked])
        given, left = list[Small | None](), MOST_BYTES
        for one in asked:
            is_here = any(document.is_stored for document in found.get(_key(one), []) if document.size == one.size)
            is_given = is_here and one.size <= min(SMALL, left)
            left -= one.size if is_given else 0
            given.append(one if is_given else None)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._small, given))

    def read(self, asker: Asker, sha256: str, case_id: str, wanted: tuple[int | None, int | None]) -> Piece:
        """A document's bytes from a place on, both ends counted in; None for an open end. Raises Problem 404, 416."""
        with self._database.reading() as conn:
            if not _is_here(conn, asker(conn), (case_id, sha256)):
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

    def _small(self, one: Small | None) -> bytes:
        try:
            return b"".join(self._blobs.pieces(one.sha256, 0, one.size)) if one else b""
        except BlobGone:
            return b""

    def _note_stored(self, verified: Sequence[Small]) -> None:
        """Has the rows say that their bytes are here; everybody pulls them with that."""
        with self._database.writing() as conn:
            on_cases = _rows(conn, map(_key, verified))
            put_by.note_put_by(conn, {one.sha256 for one in verified if _key(one) not in on_cases})
            sizes = {one.sha256: one.size for one in verified}
            rows = {document.id: document for found in on_cases.values() for document in found}
            rows |= {document.id: document for document in back_with(conn, sizes)}
            by_case: dict[str, list[Document]] = {}
            for document in rows.values():
                if not document.is_stored and document.size == sizes[document.sha256]:
                    stored = msgspec.structs.replace(document, is_stored=True)
                    by_case.setdefault(document.case_id, []).append(stored)
            for case_id, documents in by_case.items():
                self._journal.write_down(conn, documents, case_id=case_id)

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


def _key(one: Small) -> Key:
    return one.case_id, one.sha256


def _why_not(one: Small, content: bytes, expected: list[Document]) -> str:
    """What is wrong with a small document as it came, "" where nothing is."""
    if not any(document.size == one.size for document in expected):
        return "not-found"
    is_right = len(content) == one.size and hashlib.sha256(content).hexdigest() == one.sha256
    return "" if is_right else "document-mismatch"


def _rows(conn: Connection, keys: Iterable[Key]) -> Found:
    """The rows of documents, whoever may see them; of a case that was joined to another one they are on that one."""
    asked = set(keys)
    onward = scope.joined_cases(conn, {case_id for case_id, _ in asked})
    wanted: dict[Key, list[Key]] = {}
    for case_id, sha256 in asked:
        wanted.setdefault((onward.get(case_id, case_id), sha256), []).append((case_id, sha256))
    found: Found = {}
    for some in scope.in_pieces(sorted({sha256 for _, sha256 in wanted})):
        cases = {case_id for case_id, sha256 in wanted if sha256 in some}
        query = select(_ROWS).where(_ROWS.c.sha256.in_(some), _ROWS.c.case_id.in_(cases)).order_by(_ROWS.c.id)
        for row in conn.execute(query).mappings():
            for key in wanted.get((row["case_id"], row["sha256"]), ()):
                found.setdefault(key, []).append(record_of(Document, {str(name): row[name] for name in row}))
    return found


def _readable(conn: Connection, person: Person, keys: Sequence[Key]) -> Found:
    """The rows of documents on cases that the person may see."""
    onward = scope.joined_cases(conn, {case_id for case_id, _ in keys})
    there = {case_id: onward.get(case_id, case_id) for case_id, _ in keys}
    visible = scope.visible(conn, scope.scopes_of(conn, person), there.values())
    return _rows(conn, [key for key in keys if there[key[0]] in visible])


def _sendable(conn: Connection, person: Person, keys: Sequence[Key]) -> Found:
    """The rows of documents whose bytes the person may send: on cases in reach, and their own on any, or to be on them.

    Who added it while the case was theirs is the only one who has the bytes, wherever the case is by now (FA1).
    """
    found = _readable(conn, person, keys)
    rest = [key for key in keys if key not in found]
    if not rest:
        return found
    for key, documents in _rows(conn, rest).items():
        own = [document for document in documents if document.added_by == person.id]
        found |= {key: own} if own else {}
    for document in put_by.awaited(conn, person.id, (case_id for case_id, _ in rest)):
        found.setdefault((document.case_id, document.sha256), []).append(document)
    return found


def _is_here(conn: Connection, person: Person, key: Key) -> bool:
    """Whether the person may read that document, and the server has verified it."""
    return any(document.is_stored for document in _readable(conn, person, (key,)).get(key, []))


def _begun(conn: Connection, person: Person, upload_id: str) -> tuple[Upload, str]:
    """An upload that this person began, and the case that it is for."""
    row = conn.execute(select(upload).where(upload.c.id == upload_id)).first()
    if row is None or row.person_id != person.id:
        raise not_found()
    return Upload(id=row.id, sha256=row.sha256, size=row.size), row.case_id
