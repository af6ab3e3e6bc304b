"""A damaged store, and a full disk, a kill or a damaged journal with it: no word is lost, or that is said."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from casework.page_cipher import PAGE
from casework.store_faults import NoRoom, StoreDamaged, StoreFault
from casework.store_file import StoreFile
from sync import mending
from sync.laptop import JOURNAL, STORE, Drafts
from sync.profiles import renewal_of
from tests.kit_damage import KEY, Place, is_told, read_all_notes, restart_with_damage, spoil
from tests.kit_damage import amy as amy
from tests.kit_damage import cases as cases


def left_behind_by_the_journal(place: Place, case_id: str, table_name: str) -> None:
    """A word that only the store has, as a full disk leaves it, and then damage that is met; closed."""
    journal = place.store.with_name(JOURNAL)
    before = journal.read_bytes()
    place.note(case_id, "in the store alone")
    restart_with_damage(place, table_name)
    with suppress(StoreDamaged), place.laptop.database.reading() as conn:
        read_all_notes(conn)
    place.laptop.close()
    journal.write_bytes(before)
    mark_of(journal).unlink()


def mark_of(journal: Path) -> Path:
    return journal.with_name(f"{JOURNAL}.whole")


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes; for the rest the system says that it is too big."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.covers("FA20")
def test_that_a_damaged_store_stays_until_there_is_room_for_its_words_elsewhere(amy: Place, cases: list[str]) -> None:
    for number in range(20):
        amy.note(cases[0], f"{number} " + "w" * 4000)
    left_behind_by_the_journal(amy, cases[0], "activity")
    with no_room_beyond(amy.store.with_name(JOURNAL).stat().st_size), pytest.raises(NoRoom):
        amy.open()
    assert amy.aside() == []
    amy.open()
    assert len(amy.waiting()) == 21
    assert is_told(amy) == mending.BegunAnew(is_whole=True)


def test_that_nobody_is_told_that_all_was_kept_where_the_journal_was_behind_a_lost_outbox(
    amy: Place, cases: list[str]
) -> None:
    left_behind_by_the_journal(amy, cases[0], "outbox")
    amy.open()
    assert is_told(amy) == mending.BegunAnew(is_whole=False)


def met_damage(place: Place) -> None:
    """Somebody ran into it; closed."""
    restart_with_damage(place, "activity")
    with pytest.raises(StoreDamaged), place.laptop.database.reading() as conn:
        read_all_notes(conn)
    place.laptop.close()


@pytest.mark.parametrize("had_log", [True, False])
def test_that_a_kill_after_the_store_was_put_aside_costs_neither_word_nor_draft_nor_sign_in(
    amy: Place, cases: list[str], had_log: bool
) -> None:
    amy.note(cases[0], "not sent")
    Drafts(amy.laptop).keep("note", {"text": "half a sen"})
    waiting, log = amy.waiting(), amy.store.with_name(f"{STORE}-wal")
    log_then = log.read_bytes()
    met_damage(amy)
    mending.begin_anew(amy.store.parent, KEY)
    amy.store.rename(amy.store.with_name(f"{STORE}.new"))
    if had_log:
        log.write_bytes(log_then)
    amy.open()
    assert amy.waiting() == waiting
    assert Drafts(amy.laptop).find("note") == {"text": "half a sen"}
    assert renewal_of(amy.laptop) == "the renewal"
    assert is_told(amy) == mending.BegunAnew(is_whole=True)
    assert amy.laptop.database.quick_check() == ()


def test_that_without_room_for_a_new_store_the_old_one_stays(amy: Place, cases: list[str]) -> None:
    amy.note(cases[0], "not sent")
    Drafts(amy.laptop).keep("note", {"text": "half a sen"})
    waiting = amy.waiting()
    met_damage(amy)
    with no_room_beyond(1 << 16), pytest.raises(StoreFault):
        amy.open()
    assert amy.aside() == []
    amy.open()
    assert amy.waiting() == waiting
    assert Drafts(amy.laptop).find("note") == {"text": "half a sen"}
    assert renewal_of(amy.laptop) == "the renewal"


def test_that_a_new_store_that_was_never_needed_takes_nobodys_place(amy: Place, cases: list[str]) -> None:
    amy.note(cases[0], "not sent")
    waiting, finished = amy.waiting(), amy.store.with_name(f"{STORE}.new")
    amy.laptop.close()
    finished.write_bytes(b"from a kill long ago")
    amy.open()
    assert amy.waiting() == waiting
    assert not finished.exists()


def test_that_words_that_only_a_damaged_journal_has_outlive_an_older_damaged_store(
    amy: Place, cases: list[str]
) -> None:
    """Where the end of its log is gone, a store is an older one."""
    amy.note(cases[0], "one")
    amy.laptop.close()
    old = amy.store.read_bytes()
    amy.open()
    for number in range(3):
        amy.note(cases[0], f"note {number}")
    waiting = amy.waiting()
    amy.laptop.close()
    amy.store.write_bytes(old)
    met_damage_in_place(amy)
    spoil(amy.store.with_name(JOURNAL), 120, 8)
    amy.open()
    assert amy.waiting() == waiting, "the first one is in the store"
    assert is_told(amy) == mending.BegunAnew(is_whole=False)


def met_damage_in_place(place: Place) -> None:
    """As the disk does it to a store that nobody has open."""
    store = StoreFile(place.store, KEY)
    with store.reading() as conn:
        page = conn.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'activity'").scalar_one()
    store.close()
    spoil(place.store, (int(page) - 1) * PAGE + 100, 32)


def lose_the_last_of_four_notes(place: Place, case_id: str) -> None:
    """The end of the journal is damaged, and the store too; the app is open again."""
    for number in range(4):
        place.note(case_id, f"note {number}")
    place.laptop.close()
    journal = place.store.with_name(JOURNAL)
    spoil(journal, journal.stat().st_size - 20, 8)
    spoil(place.store, 0, PAGE)
    place.open()


def test_that_damage_at_the_journals_end_is_told_where_no_store_makes_it_good(amy: Place, cases: list[str]) -> None:
    lose_the_last_of_four_notes(amy, cases[0])
    assert len(amy.waiting()) == 3
    assert is_told(amy) == mending.BegunAnew(is_whole=False)


def test_that_damage_that_costs_nothing_makes_good_no_earlier_one(amy: Place, cases: list[str]) -> None:
    lose_the_last_of_four_notes(amy, cases[0])
    met_damage(amy)
    amy.open()
    assert is_told(amy) == mending.BegunAnew(is_whole=True, was_whole=False)


def test_that_damage_at_the_journals_end_costs_nothing_where_the_store_tells(amy: Place, cases: list[str]) -> None:
    for number in range(4):
        amy.note(cases[0], f"note {number}")
    waiting = amy.waiting()
    met_damage(amy)
    journal = amy.store.with_name(JOURNAL)
    spoil(journal, journal.stat().st_size - 20, 8)
    amy.open()
    assert amy.waiting() == waiting
    assert is_told(amy) == mending.BegunAnew(is_whole=True)
