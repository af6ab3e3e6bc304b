"""Floor F: the rows of a server's store into the same tables and indexes of a plain SQLite file, by executemany.

Python's own sqlite3, ready tuples, one transaction, WAL, synchronous=NORMAL: as fast as rows can be laid down at all.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from casework.kinds import NAMES
from sync.laptop import NEW_STORE

AT_A_TIME = 20_000


def floor(server_store: Path) -> tuple[float, float]:
    """Seconds for all rows that a laptop gets, without the time for reading them first; and of a processor."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        source = sqlite3.connect(f"file:{server_store}?mode=ro", uri=True)
        store = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536"):
            store.execute(f"PRAGMA {pragma}").fetchall()
        store.executescript(NEW_STORE.read_text("utf-8"))
        watch = _Watch()
        watch.time(lambda: store.execute("BEGIN"))
        for table in NAMES.values():
            _copy(source, store, table, watch)
        watch.time(lambda: store.execute("COMMIT"))
        store.close()
        source.close()
    return watch.wall, watch.cpu


def _copy(source: sqlite3.Connection, store: sqlite3.Connection, table: str, watch: "_Watch") -> None:
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    found = source.execute(f"SELECT {names} FROM {table}")
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    while rows := found.fetchmany(AT_A_TIME):
        watch.time(partial(store.executemany, statement, rows))


class _Watch:
    """Adds up how long some pieces of work take."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def time(self, work: Callable[[], object]) -> None:
        """Does one piece."""
        began, busy = perf_counter(), process_time()
        work()
        self.wall += perf_counter() - began
        self.cpu += process_time() - busy
