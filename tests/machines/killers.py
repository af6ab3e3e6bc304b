"""By hand: `python -m tests.machines.killers [NAME ...]` finds for each safeguard the seed that misses it, anew."""

import logging
import multiprocessing
import re
import sys
from multiprocessing import util
from pathlib import Path

from tests.machines.sim.ablations import ABLATIONS
from tests.machines.sim.running import BREAKS, run
from tests.machines.sim.stage import SimMakes, Stage

MOST_SEEDS = 600

# The first seed whose run breaks without each safeguard, as this program printed them.
KILLERS = {
    "NothingTakenBack": 0,
    "NothingSaidAgain": 0,
    "DroppedTooSoon": 1,
    "NothingLeaves": 0,
    "LeavingTakesWordsAlong": 6,
    "OnlyWhatIsNamedLeaves": 6,
    "FilledAsBegun": 468,
    "CursorBeforeRows": 0,
    "NeverWhole": 1,
    "StampsForgotten": 0,
    "UnlistedStays": 79,
    "NoBrake": 117,
    "NoNonces": 3,
    "NoCopyFirst": 0,
    "NothingOfferedAgain": 0,
    "NotGoneBack": 0,
    "ReceiptsForgotten": 0,
    "SameNumberIsSame": 0,
    "NothingChecked": 6,
    "NoRowsCompared": 14,
    "SumsOfNothing": 6,
    "NothingPurged": 11,
    "ForgetfulServer": 1,
    "Backwards": 1,
    "TakenForSent": 0,
    "Indiscreet": 0,
    "NoLeaveEvents": 5,
    "NoEnterEvents": 6,
    "AnyHistoryIsOurs": 0,
    "NoDeposit": 22,
    "NobodyIsAsked": 147,
    "NoJournal": 16,
}


def killer(stage: Stage, makes: SimMakes, first: int | None = None) -> tuple[int, str] | None:
    """The first seed, of so many, whose run breaks without a safeguard and not with it, and how; None where none does.

    `first` is tried before all others.
    """
    for seed in (*(() if first is None else (first,)), *range(MOST_SEEDS)):
        how = _breaks(stage, seed, makes)
        if how and not _breaks(stage, seed, SimMakes()):
            return seed, how
    return None


def _breaks(stage: Stage, seed: int, makes: SimMakes) -> str:
    try:
        run(stage, seed, makes)
    except BREAKS as error:
        return str(error).split("\n")[0] or type(error).__name__
    return ""


def main(names: list[str]) -> None:
    """Prints the table's lines, on every core, what is rare last; with none named also writes them into this file."""
    table: dict[str, int] = {}
    with multiprocessing.get_context("spawn").Pool() as pool:
        for name, found in pool.imap_unordered(_find, names or sorted(ABLATIONS, key=lambda one: -KILLERS.get(one, 0))):
            told = f'"{name}": {found[0]},  # {found[1]}' if found else f"{name}: held for {MOST_SEEDS} seeds"
            sys.stdout.write(f"{told[:118]}\n")
            sys.stdout.flush()
            if found:
                table[name] = found[0]
    if not names and table.keys() == ABLATIONS.keys():
        lines = "".join(f'    "{name}": {table[name]},\n' for name in ABLATIONS)
        here = Path(__file__)
        text = re.sub(
            r"(?s)KILLERS = {\n.*?}\n", lambda _: f"KILLERS = {{\n{lines}}}\n", here.read_text("utf-8"), count=1
        )
        here.write_text(text, "utf-8")


_stages: list[Stage] = []


def _find(name: str) -> tuple[str, tuple[int, str] | None]:
    logging.disable()
    if not _stages:
        _stages.append(Stage())
        util.Finalize(None, _stages[0].forget, exitpriority=1)
    return name, killer(_stages[0], ABLATIONS[name])


if __name__ == "__main__":
    main(sys.argv[1:])
