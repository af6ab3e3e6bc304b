"""How long the window is ever deaf while the sync works: gaps between beats, idle, in a first sync, in a pull (G14).

    python3 dev.py bench ui_gap --cases 20000

A process of its own shows the real window on another screen with the real sync thread behind it (beating_window.py);
the server is a process too. The first sync is also run alone, without a window, before and after.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.first_sync import filled_folder, first_sync
from benchmarks.starting import environment
from benchmarks.timing import median, nearly_worst
from casework.rows import all_of
from casework.values import Case
from server.config import Config
from server.parts import open_parts
from tests.kit_server import PASSWORD, server_process

# fewer are in after a hundred beats, of which the worst one would be the 99th of a hundred
CASES = 100_000
CHANGED, PULLS = 2_000, 5
# more than this no stretch may add to the gaps of an idle window
MOST_ADDED_MS = 15.0
# the rate in the app is to be 0.8 of the rate alone
MOST_SLOWER = 1.25

Stretch = dict[str, Any]


def measure() -> list[Claim]:
    """The 99th of a hundred gaps beyond the idle window's; the first sync's time over that without a window."""
    count = workload.size(CASES)
    with filled_folder(count) as folder, server_process(folder) as server:
        alone = [first_sync(server.url, folder / "before", "jo")["all"]]
        stretches = _beating(server.url, folder)
        alone.append(first_sync(server.url, folder / "after", "jo")["all"])
    idle = _gaps(stretches, "idle")
    claims = [_claim(name, _gaps(stretches, of), idle, count) for name, of in _STRETCHES.items()]
    seconds = next(one["seconds"] for one in stretches if one["name"] == "first")
    return [
        *claims,
        Claim(
            name="first sync behind the window / alone",
            figure=seconds / median(alone),
            unit="x",
            aim=MOST_SLOWER,
            n=1,
            how=f"{seconds:.1f} s, alone {alone[0]:.1f} and {alone[1]:.1f} s",
        ),
    ]


_STRETCHES = {"first sync": "first", f"pull of {CHANGED:,} changes": "pull"}


def _gaps(stretches: list[Stretch], name: str) -> list[float]:
    return [gap for one in stretches if one["name"] == name for gap in one["gaps"]]


def _claim(name: str, gaps: list[float], idle: list[float], count: int) -> Claim:
    told = ", ".join(f"{word} {_three(some)}" for word, some in (("idle", idle), (name, gaps)))
    return Claim(
        name=f"p99 gap of the window, {name} - idle",
        figure=nearly_worst(gaps) - nearly_worst(idle),
        unit="ms",
        aim=MOST_ADDED_MS,
        n=len(gaps),
        how=f"p50/p99/most in ms: {told}; {count:,} cases",
    )


def _three(gaps: list[float]) -> str:
    return f"{median(gaps):.0f}/{nearly_worst(gaps):.0f}/{max(gaps):.0f}"


def _beating(url: str, folder: Path) -> list[Stretch]:
    """All stretches of a window's process."""
    place = folder / "window"
    place.mkdir()
    command = [sys.executable, "-m", "benchmarks.beating_window", url, str(place), "jo", PASSWORD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        found: list[Stretch] = [json.loads(window.stdout.readline()) for _ in ("first", "idle")]
        for number in range(PULLS):
            _change(folder, number)
            window.stdin.write(b"go\n")
            window.stdin.flush()
            found.append(json.loads(window.stdout.readline()))
        window.stdin.close()
        assert window.wait(60) == 0
    return found


def _change(folder: Path, number: int) -> None:
    """What others did meanwhile: another description of 2,000 cases, each a change of its own."""
    parts = open_parts(Config(data=folder))
    with parts.database.writing() as conn:
        for case in all_of(conn, Case)[-CHANGED:]:
            new = msgspec.structs.replace(case, description=f"{number} {case.description}"[:300])
            parts.journal.write_down(conn, (new,), case_id=case.id)
    parts.close()
