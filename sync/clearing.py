"""Signing out for good: all of a profile goes from this device, and only once all of it is safe elsewhere (FA16)."""

import shutil
from pathlib import Path

import msgspec

from casework.connection import Connection
from casework.store_faults import fault_of_os
from sync.covered import is_all_safe
from sync.keys import Keys
from sync.laptop import Laptop
from sync.profiles import LOCK


class NotAllSafe(msgspec.Struct, frozen=True, kw_only=True):
    """Something here is neither on the server nor in a rescue copy; `drafts` were typed and never saved."""

    drafts: int
    code: str = "not-all-sent"


def may_go(conn: Connection) -> NotAllSafe | None:
    """None where nothing would be lost; drafts alone keep nobody from leaving, but they are told."""
    if is_all_safe(conn):
        return None
    return NotAllSafe(drafts=drafts(conn))


def drafts(conn: Connection) -> int:
    """How many things were typed here and never saved: no rescue copy holds them."""
    return int(conn.exec_driver_sql("SELECT count(*) FROM draft").scalar_one())


def close_and_clear(laptop: Laptop, folder: Path, keys: Keys) -> NotAllSafe | None:
    """Closes the store and removes it, its documents and its key; None once they are gone. Raises StoreFaults.

    The folder stays, with the profile's lock, for whoever holds that. The key goes first: from then on nothing that
    might be left of the files can be read. Where something was said since it was looked at, nothing is removed.
    """
    with laptop.database.reading() as conn:
        stays = may_go(conn)
    laptop.close()
    if stays is not None:
        return stays
    keys.erase()
    try:
        for path in folder.iterdir():
            if path.name == LOCK:
                # held until the very end: nobody else comes in meanwhile, and some systems will not remove it
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        raise fault_of_os(error) from error
    return None
