"""How much of documents is under way at a time: several requests, for most of one is waiting for the other side's disk,
and as many chunks in each as the line takes quickly.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from sync.faults import SyncFault, TooLarge

# A request that takes less may be twice as large the next time; one that is cut, or that takes longer, half as large.
QUICK = 2.0
_MOST = 8

T = TypeVar("T")
R = TypeVar("R")


def abreast(work: Sequence[T], do: Callable[[T], R], *, lanes: int) -> Iterator[tuple[T, R]]:
    """Does each piece of work, `lanes` of them at a time, and gives what came of it as soon as it is there.

    With one lane all happens in the caller's own thread, in order. What a piece raises is raised here; what is under
    way then ends first, and the rest is not begun.
    """
    if lanes == 1 or len(work) < 2:
        yield from ((one, do(one)) for one in work)
        return
    with ThreadPoolExecutor(lanes, thread_name_prefix="papers") as pool:
        begun = {pool.submit(do, one): one for one in work}
        try:
            for ended in as_completed(begun):
                yield begun[ended], ended.result()
        finally:
            pool.shutdown(cancel_futures=True)


class Pace:
    """How many chunks go in one request: few where a cut would cost minutes, more where each request costs most."""

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self.stride = 1
        self._most = _MOST
        self._clock = clock

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around one request; learns from how it went."""
        stride, began = self.stride, self._clock()
        try:
            yield
        except TooLarge:
            self._most = self.stride = max(1, stride // 2)
            raise
        except SyncFault:
            self.stride = max(1, stride // 2)
            raise
        is_quick = self._clock() - began < QUICK
        self.stride = min(stride * 2, self._most) if is_quick else max(1, stride // 2)
