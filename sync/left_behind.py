"""Commands that the server holds back for an earlier one that this device has lost: in the end they go without it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from casework.answers import Status
from casework.commands import Said, without_earlier
from casework.connection import Connection
from casework.wire import Ack
from sync import outbox, state

# How long what was lost may still turn up, in a copy of the store that somebody puts back (protocol 9).
STOPS_WAITING_AFTER = timedelta(days=5)
# Why a command is held back for which this device has lost nothing: another one is to come back after a restore.
FOR_OTHERS = "waits-for-others"


def note(conn: Connection, acks: Iterable[Ack], at: datetime) -> None:
    """Remembers since when commands are held back for what is nowhere here, and has them go without it at last.

    Where the earlier one is here, it only has to be sent, or is too new for the server: then there is no hurry.
    """
    held = [ack.id for ack in acks if ack.st is Status.HELD and ack.code != FOR_OTHERS]
    elsewhere = {ack.id for ack in acks if ack.code == FOR_OTHERS}
    before = state.get(conn, state.LEFT_BEHIND, dict[str, datetime], {})
    if not held and not before:
        return
    alone = [
        said for said in _saids(conn, {*before, *held} - elsewhere) if said.prev and not outbox.knows(conn, said.prev)
    ]
    since = {said.id: before.get(said.id, at) for said in alone}
    for said in alone:
        if at - since[said.id] >= STOPS_WAITING_AFTER:
            del since[said.id]
            body = msgspec.json.encode(without_earlier(said)).decode()
            conn.exec_driver_sql("UPDATE outbox SET body = ? WHERE id = ?", (body, said.id))
    if since != before:
        state.put(conn, state.LEFT_BEHIND, since)


def _saids(conn: Connection, ids: Iterable[str]) -> list[Said]:
    """Those that are held; one of a newer app's that this one cannot read is passed over (FH4)."""
    query = "SELECT body FROM outbox WHERE status = 'held' AND id IN (SELECT value FROM json_each(?))"
    bodies = conn.exec_driver_sql(query, (msgspec.json.encode(list(ids)).decode(),)).scalars().all()
    found = []
    for body in bodies:
        with suppress(msgspec.ValidationError):
            found.append(msgspec.json.decode(body, type=Said))
    return found
