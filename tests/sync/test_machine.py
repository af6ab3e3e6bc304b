"""The round as a table: what follows each event in each phase, and that every round ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sync.faults import (
    AccessEnded,
    BadPaper,
    Busy,
    Diverged,
    Forked,
    Locked,
    NotInStep,
    NotOurServer,
    Offline,
    OutOfDate,
    Rejected,
    ServerFault,
    SignedOut,
    Stopped,
    StoreTrouble,
    SyncFault,
    TooFarBack,
    TooLarge,
    TooMuchGoes,
)
from sync.machine import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MOST,
    QUIET_SECONDS,
    SIGN_IN_WAIT,
    Phase,
    SyncMachine,
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

MINE, TEAM = "user:1", "team:2"
DONE = FetchedSome(more=False, now=(MINE,), held=(MINE,), moved=True)
HELLO = Greeted(now=(MINE,), held=(MINE,), newest=0)
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


# The way into each phase: events that follow one another.
WAYS: dict[Phase, tuple[Event, ...]] = {
    Phase.RESTING: (),
    Phase.GREETING: (Called(),),
    Phase.FORKING: (Called(), Failed(Forked())),
    Phase.RECOVERING: (Called(), Failed(Diverged())),
    Phase.PUSHING: (Called(), Greeted(now=(MINE,), held=(MINE,), newest=10)),
    Phase.COMPARING: (Called(), Greeted(now=(MINE,), held=(MINE,), newest=0, must_compare=True)),
    Phase.FETCHING: (Called(), HELLO),
    Phase.CHECKING: (Called(), HELLO, DONE),
    Phase.PURGING: (Called(), Greeted(now=(), held=(MINE,), newest=0, access="deposit")),
    Phase.CARRYING: (Called(), HELLO, DONE, Checked()),
}


def machine_in(phase: Phase, *, dice: float = 0.5) -> SyncMachine:
    """A machine that stands in a phase of its round; while pushing, the outbox ends with the number 10."""
    machine = SyncMachine(lambda: dice)
    for event in WAYS[phase]:
        machine.step(event)
    assert machine.phase is phase
    return machine


TABLE: list[tuple[Phase, Event, Step]] = [
    (Phase.RESTING, Called(), Greet()),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=0), FetchSome(())),
    (Phase.GREETING, Greeted(now=(MINE, TEAM), held=(MINE,), newest=0), FetchSome((TEAM,))),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=0), FetchSome(())),
    (Phase.GREETING, Greeted(now=(MINE,), held=(), newest=3), PushSome(MOST, 0)),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=0, is_current=True), CheckSums()),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=0, must_compare=True), CompareSome(anew=True)),
    (Phase.GREETING, Greeted(now=(MINE,), held=(MINE,), newest=3, must_compare=True), PushSome(MOST, 0)),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=0, access="deposit"), Purge(is_lost=False)),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=3, access="deposit"), PushSome(MOST, 0)),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=3, access="wipe"), PushSome(MOST, 0, to_deposit=True)),
    (Phase.GREETING, Greeted(now=(), held=(MINE,), newest=0, access="wipe"), Purge(is_lost=True)),
    (Phase.GREETING, Failed(Forked()), BecomeAnother()),
    (Phase.GREETING, Failed(Diverged()), Recover()),
    (Phase.FORKING, Became(), Greet()),
    (Phase.RECOVERING, Recovered(), Greet()),
    (Phase.RECOVERING, Failed(Forked()), BecomeAnother()),
    (Phase.COMPARING, ComparedSome(more=True, moved=True), CompareSome()),
    (Phase.CHECKING, Checked(more=True), CheckSums()),
    (Phase.COMPARING, ComparedSome(more=False, moved=True), FetchSome(())),
    (Phase.FETCHING, HeldBack(TooMuchGoes()), CompareSome(anew=True)),
    (Phase.FETCHING, Failed(TooFarBack()), CompareSome(anew=True)),
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
    (Phase.FETCHING, DONE, CheckSums()),
    (Phase.CHECKING, Checked(), Carry()),
    (Phase.CHECKING, Checked(NotInStep()), CompareSome(anew=True)),
    (Phase.PURGING, Purged(AccessEnded("access-ended")), Carry()),
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
    if (phase, step) == (Phase.GREETING, Recover()):
        step = machine.step(Failed(fault))
    assert isinstance(step, Rest)
    assert step.fault is fault
    assert machine.phase is Phase.RESTING
    assert machine.step(Called()) == Greet()


@pytest.mark.parametrize("phase", list(Phase))
def test_that_an_event_out_of_its_turn_is_a_bug(phase: Phase) -> None:
    expected: dict[Phase, tuple[type[Event], ...]] = {
        Phase.RESTING: (Called,),
        Phase.GREETING: (Greeted,),
        Phase.FORKING: (Became,),
        Phase.RECOVERING: (Recovered,),
        Phase.PUSHING: (PushedSome,),
        Phase.COMPARING: (ComparedSome, HeldBack),
        Phase.FETCHING: (FetchedSome, HeldBack),
        Phase.CHECKING: (Checked,),
        Phase.PURGING: (Purged,),
        Phase.CARRYING: (Carried,),
    }
    events = (
        *(Called(), HELLO, Became(), Recovered(), PushedSome(tried=1, last=1), ComparedSome(more=False, moved=True)),
        *(DONE, HeldBack(TooMuchGoes()), Checked(), Purged(AccessEnded("access-ended")), Carried()),
    )
    for event in events:
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
        (Busy(after=30.0), 30.0, 60.0),
        # a proxy may ask for no patience at all, and would get one hello after the other
        (Busy(after=0.0), FIRST_WAIT, 2 * FIRST_WAIT),
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
    for event in (Called(), Greeted(now=(), held=(), newest=0), DONE, Checked()):
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
    machine.step(Checked())
    assert machine.step(Carried()) == Rest(QUIET_SECONDS, fault)


def test_that_a_server_that_turns_down_everything_is_not_asked_for_each_command() -> None:
    machine = SyncMachine(lambda: 0.5)
    machine.step(Called())
    machine.step(Greeted(now=(MINE,), held=(MINE,), newest=1000))
    fault = Rejected("not-understood")
    steps = [machine.step(NotTaken(fault=fault, tried=1, last=number)) for number in range(1, 6)]
    assert all(isinstance(step, PushSome) for step in steps[:4])
    assert steps[4] == FetchSome(()), "what others say comes in all the same"
    for event in (DONE, Checked()):
        machine.step(event)
    assert machine.step(Carried()) == Rest(QUIET_SECONDS, fault)


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
    assert machine.step(PushedSome(tried=2, last=2)) == Carry()
    assert machine.step(Carried()) == Rest(SIGN_IN_WAIT, fault)
    machine.step(Called())
    is_current = Greeted(now=(), held=(MINE,), newest=0, is_current=True, no_pages=fault)
    assert machine.step(is_current) == Carry(), "nor does it compare what it could not read"


def test_that_a_round_becomes_another_device_and_recovers_once_at_most() -> None:
    machine = machine_in(Phase.GREETING)
    assert machine.step(Failed(Diverged())) == Recover()
    assert machine.step(Failed(Forked())) == BecomeAnother()
    assert machine.step(Became()) == Greet()
    fault = Forked()
    assert machine.step(Failed(fault)) == Rest(FIRST_WAIT + FIRST_WAIT, fault)


@pytest.mark.covers("FD6")
def test_that_what_cannot_be_put_in_step_is_told_after_two_comparisons() -> None:
    machine = machine_in(Phase.CHECKING)
    for _ in range(2):
        assert machine.step(Checked(NotInStep())) == CompareSome(anew=True)
        machine.step(ComparedSome(more=False, moved=True))
        assert machine.step(DONE) == CheckSums()
    fault = NotInStep()
    assert machine.step(Checked(fault)) == Carry()
    assert machine.step(Carried()) == Rest(QUIET_SECONDS, fault)


@pytest.mark.covers("FD6")
def test_that_a_removal_that_the_list_does_not_confirm_ends_the_round_and_waits_long() -> None:
    machine = machine_in(Phase.FETCHING)
    machine.step(HeldBack(TooMuchGoes()))
    fault = TooMuchGoes()
    assert machine.step(HeldBack(fault)) == Rest(SIGN_IN_WAIT, fault)


@pytest.mark.covers("FF3")
@pytest.mark.parametrize("access", ["deposit", "wipe"])
def test_that_where_access_has_ended_what_is_unsent_goes_first(access: str) -> None:
    machine = machine_in(Phase.GREETING)
    is_lost = access == "wipe"
    assert machine.step(Greeted(now=(), held=(MINE,), newest=4, access=access)) == PushSome(MOST, 0, is_lost)
    assert machine.step(PushedSome(tried=4, last=4)) == Purge(is_lost)
    fault = AccessEnded("access-ended")
    assert machine.step(Purged(fault)) == Carry()
    if is_lost:
        assert machine.step(Carried()) == Purge(is_lost=True), "what has been sent goes as well"
        assert machine.step(Purged(fault)) == Rest(SIGN_IN_WAIT, fault)
    else:
        assert machine.step(Carried()) == Rest(SIGN_IN_WAIT, fault)


def an_answer_to(step: Step, data: some.DataObject) -> Event:
    """Anything that the engine may tell of a step; it pushes what lies behind `after`, at most so many."""
    if isinstance(step, PushSome):
        tried = data.draw(some.integers(0, min(3, step.most)))
        if tried and data.draw(some.booleans()):
            return NotTaken(fault=TooLarge(), tried=tried, last=step.after + tried)
        return PushedSome(tried=tried, last=step.after + tried)
    if isinstance(step, FetchSome):
        if data.draw(some.booleans()):
            instead: list[Event] = [HeldBack(TooMuchGoes()), Failed(TooFarBack())]
            return data.draw(some.sampled_from(instead))
        return FetchedSome(more=data.draw(some.booleans()), now=(MINE,), held=(), moved=False)
    if isinstance(step, CompareSome):
        return ComparedSome(more=data.draw(some.booleans()), moved=False)
    if isinstance(step, CheckSums):
        return Checked(data.draw(some.sampled_from([None, NotInStep()])))
    if isinstance(step, Greet):
        hellos: list[Event] = [HELLO, Failed(Diverged()), Failed(Forked())]
        return data.draw(some.sampled_from(hellos))
    answers: dict[type[Step], Event] = {BecomeAnother: Became(), Recover: Recovered()}
    return answers.get(type(step), Carried())


@given(data=some.data(), newest=some.integers(0, 30))
def test_that_every_round_ends_whatever_the_server_answers(data: some.DataObject, newest: int) -> None:
    """I9: what the outbox held at the hello bounds the pushes, and pages that lead nowhere bound the rest."""
    machine = SyncMachine(lambda: 0.5)
    machine.step(Called())
    hello = an_answer_to(Greet(), data)
    step = machine.step(Greeted(now=(MINE,), held=(), newest=newest) if hello == HELLO else hello)
    steps, behind = 0, 0
    while not isinstance(step, Rest):
        if isinstance(step, PushSome):
            assert step.after >= behind, "a command was pushed twice in one round"
            behind = step.after
        step = machine.step(an_answer_to(step, data))
        steps += 1
        assert steps <= 200
    assert machine.phase is Phase.RESTING
