"""In the place of a damaged store a new one is begun under the same key; what only the old one had is taken along.

Cases come again from the server. What was said and not sent comes from the journal (protocol 13, promises H16), the
documents' keys lie beside it. What else a person would miss is read out of the old store as far as it can be read.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from casework.connection import Connection
from casework.rows import find
from casework.sqlite_file import set_aside
from casework.store_faults import StoreFault, our_disk
from casework.store_file import StoreFile
from casework.values import Person
from sync import state
from sync.journal_file import JournalFile
from sync.laptop import JOURNAL, STORE, Laptop
from sync.second_home import SecondHome

# By these the server goes on knowing the device: nobody has to sign in, and it is not taken for a copy of itself.
_FACTS = (state.RENEWAL, state.NONCE, state.PENDING_NONCE, state.RENAMED)
_READ_FACTS = f"SELECT key, value FROM sync_state WHERE key IN ({', '.join('?' * len(_FACTS))})"


class BegunAnew(msgspec.Struct, frozen=True, kw_only=True):
    """That a store stands in the place of a damaged one; `is_whole` where all that was not sent could be read."""

    is_whole: bool

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
    try:
        JournalFile(folder / JOURNAL, key).close()
    except StoreFault:
        return False
    return True


def make_room(folder: Path, key: bytes) -> Saved:
    """Puts the damaged store of a profile aside, whole, and returns what it would still give. Raises StoreFaults.

    Until it is aside nothing is taken away from anywhere, so a kill costs another try and no word.
    """
    had_journal = (folder / JOURNAL).exists()
    home = SecondHome(folder / JOURNAL, key)
    try:
        saved = _read(folder / STORE, key, home, is_whole=had_journal and home.is_whole)
    finally:
        home.close()
    set_aside(folder / STORE)
    return saved


def move_in(laptop: Laptop, saved: Saved) -> None:
    """Puts into the new store what was saved of the old one. Raises StoreFaults."""

    def write(conn: Connection) -> None:
        conn.exec_driver_sql("INSERT OR REPLACE INTO sync_state (key, value) VALUES (?, ?)", list(saved.facts))
        conn.exec_driver_sql("INSERT OR REPLACE INTO draft (key, body, kept_at) VALUES (?, ?, ?)", list(saved.drafts))
        state.put(conn, state.BEGUN_ANEW, BegunAnew(is_whole=saved.is_whole))

    laptop.write(write)


def begun_anew(conn: Connection) -> BegunAnew | None:
    """That this store was begun anew, until somebody has put the word of it away."""
    return state.find(conn, state.BEGUN_ANEW, BegunAnew)


def must_sign_in(conn: Connection, person_id: str) -> bool:
    """Whether a store has neither its person's rows nor what a session is renewed by: only a password leads on."""
    return not state.get(conn, state.RENEWAL, str, "") and find(conn, Person, person_id) is None


def forget_damaged(folder: Path, *, before: datetime) -> None:
    """Deletes what was put aside before a time, with the cases that are in it. Raises DiskFault."""
    with our_disk():
        for path in folder.glob("*.damaged-*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)


def _read(path: Path, key: bytes, home: SecondHome, *, is_whole: bool) -> Saved:
    try:
        store = StoreFile(path, key)
    except StoreFault:
        return Saved(is_whole=is_whole)
    try:
        with suppress(sqlcipher.Error):
            home.put_right(store)
            is_whole = is_whole or not home.is_behind
        return Saved(
            is_whole=is_whole,
            facts=_rows(store, _READ_FACTS, _FACTS),
            drafts=_rows(store, "SELECT key, body, kept_at FROM draft"),
        )
    finally:
        store.close()


def _rows(store: StoreFile, query: str, given: tuple[str, ...] = ()) -> tuple[tuple[Any, ...], ...]:
    """The rows of a damaged store, none where any of them cannot be read."""
    try:
        with store.reading() as conn:
            return tuple(tuple(row) for row in conn.exec_driver_sql(query, given).all())
    except (StoreFault, sqlcipher.Error):
        # where it begins in the middle, the driver finds no such table
        return ()
