"""Documents go several at a time where the line allows, and in larger pieces the quicker it is."""

import threading

import pytest

from sync.faults import Offline, TooLarge
from sync.paper_lanes import QUICK, Pace, abreast


class Clock:
    """Goes on by what a request is said to take."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_that_one_lane_does_all_in_order_in_the_callers_thread() -> None:
    seen = list(abreast((1, 2, 3), lambda one: (one, threading.current_thread()), lanes=1))
    assert seen == [(one, (one, threading.current_thread())) for one in (1, 2, 3)]


def test_that_lanes_are_under_way_together() -> None:
    together = threading.Barrier(3)
    seen = dict(abreast((1, 2, 3), lambda one: together.wait(60) * 0 + one, lanes=3))
    assert seen == {1: 1, 2: 2, 3: 3}


def test_that_a_fault_ends_it_and_what_was_not_begun_stays_so() -> None:
    begun = []
    broken = threading.Event()

    def send(one: int) -> None:
        begun.append(one)
        if one == 0:
            broken.set()
            raise Offline("cut")
        assert broken.wait(60)

    with pytest.raises(Offline):
        for _ in abreast(range(500), send, lanes=2):
            pass
    assert len(begun) < 500


def test_that_requests_grow_on_a_quick_line_and_shrink_on_a_bad_one() -> None:
    clock = Clock()
    pace = Pace(clock=clock)

    def go(seconds: float, fault: type[Exception] | None = None) -> int:
        with pace.kept():
            clock.now += seconds
            if fault is not None:
                raise fault
        return pace.stride

    assert [go(0.1) for _ in range(4)] == [2, 4, 8, 8]
    assert go(QUICK + 1) == 4
    with pytest.raises(Offline):
        go(1, Offline)
    assert pace.stride == 2
    with pytest.raises(TooLarge):
        go(1, TooLarge)
    assert [go(0.1) for _ in range(3)] == [1, 1, 1], "what something on the way does not take is not tried again"
