"""One pulled page goes in as one transaction: revert, evict, rows, cursor, answered commands out, the rest again."""

import json

import msgspec

from casework.answers import Changes
from casework.connection import Connection, RowRefused
from casework.kinds import KINDS, NAMES, PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import upsert
from casework.values import Case
from casework.wire import Malformed, Page, Rows
from sync import leaving, outbox, paper_rows, shadow, state
from sync.papers import Paper
from sync.state import Filling

_TREE_TABLES = tuple(NAMES[kind] for kind in TREE_KINDS)
_OTHER_TABLES = tuple(NAMES[kind] for kind in (*REF_KINDS, *SHARED_KINDS, *PERSONAL_KINDS))


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What a page changed here, which cases left this laptop with it, and documents whose files are to go now."""

    changes: Changes
    gone: tuple[str, ...] = ()
    unneeded: tuple[Paper, ...] = ()


class PageWork:
    """The steps in which a page goes into one person's store. Each is a safeguard: tests leave out one at a time."""

    def __init__(self, person_id: str) -> None:
        self._person_id = person_id

    def apply(self, conn: Connection, page: Page, filling: Filling | None) -> Applied:
        """Applies a page inside the caller's transaction; all of it or none (FC4, FG1). Raises Malformed.

        `filling` is the back-fill that the page answers, None for a page of changes. Pulled rows go to base and waiting
        commands are laid over them again, so nothing that a person wrote is overwritten by what comes in (FA11).
        """
        self.take_back(conn)
        touched = self.mark_out_of_reach(conn, page) | self.take_in(conn, page)
        self.move_on(conn, page, filling)
        dropped = self.drop_answered(conn, page, filling)
        again = self.say_again(conn)
        gone = self.forget_leaving(conn)
        has_news = bool(page.rows or touched or dropped or gone)
        cases = frozenset(touched | dropped | set(gone))
        kinds = frozenset(page.rows) | ({"case_file"} if cases else frozenset())
        return Applied(
            changes=(Changes(cases=cases, kinds=kinds) | again) if has_news else Changes(),
            gone=gone,
            unneeded=paper_rows.forget_unneeded(conn) if gone or dropped else (),
        )

    def take_back(self, conn: Connection) -> None:
        """Without what waits here, all rows are the server's (I12)."""
        shadow.revert(conn)

    def mark_out_of_reach(self, conn: Connection, page: Page) -> set[str]:
        """Marks as leaving what the page evicts, and what none of the scopes that we have now still covers (FF7)."""
        return leaving.mark(conn, page)

    def take_in(self, conn: Connection, page: Page) -> set[str]:
        """Takes the page's rows in; returns the cases that they are of."""
        return _take_in(conn, page)

    def move_on(self, conn: Connection, page: Page, filling: Filling | None) -> None:
        """The cursor moves with the rows, in one commit (FC4, I8); during a back-fill it stays."""
        _move_on(conn, page, filling)

    def drop_answered(self, conn: Connection, page: Page, filling: Filling | None) -> frozenset[str]:
        """Takes out the commands whose outcome is in by now; returns the cases they were about (decisions/006).

        Only with the last page: a row has no number but its newest, so what came of a command may be in a later page
        than its outcome, and until then it would not show (I3).
        """
        return outbox.drop_up_to(conn, state.cursor(conn)) if filling is None and not page.more else frozenset()

    def say_again(self, conn: Connection) -> Changes:
        """Lays what still waits over the new rows (FA11)."""
        return outbox.replay(conn, self._person_id)

    def forget_leaving(self, conn: Connection) -> tuple[str, ...]:
        """Takes off the laptop what is not ours any more (FF1), and never what waits to be sent (FA1)."""
        return leaving.forget(conn, self._person_id)


def _take_in(conn: Connection, page: Page) -> set[str]:
    unknown = set(page.rows) - set(KINDS)
    if unknown:
        raise Malformed(f"unknown kinds of rows: {sorted(unknown)}")
    for case_id, scopes in page.whole.items():
        leaving.delete_tree(conn, case_id)
        conn.exec_driver_sql(
            "INSERT INTO held_case (case_id, scopes, is_leaving) VALUES (?, ?, 0)"
            " ON CONFLICT (case_id) DO UPDATE SET scopes = excluded.scopes, is_leaving = 0",
            (case_id, json.dumps(scopes)),
        )
    cases = set(page.whole)
    for table_name in (*_OTHER_TABLES, *_TREE_TABLES):
        if table_name in page.rows:
            cases |= _write(conn, table_name, page.rows[table_name])
    return cases


def _write(conn: Connection, table_name: str, rows: Rows) -> set[str]:
    """Upserts rows by id, never an older one over a newer one."""
    kind = KINDS[table_name]
    if not set(kind.__struct_fields__).issuperset(rows.c) or not {"id", "rev"}.issubset(rows.c):
        raise Malformed(f"other columns than this version knows in {table_name}")
    if any(len(row) != len(rows.c) for row in rows.r):
        raise Malformed(f"a row of another width in {table_name}")
    statement = f"{upsert(conn, table_name, rows.c)} WHERE excluded.rev >= {table_name}.rev"
    try:
        if rows.r:
            conn.exec_driver_sql(statement, list(rows.r))
    except RowRefused as error:
        raise Malformed(f"an unfinished row in {table_name}") from error
    named = "id" if kind is Case else "case_id"
    if named not in rows.c:
        return set()
    place = rows.c.index(named)
    return {str(row[place]) for row in rows.r}


def _move_on(conn: Connection, page: Page, filling: Filling | None) -> None:
    state.saw(conn, page.cur)
    if filling is None:
        if page.cur[0] >= state.cursor(conn)[0]:
            state.put(conn, state.CURSOR, page.cur)
        # A back-fill that is not gone on with was of scopes that are not ours any more.
        state.forget(conn, state.FILLING)
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
