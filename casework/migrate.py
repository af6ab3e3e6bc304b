"""Bring an older store up to this code's tables, with a copy made first; the only importer of Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from casework.database import Database, Side, current_version
from casework.store_faults import StoreDamaged, StoreFromNewerApp
from casework.store_file import StoreFile

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, *, side: Side, scripts: Path = MIGRATIONS) -> Path | None:
    """Take the store through every revision that it lacks, in one transaction: all of them or none.

    Returns the copy made beside the store before the first change (None on PostgreSQL, which the
    administrator backs up). Raises StoreDamaged, with nothing changed, when the store is not sound enough
    to be touched, and StoreFromNewerApp when its revision is none of ours.
    """
    with database.reading() as conn:
        current = current_version(conn)
    if current is None:
        raise ValueError("a store without tables is prepared, not upgraded")
    history = ScriptDirectory.from_config(_config(scripts))
    if current not in {revision.revision for revision in history.walk_revisions()}:
        raise StoreFromNewerApp(f"store {current}")
    copy = _copy_first(database, current)
    with database.rebuilding() as conn:
        # Read again inside the turn: another process may have upgraded while this one waited.
        if current_version(conn) == current:
            command.upgrade(config_for(conn, side, scripts), "head")
    return copy


def upgrade_file(store: StoreFile) -> None:
    """`upgrade` for a laptop's store, through SQLAlchemy on the same encrypted file."""
    database = Database.encrypted(store.path, store.key)
    try:
        upgrade(database, side="device")
    finally:
        database.close()


def latest(scripts: Path = MIGRATIONS) -> str:
    """The newest revision id in the folder, for the test that holds the code's own constant against it."""
    head = ScriptDirectory.from_config(_config(scripts)).get_current_head()
    if head is None:
        raise ValueError("there is no revision yet")
    return head


def config_for(conn: Connection, side: Side, scripts: Path = MIGRATIONS) -> Config:
    """What Alembic needs to work on an open transaction of one side's store."""
    config = _config(scripts)
    config.attributes.update(connection=conn, side=side)
    return config


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _copy_first(database: Database, current: str) -> Path | None:
    if database.path is None:
        return None
    if trouble := database.quick_check():
        raise StoreDamaged(f"{len(trouble)} findings before an upgrade")
    copy = database.path.with_name(f"{database.path.name}.before-{current}")
    database.backup(copy)
    return copy
