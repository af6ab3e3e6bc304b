"""What is on its way and what became of what was said: the rows of the sync page (X2, OC25)."""

from datetime import datetime
from typing import Any

import msgspec

from casework.commands import Said
from casework.connection import Connection
from casework.questions.names import Names, names
from casework.questions.wishes import wish_of
from sync import outbox

MOST = 100
_CLIENT = "coalesce(k.title, '') || '|' || coalesce(k.first_name, '') || '|' || coalesce(k.last_name, '')"
_WAITING = f"""
SELECT o.id, o.case_id, o.type, o.body, o.said_at, o.status, c.number, {_CLIENT}
FROM outbox o LEFT JOIN case_file c ON c.id = o.case_id LEFT JOIN contact k ON k.id = c.contact_id
WHERE o.status IN ('', 'held', 'later') AND o.type NOT IN ('notice.seen', 'case.seen') ORDER BY o.seq LIMIT ?
"""
_RECEIPTS = f"""
SELECT r.id, r.case_id, r.type, r.body, r.said_at, r.status, c.number, {_CLIENT}, r.answered_at, r.code, r.facts, r.rev,
    (SELECT s.person_id || ' ' || s.at FROM sighting s WHERE s.case_id = r.case_id AND s.person_id <> ?
        AND s.upto >= coalesce((SELECT a.rev FROM activity a WHERE a.id = r.id AND a.rev > 0), r.rev)
        ORDER BY s.at DESC LIMIT 1)
FROM receipt r LEFT JOIN case_file c ON c.id = r.case_id LEFT JOIN contact k ON k.id = c.contact_id
WHERE r.type NOT IN ('notice.seen', 'case.seen') ORDER BY r.answered_at DESC, r.rev DESC LIMIT ?
"""
_PAPERS = """
SELECT d.name, p.size, p.case_id, c.number, p.added_at
FROM paper p LEFT JOIN document d ON d.sha256 = p.sha256 AND d.case_id = p.case_id
LEFT JOIN case_file c ON c.id = p.case_id
WHERE p.state = 'to_send' AND EXISTS (SELECT 1 FROM document x WHERE x.sha256 = p.sha256 AND x.preview_of = '')
ORDER BY p.size
"""


class ChangeShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said here. `status` is empty until the server has answered; `facts` have names for ids.

    `command` is its name on the wire and `wish` what it wanted. `number` and `client` are empty where the case is not
    here (any more). `is_erased`: its case was deleted for good, and with it what it said. `rev` is the number under
    which the server answered, `seen_by` the owner who has had the case on the screen since, and `seen_at` when (X2).
    """

    id: str
    case_id: str
    command: str
    wish: dict[str, str]
    said_at: datetime
    status: str
    number: str
    client: str
    answered_at: datetime | None = None
    code: str = ""
    facts: dict[str, str] = {}
    is_erased: bool = False
    rev: int = 0
    seen_by: str = ""
    seen_at: datetime | None = None


class PaperShown(msgspec.Struct, frozen=True, kw_only=True):
    """A document whose bytes are still to be sent; `size` in bytes."""

    name: str
    size: int
    case_id: str
    number: str
    added_at: datetime


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The sync page: what waits in the order in which it was said, documents, and the last receipts, newest first."""

    waiting: tuple[ChangeShown, ...]
    papers: tuple[PaperShown, ...]
    receipts: tuple[ChangeShown, ...]


def history(conn: Connection, person_id: str, most: int = MOST) -> History:
    """All that this person's sync page lists, at most so many of each."""
    known = names(conn)
    waiting = conn.exec_driver_sql(_WAITING, (most,)).all()
    receipts = conn.exec_driver_sql(_RECEIPTS, (person_id, most)).all()
    papers = conn.exec_driver_sql(_PAPERS).all()
    return History(
        waiting=tuple(_change(conn, tuple(row), known) for row in waiting),
        receipts=tuple(_change(conn, tuple(row), known) for row in receipts),
        papers=tuple(
            PaperShown(
                name=name or "Document",
                size=size,
                case_id=case_id,
                number=number or "",
                added_at=datetime.fromisoformat(added_at),
            )
            for name, size, case_id, number, added_at in papers
        ),
    )


def _change(conn: Connection, row: tuple[Any, ...], known: Names) -> ChangeShown:
    row_id, case_id, command, body, said_at, status, number, client, *answer = row
    answered_at, code, facts, rev, seen = answer or ("", "", "{}", 0, None)
    seen_by, seen_at = seen.split(" ") if seen else ("", "")
    return ChangeShown(
        id=row_id,
        case_id=case_id,
        command=command,
        wish=_wish(conn, body, known),
        said_at=datetime.fromisoformat(said_at),
        status=status,
        number=number or "",
        client=" ".join(part for part in client.split("|") if part),
        answered_at=datetime.fromisoformat(answered_at) if answered_at else None,
        code=code,
        is_erased=body == outbox.ERASED,
        facts=known.resolve(msgspec.json.decode(facts, type=dict[str, str])),
        rev=rev,
        seen_by=known.person(seen_by),
        seen_at=datetime.fromisoformat(seen_at) if seen_at else None,
    )


def _wish(conn: Connection, body: str, known: Names) -> dict[str, str]:
    """What it wanted; nothing where a newer app said it and this one does not know it."""
    try:
        return wish_of(conn, msgspec.json.decode(body, type=Said).say, known)
    except msgspec.MsgspecError:
        return {}
