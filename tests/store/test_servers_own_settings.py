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
def test_that_a_time_limit_for_statements_is_a_fault_and_no_mistake_of_ours(postgres_url: str) -> None:
    hasty = with_setting(postgres_url, "statement_timeout = '200ms'")
    with pytest.raises(StoreBusy), hasty.writing() as conn:
        conn.exec_driver_sql("SELECT pg_sleep(5)")
    assert count(hasty) == 0
    hasty.close()
