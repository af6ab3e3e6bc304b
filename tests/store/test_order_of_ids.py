"""The order of ids is the same in every database, whatever language it was made for: pages go on by it."""

import pytest
from alembic import command
from sqlalchemy import text

from casework import migrate
from casework.database import Database
from casework.kinds import LATEST
from casework.tables import metadata
from server import tables as server_tables

assert server_tables.outcome.metadata is metadata

_BY_LANGUAGE = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND table_name <> 'alembic_version' AND data_type IN ('text', 'character varying')"
    " AND collation_name IS DISTINCT FROM 'C'"
)


@pytest.mark.postgres
@pytest.mark.parametrize("is_upgraded", [False, True], ids=["new", "upgraded"])
def test_that_postgresql_compares_no_text_of_ours_by_a_language(postgres_url: str, is_upgraded: bool) -> None:
    database = Database.at(postgres_url)
    if is_upgraded:
        with database.rebuilding() as conn:
            command.upgrade(migrate.config_for(conn, "server"), "head")
    else:
        database.prepare(metadata, side="server", latest=LATEST)

    with database.reading() as conn:
        assert conn.execute(_BY_LANGUAGE).all() == []
    database.close()
