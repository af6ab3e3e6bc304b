"""Kills without warning: in local work, in the middle of rounds, of the server under pushes. Nothing is lost.

DOORSTEP_KILLS says how many in all, 300 unless it is set; test_kills_far.py has the others of them.
"""

import random
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from casework.commands import AddNote, LogInteraction, Said
from casework.rows import find
from casework.values import Activity
from server.config import Config
from sync import outbox
from sync.engine import Engine
from sync.faults import SyncFault
from tests.kit_server import RunningServer, Trouble, free_port, running_server
from tests.kit_victims import Victims
from tests.machines.accounts import nothing_lost_and_nothing_twice, set_up, settled_store, sync_until_quiet
from tests.machines.invariants import taking_back_gives_the_base
from tests.machines.kill_shares import PATIENCE, Share, facts_of, tell
from tests.machines.kill_work import Person, central_of, open_laptop, say_something

LOCAL_KILLS, ROUND_KILLS, SERVER_KILLS = Share.SAVE.kills, Share.ROUND.kills, Share.SERVER.kills
# so many of the local kills hit one store, one after the other
A_STORE = 16
STORES = -(-LOCAL_KILLS // A_STORE)
WORK = "tests.machines.kill_work"


@pytest.mark.serial
@pytest.mark.covers("FA7", "FA20")
def test_that_no_kill_during_local_work_loses_what_was_called_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amy = settled_store(tmp_path, cases=3)
    for number in range(STORES):
        shutil.copytree(tmp_path / "amy-1", tmp_path / "stores" / str(number))
    chance, total, in_doubt = random.Random(2025), 0, 0
    with Victims(WORK, "talk", str(tmp_path / "stores"), amy.person_id, amy.device, str(A_STORE)) as victims:
        for number in range(STORES):
            saved, untold = set[str](), 0
            for _ in range(A_STORE):
                saved |= facts_of(victims.kill_one(chance, patience=PATIENCE))
                untold = _everything_saved_is_there(tmp_path / "stores" / str(number), amy, saved)
            total, in_doubt = total + len(saved), in_doubt + untold
    assert total > LOCAL_KILLS
    tell(capsys, Share.SAVE, total, f"{in_doubt} kept that nobody had been told of")


@pytest.mark.serial
@pytest.mark.covers("FA5", "FA9", "FB1", "FC4", "OC23")
def test_that_no_kill_during_a_round_loses_or_repeats_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, saved = random.Random(2026), set[str]()
    with running_server(tmp_path / "server") as server:
        amy = set_up(server.url, tmp_path)
        with Victims(WORK, "sync", str(tmp_path / "amy"), amy.person_id, amy.device, server.url) as victims:
            for _ in range(ROUND_KILLS):
                trouble = chance.choice((Trouble.NONE, Trouble.LOST_ANSWER, Trouble.LOST_REQUEST, Trouble.BUSY))
                server.switch.make(trouble, times=chance.randint(1, 4))
                saved |= facts_of(victims.kill_one(chance, patience=PATIENCE))
        server.switch.make(Trouble.NONE)
        laptop = open_laptop(tmp_path / "amy", amy)
        sync_until_quiet(laptop, central_of(server.url, laptop, amy.device))
        nothing_lost_and_nothing_twice(server.database, [laptop], saved)
        laptop.close()
    assert len(saved) > ROUND_KILLS // 2
    tell(capsys, Share.ROUND, len(saved))


@pytest.mark.serial
@pytest.mark.covers("FA3", "FB1", "FC6", "OC23")
def test_that_no_kill_of_the_server_loses_or_repeats_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(data=tmp_path / "server", port=free_port())
    server = RunningServer(config)
    people = [set_up(server.url, tmp_path, name) for name in ("amy", "ben")]
    server.stop()
    talkers = [
        _Talker(tmp_path / name, person, server.url) for name, person in zip(("amy", "ben"), people, strict=True)
    ]
    chance = random.Random(2027)
    with Victims(WORK, "server", str(config.data), str(config.port)) as victims:
        for talker in talkers:
            talker.start()
        for _ in range(SERVER_KILLS):
            facts = victims.kill_one(chance, patience=PATIENCE)
            assert set(facts) == {"request"}, facts
        saved = {command_id for talker in talkers for command_id in talker.finish()}
    server.restart()
    try:
        for talker in talkers:
            sync_until_quiet(talker.laptop, talker.central)
        nothing_lost_and_nothing_twice(server.database, [talker.laptop for talker in talkers], saved)
        tell(capsys, Share.SERVER, len(saved))
    finally:
        for talker in talkers:
            talker.laptop.close()
        server.stop()


class _Talker:
    """Somebody who says things and syncs in a thread of their own, whatever becomes of the server."""

    def __init__(self, folder: Path, person: Person, url: str) -> None:
        self.laptop = open_laptop(folder, person)
        self.central = central_of(url, self.laptop, person.device)
        self._url = url
        self._saved: set[str] = set()
        self._enough = threading.Event()
        self._broke: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name=f"talker {person.person_id}")

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def finish(self) -> set[str]:
        """Ends; returns the ids of all that was called saved."""
        self._enough.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert not self._broke, self._broke
        return self._saved

    def _run(self) -> None:
        engine, pick = Engine(self.laptop, self.central), random.Random(str(self._url))
        try:
            while not self._enough.is_set():
                for _ in range(3):
                    said = say_something(self.laptop, pick)
                    self._saved |= {said[0]} if said else set()
                fault = engine.sync_once().fault
                assert fault is None or isinstance(fault, SyncFault)
                if fault is not None:
                    # it is being killed or comes back: there is nothing to do until it answers
                    self._enough.wait(0.02)
        except BaseException as error:
            self._broke.append(error)
            raise


def _everything_saved_is_there(folder: Path, person: Person, saved: Iterable[str]) -> int:
    """Opens a store after a kill and looks; returns how many commands it has that nobody was told of."""
    laptop = open_laptop(folder, person)
    try:
        with laptop.database.reading() as conn:
            waiting = {one.said.id: one.said for one in outbox.everything(conn)}
            for said in waiting.values():
                if isinstance(said.say, AddNote | LogInteraction):
                    assert find(conn, Activity, said.id) is not None, f"{said} waits and does not show"
        assert set(saved) <= set(waiting), "something that was called saved is gone"
        assert laptop.database.quick_check() == ()
        taking_back_gives_the_base(laptop)
        reading = laptop.journal.file.read_all()
        assert {msgspec.json.decode(frame.body, type=Said).id for frame in reading.frames} == set(waiting)
        assert reading.damage == ()
    finally:
        laptop.close()
    return len(set(waiting).difference(saved))
