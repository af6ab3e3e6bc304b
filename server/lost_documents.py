"""Documents that were here once and of which the bytes are damaged or gone, as a backup found out."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, select

from casework.rows import find_some
from casework.tables import TABLES
from casework.values import Document
from server import put_by
from server.facts import facts, number, set_fact
from server.journal import Journal
from server.prepared import Prepared, given
from server.scope import in_pieces
from server.tables import meta

# the number under which the last loss was written down
LAST_LOST = "last_lost_rev"
# in front of a lost document's author and id, with the number under which that was written down
_LOST = "lost_document/"
_ROWS = TABLES[Document]
# one person's: a key has a `/` behind the author, and `0` is what comes after `/`
_OF_ONE = (meta.c.key > given("from"), meta.c.key < given("to"), meta.c.value > given("since"))
_OWN = Prepared(
    select(_ROWS.c.sha256)
    .select_from(meta.join(_ROWS, _ROWS.c.id == func.substr(meta.c.key, given("behind"))))
    .where(*_OF_ONE, _ROWS.c.is_stored.is_(False))
    .order_by(_ROWS.c.sha256)
)


def lost_by(conn: Connection, person_id: str, since: int) -> tuple[str, ...]:
    """The hashes of documents that this person added and that were found lost after a number.

    Wherever the case is by now, they may have them still.
    """
    own = f"{_LOST}{person_id}"
    rows = _OWN.column(conn, **{"from": f"{own}/", "to": f"{own}0"}, since=_as_text(since), behind=len(own) + 2)
    return tuple(dict.fromkeys(rows))


def note_lost(journal: Journal, conn: Connection, hashes: Sequence[str]) -> None:
    """Has the rows of documents say that their bytes are not here: who still has them sends them once more.

    One that is only put by is not any more.
    """
    lost = list[Document]()
    for some in in_pieces(hashes):
        found = conn.execute(select(_ROWS.c.id).where(_ROWS.c.sha256.in_(some), _ROWS.c.is_stored)).scalars()
        lost += find_some(conn, Document, found).values()
    head = _write(journal, conn, lost, is_stored=False)
    for document in lost:
        set_fact(conn, _key(document), _as_text(head))
    if lost:
        set_fact(conn, LAST_LOST, str(head))
    for sha256 in hashes:
        put_by.forget(conn, sha256)


def note_back(journal: Journal, conn: Connection, hashes: Collection[str]) -> None:
    """Of documents that were lost, has the rows say that these are here again: an admin has put them back.

    No other rows: who knows no more of a document than its hash may have put it on a case of their own, and has yet to
    show that they have it.
    """
    keys = conn.execute(select(meta.c.key).where(meta.c.key.startswith(_LOST))).scalars().all()
    rows = find_some(conn, Document, [_id_in(key) for key in keys])
    here = frozenset(hashes)
    still = {one.id for one in rows.values() if not one.is_stored and one.sha256 not in here}
    back = [one for one in rows.values() if not one.is_stored and one.id not in still]
    _write(journal, conn, back, is_stored=True)
    _forget(conn, (key for key in keys if _id_in(key) not in still))


def back_with(conn: Connection, hashes: Collection[str]) -> tuple[Document, ...]:
    """The rows of lost documents, on whichever cases, of which the bytes have come; they are lost no more."""
    found = list[Document]()
    if not number(conn, LAST_LOST):
        return ()
    for some in in_pieces(sorted(hashes)):
        rows = conn.execute(select(_ROWS.c.id).where(_ROWS.c.sha256.in_(some), _ROWS.c.is_stored.is_(False))).scalars()
        missing = find_some(conn, Document, rows).values()
        noted = facts(conn, *(_key(one) for one in missing))
        found += (one for one in missing if noted[_key(one)])
    _forget(conn, map(_key, found))
    return tuple(found)


def _key(document: Document) -> str:
    return f"{_LOST}{document.added_by}/{document.id}"


def _id_in(key: str) -> str:
    return key.rpartition("/")[2]


def _as_text(rev: int) -> str:
    """So that the greater number is the later text."""
    return f"{rev:020}"


def _forget(conn: Connection, keys: Iterable[str]) -> None:
    for some in in_pieces(list(keys)):
        conn.execute(delete(meta).where(meta.c.key.in_(some)))


def _write(journal: Journal, conn: Connection, documents: Sequence[Document], *, is_stored: bool) -> int:
    """Returns the number of the last change, 0 where there is none."""
    head = 0
    by_case: dict[str, list[Document]] = {}
    for one in documents:
        by_case.setdefault(one.case_id, []).append(msgspec.structs.replace(one, is_stored=is_stored))
    for case_id, some in by_case.items():
        head, _ = journal.write_down(conn, some, case_id=case_id)
    return head
