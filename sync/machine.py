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
    ServerFault,
    SignedOut,
    SyncFault,
)


class Greet(msgspec.Struct, frozen=True):
    """Say hello."""


class PushSome(msgspec.Struct, frozen=True):
    """Hand over the next waiting commands behind the running number `after`, at most so many."""

    most: int
    after: int


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


class Called(msgspec.Struct, frozen=True):
    """Somebody saved something, the network came back, or it is time."""


class Greeted(msgspec.Struct, frozen=True):
    """The server said hello; these scopes are open to us now, these are whole here.

    The newest waiting command has the number `newest`, 0 where none waits. `is_current` says that there is nothing to
    fetch. `no_pages` is why the server has none for this app; sending outlives that (protocol 13).
    """

    now: tuple[str, ...]
    held: tuple[str, ...]
    newest: int
    is_current: bool = False
    no_pages: SyncFault | None = None


class PushedSome(msgspec.Struct, frozen=True):
    """The server looked at the commands up to the number `last`; `tried` is how many these were."""

    tried: int
    last: int


class NotTaken(msgspec.Struct, frozen=True):
    """A request with so many commands, up to the number `last`, was turned down as a whole."""

    fault: SyncFault
    tried: int
    last: int


class FetchedSome(msgspec.Struct, frozen=True):
    """A page is in. `now` and `held` as they stand after it; `moved` says whether it led anywhere."""

    more: bool
    now: tuple[str, ...]
    held: tuple[str, ...]
    moved: bool


class Carried(msgspec.Struct, frozen=True):
    """Documents' bytes were moved as far as they would go."""


class Failed(msgspec.Struct, frozen=True):
    """The last step did not work."""

    fault: SyncFault


Event = Called | Greeted | PushedSome | NotTaken | FetchedSome | Carried | Failed


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
# A page that changes nothing may come once or twice, as when a scope ends in the middle of its back-fill.
_IDLE_PAGES = 3
# So many commands that cannot be handed over, each by itself, are stepped over in one round.
_STEPS_OVER = 5

# Which events can follow which phase; a failure can come in any round.
_EXPECTED: dict[Phase, tuple[type[Event], ...]] = {
    Phase.RESTING: (Called,),
    Phase.GREETING: (Greeted, Failed),
    Phase.PUSHING: (PushedSome, NotTaken, Failed),
    Phase.FETCHING: (FetchedSome, Failed),
    Phase.CARRYING: (Carried, Failed),
}


class SyncMachine:
    """One round after another; `dice()` gives numbers from 0 to 1 so that laptops do not call all at once.

    Every round ends (I9): it pushes each command that waited at the hello once, in order, and fetches for as long as
    pages lead anywhere. What is said meanwhile is the next round's.
    """

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self._phase = Phase.RESTING
        self._most = MOST
        self._failures = 0
        self._begin()

    def _begin(self) -> None:
        self._now: tuple[str, ...] = ()
        self._held: tuple[str, ...] = ()
        self._pushed = 0
        self._newest = 0
        self._no_pages: SyncFault | None = None
        self._stepped_over = 0
        self._idle_pages = 0
        self._trouble: SyncFault | None = None

    @property
    def phase(self) -> Phase:
        """Where in the round it stands."""
        return self._phase

    def step(self, event: Event) -> Step:
        """What to do next. Whatever happens ends in Rest at last. An event out of its turn is a bug."""
        assert isinstance(event, _EXPECTED[self._phase]), f"{type(event).__name__} while {self._phase}"
        if isinstance(event, Called):
            self._begin()
            return self._go(Phase.GREETING, Greet())
        if isinstance(event, Greeted):
            self._now, self._held, self._newest = event.now, event.held, event.newest
            self._no_pages = event.no_pages
            if event.is_current and not event.newest:
                return self._go(Phase.CARRYING, Carry())
            return self._push_or_fetch()
        if isinstance(event, PushedSome):
            self._most = min(MOST, self._most * 2)
            return self._behind(event.last, event.tried)
        if isinstance(event, NotTaken):
            return self._after_not_taken(event)
        if isinstance(event, FetchedSome):
            return self._after_page(event)
        if isinstance(event, Carried):
            self._failures = 0
            return self._rest(QUIET_SECONDS * (0.75 + self._dice() / 2), self._trouble)
        return self._after_failure(event.fault)

    def _behind(self, last: int, tried: int) -> Step:
        """Goes on behind a command; where nothing was left to try, the outbox is through."""
        self._pushed = max(self._pushed, last) if tried else self._newest
        return self._push_or_fetch()

    def _push_or_fetch(self) -> Step:
        if self._pushed < self._newest:
            return self._go(Phase.PUSHING, PushSome(self._most, self._pushed))
        if self._no_pages is not None:
            return self._rest(self._wait_after(self._no_pages), self._no_pages)
        return self._fetch()

    def _after_not_taken(self, event: NotTaken) -> Step:
        """Halves what is too much (FI6); a single command that cannot be handed over holds up none of the others."""
        if event.tried > 1:
            self._most = max(1, event.tried // 2)
            return self._push_or_fetch()
        self._trouble = event.fault
        self._stepped_over += 1
        if self._stepped_over == _STEPS_OVER:
            return self._after_failure(event.fault)
        return self._behind(event.last, event.tried)

    def _fetch(self) -> Step:
        new = tuple(scope for scope in self._now if scope not in self._held)
        return self._go(Phase.FETCHING, FetchSome(new))

    def _after_page(self, event: FetchedSome) -> Step:
        self._now, self._held = event.now, event.held
        self._idle_pages = 0 if event.moved else self._idle_pages + 1
        if not event.more:
            return self._go(Phase.CARRYING, Carry())
        if self._idle_pages == _IDLE_PAGES:
            return self._after_failure(ServerFault("pages that lead nowhere"))
        return self._fetch()

    def _after_failure(self, fault: SyncFault) -> Step:
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
