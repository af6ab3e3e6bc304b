"""A laptop and a real server with a bad network between: whatever it does to a round, nothing is lost or done twice."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sync.engine import Engine
from sync.faults import SyncFault
from tests.kit_proxy import BadNetwork, Weather
from tests.kit_server import RunningServer, running_server
from tests.machines.accounts import nothing_lost_and_nothing_twice, set_up, sync_until_quiet
from tests.machines.kill_work import Person, central_of, open_laptop, say_something

ROUNDS = 12
BAD = [weather for weather in Weather if weather is not Weather.FAIR]


def _now_and_then(weather: Weather) -> Callable[[random.Random], Weather]:
    return lambda dice: weather if dice.random() < 0.6 else Weather.FAIR


def _one_after_the_other() -> Callable[[random.Random], Weather]:
    """Every weather comes about as often as every other, in no order that one could learn."""
    left: list[Weather] = []

    def pick(dice: random.Random) -> Weather:
        if not left:
            left.extend(dice.sample(list(Weather), len(Weather)))
        return left.pop()

    return pick


def _work_through(network: BadNetwork, folder: Path, amy: Person, rounds: int) -> set[str]:
    """Says something and syncs, round after round; the ids of all that was called saved."""
    pick, saved = random.Random(3), set[str]()
    with closing(open_laptop(folder, amy)) as laptop:
        # little patience: a black hole must not cost a test a minute
        central = central_of(network.url, laptop, amy.device, read_seconds=0.4)
        engine = Engine(laptop, central)
        for _ in range(rounds):
            for _ in range(3):
                said = say_something(laptop, pick)
                saved |= {said[0]} if said else set()
            fault = engine.sync_once().fault
            assert fault is None or isinstance(fault, SyncFault)
            central.close()
    return saved


def _settle_up(server: RunningServer, folder: Path, amy: Person, saved: set[str]) -> None:
    """Without the network in between everything comes in, once."""
    with closing(open_laptop(folder, amy)) as laptop:
        sync_until_quiet(laptop, central_of(server.url, laptop, amy.device))
        nothing_lost_and_nothing_twice(server.database, [laptop], saved)


@pytest.mark.covers("FA5", "FB1", "FB3", "FI1", "OC23")
@pytest.mark.parametrize("weather", BAD, ids=lambda weather: weather.replace(" ", "-"))
def test_that_nothing_is_lost_or_done_twice_on_a_network_where(weather: Weather, tmp_path: Path) -> None:
    with running_server(tmp_path / "server") as server:
        amy = set_up(server.url, tmp_path)
        with BadNetwork(server.url, _now_and_then(weather)) as network:
            saved = _work_through(network, tmp_path / "amy", amy, ROUNDS)
        assert weather in network.met
        assert len(saved) > ROUNDS
        _settle_up(server, tmp_path / "amy", amy, saved)


@pytest.mark.covers("FI2", "FI14")
def test_that_nothing_is_lost_when_every_connection_meets_another_weather(tmp_path: Path) -> None:
    with running_server(tmp_path / "server") as server:
        amy = set_up(server.url, tmp_path)
        with BadNetwork(server.url, _one_after_the_other()) as network:
            saved = _work_through(network, tmp_path / "amy", amy, 3 * ROUNDS)
        assert set(network.met) >= set(BAD)
        _settle_up(server, tmp_path / "amy", amy, saved)
