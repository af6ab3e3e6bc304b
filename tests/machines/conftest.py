"""The organisation as every random story begins, made once for all of them."""

from collections.abc import Iterator

import pytest

from tests.machines.organisation import Beginning


@pytest.fixture(scope="session")
def beginning() -> Iterator[Beginning]:
    """Three cases and three laptops in step."""
    made = Beginning()
    yield made
    made.forget()
