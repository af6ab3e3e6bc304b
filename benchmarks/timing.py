"""Timing of work inside one process: variants take turns, so that all of them meet the same weather."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

Work = Callable[[], object]


def milliseconds(work: Work) -> float:
    """How long one piece of work takes."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def in_turns(variants: Mapping[str, Work], rounds: int, *, warm_up: int = 5) -> dict[str, list[float]]:
    """Does each variant once a round; the milliseconds of each, without the first few rounds."""
    took: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(warm_up + rounds):
        for name, work in variants.items():
            one = milliseconds(work)
            if number >= warm_up:
                took[name].append(one)
    return took


def median(figures: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(figures)


def nearly_worst(figures: Sequence[float]) -> float:
    """What 99 of a hundred stay below."""
    return statistics.quantiles(figures, n=100)[98]
