"""Cases that are no longer ours: marked as soon as that is known, gone as soon as nothing of ours waits on them."""

import json

from casework.connection import Connection
from casework.kinds import NAMES, SHARED_KINDS, TREE_KINDS
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.values import Case, Person, Queue
from casework.wire import Page
from sync import outbox

_TREE_TABLES = tuple(NAMES[kind] for kind in TREE_KINDS)
_SHARED_TABLES = tuple(NAMES[kind] for kind in SHARED_KINDS)
_UNLISTED = (
    "is_leaving = 0 AND case_id NOT IN (SELECT case_id FROM listed)"
    " AND (? = '[]' OR substr(case_id, -2) IN (SELECT value FROM json_each(?)))"
)
# SELECT DISTINCT would look at every case; this takes one step in the index for each list of scopes.
_EVERY_SCOPES = (
    "WITH RECURSIVE every (scopes) AS (SELECT min(scopes) FROM held_case UNION ALL"
    " SELECT (SELECT min(scopes) FROM held_case WHERE scopes > every.scopes) FROM every WHERE every.scopes IS NOT NULL)"
    " SELECT scopes FROM every WHERE scopes IS NOT NULL"
)


def mark(conn: Connection, page: Page) -> set[str]:
    """Marks what the page evicts, and what none of the scopes that we have now still covers (FF7); returns the new."""
    every = scope_lists(conn)
    closed = [scopes for scopes in every if not set(page.now).intersection(json.loads(scopes))]
    marked = conn.exec_driver_sql(
        "UPDATE held_case SET is_leaving = 1 WHERE is_leaving = 0"
        " AND (case_id IN (SELECT value FROM json_each(?)) OR scopes IN (SELECT value FROM json_each(?)))"
        " AND case_id NOT IN (SELECT value FROM json_each(?)) RETURNING case_id",
        (json.dumps(page.evict), json.dumps(closed), json.dumps(list(page.whole))),
    )
    return {str(row[0]) for row in marked.all()}


def scope_lists(conn: Connection) -> tuple[str, ...]:
    """Every list of scopes that some case here has, as it lies in its column."""
    return tuple(str(scopes) for scopes in conn.exec_driver_sql(_EVERY_SCOPES).scalars())


def count_held(conn: Connection) -> int:
    """How many cases are here and not about to leave."""
    return int(conn.exec_driver_sql("SELECT count(*) FROM held_case WHERE is_leaving = 0").scalar_one())


def forget(conn: Connection, person_id: str) -> tuple[str, ...]:
    """Takes marked cases off the laptop, as soon as all our words about them were answered (FA1); returns which.

    Rows, those of clients and homes that no other case here refers to, and kept work that was ours to see only with
    the case. Bytes that are still to be sent stay until they are (paper_rows.py).
    """
    leaving = conn.exec_driver_sql("SELECT case_id FROM held_case WHERE is_leaving = 1").scalars().all()
    if not leaving:
        return ()
    waits = outbox.busy_cases(conn)
    gone = tuple(str(case_id) for case_id in leaving if case_id not in waits)
    for case_id in gone:
        delete_tree(conn, case_id)
        conn.exec_driver_sql("DELETE FROM held_case WHERE case_id = ?", (case_id,))
        _delete_kept(conn, case_id, person_id)
    if gone:
        conn.exec_driver_sql("DELETE FROM contact WHERE id NOT IN (SELECT contact_id FROM case_file)")
        conn.exec_driver_sql("DELETE FROM property WHERE id NOT IN (SELECT property_id FROM case_file)")
        _forget_orphans(conn)
    return gone


def all_marked(conn: Connection) -> None:
    """Marks every case as leaving: this person's access has ended."""
    conn.exec_driver_sql("UPDATE held_case SET is_leaving = 1 WHERE is_leaving = 0")


def count_unlisted(conn: Connection, buckets: tuple[str, ...]) -> int:
    """How many cases are here that the server's list does not have, of those buckets or of all."""
    named = json.dumps(buckets)
    return int(conn.exec_driver_sql(f"SELECT count(*) FROM held_case WHERE {_UNLISTED}", (named, named)).scalar_one())


def mark_unlisted(conn: Connection, buckets: tuple[str, ...]) -> None:
    """Marks what the server's list does not have, of those buckets or of all."""
    named = json.dumps(buckets)
    conn.exec_driver_sql(f"UPDATE held_case SET is_leaving = 1 WHERE {_UNLISTED}", (named, named))


def delete_tree(conn: Connection, case_id: str) -> None:
    """Deletes all rows of one case's own, with what a newer server said about them."""
    if conn.exec_driver_sql("SELECT 1 FROM extra LIMIT 1").first() is not None:
        _delete_extra(conn, case_id)
    for table_name in _TREE_TABLES:
        column = "id" if table_name == NAMES[Case] else "case_id"
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE {column} = ?", (case_id,))


def _forget_orphans(conn: Connection) -> None:
    for table_name in _SHARED_TABLES:
        gone = f"row_id NOT IN (SELECT id FROM {table_name})"
        conn.exec_driver_sql(f"DELETE FROM extra WHERE table_name = ? AND {gone}", (table_name,))


def _delete_extra(conn: Connection, case_id: str) -> None:
    for table_name in _TREE_TABLES:
        column = "id" if table_name == NAMES[Case] else "case_id"
        of_case = f"SELECT id FROM {table_name} WHERE {column} = ?"
        conn.exec_driver_sql(f"DELETE FROM extra WHERE table_name = ? AND row_id IN ({of_case})", (table_name, case_id))
    conn.exec_driver_sql("DELETE FROM extra WHERE json_extract(body, '$.case_id') = ?", (case_id,))


def erase(conn: Connection, case_id: str) -> None:
    """Deletes what was deleted for good on the server, with all that was ever said about it and answered.

    What still waits in the outbox stays: its outcome is for the server to say.
    """
    delete_tree(conn, case_id)
    for table_name in ("kept_work", "notice", "receipt", "held_case"):
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE case_id = ?", (case_id,))


def _delete_kept(conn: Connection, case_id: str, person_id: str) -> None:
    """What I wrote and what waits for me stays: it is mine whoever has the case."""
    person = find(conn, Person, person_id)
    queue_ids = sorted(queues_of(person, all_of(conn, Queue))) if person is not None else []
    mine = ["p/" + person_id, *("q/" + queue_id for queue_id in queue_ids)]
    conn.exec_driver_sql(
        "DELETE FROM kept_work WHERE case_id = ? AND author_id <> ? AND asked_id <> ?"
        " AND CASE for_kind WHEN 'person' THEN 'p/' ELSE 'q/' END || for_id NOT IN (SELECT value FROM json_each(?))",
        (case_id, person_id, person_id, json.dumps(mine)),
    )
    conn.exec_driver_sql("DELETE FROM sighting WHERE case_id = ? AND author_id <> ?", (case_id, person_id))
