"""A sync with nothing to do, over HTTP on loopback with a real server: how often it asks, and how long it takes.

The floor is the same number of the server's own `/healthz`, over the same kind of connection.
"""

import tempfile
from pathlib import Path

import requests

from benchmarks.claim import Claim
from benchmarks.timing import in_turns, median
from casework.ids import new_id
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, running_server

ROUNDS = 40


def measure() -> list[Claim]:
    """Requests and milliseconds of a round once all is in sync."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder, running_server() as server:
        central = HttpCentral(server.url)
        arrival = profiles.sign_in(central, Path(folder), server=server.url, username="amy", password=PASSWORD)
        profile = arrival.profile
        laptop = Laptop(Path(folder) / "store", bytes(32), person_id=profile.person_id, device=profile.device)
        laptop.prepare()
        engine = Engine(laptop, central)
        assert engine.sync_once().reached_the_end
        seen = len(server.switch.seen)
        assert engine.sync_once().reached_the_end
        asked = len(server.switch.seen) - seen
        session = requests.Session()

        def knock() -> None:
            for _ in range(asked):
                session.get(f"{server.url}/healthz", timeout=10, headers={"X-Id": new_id()})

        took = in_turns({"round": engine.sync_once, "floor": knock}, ROUNDS)
        session.close()
        central.close()
        laptop.close()
    figures = {name: median(every) for name, every in took.items()}
    how = f"{figures['round']:.1f} ms a round; as many bare requests {figures['floor']:.1f} ms"
    return [
        Claim(name="sync with nothing to do: requests", figure=asked, unit="", aim=1, gate=3, n=1),
        Claim(
            name="sync with nothing to do / bare requests",
            figure=figures["round"] / figures["floor"],
            unit="x",
            n=ROUNDS,
            how=how,
        ),
    ]
