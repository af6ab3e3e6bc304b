"""Looks at everything that the server stands on, and says in words what is wrong with it and what to do."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from casework.database import Database, current_version
from casework.disk import KEEP_FREE, free_bytes
from casework.kinds import LATEST
from casework.sqlite_file import OLDEST_SAFE_SQLITE
from casework.store_faults import StoreFault
from server.blobs import BlobsUnreachable
from server.config import Config
from server.parts import open_blobs
from server.restores import Restore, last_restore
from server.retrying import broken
from server.sums import are_right

_OLDEST_POSTGRES = 130000
# no laptop brings it back, for it was said here (FF3)
_AS_IN_THE_BACKUP = (
    "Devices reported lost, access ended and passwords set between the backup and then are as they were in the backup:"
    " `doorstep-server user devices NAME` and `user list` show them; `lost-device`, `user end`, `user code` do it anew"
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at."""

    what: str
    is_well: bool
    words: str


def findings(config: Config) -> Iterator[Finding]:
    """Everything, one after the other; a thing that others stand on comes first. Writes nothing that stays."""
    yield _folder(config)
    if config.data.exists():
        yield _room(config)
    yield _sqlite()
    yield from _database(config)
    yield _documents(config)


def _folder(config: Config) -> Finding:
    folder = config.data
    if not folder.exists():
        above = next(parent for parent in folder.parents if parent.exists())
        if os.access(above, os.W_OK):
            return _well("data folder", f"{folder} will be made at the first start")
        return _ill("data folder", f"{folder} cannot be made: {above} is not writable. Set DOORSTEP_DATA")
    probe = folder / f".check-{uuid4().hex}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return _ill("data folder", f"{folder} is not writable ({error.strerror}). Give it to the server's user")
    return _well("data folder", f"{folder} is writable")


def _room(config: Config) -> Finding:
    free = free_bytes(config.data)
    megabytes = f"{free // 1_000_000:,} MB are free"
    if free < KEEP_FREE:
        return _ill("disk", f"{megabytes}, fewer than {KEEP_FREE // 1_000_000:,}. Make room")
    return _well("disk", megabytes)


def _sqlite() -> Finding:
    version = sqlcipher.sqlite_version
    if sqlcipher.sqlite_version_info < OLDEST_SAFE_SQLITE:
        return _ill("SQLite", f"{version} can lose saved work. Reinstall Doorstep")
    return _well("SQLite", version)


def _database(config: Config) -> Iterator[Finding]:
    where = make_url(config.database_url)
    if where.get_backend_name() == "sqlite" and where.database and not Path(where.database).exists():
        yield _well("database", "will be made at the first start")
        return
    try:
        database = Database.at(config.database_url)
    except StoreFault as fault:
        yield _ill("database", f"{config.database_shown} does not open ({fault.code}). Check DOORSTEP_DATABASE")
        return
    try:
        inside = _database_inside(config, database)
        yield inside
        if inside.is_well:
            with database.reading() as conn:
                yield from _changes(conn)
    except StoreFault as fault:
        yield _ill("database", f"{config.database_shown} cannot be read ({fault.code})")
    finally:
        database.close()


def _database_inside(config: Config, database: Database) -> Finding:
    trouble = database.quick_check()
    if trouble:
        return _ill("database", f"is damaged in {len(trouble)} places. Put the newest backup in its place")
    if not database.is_sqlite:
        with database.reading() as conn:
            number = int(conn.exec_driver_sql("SHOW server_version_num").scalar_one())
        if number < _OLDEST_POSTGRES:
            return _ill("database", f"PostgreSQL {number // 10_000} is too old; 13 or later is needed")
    with database.reading() as conn:
        version = current_version(conn)
    if version is None:
        return _well("database", f"{config.database_shown} is empty and will be set up at the first start")
    if version > LATEST:
        return _ill("database", "a newer version of Doorstep has used it. Install that version")
    if version < LATEST:
        return _well("database", f"is of an earlier version ({version}) and is upgraded at the next start")
    with database.reading() as conn:
        if not are_right(conn):
            return _ill(
                "database", "its sums do not fit its cases; laptops will compare in vain. Tell who looks after it"
            )
    return _well("database", config.database_shown)


def _changes(conn: Connection) -> Iterator[Finding]:
    """What the server could not take in, and what came of the last restore; counts and times, and no content."""
    if current_version(conn) != LATEST:
        return
    kept = broken(conn)
    if kept:
        changes, since = _counted(len(kept), "change"), _time_words(min(at for _, at in kept))
        yield _ill(
            "changes",
            f"{changes} could not be taken in, the first at {since}, through a mistake in Doorstep. Nothing is lost:"
            " each is kept whole, and tried again by itself after the next update. Tell who looks after Doorstep",
        )
    restore = last_restore(conn)
    if restore is not None:
        yield _well("restore", f"{restored_words(restore)}. {_AS_IN_THE_BACKUP}")


def restored_words(restore: Restore) -> str:
    """What came of a restore so far, in one or two sentences."""
    at = _time_words(restore.to or restore.at)
    told = f"The server was restored to {at}" if restore.to else f"The server was found restored, {at}"
    if not restore.changes:
        return f"{told}. Nothing was sent again so far"
    were = "was" if restore.changes == 1 else "were"
    again = f"{_counted(restore.changes, 'change')} from {_counted(restore.devices, 'device')} {were} sent again"
    need = "need" if restore.waiting > 1 else "needs"
    return f"{told}. {again}; {restore.waiting or 'none'} {need} a look"


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


def _time_words(at: datetime) -> str:
    return f"{at.day} {at.astimezone(UTC):%b %Y %H:%M} UTC"


def _documents(config: Config) -> Finding:
    where = config.object_store.endpoint if config.object_store else str(config.documents)
    if config.object_store is None and not config.data.exists():
        return _well("documents", "their folder will be made at the first start")
    try:
        open_blobs(config).has("0" * 64)
    except (BlobsUnreachable, StoreFault) as fault:
        return _ill("documents", f"{where} does not answer as it should ({fault.code}: {fault})")
    return _well("documents", where)


def _well(what: str, words: str) -> Finding:
    return Finding(what=what, is_well=True, words=words)


def _ill(what: str, words: str) -> Finding:
    return Finding(what=what, is_well=False, words=words)
