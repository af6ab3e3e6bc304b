"""Where all that is random in a run comes from: its seed."""

import random

from tests.kit_near import NINE

A_DAY = 24 * 3600 * 1000


class SeededIds:
    """Ids (casework.ids.Source) that follow from a seed. Some laptops' clocks are days off, so ids are out of order."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._now = int(NINE.timestamp() * 1000)

    def milliseconds(self) -> int:
        """A moment later each time; now and then that of a clock that is wrong."""
        self._now += 1
        off = self._random.randrange(-3 * A_DAY, 3 * A_DAY) if self._random.random() < 0.1 else 0
        return self._now + off

    def bits(self, count: int) -> int:
        """So many bits of the seed's."""
        return self._random.getrandbits(count)
