"""The organisation as every random story begins, made once for all of them."""

from collections.abc import Iterator

import pytest

from tests.kit_two_servers import two_servers as two_servers
from tests.machines.organisation import Beginning
from tests.machines.sim.stage import Stage


@pytest.fixture(scope="session")
def beginning() -> Iterator[Beginning]:
    """Three cases and three laptops in step."""
    made = Beginning()
    yield made
    made.forget()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Where this process's simulated runs take place."""
    made = Stage()
    yield made
    made.forget()
