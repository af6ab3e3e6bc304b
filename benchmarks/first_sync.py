"""A laptop's first sync by rows into its encrypted store, over HTTP on loopback from a real server process, against F.

    python3 dev.py bench first_sync --cases 100000

The floor (floor.py) is measured before and after it in the same run. The person is a team's lead, who holds all cases.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.floor import floor
from casework.kinds import NAMES
from server.config import Config
from server.parts import open_parts
from tests.kit_server import PASSWORD, PEOPLE, server_process

CASES = 5_000
LIMIT_SECONDS = 900


def measure() -> list[Claim]:
    """The whole first sync as a multiple of F, when one's own cases are there, and the memory that it took."""
    count = workload.size(CASES)
    with filled_folder(count) as folder:
        before = floor(folder / "server.db")
        with server_process(folder) as server:
            seen = first_sync(server.url, folder / "laptop", "jo", "rows")
        after = floor(folder / "server.db")
    least, busy = ((before[at] + after[at]) / 2 for at in (0, 1))
    rows = sum(int(seen[name]) for name in NAMES.values())
    took = seen["all"]
    how = (
        f"{rows:,} rows in {took:.2f} s ({rows / took:,.0f} a second), {seen['cpu']:.2f} s of a processor;"
        f" F {before[0]:.2f} and {after[0]:.2f} s, {busy:.2f} s of a processor: {seen['cpu'] / busy:.2f} x"
    )
    return [
        Claim(
            name=f"first sync of {count:,} cases / F",
            figure=took / least,
            unit="x",
            aim=1.5,
            gate=1.875,
            n=1,
            how=how,
        ),
        Claim(name="own cases after the sign-in", figure=seen["own"], unit="s", aim=3.0, gate=3.0, n=1),
        Claim(name="most memory of the laptop's process", figure=seen["rss"], unit="MB", aim=250, gate=250, n=1),
    ]


@contextmanager
def filled_folder(count: int) -> Iterator[Path]:
    """A folder with a server's data in it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        filled_server(Path(made), count)
        yield Path(made)


def filled_server(folder: Path, count: int, database: str = "") -> None:
    """A server's data with the sample organisation and so many cases."""
    parts = open_parts(Config(data=folder, database=database))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    workload.fill(parts.database, count)
    parts.close()


def first_sync(url: str, folder: Path, username: str, *how: str) -> dict[str, float]:
    """What syncing_app.py saw, in a process of its own."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.syncing_app", url, str(folder), username, PASSWORD, *how]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=True)
    seen: dict[str, float] = json.loads(done.stdout)
    assert not seen.pop("fault"), "the sync did not reach its end"
    return seen
