"""A day of the calendar is the same day wherever the clock stands: it goes through no time zone on its way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.dates_round import BORN, DUE

ROOT = Path(__file__).parents[2]


@pytest.mark.covers("FI19")
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Etc/GMT+12", "Europe/London"])
def test_that_a_day_that_was_said_is_the_same_day_after_five_rounds_in_any_zone(zone: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.dates_round", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    as_said = {"born": [str(BORN)] * 2, "due": [str(DUE)] * 2}
    assert json.loads(done.stdout) == [as_said, as_said]
