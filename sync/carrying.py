"""Documents' bytes between laptop and server: never in the same queue as words, resumable, verified at the far end."""

from pathlib import Path

import msgspec
from sqlalchemy import Connection

from casework.answers import Accepted, Answer, Refused
from casework.commands import AttachDocument
from casework.disk import TooFull
from casework.ids import new_id
from casework.wire import OpenUpload
from sync.central import Central
from sync.downloads import Download, NotAsPromised, expect
from sync.faults import BadPaper, Rejected
from sync.laptop import Laptop
from sync.papers import Paper, TooBig

# Fetched without being asked for, for cases that I work on; larger ones when somebody opens them.
FETCH_UNASKED = 5 * 1024 * 1024


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """How far the bytes went: documents sent and fetched, and those that could not go."""

    sent: int = 0
    fetched: int = 0
    stuck: int = 0


def attach(laptop: Laptop, source: Path, *, case_id: str, mime: str, caption: str = "", task_id: str = "") -> Answer:
    """Takes a file in and puts it on a case; the file itself is only read. Blocks on the disk: not for the GUI thread.

    Refused with the reason's code where the file is empty, too big, gone or unreadable, or the disk is full.
    """
    taken = laptop.papers.take_in(source)
    if not isinstance(taken, Paper):
        return Refused(taken.code, _facts(source, taken))
    command = AttachDocument(
        case_id=case_id,
        document_id=new_id(),
        name=source.name,
        mime=mime,
        size=taken.size,
        sha256=taken.sha256,
        caption=caption,
        task_id=task_id,
    )
    here = paper_of(laptop, taken.sha256)
    answer = laptop.say(command, also=lambda conn: _keep(conn, taken, case_id, laptop.clock().isoformat()))
    if not isinstance(answer, Accepted) or here is not None:
        laptop.papers.forget(taken)
    return answer


def paper_of(laptop: Laptop, sha256: str) -> Paper | None:
    """The document's bytes on this laptop, None where they are not here (whole)."""
    with laptop.database.reading() as conn:
        sealed = conn.exec_driver_sql(
            "SELECT sealed FROM paper WHERE sha256 = ? AND state <> 'coming'", (sha256,)
        ).scalar()
    return None if sealed is None else _paper(str(sealed))


def carry_papers(laptop: Laptop, central: Central) -> Carriage:
    """Sends what is to be sent, small ones first, then fetches small documents of my own cases.

    One document that the server will not take does not hold up the others. Raises sync.faults for the network.
    """
    sent, stuck = 0, 0
    for paper, case_id in _to_send(laptop):
        try:
            send(laptop, central, paper, case_id)
            sent += 1
        except (Rejected, BadPaper):
            stuck += 1
    fetched = 0
    for sha256, size, case_id in _wanted(laptop):
        fetched += isinstance(fetch(laptop, central, sha256=sha256, size=size, case_id=case_id), Paper)
    return Carriage(sent=sent, fetched=fetched, stuck=stuck)


def send(laptop: Laptop, central: Central, paper: Paper, case_id: str) -> None:
    """Sends one document from where the last attempt stopped; the server has verified it when this returns."""
    upload = central.open_upload(OpenUpload(rid=new_id(), sha256=paper.sha256, size=paper.size, case_id=case_id))
    if not upload.have:
        chunks = -(-paper.size // upload.chunk)
        for number in sorted(set(range(chunks)).difference(upload.got)):
            content = laptop.papers.read_range(paper, number * upload.chunk, upload.chunk)
            central.send_chunk(upload.upload_id, number, content)
        central.finish_upload(upload.upload_id)
    with laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE paper SET state = 'sent' WHERE sha256 = ?", (paper.sha256,))


def fetch(laptop: Laptop, central: Central, *, sha256: str, size: int, case_id: str) -> Paper | Refused:
    """Fetches one document, going on where an earlier attempt stopped; a broken one is thrown away."""
    expected = _expected(laptop, sha256, size, case_id)
    if isinstance(expected, Refused):
        return expected
    with Download(laptop.papers, expected) as download:
        for piece in central.fetch(sha256, case_id, download.offset):
            download.append(piece)
        finished = download.finish()
    if isinstance(finished, NotAsPromised):
        raise BadPaper("the document is not what it should be")
    with laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE paper SET state = 'fetched' WHERE sha256 = ?", (sha256,))
    return finished


def _expected(laptop: Laptop, sha256: str, size: int, case_id: str) -> Paper | Refused:
    with laptop.database.reading() as conn:
        begun = conn.exec_driver_sql("SELECT sealed FROM paper WHERE sha256 = ?", (sha256,)).scalar()
    if begun is not None:
        return _paper(str(begun))
    expected = expect(laptop.papers, size=size, sha256=sha256)
    if not isinstance(expected, Paper):
        return Refused(expected.code)
    with laptop.database.writing() as conn:
        _insert(conn, expected, "coming", case_id, laptop.clock().isoformat())
    return expected


def _to_send(laptop: Laptop) -> list[tuple[Paper, str]]:
    """Documents whose row the server already has: before that it would not know whose they are."""
    with laptop.database.reading() as conn:
        rows = conn.exec_driver_sql(
            "SELECT sealed, case_id FROM paper WHERE state = 'to_send' AND EXISTS"
            " (SELECT 1 FROM document WHERE document.sha256 = paper.sha256 AND document.rev > 0) ORDER BY size"
        ).all()
    return [(_paper(str(sealed)), str(case_id)) for sealed, case_id in rows]


def _wanted(laptop: Laptop) -> list[tuple[str, int, str]]:
    mine = f'%"user:{laptop.person_id}"%'
    with laptop.database.reading() as conn:
        rows = conn.exec_driver_sql(
            "SELECT d.sha256, d.size, min(d.case_id) FROM document d JOIN held_case h ON h.case_id = d.case_id"
            " LEFT JOIN paper p ON p.sha256 = d.sha256"
            " WHERE d.is_stored AND d.size <= ? AND h.scopes LIKE ? AND (p.sha256 IS NULL OR p.state = 'coming')"
            " GROUP BY d.sha256, d.size ORDER BY d.size LIMIT 50",
            (FETCH_UNASKED, mine),
        ).all()
    return [(str(sha256), int(size), str(case_id)) for sha256, size, case_id in rows]


def _keep(conn: Connection, paper: Paper, case_id: str, at: str) -> None:
    _insert(conn, paper, "to_send", case_id, at)


def _insert(conn: Connection, paper: Paper, state: str, case_id: str, at: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO paper (sha256, sealed, size, state, case_id, added_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (paper.sha256, msgspec.json.encode(paper).decode(), paper.size, state, case_id, at),
    )


def _paper(sealed: str) -> Paper:
    return msgspec.json.decode(sealed, type=Paper)


def _facts(source: Path, refused: object) -> dict[str, str]:
    facts = {"name": source.name}
    if isinstance(refused, TooBig):
        facts |= {"size": str(refused.size), "limit": str(refused.limit)}
    if isinstance(refused, TooFull):
        facts |= {"free": str(refused.free)}
    return facts


__all__ = ["Carriage", "attach", "carry_papers", "fetch", "paper_of", "send"]
