"""The first page of Cases in an office of 20,000: the question alone, and from a click to painted rows.

A process of its own opens the encrypted store and shows the main window on another screen; then it goes to Cases as
a click in the rail does: the screen is made, the store asked for filters, count and the first page, and all painted.
The first time counts, with nothing of the store in memory; sorting the list by another column is shown beside it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.big_office import questions, timed
from benchmarks.claim import Claim
from benchmarks.local_save import a_laptop
from benchmarks.starting import environment
from benchmarks.timing import median

CASES = 20_000
ROUNDS = 5
MOST_MS = 120.0
_QUESTIONS = {"Cases, first page": "cases, first page", "Waiting list": "waiting list", "Board": "board"}


def measure() -> list[Claim]:
    """Milliseconds of the question, and of the whole way from the click."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        folder = Path(made)
        laptop = a_laptop(folder, CASES)
        asked = {name: timed(laptop.database, questions()[question]) for name, question in _QUESTIONS.items()}
        laptop.close()
        runs = [_run(folder) for _ in range(ROUNDS)]
    first, again = (median([run[name] for run in runs]) for name in ("first", "again"))
    return [
        *(
            Claim(
                name=f"{name} at {CASES:,}: the question",
                figure=first_time,
                unit="ms",
                aim=MOST_MS,
                n=1,
                how=f"asked again {again_time:.1f} ms",
            )
            for name, (first_time, again_time) in asked.items()
        ),
        Claim(
            name=f"Cases, first page at {CASES:,}: click to painted",
            figure=first,
            unit="ms",
            aim=MOST_MS,
            n=ROUNDS,
            how=f"first time in a process, screen made and store cold; sorted another way {again:.1f} ms",
        ),
    ]


def _run(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.cases_screen", str(folder)]
    said = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, timeout=60).stdout
    return {name: float(figure) for name, figure in (line.split() for line in said.splitlines())}
