"""Each safeguard is left out once, and a simulated run must notice: that is how one knows that the invariants see."""

import sys

import pytest

from tests.machines.killers import KILLERS, MOST_SEEDS, killer
from tests.machines.sim.ablations import ABLATIONS
from tests.machines.sim.stage import Stage


@pytest.mark.covers("FA1", "FA5", "FA9", "FA11", "FB1", "FC4", "FD6", "FE1", "FE3", "FF1", "FF3", "FF7", "FF10", "FG4")
@pytest.mark.parametrize("name", list(ABLATIONS))
def test_that_a_safeguard_is_missed_when_it_is_left_out(
    stage: Stage, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the seed in the table or, where runs are others than when that was written, by another one soon."""
    found = killer(stage, ABLATIONS[name], first=KILLERS[name])
    assert found is not None, f"{MOST_SEEDS} runs without it, and nobody noticed"
    seed, how = found
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: seed {seed}: {how[:100]}\n")


def test_that_every_safeguard_is_in_the_table() -> None:
    assert KILLERS.keys() == ABLATIONS.keys()
