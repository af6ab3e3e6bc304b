"""The near organisation with nobody's laptop in it yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit_near import NearWorld
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
