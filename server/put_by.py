"""Documents that only kept work names, as from a lost device: their bytes are put by for who decides about it."""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select

from casework.commands import AttachDocument
from casework.rows import of_case
from casework.rules.documents import rows_of
from casework.rules.keeping import said_in_text
from casework.tables import TABLES
from casework.values import Document, KeptState, KeptWork
from server.facts import facts, set_fact
from server.tables import meta

# in front of the hash of a document that came from a lost device and is on no case
PUT_BY = "put_by_document/"
_KEPT, _DOCUMENT = TABLES[KeptWork], TABLES[Document]


def awaited(conn: Connection, person_id: str, case_ids: Iterable[str]) -> Iterator[Document]:
    """The documents that kept work of that person's names, while it is undecided: as their rows would be."""
    yield from _named(conn, _KEPT.c.author_id == person_id, _KEPT.c.case_id.in_(sorted(set(case_ids))))


def note_put_by(conn: Connection, sha256s: Iterable[str]) -> None:
    """Their bytes are here, verified, and no row names them yet."""
    for sha256 in sha256s:
        set_fact(conn, f"{PUT_BY}{sha256}", "here")


def stored_now(conn: Connection, case_id: str) -> tuple[Document, ...]:
    """Rows of that case, as just written, of which the bytes were put by: they are stored."""
    waiting = [document for document in of_case(conn, Document, case_id) if not document.is_stored]
    here = facts(conn, *(f"{PUT_BY}{document.sha256}" for document in waiting)) if waiting else {}
    return tuple(
        msgspec.structs.replace(document, is_stored=True) for document in waiting if here[f"{PUT_BY}{document.sha256}"]
    )


def all_here(conn: Connection) -> tuple[str, ...]:
    """The hashes of all that is put by."""
    keys = conn.execute(select(meta.c.key).where(meta.c.key.startswith(PUT_BY))).scalars()
    return tuple(key.removeprefix(PUT_BY) for key in keys)


def let_go(conn: Connection) -> tuple[str, ...]:
    """Forgets what was put by and nobody can decide for any more; returns the hashes whose bytes are to go.

    A document that is on a case by now is that case's own.
    """
    gone = []
    for sha256 in all_here(conn):
        if is_waited_for(conn, sha256):
            continue
        forget(conn, sha256)
        if conn.execute(select(_DOCUMENT.c.id).where(_DOCUMENT.c.sha256 == sha256).limit(1)).first() is None:
            gone.append(sha256)
    return tuple(gone)


def is_waited_for(conn: Connection, sha256: str) -> bool:
    """Whether undecided kept work names that document, whether its bytes are here or to come.

    By the words as they were kept, so that what a newer server kept and this one cannot read counts too.
    """
    names_it = (_KEPT.c.state == KeptState.OPEN, _KEPT.c.said.contains(sha256))
    return conn.execute(select(_KEPT.c.id).where(*names_it).limit(1)).first() is not None


def forget(conn: Connection, sha256: str) -> None:
    """Its bytes are not put by any more."""
    conn.execute(delete(meta).where(meta.c.key == f"{PUT_BY}{sha256}"))


def _named(conn: Connection, *conditions: ColumnElement[bool]) -> Iterator[Document]:
    is_open = (_KEPT.c.state == KeptState.OPEN, _KEPT.c.command == "document.attach")
    for body, author_id in conn.execute(select(_KEPT.c.said, _KEPT.c.author_id).where(*is_open, *conditions)):
        said = said_in_text(body)
        # what a newer server kept and this one cannot read stops nobody else's
        if said is not None and isinstance(say := said.say, AttachDocument):
            yield from rows_of(say, case_id=say.case_id, at=said.at, by=author_id)
