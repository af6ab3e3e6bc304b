"""Documents' bytes between laptop and server: never in the same queue as words, resumable, verified at the far end."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from casework.answers import Answer, Refused
from casework.commands import AttachDocument
from casework.connection import Connection
from casework.disk import TooFull
from casework.ids import new_id
from casework.wire import OpenUpload
from sync import paper_rows
from sync.central import Central
from sync.downloads import Download, NotAsPromised, expect
from sync.faults import BadPaper, Offline, Rejected, ServerFault, Stopped
from sync.laptop import Laptop
from sync.paper_rows import ToSend, Wanted
from sync.papers import Paper, TooBig
from sync.sealed import SealBroken

GoOn = Callable[[], bool]


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """How far the bytes went: documents sent and fetched, and for those that could not go the code of why, by hash."""

    sent: int = 0
    fetched: int = 0
    stuck: dict[str, str] = {}


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
    answer = laptop.say(command, also=lambda conn: paper_rows.keep_new(conn, taken, case_id, laptop.clock()))
    kept = paper_of(laptop, taken.sha256)
    if kept is None or kept.name != taken.name:
        # Refused, or the same bytes were here already.
        laptop.papers.forget(taken)
    return answer


def paper_of(laptop: Laptop, sha256: str) -> Paper | None:
    """The document's bytes on this laptop, None where they are not here (whole)."""
    with laptop.database.reading() as conn:
        return paper_rows.whole_paper(conn, sha256)


def carry_papers(laptop: Laptop, central: Central, *, go_on: GoOn = lambda: True) -> Carriage:
    """Sends what is to be sent, small ones first, then fetches small documents of my own cases.

    One document that will not go does not hold up the others. Raises sync.faults for the network, Stopped as soon as
    `go_on` says no, and StoreFaults for the disk.
    """
    with laptop.database.reading() as conn:
        sending, wanted = paper_rows.to_send(conn), paper_rows.wanted(conn, laptop.person_id)
    stuck: dict[str, str] = {}
    sent = fetched = 0
    everything: tuple[ToSend | Wanted, ...] = (*sending, *wanted)
    for one in everything:
        try:
            if isinstance(one, ToSend):
                _send_everywhere(laptop, central, one, go_on)
                sent += 1
            else:
                _fetch_unasked(laptop, central, one, go_on)
                fetched += 1
        except (Rejected, BadPaper) as problem:
            stuck[one.sha256] = problem.code

    def note(conn: Connection) -> tuple[Paper, ...]:
        paper_rows.note_stuck(conn, stuck)
        return paper_rows.forget_unneeded(conn) if sent else ()

    for paper in laptop.write(note):
        laptop.papers.forget(paper)
    return Carriage(sent=sent, fetched=fetched, stuck=stuck)


def send(laptop: Laptop, central: Central, paper: Paper, case_id: str, go_on: GoOn = lambda: True) -> None:
    """Sends one document for one case from where the last attempt stopped; the server has verified it after this."""
    upload = central.open_upload(OpenUpload(rid=new_id(), sha256=paper.sha256, size=paper.size, case_id=case_id))
    if upload.have:
        return
    if upload.chunk <= 0:
        raise ServerFault("chunks of no size")
    for number in sorted(set(range(-(-paper.size // upload.chunk))).difference(upload.got)):
        try:
            content = laptop.papers.read_range(paper, number * upload.chunk, upload.chunk)
        except SealBroken as error:
            raise BadPaper("our own copy is damaged") from error
        _require(go_on)
        central.send_chunk(upload.upload_id, number, content)
    central.finish_upload(upload.upload_id)


def fetch(
    laptop: Laptop, central: Central, *, sha256: str, size: int, case_id: str, go_on: GoOn = lambda: True
) -> Paper | Refused:
    """Fetches one document, going on where an earlier attempt stopped; a broken one is thrown away."""
    with laptop.fetching:
        expected = _expected(laptop, sha256, size, case_id)
        if isinstance(expected, Refused):
            return expected
        with Download(laptop.papers, expected) as download:
            if not download.is_complete:
                for piece in central.fetch(sha256, case_id, download.offset):
                    if download.offset + len(piece) > expected.size:
                        raise BadPaper("the document is longer than it should be")
                    download.append(piece)
                    _require(go_on)
            if not download.is_complete:
                raise Offline("the rest of the document did not come")
            finished = download.finish()
        if isinstance(finished, NotAsPromised):
            raise BadPaper("the document is not what it should be")
        laptop.write(lambda conn: paper_rows.note_fetched(conn, sha256))
        return finished


def _send_everywhere(laptop: Laptop, central: Central, one: ToSend, go_on: GoOn) -> None:
    for case_id in one.case_ids:
        _require(go_on)
        send(laptop, central, one.paper, case_id, go_on)
    laptop.write(lambda conn: paper_rows.note_sent(conn, one.sha256))


def _require(go_on: GoOn) -> None:
    if not go_on():
        raise Stopped("the app is closing")


def _fetch_unasked(laptop: Laptop, central: Central, one: Wanted, go_on: GoOn) -> None:
    _require(go_on)
    fetched = fetch(laptop, central, sha256=one.sha256, size=one.size, case_id=one.case_id, go_on=go_on)
    if isinstance(fetched, Refused):
        raise Rejected(fetched.code, fetched.facts)


def _expected(laptop: Laptop, sha256: str, size: int, case_id: str) -> Paper | Refused:
    with laptop.database.reading() as conn:
        begun = paper_rows.any_paper(conn, sha256)
    if begun is not None:
        return begun
    expected = expect(laptop.papers, size=size, sha256=sha256)
    if not isinstance(expected, Paper):
        return Refused(expected.code)
    laptop.write(lambda conn: paper_rows.keep_coming(conn, expected, case_id, laptop.clock()))
    return expected


def _facts(source: Path, refused: object) -> dict[str, str]:
    facts = {"name": source.name}
    if isinstance(refused, TooBig):
        facts |= {"size": str(refused.size), "limit": str(refused.limit)}
    if isinstance(refused, TooFull):
        facts |= {"free": str(refused.free)}
    return facts


__all__ = ["Carriage", "attach", "carry_papers", "fetch", "paper_of", "send"]
