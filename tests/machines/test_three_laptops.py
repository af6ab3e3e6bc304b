"""Three laptops and one server live through random stories, and the invariants of protocol.md hold in each."""

import random

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.machines.organisation import NAMES, VERBS, Beginning
from tests.machines.playing import Play

names = st.sampled_from(NAMES)
verbs = st.sampled_from(sorted(VERBS))
seeds = st.integers(0, 1 << 32)


class ThreeLaptops(RuleBasedStateMachine):
    """Says, syncs, cuts, loses, repeats, kills, restarts, moves people and clocks; playing.py says what must hold."""

    beginning: Beginning

    @initialize()
    def begin(self) -> None:
        self.play = Play(self.beginning)
        self.story = self.play.story

    @rule(name=names, verb=verbs, seed=seeds)
    def somebody_says_something(self, name: str, verb: str, seed: int) -> None:
        self.story.say(name, verb, random.Random(seed))

    @rule(name=names, seed=seeds)
    def somebody_changes_the_owner(self, name: str, seed: int) -> None:
        self.story.say(name, "owner", random.Random(seed))

    @rule(name=names, seed=seeds)
    def somebody_takes_a_new_case_in(self, name: str, seed: int) -> None:
        self.story.open_case(name, random.Random(seed))

    @rule(name=names, seed=seeds)
    def somebody_adds_a_document(self, name: str, seed: int) -> None:
        self.story.attach(name, random.Random(seed))

    @rule(name=names)
    def a_laptop_syncs(self, name: str) -> None:
        self.play.sync(name)

    @rule(name=names)
    def another_round_for_good_measure(self, name: str) -> None:
        self.play.sync(name)

    @rule(name=names, verb=verbs, seed=seeds)
    def somebody_speaks_during_a_round(self, name: str, verb: str, seed: int) -> None:
        self.story.speak_during_a_round(name, verb, random.Random(seed))

    @rule(name=names, seed=seeds)
    def an_answer_gets_lost(self, name: str, seed: int) -> None:
        self.story.lose_an_answer(name, random.Random(seed))

    @rule(name=names)
    def everything_arrives_twice(self, name: str) -> None:
        self.story.sync_with_an_echo(name)

    @rule(name=names)
    def the_cable_is_cut_or_mended(self, name: str) -> None:
        cable = self.story.desks[name].cable
        cable.is_cut = not cable.is_cut

    @rule(name=names, seed=seeds)
    def a_laptop_dies_during_a_round(self, name: str, seed: int) -> None:
        self.story.kill(name, random.Random(seed))

    @rule(name=names)
    def a_laptop_restarts(self, name: str) -> None:
        self.story.desks[name].restart()

    @rule()
    def the_server_restarts(self) -> None:
        self.story.restart_server()

    @rule(seed=seeds)
    def a_queue_is_staffed_anew(self, seed: int) -> None:
        self.story.staff_a_queue(random.Random(seed))

    @rule(name=names, is_active=st.booleans())
    def somebody_leaves_or_comes_back(self, name: str, is_active: bool) -> None:
        self.story.world.employ(name, is_active)

    @rule(name=names, days=st.integers(-5, 5))
    def a_laptops_clock_jumps(self, name: str, days: int) -> None:
        self.story.desks[name].clock.pass_time(days=days)

    @rule(days=st.integers(1, 20))
    def days_go_by_at_the_office(self, days: int) -> None:
        self.story.world.clock.pass_time(days=days)

    @invariant()
    def the_screens_are_right(self) -> None:
        self.play.check_the_screens()

    def teardown(self) -> None:
        self.play.finish()


A_HUNDRED_STORIES = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.covers("OC18", "OC23", "FA9", "FA11", "FC4", "FF1", "FG2", "FI17")
@pytest.mark.parametrize("number", range(5))
def test_that_the_invariants_hold_in_a_hundred_random_stories(beginning: Beginning, number: int) -> None:
    """I1 to I6 and I8 to I12, over stories of up to 40 steps; the number is the seed."""
    machine = type(f"ThreeLaptops{number}", (ThreeLaptops,), {"beginning": beginning})
    run_state_machine_as_test(seed(number)(machine), settings=A_HUNDRED_STORIES)
