"""A finished store takes another one's place in one step, and nobody who reads or writes meanwhile sees half of it."""

import threading
from pathlib import Path

import pytest

from casework.store_faults import StoreBusy
from casework.store_file import StoreFile

KEY = bytes(range(32))
SCRIPT = "CREATE TABLE alembic_version (version_num TEXT);\nCREATE TABLE word (text TEXT)"


def store_with(path: Path, *words: str) -> StoreFile:
    """A store with these words in it."""
    store = StoreFile(path, KEY)
    store.prepare(SCRIPT, latest="0001")
    with store.writing() as conn:
        conn.exec_driver_sql("INSERT INTO word VALUES (?)", [(word,) for word in words])
    return store


def words_in(store: StoreFile) -> list[str]:
    """What it says."""
    with store.reading() as conn:
        return [str(text) for (text,) in conn.exec_driver_sql("SELECT text FROM word ORDER BY rowid")]


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The store that is to take the place."""
    store_with(tmp_path / "finished.db", "new").close()
    return tmp_path / "finished.db"


@pytest.fixture
def store(tmp_path: Path) -> StoreFile:
    """The store in use."""
    return store_with(tmp_path / "store.db", "old")


def nothing() -> None:
    """Nothing is to be brought over."""


def test_that_whoever_reads_after_it_reads_the_new_one(store: StoreFile, finished: Path) -> None:
    store.exchange(finished, nothing)
    assert words_in(store) == ["new"]
    assert not finished.exists()
    with store.writing() as conn:
        conn.exec_driver_sql("INSERT INTO word VALUES ('newer')")
    store.close()
    again = StoreFile(store.path, KEY)
    assert words_in(again) == ["new", "newer"]
    assert again.quick_check() == ()
    again.close()


def test_that_a_reader_keeps_what_it_began_with_and_is_waited_for(store: StoreFile, finished: Path) -> None:
    with store.reading() as conn:
        thread = threading.Thread(target=store.exchange, args=(finished, nothing), kwargs={"patience": 60.0})
        thread.start()
        assert conn.exec_driver_sql("SELECT text FROM word").scalar_one() == "old"
    thread.join()
    assert words_in(store) == ["new"]
    store.close()


def test_that_a_reader_who_stays_keeps_it_from_happening_and_nothing_is_lost(store: StoreFile, finished: Path) -> None:
    with store.reading(), pytest.raises(StoreBusy):
        store.exchange(finished, nothing, patience=0.01)
    assert words_in(store) == ["old"]
    assert finished.exists()
    store.exchange(finished, nothing)
    assert words_in(store) == ["new"]
    store.close()


def test_that_nothing_is_written_between_the_bringing_over_and_the_exchange(store: StoreFile, finished: Path) -> None:
    brought: list[str] = []
    late: list[threading.Thread] = []

    def write_late() -> None:
        with store.writing() as conn:
            conn.exec_driver_sql("INSERT INTO word VALUES ('late')")

    def bring_over() -> None:
        late.append(threading.Thread(target=write_late))
        late[0].start()
        brought.extend(words_in(store))

    store.exchange(finished, bring_over)
    late[0].join()
    assert brought == ["old"]
    assert words_in(store) == ["new", "late"]
    store.close()


def test_that_a_log_that_somebody_else_holds_open_is_never_taken_for_the_new_ones(
    store: StoreFile, finished: Path
) -> None:
    other = StoreFile(store.path, KEY)
    with other.writing() as conn:
        conn.exec_driver_sql("INSERT INTO word VALUES ('theirs')")
    with pytest.raises(StoreBusy):
        store.exchange(finished, nothing)
    assert words_in(store) == ["old", "theirs"]
    other.close()
    store.close()
