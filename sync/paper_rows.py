"""What the store knows of documents' bytes: which lie here, which are to be sent or fetched, which nobody needs now."""

from datetime import datetime

import msgspec

from casework.commands import AttachDocument, Said
from casework.connection import Connection
from sync import state
from sync.papers import Paper

TO_SEND, SENT, COMING, FETCHED = "to_send", "sent", "coming", "fetched"
# Fetched without being asked for, for cases that I work on; larger ones when somebody opens them.
FETCH_UNASKED = 5 * 1024 * 1024

_NAMED_BY = {
    "a row": "EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256)",
    "a waiting command": "EXISTS (SELECT 1 FROM outbox o WHERE o.type = 'document.attach'"
    " AND instr(o.body, paper.sha256) > 0)",
    # The case itself may be gone from here by now.
    "an accepted command": "EXISTS (SELECT 1 FROM receipt r WHERE r.type = 'document.attach'"
    " AND r.status IN ('applied', 'applied_changed') AND instr(r.body, paper.sha256) > 0)",
    "kept work": "EXISTS (SELECT 1 FROM kept_work k WHERE k.state = 'open' AND instr(k.said, paper.sha256) > 0)",
}
_IS_FOR_THE_SERVER = f"({' OR '.join(_NAMED_BY[by] for by in ('a row', 'a waiting command', 'an accepted command'))})"
_IS_NEEDED = (
    f"({_NAMED_BY['a row']} OR {_NAMED_BY['a waiting command']} OR {_NAMED_BY['kept work']}"
    f" OR paper.state = 'to_send' AND {_NAMED_BY['an accepted command']})"
)


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
    """Documents that the server has accepted and lacks the bytes of, small ones first.

    Before that it would not know whose they are. Where their case has left this laptop meanwhile, the receipt says
    which it was: what was added while it was ours belongs to it (FA1).
    """
    rows = conn.exec_driver_sql("SELECT sealed FROM paper WHERE state = 'to_send' ORDER BY size").scalars().all()
    if not rows:
        return ()
    cases: dict[str, set[str]] = {}
    for sha256, case_id in conn.exec_driver_sql("SELECT sha256, case_id FROM document WHERE rev > 0"):
        cases.setdefault(sha256, set()).add(case_id)
    accepted = "SELECT body FROM receipt WHERE type = 'document.attach' AND status IN ('applied', 'applied_changed')"
    for body in conn.exec_driver_sql(accepted).scalars():
        command = msgspec.json.decode(body, type=Said).say
        assert isinstance(command, AttachDocument)
        cases.setdefault(command.sha256, set()).add(command.case_id)
    papers = (_paper(sealed) for sealed in rows)
    return tuple(
        ToSend(paper=paper, case_ids=tuple(sorted(cases[paper.sha256]))) for paper in papers if paper.sha256 in cases
    )


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

    Not those whose command was turned down: they wait here with the kept work that names them.
    """
    query = f"SELECT count(*), coalesce(sum(size), 0) FROM paper WHERE state = 'to_send' AND {_IS_FOR_THE_SERVER}"
    count, size = conn.exec_driver_sql(query).one()
    return int(count), int(size)


def forget_unneeded(conn: Connection) -> tuple[Paper, ...]:
    """Forgets documents that no case, no waiting command and no open kept work names; their files are to go too.

    Never one that the server has yet to get.
    """
    rows = conn.exec_driver_sql(f"SELECT sha256, sealed FROM paper WHERE NOT {_IS_NEEDED}").all()
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
