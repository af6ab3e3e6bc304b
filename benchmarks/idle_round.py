"""A sync with nothing to do, over HTTP on loopback with a real server process: how often it asks, how long it takes.

    python3 dev.py bench idle_round --cases 100000

The person holds all cases of the office. The floor is the same number of requests to the server's `/healthz`, which
does nothing.
"""

import tempfile
from pathlib import Path

import requests

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.first_sync import filled_server
from benchmarks.timing import in_turns, median
from casework.wire import Hello, HelloReply, Page, Pull
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, server_process

CASES = 5_000
ROUNDS = 60
# server and client together (performance.md, G6)
MOST_MS = 10.0


class _Counted(HttpCentral):
    """Counts what a round asks for."""

    asked = 0

    def hello(self, hello: Hello) -> HelloReply:
        self.asked += 1
        return super().hello(hello)

    def pull(self, pull: Pull) -> Page:
        self.asked += 1
        return super().pull(pull)


def measure() -> list[Claim]:
    """Requests and milliseconds of a round once all is in sync."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        folder = Path(made)
        (folder / "server").mkdir()
        count = workload.size(CASES)
        filled_server(folder / "server", count)
        with server_process(folder / "server") as server:
            central = _Counted(server.url)
            arrival = profiles.sign_in(central, folder, server=server.url, username="jo", password=PASSWORD)
            profile = arrival.profile
            laptop = Laptop(folder / "store", bytes(32), person_id=profile.person_id, device=profile.device)
            laptop.prepare()
            engine = Engine(laptop, central)
            assert engine.sync_once().reached_the_end
            central.asked = 0
            assert engine.sync_once().reached_the_end
            asked = central.asked
            session = requests.Session()

            def knock() -> None:
                for _ in range(asked):
                    assert session.get(f"{server.url}/healthz", timeout=10).status_code == 200

            took = in_turns({"round": engine.sync_once, "floor": knock}, ROUNDS)
            session.close()
            central.close()
            laptop.close()
    figures = {name: median(every) for name, every in took.items()}
    ratio = figures["round"] / figures["floor"]
    return [
        Claim(
            name=f"sync with nothing to do, {count:,} cases",
            figure=figures["round"],
            unit="ms",
            aim=MOST_MS,
            n=ROUNDS,
            how=f"as many bare requests {figures['floor']:.1f} ms: {ratio:.1f} x",
        ),
        Claim(name="requests of a sync with nothing to do", figure=asked, unit="", aim=1, gate=1, n=1),
    ]
