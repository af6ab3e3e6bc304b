"""Documents that were here once and of which the bytes are damaged or gone, as a backup found out."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, func, select

from casework.rows import find_some
from casework.tables import TABLES
from casework.values import Document
from server import put_by
from server.facts import set_fact
from server.journal import Journal
from server.prepared import Prepared, given
from server.scope import in_pieces
from server.tables import meta

# in front of the id of such a document, with the number under which that was written down
_LOST = "lost_document/"
_BEHIND = "lost_document0"
_ROWS = TABLES[Document]
_OWN = Prepared(
    select(_ROWS.c.sha256)
    .select_from(meta.join(_ROWS, _ROWS.c.id == func.substr(meta.c.key, len(_LOST) + 1)))
    .where(meta.c.key > _LOST, meta.c.key < _BEHIND, meta.c.value > given("since"))
    .where(_ROWS.c.added_by == given("who"), _ROWS.c.is_stored.is_(False))
    .order_by(_ROWS.c.sha256)
)


def lost_by(conn: Connection, person_id: str, since: int) -> tuple[str, ...]:
    """The hashes of documents that this person added and that were found lost after a number.

    Wherever the case is by now, they may have them still.
    """
    return tuple(dict.fromkeys(_OWN.column(conn, who=person_id, since=_as_text(since))))


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
        set_fact(conn, f"{_LOST}{document.id}", _as_text(head))
    for sha256 in hashes:
        put_by.forget(conn, sha256)


def note_back(journal: Journal, conn: Connection, hashes: Sequence[str]) -> None:
    """Of documents that were lost, has the rows say that these are here again: an admin has put them back.

    No other rows: who knows no more of a document than its hash may have put it on a case of their own, and has yet to
    show that they have it.
    """
    keys = conn.execute(select(meta.c.key).where(meta.c.key.startswith(_LOST))).scalars().all()
    rows = find_some(conn, Document, [key.removeprefix(_LOST) for key in keys])
    still = {one.id for one in rows.values() if not one.is_stored and one.sha256 not in hashes}
    back = [one for one in rows.values() if not one.is_stored and one.id not in still]
    _write(journal, conn, back, is_stored=True)
    over = [key for key in keys if key.removeprefix(_LOST) not in still]
    for some in in_pieces(over):
        conn.execute(delete(meta).where(meta.c.key.in_(some)))


def _as_text(number: int) -> str:
    """So that the greater number is the later text."""
    return f"{number:020}"


def _write(journal: Journal, conn: Connection, documents: Sequence[Document], *, is_stored: bool) -> int:
    """Returns the number of the last change, 0 where there is none."""
    head = 0
    by_case: dict[str, list[Document]] = {}
    for one in documents:
        by_case.setdefault(one.case_id, []).append(msgspec.structs.replace(one, is_stored=is_stored))
    for case_id, some in by_case.items():
        head, _ = journal.write_down(conn, some, case_id=case_id)
    return head
