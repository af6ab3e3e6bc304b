"""A SQLite file and what opens it: encrypted by a raw key or plain, every setting made before the first statement."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from casework.disk import flush_folder, flush_to_disk, put_in_place, write_whole
from casework.store_faults import (
    BadRead,
    StoreBusy,
    StoreDamaged,
    StoreFromNewerApp,
    StoreTooOld,
    WrongKey,
    fault_of,
    fault_of_os,
    store_faults,
)

KEY_SIZE = 32
# Every release up to 3.51.2 can lose committed pages when a write meets a checkpoint (promises.md 2.1).
OLDEST_SAFE_SQLITE = (3, 51, 3)

PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    # On macOS fsync alone leaves the bytes in the drive's cache; elsewhere these two do nothing.
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "cache_size = -32768",
    "wal_autocheckpoint = 1000",
    "journal_size_limit = 67108864",
)

# How a file is encrypted. Every page carries its own proof of being whole, as SQLCipher does it from the start; SHA-256
# for it costs half of SHA-512 on today's processors, and of larger pages there are fewer to prove. As defaults, for a
# copy (VACUUM INTO) is made by them and not by what its original has. casework/page_cipher.py lays pages down alike.
CIPHER = ("cipher_default_page_size = 8192", "cipher_default_hmac_algorithm = HMAC_SHA256")

# for writing what can be fetched again (StoreFile.writing), and back
IN_BULK = ("synchronous = NORMAL", "cache_size = -81920", "wal_autocheckpoint = 4000")
NOT_IN_BULK = tuple(usual for usual in PRAGMAS if usual.split()[0] in [pragma.split()[0] for pragma in IN_BULK])

# The driver asks every value that is no text, number or bytes whether it knows how to become one, which for a None
# takes several times as long as the rest of its way into a row; these answer at once.
sqlcipher.register_adapter(type(None), {}.get)
sqlcipher.register_adapter(bool, int)


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The store has this code's tables; `is_new` when they were made just now."""

    is_new: bool


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """The store is of an earlier version: `casework.migrate.upgrade` must run before anything else."""

    current: str
    latest: str


class Mark:
    """A file beside an encrypted store by which the wrong key can be told from a damaged file.

    To SQLCipher both look the same. The mark is a keyed hash that gives nothing of the key away.
    """

    def __init__(self, store: Path, key: bytes) -> None:
        self._path = store.with_name(store.name + ".mark")
        self._mark = hashlib.blake2b(b"doorstep store", key=key, digest_size=16).hexdigest().encode()

    def make(self) -> None:
        if not self.fits():
            write_whole(self._path, self._mark)

    def fits(self) -> bool:
        """Whether a store was once made here under this very key."""
        try:
            return hmac.compare_digest(self._path.read_bytes(), self._mark)
        except OSError:
            return False


def require_safe_sqlite(version: tuple[int, ...]) -> None:
    """Raise StoreTooOld for a SQLite that can lose saved work (promises.md 2.1)."""
    if version < OLDEST_SAFE_SQLITE:
        raise StoreTooOld(".".join(map(str, version)))


def checked_key(key: bytes) -> bytes:
    """The key itself. Raises ValueError for one of another length."""
    if len(key) != KEY_SIZE:
        raise ValueError(f"a store key has {KEY_SIZE} bytes")
    return key


def judged_version(current: str, latest: str) -> Ready | Behind:
    """Whether a store at `current` is what code at `latest` works on. Raises StoreFromNewerApp."""
    if current > latest:
        raise StoreFromNewerApp(f"store {current}, code {latest}")
    return Ready(is_new=False) if current == latest else Behind(current=current, latest=latest)


def copy_whole(raw: Any, to: Path) -> None:
    """Write a copy of the file behind a connection to `to`, whole or not at all; it has the same key."""
    half = to.with_name(f".{to.name}.{secrets.token_hex(4)}.half")
    try:
        raw.execute("VACUUM INTO ?", (str(half),))
        with half.open("r+b") as file:
            flush_to_disk(file.fileno())
        put_in_place(half, to)
    except OSError as error:
        raise fault_of_os(error) from error
    finally:
        half.unlink(missing_ok=True)


def quick_check(raw: Any, path: Path) -> tuple[str, ...]:
    """What SQLite finds wrong with the file behind a connection; empty when it is sound."""
    try:
        with store_faults(path):
            found = tuple(str(line) for (line,) in raw.execute("PRAGMA quick_check"))
    except (StoreDamaged, BadRead) as damage:
        # Too damaged for the check itself to get to its end.
        return (str(damage),)
    return () if found == ("ok",) else found


def set_aside(path: Path) -> Path:
    """Move a damaged store out of the way, whole, so that a new one can be made; returns where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{secrets.token_hex(4)}")
    try:
        for ending in ("", "-wal", "-shm", ".mark", ".doubt"):
            part = path.with_name(path.name + ending)
            if part.exists():
                # when that was, for who clears up
                os.utime(part)
                part.replace(aside.with_name(aside.name + ending))
        flush_folder(path.parent)
    except OSError as error:
        raise fault_of_os(error) from error
    return aside


def exchange(finished: Path, path: Path) -> None:
    """Put a finished store in the place of another one that nobody has open. Raises StoreBusy, DiskFault."""
    log = path.with_name(path.name + "-wal")
    try:
        if log.exists() and log.stat().st_size:
            # it would be taken for the new file's own
            raise StoreBusy("another process has the store open")
        put_in_place(finished, path)
    except OSError as error:
        raise fault_of_os(error) from error


def make_private(path: Path, mark: Mark | None) -> None:
    """See that the file is there, readable by its owner only, and that it was not emptied since last time."""
    try:
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
            is_empty = not file.read(1)
    except OSError as error:
        raise fault_of_os(error) from error
    if is_empty and mark is not None and mark.fits() and not path.with_name(path.name + "-wal").exists():
        # SQLite would take an emptied file for a new store, and all that was in it would be gone in silence.
        raise StoreDamaged("the store's file is empty")


def opener(path: Path, key: bytes | None, mark: Mark | None) -> Callable[[], Any]:
    """What the pool calls for a new connection: keyed before anything else, then every setting."""

    def open_connection() -> Any:
        with store_faults(path):
            # isolation_level None: the driver starts no transactions of its own, ours begin as we say.
            raw = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
            try:
                if key is not None:
                    _unlock(raw, key, mark)
                for pragma in PRAGMAS:
                    raw.execute(f"PRAGMA {pragma}").fetchall()
            except BaseException:
                raw.close()
                raise
            return raw

    return open_connection


def _unlock(raw: Any, key: bytes, mark: Mark | None) -> None:
    # SQLCipher writes to stderr by default; its lines name files and pages.
    raw.execute("PRAGMA cipher_log_level = NONE").fetchall()
    for pragma in CIPHER:
        raw.execute(f"PRAGMA {pragma}").fetchall()
    raw.set_key(f"x'{key.hex()}'")
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError as error:
        if isinstance(fault_of(error, None), StoreDamaged) and not (mark and mark.fits()):
            raise WrongKey("the key does not open this store") from error
        raise
