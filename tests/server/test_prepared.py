"""Prepared statements: the same on either database, with lists of any length, and with the world's faults named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import literal, select

from casework.connection import Connection
from casework.database import Database
from casework.kinds import LATEST
from casework.store_faults import NoRoom
from casework.tables import TABLES, metadata
from casework.values import Queue
from server.facts import fact, facts, set_fact
from server.prepared import Prepared, among, given, savepoint
from server.tables import meta

_QUEUE = TABLES[Queue]


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else f"sqlite:///{tmp_path / 'x.db'}"
    database = Database.at(url)
    database.prepare(metadata, side="server", latest=LATEST)
    yield database
    database.close()


def test_that_thousands_of_keys_are_asked_for_at_once(database: Database) -> None:
    keys = [f"key {number} with 'quotes\", and, commas" for number in range(5_000)]
    with database.writing() as conn:
        for key in keys[::2]:
            set_fact(conn, key, "here")
        assert facts(conn, *keys) == {key: "" if number % 2 else "here" for number, key in enumerate(keys)}
        assert facts(conn) == {}


def test_that_a_truth_is_a_truth_on_either_database(database: Database) -> None:
    put = Prepared(_QUEUE.insert())
    row = {
        "id": "a",
        "rev": 1,
        "name": "A",
        "code": "a",
        "member_ids": "[]",
        "is_waiting_list": True,
        "is_active": False,
    }
    behind_more = Prepared(select(literal("first"), _QUEUE.c.is_waiting_list, _QUEUE.c.is_active))
    with database.writing() as conn:
        put.run(conn, **row)
        ((_, is_waiting_list, is_active),) = behind_more.rows(conn)
    assert is_waiting_list is True
    assert is_active is False


def test_that_what_broke_inside_a_savepoint_takes_back_that_alone(database: Database) -> None:
    with database.writing() as conn:
        set_fact(conn, "before", "kept")
        with pytest.raises(ZeroDivisionError):
            _write_and_break(conn)
        with savepoint(conn):
            set_fact(conn, "after", "kept")
    with database.reading() as conn:
        assert (fact(conn, "before"), fact(conn, "after")) == ("kept", "kept")


def test_that_a_statement_that_the_database_refuses_takes_back_no_more_than_its_savepoint(database: Database) -> None:
    insert = Prepared(meta.insert())
    with database.writing() as conn:
        insert.run(conn, key="one", value="kept")
        with pytest.raises(_broken_by(database)), savepoint(conn):
            insert.run_each(conn, [{"key": "two", "value": "lost"}, {"key": "one", "value": "twice"}])
        insert.run(conn, key="three", value="kept")
    with database.reading() as conn:
        keys = Prepared(select(meta.c.key).where(among(meta.c.key, "keys")).order_by(meta.c.key))
        assert keys.column(conn, keys=["one", "three", "two"]) == ["one", "three"]


def test_that_a_full_disk_is_named_as_one_even_where_it_ends_the_whole_transaction(tmp_path: Path) -> None:
    database = Database.plain(tmp_path / "x.db")
    database.prepare(metadata, side="server", latest=LATEST)
    with pytest.raises(NoRoom):
        _write_without_end(database)
    with database.reading() as conn:
        assert fact(conn, "key 0") == ""
    database.close()


def test_that_a_statement_names_its_values(database: Database) -> None:
    one = Prepared(select(meta.c.value).where(meta.c.key == given("which")))
    with database.reading() as conn, pytest.raises(KeyError):
        one.first(conn, witch="a")


def _write_and_break(conn: Connection) -> None:
    with savepoint(conn):
        set_fact(conn, "before", "lost")
        set_fact(conn, "never", str(1 // 0))


def _write_without_end(database: Database) -> None:
    put = Prepared(meta.insert())
    with database.writing() as conn, savepoint(conn):
        conn.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(10_000):
            put.run(conn, key=f"key {number}", value="x" * 1_000)


def _broken_by(database: Database) -> type[Exception]:
    kind: type[Exception] = database.engine.dialect.loaded_dbapi.IntegrityError
    return kind
