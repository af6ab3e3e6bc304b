"""The near organisation, and people's windows, as fixtures: on embedded SQLite and on real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.database import Database
from tests.journeys.kit_windows import office, windows
from tests.kit_near import NearWorld


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NearWorld]:
    """The sample organisation with no cases; the server's database is the parameter."""
    database = None
    if request.param == "postgres":
        database = Database.at(str(request.getfixturevalue("postgres_url")))
    made = NearWorld(tmp_path, database)
    yield made
    made.close()


__all__ = ["office", "windows", "world"]
