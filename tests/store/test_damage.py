"""Damage in one place of a store costs what stood there and nobody's next save; a closed store is nobody's any more."""

import os
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from casework.page_cipher import PAGE
from casework.sqlite_file import quick_check
from casework.store_faults import BadRead, StoreBusy, StoreDamaged
from casework.store_file import StoreFile

KEY = bytes(range(32))
SCRIPT = "CREATE TABLE alembic_version (version_num TEXT);\nCREATE TABLE old (text TEXT);\nCREATE TABLE new (text TEXT)"


@pytest.fixture
def store(tmp_path: Path) -> StoreFile:
    """A store with much in one table and nothing in another."""
    store = StoreFile(tmp_path / "store.db", KEY)
    store.prepare(SCRIPT, latest="0001")
    with store.writing() as conn:
        conn.exec_driver_sql("INSERT INTO old VALUES (?)", [("w" * 500,) for _ in range(2000)])
    return store


def turn_bits(path: Path) -> None:
    """Spoils a page in the middle, or mends it again."""
    place = path.stat().st_size // 2 // PAGE * PAGE + 100
    with path.open("r+b") as file:
        file.seek(place)
        there = file.read(16)
        file.seek(place)
        file.write(bytes(byte ^ 0xFF for byte in there))


def reopened(store: StoreFile) -> StoreFile:
    """The same one with nothing in its caches."""
    store.close()
    return StoreFile(store.path, KEY)


def read_old(store: StoreFile) -> int:
    with store.reading() as conn:
        return int(conn.exec_driver_sql("SELECT sum(length(text)) FROM old").scalar_one())


def reopened_after_a_bad_read(store: StoreFile) -> StoreFile:
    """A page was read badly once, and is well again."""
    store = reopened(store)
    turn_bits(store.path)
    with pytest.raises(StoreDamaged):
        read_old(store)
    turn_bits(store.path)
    return reopened(store)


def save(store: StoreFile) -> None:
    with store.writing() as conn:
        conn.exec_driver_sql("INSERT INTO new VALUES ('saved')")


def saved(store: StoreFile) -> int:
    with store.reading() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM new").scalar_one())


def test_that_who_saves_after_a_damaged_page_was_met_saves(store: StoreFile) -> None:
    store = reopened(store)
    turn_bits(store.path)
    save(store)
    for _ in range(3):
        with pytest.raises(StoreDamaged):
            read_old(store)
        save(store)
    assert saved(store) == 4
    store.close()


def test_that_a_page_that_was_read_badly_once_is_read_well_the_next_time(store: StoreFile) -> None:
    store = reopened(store)
    turn_bits(store.path)
    with pytest.raises(StoreDamaged):
        read_old(store)
    turn_bits(store.path)
    assert read_old(store) == 1_000_000
    store.close()


def test_that_a_check_that_finds_damage_spoils_no_connection(store: StoreFile) -> None:
    store = reopened(store)
    turn_bits(store.path)
    assert store.quick_check() != ()
    save(store)
    turn_bits(store.path)
    assert store.quick_check() == ()
    store.close()


def test_that_a_refused_row_costs_its_transaction_and_nothing_else(store: StoreFile) -> None:
    def save_and_fail() -> None:
        with store.writing() as conn:
            conn.exec_driver_sql("INSERT INTO new VALUES ('half')")
            raise ZeroDivisionError

    for _ in range(6):
        with pytest.raises(ZeroDivisionError):
            save_and_fail()
    save(store)
    assert saved(store) == 1
    store.close()


def test_that_damage_is_told_and_looked_into_at_the_next_start(store: StoreFile) -> None:
    store = reopened(store)
    told: list[bool] = []
    store.met_damage = lambda: told.append(True)
    store.settle_doubt()
    turn_bits(store.path)
    with pytest.raises(StoreDamaged):
        read_old(store)
    assert told == [True]
    store = reopened(store)
    with pytest.raises(StoreDamaged):
        store.settle_doubt()
    store.close()


def test_that_a_bad_read_is_forgiven_once_and_damage_that_comes_back_is_not(store: StoreFile) -> None:
    for time in range(2):
        store = reopened_after_a_bad_read(store)
        if time == 0:
            store.settle_doubt()
            store.settle_doubt()
    with pytest.raises(StoreDamaged):
        store.settle_doubt()
    store.close()


def test_that_a_bad_read_years_after_another_is_forgiven_too(store: StoreFile) -> None:
    doubt = store.path.with_name(f"{store.path.name}.doubt")
    for _ in range(2):
        store = reopened_after_a_bad_read(store)
        store.settle_doubt()
        os.utime(doubt, (0, 0))
    store.close()


class BadSector(sqlcipher.OperationalError):  # type: ignore[misc]
    """What the driver says where the system could not read a place in the file."""

    sqlite_errorcode = 266


class OnABadSector:
    """A connection to a file with such a place."""

    def execute(self, statement: str) -> list[tuple[str]]:
        """Comes upon it."""
        raise BadSector(statement)


def test_that_a_place_that_the_disk_cannot_read_is_told_and_looked_into_at_the_next_start(store: StoreFile) -> None:
    told: list[bool] = []
    store.met_damage = lambda: told.append(True)
    with pytest.raises(BadRead), store.reading():
        raise BadSector
    assert told == [True]
    store = reopened(store)
    store.settle_doubt()
    with pytest.raises(BadRead), store.reading():
        raise BadSector
    store = reopened(store)
    with pytest.raises(StoreDamaged):
        store.settle_doubt()
    store.close()


def test_that_a_check_counts_a_place_that_the_disk_cannot_read_as_damage(tmp_path: Path) -> None:
    assert quick_check(OnABadSector(), tmp_path / "store.db") != ()


def test_that_nobody_writes_or_reads_in_a_closed_store(store: StoreFile) -> None:
    store.close()
    for act in (save, read_old):
        with pytest.raises(StoreBusy):
            act(store)
    again = StoreFile(store.path, KEY)
    assert (saved(again), read_old(again)) == (0, 1_000_000)
    again.close()


def test_that_who_waits_for_a_turn_while_the_store_is_closed_does_not_get_it(store: StoreFile) -> None:
    faults: list[StoreBusy] = []
    waits = threading.Event()

    def late() -> None:
        waits.set()
        try:
            save(store)
        except StoreBusy as fault:
            faults.append(fault)

    with store.gate.turn():
        thread = threading.Thread(target=late)
        thread.start()
        assert waits.wait(20)
        store.close()
    thread.join()
    assert len(faults) == 1
    again = StoreFile(store.path, KEY)
    assert saved(again) == 0
    again.close()
