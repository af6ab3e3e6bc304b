"""What a PostgreSQL server is set to by whoever runs it changes nothing about the turns, and is told for what it is."""

import threading

import pytest
from sqlalchemy.engine import make_url

from casework.database import Database
from casework.store_faults import StoreBusy, StoreUnreachable
from tests.kit_waiting import until
from tests.store.notes import VERSION, add, bodies, count, metadata, notes


def with_setting(url: str, setting: str) -> Database:
    """The database as a connection finds it where that is the server's usual."""
    admin = Database.at(url)
    admin.prepare(metadata, side="server", latest=VERSION)
    with admin.writing() as conn:
        conn.exec_driver_sql(f'ALTER DATABASE "{make_url(url).database}" SET {setting}')
    admin.close()
    return Database.at(url)


@pytest.mark.postgres
def test_that_who_waited_for_their_turn_sees_what_was_written_meanwhile(postgres_url: str) -> None:
    first = with_setting(postgres_url, "default_transaction_isolation = 'repeatable read'")
    second = Database.at(postgres_url)
    seen: list[int] = []

    def look_and_write() -> None:
        with second.writing() as conn:
            seen.append(len(conn.execute(notes.select()).all()))
            conn.execute(notes.insert().values(body="second"))

    def is_waiting() -> bool:
        with first.reading() as conn:
            return conn.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first() is not None

    other = threading.Thread(target=look_and_write)
    with first.writing() as conn:
        conn.execute(notes.insert().values(body="first"))
        other.start()
        until(is_waiting, "the second writer at the lock")
    other.join()
    assert (seen, bodies(first)) == ([1], ["first", "second"])
    first.close()
    second.close()


@pytest.mark.postgres
def test_that_a_server_that_takes_nothing_in_is_a_fault_and_no_mistake_of_ours(postgres_url: str) -> None:
    standby = with_setting(postgres_url, "default_transaction_read_only = on")
    with pytest.raises(StoreUnreachable):
        add(standby, "lost with the transaction, and sent again")
    assert count(standby) == 0
    standby.close()


@pytest.mark.postgres
@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_that_a_usual_time_limit_does_not_cut_short_what_takes_long(postgres_url: str, limit: str) -> None:
    hasty = with_setting(postgres_url, f"{limit} = '20ms'")
    with hasty.writing() as conn:
        conn.exec_driver_sql("SELECT pg_sleep(0.1)")
        assert conn.exec_driver_sql(f"SHOW {limit}").scalar_one() == "0"
        conn.execute(notes.insert().values(body="written all the same"))
    assert bodies(hasty) == ["written all the same"]
    hasty.close()


@pytest.mark.postgres
def test_that_a_statement_that_an_admin_ends_is_a_fault_and_no_mistake_of_ours(postgres_url: str) -> None:
    database = with_setting(postgres_url, "statement_timeout = 0")
    with pytest.raises(StoreBusy), database.writing() as conn:
        conn.exec_driver_sql("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)")
    assert count(database) == 0
    database.close()
