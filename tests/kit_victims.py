"""Processes that work, say what they have safely done, and are killed without warning."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]


class Victims:
    """A process that forks a worker on request, so that 40 kills need one start of Python and not 40.

    The script is a module's name; it must call `serve(work)`, where `work(n, say)` does things for ever and
    calls `say(fact)` only for what must outlive it.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill_one(self, chance: random.Random, *, patience: int = 20_000) -> list[str]:
        """Let one worker run, kill it at a random moment, and return every fact that it said.

        The moment lies up to `patience` turns of an empty loop after one of its first facts.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("next\n")
        self._process.stdin.flush()
        worker = int(self._process.stdout.readline())
        enough, spins = chance.randint(1, 12), chance.randint(0, patience)
        said: list[str] = []
        for line in self._process.stdout:
            if line == "gone\n":
                return said
            said.append(line.strip())
            if len(said) == enough:
                # between two facts, at a moment that is nobody's choice
                for _ in range(spins):
                    pass
                os.kill(worker, signal.SIGKILL)
        raise AssertionError("the process that starts workers has died itself")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def serve(work: Callable[[int, Callable[[str], None]], None]) -> None:
    """In the victims' own process: fork a worker for every line that comes in."""
    for number, _ in enumerate(sys.stdin):
        worker = os.fork()
        if worker == 0:
            _say(str(os.getpid()))
            work(number, _say)
            os._exit(0)
        os.waitpid(worker, 0)
        _say("gone")


def _say(fact: str) -> None:
    os.write(1, f"{fact}\n".encode())
