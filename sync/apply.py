"""One pulled page goes in as one transaction: revert, evict, rows, answered commands out, waiting ones again, cursor."""

import json

import msgspec
from sqlalchemy import Connection

from casework.answers import Changes
from casework.rows import upsert
from casework.tables import KINDS, PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TABLES, TREE_KINDS
from casework.values import Case
from casework.wire import Malformed, Page, Rows
from sync import outbox, shadow, state
from sync.state import Filling

_TREE_TABLES = tuple(TABLES[kind].name for kind in TREE_KINDS)
_OTHER_TABLES = tuple(TABLES[kind].name for kind in (*REF_KINDS, *SHARED_KINDS, *PERSONAL_KINDS))


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What a page changed, and which cases left this laptop with it."""

    changes: Changes
    gone: tuple[str, ...] = ()
    dropped: int = 0


def apply_page(conn: Connection, page: Page, person_id: str, *, filling: Filling | None = None) -> Applied:
    """Applies a page inside the caller's transaction; all of it or none (FC4, FG1).

    `filling` is the back-fill that the page answers, None for a page of changes. Pulled rows go to base and waiting
    commands are laid over them again, so nothing that a person wrote is overwritten by what comes in (FA11).
    """
    shadow.revert(conn)
    cases = _forget_out_of_reach(conn, page)
    cases |= _take_in(conn, page)
    _move_on(conn, page, filling)
    dropped = outbox.drop_up_to(conn, state.cursor(conn))
    outbox.replay(conn, person_id)
    gone = forget_leaving(conn)
    kinds = frozenset(page.rows) | ({"case_file"} if cases or gone else frozenset())
    return Applied(changes=Changes(cases=frozenset(cases | set(gone)), kinds=kinds), gone=gone, dropped=dropped)


def forget_leaving(conn: Connection) -> tuple[str, ...]:
    """Takes cases that are no longer ours off the laptop, as soon as all our words about them were answered (FA1).

    Rows, and those of clients and homes that no other case here refers to. Documents' bytes that are still to be sent
    hold their case back too.
    """
    busy = outbox.busy_cases(conn)
    unsent = {str(row[0]) for row in conn.exec_driver_sql("SELECT case_id FROM paper WHERE state = 'to_send'")}
    leaving = conn.exec_driver_sql("SELECT case_id FROM held_case WHERE is_leaving = 1").scalars().all()
    gone = tuple(str(case_id) for case_id in leaving if case_id not in busy and case_id not in unsent)
    for case_id in gone:
        _delete_tree(conn, case_id)
        conn.exec_driver_sql("DELETE FROM held_case WHERE case_id = ?", (case_id,))
    if gone:
        _delete_unreferred(conn)
    return gone


def _forget_out_of_reach(conn: Connection, page: Page) -> set[str]:
    """Marks as leaving what the page evicts, and what none of the scopes that we have now still covers (FF7)."""
    now = set(page.now)
    leaving = set(page.evict)
    for case_id, scopes in conn.exec_driver_sql("SELECT case_id, scopes FROM held_case").all():
        if not now.intersection(json.loads(scopes)):
            leaving.add(str(case_id))
    leaving -= set(page.whole)
    for case_id in leaving:
        conn.exec_driver_sql("UPDATE held_case SET is_leaving = 1 WHERE case_id = ?", (case_id,))
    return leaving


def _take_in(conn: Connection, page: Page) -> set[str]:
    for case_id, scopes in page.whole.items():
        _delete_tree(conn, case_id)
        conn.exec_driver_sql(
            "INSERT INTO held_case (case_id, scopes, is_leaving) VALUES (?, ?, 0)"
            " ON CONFLICT (case_id) DO UPDATE SET scopes = excluded.scopes, is_leaving = 0",
            (case_id, json.dumps(scopes)),
        )
    cases = set(page.whole)
    for table_name in (*_OTHER_TABLES, *_TREE_TABLES):
        if table_name in page.rows:
            cases |= _write(conn, table_name, page.rows[table_name])
    unknown = set(page.rows) - set(KINDS)
    if unknown:
        raise Malformed(f"unknown kinds of rows: {sorted(unknown)}")
    return cases


def _write(conn: Connection, table_name: str, rows: Rows) -> set[str]:
    """Upserts rows by id, never an older one over a newer one."""
    table = TABLES[KINDS[table_name]]
    columns = {column.name for column in table.columns}
    if not columns.issuperset(rows.c):
        raise Malformed(f"unknown columns in {table_name}")
    statement = f"{upsert(conn, table, rows.c)} WHERE excluded.rev >= {table_name}.rev"
    if rows.r:
        conn.exec_driver_sql(statement, [tuple(row) for row in rows.r])
    named = "id" if table is TABLES[Case] else "case_id"
    if named not in rows.c or not rows.r:
        return set()
    place = rows.c.index(named)
    return {str(row[place]) for row in rows.r}


def _move_on(conn: Connection, page: Page, filling: Filling | None) -> None:
    """The cursor moves with the rows, in one commit (FC4, I8); during a back-fill it stays."""
    state.saw(conn, page.cur)
    if filling is None:
        if page.cur[0] >= state.cursor(conn)[0]:
            state.put(conn, state.CURSOR, page.cur)
        state.put(conn, state.HELD, tuple(scope for scope in state.held(conn) if scope in page.now))
        return
    if state.cursor(conn)[0] == 0:
        state.put(conn, state.CURSOR, page.cur)
    if page.fill_after:
        state.put(conn, state.FILLING, Filling(filling.scopes, page.fill_after))
        return
    state.forget(conn, state.FILLING)
    held = dict.fromkeys((*state.held(conn), *filling.scopes))
    state.put(conn, state.HELD, tuple(scope for scope in held if scope in page.now))


def _delete_tree(conn: Connection, case_id: str) -> None:
    for table_name in _TREE_TABLES:
        column = "id" if table_name == TABLES[Case].name else "case_id"
        conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE {column} = ?", (case_id,))


def _delete_unreferred(conn: Connection) -> None:
    conn.exec_driver_sql("DELETE FROM contact WHERE id NOT IN (SELECT contact_id FROM case_file)")
    conn.exec_driver_sql("DELETE FROM property WHERE id NOT IN (SELECT property_id FROM case_file)")
