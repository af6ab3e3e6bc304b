"""The server under test: in this process on SQLite, and over HTTP on PostgreSQL. The same tests hold for both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import create_app
from server.config import Config
from server.parts import Parts, open_parts
from tests.kit_server import PASSWORD, PEOPLE, running_server
from tests.kit_two_servers import two_servers as two_servers
from tests.server.kit_central import Central, NextDoor, OverHttp, SetClock


@pytest.fixture(params=["next door, SQLite", pytest.param("HTTP, PostgreSQL", marks=pytest.mark.postgres)])
def central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    if request.param == "HTTP, PostgreSQL":
        with running_server(tmp_path, database_url=request.getfixturevalue("postgres_url")) as server:
            yield Central(line=OverHttp(server.url), database=server.database)
        return
    parts = open_parts(Config(data=tmp_path))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    yield Central(line=NextDoor(create_app(parts)), database=parts.database)
    parts.close()


@pytest.fixture
def clock() -> SetClock:
    """The time on the server `timed`."""
    return SetClock()


@pytest.fixture
def parts(tmp_path: Path, clock: SetClock) -> Iterator[Parts]:
    """What the server `timed` runs on."""
    parts = open_parts(Config(data=tmp_path), clock=clock)
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    yield parts
    parts.close()


@pytest.fixture
def timed(parts: Parts) -> Central:
    """A server whose clock is `clock`."""
    return Central(line=NextDoor(create_app(parts)), database=parts.database)
