"""A laptop's folder that was copied, or put back from an old copy, becomes a device of its own, and loses nothing."""

import shutil
from pathlib import Path

import pytest

from casework.connection import Connection
from casework.store_faults import NoRoom
from casework.values import Activity
from sync import outbox, state
from sync.faults import Forked, Offline, StoreTrouble
from sync.safeguards import Safeguards
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearWorld
from tests.machines.sim.quick import Point, nothing_fails
from tests.machines.sim.stage import QuickDesk
from tests.sync.alike import require_alike


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, with a case of hers."""
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT min(id) FROM case_file").scalar_one()))


def copy_of(desk: Desk) -> Path:
    """The folder as a backup program copies it."""
    copy = desk.folder.with_name(f"{desk.folder.name}-copy")
    desk.laptop.close()
    shutil.copytree(desk.folder, copy)
    desk.reopen()
    return copy


def put_back(desk: Desk, copy: Path) -> None:
    desk.laptop.close()
    shutil.rmtree(desk.folder)
    copy.rename(desk.folder)
    desk.reopen()


def texts(desk: Desk) -> list[str]:
    return sorted(line.text for line in saying.on_server(desk, Activity, case_of(desk)) if line.text)


@pytest.mark.covers("FE3")
def test_that_a_store_from_yesterday_becomes_another_device_and_loses_nothing(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "not sent when the copy was made")
    copy = copy_of(amy)
    amy.sync()
    saying.note(amy, case_of(amy), "said after the copy was made")
    amy.sync()
    before = amy.device
    put_back(amy, copy)
    amy.sync()
    assert amy.laptop.device != before
    require_alike(amy)
    assert texts(amy) == ["not sent when the copy was made", "said after the copy was made"]
    assert amy.engine.look().all_sent


@pytest.mark.covers("FE3")
def test_that_of_two_copies_that_both_go_on_one_becomes_another_device(amy: Desk, world: NearWorld) -> None:
    copy = copy_of(amy)
    twin = Desk(world, "amy", number=1)
    twin.laptop.close()
    twin.folder = copy
    twin.reopen()
    saying.note(amy, case_of(amy), "by the one")
    saying.note(twin, case_of(twin), "by the other")
    devices = {amy.laptop.device}
    for _ in range(3):
        amy.sync()
        twin.sync()
        devices |= {amy.laptop.device, twin.laptop.device}
    assert len(devices) == 2
    require_alike(amy)
    require_alike(twin)
    assert texts(amy) == ["by the one", "by the other"]
    twin.laptop.close()


@pytest.mark.covers("FE3")
def test_that_a_lost_answer_to_hello_makes_no_copy_of_a_laptop(amy: Desk) -> None:
    before = amy.laptop.device
    for _ in range(3):
        amy.wire.lose_replies = 1
        assert isinstance(amy.try_to_sync().fault, Offline)
        amy.crash()
    amy.sync()
    assert amy.laptop.device == before
    assert "Fork" not in amy.wire.requests


@pytest.mark.covers("FE3")
def test_that_a_kill_while_becoming_another_device_ends_in_one_new_name(amy: Desk) -> None:
    copy = copy_of(amy)
    amy.sync()
    put_back(amy, copy)
    amy.wire.lose_replies, amy.wire.spare_replies = 1, 0

    def lose_the_fork() -> None:
        amy.wire.lose_replies = int(amy.wire.requests[-1] == "Fork")

    amy.wire.meanwhile = lose_the_fork
    assert isinstance(amy.try_to_sync().fault, Offline)
    amy.wire.meanwhile = None
    wanted = amy.look(lambda conn: state.get(conn, state.NEW_DEVICE, str, ""))
    amy.crash()
    amy.wire.resume(amy.laptop.device, "", lambda renewal: None)
    amy.sync()
    assert amy.laptop.device == wanted
    amy.restart()
    assert amy.laptop.device == wanted


@pytest.mark.covers("FE3")
def test_that_a_disk_that_refuses_the_new_name_costs_one_round(world: NearWorld) -> None:
    amy = QuickDesk(world, "amy")
    amy.sync()
    copy = copy_of(amy)
    amy.sync()
    put_back(amy, copy)

    def refuse(point: Point) -> None:
        if point is Point.COMMITTING and amy.wire.requests[-1] == "Fork":
            raise NoRoom("simulated")

    amy.laptop.fail_at(refuse)
    assert isinstance(amy.try_to_sync().fault, StoreTrouble)
    wanted = amy.look(lambda conn: state.get(conn, state.NEW_DEVICE, str, ""))
    amy.laptop.fail_at(nothing_fails)
    amy.sync()
    assert amy.laptop.device == wanted
    require_alike(amy)
    amy.laptop.close()


@pytest.mark.covers("FE3")
def test_that_what_waits_keeps_its_id_through_a_fork(amy: Desk) -> None:
    copy = copy_of(amy)
    amy.sync()
    put_back(amy, copy)
    saying.note(amy, case_of(amy), "waiting")
    said = amy.look(outbox.waiting)[0].said.id
    report = amy.sync()
    assert [ack.id for ack in report.acks] == [said]


class NothingTold(Safeguards):
    """A copy says hello with whatever nonce comes next, as if each were the first."""

    def nonces(self, conn: Connection) -> tuple[str, str]:
        """No nonce at all."""
        return "", ""


def test_that_without_nonces_a_copy_is_not_told_apart(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(safeguards=NothingTold))
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    amy = world.desk("amy")
    copy = copy_of(amy)
    amy.sync()
    put_back(amy, copy)
    amy.sync()
    assert "Fork" not in amy.wire.requests
    world.close()


def test_that_a_round_that_is_forked_twice_ends(amy: Desk) -> None:
    def refuse(*_: object) -> None:
        raise Forked("forked")

    amy.engine.central = amy.wire
    amy.wire.meanwhile = lambda: refuse() if amy.wire.requests[-1] == "Hello" else None
    assert isinstance(amy.try_to_sync().fault, Forked)
    assert amy.wire.requests.count("Fork") == 1
