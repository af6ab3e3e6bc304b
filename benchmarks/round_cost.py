"""What a round costs, in offices of 1,000 to 100,000 cases: it must depend on what changed, not on what there is.

Each store, laptop's and server's, is filled once; then somebody else changes ten cases on the server, and the laptop's
next round brings the change in. Beside it a round with nothing to do, and one that compares sums. Everything is real,
and the offices take turns, so that all of them meet the same weather.

    python3 dev.py bench round_cost --cases 100000
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.first_sync import filled_server
from benchmarks.timing import median, milliseconds
from casework.commands import AddNote
from casework.ids import new_id
from sync import profiles, state
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, server_process

LARGEST = 5_000
ROUNDS = 9
CHANGED = 10
# So much more may a round cost in the largest office than in the smallest.
AIM = 1.5
_CHECKED = "a round that compares sums"
_KINDS = (f"a round that brings {CHANGED} changes", "a round with nothing to do", _CHECKED)


class _Office:
    """A server with so many cases and two laptops that hold all of them."""

    def __init__(self, up: ExitStack, cases: int) -> None:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
        filled_server(folder, cases)
        server = up.enter_context(server_process(folder))
        self._reading, self._writing = (_engine(server.url, folder, username) for username in ("jo", "priya"))
        for engine in (self._reading, self._writing):
            up.callback(engine.laptop.close)
            up.callback(engine.central.close)  # type: ignore[attr-defined]
        with self._writing.laptop.database.reading() as conn:
            query = "SELECT id FROM case_file WHERE status = 'in_progress' ORDER BY id LIMIT ?"
            self._ids = [str(row[0]) for row in conn.exec_driver_sql(query, (CHANGED,))]
        self.took: dict[str, list[float]] = {name: [] for name in _KINDS}

    def go_round(self) -> None:
        """Somebody else's change comes in, nothing is to be done, and sums are compared as they are every six hours."""
        for case_id in self._ids:
            self._writing.laptop.say(AddNote(case_id=case_id, text=f"Rang. {new_id()}"))
        assert self._writing.sync_once().reached_the_end
        for kind in _KINDS:
            if kind == _CHECKED:
                self._reading.laptop.write(lambda conn: state.forget(conn, state.VERIFIED_AT))
                self._reading.laptop.write(lambda conn: state.put(conn, state.IS_CHANGED, True))
            self.took[kind].append(milliseconds(self._reading.sync_once))


def measure() -> list[Claim]:
    """Milliseconds of a round in the smallest and the largest office, which take turns, and their ratio."""
    largest = workload.size(LARGEST)
    sizes = sorted({max(500, largest // 100), max(500, largest // 10), largest})
    with ExitStack() as up:
        offices = [_Office(up, size) for size in sizes]
        # the first check counts all cases
        for _ in range(1 + ROUNDS):
            for office in offices:
                office.go_round()
    claims = []
    for kind in _KINDS:
        figures = [median(office.took[kind][1:]) for office in offices]
        told = ", ".join(f"{size:,} cases {figure:.1f} ms" for size, figure in zip(sizes, figures, strict=True))
        name = f"{kind}, {sizes[-1]:,} / {sizes[0]:,}"
        claims.append(Claim(name=name, figure=figures[-1] / figures[0], unit="x", aim=AIM, n=ROUNDS, how=told))
    return claims


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
