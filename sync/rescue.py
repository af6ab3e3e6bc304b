"""The rescue copy of a laptop: all unsent work and its documents as one encrypted file for an admin (X8)."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from casework.connection import Connection
from casework.disk import flush_to_disk, put_in_place
from casework.handing_in import OpenRescue, RescueHeld, RescuePart, RescueReply
from casework.ids import new_id
from casework.rescue_copy import SHORTEST_PASSPHRASE, Enclosed, Manifest, signed, write_copy
from casework.sealed import SealBroken
from casework.store_faults import fault_of_os
from casework.wire import CHUNK
from sync import state
from sync.central import Central
from sync.covered import Covered, papers_to_send
from sync.faults import Rejected
from sync.laptop import Laptop
from sync.papers import Paper

APP = "0.1.0"


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a copy: changes, documents, and how many of these could not be read any more."""

    changes: int
    papers: int
    unreadable: int
    at: datetime
    name: str


class NotSaved(msgspec.Struct, frozen=True):
    """Why there is no copy; `code` has its words."""

    code: str


class _Unsent(msgspec.Struct, frozen=True):
    upto: int
    bodies: tuple[str, ...]
    papers: tuple[tuple[Paper, tuple[str, ...]], ...]


def save_copy(laptop: Laptop, target: Path, *, passphrase: str = "") -> Saved | NotSaved:
    """Writes everything that the server has not answered into one file; what was there under that name is replaced.

    Only the organisation's admin can open it, or, where this laptop has never learnt the organisation's key, who knows
    the passphrase. Blocks on the disk. Raises StoreFaults; the store itself is not changed but for the note that there
    is a copy.
    """
    with laptop.database.reading() as conn:
        key = state.get(conn, state.RESCUE_KEY, bytes, b"")
        unsent, manifest = _unsent(conn), _manifest(conn, laptop)
        session = hashlib.sha256(state.get(conn, state.RENEWAL, str, "").encode()).hexdigest()
    if not key and len(passphrase) < SHORTEST_PASSPHRASE:
        return NotSaved(code="rescue-passphrase-short")
    whole = [(paper, cases) for paper, cases in unsent.papers if laptop.papers.is_whole(paper)]
    if not unsent.bodies and not whole:
        return NotSaved(code="rescue-nothing")
    manifest = msgspec.structs.replace(
        manifest,
        commands=tuple(msgspec.Raw(body.encode()) for body in unsent.bodies),
        papers=tuple(Enclosed(sha256=paper.sha256, size=paper.size, cases=cases) for paper, cases in whole),
    )
    papers = [paper for paper, _ in whole]
    try:
        _write(target, signed(manifest, session), _pieces(laptop, papers), b"" if passphrase else key, passphrase)
    except SealBroken:
        return NotSaved(code="rescue-paper-damaged")
    except OSError as error:
        raise fault_of_os(error) from error
    covered = Covered(manifest.made_at, unsent.upto, tuple(paper.sha256 for paper in papers))
    laptop.write(lambda conn: state.put(conn, state.RESCUED, covered))
    return Saved(
        changes=len(unsent.bodies),
        papers=len(papers),
        unreadable=len(unsent.papers) - len(papers),
        at=manifest.made_at,
        name=target.name,
    )


def needs_passphrase(conn: Connection) -> bool:
    """Whether this laptop has never learnt the organisation's key."""
    return not state.get(conn, state.RESCUE_KEY, bytes, b"")


def _manifest(conn: Connection, laptop: Laptop) -> Manifest:
    return Manifest(
        epoch=state.get(conn, state.EPOCH, str, ""),
        person_id=laptop.person_id,
        device=laptop.device,
        app=APP,
        made_at=laptop.clock(),
        commands=(),
    )


def _unsent(conn: Connection) -> _Unsent:
    """All that waits, in order, readable for this version or not, and the documents that the server lacks."""
    query = "SELECT seq, body FROM outbox WHERE status IN ('', 'held', 'later') ORDER BY seq"
    rows = conn.exec_driver_sql(query).all()
    return _Unsent(
        upto=int(rows[-1][0]) if rows else 0,
        bodies=tuple(str(body) for _, body in rows),
        papers=tuple((_paper(conn, sha256), cases) for sha256, cases in papers_to_send(conn)),
    )


def _paper(conn: Connection, sha256: str) -> Paper:
    sealed = conn.exec_driver_sql("SELECT sealed FROM paper WHERE sha256 = ?", (sha256,)).scalar_one()
    return msgspec.json.decode(str(sealed), type=Paper)


def _pieces(laptop: Laptop, papers: list[Paper]) -> Iterator[bytes]:
    for paper in papers:
        yield from laptop.papers.read(paper)


def _write(target: Path, manifest: Manifest, pieces: Iterator[bytes], key: bytes, passphrase: str) -> None:
    """Whole or not at all: under another name first, then put in place."""
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            write_copy(file, manifest, pieces, key=key, passphrase=passphrase)
            file.flush()
            flush_to_disk(file.fileno())
        put_in_place(part, target)
    finally:
        part.unlink(missing_ok=True)


def hand_in(central: Central, source: Path) -> str:
    """Sends a copy to the server, piece by piece; returns the id under which it lies there (admins).

    Raises sync.faults, and StoreFaults for a file that cannot be read.
    """
    copy_id, start = new_id(), 0
    try:
        with source.open("rb") as file:
            while content := file.read(CHUNK):
                part = RescuePart(rid=new_id(), copy=copy_id, start=start, content=content)
                start = central.ask(part, RescueHeld).size
    except OSError as error:
        raise fault_of_os(error) from error
    if not start:
        raise Rejected("rescue-not-one")
    return copy_id


def open_copy(
    central: Central, copy_id: str, *, passphrase: str = "", submit: bool = False, even_unproved: bool = False
) -> RescueReply:
    """What is in a copy that was sent, or what came of carrying it out. Raises sync.faults."""
    asked = OpenRescue(rid=new_id(), copy=copy_id, passphrase=passphrase, submit=submit, even_unproved=even_unproved)
    return central.ask(asked, RescueReply)
