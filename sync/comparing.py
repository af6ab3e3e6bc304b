"""Comparing with the server's list, case by case, where pages alone do not lead to what the server has (protocol 5).

The list comes in parts and is kept in the store; then what is not on it is marked as leaving, then whole cases are
fetched that are missing or have another stamp, and at last the list's own place in the log becomes the cursor. Each
part is one transaction, so that a kill at any point only costs the part under way. What waits to be sent, and
drafts, are not touched (FA17).
"""

import json

import msgspec

from casework.connection import Connection
from casework.wire import START, Page, ReconcileReply
from sync import held_sums, state
from sync.held_sums import Marked
from sync.state import Comparing

TREES_AT_A_TIME = 200
# A case whose stamp is the same is only told its scopes, should these differ.
_SAME = "h.case_id = l.case_id AND h.rev = l.rev AND h.chain = l.chain AND h.chain <> '' AND h.is_leaving = 0"


def afresh(conn: Connection) -> Comparing:
    """Begins once more with the list."""
    conn.exec_driver_sql("DELETE FROM listed")
    state.put(conn, state.COMPARING, Comparing())
    return Comparing()


def take_list(conn: Connection, under_way: Comparing, reply: ReconcileReply) -> bool:
    """Keeps a part of the list; returns whether it led anywhere."""
    conn.exec_driver_sql(
        "INSERT INTO listed (case_id, scopes, rev, chain) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (case_id) DO UPDATE SET scopes = excluded.scopes, rev = excluded.rev, chain = excluded.chain",
        [(case.id, json.dumps(case.scopes), case.rev, case.chain) for case in reply.cases],
    )
    # of a scope that was not theirs at one part of the list, cases are missing there
    now = reply.now if under_way.at == START else _still(under_way, reply.now)
    after = msgspec.structs.replace(
        under_way, at=reply.at, after=reply.after or under_way.after, now=now, is_listed=not reply.after
    )
    state.put(conn, state.COMPARING, after)
    return not reply.after or reply.after > under_way.after


def listed_cases(conn: Connection) -> list[Marked]:
    """The list as far as it is here."""
    rows = conn.exec_driver_sql("SELECT case_id, scopes, rev, chain FROM listed").all()
    return [(case_id, tuple(json.loads(scopes)), (rev, chain)) for case_id, scopes, rev, chain in rows]


def agree(conn: Connection, under_way: Comparing) -> None:
    """Notes down that what is not on the list has been seen to; what is the same needs no fetching."""
    conn.exec_driver_sql(f"UPDATE held_case AS h SET scopes = l.scopes FROM listed l WHERE {_SAME}")
    conn.exec_driver_sql(f"DELETE FROM listed AS l WHERE EXISTS (SELECT 1 FROM held_case h WHERE {_SAME})")
    held_sums.forget(conn)
    state.put(conn, state.COMPARING, msgspec.structs.replace(under_way, is_agreed=True))


def wanted(conn: Connection, most: int = TREES_AT_A_TIME) -> tuple[str, ...]:
    """The next cases to be fetched whole, in order of id."""
    rows = conn.exec_driver_sql("SELECT case_id FROM listed ORDER BY case_id LIMIT ?", (most,))
    return tuple(str(row[0]) for row in rows)


def note_fetched(conn: Connection, under_way: Comparing, asked: tuple[str, ...], page: Page) -> bool:
    """Takes off the list what the page is about, if not all that was asked for; returns whether that is anything.

    A page that ends within what is the person's own is about none of the cases. A scope that is not in `now` of a page
    is not whole by this comparison: its cases went with that page, and were passed over in it.
    """
    under_way = msgspec.structs.replace(under_way, now=_still(under_way, page.now))
    if "/" in page.fill_after:
        state.put(conn, state.COMPARING, msgspec.structs.replace(under_way, ref_after=page.fill_after))
        return page.fill_after != under_way.ref_after
    is_cut = page.more or bool(page.fill_after)
    done = asked[: asked.index(page.fill_after) + 1] if page.fill_after in asked else () if is_cut else asked
    conn.exec_driver_sql("DELETE FROM listed WHERE case_id IN (SELECT value FROM json_each(?))", (json.dumps(done),))
    state.put(conn, state.COMPARING, msgspec.structs.replace(under_way, has_ref=True))
    return bool(done) or not under_way.has_ref


def finish(conn: Connection, under_way: Comparing) -> None:
    """All that was listed is here: the place of a whole list in the log becomes the cursor.

    Whole are the scopes that were the person's at every answer: what was taken away meanwhile is new, from the
    beginning, when it is given back.
    """
    whole = under_way.now
    if under_way.buckets:
        whole = tuple(scope for scope in state.held(conn) if scope in under_way.now)
    else:
        state.saw(conn, under_way.at)
        if under_way.at[0] >= state.cursor(conn)[0]:
            state.put(conn, state.CURSOR, under_way.at)
        state.forget(conn, state.FILLING)
    state.put(conn, state.HELD, whole)
    state.forget(conn, state.COMPARING)
    state.put(conn, state.IS_DOUBTED, True)


def _still(under_way: Comparing, now: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes that were the person's at this answer too."""
    return tuple(scope for scope in under_way.now if scope in now)
