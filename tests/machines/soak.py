"""Runs by hand: `python -m tests.machines.soak FROM TO [NOTES]` plays those seeds on every core and prints what broke.

NOTES is a file to which each finished piece is written; started again with the same one it goes on where it was broken
off. A worker that crashes costs the pieces under way, which are played again.
"""

import itertools
import sys
import tempfile
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, util
from pathlib import Path
from time import monotonic

import msgspec

from tests.machines.sim.running import BREAKS, run
from tests.machines.sim.stage import Stage

_A_PIECE, _A_POOL = 50, 400
_MOST_CRASHES = 5


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Seeds that were played, from `first` up to, not including, `behind`, and (seed, story) of those that broke."""

    first: int
    behind: int
    broken: tuple[tuple[int, str], ...] = ()


def main(first: int, behind: int, notes: Path) -> int:
    """Plays the seeds from `first` up to, not including, `behind`; the number of violations and crashes."""
    done = {piece.first: piece for piece in _read(notes)}
    left = [range(start, min(start + _A_PIECE, behind)) for start in range(first, behind, _A_PIECE)]
    left = [seeds for seeds in left if seeds.start not in done]
    _say(f"notes in {notes}; {len(done)} pieces are done already")
    crashes, begun, played = 0, monotonic(), 0
    with notes.open("ab", buffering=0) as file:
        while left and crashes < _MOST_CRASHES:
            try:
                for piece in _played(left):
                    file.write(msgspec.json.encode(piece) + b"\n")
                    done[piece.first] = piece
                    played += piece.behind - piece.first
                    for seed, story in piece.broken:
                        _say(f"seed {seed} broke:\n{story}")
                    if len(done) % 20 == 0:
                        _say(
                            f"{played} runs, {_broken(done)} violations, {played / (monotonic() - begun):.1f} a second"
                        )
            except BrokenProcessPool:
                crashes += 1
                _say("a worker crashed; what it had begun is played again")
            left = [seeds for seeds in left if seeds.start not in done]
    _say(f"{behind - first - sum(map(len, left))} seeds played, {_broken(done)} violations, {crashes} crashes")
    for seeds in left:
        _say(f"given up: seeds {seeds.start} to {seeds.stop - 1}")
    return _broken(done) + len(left)


def _played(left: list[range]) -> Iterator[Piece]:
    """With new workers now and then; a pool that replaces its own, one by one, stands still for ever in Python 3.11."""
    for start in range(0, len(left), _A_POOL):
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            for played in as_completed([pool.submit(_play, seeds) for seeds in left[start : start + _A_POOL]]):
                yield played.result()


def _read(notes: Path) -> list[Piece]:
    """The pieces in the notes; a line that a crash cut short is of a piece that is played again."""
    found = []
    for line in notes.read_bytes().splitlines() if notes.exists() else ():
        try:
            found.append(msgspec.json.decode(line, type=Piece))
        except msgspec.MsgspecError:
            continue
    return found


def _broken(done: dict[int, Piece]) -> int:
    return sum(len(piece.broken) for piece in done.values())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_stages: list[Stage] = []


def _play(seeds: range) -> Piece:
    if not _stages:
        _stages.append(Stage())
        util.Finalize(None, _stages[0].forget, exitpriority=1)
    broken = []
    for seed in seeds:
        try:
            run(_stages[0], seed)
        except BREAKS as error:
            broken.append((seed, "".join(itertools.islice(traceback.format_exception(error), 40))))
    return Piece(first=seeds.start, behind=seeds.stop, broken=tuple(broken))


if __name__ == "__main__":
    seeds_from, seeds_to = int(sys.argv[1]), int(sys.argv[2])
    usual = Path(tempfile.gettempdir()) / f"doorstep-soak-{seeds_from}-{seeds_to}.jsonl"
    sys.exit(1 if main(seeds_from, seeds_to, Path(sys.argv[3]) if len(sys.argv) > 3 else usual) else 0)
