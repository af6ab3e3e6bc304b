"""By hand: `python -m tests.machines.killers [NAME ...]` prints for each safeguard the seed that misses it."""

import logging
import sys

from tests.machines.sim.ablations import ABLATIONS
from tests.machines.sim.running import BREAKS, run
from tests.machines.sim.stage import SimMakes, Stage

MOST_SEEDS = 600

# The first seed whose run breaks without each safeguard, as this program printed them.
KILLERS = {
    "NothingTakenBack": 0,
    "NothingSaidAgain": 0,
    "DroppedTooSoon": 10,
    "NothingLeaves": 0,
    "LeavingTakesWordsAlong": 10,
    "OnlyWhatIsNamedLeaves": 0,
    "CursorBeforeRows": 0,
    "NeverWhole": 0,
    "StampsForgotten": 0,
    "UnlistedStays": 85,
    "NoBrake": 117,
    "NoNonces": 23,
    "NoCopyFirst": 28,
    "NothingOfferedAgain": 28,
    "NotGoneBack": 28,
    "ReceiptsForgotten": 85,
    "SameNumberIsSame": 85,
    "NothingChecked": 2,
    "SumsOfNothing": 2,
    "NothingPurged": 4,
    "ForgetfulServer": 0,
    "Backwards": 0,
    "TakenForSent": 0,
    "Indiscreet": 0,
    "NoLeaveEvents": 5,
    "NoEnterEvents": 1,
    "AnyHistoryIsOurs": 28,
    "NoDeposit": 6,
    "NoJournal": 219,
}


def killer(stage: Stage, makes: SimMakes, first: int = 0) -> tuple[int, str] | None:
    """The first seed, of so many, whose run breaks without a safeguard and not with it, and how; None where none does.

    `first` is tried before all others.
    """
    for seed in (first, *range(MOST_SEEDS)):
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
    """Prints the table."""
    logging.disable()
    stage = Stage()
    for name in names or list(ABLATIONS):
        found = killer(stage, ABLATIONS[name])
        line = f'"{name}": {found[0]},  # {found[1]}' if found else f"{name}: held for {MOST_SEEDS} seeds"
        sys.stdout.write(f"{line[:118]}\n")
        sys.stdout.flush()
    stage.forget()


if __name__ == "__main__":
    main(sys.argv[1:])
