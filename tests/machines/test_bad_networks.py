"""A laptop and a real server with a bad network between: whatever it does to a round, nothing is lost or done twice."""

import hashlib
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casework.answers import Accepted
from casework.rows import all_of
from casework.values import Case, Document
from sync.carrying import attach, paper_of
from sync.engine import Engine
from sync.faults import SyncFault
from sync.laptop import Laptop
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


def _work_through(network: BadNetwork, folder: Path, amy: Person, rounds: int, *, papers: int = 0) -> set[str]:
    """Says something and syncs, round after round; the ids of all that was called saved.

    In the first rounds a document each, so many in all.
    """
    pick, saved = random.Random(3), set[str]()
    with closing(open_laptop(folder, amy)) as laptop:
        # little patience: a black hole must not cost a test a minute
        central = central_of(network.url, laptop, amy.device, read_seconds=0.4)
        engine = Engine(laptop, central)
        for number in range(rounds):
            saved |= _put_a_document(folder, laptop, pick) if number < papers else set()
            for _ in range(3):
                said = say_something(laptop, pick)
                saved |= {said[0]} if said else set()
            fault = engine.sync_once().fault
            assert fault is None or isinstance(fault, SyncFault)
            central.close()
    return saved


def _put_a_document(folder: Path, laptop: Laptop, dice: random.Random) -> set[str]:
    """Puts a file on one of the cases, one that goes with others or one that goes alone; its command's id."""
    with laptop.database.reading() as conn:
        cases = [case.id for case in all_of(conn, Case) if not case.is_closed]
    source = folder.with_name("photo.bin")
    source.write_bytes(dice.randbytes(dice.choice((3_000, 150_000))))
    answer = attach(laptop, source, case_id=dice.choice(cases), mime="application/octet-stream")
    return {answer.command_id} if isinstance(answer, Accepted) else set()


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


@pytest.mark.covers("FI9", "FI11", "FI1")
@pytest.mark.parametrize("weather", BAD, ids=lambda weather: weather.replace(" ", "-"))
def test_that_no_document_is_lost_or_spoilt_either_way_on_a_network_where(weather: Weather, tmp_path: Path) -> None:
    """What one laptop sends over it another one of the same person fetches over it."""
    with running_server(tmp_path / "server") as server:
        amy, other = set_up(server.url, tmp_path), set_up(server.url, tmp_path / "other")
        with BadNetwork(server.url, _now_and_then(weather)) as network:
            saved = _work_through(network, tmp_path / "amy", amy, 8, papers=4)
        _settle_up(server, tmp_path / "amy", amy, saved)
        with BadNetwork(server.url, _now_and_then(weather), seed=2) as network:
            _work_through(network, tmp_path / "other" / "amy", other, 5)
        _settle_up(server, tmp_path / "other" / "amy", other, set())
        _every_document_is_whole(server, tmp_path / "other" / "amy", other)


def _every_document_is_whole(server: RunningServer, folder: Path, person: Person) -> None:
    """On the server, and on a laptop of whoever has the case."""
    with server.database.reading() as conn:
        documents, cases = all_of(conn, Document), {case.id: case for case in all_of(conn, Case)}
    assert documents
    with closing(open_laptop(folder, person)) as laptop:
        for document in documents:
            assert document.is_stored
            content = b"".join(server.parts.blobs.read(document.sha256))
            assert hashlib.sha256(content).hexdigest() == document.sha256
            paper = paper_of(laptop, document.sha256)
            assert paper is None or laptop.papers.is_whole(paper)
            assert paper is not None or cases[document.case_id].owner_id != person.person_id


@pytest.mark.covers("FI2", "FI14")
def test_that_nothing_is_lost_when_every_connection_meets_another_weather(tmp_path: Path) -> None:
    with running_server(tmp_path / "server") as server:
        amy = set_up(server.url, tmp_path)
        with BadNetwork(server.url, _one_after_the_other()) as network:
            saved = _work_through(network, tmp_path / "amy", amy, 3 * ROUNDS)
        assert set(network.met) >= set(BAD)
        _settle_up(server, tmp_path / "amy", amy, saved)
