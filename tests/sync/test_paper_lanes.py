"""Documents go several at a time where the line allows, and in larger pieces the quicker it is."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from casework.wire import CHUNK
from sync.faults import Offline, Rejected, TooLarge
from sync.paper_lanes import QUICK, SLOW, Pace, abreast


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
        with pace.kept(8 * CHUNK):
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


def test_that_a_small_request_tells_what_a_large_one_would_take() -> None:
    clock = Clock()
    pace = Pace(clock=clock)

    def go(seconds: float, size: int) -> int:
        with pace.kept(size):
            clock.now += seconds
        return pace.stride

    assert go(0.1, CHUNK // 4) == 2
    assert go(0.5, CHUNK // 4) == 2, "a chunk of that takes too long, and this one did not"
    assert go(0.1, 12) == 2, "of twelve bytes nothing follows"
    assert go(QUICK, 12) == 1


def test_that_a_thin_line_is_not_shared_until_it_is_quick_again() -> None:
    clock = Clock()
    pace = Pace(clock=clock)

    def go(seconds: float, fault: type[Exception] | None = None) -> bool:
        with suppress(Offline, Rejected), pace.kept(CHUNK):
            clock.now += seconds
            if fault is not None:
                raise fault("x")
        return pace.is_thin

    assert [go(QUICK), go(SLOW), go(QUICK), go(0.1)] == [False, True, True, False]
    assert [go(SLOW), go(1, Rejected), go(1, Offline), go(0.1)] == [False, False, True, False]


def test_that_work_is_asked_for_shortly_before_its_turn() -> None:
    asked: list[int] = []

    def work() -> Iterator[int]:
        for one in range(20):
            asked.append(one)
            yield one

    done = abreast(work(), lambda one: one, lanes=2)
    next(done)
    assert len(asked) == 4
    assert len(list(done)) == 19
