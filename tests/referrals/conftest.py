"""The sample files of three partners, read once, on a day that never changes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casework.referrals.columns import guess_mapping
from casework.referrals.dry_run import DryRun, dry_run
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable

SAMPLES = Path(__file__).parents[2] / "resources" / "sample"


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 21)


@pytest.fixture(scope="session")
def council_table() -> RawTable:
    return read_table(SAMPLES / "referrals-council.csv")


@pytest.fixture(scope="session")
def run_of(today: date) -> Callable[[RawTable], DryRun]:
    """The dry run of a table under the mapping that is guessed for it."""

    def run(table: RawTable) -> DryRun:
        mapping, _ = guess_mapping(table)
        return dry_run(table, mapping, (), today)

    return run


@pytest.fixture(scope="session")
def council(council_table: RawTable, run_of: Callable[[RawTable], DryRun]) -> DryRun:
    return run_of(council_table)


@pytest.fixture(scope="session")
def housing(run_of: Callable[[RawTable], DryRun]) -> DryRun:
    return run_of(read_table(SAMPLES / "referrals-housing-association.csv"))


@pytest.fixture(scope="session")
def food_bank(run_of: Callable[[RawTable], DryRun]) -> DryRun:
    return run_of(read_table(SAMPLES / "referrals-food-bank.txt"))
