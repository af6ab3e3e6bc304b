"""The round as a machine without wires: an event goes in, what to do next comes out (protocol 13).

It holds no socket, clock, thread or database, so that a test can walk it through any weather and print what it does.
The engine carries out each step and tells the machine how it went.

    rest -> Greet -> PushSome ... -> FetchSome (back-fill) ... -> FetchSome (changes) ... -> Carry (documents) -> Rest
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from sync.faults import (
    Busy,
    Diverged,
    Locked,
    OutOfDate,
    Rejected,
    SignedOut,
    SyncFault,
    TooLarge,
)


class Greet(msgspec.Struct, frozen=True):
    """Say hello."""


class PushSome(msgspec.Struct, frozen=True):
    """Hand over the next waiting commands, at most so many."""

    most: int


class FetchSome(msgspec.Struct, frozen=True):
    """Fetch and apply the next page; of whole cases of new scopes first, while there are any."""

    new_scopes: tuple[str, ...]


class Carry(msgspec.Struct, frozen=True):
    """Send and fetch documents' bytes, small ones first."""


class Rest(msgspec.Struct, frozen=True):
    """The round is over; the next one is due in so many seconds unless somebody calls sooner."""

    seconds: float
    fault: SyncFault | None = None


Step = Greet | PushSome | FetchSome | Carry | Rest


class Greeted(msgspec.Struct, frozen=True):
    """The server said hello; these scopes are open to us now, these are whole here."""

    now: tuple[str, ...]
    held: tuple[str, ...]
    waiting: int


class PushedSome(msgspec.Struct, frozen=True):
    """So many commands were answered for good, so many are left to send."""

    settled: int
    left: int


class FetchedSome(msgspec.Struct, frozen=True):
    """A page is in. `now` and `held` as they stand after it."""

    more: bool
    now: tuple[str, ...]
    held: tuple[str, ...]


class Carried(msgspec.Struct, frozen=True):
    """Documents' bytes were moved as far as they would go."""


class Called(msgspec.Struct, frozen=True):
    """Somebody saved something, the network came back, or it is time."""


class Failed(msgspec.Struct, frozen=True):
    """The last step did not work."""

    fault: SyncFault


Event = Called | Greeted | PushedSome | FetchedSome | Carried | Failed


class Phase(StrEnum):
    """Where in the round the machine stands."""

    RESTING = "resting"
    GREETING = "greeting"
    PUSHING = "pushing"
    FETCHING = "fetching"
    CARRYING = "carrying"


MOST = 200
QUIET_SECONDS = 60.0
FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
SIGN_IN_WAIT = 900.0


class SyncMachine:
    """One round after another; `dice()` gives numbers from 0 to 1 so that laptops do not call all at once."""

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self._phase = Phase.RESTING
        self._most = MOST
        self._failures = 0
        self._now: tuple[str, ...] = ()
        self._held: tuple[str, ...] = ()

    @property
    def phase(self) -> Phase:
        """Where in the round it stands."""
        return self._phase

    def step(self, event: Event) -> Step:
        """What to do next. Whatever happens ends in Rest at last: rounds terminate (I9)."""
        if isinstance(event, Failed):
            return self._after_failure(event.fault)
        if isinstance(event, Called):
            assert self._phase is Phase.RESTING, "one round at a time"
            return self._go(Phase.GREETING, Greet())
        if isinstance(event, Greeted):
            self._now, self._held = event.now, event.held
            return self._push() if event.waiting else self._fetch()
        if isinstance(event, PushedSome):
            return self._after_push(event)
        if isinstance(event, FetchedSome):
            self._now, self._held = event.now, event.held
            return self._fetch() if event.more else self._go(Phase.CARRYING, Carry())
        self._failures = 0
        return self._rest(QUIET_SECONDS * (0.75 + self._dice() / 2))

    def _push(self) -> Step:
        return self._go(Phase.PUSHING, PushSome(self._most))

    def _after_push(self, event: PushedSome) -> Step:
        """Goes on pushing while that settles anything; what is held back waits for a later round (protocol 13)."""
        self._most = min(MOST, self._most * 2)
        if event.left and event.settled:
            return self._push()
        return self._fetch()

    def _fetch(self) -> Step:
        new = tuple(scope for scope in self._now if scope not in self._held)
        return self._go(Phase.FETCHING, FetchSome(new))

    def _after_failure(self, fault: SyncFault) -> Step:
        if isinstance(fault, TooLarge) and self._phase is Phase.PUSHING and self._most > 1:
            self._most = max(1, self._most // 2)
            return self._push()
        if isinstance(fault, Rejected) and self._phase is Phase.CARRYING:
            return self._rest(QUIET_SECONDS, fault)
        self._failures += 1
        return self._rest(self._wait_after(fault), fault)

    def _wait_after(self, fault: SyncFault) -> float:
        if isinstance(fault, SignedOut | Locked | OutOfDate | Diverged):
            return SIGN_IN_WAIT
        if isinstance(fault, Busy):
            return fault.after * (1 + self._dice())
        ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures, 10))
        return FIRST_WAIT + self._dice() * ceiling

    def _rest(self, seconds: float, fault: SyncFault | None = None) -> Rest:
        self._phase = Phase.RESTING
        return Rest(seconds, fault)

    def _go(self, phase: Phase, step: Step) -> Step:
        self._phase = phase
        return step
