"""An office laptop's first sync by snapshot into its encrypted store, over HTTP on loopback, against F.

    python3 dev.py bench first_snapshot --cases 100000

The floor (floor.py) is measured around each sync in the same run. What the sync does in its time: the person's own
cases by rows, the whole transfer with its hashes, encryption, the check of every page, and the sums at the end.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.first_sync import filled_folder, first_sync
from benchmarks.floor import floor
from benchmarks.syncing_app import KEY
from casework.kinds import KINDS, NAMES, PERSONAL_KINDS
from casework.store_file import StoreFile
from server.config import Config
from server.parts import open_parts
from tests.kit_server import server_process

CASES = 5_000
TIMES = 3


def measure() -> list[Claim]:
    """The whole first sync as a multiple of F, and the memory that it took; the rows are the server's, by digest."""
    count = workload.size(CASES)
    with filled_folder(count) as folder:
        parts = open_parts(Config(data=folder))
        snapshot = parts.snapshots.make()
        parts.close()
        wanted = dict(digests_there(folder / "server.db"))
        seen, floors = [], [floor(folder / "server.db")]
        with server_process(folder) as server:
            for turn in range(TIMES):
                seen.append(first_sync(server.url, folder / f"laptop-{turn}", "jo"))
                floors.append(floor(folder / "server.db"))
                assert snapshots_given(folder) == turn + 1, "the sync went by rows"
                assert dict(digests_here(folder / f"laptop-{turn}" / "store" / "store.db")) == wanted, "other rows"
    least, busy = (median(one[at] for one in floors) for at in (0, 1))
    took, cpu = (median(one[name] for one in seen) for name in ("all", "cpu"))
    rows = sum(int(seen[0][name]) for name in NAMES.values())
    how = (
        f"{rows:,} rows in {took:.2f} s ({rows / took:,.0f} a second), {cpu:.2f} s of a processor; F {least:.2f} s,"
        f" {busy:.2f} s of a processor: {cpu / busy:.2f} x; {snapshot.length / 1e6:.0f} MB on the wire for a file of"
        f" {snapshot.size / 1e6:.0f} MB; rows counted and their digests compared with the server's"
    )
    return [
        Claim(
            name=f"first sync of {count:,} cases by snapshot / F",
            figure=took / least,
            unit="x",
            aim=0.7,
            gate=0.875,
            n=TIMES,
            how=how,
        ),
        Claim(
            name="most memory of the laptop's process, by snapshot",
            figure=max(one["rss"] for one in seen),
            unit="MB",
            aim=250,
            gate=250,
            n=TIMES,
        ),
    ]


def snapshots_given(folder: Path) -> int:
    """How many transfers of a snapshot the server's log tells of."""
    logs = (log.read_text("utf-8") for log in folder.glob("server-*.log"))
    return sum(log.count("GET /v1/snapshot/{snapshot_id} 200") for log in logs)


def digests_there(store: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Of each table that is nobody's own, how many rows the server has and their digest."""
    conn = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    for name, query in _queries():
        yield name, _digest(conn.execute(query))
    conn.close()


def digests_here(store: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """The same on a laptop."""
    database = StoreFile(store, KEY)
    with database.reading() as conn:
        for name, query in _queries():
            yield name, _digest(conn.raw.execute(query))
    database.close()


def _queries() -> Iterator[tuple[str, str]]:
    for kind, name in NAMES.items():
        if kind not in PERSONAL_KINDS:
            columns = ", ".join(f'"{column}"' for column in KINDS[name].__struct_fields__)
            yield name, f"SELECT {columns} FROM {name} ORDER BY id"


def _digest(rows: Iterator[tuple[object, ...]]) -> tuple[int, str]:
    hashed, count = hashlib.sha256(), 0
    for row in rows:
        hashed.update(repr(row).encode())
        count += 1
    return count, hashed.hexdigest()
