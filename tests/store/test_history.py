"""The line of revisions ends where the code's own tables are: a store brought up to date is like a new one."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from casework import migrate
from casework.database import Database, Side
from casework.kinds import LATEST
from casework.tables import metadata
from server import tables as server_tables
from sync import tables as device_tables

# importing them puts both sides' tables into the one list
assert server_tables.outcome.metadata is device_tables.outbox.metadata is metadata


def _shape(database: Database) -> dict[str, object]:
    with database.reading() as conn:
        found = inspect(conn)
        return {
            name: (
                sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)),
                found.get_pk_constraint(name)["constrained_columns"],
                sorted((index["name"] or "", tuple(index["column_names"])) for index in found.get_indexes(name)),
            )
            for name in found.get_table_names()
        }


@pytest.mark.parametrize("side", ["device", "server"])
def test_that_the_revisions_end_at_the_tables_of_the_code(tmp_path: Path, side: Side) -> None:
    new, upgraded = Database.plain(tmp_path / "new.db"), Database.plain(tmp_path / "upgraded.db")
    new.prepare(metadata, side=side, latest=LATEST)
    with upgraded.rebuilding() as conn:
        config = migrate.config_for(conn, side)
        command.upgrade(config, "head")

    assert _shape(upgraded) == _shape(new)
    new.close()
    upgraded.close()


def test_that_the_newest_revision_is_the_one_the_code_names() -> None:
    assert migrate.latest() == LATEST
