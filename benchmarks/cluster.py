"""A PostgreSQL of one's own for a benchmark, that waits for its disk as a real one does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from tests.kit_postgres import address_of, empty_database, own_cluster


@contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy address of an empty database on a cluster that goes away afterwards."""
    with own_cluster() as cluster, empty_database(make_url(address_of(cluster))) as url:
        yield url
