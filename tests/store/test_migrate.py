"""An older store is copied, then brought up to date whole or not at all."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from casework import migrate
from casework.database import Database, current_version
from casework.sqlite_file import Behind, Ready
from casework.store_faults import StoreDamaged, StoreFromNewerApp
from tests.store.notes import KEY, VERSION, add, bodies, folders, metadata, notes

FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade(): pass
"""
# A column with a rule (a copy of the table on SQLite), and a table for one side alone.
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("folders") as folders:
        folders.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="green"))
        folders.alter_column("name", nullable=False)
    if op.get_context().opts["side"] == "server":
        op.create_table("audit", sa.Column("id", sa.Integer(), primary_key=True))
"""
BROKEN = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.drop_table("notes")
    raise ArithmeticError("half way")
"""


def write_scripts(folder: Path) -> Path:
    """A folder of two revisions, as `casework/migrations` is one."""
    (folder / "versions").mkdir(parents=True)
    shutil.copy(migrate.MIGRATIONS / "env.py", folder)
    (folder / "versions" / "0001_first.py").write_text(FIRST)
    (folder / "versions" / "0002_second.py").write_text(SECOND)
    return folder


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "100% migrations")


@pytest.fixture(params=["encrypted", "plain", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "encrypted":
        database = Database.encrypted(tmp_path / "store.db", KEY)
    elif request.param == "plain":
        database = Database.plain(tmp_path / "store.db")
    else:
        database = Database.at(request.getfixturevalue("postgres_url"))
    database.prepare(metadata, side="device", latest=VERSION)
    with database.writing() as conn:
        conn.execute(folders.insert().values(id=1, name="visits"))
        conn.execute(notes.insert().values(body="from before", folder=1))
    yield database
    database.close()


def test_that_an_older_store_comes_up_to_date_with_all_that_is_in_it(old_store: Database, scripts: Path) -> None:
    assert old_store.prepare(metadata, side="device", latest="0002") == Behind(current="0001", latest="0002")
    migrate.upgrade(old_store, side="device", scripts=scripts)
    assert old_store.prepare(metadata, side="device", latest="0002") == Ready(is_new=False)
    assert bodies(old_store) == ["from before"]
    with old_store.reading() as conn:
        assert conn.exec_driver_sql("SELECT name, colour FROM folders").all() == [("visits", "green")]
        assert not inspect(conn).has_table("audit")


def test_that_a_revision_can_make_a_table_for_one_side_alone(old_store: Database, scripts: Path) -> None:
    migrate.upgrade(old_store, side="server", scripts=scripts)
    with old_store.reading() as conn:
        assert inspect(conn).has_table("audit")


def test_that_an_upgrade_that_fails_half_way_changes_nothing(old_store: Database, scripts: Path) -> None:
    (scripts / "versions" / "0003_broken.py").write_text(BROKEN)
    with pytest.raises(ArithmeticError):
        migrate.upgrade(old_store, side="server", scripts=scripts)
    assert bodies(old_store) == ["from before"]
    with old_store.reading() as conn:
        assert current_version(conn) == "0001"
        assert not inspect(conn).has_table("audit")


def test_that_a_second_upgrade_has_nothing_to_do(old_store: Database, scripts: Path) -> None:
    migrate.upgrade(old_store, side="device", scripts=scripts)
    migrate.upgrade(old_store, side="device", scripts=scripts)
    assert bodies(old_store) == ["from before"]


def test_that_the_copy_made_first_is_the_old_store_under_the_same_key(tmp_path: Path, scripts: Path) -> None:
    database = Database.encrypted(tmp_path / "store.db", KEY)
    database.prepare(metadata, side="device", latest=VERSION)
    add(database, "from before")
    copy = migrate.upgrade(database, side="device", scripts=scripts)
    database.close()
    assert copy == tmp_path / "store.db.before-0001"
    old = Database.encrypted(copy, KEY)
    assert old.prepare(metadata, side="device", latest="0002") == Behind(current="0001", latest="0002")
    assert bodies(old) == ["from before"]
    old.close()


def test_that_a_damaged_store_is_not_upgraded(tmp_path: Path, scripts: Path) -> None:
    database = Database.encrypted(tmp_path / "store.db", KEY)
    database.prepare(metadata, side="device", latest=VERSION)
    add(database, *(f"note {number} " * 50 for number in range(200)))
    database.close()
    content = bytearray((tmp_path / "store.db").read_bytes())
    content[-4000] ^= 0xFF
    (tmp_path / "store.db").write_bytes(content)
    database = Database.encrypted(tmp_path / "store.db", KEY)
    with pytest.raises(StoreDamaged):
        migrate.upgrade(database, side="device", scripts=scripts)
    with database.reading() as conn:
        assert current_version(conn) == "0001"
    database.close()


def test_that_a_store_of_a_revision_we_never_had_is_left_alone(tmp_path: Path, scripts: Path) -> None:
    database = Database.plain(tmp_path / "store.db")
    database.prepare(metadata, side="device", latest="0000-somebody-else")
    with pytest.raises(StoreFromNewerApp):
        migrate.upgrade(database, side="device", scripts=scripts)
    database.close()


def test_that_opening_a_store_does_not_load_alembic_nor_postgres() -> None:
    code = "import sys, casework.database; print([n for n in ('alembic', 'psycopg') if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
