"""A laptop's new store is made by a script of SQL, and the script is what the tables say.

python -m tests.store.test_new_store     writes the script anew
"""

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from casework.database import indexes_of, tables_of
from casework.tables import metadata
from sync import tables
from sync.laptop import NEW_STORE

assert tables.outbox.metadata is metadata


def _script() -> str:
    made = ["CREATE TABLE alembic_version (\n\tversion_num VARCHAR(32) NOT NULL, \n\tPRIMARY KEY (version_num)\n)"]
    for table in tables_of(metadata, "device"):
        made.append(_plain(CreateTable(table)))
        made.extend(_plain(CreateIndex(index)) for index in indexes_of(table, "device"))
    return ";\n\n".join(line.replace(" \n", "\n").replace("\t", "    ") for line in made) + ";\n"


def _plain(statement: CreateTable | CreateIndex) -> str:
    return str(statement.compile(dialect=sqlite.dialect())).strip()


def test_that_the_script_of_a_new_store_is_what_the_tables_say() -> None:
    assert NEW_STORE.read_text("utf-8") == _script(), "write it anew: python -m tests.store.test_new_store"


if __name__ == "__main__":
    NEW_STORE.write_text(_script(), "utf-8")
