"""Simulated runs: the same seed gives the same trace, and every invariant holds at the end of each.

DOORSTEP_RUNS says how many, 10,000 unless it is set; `python -m tests.machines.soak FROM TO` plays any seeds by hand.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machines.sim.running import run
from tests.machines.sim.stage import Stage

RUNS = int(os.environ.get("DOORSTEP_RUNS", "10000"))
# So few that workers end together, and that no test comes near its timeout on a slow machine.
A_CHUNK = 100
ROOT = Path(__file__).parents[2]
# Seeds in whose runs most of what can happen does.
SAMPLE = range(40, 50)


@pytest.mark.covers("OC18", "OC23", "FA9", "FA11", "FB1", "FC4", "FF1", "FF7", "FF10", "FG1", "FG2", "FI1", "FI17")
@pytest.mark.parametrize("first", range(0, RUNS, A_CHUNK))
def test_that_every_invariant_holds_in_every_run(stage: Stage, first: int) -> None:
    """I1 to I12; a failure names its seed and tells its story."""
    for seed in range(first, min(first + A_CHUNK, RUNS)):
        run(stage, seed)


def test_that_the_same_seed_gives_the_same_trace(stage: Stage) -> None:
    """In one process, whatever ran before, and in another with another order of its sets."""
    first = [run(stage, seed).digest for seed in SAMPLE]
    assert [run(stage, seed).digest for seed in reversed(SAMPLE)] == first[::-1]
    program = "import sys; from tests.machines.test_simulator import digests; print(*digests(), sep=' ')"
    elsewhere = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert elsewhere.stdout.split() == first


def digests() -> list[str]:
    """The traces of the sample, made by this process."""
    stage = Stage()
    try:
        return [run(stage, seed).digest for seed in SAMPLE]
    finally:
        stage.forget()
