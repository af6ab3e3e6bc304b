"""In the place of a damaged store a new one is begun under the same key; what only the old one had is taken along.

Cases come again from the server. What was said and not sent comes from the journal (protocol 13, promises H16), the
documents' keys lie beside it. What else a person would miss is read out of the old store as far as it can be read.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from casework.connection import Connection
from casework.disk import Ballast, put_in_place, take_away
from casework.rows import find
from casework.sqlite_file import set_aside
from casework.store_faults import NoRoom, StoreBusy, StoreFault, our_disk
from casework.store_file import StoreFile
from casework.values import Person
from sync import journal_file, outbox, state
from sync.laptop import BALLAST, JOURNAL, STORE, prepare_store
from sync.second_home import SecondHome

# By these the server goes on knowing the device, so that nobody has to sign in; and what is known of earlier damage.
_FACTS = (state.RENEWAL, state.NONCE, state.PENDING_NONCE, state.RENAMED, state.BEGUN_ANEW)
_READ_FACTS = f"SELECT key, value FROM sync_state WHERE key IN ({', '.join('?' * len(_FACTS))})"

# The new store while it is made, and once it has all that is taken along and only its place is not yet free.
_HALF, _FINISHED = f"{STORE}.half", f"{STORE}.new"


class BegunAnew(msgspec.Struct, frozen=True, kw_only=True):
    """That a store stands in the place of a damaged one; `is_whole` where all that was not sent could be read.

    It stays known after somebody put the word of it away (`is_told`), and so does what came of earlier times
    (`was_whole`): what was put aside and has words that are nowhere else is not thrown away later.
    """

    is_whole: bool
    is_told: bool = False
    was_whole: bool = True

    @property
    def code(self) -> str:
        """Picks the words for the screen."""
        return "begun-anew" if self.is_whole else "begun-anew-in-part"


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What a damaged store would still give: facts and drafts as their rows are, and whether no unsent word is lost."""

    is_whole: bool
    facts: tuple[tuple[Any, ...], ...] = ()
    drafts: tuple[tuple[Any, ...], ...] = ()


def is_key_of(folder: Path, key: bytes) -> bool:
    """Whether the journal in a profile's folder is under this key: then a store that it does not open is damaged."""
    return journal_file.is_under(folder / JOURNAL, key)


def begin_anew(folder: Path, key: bytes) -> None:
    """Puts the damaged store of a profile aside, whole, and in its place a new one. Raises StoreFaults.

    The new one has what the old one would still give before the old one goes, so a kill or a full disk costs another
    try and no word, draft or session.
    """

    def work() -> None:
        home = SecondHome(folder / JOURNAL, key)
        try:
            saved = _read(folder / STORE, key, home)
        finally:
            home.close()
        _make(folder, key, saved)

    Ballast(folder / BALLAST).despite_full_disk(work)
    _change_places(folder)


def go_on(folder: Path) -> None:
    """Ends what a kill broke off: where the old store is aside already, the new one goes into its place."""
    _take_half_away(folder / _HALF)
    if not (folder / _FINISHED).exists():
        return
    if (folder / STORE).exists():
        # not yet gone, it is looked at once more: it may be sound, or have more to give
        take_away(folder / _FINISHED)
    else:
        _change_places(folder)


def begun_anew(conn: Connection) -> BegunAnew | None:
    """That this store was begun anew, where it was."""
    return state.find(conn, state.BEGUN_ANEW, BegunAnew)


def note_told(conn: Connection) -> None:
    """Somebody has put the word of it away."""
    begun = begun_anew(conn)
    if begun is not None:
        state.put(conn, state.BEGUN_ANEW, msgspec.structs.replace(begun, is_told=True))


def must_sign_in(conn: Connection, person_id: str) -> bool:
    """Whether a store has neither its person's rows nor what a session is renewed by: only a password leads on."""
    return not state.get(conn, state.RENEWAL, str, "") and find(conn, Person, person_id) is None


def forget_damaged(folder: Path, *, before: datetime) -> None:
    """Deletes what was put aside before a time, with the cases that are in it. Raises DiskFault."""
    with our_disk():
        for path in folder.glob("*.damaged-*"):
            if path.stat().st_mtime < before.timestamp():
                # one that something holds open goes another time
                take_away(path)


def _make(folder: Path, key: bytes, saved: Saved) -> None:
    half = folder / _HALF
    try:
        _take_half_away(half)
        store = StoreFile(half, key)
        try:
            prepare_store(store)
            with store.writing() as conn:
                _move_in(conn, saved, is_first=not any(folder.glob(f"{STORE}.damaged-*")))
            # a copy is one file, with nothing left in a log beside it
            store.backup(folder / _FINISHED)
        finally:
            store.close()
    finally:
        _take_half_away(half)


def _take_half_away(half: Path) -> None:
    for ending in ("", "-wal", "-shm", ".mark", ".doubt"):
        take_away(half.with_name(half.name + ending))


def _move_in(conn: Connection, saved: Saved, *, is_first: bool) -> None:
    conn.exec_driver_sql("INSERT OR REPLACE INTO sync_state (key, value) VALUES (?, ?)", list(saved.facts))
    conn.exec_driver_sql("INSERT OR REPLACE INTO draft (key, body, kept_at) VALUES (?, ?, ?)", list(saved.drafts))
    before = begun_anew(conn)
    was_whole = is_first if before is None else before.is_whole and before.was_whole
    state.put(conn, state.BEGUN_ANEW, BegunAnew(is_whole=saved.is_whole, was_whole=was_whole))


def _change_places(folder: Path) -> None:
    """After a kill in between too: the old one's log, left behind, would be taken for the new one's own."""
    set_aside(folder / STORE)
    with our_disk():
        put_in_place(folder / _FINISHED, folder / STORE)


def _read(path: Path, key: bytes, home: SecondHome) -> Saved:
    try:
        store = StoreFile(path, key)
    except (NoRoom, StoreBusy):
        # that says nothing of what is in it
        raise
    except StoreFault:
        return Saved(is_whole=home.is_whole)
    try:
        return Saved(
            is_whole=_bring_over(store, home),
            facts=_rows(store, _READ_FACTS, _FACTS),
            drafts=_rows(store, "SELECT key, body, kept_at FROM draft"),
        )
    finally:
        store.close()


def _bring_over(store: StoreFile, home: SecondHome) -> bool:
    """Writes all that waits in the outbox into the journal too; whether no unsent word is lost. Raises StoreFaults."""
    try:
        with store.reading() as conn:
            waiting, last = outbox.everything(conn), outbox.last_number(conn)
    except (NoRoom, StoreBusy):
        raise
    except (StoreFault, sqlcipher.Error, msgspec.MsgspecError):
        return home.is_whole
    home.catch_up(waiting, last)
    return home.is_whole


def _rows(store: StoreFile, query: str, given: tuple[str, ...] = ()) -> tuple[tuple[Any, ...], ...]:
    """The rows of a damaged store, none where any of them cannot be read."""
    try:
        with store.reading() as conn:
            return tuple(tuple(row) for row in conn.exec_driver_sql(query, given).all())
    except (NoRoom, StoreBusy):
        raise
    except (StoreFault, sqlcipher.Error):
        # where it begins in the middle, the driver finds no such table
        return ()
