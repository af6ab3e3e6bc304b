"""An office laptop that starts from a snapshot holds what one filled by rows holds, whatever happens on the way."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import workload
from casework.answers import Status
from casework.commands import EraseCase
from casework.ids import new_id
from server.journal import Speaker
from server.setting_up import WAITING_LIST
from sync import state
from sync.faults import Offline
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld, person_id
from tests.machines.organisation import snapshot
from tests.server.kit_central import said
from tests.sync.alike import require_alike, require_same
from tests.sync.snapshot_work import POINTS, said_before

CASES = 600
BLOCKS = 4


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office of some hundred cases, two of them Jo's, on a server that has a snapshot of them."""
    folder = tmp_path_factory.mktemp("office")
    world = NearWorld(folder)
    workload.fill(world.server.database, CASES)
    world.staff(WAITING_LIST, "jo")
    sam = world.desk("sam")
    for _ in range(2):
        saying.a_case_of(sam, "jo")
    sam.sync()
    made = world.server.snapshots.make()
    assert len(made.blocks) >= BLOCKS
    world.close()
    return folder


@pytest.fixture
def office(filled: Path, tmp_path: Path) -> Iterator[NearWorld]:
    """A copy of it."""
    for name in ("server.db", "snapshots", "documents"):
        subprocess.run(["cp", "-r", str(filled / name), str(tmp_path / name)], check=True)
    world = NearWorld(tmp_path)
    yield world
    world.close()


@pytest.fixture
def jo(office: NearWorld) -> Iterator[Desk]:
    """Jo's laptop, that has never said a word."""
    desk = Desk(office, "jo")
    yield desk
    desk.laptop.close()


def when(desk: Desk, request: str, number: int, act: Callable[[], object]) -> None:
    """Has something happen just before the so-manieth request of a kind goes out, once."""

    def meanwhile() -> None:
        if desk.wire.requests[-1] == request and desk.wire.requests.count(request) == number:
            desk.wire.meanwhile = None
            act()

    desk.wire.meanwhile = meanwhile


def parts_left(desk: Desk) -> list[str]:
    """Files of a snapshot that is not taken in."""
    return [path.name for path in desk.folder.glob("starting-*")]


def held(desk: Desk) -> list[tuple[str, str, int, str]]:
    """Which cases the laptop counts as its own, through which scopes and up to which change."""
    return desk.look(
        lambda conn: list(conn.exec_driver_sql("SELECT case_id, scopes, rev, chain FROM held_case ORDER BY case_id"))
    )


def test_that_a_laptop_filled_from_a_snapshot_is_as_one_filled_by_rows(office: NearWorld, jo: Desk) -> None:
    sam = office.desk("sam", number=2)
    saying.note(sam, sam.look(lambda conn: conn.exec_driver_sql("SELECT max(id) FROM case_file").scalar_one()), "later")
    saying.a_case_of(sam, "amy")
    sam.sync()
    jo.sync()
    assert "snapshot" in jo.wire.requests
    require_alike(jo)
    office.server.snapshots.path_of(office.server.snapshots.make()).unlink()
    other = Desk(office, "jo", number=2)
    other.sync()
    assert "snapshot" not in other.wire.requests
    assert jo.look(snapshot) == other.look(snapshot)
    assert held(jo) == held(other)
    assert jo.look(state.held) == other.look(state.held)
    assert jo.laptop.database.quick_check() == ()
    other.laptop.close()


def test_that_it_has_every_index_of_a_new_store(jo: Desk, office: NearWorld) -> None:
    names = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    before = jo.look(lambda conn: [tuple(row) for row in conn.exec_driver_sql(names)])
    jo.sync()
    after = jo.look(lambda conn: [tuple(row) for row in conn.exec_driver_sql(names)])
    assert [name for name, _ in after] == [name for name, _ in before]
    assert [" ".join(sql.split()) for _, sql in after] == [" ".join(sql.split()) for _, sql in before]


def test_that_what_was_said_while_it_came_is_sent_and_stays(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 2, lambda: said_before(jo))
    jo.sync()
    assert "snapshot" in jo.wire.requests
    jo.sync()
    require_alike(jo)
    assert said_on_server(office) == ["said before"]


def test_that_a_cut_transfer_goes_on_where_it_stopped(jo: Desk) -> None:
    when(jo, "block", 3, cut)
    assert isinstance(jo.try_to_sync().fault, Offline)
    assert parts_left(jo)
    jo.restart()
    jo.sync()
    assert jo.wire.requests.count("snapshot") == 2
    assert jo.wire.requests.count("block") <= BLOCKS + 2
    require_alike(jo)
    assert not parts_left(jo)


def test_that_one_that_never_comes_through_leads_to_rows(jo: Desk) -> None:
    def cut_each() -> None:
        if jo.wire.requests[-1] == "block":
            raise Offline("cut")

    jo.wire.meanwhile = cut_each
    for _ in range(2):
        assert isinstance(jo.try_to_sync().fault, Offline)
    jo.sync()
    require_alike(jo)
    assert not parts_left(jo)


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_that_a_block_that_is_not_as_promised_leads_to_rows(office: NearWorld, jo: Desk, place: int) -> None:
    made = office.server.snapshots.make()
    path = office.server.snapshots.path_of(made)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    jo.sync()
    assert jo.wire.requests.count("snapshot") == 1
    require_alike(jo)
    assert not parts_left(jo)


def test_that_who_loses_the_office_meanwhile_holds_nothing_of_it(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 3, lambda: office.change_role("jo", "advisor"))
    jo.sync()
    require_alike(jo)
    assert len(held(jo)) < CASES
    assert not parts_left(jo)


def test_that_who_loses_the_office_after_a_cut_holds_nothing_of_it(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 3, cut)
    jo.try_to_sync()
    office.change_role("jo", "advisor")
    jo.restart()
    jo.sync()
    require_alike(jo)
    assert not parts_left(jo)


def test_that_whose_access_ends_after_a_cut_holds_nothing(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 3, cut)
    jo.try_to_sync()
    office.disable("jo")
    jo.try_to_sync()
    assert not parts_left(jo)
    assert held(jo) == []


def test_that_an_advisor_is_offered_none_and_asks_for_none(office: NearWorld) -> None:
    amy = Desk(office, "amy")
    amy.sync()
    assert not {"WantSnapshot", "snapshot"} & set(amy.wire.requests)
    amy.laptop.close()


def test_that_a_case_deleted_for_good_is_in_no_snapshot_on_offer(office: NearWorld) -> None:
    snapshots = office.server.snapshots
    with office.server.database.reading() as conn:
        made = snapshots.offered(conn)
    assert made is not None
    erase_one(office)
    assert not snapshots.path_of(made).exists()
    with office.server.database.reading() as conn:
        assert snapshots.offered(conn) is None


def test_that_a_case_deleted_while_the_snapshot_comes_is_not_here_after_it(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 3, lambda: erase_one(office))
    jo.sync()
    require_alike(jo)
    assert not parts_left(jo)


def test_that_a_snapshot_of_a_history_that_ended_is_not_offered(office: NearWorld, jo: Desk) -> None:
    copy = office.server.back_up()
    office.server.snapshots.make()
    office.server.restore(copy)
    with office.server.database.reading() as conn:
        assert office.server.snapshots.offered(conn) is None
    jo.sync()
    require_alike(jo)


def test_that_a_snapshot_is_offered_for_a_week(office: NearWorld) -> None:
    office.clock.pass_time(days=8)
    with office.server.database.reading() as conn:
        assert office.server.snapshots.offered(conn) is None


def test_that_no_page_on_the_disk_is_ever_plain(office: NearWorld, jo: Desk) -> None:
    when(jo, "block", 3, cut)
    jo.try_to_sync()
    with office.server.database.reading() as conn:
        words = conn.exec_driver_sql("SELECT last_name FROM contact LIMIT 50").scalars().all()
    for path in jo.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"SQLite format" not in content
            assert not [word for word in words if len(word) > 6 and word.encode() in content], path.name


@pytest.mark.parametrize("point", POINTS)
def test_that_a_kill_at_any_point_costs_nothing_that_was_said(office: NearWorld, tmp_path: Path, point: str) -> None:
    office.close()
    killed = subprocess.run([sys.executable, "-m", "tests.sync.snapshot_work", str(tmp_path), point], check=False)
    assert killed.returncode == -9
    again = NearWorld(tmp_path)
    desk = Desk(again, "jo")
    desk.sync()
    require_same(desk.look(snapshot), again.server.database, person_id("jo"), "jo")
    assert said_on_server(again) == ["said before"]
    assert not parts_left(desk)
    assert desk.laptop.database.quick_check() == ()
    desk.laptop.close()
    again.close()


def said_on_server(world: NearWorld) -> list[str]:
    """What Jo wrote, as it arrived."""
    with world.server.database.reading() as conn:
        found = conn.exec_driver_sql("SELECT text FROM activity WHERE text LIKE 'said %'").scalars().all()
    return [str(text) for text in found]


def erase_one(world: NearWorld) -> None:
    """An admin deletes one of the cases for good."""
    with world.server.database.reading() as conn:
        others = "SELECT max(id) FROM case_file WHERE owner_id <> ?"
        case_id = conn.exec_driver_sql(others, (person_id("jo"),)).scalar_one()
    speaker = Speaker(person_id=person_id("sam"), device_id=new_id())
    (ack,) = world.server.journal.push(speaker, [said(EraseCase(case_id=case_id, reason="asked_by_client"))])
    assert ack.st is Status.APPLIED


def cut() -> None:
    """The line is cut."""
    raise Offline("cut")
