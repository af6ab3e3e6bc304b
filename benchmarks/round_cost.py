"""What a round costs, in offices of 1,000 to 100,000 cases: it must depend on what changed, not on what there is.

Each store, laptop's and server's, is filled once; then somebody else changes ten cases on the server, and the laptop's
next round brings the change in. Beside it a round with nothing to do. Everything but the socket is real.

    python3 dev.py bench round_cost --cases 100000
"""

import tempfile
from pathlib import Path

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.first_sync import filled_server
from benchmarks.timing import median, milliseconds
from casework.commands import AddNote
from casework.ids import new_id
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, server_process

LARGEST = 5_000
ROUNDS = 9
CHANGED = 10
# So much more may a round cost in the largest office than in the smallest.
AIM = 1.5


def measure() -> list[Claim]:
    """Milliseconds of a round in the smallest and the largest office, and their ratio."""
    largest = workload.size(LARGEST)
    sizes = sorted({max(500, largest // 100), max(500, largest // 10), largest})
    seen = {size: _rounds(size) for size in sizes}
    claims = []
    for place, name in enumerate((f"a round that brings {CHANGED} changes", "a round with nothing to do")):
        told = ", ".join(f"{size:,} cases {seen[size][place]:.1f} ms" for size in sizes)
        ratio = seen[sizes[-1]][place] / seen[sizes[0]][place]
        claims.append(
            Claim(name=f"{name}, {sizes[-1]:,} / {sizes[0]:,}", figure=ratio, unit="x", aim=AIM, n=ROUNDS, how=told)
        )
    return claims


def _rounds(cases: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        folder = Path(made)
        filled_server(folder, cases)
        with server_process(folder) as server:
            reading, writing = _engine(server.url, folder, "jo"), _engine(server.url, folder, "amy")
            with writing.laptop.database.reading() as conn:
                query = "SELECT id FROM case_file WHERE status = 'in_progress' ORDER BY id LIMIT ?"
                ids = [str(row[0]) for row in conn.exec_driver_sql(query, (CHANGED,))]
            busy, idle = [], []
            for _ in range(ROUNDS):
                for case_id in ids:
                    writing.laptop.say(AddNote(case_id=case_id, text=f"Rang. {new_id()}"))
                assert writing.sync_once().reached_the_end
                busy.append(milliseconds(reading.sync_once))
                idle.append(milliseconds(reading.sync_once))
            for engine in (reading, writing):
                engine.central.close()  # type: ignore[attr-defined]
                engine.laptop.close()
    return median(busy), median(idle)


def _engine(url: str, folder: Path, username: str) -> Engine:
    """A laptop that is in step."""
    central = HttpCentral(url)
    mine = folder / username
    mine.mkdir()
    profile = profiles.sign_in(central, mine, server=url, username=username, password=PASSWORD).profile
    laptop = Laptop(mine / "store", bytes(32), person_id=profile.person_id, device=profile.device)
    laptop.prepare()
    engine = Engine(laptop, central)
    assert engine.sync_once().reached_the_end
    return engine
