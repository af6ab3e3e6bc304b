"""A store's very first filling: some indexes are built when all rows are there, and own cases come first.

Kept up row by row they would take longer than one sorting at the end. That they are missing is in the store itself, in
the commit that dropped them, so that after a kill they are built by the next round.
"""

import gc
import re
from functools import partial

from casework.connection import Connection
from casework.wire import REF
from sync import state
from sync.laptop import NEW_STORE, Laptop

# Those of these tables' indexes that do not begin with the case. Searches work without them, only slower; that a case
# is opened, or comes once more, must not take longer with every case that is in. The cases' own are kept up: their list
# is on show meanwhile, and at the end the widest table would be read once for each of them.
_LATE = ("contact", "property", "task", "document")
# Python looks for garbage in rings each time that so many more things were made than let go of; by itself, 700.
_MADE = 50_000
_INDEX = re.compile(r"CREATE INDEX (?P<name>\w+) ON (?P<table>\w+) \((?P<first>\w+)")


def search_seldom() -> None:
    """Has this process look for garbage less often: a page is tens of thousands of new things, and nothing in rings.

    By itself Python would spend a twentieth of a first sync on it, and stop the window each time.
    """
    gc.set_threshold(_MADE, *gc.get_threshold()[1:])


def own_first(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the scopes that are new to a store to fill it with next: what everybody holds and the person's own."""
    own = tuple(name for name in scopes if name == REF or name.startswith("user:"))
    return own or scopes


def drop_late_indexes(conn: Connection) -> None:
    """Leaves indexes for later where a store that has never been in sync gets more than one page."""
    if state.find(conn, state.LAST_IN_SYNC, str) is not None or is_due(conn):
        return
    for name in _indexes():
        conn.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    state.put(conn, state.INDEXES_DUE, True)


def is_due(conn: Connection) -> bool:
    """Whether indexes are still to be built."""
    return state.get(conn, state.INDEXES_DUE, bool, False)


def build_indexes(laptop: Laptop) -> None:
    """Builds what was left for later, each in its own transaction: nobody who saves meanwhile waits for all of them."""
    with laptop.database.reading() as conn:
        if not is_due(conn):
            return
    for statement in _indexes().values():
        laptop.write(partial(_run, statement), in_bulk=True)
    laptop.write(lambda conn: state.forget(conn, state.INDEXES_DUE))


def _run(statement: str, conn: Connection) -> None:
    conn.exec_driver_sql(statement)


def _indexes() -> dict[str, str]:
    """{name: how it is made, unless it is there} of the indexes that can wait."""
    made = (line.strip() for line in NEW_STORE.read_text("utf-8").split(";\n"))
    found = (_INDEX.match(line) for line in made)
    return {
        one["name"]: one.string.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1)
        for one in found
        if one is not None and one["table"] in _LATE and one["first"] != "case_id"
    }
