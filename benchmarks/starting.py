"""Starts programs one after the other and times what they say they have painted, from before each process was made."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from time import perf_counter

import msgspec

LIMIT_SECONDS = 60


class Shown(msgspec.Struct, frozen=True):
    """Something that could be seen: milliseconds since before the process was made, and of a processor's time."""

    wall: float
    cpu: float


def environment() -> dict[str, str]:
    """No screen, and compiled files to be found by the second start and all that follow, as on a laptop."""
    mine = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    mine.pop("PYTHONDONTWRITEBYTECODE", None)
    return mine


def start(module: str, *arguments: str) -> dict[str, Shown]:
    """Runs one program to its end; what it said, by name. Raises AssertionError where it failed."""
    said: dict[str, Shown] = {}
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            name, cpu = line.decode().split()
            said[name] = Shown((perf_counter() - began) * 1000, float(cpu))
        assert process.wait(LIMIT_SECONDS) == 0, f"{module} ended with {process.returncode}"
    return said


def interleaved(programs: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[dict[str, Shown]]]:
    """Starts each program once a round, so that all of them meet the same weather; the first round only warms up."""
    found: dict[str, list[dict[str, Shown]]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, command in programs.items():
            said = start(*command)
            if number:
                found[name].append(said)
    return found
