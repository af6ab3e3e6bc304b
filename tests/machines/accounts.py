"""Somebody's laptop for tests of kills and bad lines: set up, synced until nothing waits, and held to account."""

import random
from pathlib import Path

from casework.answers import Accepted
from casework.database import Database
from casework.ids import new_id
from casework.rows import find
from casework.values import KeptWork
from casework.wire import SignIn
from sync import outbox, state
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.journeys import saying
from tests.kit_near import NearWorld
from tests.kit_server import PASSWORD, person_id
from tests.machines.kill_work import Person, open_laptop
from tests.machines.verbs import open_a_case


def sign_in(url: str, folder: Path, name: str) -> tuple[Person, Laptop, HttpCentral]:
    """Signs somebody in on a new laptop in that folder, which has nothing on it yet."""
    person = Person(person_id(name), new_id())
    laptop, central = open_laptop(folder, person), HttpCentral(url)
    signed_in = central.sign_in(
        SignIn(
            rid=new_id(), username=name, password=PASSWORD, device=person.device, device_name="a laptop", app="0.1.0"
        )
    )
    laptop.write(lambda conn: state.put(conn, state.RENEWAL, signed_in.renewal))
    return person, laptop, central


def set_up(url: str, folder: Path, name: str = "amy") -> Person:
    """Signs somebody in on a new laptop, with a few cases to talk about."""
    person, laptop, central = sign_in(url, folder / name, name)
    engine, pick = Engine(laptop, central), random.Random(0)
    assert engine.sync_once().fault is None
    taken = [laptop.say(open_a_case(pick)) for _ in range(9)]
    assert any(isinstance(answer, Accepted) for answer in taken)
    assert engine.sync_once().fault is None
    central.close()
    laptop.close()
    return person


def settled_store(folder: Path, *, cases: int) -> Person:
    """Amy's store in `amy-1`, with cases in it and nothing to send, as an office without a socket makes it."""
    world = NearWorld(folder)
    priya, amy = world.desk("priya"), world.desk("amy")
    for number in range(cases):
        saying.referral(priya, last_name=f"Client {number}")
    priya.sync()
    amy.sync()
    person = Person(amy.person_id, amy.device)
    world.close()
    return person


def sync_until_quiet(laptop: Laptop, central: HttpCentral) -> None:
    """Rounds until nothing waits any more; each of them has to reach its end."""
    engine = Engine(laptop, central)
    for _ in range(3):
        report = engine.sync_once()
        assert report.fault is None, report.fault
    assert engine.look().unsent == 0


def nothing_lost_and_nothing_twice(database: Database, laptops: list[Laptop], saved: set[str]) -> None:
    """All that was called saved has its one outcome here, and every laptop was told that outcome."""
    with database.reading() as conn:
        outcomes: dict[str, str] = dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())
        assert saved <= set(outcomes), "something that was called saved never arrived"
        runs = conn.exec_driver_sql(
            "SELECT cmd_id, case_id FROM commit_log WHERE cmd_id IN (SELECT cmd_id FROM outcome)"
        )
        told = [tuple(row) for row in runs]
        assert len(told) == len(set(told)), "a command ran twice"
        for command_id in saved:
            if outcomes[command_id] != "applied":
                assert find(conn, KeptWork, command_id) is not None, "something was turned down and is kept nowhere"
    for laptop in laptops:
        assert laptop.database.quick_check() == ()
        with laptop.database.reading() as conn:
            assert outbox.everything(conn) == ()
            receipts: dict[str, str] = dict(conn.exec_driver_sql("SELECT id, status FROM receipt").all())
        assert receipts.items() <= outcomes.items(), "a laptop was told something else than the server did"
