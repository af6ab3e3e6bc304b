"""What of a person's own work about a case reached the server, for when the case leaves the laptop (domain.md 5.6)."""

from collections import Counter
from datetime import datetime

import msgspec

from casework.answers import Status
from casework.commands import LogInteraction, Said
from casework.connection import Connection


def delivered(conn: Connection, case_id: str, since: datetime) -> Counter[str]:
    """How many of what: commands by their names on the wire, contacts as `visit`, `call` and so on.

    Only what the server has taken in since then is counted; the receipts stay when the case itself is gone.
    """
    query = "SELECT type, body, status FROM receipt WHERE case_id = ? AND said_at >= ?"
    found: Counter[str] = Counter()
    for kind, body, status in conn.exec_driver_sql(query, (case_id, since.isoformat())):
        if Status(status) in (Status.APPLIED, Status.APPLIED_CHANGED):
            found[_named(str(kind), str(body))] += 1
    return found


def _named(kind: str, body: str) -> str:
    if kind != str(LogInteraction.__struct_config__.tag):
        return kind
    try:
        say = msgspec.json.decode(body, type=Said).say
    except msgspec.MsgspecError:
        return kind
    return say.channel if isinstance(say, LogInteraction) else kind
