"""After an update: what earlier releases broke over is said once more as its author's, once a release (protocol 9)."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from casework.answers import Status
from casework.database import Database
from casework.ids import child_id
from casework.rows import find, of_case
from casework.rules.keeping import said_in
from casework.tables import TABLES
from casework.values import Activity, ActivityKind, Case, KeptState, KeptWork, Notice, Record
from server import RELEASE
from server.clock import Clock, utc_now
from server.devices import clock_off_of
from server.facts import JUDGED_ANEW_BY, fact, set_fact
from server.journal import Journal, Speaker
from server.outcomes import outcomes_of
from server.prepared import savepoint
from server.problem import OUR_MISTAKES, raise_faults
from server.put_by import stored_now
from server.tables import outcome

_DONE = (Status.APPLIED, Status.APPLIED_CHANGED)
_KEPT = TABLES[KeptWork]
log = logging.getLogger("doorstep.retrying")


def broken(conn: Connection) -> Sequence[tuple[str, datetime]]:
    """The commands that the server broke over and nobody has decided about: id, and since when they are kept."""
    is_broken = (_KEPT.c.state == KeptState.OPEN, outcome.c.status == Status.ERROR_KEPT)
    query = select(_KEPT.c.id, _KEPT.c.kept_at).join(outcome, outcome.c.cmd_id == _KEPT.c.id).where(*is_broken)
    return [(row[0], datetime.fromisoformat(row[1])) for row in conn.execute(query.order_by(outcome.c.rev, _KEPT.c.id))]


def retry_broken(
    database: Database,
    journal: Journal,
    *,
    release: str = RELEASE,
    clock: Clock = utc_now,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Says them once more, in their order and each in its own transaction, unless this release has done so before.

    Broken off between two, by `is_over` or by a kill, it begins anew the next time: what has another outcome by then
    is not among them any more. Raises StoreFaults.
    """
    with database.reading() as conn:
        if fact(conn, JUDGED_ANEW_BY) == release:
            return
        waiting = broken(conn)
    became: Counter[Status] = Counter()
    for kept_id, _ in waiting:
        if is_over():
            return
        with database.writing() as conn:
            became[_once_more(conn, journal, kept_id, clock())] += 1
    with database.writing() as conn:
        set_fact(conn, JUDGED_ANEW_BY, release)
    if waiting:
        done, still = sum(became[status] for status in _DONE), became[Status.ERROR_KEPT]
        numbers = (len(waiting), done, len(waiting) - done - still, still)
        log.info("said again after the update: %d commands; %d took effect, %d wait otherwise, %d as before", *numbers)


def _once_more(conn: Connection, journal: Journal, kept_id: str, now: datetime) -> Status:
    """What a command has become, all within the caller's transaction; `error_kept` where it stays as it was.

    It is looked up anew: its author may have decided about it meanwhile, or another process have been here first.
    """
    stands = Status.ERROR_KEPT
    try:
        with savepoint(conn):
            kept, known = find(conn, KeptWork, kept_id), outcomes_of(conn, (kept_id,))[kept_id]
            said = said_in(kept) if kept is not None else None
            if kept is None or said is None or known["status"] != stands or not _is_untouched(conn, kept):
                return stands
            device_id = known["device_id"]
            clock_off = clock_off_of(conn, device_id)
            speaker = Speaker(person_id=kept.author_id, device_id=device_id, clock_off=clock_off)
            became = journal.judge_anew(conn, speaker, said).st
            journal.write_down(conn, _settled(conn, kept, became, now), case_id=kept.case_id or None)
            return became
    except OUR_MISTAKES as error:
        raise_faults(error)
        return stands


def _is_untouched(conn: Connection, kept: KeptWork) -> bool:
    """Whether nobody has ever decided about it: what was used and then taken back may have left its words behind."""
    if kept.state is not KeptState.OPEN:
        return False
    lines = of_case(conn, Activity, kept.case_id) if kept.case_id else ()
    return not any(line.kind is ActivityKind.SETTLED and line.facts.get("kept") == kept.id for line in lines)


def _settled(conn: Connection, before: KeptWork, became: Status, now: datetime) -> tuple[Record, ...]:
    """The kept work as done by the update, its author told; or, where the rules keep it, with what was said about it.

    What is gone with its case stays gone.
    """
    kept = find(conn, KeptWork, before.id)
    if kept is None:
        return ()
    if became not in _DONE:
        return (msgspec.structs.replace(kept, talk=before.talk, asked_id=before.asked_id),)
    settled = msgspec.structs.replace(
        kept, state=KeptState.USED, settled_at=now, later_until=None, later_by="", asked_id=""
    )
    case = find(conn, Case, kept.case_id)
    if case is None:
        return (settled,)
    told = Notice(
        id=child_id(kept.id, f"notice/{kept.author_id}/taken-in"),
        case_id=case.id,
        person_id=kept.author_id,
        code="taken-in-after-update",
        facts={"number": case.number, "kept": kept.id},
        by=kept.author_id,
        at=now,
    )
    return (settled, told, *stored_now(conn, case.id))
