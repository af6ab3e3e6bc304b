"""How much of documents is under way at a time: several requests, for most of one is waiting for the other side's disk,
and as much in each as the line takes quickly.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from time import monotonic
from typing import TypeVar

from casework.wire import CHUNK
from sync.faults import Offline, SyncFault, TooLarge

# A request that takes less may be twice as large the next time; one that is cut, or that takes longer, half as large.
QUICK = 2.0
# One that takes longer although it is as small as can be, or that is cut, has too many beside it on a thin line.
SLOW = 15.0
_MOST = 8

T = TypeVar("T")
R = TypeVar("R")


def abreast(work: Iterable[T], do: Callable[[T], R], *, lanes: int) -> Iterator[tuple[T, R]]:
    """Does each piece of work, `lanes` of them at a time, and gives what came of it as soon as it is there.

    A piece is asked for shortly before its turn: how large it is may hang on how the others went. With one lane all
    happens in the caller's own thread, in order. What a piece raises is raised here; what is under way then ends first,
    and the rest is not begun.
    """
    if lanes == 1:
        yield from ((one, do(one)) for one in work)
        return
    left, begun = iter(work), dict[Future[R], T]()
    with ThreadPoolExecutor(lanes, thread_name_prefix="papers") as pool:
        try:
            while True:
                # one for each lane lies ready, so that none stands still while the caller is busy with an outcome
                begun |= {pool.submit(do, one): one for one in islice(left, 2 * lanes - len(begun))}
                if not begun:
                    return
                for ended in wait(begun, return_when=FIRST_COMPLETED).done:
                    yield begun.pop(ended), ended.result()
        finally:
            pool.shutdown(cancel_futures=True)


class Pace:
    """How many chunks go in one request: few where a cut would cost minutes, more where each request costs most.

    `is_thin`: even one chunk took long, and none was quick since; several requests would take the line from each other.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self.stride = 1
        self.is_thin = False
        self._most = _MOST
        self._clock = clock

    @contextmanager
    def kept(self, size: int) -> Iterator[None]:
        """Around one request of so many bytes; learns from how it went."""
        stride, began = self.stride, self._clock()
        try:
            yield
        except TooLarge:
            self._most = self.stride = max(1, stride // 2)
            raise
        except SyncFault as fault:
            self._slow_down(stride, is_thin=isinstance(fault, Offline))
            raise
        took = self._clock() - began
        if took >= QUICK:
            self._slow_down(stride, is_thin=took >= SLOW)
        # a small one tells of a large one what it would have taken at that speed
        elif took * max(1.0, stride * CHUNK / max(1, size)) < QUICK:
            self.stride, self.is_thin = min(stride * 2, self._most), False

    def _slow_down(self, stride: int, *, is_thin: bool) -> None:
        self.stride, self.is_thin = max(1, stride // 2), self.is_thin or stride == 1 and is_thin
