"""What here still names a document's bytes, and so which of them nobody needs any more: those go."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from casework.connection import Connection
from sync import outbox, state
from sync.papers import Paper

# Read once for all documents: there are receipts of years. One that was erased names nothing, and must not be a NULL
# among the names.
_ACCEPTED = (
    "SELECT json_extract(r.body, '$.say.sha256') FROM receipt r WHERE r.type = 'document.attach'"
    f" AND r.status IN ('applied', 'applied_changed') AND r.body <> '{outbox.ERASED}'"
)
_NAMED_BY = {
    "a row": "EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256)",
    "a waiting command": "EXISTS (SELECT 1 FROM outbox o WHERE o.type = 'document.attach'"
    " AND instr(o.body, paper.sha256) > 0)",
    # The case itself may be gone from here by now.
    "an accepted command": f"paper.sha256 IN ({_ACCEPTED})",
    # A server that goes back to its backup would ask for these bytes once more (protocol 8). What counts is when the
    # bytes were there, which may be long after the words were.
    "what no backup has": "(paper.state = 'sent' AND (paper.sent_rev = 0 OR paper.sent_rev >"
    f" coalesce((SELECT CAST(value AS INTEGER) FROM sync_state WHERE key = '{state.BACKED_UP}'), 0)))",
    "kept work": "EXISTS (SELECT 1 FROM kept_work k WHERE k.state = 'open' AND instr(k.said, paper.sha256) > 0)",
}
# The words that put it on its case; those of a preview are its picture's.
WORDS_WAIT = (
    "EXISTS (SELECT 1 FROM outbox o WHERE o.type = 'document.attach'"
    " AND json_extract(o.body, '$.say.document_id') IN (d.id, d.preview_of))"
)
IS_PREVIEW = "EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256 AND d.preview_of <> '')"
IS_FOR_THE_SERVER = f"({' OR '.join(_NAMED_BY[by] for by in ('a row', 'a waiting command', 'an accepted command'))})"
_IS_NEEDED = (
    f"({_NAMED_BY['a row']} OR {_NAMED_BY['a waiting command']} OR {_NAMED_BY['kept work']}"
    f" OR paper.state = 'to_send' AND {_NAMED_BY['an accepted command']} OR paper.state = 'recovered'"
    f" OR {_NAMED_BY['what no backup has']})"
)
# The server has verified it for every case that it is on, and nothing said here waits on it.
_CAN_BE_HAD_AGAIN = (
    "paper.state IN ('sent', 'fetched')"
    " AND EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256 AND d.is_stored AND d.rev > 0)"
    " AND NOT EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256 AND (NOT d.is_stored OR d.rev = 0))"
    f" AND NOT {_NAMED_BY['a waiting command']}"
)


def forget_unneeded(conn: Connection) -> tuple[Paper, ...]:
    """Forgets documents that no case, no waiting command and no open kept work names; their files are to go too.

    Never one that the server has yet to get.
    """
    rows = conn.exec_driver_sql(f"SELECT sha256, sealed FROM paper WHERE NOT {_IS_NEEDED}").all()
    for sha256, _ in rows:
        conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ?", (sha256,))
    return tuple(_paper(sealed) for _, sealed in rows)


def names_only_here(conn: Connection) -> frozenset[str]:
    """The file names of the documents that the server has yet to verify, and of those sent ones that no backup has."""
    query = f"SELECT sealed FROM paper WHERE state IN ('to_send', 'recovered') OR {_NAMED_BY['what no backup has']}"
    return frozenset(_paper(sealed).name for sealed in conn.exec_driver_sql(query).scalars())


def backed_up(conn: Connection) -> tuple[Paper, ...]:
    """Documents that were sent from here, lie here still, and are in a backup by now."""
    query = f"SELECT sealed FROM paper WHERE state = 'sent' AND NOT {_NAMED_BY['what no backup has']}"
    return tuple(_paper(sealed) for sealed in conn.exec_driver_sql(query).scalars())


def named_by_cases(conn: Connection, case_ids: Sequence[str]) -> frozenset[str]:
    """The hashes of documents that are on these cases, were put on them here, or lie here for their sake."""
    of_cases = "case_id IN (SELECT value FROM json_each(?))"
    query = (
        f"SELECT sha256 FROM document WHERE {of_cases} UNION SELECT sha256 FROM paper WHERE {of_cases}"
        " UNION SELECT json_extract(body, '$.say.sha256') FROM receipt"
        f" WHERE {of_cases} AND type = 'document.attach' AND body <> '{outbox.ERASED}'"
    )
    return frozenset(str(sha256) for sha256 in conn.exec_driver_sql(query, (json.dumps(case_ids),) * 3).scalars())


def wait_for_no_backup(conn: Connection, hashes: Collection[str]) -> None:
    """Has those of the documents that were sent, and that no other case is known to need, go like fetched ones.

    For cases that were deleted for good: should the server lose that, it is told again, and asks for no bytes.
    """
    conn.exec_driver_sql(
        "UPDATE paper SET state = 'fetched' WHERE state = 'sent' AND sha256 IN (SELECT value FROM json_each(?))"
        f" AND NOT {IS_FOR_THE_SERVER}",
        (json.dumps(list(hashes)),),
    )


def forget_unbacked(conn: Connection, before: datetime) -> tuple[Paper, ...]:
    """Forgets documents that stay only until a backup has them, if the server has had them since before that time."""
    named = " OR ".join(_NAMED_BY[by] for by in ("a row", "a waiting command", "kept work"))
    rows = conn.exec_driver_sql(
        f"DELETE FROM paper WHERE state = 'sent' AND sent_at < ? AND NOT ({named}) RETURNING sealed",
        (before.isoformat(),),
    )
    return tuple(_paper(sealed) for sealed in rows.scalars())


def forget_all(conn: Connection, *, but_unsent: bool) -> tuple[Paper, ...]:
    """Forgets every document, or every one that the server has; returns them, for their files are to go too."""
    stays = "state IN ('to_send', 'recovered')" if but_unsent else "FALSE"
    rows = conn.exec_driver_sql(f"DELETE FROM paper WHERE NOT ({stays}) RETURNING sealed")
    return tuple(_paper(sealed) for sealed in rows.scalars())


def let_go(conn: Connection, size: int, *, before: datetime, unbacked: datetime) -> tuple[Paper, ...]:
    """Forgets documents of `size` bytes together, if there are so many; returns those whose files are to go.

    Only what the server has verified, those not looked at for longest first, and none that was used after `before`,
    nor one's own that no backup has, unless the server has had it since before `unbacked`. Previews stay: they are what
    is still to be seen of what went.
    """
    rows = conn.exec_driver_sql(
        f"SELECT sha256, sealed, size FROM paper WHERE {_CAN_BE_HAD_AGAIN} AND NOT {IS_PREVIEW}"
        f" AND max(used_at, added_at) < ? AND NOT ({_NAMED_BY['what no backup has']} AND sent_at >= ?)"
        " ORDER BY max(used_at, added_at), sha256",
        (before.isoformat(), unbacked.isoformat()),
    ).all()
    gone: list[Paper] = []
    for sha256, sealed, _ in rows:
        if sum(paper.size for paper in gone) >= size:
            break
        conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ?", (sha256,))
        gone.append(_paper(sealed))
    return tuple(gone)


def drop_broken(conn: Connection, sha256: str) -> bool:
    """Forgets a document whose file here is damaged or gone, if it can be had again; whether it was forgotten."""
    query = f"DELETE FROM paper WHERE sha256 = ? AND {_CAN_BE_HAD_AGAIN} RETURNING sha256"
    return conn.exec_driver_sql(query, (sha256,)).first() is not None


def _paper(sealed: str) -> Paper:
    return msgspec.json.decode(sealed, type=Paper)
