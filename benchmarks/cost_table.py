"""How what a round costs grows: from 1,000 to 100,000 cases, from 10 to 200 devices, on SQLite and on PostgreSQL.

    python3 dev.py bench cost_table

A cost must depend on what changed, not on what there is. Offices are written straight into the server's tables. Devices
are thin (storm.py): one says hello, hands over five notes and pulls what is new, with nothing of a laptop's own; what a
laptop adds is round_cost.py. Where several are there, each has a round of its own, one after the other, so that what is
seen is what a device costs and no queue. Beside each round stands one with nothing to do. All offices are up at once
and take turns, so that all of them meet the same weather.
"""

import http.client
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.cluster import postgres
from benchmarks.first_sync import filled_server
from benchmarks.storm import A_ROUND, Thin, Took, signed_in
from benchmarks.timing import median
from tests.kit_server import ServerProcess, server_process

LARGEST = 100_000
DEVICES = (10, 50, 200)
CASES_BESIDE = 5_000
ROUNDS = 60
# So much more may a round cost where there is a hundred times as much, or where there are twenty times as many.
AIM = 1.5


class Office:
    """A server with so many cases, and so many devices that go round; what their rounds took in ms, and asked."""

    def __init__(self, server: ServerProcess, cases: int, devices: list[Thin]) -> None:
        self.cases, self.devices = cases, devices
        self.link = http.client.HTTPConnection("127.0.0.1", server.config.port, timeout=120)
        self.took: dict[str, list[float]] = {"busy": [], "idle": []}
        self.asked = {"busy": 0, "idle": 0}

    def go_round(self, number: int) -> None:
        """One device's busy round and its idle one; what the others said since is not its doing, and not timed."""
        device = self.devices[number % len(self.devices)]
        device.turn(self.link, 0, _nothing())
        for kind, count in (("busy", A_ROUND), ("idle", 0)):
            requests = _nothing()
            began = perf_counter()
            device.turn(self.link, count, requests)
            self.took[kind].append((perf_counter() - began) * 1000)
            self.asked[kind] += sum(map(len, requests.values()))

    def a_round(self, kind: str) -> float:
        """The middle one, in ms."""
        return median(self.took[kind])

    def requests(self, kind: str) -> float:
        """Of a round, on average."""
        return self.asked[kind] / len(self.took[kind])

    def line(self, store: str) -> str:
        """As it is printed."""
        told = "".join(f"{self.a_round(kind):10.1f}{self.requests(kind):6.1f}" for kind in self.took)
        return f"    {store:12}{self.cases:>9,}{len(self.devices):>9}{told}"


def measure() -> list[Claim]:
    """The largest office's round over the smallest one's, of each kind; the whole table is printed on the way."""
    largest = workload.size(LARGEST)
    sizes = sorted({max(1_000, largest // 100), max(1_000, largest // 10), largest})
    print(f"    {'':12}{'cases':>9}{'devices':>9}{'busy ms':>10}{'asks':>6}{'idle ms':>10}{'asks':>6}", flush=True)
    return [claim for store in ("SQLite", "PostgreSQL") for claim in _of_store(store, sizes)]


def _of_store(store: str, sizes: list[int]) -> list[Claim]:
    with ExitStack() as up:
        by_size = [_office(up, store, size, (1,))[0] for size in sizes]
        by_devices = _office(up, store, min(CASES_BESIDE, sizes[-1]), DEVICES)
        offices = [*by_size, *by_devices]
        for number in range(ROUNDS):
            for office in offices:
                office.go_round(number)
        for office in offices:
            office.link.close()
            print(office.line(store), flush=True)
    grown = f"{sizes[0]:,} to {sizes[-1]:,} cases"
    claims = [_grows(f"{store}, {grown}", by_size, kind) for kind in ("busy", "idle")]
    claims.append(_grows(f"{store}, {DEVICES[0]} to {DEVICES[-1]} devices", by_devices, "busy"))
    for kind, most in (("busy", 3), ("idle", 1)):
        asked = max(office.requests(kind) for office in offices)
        claims.append(
            Claim(name=f"{store}: requests of a round, {kind}", figure=asked, unit="", aim=most, gate=most, n=ROUNDS)
        )
    return claims


def _grows(name: str, offices: list[Office], kind: str) -> Claim:
    figures = [office.a_round(kind) for office in offices]
    return Claim(
        name=f"{kind} round, {name}",
        figure=figures[-1] / figures[0],
        unit="x",
        aim=AIM,
        n=ROUNDS,
        how=f"{', '.join(f'{figure:.1f}' for figure in figures)} ms",
    )


def _office(up: ExitStack, store: str, cases: int, devices: tuple[int, ...]) -> list[Office]:
    """One server with so many cases, as offices of so many devices each; up until the stack is closed."""
    folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
    url = "" if store == "SQLite" else up.enter_context(postgres())
    filled_server(folder, cases, url)
    server = up.enter_context(server_process(folder, database_url=url))
    everybody = signed_in(server, url or f"sqlite:///{folder / 'server.db'}", max(devices))
    return [Office(server, cases, everybody[:count]) for count in devices]


def _nothing() -> Took:
    return {"hello": [], "push": [], "pull": []}
