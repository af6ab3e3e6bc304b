"""Which of the unsent work is in a rescue copy, and whether anything here is nowhere else (FA16)."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from casework.commands import AttachDocument, Said
from casework.connection import Connection
from sync import outbox, state


class Covered(msgspec.Struct, frozen=True):
    """The last copy that was made: up to which line of the outbox, and which documents."""

    at: datetime
    upto: int
    papers: tuple[str, ...]


def is_all_safe(conn: Connection) -> bool:
    """Whether everything here is on the server or in a rescue copy: only then may it go from this laptop (FA16)."""
    papers = {sha256 for sha256, _ in papers_to_send(conn)}
    covered = state.find(conn, state.RESCUED, Covered)
    upto, copied = (covered.upto, covered.papers) if covered else (0, ())
    return outbox.newest(conn) <= upto and papers <= set(copied)


def papers_to_send(conn: Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The hashes of documents whose bytes the server lacks, the small ones first, with the cases that they are on.

    Of one that was found beside a lost store, and that nothing here names by now, the case that it was put on.
    """
    cases: dict[str, set[str]] = {}
    for sha256, case_id in conn.exec_driver_sql("SELECT sha256, case_id FROM document"):
        cases.setdefault(sha256, set()).add(case_id)
    said = "SELECT body FROM {} WHERE type = 'document.attach'"
    for body in [row[0] for table in ("outbox", "receipt") for row in conn.exec_driver_sql(said.format(table))]:
        say = _said(str(body))
        if isinstance(say, AttachDocument):
            cases.setdefault(say.sha256, set()).add(say.case_id)
    waiting = "SELECT sha256, state, case_id FROM paper WHERE state IN ('to_send', 'recovered') ORDER BY size"
    for sha256, how, case_id in conn.exec_driver_sql(waiting).all():
        on = cases.get(sha256, {str(case_id)} if how == "recovered" else set())
        if on:
            yield str(sha256), tuple(sorted(on))


def _said(body: str) -> object:
    try:
        return msgspec.json.decode(body, type=Said).say
    except msgspec.MsgspecError:
        return None
