"""Where somebody's access ends, a device is lost, or the server has not been heard of for long (FF3, FF5, OC10)."""

import pytest

from casework.connection import Connection
from casework.rows import of_case
from casework.values import Activity, Document
from server.devices import WIPE
from server.tables import device
from sync import mending, outbox, recovery, state
from sync.carrying import attach
from sync.ending import LEASE_DAYS
from sync.faults import AccessEnded, Locked, Offline
from sync.laptop import JOURNAL, STORE, Drafts
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import snapshot
from tests.sync.alike import require_alike


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, with a case of hers."""
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


def rows(desk: Desk) -> int:
    """How many rows of any kind are left, beside the one of who it is."""
    left = desk.look(snapshot)
    assert set(left["person"]) <= {desk.person_id}
    return sum(len(table) for name, table in left.items() if name != "person")


def count(desk: Desk, table: str) -> int:
    def ask(conn: Connection) -> int:
        return int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    return desk.look(ask)


@pytest.mark.covers("FF3", "OC10")
def test_that_who_may_not_come_in_any_more_hands_over_first_and_then_keeps_nothing(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "said before access ended")
    photo = amy.folder / "photo.txt"
    photo.write_text("a radiator", encoding="utf-8")
    attach(amy.laptop, photo, case_id=case_id, mime="text/plain")
    recovery.copy_store(amy.laptop)
    others = [amy.folder / name for name in ("store.db.before-0001", ".before-restore-0.db.0a1b2c3d.half")]
    for copy in others:
        copy.touch()
    amy.world.disable("amy")
    report = amy.try_to_sync()
    assert isinstance(report.fault, AccessEnded)
    assert report.fault.code == "access-ended"
    assert "said before access ended" in [line.text for line in saying.on_server(amy, Activity, case_id)]
    assert (rows(amy), amy.look(outbox.everything), count(amy, "held_case")) == (0, (), 0)
    assert recovery.copies_of(amy.folder) == []
    assert not any(copy.exists() for copy in others)
    now = amy.engine.look()
    assert (now.lock, now.papers, now.all_sent) == ("access-ended", 0, False)
    with amy.world.server.database.reading() as conn:
        assert all(document.is_stored for document in of_case(conn, Document, case_id))


@pytest.mark.covers("FF3")
def test_that_a_copy_that_cannot_be_removed_now_keeps_nothing_else_from_going(amy: Desk) -> None:
    """As where a scanner holds a file on Windows."""
    held = amy.folder / f"{recovery.COPY}000000000000-held-none.db"
    (held / "here").mkdir(parents=True)
    copy = recovery.copy_store(amy.laptop)
    photo = amy.folder / "photo.txt"
    photo.write_text("a radiator", encoding="utf-8")
    attach(amy.laptop, photo, case_id=case_of(amy), mime="text/plain")
    with amy.world.server.database.writing() as conn:
        conn.execute(device.update().where(device.c.id == amy.device).values(fate=WIPE))
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    assert (held.exists(), copy.exists()) == (True, False)
    assert amy.engine.look().papers == 0, "documents are offered after it"


@pytest.mark.covers("FF3")
@pytest.mark.parametrize("is_whole", [True, False], ids=["with all that was unsent", "with a part of it"])
def test_that_a_damaged_store_goes_with_its_cases_unless_only_that_has_unsent_words(amy: Desk, is_whole: bool) -> None:
    """Also once the word of it was put away. What stands beside it, of a damaged journal, has words and no cases."""
    endings = ("", "-wal", ".mark")
    store = [amy.folder / f"{STORE}.damaged-0a1b2c3d{ending}" for ending in endings]
    journal = amy.folder / f"{JOURNAL}.damaged-0a1b2c3d"
    for path in (*store, journal):
        path.touch()
    amy.laptop.write(lambda conn: state.put(conn, state.BEGUN_ANEW, mending.BegunAnew(is_whole=is_whole)))
    amy.laptop.write(mending.note_told)
    amy.sync()
    assert all(path.exists() for path in store)
    amy.world.disable("amy")
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    assert [path.exists() for path in (*store, journal)] == [*[not is_whole] * 3, True]


@pytest.mark.covers("FF3", "FA1")
def test_that_nothing_goes_before_what_is_unsent_was_handed_over(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "unsent")
    before = amy.look(snapshot)
    amy.world.disable("amy")
    amy.wire.lose_pushes = 2
    for _ in range(2):
        assert isinstance(amy.try_to_sync().fault, Offline)
        assert amy.look(snapshot) == before
        assert amy.look(outbox.count) == 1
        assert amy.engine.look().lock == "access-ended"
    amy.try_to_sync()
    assert rows(amy) == 0


@pytest.mark.covers("FF3")
def test_that_who_is_let_in_again_gets_everything_again(amy: Desk) -> None:
    amy.world.disable("amy")
    amy.try_to_sync()
    amy.try_to_sync()
    amy.world.employ("amy")
    amy.sync()
    require_alike(amy)
    assert amy.engine.look().lock == ""
    assert amy.engine.look().all_sent


@pytest.mark.covers("FF3")
def test_that_a_lost_device_puts_its_words_by_and_keeps_nothing(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "typed by who knows whom")
    Drafts(amy.laptop).keep("note", {"text": "half a sen"})
    with amy.world.server.database.writing() as conn:
        conn.execute(device.update().where(device.c.id == amy.device).values(fate=WIPE))
    report = amy.try_to_sync()
    assert isinstance(report.fault, AccessEnded)
    assert report.fault.code == "device-lost"
    assert "typed by who knows whom" not in [line.text for line in saying.on_server(amy, Activity, case_id)]
    with amy.world.server.database.reading() as conn:
        kept = conn.exec_driver_sql("SELECT said FROM kept_work").scalars().all()
    assert any("typed by who knows whom" in said for said in kept)
    assert rows(amy) == 0
    assert [count(amy, table) for table in ("outbox", "receipt", "draft", "paper", "held_case")] == [0] * 5
    assert amy.engine.look().lock == "device-lost"
    amy.restart()
    assert (rows(amy), amy.look(outbox.everything)) == (0, ()), "the journal has nothing left to give back"


@pytest.mark.covers("FD7")
def test_that_a_refusal_at_any_door_takes_nothing_away(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "still here")
    before = amy.look(snapshot)
    for at in range(1, 4):
        left = at

        def refuse() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Locked("locked-out")

        amy.wire.meanwhile = refuse
        assert isinstance(amy.try_to_sync().fault, Locked)
        assert set(amy.look(snapshot)["case_file"]) == set(before["case_file"])
    amy.wire.meanwhile = None
    amy.sync()
    require_alike(amy)


@pytest.mark.covers("FF5")
def test_that_a_desk_is_locked_when_the_server_was_not_heard_of_for_long_and_all_is_intact(amy: Desk) -> None:
    amy.cable.is_cut = True
    saying.note(amy, case_of(amy), "still to be sent")
    before = amy.look(snapshot)
    amy.clock.pass_time(days=LEASE_DAYS - 1)
    amy.try_to_sync()
    assert amy.engine.look().lock == ""
    amy.clock.pass_time(days=1, seconds=60)
    amy.try_to_sync()
    assert amy.engine.look().lock == "lease-over"
    assert amy.look(snapshot) == before
    amy.restart()
    assert amy.engine.look().lock == "lease-over"
    amy.cable.is_cut = False
    amy.sync()
    assert amy.engine.look().lock == ""
    assert amy.look(outbox.count) == 0


@pytest.mark.covers("FF5")
def test_that_the_server_says_for_how_long(amy: Desk) -> None:
    with amy.laptop.database.writing() as conn:
        state.put(conn, state.LEASE_DAYS, 3)
    amy.clock.pass_time(days=3, seconds=60)
    assert amy.engine.look().lock == "lease-over"


def test_that_a_laptop_that_never_reached_the_server_is_not_locked(world: NearWorld) -> None:
    desk = Desk(world, "ben")
    desk.clock.pass_time(days=400)
    assert desk.engine.look().lock == ""
    desk.laptop.close()


@pytest.mark.covers("FF5")
def test_that_a_clock_set_back_gives_no_time_back(amy: Desk) -> None:
    amy.cable.is_cut = True
    amy.clock.pass_time(days=LEASE_DAYS, seconds=60)
    amy.try_to_sync()
    amy.clock.pass_time(days=-LEASE_DAYS)
    amy.try_to_sync()
    assert amy.engine.look().lock == "lease-over"
    amy.restart()
    assert amy.engine.look().lock == "lease-over"
    amy.cable.is_cut = False
    amy.sync()
    assert amy.engine.look().lock == ""


@pytest.mark.covers("FF5")
def test_that_a_clock_far_ahead_locks_nobody_out_after_a_hello(amy: Desk) -> None:
    for _ in range(2):
        amy.clock.pass_time(days=400)
        assert amy.engine.look().lock == "lease-over"
        amy.sync()
        assert amy.engine.look().lock == ""


@pytest.mark.covers("FF5")
def test_that_a_clock_that_was_put_right_after_the_last_hello_counts_from_what_the_server_said(amy: Desk) -> None:
    amy.clock.pass_time(days=400)
    amy.sync()
    amy.cable.is_cut = True
    amy.clock.pass_time(days=LEASE_DAYS - 401)
    assert amy.engine.look().lock == ""
    amy.clock.pass_time(days=2)
    assert amy.engine.look().lock == "lease-over"
