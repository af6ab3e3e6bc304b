"""Saying that an owner has had a case on the screen: the last step of a receipt (X2)."""

from casework.commands import SeeCase
from casework.connection import Connection
from sync import state

_NEWS = """
SELECT 1 FROM case_file c JOIN activity a ON a.case_id = c.id AND a.by <> ? AND a.rev > 0 AND a.rev <= ?
LEFT JOIN sighting s ON s.case_id = c.id AND s.person_id = ? AND s.author_id = a.by
WHERE c.id = ? AND c.owner_kind = 'person' AND c.owner_id = ? AND a.rev > coalesce(s.upto, 0) LIMIT 1
"""


def to_say(conn: Connection, person_id: str, case_id: str) -> SeeCase | None:
    """What the owner of a case that is on the screen says by that; None where there is nothing new to say.

    Everything up to the cursor is in this store, so it is what "seen" goes up to: one number for the whole case.
    """
    upto = state.cursor(conn)[0]
    found = conn.exec_driver_sql(_NEWS, (person_id, upto, person_id, case_id, person_id)).first()
    return SeeCase(case_id=case_id, upto=upto) if found is not None else None
