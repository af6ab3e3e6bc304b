"""Where the sync stands, in facts; the chip and the sync page put words to it (experience.md 1)."""

import json
from datetime import datetime, timedelta

import msgspec

from casework.connection import Connection
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.values import Person, Queue
from sync import outbox, paper_rows, state
from sync.ending import lock_of
from sync.faults import NotShown, SyncFault
from sync.machine import Phase
from sync.state import Restored

# Offline is nothing to worry about for a day; after two the office is missing something.
LATE_AFTER = timedelta(days=2)


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of the sync.

    `unsent` counts commands that the server has not answered, of which `held` wait for others; `papers` documents (and
    `paper_bytes`) still to send; `stuck` documents that could not be sent or fetched. `decisions` wait for this person
    or one of their queues. `fault` is the code of what stopped the last round or sticks, "" where nothing does.
    `in_sync_at` is when this laptop last had everything and had sent everything. `lock` says why nobody may work at
    this desk now: `access-ended`, `device-lost`, `lease-over` (FF5); "" where somebody may. `in_step` is not while the
    cases here are being compared with the server's, or are known to differ. `restored_at` is when the server was found
    to have gone back in time, and `sent_again` how many of this laptop's changes were sent once more (OC26). By
    `clock_off` seconds this laptop's clock was ahead of the server's at the last hello (FI17).
    """

    phase: Phase = Phase.RESTING
    unsent: int = 0
    held: int = 0
    papers: int = 0
    paper_bytes: int = 0
    stuck: int = 0
    decisions: int = 0
    fault: str = ""
    facts: dict[str, str] = {}
    in_sync_at: datetime | None = None
    oldest_unsent: datetime | None = None
    next_try: datetime | None = None
    filling: bool = False
    lock: str = ""
    in_step: bool = True
    sent_again: int = 0
    restored_at: datetime | None = None
    clock_off: int = 0

    @property
    def all_sent(self) -> bool:
        """Whether everything on this laptop is also on the server, as far as the last round can tell (I10)."""
        waits = self.unsent or self.papers or self.stuck or self.filling
        is_sound = self.in_step and not self.fault and not self.lock
        return not waits and is_sound and self.in_sync_at is not None

    def is_late(self, now: datetime) -> bool:
        """Whether the oldest unsent command has waited too long for nobody to be told."""
        return self.oldest_unsent is not None and now - self.oldest_unsent >= LATE_AFTER


def look(
    conn: Connection,
    person_id: str,
    *,
    now: datetime,
    phase: Phase,
    fault: SyncFault | None,
    next_try: datetime | None = None,
) -> SyncState:
    """Counts what is waiting, in one snapshot."""
    papers, size = paper_rows.unsent(conn)
    stuck = paper_rows.stuck(conn)
    held = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE status = 'held'").scalar_one()
    oldest = conn.exec_driver_sql("SELECT min(said_at) FROM outbox WHERE status IN ('', 'held', 'later')").scalar()
    trouble = fault if fault or stuck else _not_shown(conn)
    restored = state.find(conn, state.RESTORED, Restored)
    return SyncState(
        phase=phase,
        unsent=outbox.count_words(conn),
        held=int(held),
        papers=papers,
        paper_bytes=size,
        stuck=len(stuck),
        decisions=_decisions(conn, person_id),
        fault=trouble.code if trouble else next(iter(stuck.values()), ""),
        facts=trouble.facts if trouble else {},
        in_sync_at=state.find(conn, state.LAST_IN_SYNC, datetime),
        oldest_unsent=datetime.fromisoformat(str(oldest)) if oldest else None,
        next_try=next_try,
        filling=state.filling(conn) is not None,
        lock=lock_of(conn, now),
        in_step=state.comparing(conn) is None and not state.get(conn, state.DIFFERS, bool, False),
        sent_again=restored.again if restored else 0,
        restored_at=restored.at if restored else None,
        clock_off=round(state.get(conn, state.CLOCK_OFF, float, 0.0)),
    )


def _not_shown(conn: Connection) -> NotShown | None:
    """A mistake of ours that keeps something said here off the screen, and nothing from going on."""
    broken = state.get(conn, state.NOT_SHOWN, dict[str, str], {})
    return NotShown("", {"count": str(len(broken)), "where": next(iter(broken.values()))}) if broken else None


def _decisions(conn: Connection, person_id: str) -> int:
    """Open kept work that waits for the person, or for a queue that they are in; some goes with a case's owner."""
    person = find(conn, Person, person_id)
    queue_ids = sorted(queues_of(person, all_of(conn, Queue))) if person is not None else []
    query = (
        "WITH waiting AS (SELECT coalesce(c.owner_kind, w.for_kind) AS kind, coalesce(c.owner_id, w.for_id) AS id"
        " FROM kept_work w LEFT JOIN case_file c ON c.id = w.case_id AND w.for_owner"
        " WHERE w.state = 'open' AND (NOT w.for_owner OR c.id IS NOT NULL))"
        " SELECT count(*) FROM waiting WHERE kind = 'person' AND id = ?"
        " OR kind = 'queue' AND id IN (SELECT value FROM json_each(?))"
    )
    return int(conn.exec_driver_sql(query, (person_id, json.dumps(queue_ids))).scalar_one())
