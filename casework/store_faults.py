"""What can go wrong with a store on a disk or with its server, told apart by what a person can do about it.

StoreFault
├── StoreTooOld          the SQLite inside this app has a fault that can lose saved work
├── WrongKey             the key does not fit this store
├── StoreDamaged         the file is not a database, or parts of it cannot be read
├── StoreFromNewerApp    a later version of the app has written it
├── StoreBusy            another program holds it
├── StoreUnreachable     the database server does not answer
├── NoRoom               the disk is full; nothing of this change was kept
└── DiskFault            the disk cannot be read or written
    └── BadRead          a place in the file cannot be read, as where a sector is bad
"""

import errno
import os
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

# As what a mistake of ours shows where one of many commands must not stop the others, or a value that no column holds;
# of the driver's errors those are meant for which `fault_of` knows no fault.
OUR_MISTAKES: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
    sqlcipher.Error,
)

_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_READONLY, _SQLITE_IOERR = 5, 6, 8, 10
_SQLITE_CORRUPT, _SQLITE_FULL, _SQLITE_CANTOPEN, _SQLITE_NOTADB = 11, 13, 14, 26
# of SQLite's input/output errors: READ, SHORT_READ, DATA and CORRUPTFS
_BAD_READS = frozenset(_SQLITE_IOERR | kind << 8 for kind in (1, 2, 32, 33))
_FULL_BELOW = 1 << 20


class StoreFault(Exception):
    """Something outside the app's own logic stops the store; `code` picks the words for the screen."""

    code = "store-fault"


class StoreTooOld(StoreFault):
    code = "store-sqlite-too-old"


class WrongKey(StoreFault):
    code = "store-wrong-key"


class StoreDamaged(StoreFault):
    code = "store-damaged"


class StoreFromNewerApp(StoreFault):
    code = "store-from-newer-app"


class StoreBusy(StoreFault):
    code = "store-busy"


class StoreUnreachable(StoreFault):
    code = "store-unreachable"


class NoRoom(StoreFault):
    code = "no-room"


class DiskFault(StoreFault):
    code = "disk-fault"


class BadRead(DiskFault):
    """It may pass, or be damage: who meets it has the file looked through."""


_SQLITE_FAULTS: dict[int, type[StoreFault]] = {
    _SQLITE_BUSY: StoreBusy,
    _SQLITE_LOCKED: StoreBusy,
    _SQLITE_CORRUPT: StoreDamaged,
    _SQLITE_NOTADB: StoreDamaged,
    _SQLITE_FULL: NoRoom,
    _SQLITE_IOERR: DiskFault,
    _SQLITE_CANTOPEN: DiskFault,
    _SQLITE_READONLY: DiskFault,
}

# SQLSTATEs of PostgreSQL (its manual, appendix A): codes, and for what has none here its class. A code that is missing
# is taken for our own mistake, and what was said for one that no server can ever carry out.
READ_ONLY = "25006"
_POSTGRES_FAULTS: dict[str, type[StoreFault]] = {
    # the standby of a database that went over to another machine, or a provider's that is full
    READ_ONLY: StoreUnreachable,
    # a time limit for a transaction, which has ended the connection, or one for a statement or a lock
    "25P03": StoreUnreachable,
    "25P04": StoreUnreachable,
    "55P03": StoreBusy,
    "57014": StoreBusy,
    "53100": NoRoom,
    "XX001": StoreDamaged,
    "XX002": StoreDamaged,
}
_POSTGRES_CLASSES: dict[str, type[StoreFault]] = {
    "08": StoreUnreachable,
    # the transaction was taken back: deadlocks and the like
    "40": StoreBusy,
    # out of memory, of connections, of locks
    "53": StoreBusy,
    # shut down, started, dropped
    "57": StoreUnreachable,
    # the machine's own files
    "58": DiskFault,
}


@contextmanager
def store_faults(path: Path | None) -> Iterator[None]:
    """Turn a driver's error into a StoreFault; an error that is our own bug passes through unchanged.

    `path` is the store's file, None for a database server. No fault's text holds data or statements.
    """
    try:
        yield
    except sqlcipher.Error as error:
        fault = fault_of(error, path)
        if fault is None:
            raise
        raise fault from error


@contextmanager
def our_disk() -> Iterator[None]:
    """Turn what the system says about a file of our own into NoRoom or DiskFault."""
    try:
        yield
    except OSError as error:
        raise fault_of_os(error) from error


def fault_of(error: BaseException | None, path: Path | None) -> StoreFault | None:
    """The StoreFault that a driver's error means, or None when it is no fault of the world's."""
    if error is not None and hasattr(error, "sqlstate"):
        # psycopg's, told by its shape: importing the driver here would cost every desktop's start.
        return _postgres_fault(error.sqlstate, {kind.__name__ for kind in type(error).__mro__})
    exact: int | None = getattr(error, "sqlite_errorcode", None)
    if exact is None:
        return None
    code = exact & 0xFF
    fault = _SQLITE_FAULTS.get(code)
    if fault is None or (code == _SQLITE_READONLY and _is_writable(path)):
        # A write inside reading() also says "read-only": on a healthy disk that is a bug, not a fault.
        return None
    if exact in _BAD_READS:
        fault = BadRead
    if code in (_SQLITE_IOERR, _SQLITE_CANTOPEN) and _is_full(path):
        # A full disk shows as an input/output error when the shared-memory file cannot grow.
        fault = NoRoom
    return fault(f"SQLite result {code}")


def _postgres_fault(state: str | None, kinds: Set[str]) -> StoreFault | None:
    if state is None:
        # The driver gives no SQLSTATE when the connection itself broke or never came about; and none for a value that
        # it could not even send, which is a bug of ours.
        is_cut = bool(kinds & {"OperationalError", "InterfaceError"})
        return StoreUnreachable("the database server does not answer") if is_cut else None
    fault = _POSTGRES_FAULTS.get(state) or _POSTGRES_CLASSES.get(state[:2])
    return None if fault is None else fault(f"SQLSTATE {state}")


def fault_of_os(error: OSError) -> StoreFault:
    """NoRoom for a full disk or quota, DiskFault for everything else the system says about a file."""
    name = errno.errorcode.get(error.errno or 0, "unknown")
    return (NoRoom if is_full_error(error) else DiskFault)(name)


def is_full_error(error: OSError) -> bool:
    """Whether the system's error says that the disk, a quota or a size limit is used up."""
    # What Windows says for a full disk: ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
    windows = getattr(error, "winerror", None) in (112, 39)
    return windows or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _is_writable(path: Path | None) -> bool:
    return path is not None and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _is_full(path: Path | None) -> bool:
    if path is None:
        return False
    try:
        return disk_usage(path.parent).free < _FULL_BELOW
    except OSError:
        return False
