"""A sync with nothing to do, over HTTP on loopback with a real server process: how often it asks, how long it takes.

The floor is the same number of requests to the server's `/healthz`, which does nothing.
"""

import tempfile
from pathlib import Path

import requests

from benchmarks.claim import Claim
from benchmarks.timing import in_turns, median
from casework.wire import Hello, HelloReply, Page, Pull
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, server_process

ROUNDS = 60


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
        with server_process(folder / "server") as server:
            central = _Counted(server.url)
            arrival = profiles.sign_in(central, folder, server=server.url, username="amy", password=PASSWORD)
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
    return [
        Claim(
            name="sync with nothing to do / bare requests",
            figure=figures["round"] / figures["floor"],
            unit="x",
            n=ROUNDS,
            how=f"{asked} requests, {figures['round']:.1f} ms a round; bare ones {figures['floor']:.1f} ms",
        )
    ]
