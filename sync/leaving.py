"""Cases that are no longer ours: marked as soon as that is known, gone as soon as nothing of ours waits on them."""

import json
from collections.abc import Sequence

from casework.answers import Status
from casework.commands import EraseCase
from casework.connection import Connection
from casework.kinds import NAMES, SHARED_KINDS, TREE_KINDS
from casework.rows import all_of, find
from casework.rules.access import queues_of, sees_everything
from casework.values import Case, Person, Queue
from casework.wire import Page
from sync import held_sums, outbox, paper_needs

_TREE_TABLES = tuple(NAMES[kind] for kind in TREE_KINDS)
_SHARED_TABLES = tuple(NAMES[kind] for kind in SHARED_KINDS)
_ERASING = str(EraseCase.__struct_config__.tag)
_NAMED = "(SELECT value FROM json_each(?))"
# the screens name a draft by its case, or by the kept work that it is to settle
_DRAFTED = (
    "SELECT 1 FROM (SELECT value AS id FROM json_each(?)"
    f" UNION ALL SELECT id FROM kept_work WHERE case_id IN {_NAMED}) n WHERE instr(draft.key, n.id) > 0"
)
_UNLISTED = (
    "is_leaving = 0 AND case_id NOT IN (SELECT case_id FROM listed)"
    " AND (? = '[]' OR substr(case_id, -2) IN (SELECT value FROM json_each(?)))"
)
# As server/trees.py decides it, for somebody who does not see everything.
_NOT_MINE = (
    "author_id <> ? AND asked_id <> ?"
    " AND CASE for_kind WHEN 'person' THEN 'p/' ELSE 'q/' END || for_id NOT IN (SELECT value FROM json_each(?))"
    " AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = kept_work.case_id"
    " AND c.owner_kind = 'person' AND c.owner_id = ?)"
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
    if gone:
        named = json.dumps(gone)
        _delete_whole(conn, gone)
        conn.exec_driver_sql(f"DELETE FROM held_case WHERE case_id IN {_NAMED}", (named,))
        _delete_kept(conn, named, person_id)
    return gone


def still_held(conn: Connection, case_ids: Sequence[str]) -> frozenset[str]:
    """Those of the cases that are here and not about to leave."""
    held = f"SELECT case_id FROM held_case WHERE is_leaving = 0 AND case_id IN {_NAMED}"
    return frozenset(conn.exec_driver_sql(held, (json.dumps(case_ids),)).scalars()) if case_ids else frozenset()


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
    held_sums.forget(conn)
    conn.exec_driver_sql(f"UPDATE held_case SET is_leaving = 1 WHERE {_UNLISTED}", (named, named))


def delete_trees(conn: Connection, case_ids: Sequence[str]) -> None:
    """Deletes all rows of these cases' own, with what a newer server said about them.

    However many they are, that is looked through once: it can be a line for every row here.
    """
    if not case_ids:
        return
    named = json.dumps(case_ids)
    has_extra = conn.exec_driver_sql("SELECT 1 FROM extra LIMIT 1").first() is not None
    for table_name in _TREE_TABLES:
        of_cases = f"{'id' if table_name == NAMES[Case] else 'case_id'} IN {_NAMED}"
        if has_extra:
            about = (
                f"DELETE FROM extra WHERE table_name = ? AND row_id IN (SELECT id FROM {table_name} WHERE {of_cases})"
            )
            conn.exec_driver_sql(about, (table_name, named))
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE {of_cases}", (named,))
    if has_extra:
        conn.exec_driver_sql(f"DELETE FROM extra WHERE json_extract(body, '$.case_id') IN {_NAMED}", (named,))


def _delete_whole(conn: Connection, case_ids: Sequence[str]) -> None:
    """Deletes cases with their clients and homes, as far as no other case here refers to these."""
    named = json.dumps(case_ids)
    shared = {
        table_name: json.dumps(
            conn.exec_driver_sql(f"SELECT DISTINCT {table_name}_id FROM case_file WHERE id IN {_NAMED}", (named,))
            .scalars()
            .all()
        )
        for table_name in _SHARED_TABLES
    }
    delete_trees(conn, case_ids)
    for table_name, ids in shared.items():
        is_named = f"EXISTS (SELECT 1 FROM case_file WHERE {table_name}_id = {table_name}.id)"
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE id IN {_NAMED} AND NOT {is_named}", (ids,))
        is_here = f"EXISTS (SELECT 1 FROM {table_name} WHERE id = extra.row_id)"
        about = f"DELETE FROM extra WHERE table_name = ? AND row_id IN {_NAMED} AND NOT {is_here}"
        conn.exec_driver_sql(about, (table_name, ids))


def erase(conn: Connection, case_ids: Sequence[str]) -> None:
    """Deletes what was deleted for good on the server, with clients and homes and every word that was said about it.

    What still waits in the outbox stays: its outcome is the server's to say. So does what was said too late and is kept
    for its author (FD1). Of all else that was answered only that it was stays, so that the journal does not have it
    said again. The receipt of the deletion itself names nobody: should the server lose it with a restore, it is offered
    again, or the case would be back. Bytes of documents wait for no backup any more (paper_needs.py).
    """
    if not case_ids:
        return
    named, papers = json.dumps(case_ids), paper_needs.named_by_cases(conn, case_ids)
    conn.exec_driver_sql(f"DELETE FROM draft WHERE EXISTS ({_DRAFTED})", (named, named))
    _delete_whole(conn, case_ids)
    for table_name in ("kept_work", "notice", "sighting", "held_case"):
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE case_id IN {_NAMED}", (named,))
    effective = f"case_id IN {_NAMED} AND status <> '{Status.DELETED_KEPT}'"
    conn.exec_driver_sql(f"DELETE FROM outbox WHERE {effective} AND {outbox.IS_ANSWERED}", (named,))
    blank = f"UPDATE receipt SET body = ?, facts = '{{}}' WHERE {effective} AND type <> ?"
    conn.exec_driver_sql(blank, (outbox.ERASED, named, _ERASING))
    # what it followed upon is not there to be offered before it
    alone = f"UPDATE receipt SET body = json_set(body, '$.prev', '') WHERE case_id IN {_NAMED} AND type = ?"
    conn.exec_driver_sql(alone, (named, _ERASING))
    paper_needs.wait_for_no_backup(conn, papers)


def forget_kept(conn: Connection, kept_ids: Sequence[str]) -> None:
    """Deletes kept work that the server says has passed on to others, and what told of a case that is gone for good."""
    if kept_ids:
        named = json.dumps(kept_ids)
        for table_name, column in (("extra", "row_id"), ("kept_work", "id"), ("notice", "id"), ("sighting", "id")):
            conn.exec_driver_sql(
                f"DELETE FROM {table_name} WHERE {column} IN (SELECT value FROM json_each(?))", (named,)
            )


def forget_kept_of_others(conn: Connection, person_id: str) -> None:
    """Deletes kept work that was mine to see by a queue that I have left, or by a case that is another's now.

    The server cannot tell (the kept work itself has not changed), but all that decides it is here. The rows must be
    base and all of one moment, as after the last page.
    """
    person = find(conn, Person, person_id)
    if person is None or sees_everything(person):
        return
    mine = _mine(conn, person_id)
    others = conn.exec_driver_sql(f"SELECT id FROM kept_work WHERE {_NOT_MINE}", mine).scalars().all()
    forget_kept(conn, [str(kept_id) for kept_id in others])


def _delete_kept(conn: Connection, named: str, person_id: str) -> None:
    """What I wrote and what waits for me stays, whoever has the case; so does all that the office may see."""
    person = find(conn, Person, person_id)
    if person is None or not sees_everything(person):
        mine = _mine(conn, person_id)
        conn.exec_driver_sql(f"DELETE FROM kept_work WHERE {_NOT_MINE} AND case_id IN {_NAMED}", (*mine, named))
    conn.exec_driver_sql(f"DELETE FROM sighting WHERE case_id IN {_NAMED} AND author_id <> ?", (named, person_id))


def _mine(conn: Connection, person_id: str) -> tuple[str, str, str, str]:
    """What _NOT_MINE asks for."""
    person = find(conn, Person, person_id)
    queue_ids = sorted(queues_of(person, all_of(conn, Queue))) if person is not None else []
    waits_for = ["p/" + person_id, *("q/" + queue_id for queue_id in queue_ids)]
    return person_id, person_id, json.dumps(waits_for), person_id
