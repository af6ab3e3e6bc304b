"""The round as a table: what follows each event in each phase, and that every round ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sync.faults import (
    BadPaper,
    Busy,
    Diverged,
    Locked,
    NotOurServer,
    Offline,
    OutOfDate,
    Rejected,
    ServerFault,
    SignedOut,
    Stopped,
    StoreTrouble,
    SyncFault,
    TooLarge,
)
from sync.machine import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MOST,
    QUIET_SECONDS,
    SIGN_IN_WAIT,
    Called,
    Carried,
    Carry,
    Event,
    Failed,
    FetchedSome,
    FetchSome,
    Greet,
    Greeted,
    NotTaken,
    Phase,
    PushedSome,
    PushSome,
    Rest,
    Step,
    SyncMachine,
)

MINE, TEAM = "user:1", "team:2"
DONE = FetchedSome(more=False, now=(MINE,), held=(MINE,), moved=True)
MORE = FetchedSome(more=True, now=(MINE,), held=(MINE,), moved=True)
IDLE = FetchedSome(more=True, now=(MINE,), held=(MINE,), moved=False)

FAULTS: list[SyncFault] = [
    Offline(),
    NotOurServer(),
    SignedOut(),
    Locked(),
    OutOfDate(),
    Diverged(),
    TooLarge(),
    Busy(after=7.0),
    ServerFault(),
    Rejected("not-found"),
    BadPaper(),
    StoreTrouble("no-room"),
    Stopped(),
]


def machine_in(phase: Phase, *, dice: float = 0.5, newest: int = 10) -> SyncMachine:
    """A machine that stands in a phase of its round; while pushing, the outbox ends with the number `newest`."""
    machine = SyncMachine(lambda: dice)
    if phase is Phase.RESTING:
        return machine
    machine.step(Called())
    if phase is Phase.GREETING:
        return machine
    machine.step(Greeted(now=(MINE,), held=(MINE,), newest=newest if phase is Phase.PUSHING else 0))
    if phase is Phase.CARRYING:
        machine.step(DONE)
    assert machine.phase is phase
    return machine


TABLE: list[tuple[Phase, Event, Step]] = [
    (Phase.RESTING, Called(), Greet()),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=0), FetchSome(())),
    (Phase.GREETING, Greeted(now=(MINE, TEAM), held=(MINE,), newest=0), FetchSome((TEAM,))),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=0), FetchSome(())),
    (Phase.GREETING, Greeted(now=(MINE,), held=(), newest=3), PushSome(MOST, 0)),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=0, is_current=True), Carry()),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=3, is_current=True), PushSome(MOST, 0)),
    (Phase.PUSHING, PushedSome(tried=10, last=10), FetchSome(())),
    (Phase.PUSHING, PushedSome(tried=4, last=4), PushSome(MOST, 4)),
    (Phase.PUSHING, PushedSome(tried=0, last=0), FetchSome(())),
    (Phase.PUSHING, NotTaken(fault=TooLarge(), tried=8, last=8), PushSome(4, 0)),
    (Phase.PUSHING, NotTaken(fault=Rejected("not-understood"), tried=3, last=3), PushSome(1, 0)),
    (Phase.PUSHING, NotTaken(fault=TooLarge(), tried=1, last=1), PushSome(MOST, 1)),
    (Phase.PUSHING, NotTaken(fault=TooLarge(), tried=1, last=10), FetchSome(())),
    (Phase.FETCHING, MORE, FetchSome(())),
    (Phase.FETCHING, FetchedSome(more=True, now=(MINE, TEAM), held=(MINE,), moved=True), FetchSome((TEAM,))),
    (Phase.FETCHING, IDLE, FetchSome(())),
    (Phase.FETCHING, DONE, Carry()),
    (Phase.CARRYING, Carried(), Rest(QUIET_SECONDS)),
]


@pytest.mark.parametrize(("phase", "event", "step"), TABLE)
def test_that_each_event_leads_to_its_step(phase: Phase, event: Event, step: Step) -> None:
    assert machine_in(phase).step(event) == step


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.RESTING])
def test_that_any_fault_ends_the_round_and_is_told(phase: Phase, fault: SyncFault) -> None:
    machine = machine_in(phase)
    step = machine.step(Failed(fault))
    assert isinstance(step, Rest)
    assert step.fault is fault
    assert machine.phase is Phase.RESTING
    assert machine.step(Called()) == Greet()


@pytest.mark.parametrize("phase", list(Phase))
def test_that_an_event_out_of_its_turn_is_a_bug(phase: Phase) -> None:
    expected = {
        Phase.RESTING: Called,
        Phase.GREETING: Greeted,
        Phase.PUSHING: PushedSome,
        Phase.FETCHING: FetchedSome,
        Phase.CARRYING: Carried,
    }
    for event in (Called(), Greeted(now=(), held=(), newest=0), PushedSome(tried=1, last=1), DONE, Carried()):
        if not isinstance(event, expected[phase]):
            machine = machine_in(phase)
            with pytest.raises(AssertionError):
                machine.step(event)


@pytest.mark.parametrize(
    ("fault", "shortest", "longest"),
    [
        (SignedOut(), SIGN_IN_WAIT, SIGN_IN_WAIT),
        (Locked(), SIGN_IN_WAIT, SIGN_IN_WAIT),
        (OutOfDate(), SIGN_IN_WAIT, SIGN_IN_WAIT),
        (Diverged(), SIGN_IN_WAIT, SIGN_IN_WAIT),
        (Busy(after=30.0), 30.0, 60.0),
        (Offline(), FIRST_WAIT, 3 * FIRST_WAIT),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_that_laptops_wait_as_long_as_asked_and_not_all_alike(
    fault: SyncFault, shortest: float, longest: float
) -> None:
    early = machine_in(Phase.GREETING, dice=0.0).step(Failed(fault))
    late = machine_in(Phase.GREETING, dice=1.0).step(Failed(fault))
    assert isinstance(early, Rest)
    assert isinstance(late, Rest)
    assert (early.seconds, late.seconds) == (shortest, longest)


def test_that_the_wait_grows_with_each_failure_up_to_a_limit_and_a_good_round_ends_it() -> None:
    machine = SyncMachine(lambda: 1.0)
    waits = []
    for _ in range(12):
        machine.step(Called())
        step = machine.step(Failed(Offline()))
        assert isinstance(step, Rest)
        waits.append(step.seconds)
    assert waits == sorted(waits)
    assert waits[-1] == FIRST_WAIT + LONGEST_WAIT
    for event in (Called(), Greeted(now=(), held=(), newest=0), DONE):
        machine.step(event)
    assert machine.step(Carried()) == Rest(QUIET_SECONDS * 1.25)
    machine.step(Called())
    again = Offline()
    assert machine.step(Failed(again)) == Rest(3 * FIRST_WAIT, again)


@pytest.mark.covers("FI6")
def test_that_a_batch_grows_again_after_it_was_halved() -> None:
    machine = machine_in(Phase.PUSHING)
    assert machine.step(NotTaken(fault=TooLarge(), tried=200, last=8)) == PushSome(100, 0)
    assert machine.step(NotTaken(fault=TooLarge(), tried=100, last=8)) == PushSome(50, 0)
    assert machine.step(PushedSome(tried=2, last=2)) == PushSome(100, 2)
    assert machine.step(PushedSome(tried=2, last=4)) == PushSome(MOST, 4)


@pytest.mark.covers("FA3", "FI6")
def test_that_one_command_that_cannot_be_handed_over_holds_up_none_and_is_told() -> None:
    machine = machine_in(Phase.PUSHING)
    fault = TooLarge()
    machine.step(NotTaken(fault=fault, tried=1, last=1))
    machine.step(PushedSome(tried=9, last=10))
    machine.step(DONE)
    assert machine.step(Carried()) == Rest(QUIET_SECONDS, fault)


def test_that_a_server_that_turns_down_everything_is_not_asked_for_each_command() -> None:
    machine = machine_in(Phase.PUSHING, newest=1000)
    steps = [machine.step(NotTaken(fault=Rejected("not-understood"), tried=1, last=number)) for number in range(1, 6)]
    assert all(isinstance(step, PushSome) for step in steps[:4])
    assert isinstance(steps[4], Rest)


@pytest.mark.covers("FI14")
def test_that_pages_that_lead_nowhere_end_the_round() -> None:
    machine = machine_in(Phase.FETCHING)
    steps = [machine.step(IDLE) for _ in range(3)]
    assert steps[:2] == [FetchSome(()), FetchSome(())]
    assert isinstance(steps[2], Rest)
    assert isinstance(steps[2].fault, ServerFault)


def test_that_a_server_without_pages_for_this_app_still_gets_what_was_said() -> None:
    machine = SyncMachine(lambda: 0.5)
    machine.step(Called())
    fault = OutOfDate()
    assert machine.step(Greeted(now=(), held=(MINE,), newest=2, no_pages=fault)) == PushSome(MOST, 0)
    assert machine.step(PushedSome(tried=2, last=2)) == Rest(SIGN_IN_WAIT, fault)


def an_answer_to(step: Step, data: some.DataObject) -> Event:
    """Anything that the engine may tell of a step; it pushes what lies behind `after`, at most so many."""
    if isinstance(step, PushSome):
        tried = data.draw(some.integers(0, min(3, step.most)))
        if tried and data.draw(some.booleans()):
            return NotTaken(fault=TooLarge(), tried=tried, last=step.after + tried)
        return PushedSome(tried=tried, last=step.after + tried)
    if isinstance(step, FetchSome):
        return FetchedSome(more=data.draw(some.booleans()), now=(MINE,), held=(), moved=False)
    return Carried()


@given(data=some.data(), newest=some.integers(0, 30))
def test_that_every_round_ends_whatever_the_server_answers(data: some.DataObject, newest: int) -> None:
    """I9: what the outbox held at the hello bounds the pushes, and pages that lead nowhere bound the rest."""
    machine = SyncMachine(lambda: 0.5)
    machine.step(Called())
    step = machine.step(Greeted(now=(MINE,), held=(), newest=newest))
    steps, behind = 0, 0
    while not isinstance(step, Rest):
        if isinstance(step, PushSome):
            assert step.after >= behind, "a command was pushed twice in one round"
            behind = step.after
        step = machine.step(an_answer_to(step, data))
        steps += 1
        assert steps <= 200
    assert machine.phase is Phase.RESTING
