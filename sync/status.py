"""Where the sync stands, in facts; the chip and the sync page put words to it (experience.md 1)."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from sync import outbox, state
from sync.faults import SyncFault
from sync.machine import Phase


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of the sync.

    `unsent` counts commands that the server has not answered, `papers` documents (and `paper_bytes`) still to send.
    `fault` is the code of what stopped the last round, "" where nothing did. `in_sync_at` is when this laptop last
    had everything and had sent everything.
    """

    phase: Phase = Phase.RESTING
    unsent: int = 0
    held: int = 0
    papers: int = 0
    paper_bytes: int = 0
    decisions: int = 0
    fault: str = ""
    facts: dict[str, str] = {}
    in_sync_at: datetime | None = None
    oldest_unsent: datetime | None = None
    next_try: datetime | None = None
    filling: bool = False

    @property
    def all_sent(self) -> bool:
        """Whether everything on this laptop is also on the server, as far as the last round can tell (I10)."""
        return not self.unsent and not self.papers and not self.fault and self.in_sync_at is not None


def look(
    conn: Connection,
    person_id: str,
    *,
    phase: Phase,
    fault: SyncFault | None,
    next_try: datetime | None = None,
) -> SyncState:
    """Counts what is waiting, in one snapshot."""
    papers, size = conn.exec_driver_sql(
        "SELECT count(*), coalesce(sum(size), 0) FROM paper WHERE state = 'to_send'"
    ).one()
    held = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE status = 'held'").scalar_one()
    oldest = conn.exec_driver_sql(
        "SELECT said_at FROM outbox WHERE status IN ('', 'held', 'later') ORDER BY seq LIMIT 1"
    ).scalar()
    decisions = conn.exec_driver_sql(
        "SELECT count(*) FROM kept_work WHERE state = 'open' AND for_kind = 'person' AND for_id = ?", (person_id,)
    ).scalar_one()
    return SyncState(
        phase=phase,
        unsent=outbox.count(conn),
        held=int(held),
        papers=int(papers),
        paper_bytes=int(size),
        decisions=int(decisions),
        fault=fault.code if fault else "",
        facts=fault.facts if fault else {},
        in_sync_at=state.get(conn, state.LAST_IN_SYNC, datetime, NEVER) if _has_synced(conn) else None,
        oldest_unsent=datetime.fromisoformat(str(oldest)) if oldest else None,
        next_try=next_try,
        filling=state.filling(conn) is not None,
    )


NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _has_synced(conn: Connection) -> bool:
    return conn.exec_driver_sql("SELECT 1 FROM sync_state WHERE key = ?", (state.LAST_IN_SYNC,)).first() is not None
