"""What the store knows of documents' bytes: which lie here, which are to be sent or fetched, which nobody needs now."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from sync import state
from sync.papers import Paper

TO_SEND, SENT, COMING, FETCHED = "to_send", "sent", "coming", "fetched"
# Fetched without being asked for, for cases that I work on; larger ones when somebody opens them.
FETCH_UNASKED = 5 * 1024 * 1024

_ON_A_CASE = "EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256)"
_UNNEEDED = f"""
SELECT sha256, sealed FROM paper WHERE NOT {_ON_A_CASE}
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.type = 'document.attach' AND instr(o.body, paper.sha256) > 0)
AND NOT EXISTS (SELECT 1 FROM kept_work k WHERE k.state = 'open' AND instr(k.said, paper.sha256) > 0)
"""


class ToSend(msgspec.Struct, frozen=True, kw_only=True):
    """A document whose bytes the server lacks, and the cases that it is on."""

    paper: Paper
    case_ids: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The document's hash."""
        return self.paper.sha256


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a case of mine whose bytes are not here."""

    sha256: str
    size: int
    case_id: str


def papers_here(conn: Connection) -> tuple[Paper, ...]:
    """Every document of which something lies here, whole or half fetched."""
    return tuple(_paper(sealed) for sealed in conn.exec_driver_sql("SELECT sealed FROM paper").scalars())


def whole_paper(conn: Connection, sha256: str) -> Paper | None:
    """The document's bytes as they lie here, None where they do not, or not all of them."""
    query = "SELECT sealed FROM paper WHERE sha256 = ? AND state <> 'coming'"
    sealed = conn.exec_driver_sql(query, (sha256,)).scalar()
    return None if sealed is None else _paper(str(sealed))


def any_paper(conn: Connection, sha256: str) -> Paper | None:
    """The same, half fetched ones too."""
    sealed = conn.exec_driver_sql("SELECT sealed FROM paper WHERE sha256 = ?", (sha256,)).scalar()
    return None if sealed is None else _paper(str(sealed))


def keep_new(conn: Connection, paper: Paper, case_id: str, at: datetime) -> None:
    """Keeps a document that was put on a case here, to be sent; of one that is here already only that is new.

    What another case had half fetched of it is replaced by these bytes, which are whole.
    """
    conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ? AND state = 'coming'", (paper.sha256,))
    conn.exec_driver_sql(
        "INSERT INTO paper (sha256, sealed, size, state, case_id, added_at) VALUES (?, ?, ?, 'to_send', ?, ?)"
        " ON CONFLICT (sha256) DO UPDATE SET state = 'to_send', case_id = excluded.case_id",
        (paper.sha256, _sealed(paper), paper.size, case_id, at.isoformat()),
    )


def keep_coming(conn: Connection, paper: Paper, case_id: str, at: datetime) -> None:
    """Keeps a document that is about to be fetched."""
    conn.exec_driver_sql(
        "INSERT INTO paper (sha256, sealed, size, state, case_id, added_at) VALUES (?, ?, ?, 'coming', ?, ?)"
        " ON CONFLICT DO NOTHING",
        (paper.sha256, _sealed(paper), paper.size, case_id, at.isoformat()),
    )


def note_fetched(conn: Connection, sha256: str) -> None:
    """The bytes are here, whole and verified."""
    conn.exec_driver_sql("UPDATE paper SET state = 'fetched' WHERE sha256 = ? AND state = 'coming'", (sha256,))


def note_sent(conn: Connection, sha256: str) -> None:
    """The server has verified the bytes, for every case that it knows them to be on (R6)."""
    conn.exec_driver_sql(
        "UPDATE paper SET state = 'sent' WHERE sha256 = ? AND state = 'to_send'"
        " AND NOT EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256 AND d.rev = 0)",
        (sha256,),
    )


def to_send(conn: Connection) -> tuple[ToSend, ...]:
    """Documents whose row the server already has, small ones first: before that it would not know whose they are."""
    rows = conn.exec_driver_sql(
        "SELECT p.sealed, group_concat(DISTINCT d.case_id) FROM paper p JOIN document d ON d.sha256 = p.sha256"
        " WHERE p.state = 'to_send' AND d.rev > 0 GROUP BY p.sha256 ORDER BY p.size"
    ).all()
    return tuple(ToSend(paper=_paper(sealed), case_ids=tuple(sorted(cases.split(",")))) for sealed, cases in rows)


def wanted(conn: Connection, person_id: str) -> tuple[Wanted, ...]:
    """Small documents of the person's own cases that are on the server and not here."""
    rows = conn.exec_driver_sql(
        "SELECT d.sha256, d.size, min(d.case_id) FROM document d JOIN held_case h ON h.case_id = d.case_id"
        " LEFT JOIN paper p ON p.sha256 = d.sha256"
        " WHERE d.is_stored AND d.size <= ? AND NOT h.is_leaving AND h.scopes LIKE ?"
        " AND (p.sha256 IS NULL OR p.state = 'coming') GROUP BY d.sha256, d.size ORDER BY d.size LIMIT 50",
        (FETCH_UNASKED, f'%"user:{person_id}"%'),
    ).all()
    return tuple(Wanted(sha256=sha256, size=size, case_id=case_id) for sha256, size, case_id in rows)


def unsent(conn: Connection) -> tuple[int, int]:
    """How many documents are still to be sent, and their bytes.

    Not those whose row was turned down: they wait here with the kept work that names them.
    """
    query = f"SELECT count(*), coalesce(sum(size), 0) FROM paper WHERE state = 'to_send' AND {_ON_A_CASE}"
    count, size = conn.exec_driver_sql(query).one()
    return int(count), int(size)


def unsent_cases(conn: Connection) -> frozenset[str]:
    """The cases with documents that are still to be sent."""
    query = "SELECT DISTINCT d.case_id FROM document d JOIN paper p ON p.sha256 = d.sha256 WHERE p.state = 'to_send'"
    return frozenset(str(row[0]) for row in conn.exec_driver_sql(query))


def forget_unneeded(conn: Connection) -> tuple[Paper, ...]:
    """Forgets documents that no case, no waiting command and no open kept work names; their files are to go too."""
    rows = conn.exec_driver_sql(_UNNEEDED).all()
    for sha256, _ in rows:
        conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ?", (sha256,))
    return tuple(_paper(sealed) for _, sealed in rows)


def note_stuck(conn: Connection, codes: dict[str, str]) -> None:
    """Remembers which documents could not be sent or fetched in the last round, and why."""
    if codes or stuck(conn):
        state.put(conn, state.STUCK, codes)


def stuck(conn: Connection) -> dict[str, str]:
    """What `note_stuck` remembered: a code for each hash."""
    return state.get(conn, state.STUCK, dict[str, str], {})


def _sealed(paper: Paper) -> str:
    return msgspec.json.encode(paper).decode()


def _paper(sealed: str) -> Paper:
    return msgspec.json.decode(sealed, type=Paper)
