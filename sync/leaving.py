"""Cases that are no longer ours: marked as soon as that is known, gone as soon as nothing of ours waits on them."""

import json

from casework.connection import Connection
from casework.kinds import NAMES, TREE_KINDS
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.values import Case, Person, Queue
from casework.wire import Page
from sync import outbox

_TREE_TABLES = tuple(NAMES[kind] for kind in TREE_KINDS)


def mark(conn: Connection, page: Page) -> set[str]:
    """Marks what the page evicts, and what none of the scopes that we have now still covers (FF7); returns the new."""
    every = conn.exec_driver_sql("SELECT DISTINCT scopes FROM held_case").scalars().all()
    closed = [scopes for scopes in every if not set(page.now).intersection(json.loads(scopes))]
    marked = conn.exec_driver_sql(
        "UPDATE held_case SET is_leaving = 1 WHERE is_leaving = 0"
        " AND (case_id IN (SELECT value FROM json_each(?)) OR scopes IN (SELECT value FROM json_each(?)))"
        " AND case_id NOT IN (SELECT value FROM json_each(?)) RETURNING case_id",
        (json.dumps(page.evict), json.dumps(closed), json.dumps(list(page.whole))),
    )
    return {str(row[0]) for row in marked.all()}


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
    return gone


def delete_tree(conn: Connection, case_id: str) -> None:
    """Deletes all rows of one case's own."""
    for table_name in _TREE_TABLES:
        column = "id" if table_name == NAMES[Case] else "case_id"
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE {column} = ?", (case_id,))


def _delete_kept(conn: Connection, case_id: str, person_id: str) -> None:
    """What I wrote and what waits for me stays: it is mine whoever has the case."""
    person = find(conn, Person, person_id)
    queue_ids = sorted(queues_of(person, all_of(conn, Queue))) if person is not None else []
    mine = ["p/" + person_id, *("q/" + queue_id for queue_id in queue_ids)]
    conn.exec_driver_sql(
        "DELETE FROM kept_work WHERE case_id = ? AND author_id <> ?"
        " AND CASE for_kind WHEN 'person' THEN 'p/' ELSE 'q/' END || for_id NOT IN (SELECT value FROM json_each(?))",
        (case_id, person_id, json.dumps(mine)),
    )
