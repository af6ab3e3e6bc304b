"""A run from a seed: which acts, in which order, under watch to the end."""

import gc
import random

from casework import ids
from casework.store_faults import StoreFault
from server.problem import OUR_MISTAKES
from sync.faults import SyncFault
from tests.kit_near import Makes
from tests.machines.sim.acts import ACTS, THEMES, Act
from tests.machines.sim.checks import Watch
from tests.machines.sim.dice import SeededIds
from tests.machines.sim.life import Life, Trace
from tests.machines.sim.stage import Stage

LEAST, MOST = 15, 25
# How a run breaks: an invariant does not hold, a bug shows itself, or a fault gets where nobody waits for it.
BREAKS: tuple[type[Exception], ...] = (*OUR_MISTAKES, OSError, StoreFault, SyncFault)


def run(stage: Stage, seed: int, makes: Makes | None = None) -> Trace:
    """Plays the run of a seed; raises what breaks, with the seed and the story noted on it."""
    dice, collects = random.getstate(), gc.get_threshold()
    random.seed(seed)
    # a run throws away as much as it makes: looking for circles all the time costs a tenth of it
    gc.set_threshold(200_000, 20, 100)
    try:
        with ids.use(SeededIds(f"ids/{seed}")):
            return _play(stage, seed, makes)
    finally:
        random.setstate(dice)
        gc.set_threshold(*collects)


def _play(stage: Stage, seed: int, makes: Makes | None) -> Trace:
    life = Life(stage, seed, makes)
    try:
        watch = Watch(life)
        for act in _acts(life.pick):
            name = life.pick.choice(life.names)
            life.trace.note("-", act.name, name)
            act.happens(life, watch, name)
            watch.after_act(name)
        life.trace.note("-", "the end")
        watch.at_the_end()
        return life.trace
    except BREAKS as error:
        error.add_note(f"seed {seed}: " + "; ".join(" ".join(line) for line in life.trace.lines))
        raise
    finally:
        life.end()


def _acts(pick: random.Random) -> list[Act]:
    """So many acts; each run has a temper of its own, so that some do little else than what others never do."""
    theme = pick.choice(THEMES)
    weights = [_weight(act, theme, pick) for act in ACTS]
    return pick.choices(ACTS, weights, k=pick.randint(LEAST, MOST))


def _weight(act: Act, theme: str, pick: random.Random) -> float:
    if act.theme:
        return act.weight if act.theme == theme else 0.0
    return act.weight * pick.choice((0.0, 0.5, 1.0, 1.0, 3.0)) if act.weight < 5 else act.weight
