"""What a driver or the system says becomes the fault that a person can do something about."""

import errno
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from casework.database import Database
from casework.store_faults import (
    BadRead,
    DiskFault,
    NoRoom,
    StoreBusy,
    StoreDamaged,
    StoreFault,
    StoreUnreachable,
    fault_of,
    fault_of_os,
)


class FromPostgres(Exception):
    """An error with the SQLSTATE that PostgreSQL would send."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class OperationalError(FromPostgres):
    """As psycopg calls it when the connection broke."""


class DataError(FromPostgres):
    """As psycopg calls it when a value cannot even be sent."""


class FromSqlite(Exception):
    """An error with SQLite's own result code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.sqlite_errorcode = code


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("08006", StoreUnreachable),
        ("25006", StoreUnreachable),
        ("25P03", StoreUnreachable),
        ("57P01", StoreUnreachable),
        ("57P05", StoreUnreachable),
        ("53100", NoRoom),
        ("53000", StoreBusy),
        ("53200", StoreBusy),
        ("53300", StoreBusy),
        ("53400", StoreBusy),
        ("40001", StoreBusy),
        ("40P01", StoreBusy),
        ("55P03", StoreBusy),
        ("57014", StoreBusy),
        ("58000", DiskFault),
        ("58030", DiskFault),
        ("58P01", DiskFault),
        ("XX001", StoreDamaged),
    ],
)
def test_that_postgres_is_understood(sqlstate: str | None, expected: type[StoreFault]) -> None:
    assert type(fault_of(FromPostgres(sqlstate), None)) is expected


def test_that_only_a_connection_that_broke_makes_the_server_unreachable() -> None:
    assert type(fault_of(OperationalError(None), None)) is StoreUnreachable
    assert fault_of(DataError(None), None) is None, "that is a bug of ours"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (5, StoreBusy),
        (261, StoreBusy),
        (10, DiskFault),
        (266, BadRead),
        (522, BadRead),
        (778, DiskFault),
        (11, StoreDamaged),
        (13, NoRoom),
        (14, DiskFault),
        (26, StoreDamaged),
    ],
)
def test_that_sqlite_is_understood(tmp_path: Path, code: int, expected: type[StoreFault]) -> None:
    assert type(fault_of(FromSqlite(code), tmp_path / "store.db")) is expected


def test_that_our_own_mistakes_are_not_faults(tmp_path: Path) -> None:
    assert fault_of(FromSqlite(1), tmp_path) is None
    assert fault_of(FromSqlite(19), tmp_path) is None
    assert fault_of(FromPostgres("23505"), None) is None
    assert fault_of(FromPostgres("25P02"), None) is None
    assert fault_of(FromPostgres("42601"), None) is None
    assert fault_of(ValueError(), None) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, ""), NoRoom),
        (OSError(errno.EDQUOT, ""), NoRoom),
        (OSError(errno.EIO, ""), DiskFault),
        (PermissionError(errno.EACCES, ""), DiskFault),
        (OSError("no number"), DiskFault),
    ],
)
def test_that_the_system_is_understood(error: OSError, expected: type[StoreFault]) -> None:
    assert type(fault_of_os(error)) is expected


def ask_while_it_hangs_up(conn: Connection, admin: Database) -> None:
    number = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with admin.writing() as other:
        other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    conn.exec_driver_sql("SELECT 1")


@pytest.mark.postgres
def test_that_a_database_server_that_hangs_up_is_told_and_is_back_afterwards(postgres_url: str) -> None:
    database, admin = Database.at(postgres_url), Database.at(postgres_url)
    with pytest.raises(StoreUnreachable), database.reading() as conn:
        ask_while_it_hangs_up(conn, admin)
    with database.reading() as conn:
        assert conn.exec_driver_sql("SELECT 1").scalar_one() == 1
    database.close()
    admin.close()
