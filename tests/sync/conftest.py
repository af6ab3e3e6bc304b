"""The near organisation with nobody's laptop in it yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import saying
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import Beginning


@pytest.fixture
def world(tmp_path: Path) -> Iterator[NearWorld]:
    made = NearWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def beginning() -> Iterator[Beginning]:
    """Three cases and three laptops in step, to be copied."""
    made = Beginning()
    yield made
    made.forget()


@pytest.fixture
def priya(world: NearWorld) -> Desk:
    return world.desk("priya")


@pytest.fixture
def amy(world: NearWorld, priya: Desk) -> Desk:
    """Amy's laptop, with a case of hers."""
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")
