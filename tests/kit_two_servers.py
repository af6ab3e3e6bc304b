"""`two_servers`: two server processes that share nothing but a PostgreSQL and an object store."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from casework.ids import new_id
from server.config import ObjectStore
from tests.kit_s3 import ObjectStore as Bucket
from tests.kit_server import ServerProcess, server_process


@pytest.fixture
def two_servers(tmp_path: Path, postgres_url: str, s3_server: Bucket) -> Iterator[list[ServerProcess]]:
    """Both over the sample organisation, with nothing on a disk that they would have to share."""
    store = ObjectStore(
        endpoint=s3_server.endpoint,
        bucket=s3_server.bucket,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        folder=new_id(),
    )
    with ExitStack() as stack:
        yield [
            stack.enter_context(server_process(tmp_path / name, database_url=postgres_url, object_store=store))
            for name in ("one", "two")
        ]
