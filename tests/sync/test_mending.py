"""A damaged store makes room for a new one under its key: nothing said is lost, nothing doubled, nobody asked twice."""

import os
import random
import shutil
from pathlib import Path

import pytest

from casework.page_cipher import PAGE
from casework.store_faults import StoreDamaged, StoreFault, WrongKey
from sync import mending
from sync.carrying import attach
from sync.laptop import JOURNAL, STORE, Drafts
from sync.profiles import renewal_of
from tests.kit_damage import (
    CASES,
    KEY,
    Place,
    is_told,
    read_all_notes,
    restart_with_damage,
    spoil,
)
from tests.kit_damage import amy as amy
from tests.kit_damage import cases as cases
from tests.kit_near import NearWorld, person_id

DAMAGES = int(os.environ.get("DOORSTEP_DAMAGES", "12"))


def notes_on_server(world: NearWorld, case_id: str) -> list[str]:
    with world.server.database.reading() as conn:
        found = conn.exec_driver_sql(f"SELECT text FROM activity WHERE case_id = '{case_id}' AND text <> ''")
        return [str(row[0]) for row in found]


def device_names(world: NearWorld) -> set[str]:
    with world.server.database.reading() as conn:
        found = conn.exec_driver_sql(f"SELECT id FROM device WHERE person_id = '{person_id('amy')}'")
        return {str(row[0]) for row in found}


@pytest.mark.covers("FA20")
def test_that_a_store_whose_beginning_is_damaged_makes_room_and_nothing_unsent_is_lost(
    amy: Place, world: NearWorld, cases: list[str], tmp_path: Path
) -> None:
    amy.note(cases[0], "sent before")
    amy.sync()
    amy.note(cases[0], "not sent")
    (tmp_path / "photo.jpg").write_bytes(b"a photograph")
    attach(amy.laptop, tmp_path / "photo.jpg", case_id=cases[0], mime="image/jpeg")
    waiting = amy.waiting()
    amy.laptop.close()
    spoil(amy.store, 0, PAGE * 2)
    damaged = amy.store.read_bytes()
    amy.open()
    assert amy.waiting() == waiting
    assert [path.read_bytes() for path in amy.aside()] == [damaged]
    with amy.laptop.database.reading() as conn:
        assert mending.begun_anew(conn) == mending.BegunAnew(is_whole=True)
        assert mending.must_sign_in(conn, amy.profile.person_id)
    amy.sync()
    with amy.laptop.database.reading() as conn:
        assert not mending.must_sign_in(conn, amy.profile.person_id)
        assert conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one() == CASES
    texts = notes_on_server(world, cases[0])
    assert (texts.count("sent before"), texts.count("not sent")) == (1, 1)
    with world.server.database.reading() as conn:
        assert conn.exec_driver_sql("SELECT is_stored FROM document").scalars().all() == [1]


@pytest.mark.covers("FA20")
def test_that_damage_in_the_middle_costs_neither_a_draft_nor_a_sign_in_nor_the_devices_name(
    amy: Place, world: NearWorld, cases: list[str]
) -> None:
    known = device_names(world)
    amy.note(cases[0], "not sent")
    restart_with_damage(amy, "activity")
    with pytest.raises(StoreDamaged), amy.laptop.database.reading() as conn:
        read_all_notes(conn)
    Drafts(amy.laptop).keep("note", {"text": "half a sen"})
    waiting = amy.waiting()
    amy.laptop.close()
    amy.open()
    assert len(amy.aside()) == 1
    assert amy.waiting() == waiting
    assert renewal_of(amy.laptop) == "the renewal"
    assert Drafts(amy.laptop).find("note") == {"text": "half a sen"}
    amy.sync()
    assert device_names(world) == known
    assert amy.laptop.database.quick_check() == ()
    assert notes_on_server(world, cases[0]).count("not sent") == 1
    with amy.laptop.database.reading() as conn:
        assert read_all_notes(conn) > 0
    amy.laptop.close()
    amy.open()
    assert len(amy.aside()) == 1, "once is enough"


def test_that_words_that_only_the_damaged_store_has_are_taken_along(amy: Place, cases: list[str]) -> None:
    """The journal could not follow, as on a full disk."""
    journal = amy.store.with_name(JOURNAL)
    before = journal.read_bytes()
    amy.note(cases[0], "in the store alone")
    waiting = amy.waiting()
    restart_with_damage(amy, "activity")
    amy.laptop.close()
    journal.write_bytes(before)
    mending.begin_anew(amy.store.parent, KEY)
    amy.open()
    assert is_told(amy) == mending.BegunAnew(is_whole=True)
    assert amy.waiting() == waiting


def test_that_words_come_from_the_journal_where_the_outbox_itself_is_damaged(
    amy: Place, world: NearWorld, cases: list[str]
) -> None:
    amy.note(cases[0], "not sent")
    waiting = amy.waiting()
    restart_with_damage(amy, "outbox")
    amy.laptop.close()
    amy.open()
    assert amy.waiting() == waiting
    assert renewal_of(amy.laptop) == "the renewal"
    amy.sync()
    assert notes_on_server(world, cases[0]).count("not sent") == 1


def test_that_a_damaged_journal_is_made_good_by_a_store_that_still_tells(amy: Place, cases: list[str]) -> None:
    for number in range(4):
        amy.note(cases[0], f"note {number}")
    waiting = amy.waiting()
    restart_with_damage(amy, "activity")
    amy.laptop.close()
    journal = amy.store.with_name(JOURNAL)
    spoil(journal, journal.stat().st_size // 2, 8)
    mending.begin_anew(amy.store.parent, KEY)
    amy.open()
    assert is_told(amy) == mending.BegunAnew(is_whole=True)
    assert amy.waiting() == waiting


@pytest.mark.parametrize("journal", ["damaged", "gone"])
def test_that_what_may_be_missing_is_told(amy: Place, cases: list[str], journal: str) -> None:
    for number in range(4):
        amy.note(cases[0], f"note {number}")
    amy.laptop.close()
    path = amy.store.with_name(JOURNAL)
    if journal == "gone":
        path.unlink()
    else:
        spoil(path, path.stat().st_size // 2, 8)
    spoil(amy.store, 0, PAGE)
    amy.open()
    with amy.laptop.database.reading() as conn:
        assert mending.begun_anew(conn) == mending.BegunAnew(is_whole=False)
    amy.sync()
    assert amy.laptop.database.quick_check() == ()


@pytest.mark.parametrize("mark", [b"", b"spoilt", None])
def test_that_a_store_is_damaged_although_the_mark_by_which_one_tells_is_so_too(
    amy: Place, cases: list[str], mark: bytes | None
) -> None:
    amy.note(cases[0], "not sent")
    waiting = amy.waiting()
    amy.laptop.close()
    spoil(amy.store, 0, PAGE)
    path = amy.store.with_name(f"{STORE}.mark")
    path.unlink() if mark is None else path.write_bytes(mark)
    amy.open()
    assert amy.waiting() == waiting


def test_that_another_key_moves_nothing(amy: Place) -> None:
    amy.laptop.close()
    before = {path: path.read_bytes() for path in amy.store.parent.rglob("*") if path.is_file()}
    with pytest.raises(WrongKey):
        amy.open(bytes(32))
    assert {path: path.read_bytes() for path in amy.store.parent.rglob("*") if path.is_file()} == before
    amy.open()


def test_that_the_new_store_still_says_so_after_a_restart_until_it_is_put_away(amy: Place) -> None:
    amy.laptop.close()
    spoil(amy.store, 0, PAGE)
    amy.open()
    amy.sync()
    amy.laptop.close()
    amy.open()
    with amy.laptop.database.writing() as conn:
        assert mending.begun_anew(conn) == mending.BegunAnew(is_whole=True, is_told=False)
        mending.note_told(conn)
    with amy.laptop.database.reading() as conn:
        assert mending.begun_anew(conn) == mending.BegunAnew(is_whole=True, is_told=True)


def test_that_what_was_put_aside_goes_after_a_while(amy: Place) -> None:
    amy.laptop.close()
    spoil(amy.store, 0, PAGE)
    amy.open()
    (aside,) = amy.aside()
    mending.forget_damaged(amy.store.parent, before=amy.laptop.clock().replace(year=2020))
    assert aside.exists()
    mending.forget_damaged(amy.store.parent, before=amy.laptop.clock().replace(year=2100))
    assert list(amy.store.parent.glob("*.damaged-*")) == []


def damage_somewhere(folder: Path, dice: random.Random) -> str:
    """Bits turned, a stretch of zeros, an end cut off or a file emptied: in the store, its log or the log's index."""
    path = folder / dice.choice([STORE, STORE, STORE, f"{STORE}-wal", f"{STORE}-shm"])
    if not path.exists() or not path.stat().st_size:
        path = folder / STORE
    content = bytearray(path.read_bytes())
    kind = dice.choice(["bits", "zeros", "cut", "emptied"])
    start = dice.randrange(len(content))
    size = dice.choice([1, 16, PAGE, 20 * PAGE])
    if kind == "bits":
        content[start : start + size] = bytes(byte ^ dice.randrange(1, 256) for byte in content[start : start + size])
    elif kind == "zeros":
        content[start : start + size] = bytes(len(content[start : start + size]))
    elif kind == "cut":
        del content[start:]
    else:
        content.clear()
    path.write_bytes(content)
    return f"{kind} in {path.name} at {start}"


@pytest.mark.parametrize("seed", range(DAMAGES))
def test_that_damage_anywhere_is_never_wrong_text_and_costs_no_word(
    amy: Place, world: NearWorld, cases: list[str], tmp_path: Path, seed: int
) -> None:
    """Promises H16; DOORSTEP_DAMAGES says how often."""
    dice = random.Random(seed)
    amy.note(cases[1], "sent before")
    amy.sync()
    for number in range(3):
        amy.note(cases[dice.randrange(CASES)], f"not sent {number}")
    waiting = amy.waiting()
    left = tmp_path / "left"
    # as a kill leaves it, with the log not folded into the store
    shutil.copytree(amy.root, left)
    amy.laptop.close()
    shutil.rmtree(amy.root)
    left.rename(amy.root)
    what = damage_somewhere(amy.store.parent, dice)
    amy.open()
    try:
        with amy.laptop.database.reading() as conn:
            read_all_notes(conn)
    except StoreFault:
        amy.laptop.close()
        amy.open()
    assert set(waiting) <= set(amy.waiting()), what
    try:
        amy.sync()
    except StoreFault as fault:
        raise AssertionError(what) from fault
    assert amy.laptop.database.quick_check() == (), what
    for case_id in cases:
        here = sorted(text for text in texts_here(amy, case_id))
        assert here == sorted(notes_on_server(world, case_id)), what
        assert len(here) == len(set(here)), what
    with world.server.database.reading() as conn:
        found = conn.exec_driver_sql("SELECT count(*) FROM activity WHERE text LIKE 'not sent %'")
        assert found.scalar_one() == 3, what


def texts_here(place: Place, case_id: str) -> list[str]:
    with place.laptop.database.reading() as conn:
        found = conn.exec_driver_sql("SELECT text FROM activity WHERE case_id = ? AND text <> ''", (case_id,))
        return [str(row[0]) for row in found]
