"""What the store knows of documents' bytes: which lie here, which are to be sent, which to be fetched.

`paper.state`: "to_send", "recovered" (to be sent, found beside a store that does not know it), "sent", "coming" (not
all of it is here), "fetched".
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from casework.commands import AttachDocument, Said
from casework.connection import Connection
from sync import leaving, paper_needs, paper_retries
from sync.paper_keys import Unsent
from sync.papers import Paper

# Fetched without being asked for, for cases that I work on; larger ones when somebody opens them.
FETCH_UNASKED = 5 * 1024 * 1024
MOST_AT_ONCE = 500


# From one's own cases to their documents: every round asks, and most documents are of others' cases.
_OF_MINE = (
    "FROM held_case h CROSS JOIN document d ON h.case_id = d.case_id LEFT JOIN paper p ON p.sha256 = d.sha256"
    " WHERE d.is_stored AND d.size <= ? AND NOT h.is_leaving AND h.scopes IN (SELECT value FROM json_each(?))"
    " AND (p.sha256 IS NULL OR p.state = 'coming')"
)

_AGAIN = f"CASE WHEN {paper_needs.IS_FOR_THE_SERVER} THEN 'to_send' ELSE 'recovered' END"
# Not where they were taken in, and only the page is not here yet: for that an app that is too old for pages waits long.
_WAITS_FOR_ITS_WORDS = (
    "d.rev = 0 AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.type = 'document.attach'"
    " AND r.status IN ('applied', 'applied_changed') AND json_extract(r.body, '$.say.document_id') = d.id)"
)


class ToSend(msgspec.Struct, frozen=True, kw_only=True):
    """A document whose bytes the server lacks, and the cases that it is on."""

    paper: Paper
    case_ids: tuple[str, ...]
    is_recovered: bool = False

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


def keep_new(conn: Connection, paper: Paper, case_id: str, at: datetime, *, instead_of: Collection[Paper] = ()) -> None:
    """Keeps a document that was put on a case here, to be sent; of one that is here already only that is new.

    What another case had half fetched of it is replaced by these bytes, which are whole, and so is a copy that it is
    `instead_of`, damaged ones.
    """
    useless = "state = 'coming' OR sealed IN (SELECT value FROM json_each(?))"
    damaged = json.dumps([_sealed(one) for one in instead_of])
    conn.exec_driver_sql(f"DELETE FROM paper WHERE sha256 = ? AND ({useless})", (paper.sha256, damaged))
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


def note_sent(conn: Connection, sha256: str, at: datetime) -> None:
    """The server has verified the bytes, for every case that it knows them to be on (R6)."""
    conn.exec_driver_sql(
        "UPDATE paper SET state = 'sent', sent_at = ?, sent_rev = 0 WHERE sha256 = ?"
        " AND state IN ('to_send', 'recovered')"
        f" AND NOT EXISTS (SELECT 1 FROM document d WHERE d.sha256 = paper.sha256 AND {_WAITS_FOR_ITS_WORDS})",
        (at.isoformat(), sha256),
    )


def note_head(conn: Connection, rev: int) -> bool:
    """Takes down by which of the server's numbers it had what was sent before; whether that was news of anything.

    The server's answer to the bytes bears none; the first hello after them tells one that is theirs or a later one.
    """
    told = "UPDATE paper SET sent_rev = ? WHERE state = 'sent' AND sent_rev = 0 RETURNING sha256"
    return bool(conn.exec_driver_sql(told, (rev,)).all())


def lost_there(conn: Connection) -> tuple[str, ...]:
    """Documents whose whole bytes are here and whose rows, all of which are in, say that the server lacks them.

    It had them: it was put back since to a backup that was made before they came, and where nothing else was new in
    that time nothing else tells (protocol 8). To be asked when all that changed has been pulled.
    """
    # from what lies here to its rows: every round asks, and there may be as many documents as there are cases
    query = (
        "SELECT DISTINCT p.sha256 FROM paper p CROSS JOIN document d ON d.sha256 = p.sha256"
        " WHERE p.state IN ('sent', 'fetched') AND d.rev > 0 AND NOT d.is_stored"
    )
    return tuple(conn.exec_driver_sql(query).scalars())


def send_all_again(conn: Connection) -> None:
    """Has everything wait once more that was sent from here: the server went back to a time before some of it came.

    What nothing else here tells of is offered for the case that it was put on.
    """
    conn.exec_driver_sql(f"UPDATE paper SET state = {_AGAIN} WHERE state = 'sent'")


def send_lost_again(conn: Connection, hashes: Collection[str]) -> tuple[Unsent, ...]:
    """The same for those of these that are here whole: the server has lost them, and their case may have left.

    Returns them: they may be the only ones there are, and want their keys beside the store.
    """
    again = f"UPDATE paper SET state = {_AGAIN} WHERE state IN ('sent', 'fetched')"
    return _changed(conn, again, hashes)


def send_again(conn: Connection, hashes: Collection[str]) -> tuple[Unsent, ...]:
    """Has documents wait once more that were sent, or that somebody else had sent; returns them too."""
    return _changed(conn, "UPDATE paper SET state = 'to_send' WHERE state <> 'to_send'", hashes)


def _changed(conn: Connection, change: str, hashes: Collection[str]) -> tuple[Unsent, ...]:
    query = f"{change} AND sha256 IN (SELECT value FROM json_each(?)) RETURNING sealed, case_id"
    rows = conn.exec_driver_sql(query, (json.dumps(list(hashes)),)).all()
    return tuple(Unsent(paper=_paper(sealed), case_id=case_id) for sealed, case_id in rows)


def to_send(conn: Connection) -> tuple[ToSend, ...]:
    """Documents that the server has accepted and lacks the bytes of, small ones first.

    Before that it would not know whose they are; a server that went back has forgotten it, until their words, which
    wait here again, are accepted once more. Where their case has left this laptop meanwhile, the receipt says which it
    was: what was added while it was ours belongs to it (FA1).
    """
    query = "SELECT sealed, state, case_id FROM paper WHERE state IN ('to_send', 'recovered') ORDER BY size, sha256"
    rows = conn.exec_driver_sql(query).all()
    if not rows:
        return ()
    cases: dict[str, set[str]] = {}
    hashes = json.dumps([_paper(sealed).sha256 for sealed, _, _ in rows])
    on_cases = (
        "SELECT sha256, case_id FROM document d WHERE rev > 0 AND sha256 IN (SELECT value FROM json_each(?))"
        f" AND NOT {paper_needs.WORDS_WAIT}"
    )
    for sha256, case_id in conn.exec_driver_sql(on_cases, (hashes,)):
        cases.setdefault(sha256, set()).add(case_id)
    accepted = (
        "SELECT body FROM receipt WHERE type = 'document.attach' AND status IN ('applied', 'applied_changed')"
        " AND json_extract(body, '$.say.sha256') IN (SELECT value FROM json_each(?))"
    )
    for body in conn.exec_driver_sql(accepted, (hashes,)).scalars():
        command = msgspec.json.decode(body, type=Said).say
        assert isinstance(command, AttachDocument)
        cases.setdefault(command.sha256, set()).add(command.case_id)
    found = []
    for sealed, how, case_id in rows:
        paper, is_recovered = _paper(sealed), how == "recovered"
        on = cases.get(paper.sha256, set())
        if is_recovered and not on and not _waits(conn, paper.sha256):
            # Answered before the store was lost, and its case is not here now: the server knows.
            on = {str(case_id)}
        if on:
            found.append(ToSend(paper=paper, case_ids=tuple(sorted(on)), is_recovered=is_recovered))
    return tuple(found)


def _waits(conn: Connection, sha256: str) -> bool:
    query = "SELECT 1 FROM outbox WHERE type = 'document.attach' AND instr(body, ?) > 0"
    return conn.exec_driver_sql(query, (sha256,)).first() is not None


def take_back(conn: Connection, unsent: Iterable[Unsent], at: datetime) -> None:
    """Takes in documents that were to be sent from here and that the store does not know: it is a new one, or an old
    copy of itself (promises H16). Whether the server still lacks them comes out when they are offered.
    """
    for one in unsent:
        conn.exec_driver_sql(
            "INSERT INTO paper (sha256, sealed, size, state, case_id, added_at) VALUES (?, ?, ?, 'recovered', ?, ?)"
            " ON CONFLICT (sha256) DO UPDATE SET sealed = excluded.sealed, state = 'recovered'"
            " WHERE paper.state = 'coming'",
            (one.paper.sha256, _sealed(one.paper), one.paper.size, one.case_id, at.isoformat()),
        )


def drop_missing(conn: Connection, there: Collection[str]) -> None:
    """Forgets documents of the server's whose files are not `there`: an old copy of the store still names them."""
    rows = conn.exec_driver_sql("SELECT sha256, sealed FROM paper WHERE state IN ('sent', 'fetched')").all()
    for sha256, sealed in rows:
        if _paper(sealed).name not in there:
            conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ?", (sha256,))


def not_known_there(conn: Connection, sha256: str) -> tuple[Paper, ...]:
    """The server knows of no such document: a recovered one is from now on kept only where something here names it.

    Returns those whose files are to go now.
    """
    conn.exec_driver_sql("UPDATE paper SET state = 'to_send' WHERE sha256 = ? AND state = 'recovered'", (sha256,))
    return paper_needs.forget_unneeded(conn)


def wanted(
    conn: Connection, person_id: str, *, largest: int = FETCH_UNASKED, but: Collection[str] = ()
) -> tuple[Wanted, ...]:
    """Documents of the person's own cases that are on the server and not here, `but` for some, by hash.

    Up to a size, small ones first, and not more than are fetched in one go.
    """
    rows = conn.exec_driver_sql(
        f"SELECT d.sha256, d.size, min(d.case_id) {_OF_MINE} AND d.sha256 NOT IN (SELECT value FROM json_each(?))"
        " GROUP BY d.sha256, d.size ORDER BY d.size, d.sha256 LIMIT ?",
        (largest, _own_scopes(conn, person_id), json.dumps(list(but)), MOST_AT_ONCE),
    ).all()
    return tuple(Wanted(sha256=sha256, size=size, case_id=case_id) for sha256, size, case_id in rows)


def note_used(conn: Connection, sha256: str, at: datetime) -> None:
    """Somebody looks at the document: it is the last to be let go of."""
    conn.exec_driver_sql("UPDATE paper SET used_at = ? WHERE sha256 = ?", (at.isoformat(), sha256))


def room_taken(conn: Connection) -> int:
    """The bytes of documents here that the server has too."""
    query = "SELECT coalesce(sum(size), 0) FROM paper WHERE state IN ('sent', 'fetched')"
    return int(conn.exec_driver_sql(query).scalar_one())


def keep_fetched(conn: Connection, paper: Paper, case_id: str, at: datetime) -> Paper | None:
    """Keeps a document that came whole; returns the one whose file is to go instead: a half-fetched one, or this.

    None where there is none to go.
    """
    before = any_paper(conn, paper.sha256)
    if before is not None and whole_paper(conn, paper.sha256) is not None:
        return paper
    conn.exec_driver_sql("DELETE FROM paper WHERE sha256 = ?", (paper.sha256,))
    keep_coming(conn, paper, case_id, at)
    note_fetched(conn, paper.sha256)
    return before


def to_carry(conn: Connection, person_id: str, among: Collection[str]) -> frozenset[str]:
    """Those of the hashes whose documents are to be sent, or to be fetched without being asked for.

    What a person may no more than look at on request is not owed to them: it is not stuck, whatever it once met with.
    """
    if not among:
        return frozenset()
    named = json.dumps(list(among))
    is_named = "sha256 IN (SELECT value FROM json_each(?))"
    query = (
        f"SELECT sha256 FROM paper WHERE state IN ('to_send', 'recovered') AND {is_named}"
        f" UNION SELECT d.sha256 {_OF_MINE} AND d.{is_named}"
    )
    own = _own_scopes(conn, person_id)
    return frozenset(conn.exec_driver_sql(query, (named, FETCH_UNASKED, own, named)).scalars())


def _own_scopes(conn: Connection, person_id: str) -> str:
    """The lists of scopes, as they lie in their column, of cases that are this person's own."""
    own = [scopes for scopes in leaving.scope_lists(conn) if f"user:{person_id}" in json.loads(scopes)]
    return json.dumps(own)


def unsent(conn: Connection) -> tuple[int, int]:
    """How many documents are still to be sent, and their bytes; a picture with its preview counts once.

    Not those whose command was turned down: they wait here with the kept work that names them.
    """
    query = (
        "SELECT count(*), coalesce(sum(size), 0) FROM paper"
        f" WHERE state IN ('to_send', 'recovered') AND {paper_needs.IS_FOR_THE_SERVER} AND NOT {paper_needs.IS_PREVIEW}"
    )
    count, size = conn.exec_driver_sql(query).one()
    return int(count), int(size)


def stuck(conn: Connection) -> dict[str, str]:
    """Documents that could not be sent or fetched when that was last tried: a code for each hash."""
    return {sha256: one.code for sha256, one in paper_retries.stuck(conn).items()}


def _sealed(paper: Paper) -> str:
    return msgspec.json.encode(paper).decode()


def _paper(sealed: str) -> Paper:
    return msgspec.json.decode(sealed, type=Paper)
