"""Whose turn it is to be sent, where many commands cannot be handed over."""

import pytest

from sync.faults import Diverged, Offline, TooLarge
from sync.machine import MOST, Phase, SyncMachine
from sync.steps import Called, Carried, Checked, Failed, Greeted, NotTaken, PushSome, Recovered
from tests.sync.test_machine import DONE, MINE, machine_in


@pytest.mark.covers("FA3")
def test_that_what_lies_behind_many_that_cannot_be_handed_over_has_its_turn_next() -> None:
    machine = SyncMachine(lambda: 0.5)
    begins = []
    for _ in range(4):
        machine.step(Called())
        step = machine.step(Greeted(now=(MINE,), held=(MINE,), newest=12))
        assert isinstance(step, PushSome)
        begins.append(step.after)
        while isinstance(step, PushSome):
            step = machine.step(NotTaken(fault=TooLarge(), tried=1, last=step.after + 1))
        for event in (DONE, Checked(), Carried()):
            machine.step(event)
    assert begins == [0, 5, 10, 0]


def test_that_a_round_that_is_cut_off_keeps_its_turn_and_one_that_recovers_begins_at_the_front() -> None:
    machine = machine_in(Phase.PUSHING)
    for number in range(1, 6):
        machine.step(NotTaken(fault=TooLarge(), tried=1, last=number))
    machine.step(Failed(Offline()))
    for _ in range(2):
        machine.step(Called())
        assert machine.step(Greeted(now=(MINE,), held=(MINE,), newest=10)) == PushSome(MOST, 5)
        machine.step(Failed(Offline()))
    for event in (Called(), Failed(Diverged()), Recovered()):
        machine.step(event)
    assert machine.step(Greeted(now=(MINE,), held=(MINE,), newest=10)) == PushSome(MOST, 0)
