"""A server that is put back to one backup after the other under twenty laptops that go on working.

DOORSTEP_RESTORES says how often, 6 unless it is set.
"""

import os
import random
import sys
from pathlib import Path

import pytest

from casework.rows import all_of
from casework.values import KeptWork
from tests.kit_near import Desk, NearWorld
from tests.machines.accounts import nothing_lost_and_nothing_twice
from tests.machines.kill_work import say_something
from tests.machines.verbs import open_a_case
from tests.sync.alike import require_alike

RESTORES = int(os.environ.get("DOORSTEP_RESTORES", "6"))
PEOPLE = ("amy", "ben", "cara", "priya", "jo")
LAPTOPS_EACH = 4
DEEDS_BETWEEN = 40


def _work(desks: list[Desk], dice: random.Random, deeds: int) -> set[str]:
    """Somebody says something, or lets their laptop sync, one after the other; the ids of all that was called saved."""
    saved = set[str]()
    for _ in range(deeds):
        desk = dice.choice(desks)
        if dice.random() < 0.4:
            desk.try_to_sync()
            continue
        said = say_something(desk.laptop, dice)
        saved |= {said[0]} if said else set()
    return saved


def _accepted(world: NearWorld) -> set[str]:
    """The ids of the commands that have taken effect."""
    with world.server.database.reading() as conn:
        done = conn.exec_driver_sql("SELECT cmd_id FROM outcome WHERE status = 'applied'")
        return set(done.scalars())


def _turned_down(world: NearWorld, accepted: set[str]) -> set[str]:
    """Why those of them are kept now that are."""
    with world.server.database.reading() as conn:
        return {kept.code for kept in all_of(conn, KeptWork) if kept.id in accepted}


@pytest.mark.serial
@pytest.mark.covers("FE1", "OC26")
def test_that_restores_of_the_server_lose_and_repeat_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = NearWorld(tmp_path)
    dice, saved, accepted = random.Random(1812), set[str](), set[str]()
    desks = [world.desk(name, number=number) for name in PEOPLE for number in range(1, LAPTOPS_EACH + 1)]
    for desk in desks:
        desk.try_to_say(open_a_case(dice))
        desk.sync()
    for _ in range(RESTORES):
        saved |= _work(desks, dice, dice.randint(1, DEEDS_BETWEEN))
        backup = world.server.back_up()
        saved |= _work(desks, dice, dice.randint(1, DEEDS_BETWEEN))
        accepted |= _accepted(world)
        world.server.restore(backup, by_the_book=dice.random() < 0.5)
    for _ in range(3):
        for desk in desks:
            assert desk.sync().fault is None
    for desk in desks:
        require_alike(desk)
    nothing_lost_and_nothing_twice(world.server.database, [desk.laptop for desk in desks], saved)
    # in another order others may have been first; but nothing is missing that laptops have brought back
    assert _turned_down(world, accepted).isdisjoint({"case-gone", "task-gone", "not-in-reach"})
    world.close()
    assert len(saved) > RESTORES * 5
    with capsys.disabled():
        told = f"{len(desks)} laptops, {len(saved)} saved, 0 lost, 0 applied twice"
        sys.stdout.write(f"\n{RESTORES} restores of the server: {told}\n")
