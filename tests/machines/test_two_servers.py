"""Two server processes on one PostgreSQL and one object store, one killed again and again under hopping laptops.

DOORSTEP_SERVER_KILLS says how often, 4 unless it is set; DOORSTEP_LAPTOPS how many laptops, 5 unless it is set.
"""

import os
import random
import sys
from pathlib import Path

import pytest

from casework.database import Database
from server.parts import open_blobs
from tests.kit_server import ServerProcess
from tests.machines.travellers import Crew, Traveller, hold_to_account, laptops_at, settle_all

KILLS = int(os.environ.get("DOORSTEP_SERVER_KILLS", "4"))
LAPTOPS = int(os.environ.get("DOORSTEP_LAPTOPS", "5"))
# the longest that both live between two kills, in seconds
LONGEST_LIFE = 2.0


@pytest.mark.serial
@pytest.mark.postgres
@pytest.mark.covers("FB1", "FC1", "FC6", "FI11", "OC23")
def test_that_kills_of_one_of_two_servers_lose_and_repeat_nothing_for_laptops_that_hop(
    two_servers: list[ServerProcess], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(1066)
    people = laptops_at([server.url for server in two_servers], tmp_path, LAPTOPS)
    hops = [random.Random(1000 + number) for number in range(LAPTOPS)]

    def work(one: Traveller) -> None:
        own = hops[people.index(one)]
        one.say(own.randint(0, 3))
        if own.random() < 0.3:
            one.put_document()
        one.go_to(own.choice(two_servers).url)
        one.sync()

    with Crew(people, work) as crew:
        for _ in range(KILLS):
            crew.let_work(dice.uniform(0.1, LONGEST_LIFE))
            victim = dice.choice(two_servers)
            victim.kill()
            crew.let_work(dice.uniform(0.0, 0.3))
            victim.start()
    settle_all(people)
    config = two_servers[0].config
    database = Database.at(config.database_url)
    try:
        hold_to_account(people, database, open_blobs(config))
    finally:
        database.close()
        for one in people:
            one.close()
    saved, papers, faults = (
        sum(map(len, (one.saved for one in people))),
        sum(map(len, (one.papers for one in people))),
        sum(one.faults for one in people),
    )
    assert saved > KILLS
    assert papers
    with capsys.disabled():
        told = f"{saved} saved with {papers} documents, {faults} rounds broken off: 0 lost, 0 applied twice"
        sys.stdout.write(f"\n{KILLS} kills of one of two servers under {LAPTOPS} laptops, {told}\n")
