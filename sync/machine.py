"""The round as a machine without wires: an event goes in, what to do next comes out (protocol 13).

It holds no socket, clock, thread or database, so that a test can walk it through any weather and print what it does.
The engine carries out each step and tells the machine how it went (sync/steps.py).

    rest -> Greet -> PushSome ... -> CompareSome ... -> FetchSome ... -> CheckSums -> Carry -> Rest
              |-> BecomeAnother, Recover -> Greet      |-> Purge -> Carry -> Rest, where access has ended
                                                       |-> Carry -> Rest, where this app is too old for pages
"""

from collections.abc import Callable
from enum import StrEnum

from sync.faults import (
    AccessEnded,
    Busy,
    Diverged,
    Forked,
    Locked,
    OutOfDate,
    ServerFault,
    SignedOut,
    SyncFault,
    TooFarBack,
    TooMuchGoes,
)
from sync.steps import (
    Became,
    BecomeAnother,
    Called,
    Carried,
    Carry,
    Checked,
    CheckSums,
    ComparedSome,
    CompareSome,
    Event,
    Failed,
    FetchedSome,
    FetchSome,
    Greet,
    Greeted,
    HeldBack,
    NotTaken,
    Purge,
    Purged,
    PushedSome,
    PushSome,
    Recover,
    Recovered,
    Rest,
    Step,
)


class Phase(StrEnum):
    """Where in the round the machine stands."""

    RESTING = "resting"
    GREETING = "greeting"
    FORKING = "forking"
    RECOVERING = "recovering"
    PUSHING = "pushing"
    COMPARING = "comparing"
    FETCHING = "fetching"
    CHECKING = "checking"
    PURGING = "purging"
    CARRYING = "carrying"


MOST = 200
QUIET_SECONDS = 60.0
FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
SIGN_IN_WAIT = 900.0
# A page that changes nothing may come once or twice, as when a scope ends in the middle of its back-fill.
_IDLE_PAGES = 3
# So many commands that cannot be handed over, each by itself, end the sending of a round; the next goes on behind them.
_STEPS_OVER = 5
# A list of everything, and one of what did not add up after it.
_MOST_COMPARISONS = 2

# Which events can follow which phase; a failure can come in any round.
_EXPECTED: dict[Phase, tuple[type[Event], ...]] = {
    Phase.RESTING: (Called,),
    Phase.GREETING: (Greeted, Failed),
    Phase.FORKING: (Became, Failed),
    Phase.RECOVERING: (Recovered, Failed),
    Phase.PUSHING: (PushedSome, NotTaken, Failed),
    Phase.COMPARING: (ComparedSome, HeldBack, Failed),
    Phase.FETCHING: (FetchedSome, HeldBack, Failed),
    Phase.CHECKING: (Checked, Failed),
    Phase.PURGING: (Purged, Failed),
    Phase.CARRYING: (Carried, Failed),
}


class SyncMachine:
    """One round after another; `dice()` gives numbers from 0 to 1 so that laptops do not call all at once.

    Every round ends (I9): it becomes another device and recovers once at most, pushes each command that waited at the
    hello once, in order, compares twice at most, and fetches for as long as pages lead anywhere. What is said
    meanwhile is the next round's. Where many cannot be handed over, a round begins behind those of the one before.
    """

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self._phase = Phase.RESTING
        self._most = MOST
        self._failures = 0
        # behind which number sending begins, 0 for the front
        self._turn = 0
        self._begin()

    def _begin(self) -> None:
        self._now: tuple[str, ...] = ()
        self._held: tuple[str, ...] = ()
        self._pushed = 0
        self._newest = 0
        self._access = "ok"
        self._must_compare = False
        self._no_pages: SyncFault | None = None
        self._was_forked = self._has_recovered = False
        self._comparisons = self._purges = 0
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
        match event:
            case Called():
                self._begin()
                return self._go(Phase.GREETING, Greet())
            case Greeted():
                return self._after_hello(event)
            case Became():
                return self._go(Phase.GREETING, Greet())
            case Recovered():
                self._turn = 0
                return self._go(Phase.GREETING, Greet())
            case PushedSome():
                self._most = min(MOST, self._most * 2)
                return self._behind(event.last, event.tried)
            case NotTaken():
                return self._after_not_taken(event)
            case ComparedSome():
                return self._after_comparing(event)
            case FetchedSome():
                return self._after_page(event)
            case HeldBack():
                return self._compare(event.fault) if self._phase is Phase.FETCHING else self._after_failure(event.fault)
            case Checked():
                return self._after_checking(event)
            case Purged():
                return self._after_purge(event.fault)
            case Carried():
                return self._after_carrying()
            case Failed():
                return self._instead_of(event.fault)

    def _after_hello(self, event: Greeted) -> Step:
        self._now, self._held, self._newest = event.now, event.held, event.newest
        self._pushed = self._turn if self._turn < event.newest else 0
        self._no_pages, self._access, self._must_compare = event.no_pages, event.access, event.must_compare
        is_quiet = event.is_current and not event.newest and not event.must_compare
        if is_quiet and self._access == "ok" and self._no_pages is None:
            return self._go(Phase.CHECKING, CheckSums())
        return self._push_or_go_on()

    def _behind(self, last: int, tried: int) -> Step:
        """Goes on behind a command; where nothing was left to try, the outbox is through."""
        self._pushed = max(self._pushed, last) if tried else self._newest
        if self._pushed >= self._newest:
            self._turn = 0
        return self._push_or_go_on()

    def _push_or_go_on(self) -> Step:
        is_lost = self._access == "wipe"
        if self._pushed < self._newest:
            return self._go(Phase.PUSHING, PushSome(self._most, self._pushed, is_lost))
        if self._access != "ok":
            return self._go(Phase.PURGING, Purge(is_lost))
        if self._no_pages is not None:
            self._trouble = self._no_pages
            return self._go(Phase.CARRYING, Carry())
        if self._must_compare:
            return self._compare(ServerFault("a list that is never done"))
        return self._fetch()

    def _after_not_taken(self, event: NotTaken) -> Step:
        """Halves what is too much (FI6); a single command that cannot be handed over holds up none of the others."""
        if event.tried > 1:
            self._most = max(1, event.tried // 2)
            return self._push_or_go_on()
        self._trouble = event.fault
        self._stepped_over += 1
        if self._stepped_over == _STEPS_OVER and event.last < self._newest:
            self._turn, self._pushed = event.last, self._newest
            return self._push_or_go_on()
        return self._behind(event.last, event.tried)

    def _compare(self, otherwise: SyncFault) -> Step:
        """Begins to compare case by case, unless that was done too often for one round."""
        self._comparisons += 1
        if self._comparisons > _MOST_COMPARISONS:
            return self._after_failure(otherwise)
        self._must_compare, self._idle_pages = False, 0
        return self._go(Phase.COMPARING, CompareSome(anew=True))

    def _after_comparing(self, event: ComparedSome) -> Step:
        self._idle_pages = 0 if event.moved else self._idle_pages + 1
        if not event.more:
            # its last page is what the changes since are told by
            self._idle_pages, self._now, self._held = 0, (), ()
            return self._fetch()
        if self._idle_pages == _IDLE_PAGES:
            return self._after_failure(ServerFault("a list that leads nowhere"))
        return self._go(Phase.COMPARING, CompareSome())

    def _fetch(self) -> Step:
        new = tuple(scope for scope in self._now if scope not in self._held)
        return self._go(Phase.FETCHING, FetchSome(new))

    def _after_page(self, event: FetchedSome) -> Step:
        self._now, self._held = event.now, event.held
        self._idle_pages = 0 if event.moved else self._idle_pages + 1
        if not event.more:
            return self._go(Phase.CHECKING, CheckSums())
        if self._idle_pages == _IDLE_PAGES:
            return self._after_failure(ServerFault("pages that lead nowhere"))
        return self._fetch()

    def _after_checking(self, event: Checked) -> Step:
        """Sums that differ are made good at once; where they differ after that too, the person is told (I10)."""
        if event.more:
            return self._go(Phase.CHECKING, CheckSums())
        if event.fault is not None and self._comparisons < _MOST_COMPARISONS:
            return self._compare(event.fault)
        self._trouble = event.fault or self._trouble
        return self._go(Phase.CARRYING, Carry())

    def _after_purge(self, fault: SyncFault) -> Step:
        """What somebody put on their cases is sent after that: what others may read goes first, however long it takes.

        A lost device looks once more, so that what it has sent goes as well.
        """
        self._trouble = fault
        self._purges += 1
        return self._after_carrying() if self._purges > 1 else self._go(Phase.CARRYING, Carry())

    def _after_carrying(self) -> Step:
        self._failures = 0
        if self._access == "wipe" and self._purges == 1:
            return self._go(Phase.PURGING, Purge(is_lost=True))
        if self._trouble is not None and (self._access != "ok" or self._no_pages is not None):
            return self._rest(self._wait_after(self._trouble), self._trouble)
        return self._rest(QUIET_SECONDS * (0.75 + self._dice() / 2), self._trouble)

    def _instead_of(self, fault: SyncFault) -> Step:
        """What can be made good in this round is, once; everything else ends it."""
        if isinstance(fault, Forked) and self._phase in (Phase.GREETING, Phase.RECOVERING) and not self._was_forked:
            self._was_forked = True
            return self._go(Phase.FORKING, BecomeAnother())
        if isinstance(fault, Diverged) and self._phase is Phase.GREETING and not self._has_recovered:
            self._has_recovered = True
            return self._go(Phase.RECOVERING, Recover())
        if isinstance(fault, TooFarBack) and self._phase is Phase.FETCHING:
            return self._compare(fault)
        return self._after_failure(fault)

    def _after_failure(self, fault: SyncFault) -> Step:
        self._failures += 1
        return self._rest(self._wait_after(fault), fault)

    def _wait_after(self, fault: SyncFault) -> float:
        if isinstance(fault, SignedOut | Locked | OutOfDate | AccessEnded | TooMuchGoes):
            return SIGN_IN_WAIT
        if isinstance(fault, Busy):
            return max(FIRST_WAIT, fault.after) * (1 + self._dice())
        ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures, 10))
        return FIRST_WAIT + self._dice() * ceiling

    def _rest(self, seconds: float, fault: SyncFault | None = None) -> Rest:
        self._phase = Phase.RESTING
        return Rest(seconds, fault)

    def _go(self, phase: Phase, step: Step) -> Step:
        self._phase = phase
        return step
