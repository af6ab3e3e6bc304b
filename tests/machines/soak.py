"""Runs by hand: `python -m tests.machines.soak FROM TO` plays those seeds on every core and prints what broke."""

import itertools
import multiprocessing
import sys
import traceback
from time import monotonic

from tests.machines.sim.running import BREAKS, run
from tests.machines.sim.stage import Stage

_A_CHUNK = 50


def main(first: int, behind: int) -> int:
    """Plays the seeds from `first` up to, not including, `behind`; the number of violations."""
    begun, played, broken = monotonic(), 0, 0
    chunks = [range(start, min(start + _A_CHUNK, behind)) for start in range(first, behind, _A_CHUNK)]
    with multiprocessing.get_context("spawn").Pool() as pool:
        for number, found in enumerate(pool.imap(_chunk, chunks)):
            played += len(chunks[number])
            broken += len(found)
            for seed, story in found:
                _say(f"seed {seed} broke:\n{story}")
            if number % 20 == 19 or played == behind - first:
                rate = played / (monotonic() - begun)
                _say(f"{played} runs, {broken} violations, {rate:.1f} runs a second")
    return broken


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_stages: list[Stage] = []


def _chunk(seeds: range) -> list[tuple[int, str]]:
    if not _stages:
        _stages.append(Stage())
    broken = []
    for seed in seeds:
        try:
            run(_stages[0], seed)
        except BREAKS as error:
            broken.append((seed, "".join(itertools.islice(traceback.format_exception(error), 40))))
    return broken


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
